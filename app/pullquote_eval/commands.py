"""The command `eval`."""

from pathlib import Path

import click

from pullquote.cli import terminal
from pullquote.cli.terminal import ReadSettings, as_json_option, command


@command(
    "Measure answers on labelled sets.",
    click.argument(
        "folders", metavar="DIR...", nargs=-1, required=True, type=click.Path(path_type=Path)
    ),
    click.option(
        "--fit",
        is_flag=True,
        help="Fit the confidence to these sets and keep it in the index folder.",
    ),
    as_json_option,
    name="eval",
)
def evaluate(read: ReadSettings, folders: tuple[Path, ...], fit: bool, as_json: bool) -> None:
    """Measure answers on labelled sets.

    Each DIR has queries.jsonl, qrels.jsonl and corpus.jsonl, or documents.json with folders of
    documents in its place; docs/quality.md describes them.
    """
    from pullquote.models.encoder import prepare_encoder
    from pullquote_eval.datasets import load_dataset
    from pullquote_eval.evaluate import figures, run, table, tune, tuned_text

    settings = read()
    sets = [load_dataset(folder, settings) for folder in folders]
    encoder = prepare_encoder(settings.model, settings.index)
    with terminal.progress() as progress:
        if fit:
            tuned = tune(sets, settings, encoder, progress=progress)
            terminal.show(as_json, tuned, tuned_text(tuned))
            return
        trials = {
            dataset.name: run(dataset, settings, encoder, progress=progress) for dataset in sets
        }
    rows = [figures(name, tried, settings.threshold) for name, tried in trials.items()]
    terminal.show(as_json, rows, table(rows))
