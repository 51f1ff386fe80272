"""The commands that survey what there is: `documents`, `balance` and `report`."""

from typing import TYPE_CHECKING

import click

from pullquote.cli.common import as_json_option, open_generation, print_json, say

if TYPE_CHECKING:
    from pullquote.index.layout import DocumentRow


@click.command(short_help="List the documents of the index.")
@as_json_option
@click.pass_context
def documents(context: click.Context, as_json: bool) -> None:
    """List the documents of the index, debate by debate."""
    from pullquote.api.wire import document_wire

    generation = open_generation(context.obj())
    if as_json:
        numbers = range(len(generation.rows))
        print_json({"documents": [document_wire(generation, number, full_text=False) for number in numbers]})
        return
    # In one piece, as the other commands print: whoever closes the pipe after a line has got it all.
    say("\n".join(map(_listed, generation.rows)))


def _listed(row: "DocumentRow") -> str:
    from pullquote.voice import source_line

    facts, sentences = source_line(row.source) or "source not recorded", row.end_sentence - row.first_sentence
    title = row.source.title or "[title not recorded]"
    return f"{row.debate}  {row.id}  {title}\n    {facts}; {sentences} sentences"


@click.command(short_help="Count sentences by side, voice, outlet and year.")
@click.option("--csv", "as_csv", is_flag=True, help="Print comma-separated values, for a spreadsheet.")
@as_json_option
@click.pass_context
def balance(context: click.Context, as_csv: bool, as_json: bool) -> None:
    """Show how each debate's sentences of prose are spread over sides, voices, outlets and years."""
    from pullquote.upkeep.balance import balance_of

    if as_csv and as_json:
        raise click.UsageError("--csv and --json are two forms of one table; give one of them")
    found = balance_of(open_generation(context.obj()))
    if as_json:
        print_json([debate.whole for debate in found])
    elif as_csv:
        from pullquote.upkeep.balance import csv_of

        click.echo(csv_of(found), nl=False)
    else:
        say("\n\n".join(debate.text for debate in found))


@click.command(short_help="Show what was asked in vain, and what readers said.")
@as_json_option
@click.pass_context
def report(context: click.Context, as_json: bool) -> None:
    """Show what visitors asked in vain, one-sided topics and the sources leaned on most."""
    from pullquote.errors import IndexFault, SettingsError
    from pullquote.index import open_index
    from pullquote.upkeep.records import Records
    from pullquote.upkeep.report import report_of

    settings = context.obj()
    if settings.store is None:
        raise SettingsError("nothing is recorded; name a file with PULLQUOTE_STORE, for `serve` and for `report`")
    try:
        generation = open_index(settings).generation
    except IndexFault:  # what visitors asked is told even where no index can be used
        generation = None
    found = report_of(Records.of(settings), generation)
    if as_json:
        print_json(found.wire)
    else:
        say(found.text)
