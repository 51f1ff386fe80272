"""The commands on both sides of a debate: `sides`, `disputes` and `balance`."""

import json
from collections.abc import Callable
from typing import TYPE_CHECKING

import click

from pullquote.settings import Settings

if TYPE_CHECKING:
    from pullquote.answer import Citation
    from pullquote.explainer import Explainer
    from pullquote.sides import Sides

FOUND, NONE_FOUND = 0, 3
_as_json = click.option("--json", "as_json", is_flag=True, help="Print the wire form, for programs.")


def _explainer(read: Callable[[], Settings]) -> "Explainer":
    from pullquote.explainer import Explainer

    return Explainer.open(read())


def _print_json(value: object) -> None:
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))


@click.command()
@click.argument("proposition")
@click.option("--debate", metavar="NAME", help="Look in one debate only.")
@_as_json
@click.pass_context
def sides(context: click.Context, proposition: str, debate: str | None, as_json: bool) -> None:
    """Show what the sources say for PROPOSITION and against it, and which side is missing.

    A question is turned into its proposition first. Exit codes: 0 at least one side, 3 none, 1 an error.
    """
    from pullquote.conversation import Query
    from pullquote.wire import sides_wire

    words = Query.checked(proposition, limit=context.obj().max_question).question
    found = _explainer(context.obj).sides(words, debate=debate)
    if as_json:
        _print_json(sides_wire(found))
    else:
        click.echo(_sides_text(found))
    context.exit(FOUND if found.favour or found.against else NONE_FOUND)


def _sides_text(found: "Sides") -> str:
    from pullquote.terminal import visible

    blocks = [visible(f"On: {found.proposition}")]
    for title, citations in (("For", found.favour), ("Against", found.against), ("Of neither side", found.context)):
        if citations:
            blocks += [f"{title}:", *(_quote_text(citation) for citation in citations)]
    return "\n\n".join([*blocks, *([f"As far as it can be told, {found.gap}."] if found.gap else [])])


def _quote_text(citation: "Citation") -> str:
    """A quote with who says which side it takes."""
    from pullquote.terminal import citation_text

    stance = citation.stance
    if stance is None:
        return citation_text(citation)
    if stance.side == "unclear":
        return f"{citation_text(citation)}\n        side unclear"
    said = (
        "as the operator labelled it" if stance.basis == "label" else f"as a model reads it, {stance.probability:.0%}"
    )
    return f"{citation_text(citation)}\n        {stance.side.value}, {said}"


@click.command()
@click.argument("place", metavar="DOCUMENT:START-END")
@_as_json
@click.pass_context
def disputes(context: click.Context, place: str, as_json: bool) -> None:
    """Show who disputes the quote at PLACE, as `ask` prints it under each quote.

    Exit codes: 0 somebody does, 3 nobody clearly, 1 an error.
    """
    from pullquote.disputes import NONE
    from pullquote.errors import QuestionError
    from pullquote.span import Span
    from pullquote.terminal import citation_text
    from pullquote.wire import citation_wire

    document_id, _, numbers = place.rpartition(":")
    start, _, end = numbers.partition("-")
    if not (document_id and start.isdecimal() and end.isdecimal()):
        raise QuestionError(f"{place!r} is no place; write it as `ask` prints it, such as my-document:120-245")
    quote, dispute = _explainer(context.obj).disputes(document_id, Span(int(start), int(end)))
    if as_json:
        _print_json({
            "quote": citation_wire(quote), "disputes": [] if dispute is None else [citation_wire(dispute)],
            "message": NONE if dispute is None else None,
        })  # fmt: skip
    else:
        shown = f"Disputed by:\n\n{_quote_text(dispute)}" if dispute else NONE
        click.echo(f"{citation_text(quote)}\n\n{shown}")
    context.exit(NONE_FOUND if dispute is None else FOUND)


@click.command()
@click.option("--csv", "as_csv", is_flag=True, help="Print comma-separated values, for a spreadsheet.")
@_as_json
@click.pass_context
def balance(context: click.Context, as_csv: bool, as_json: bool) -> None:
    """Show how each debate's passages are spread over sides, voices, outlets and years."""
    from pullquote.balance import balance_of
    from pullquote.store import open_index
    from pullquote.terminal import visible

    found = balance_of(open_index(context.obj()).generation)
    if as_json:
        _print_json([debate.wire for debate in found])
    elif as_csv:
        from pullquote.balance import csv_of

        click.echo(csv_of(found), nl=False)
    else:
        click.echo(visible("\n\n".join(debate.text for debate in found)))
