"""The commands that ask and check: `ask`, `chat`, `search`, `sides`, `disputes` and `verify`."""

import io
import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from itertools import takewhile
from typing import TYPE_CHECKING, Any

import click

from pullquote.cli import terminal
from pullquote.cli.checking import check_draft, names_draft
from pullquote.cli.terminal import ABSTAINED, ANSWERED, ReadSettings, as_json_option, command
from pullquote.errors import IndexFault, QuestionError, ReceiptError
from pullquote.settings import Settings

if TYPE_CHECKING:
    from pullquote.answers.answer import Answer
    from pullquote.answers.explainer import Explainer
    from pullquote.answers.query import Turn

HELP = "Ask a question, or a suggestion by its number. /new starts over, /quit ends."
_ALONE = "a draft is checked as a whole: leave out --speaker and --document, and give --sarif or --json, not both"
_NAMES_ITS_OWN = "--speaker and --document are for a quote; a receipt names its own"
_QUIT = ("/quit", "/exit", "/q", "quit", "exit")
_count = click.option(
    "-k", "count", type=click.IntRange(1, 50), default=5, show_default=True, help="How many."
)
_question, _query, _proposition = map(click.argument, ("question", "query", "proposition"))


@command(
    "Answer a question in the sources' own words.",
    _question,
    terminal.debate_option,
    terminal.max_quotes_option,
    terminal.narrowing_options,
    as_json_option,
)
def ask(
    read: ReadSettings,
    question: str,
    debate: str | None,
    max_quotes: int,
    as_json: bool,
    **narrowed: str | None,
) -> int:
    """Answer QUESTION in the sources' own words, or say that they do not."""
    from pullquote.answers.query import Query
    from pullquote.api.wire import answer_wire
    from pullquote.index.facets import Filter

    options: Any = {"debate": debate, "max_quotes": max_quotes, "only": Filter.checked(**narrowed)}
    query = Query.checked(question, limit=read().max_question, **options)
    wire = answer_wire(terminal.open_answering(read).ask(query))
    terminal.show(as_json, wire, terminal.render("answer", wire, chat=False))
    return ANSWERED if wire["status"] == "answered" else ABSTAINED


@command(
    "Ask in turns, with follow-up questions.", terminal.debate_option, terminal.max_quotes_option
)
def chat(read: ReadSettings, debate: str | None, max_quotes: int) -> None:
    """Ask question after question; a follow-up is understood by what was asked before it."""
    with suppress(ImportError):  # line editing and history, where the system has them
        __import__("readline")
    # what is no text in the terminal's encoding is no reason to end
    if isinstance(sys.stdin, io.TextIOWrapper):
        sys.stdin.reconfigure(errors="replace")
    converse(
        terminal.open_answering(read), _lines(), click.echo, debate=debate, max_quotes=max_quotes
    )


def _lines() -> Iterator[str]:
    """What is typed, until it ends."""
    while sys.stdin is not None:
        try:
            yield input("\n? ")
        except (EOFError, KeyboardInterrupt):
            return


def converse(
    explainer: "Explainer",
    lines: Iterable[str],
    write: Callable[[str], None],
    *,
    debate: str | None = None,
    max_quotes: int = 3,
) -> None:
    """Answer each line until the input ends."""
    from pullquote.answers.query import MAX_TURNS, Query

    limit = explainer.settings.max_question
    options: Any = {"limit": limit, "debate": debate, "max_quotes": max_quotes}
    history: list[Turn] = []
    offered = explainer.suggestions(debate)[:5]
    write(HELP)
    write(terminal.render("questions", {"questions": offered}))
    for line in takewhile(lambda line: line not in _QUIT, map(str.strip, lines)):
        if line in ("", "/new"):
            history = [] if line else history
            continue
        question, before = _chosen(line, offered), history[-MAX_TURNS:]
        try:
            answer = explainer.ask(Query.checked(question, history=before, **options))
        except QuestionError as error:
            write(str(error))
            continue
        history.append(_turn(answer))
        offered = answer.suggestions or offered
        write(_rendered(answer))


