"""The commands `add` and `recheck`."""

from pathlib import Path

import click

from pullquote.cli import terminal
from pullquote.cli.terminal import (
    ABSTAINED,
    ANSWERED,
    FAILED,
    ReadSettings,
    as_csv_option,
    as_json_option,
    command,
)
from pullquote.settings import Settings


@command(
    "Add web pages or files to the corpus, and index them.",
    click.argument("given", metavar="[URL|FILE]...", nargs=-1),
    click.option("--debate", metavar="NAME", help="The debate to add to; a new one is made."),
    click.option(
        "--from",
        "listed",
        type=click.Path(path_type=Path),
        help="A file with one address or file a line.",
    ),
    click.option(
        "--allow-local", is_flag=True, help="Fetch from this machine and private networks too."
    ),
)
def add(
    read: ReadSettings,
    given: tuple[str, ...],
    debate: str | None,
    listed: Path | None,
    allow_local: bool,
) -> int:
    """Fetch each URL or copy each FILE into the corpus, then index it; print a line for each.

    Exit codes: 0 all are in, 1 some are not, and why.
    """
    from pullquote.index.engine import level
    from pullquote_collect.adding import add as put

    lines = listed.read_bytes().decode("utf-8", "replace").split("\n") if listed else ()
    listed_names = (line.strip() for line in lines if not line.startswith("#"))
    wanted = [*given, *filter(None, listed_names)]
    if not wanted:
        raise click.UsageError("name an address or a file to add, or a list of them with --from")
    settings, added = read(), []
    for result in put(settings, wanted, debate, local=allow_local):
        added += [result.path] if result.path else []
        if result.reason:
            terminal.warn(f"not added: {result.given} {result.reason}")
    if added:
        with level(settings, click.echo):
            _index_added(settings, added)
    return ANSWERED if len(added) == len(wanted) else FAILED


def _index_added(settings: Settings, added: list[str]) -> None:
    from pullquote.upkeep.indexing import index_corpus
    from pullquote_collect.adding import line_of

    with terminal.progress() as progress:
        built = index_corpus(settings, progress=progress, tell=terminal.warn_beside)
    for path in added:
        click.echo(terminal.visible(line_of(built.generation, path)))
    for file in (file for file in (*built.skipped, *built.remarks) if file.path in added):
        terminal.warn(f"note: {file.path} {file.reason}")


@command(
    "Hold the documents against the pages they were published on.",
    click.argument("debate", required=False),
    click.option(
        "--receipt",
        "receipts",
        multiple=True,
        type=click.Path(path_type=Path),
        help="Only what this saved answer (`ask --json`) quotes; may be given again.",
    ),
    click.option(
        "--allow-local", is_flag=True, help="Fetch from this machine and private networks too."
    ),
    as_csv_option,
    as_json_option,
)
def recheck(
    read: ReadSettings,
    debate: str | None,
    receipts: tuple[Path, ...],
    allow_local: bool,
    as_csv: bool,
    as_json: bool,
) -> int:
    """Compare each document that has an address, or what receipts quote, with its page now.

    Exit codes: 0 all is present, 3 something changed or is gone, 1 a page cannot be reached.
    """
    from pullquote.verify.receipt import read_receipt
    from pullquote_collect import rechecking

    if as_csv and as_json:
        raise click.UsageError("give either --csv or --json, not both")
    settings = read()
    generation = terminal.open_generation(settings)
    claims = [claim for receipt in receipts for claim in read_receipt(receipt.read_bytes())]
    findings = list(rechecking.recheck(settings, generation, debate, claims, local=allow_local))
    rechecking.keep(settings, findings, {row.id: row.sha256 for row in generation.rows})
    if as_csv:
        click.echo(rechecking.csv_of(findings), nl=False)
    else:
        terminal.show(as_json, rechecking.wire(findings), rechecking.text_of(findings))
    states = {finding.state for finding in findings}
    if states & {rechecking.State.CHANGED, rechecking.State.GONE}:
        return ABSTAINED
    return FAILED if rechecking.State.UNREACHABLE in states else ANSWERED
