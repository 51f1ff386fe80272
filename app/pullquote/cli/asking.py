"""The commands that ask and check: `ask`, `chat`, `search`, `sides`, `disputes` and `verify`."""

import io
import json
import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from itertools import takewhile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pullquote.cli import terminal
from pullquote.cli.checking import check_draft, names_draft
from pullquote.cli.terminal import ABSTAINED, ANSWERED, Read, as_json_option, command
from pullquote.errors import IndexFault, QuestionError, ReceiptError
from pullquote.settings import Settings

if TYPE_CHECKING:
    from pullquote.answers.explainer import Explainer

HELP = "Ask a question, or a suggestion by its number. /new forgets what was said, /quit ends."
_QUIT = ("/quit", "/exit", "/q", "quit", "exit")
_PLACE = re.compile(r"(?P<document>.+):(?P<start>\d{1,15})-(?P<end>\d{1,15})", re.DOTALL)
_count = click.option("-k", "count", type=click.IntRange(1, 50), default=5, show_default=True, help="How many.")
_question, _query, _proposition = (click.argument(name) for name in ("question", "query", "proposition"))


@command(
    "Answer a question in the sources' own words.",
    _question,
    terminal.debate_option,
    terminal.max_quotes_option,
    as_json_option,
)
def ask(read: Read, question: str, debate: str | None, max_quotes: int, as_json: bool) -> int:
    """Answer QUESTION in the sources' own words, or say that they do not."""
    from pullquote.answers.query import Query
    from pullquote.api.wire import answer_wire

    query = Query.checked(question, limit=read().max_question, debate=debate, max_quotes=max_quotes)
    wire = answer_wire(terminal.open_answering(read).ask(query))
    terminal.show(as_json, wire, terminal.render("answer", wire, chat=False))
    return ANSWERED if wire["status"] == "answered" else ABSTAINED


@command("Ask in turns, with follow-up questions.", terminal.debate_option, terminal.max_quotes_option)
def chat(read: Read, debate: str | None, max_quotes: int) -> None:
    """Ask question after question; a follow-up is understood by what was asked before it."""
    with suppress(ImportError):  # line editing and history, where the system has them
        __import__("readline")
    if isinstance(sys.stdin, io.TextIOWrapper):  # what is no text in the terminal's encoding is no reason to end
        sys.stdin.reconfigure(errors="replace")
    converse(terminal.open_answering(read), _lines(), click.echo, debate=debate, max_quotes=max_quotes)


def _lines() -> Iterator[str]:
    """What is typed, until it ends."""
    while sys.stdin is not None:
        try:
            yield input("\n? ")
        except (EOFError, KeyboardInterrupt):
            return


def converse(
    explainer: "Explainer", lines: Iterable[str], write: Callable[[str], None], *, debate: str | None = None,
    max_quotes: int = 3,
) -> None:  # fmt: skip
    """Answer each line until the input ends."""
    from pullquote.answers.query import MAX_TURNS, Query, Turn
    from pullquote.api.wire import answer_wire

    history: list[Turn] = []
    offered = explainer.suggestions(debate)[:5]
    write(HELP)
    write(terminal.render("questions", {"questions": offered}))
    for line in takewhile(lambda line: line not in _QUIT, map(str.strip, lines)):
        if line in ("", "/new"):
            history = [] if line else history
            continue
        question = offered[int(line) - 1] if line.isdecimal() and 0 < int(line) <= len(offered) else line
        limit, before = explainer.settings.max_question, history[-MAX_TURNS:]
        try:
            query = Query.checked(question, limit=limit, debate=debate, max_quotes=max_quotes, history=before)
        except QuestionError as error:
            write(str(error))
            continue
        answer = explainer.ask(query)
        quotes = [citation.quote for citation in answer.citations]
        history.append(Turn(answer.question, tuple((quote.document.id, quote.span) for quote in quotes)))
        offered = answer.suggestions or offered
        write("\n" + terminal.render("answer", answer_wire(answer), chat=True))


@command("Find the sentences that fit a query best.", _query, terminal.debate_option, _count, as_json_option)
def search(read: Read, query: str, debate: str | None, count: int, as_json: bool) -> int:
    """Find the sentences that fit QUERY best, whether or not they answer it."""
    from pullquote.answers.query import SOUGHT, worded
    from pullquote.api.wire import citation_wire

    words = worded(query, *SOUGHT, limit=read().max_question)
    found = terminal.open_answering(read).search(words, count=count, debate=debate)
    wire = {"query": query, "debate": debate, "quotes": [citation_wire(citation) for citation in found]}
    terminal.show(as_json, wire, terminal.render("quotes", wire))
    return ANSWERED if found else ABSTAINED


@command("Show what is said for a proposition and against it.", _proposition, terminal.debate_option, as_json_option)
def sides(read: Read, proposition: str, debate: str | None, as_json: bool) -> int:
    """Show what the sources say for PROPOSITION and against it, and which side is missing.

    A question is turned into its proposition first. Exit codes: 0 at least one side, 3 none, 1 an error.
    """
    from pullquote.answers.query import STATEMENT, worded
    from pullquote.api.wire import sides_wire

    words = worded(proposition, *STATEMENT, limit=read().max_question)
    wire = sides_wire(terminal.open_answering(read).sides(words, debate=debate))
    terminal.show(as_json, wire, terminal.render("sides", wire))
    return ANSWERED if wire["for"] or wire["against"] else ABSTAINED