def _rendered(answer: "Answer") -> str:
    from pullquote.api.wire import answer_wire

    return "\n" + terminal.render("answer", answer_wire(answer), chat=True)


def _turn(answer: "Answer") -> "Turn":
    from pullquote.answers.query import Turn

    quotes = (citation.quote for citation in answer.citations)
    return Turn(answer.question, tuple((quote.document.id, quote.span) for quote in quotes))


def _chosen(line: str, offered: Sequence[str]) -> str:
    is_number = line.isdecimal() and 0 < int(line) <= len(offered)
    return offered[int(line) - 1] if is_number else line


@command(
    "Find the sentences that fit a query best.",
    _query,
    terminal.debate_option,
    _count,
    terminal.narrowing_options,
    as_json_option,
)
def search(
    read: ReadSettings,
    query: str,
    debate: str | None,
    count: int,
    as_json: bool,
    **narrowed: str | None,
) -> int:
    """Find the sentences that fit QUERY best, whether or not they answer it."""
    from pullquote.answers.query import SOUGHT, worded
    from pullquote.api.wire import citation_wire, filter_wire
    from pullquote.index.facets import Filter

    words, only = worded(query, *SOUGHT, limit=read().max_question), Filter.checked(**narrowed)
    explainer = terminal.open_answering(read)
    citations = explainer.search(words, count=count, debate=debate, only=only)
    wire = {
        "query": query,
        "debate": debate,
        "filter": filter_wire(only, explainer.passing(only, debate)),
        "quotes": [citation_wire(citation) for citation in citations],
    }
    terminal.show(as_json, wire, terminal.render("quotes", wire))
    return ANSWERED if citations else ABSTAINED


@command(
    "Show what is said for a proposition and against it.",
    _proposition,
    terminal.debate_option,
    terminal.narrowing_options,
    as_json_option,
)
def sides(
    read: ReadSettings,
    proposition: str,
    debate: str | None,
    as_json: bool,
    **narrowed: str | None,
) -> int:
    """Show what the sources say for PROPOSITION and against it, and which side is missing.

    A question is turned into its proposition first.

    Exit codes: 0 at least one side, 3 none, 1 an error.
    """
    from pullquote.answers.query import STATEMENT, worded
    from pullquote.api.wire import sides_wire
    from pullquote.index.facets import Filter

    words = worded(proposition, *STATEMENT, limit=read().max_question)
    only, explainer = Filter.checked(**narrowed), terminal.open_answering(read)
    both = explainer.sides(words, debate=debate, only=only)
    wire = sides_wire(both, only, explainer.passing(only, debate))
    terminal.show(as_json, wire, terminal.render("sides", wire))
    return ANSWERED if wire["for"] or wire["against"] else ABSTAINED


@command(
    "Show who disputes a quote.",
    click.argument("place", metavar="DOCUMENT:START-END"),
    as_json_option,
)
def disputes(read: ReadSettings, place: str, as_json: bool) -> int:
    """Show who disputes the quote at PLACE, as `ask` prints it under each quote.

    Exit codes: 0 somebody does, 3 nobody clearly, 1 an error.
    """
    from pullquote.api.wire import disputes_wire
    from pullquote.span import read_place

    location = read_place(place)
    if location is None:
        raise QuestionError(
            f"{place!r} is not a place; write it as `ask` prints it, for example my-document:120-245"
        )
    wire = disputes_wire(*terminal.open_answering(read).disputes(*location))
    terminal.show(as_json, wire, terminal.render("disputes", wire))
    return ANSWERED if wire["disputes"] else ABSTAINED


