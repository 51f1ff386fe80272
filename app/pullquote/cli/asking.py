"""The commands that ask: `ask`, `chat` and `search`."""

import io
import sys

import click

from pullquote.cli.common import (
    ABSTAINED,
    ANSWERED,
    as_json_option,
    debate_option,
    max_quotes_option,
    open_explainer,
    print_json,
)


@click.command(short_help="Answer a question in the sources' own words.")
@click.argument("question")
@debate_option
@max_quotes_option
@as_json_option
@click.pass_context
def ask(context: click.Context, question: str, debate: str | None, max_quotes: int, as_json: bool) -> None:
    """Answer QUESTION in the sources' own words, or say that they do not."""
    from pullquote.answers.query import Query
    from pullquote.api.wire import answer_wire
    from pullquote.cli.terminal import answer_text

    settings = context.obj()
    query = Query.checked(question, limit=settings.max_question, debate=debate, max_quotes=max_quotes)
    explainer = open_explainer(context.obj)
    answer = explainer.ask(query)
    if as_json:
        print_json(answer_wire(answer))
    else:
        click.echo(answer_text(answer))
    context.exit(ANSWERED if answer.answered else ABSTAINED)


@click.command(short_help="Ask in turns, with follow-up questions.")
@debate_option
@max_quotes_option
@click.pass_context
def chat(context: click.Context, debate: str | None, max_quotes: int) -> None:
    """Ask question after question; a follow-up is understood by what was asked before it."""
    from contextlib import suppress

    from pullquote.cli.dialogue import converse

    with suppress(ImportError):  # line editing and history, where the system has them
        __import__("readline")
    if isinstance(sys.stdin, io.TextIOWrapper):  # what is no text in the terminal's encoding is no reason to end
        sys.stdin.reconfigure(errors="replace")
    converse(open_explainer(context.obj), read=_line, write=click.echo, debate=debate, max_quotes=max_quotes)


def _line(prompt: str) -> str:
    """The next line that is typed.

    Raises:
        EOFError: there is none, or nothing was given to read from.
    """
    if sys.stdin is None:
        raise EOFError
    return input(prompt)


@click.command(short_help="Find the sentences that fit a query best.")
@click.argument("query")
@debate_option
@click.option("-k", "count", type=click.IntRange(1, 50), default=5, show_default=True, help="How many.")
@as_json_option
@click.pass_context
def search(context: click.Context, query: str, debate: str | None, count: int, as_json: bool) -> None:
    """Find the sentences that fit QUERY best, whether or not they answer it."""
    from pullquote.answers.query import SOUGHT, worded
    from pullquote.api.wire import citation_wire
    from pullquote.cli.terminal import citation_text

    words = worded(query, *SOUGHT, limit=context.obj().max_question)
    found = open_explainer(context.obj).search(words, count=count, debate=debate)
    if as_json:
        print_json({"query": query, "debate": debate, "quotes": [citation_wire(citation) for citation in found]})
    else:
        click.echo("\n\n".join(citation_text(citation) for citation in found) or "Nothing fits.")
    context.exit(ANSWERED if found else ABSTAINED)
