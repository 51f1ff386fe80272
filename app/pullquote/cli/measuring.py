"""The command that measures answers on labelled sets: `eval`."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pullquote.cli.common import ProgressBar, as_json_option, print_json
from pullquote.settings import Settings

if TYPE_CHECKING:
    from pullquote.models.encoder import Encoder
    from pullquote.upkeep.datasets import Dataset


@click.command("eval", short_help="Measure answers on labelled sets.")
@click.argument("folders", metavar="DIR...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--fit", is_flag=True, help="Fit the confidence to these sets and keep it in the index folder.")
@as_json_option
@click.pass_context
def evaluate(context: click.Context, folders: tuple[Path, ...], fit: bool, as_json: bool) -> None:
    """Measure answers on labelled sets.

    Each DIR has queries.jsonl, qrels.jsonl and corpus.jsonl, or documents.json with folders of documents in its place;
    docs/quality.md describes them.
    """
    from pullquote.models.encoder import prepare_encoder
    from pullquote.upkeep.datasets import load_dataset
    from pullquote.upkeep.evaluate import figures, figures_wire, run, table

    settings = context.obj()
    sets = [load_dataset(folder, settings) for folder in folders]
    encoder = prepare_encoder(settings.model, settings.index)
    if fit:
        _fit(settings, sets, encoder, as_json=as_json)
        return
    rows = []
    for dataset in sets:
        with ProgressBar() as progress:
            trials = run(dataset, settings, encoder, progress=progress.show)
        rows.append(figures(dataset.name, trials, settings.threshold))
    if as_json:
        print_json([figures_wire(row) for row in rows])
    else:
        click.echo(table(rows))


def _fit(settings: Settings, sets: "Sequence[Dataset]", encoder: "Encoder", *, as_json: bool) -> None:
    from pullquote.upkeep.tuning import tune

    with ProgressBar() as progress:
        tuned = tune(sets, settings, encoder, progress=progress.show)
    if as_json:
        print_json(tuned.wire)
    else:
        click.echo(tuned.text)
