"""The commands on both sides of a debate: `sides` and `disputes`."""

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import click

from pullquote.cli.common import ABSTAINED, ANSWERED, as_json_option, debate_option, open_explainer, print_json

if TYPE_CHECKING:
    from pullquote.sides.columns import Sides

_PLACE = re.compile(r"(?P<document>.+):(?P<start>\d{1,15})-(?P<end>\d{1,15})", re.DOTALL)
UNCLEAR = "Nothing here is clearly {} this, though something may lean that way."
NOTE = (
    "The words are the sources’ own. Which side each quote takes was labelled by the operator where it says so; "
    "otherwise a computer model guessed, and it is often wrong."
)


@click.command(short_help="Show what is said for a proposition and against it.")
@click.argument("proposition")
@debate_option
@as_json_option
@click.pass_context
def sides(context: click.Context, proposition: str, debate: str | None, as_json: bool) -> None:
    """Show what the sources say for PROPOSITION and against it, and which side is missing.

    A question is turned into its proposition first. Exit codes: 0 at least one side, 3 none, 1 an error.
    """
    from pullquote.answers.query import STATEMENT, worded
    from pullquote.api.wire import sides_wire

    words = worded(proposition, *STATEMENT, limit=context.obj().max_question)
    found = open_explainer(context.obj).sides(words, debate=debate)
    if as_json:
        print_json(sides_wire(found))
    else:
        click.echo(_sides_text(found))
    context.exit(ANSWERED if found.favour or found.against else ABSTAINED)


def _sides_text(found: "Sides") -> str:
    from pullquote.cli.terminal import citation_text, wrapped

    blocks = [wrapped(f"On: {found.proposition}")]
    for title, citations in (
        ("For", found.favour),
        ("Against", found.against),
        ("On the subject, but taking no clear side", found.context),
    ):
        if citations:
            blocks += [f"{title}:", *(citation_text(citation) for citation in citations)]
    blocks += [wrapped(UNCLEAR.format(side.value)) for side in found.unclear]
    blocks += [wrapped(f"As far as we can tell, {found.gap}.")] if found.gap else []
    return "\n\n".join([*blocks, wrapped(NOTE)] if found.favour or found.against else blocks)


@click.command(short_help="Show who disputes a quote.")
@click.argument("place", metavar="DOCUMENT:START-END")
@as_json_option
@click.pass_context
def disputes(context: click.Context, place: str, as_json: bool) -> None:
    """Show who disputes the quote at PLACE, as `ask` prints it under each quote.

    Exit codes: 0 somebody does, 3 nobody clearly, 1 an error.
    """
    from pullquote.api.wire import disputes_wire
    from pullquote.cli.terminal import citation_text, wrapped
    from pullquote.errors import QuestionError
    from pullquote.sides.disputes import NONE
    from pullquote.span import Span

    found = _PLACE.fullmatch(place)
    if not found:
        raise QuestionError(f"{place!r} is no place; write it as `ask` prints it, such as my-document:120-245")
    span = Span(int(found["start"]), int(found["end"]))
    quote, dispute = open_explainer(context.obj).disputes(found["document"], span)
    if as_json:
        print_json(disputes_wire(quote, dispute))
    elif dispute is None:
        click.echo(f"{citation_text(quote)}\n\n{wrapped(NONE)}")
    else:
        asked, other = citation_text(replace(quote, stance=dispute.own)), citation_text(replace(dispute.citation, n=2))
        click.echo(f"{wrapped(f'On: {dispute.proposition}')}\n\n{asked}\n\nAnother voice:\n\n{other}")
    context.exit(ABSTAINED if dispute is None else ANSWERED)