@command("Show who disputes a quote.", click.argument("place", metavar="DOCUMENT:START-END"), as_json_option)
def disputes(read: Read, place: str, as_json: bool) -> int:
    """Show who disputes the quote at PLACE, as `ask` prints it under each quote.

    Exit codes: 0 somebody does, 3 nobody clearly, 1 an error.
    """
    from pullquote.api.wire import disputes_wire
    from pullquote.span import Span

    named = _PLACE.fullmatch(place)
    if not named:
        raise QuestionError(f"{place!r} is no place; write it as `ask` prints it, such as my-document:120-245")
    span = Span(int(named["start"]), int(named["end"]))
    wire = disputes_wire(*terminal.open_answering(read).disputes(named["document"], span))
    terminal.show(as_json, wire, terminal.render("disputes", wire))
    return ANSWERED if wire["disputes"] else ABSTAINED


@command(
    "Check a quote, a receipt or a whole draft against the sources.",
    click.argument("given", metavar="QUOTE|RECEIPT|DRAFT|-"),
    click.option("--speaker", help="Who is said to have said it."),
    click.option("--document", "document_id", help="The id of the document where it is said to stand."),
    click.option("--draft", is_flag=True, help="It is a file of text whose every quotation is checked, as any .md is."),
    click.option("--sarif", is_flag=True, help="Print what is wrong with a draft as SARIF."),
    as_json_option,
)
def verify(
    read: Read, given: str, speaker: str | None, document_id: str | None, draft: bool, sarif: bool, as_json: bool
) -> int:
    """Check a quote, every quote of a receipt (a saved `ask --json`) or of a draft, against the sources.

    A receipt is a file of JSON, a draft one of Markdown (or, with --draft, of plain text); - reads either from the input.
    What else stands in a file or comes in is checked as a quote.

    Exit codes: 0 all verbatim and whose they are said to be, 3 not or unsure, 1 an error, 2 wrong usage or no draft. In a
    draft typography may differ.
    """
    named, asks = _names_receipt(given), speaker is not None or document_id is not None
    if draft or sarif or names_draft(given):
        if asks or (sarif and as_json):
            raise click.UsageError(
                "a draft is checked alone: leave out --speaker and --document, and one of --sarif and --json"
            )
        return check_draft(read, given, "sarif" if sarif else "json" if as_json else "text")
    words, receipt = ("", b"") if named and asks else _content(given, named=named)
    if receipt is not None and asks:
        raise click.UsageError("--speaker and --document ask about a quote; a receipt names its own, which are checked")
    if receipt is None:
        wire = _verdict(read, words, speaker, document_id)
        terminal.show(as_json, wire, terminal.render("verdict", wire, speaker=speaker))
        right = wire["result"] == "verbatim" and wire["attribution"] in (None, "right")
    else:
        wire = _claims(read(), receipt)
        terminal.show(as_json, wire, terminal.render("receipt", wire))
        right = wire["ok"]
    return ANSWERED if right else ABSTAINED


def _names_receipt(given: str) -> bool:
    """Whether an argument is the name of a receipt, there or not: words may end in ".json" too."""
    return given.lower().endswith(".json") and (len(given.split()) == 1 or os.path.exists(given))  # noqa: PTH110


def _content(given: str, *, named: bool) -> tuple[str, bytes | None]:
    """The words to check, and the receipt in place of them where a file or the input holds one."""
    if given != "-" and not named and (not os.path.exists(given) or os.path.isdir(given)):  # noqa: PTH110, PTH112 (a long quote is an error to a Path)
        return given, None
    try:
        content = Path(given).read_bytes() if given != "-" else sys.stdin.buffer.read() if sys.stdin else b""
    except OSError as error:
        raise ReceiptError(f"{given} cannot be read ({error.strerror})") from error
    try:
        is_receipt = named or isinstance(json.loads(content), (dict, list))  # "[T]he fee must go." is words
    except (ValueError, RecursionError):
        is_receipt = False
    return content.decode("utf-8", "replace"), content if is_receipt else None


def _verdict(read: Read, words: str, speaker: str | None, document_id: str | None) -> dict[str, Any]:
    from pullquote.answers.query import QUOTE, worded
    from pullquote.api.wire import verdict_wire

    worded(words, *QUOTE, limit=100_000)
    explainer = terminal.open_explainer(read)
    wire = verdict_wire(explainer.verify(words, speaker=speaker, document_id=document_id), explainer.quote_at)
    # Here a match always was the words by themselves: what is theirs comes before what is their sentences'.
    return {**wire, "matches": [{**match, **match["found"]} for match in wire["matches"]]}


def _claims(settings: Settings, receipt: bytes) -> dict[str, Any]:
    """Hold a receipt against the corpus folder and the index, whichever there is."""
    from pullquote.api.receipts import receipt_wire
    from pullquote.upkeep.doctor import every_document

    generation, known = None, every_document(settings)
    try:
        generation = terminal.open_generation(settings)
    except IndexFault as error:
        terminal.warn(f"warning: the index cannot be used ({error}): who speaks was not compared")
    return receipt_wire(receipt, known, generation)