@command(
    "Check a quote, a receipt or a whole draft against the sources.",
    click.argument("given", metavar="QUOTE|RECEIPT|DRAFT|-"),
    click.option("--speaker", help="Who is said to have said it."),
    click.option(
        "--document", "document_id", help="The id of the document where it is said to stand."
    ),
    click.option(
        "--draft",
        is_flag=True,
        help="It is a file of text whose every quotation is checked, as any .md is.",
    ),
    click.option("--sarif", is_flag=True, help="Print what is wrong with a draft as SARIF."),
    as_json_option,
)
def verify(
    read: ReadSettings,
    given: str,
    speaker: str | None,
    document_id: str | None,
    draft: bool,
    sarif: bool,
    as_json: bool,
) -> int:
    """Check a quote, or every quote of a receipt or a draft, against the sources.

    A receipt is a JSON file (a saved `ask --json`), a draft is Markdown (or plain text with
    --draft, whose typography may differ); - reads either from the input. All else is a quote.

    Exit codes: 0 all verbatim and rightly attributed, 3 not or unsure, 1 an error, 2 wrong usage.
    """
    asks = speaker is not None or document_id is not None
    if draft or sarif or names_draft(given):
        if asks or (sarif and as_json):
            raise click.UsageError(_ALONE)
        return check_draft(read, given, "sarif" if sarif else "json" if as_json else "text")
    is_name = _names_receipt(given)
    words, receipt = ("", b"") if is_name and asks else _content(given, is_name=is_name)
    if receipt is not None and asks:
        raise click.UsageError(_NAMES_ITS_OWN)
    if receipt is not None:
        return _check_receipt(terminal.or_demonstration(read)(), receipt, as_json=as_json)
    wire = _verdict(read, words, speaker, document_id)
    terminal.show(as_json, wire, terminal.render("verdict", wire, speaker=speaker))
    return ANSWERED if _is_right(wire) else ABSTAINED


def _is_right(verdict: dict[str, Any]) -> bool:
    return verdict["result"] == "verbatim" and verdict["attribution"] in (None, "right")


def _names_receipt(argument: str) -> bool:
    """Whether an argument is the name of a receipt, there or not: words may end in ".json" too."""
    one_word = len(argument.split()) == 1
    return argument.lower().endswith(".json") and (one_word or _is_there(argument))


def _is_there(argument: str) -> bool:
    # os.path takes a long quote for a name that does not exist; a Path would raise
    return os.path.exists(argument) and not os.path.isdir(argument)  # noqa: PTH110, PTH112


def _content(argument: str, *, is_name: bool) -> tuple[str, bytes | None]:
    """The words to check, and the receipt in place of them where a file or the input holds one."""
    if argument != "-" and not is_name and not _is_there(argument):
        return argument, None
    try:
        content = terminal.read_input(argument)
    except OSError as error:
        raise ReceiptError(f"{argument} cannot be read ({error.strerror})") from error
    try:
        # words too may begin with a bracket, as in "[T]he fee must go."
        is_receipt = is_name or isinstance(json.loads(content), (dict, list))
    except (ValueError, RecursionError):
        is_receipt = False
    return content.decode("utf-8", "replace"), content if is_receipt else None


def _verdict(
    read: ReadSettings, words: str, speaker: str | None, document_id: str | None
) -> dict[str, Any]:
    from pullquote.answers.query import QUOTE, worded
    from pullquote.api.wire import verdict_wire

    worded(words, *QUOTE, limit=100_000)
    explainer = terminal.open_explainer(read)
    verdict = explainer.verify(words, speaker=speaker, document_id=document_id)
    wire = verdict_wire(verdict, explainer.quote_at)
    # On the command line a match is the words by themselves, before their sentences.
    return {**wire, "matches": [{**match, **match["found"]} for match in wire["matches"]]}


def _check_receipt(settings: Settings, receipt: bytes, *, as_json: bool) -> int:
    """Hold a receipt against the corpus folder and the index, whichever there is."""
    from pullquote.api.receipts import receipt_wire
    from pullquote.upkeep.indexing import every_document

    generation, corpus_documents = None, every_document(settings)
    try:
        generation = terminal.open_generation(settings)
    except IndexFault as error:
        terminal.warn(f"warning: the index cannot be used ({error}): who speaks was not compared")
    wire = receipt_wire(receipt, corpus_documents, generation)
    terminal.show(as_json, wire, terminal.render("receipt", wire))
    return ANSWERED if wire["ok"] else ABSTAINED
