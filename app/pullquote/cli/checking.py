"""The commands that check: `verify` a quote or a receipt, and the `doctor` of an installation."""

import json
import os
import sys
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pullquote.cli.common import (
    ABSTAINED,
    ANSWERED,
    FAILED,
    as_json_option,
    open_explainer,
    open_generation,
    print_json,
    say,
    warn,
)
from pullquote.settings import Settings

if TYPE_CHECKING:
    from pullquote.verify.match import Place

_OWN = "--speaker and --document ask about a quote; a receipt names its own, which are checked"
_SIGNS = {"same": " ", "only_given": "-", "only_stored": "+"}  # of the words of an altered quote


@click.command(short_help="Say what is wrong here and what to do next.")
@as_json_option
@click.pass_context
def doctor(context: click.Context, as_json: bool) -> None:
    """Look at settings, corpus, index, model, disk and port; say what is wrong and what to do next.

    Exit codes: 0 nothing is wrong, 1 something is.
    """
    from pullquote.upkeep.doctor import examine
    from pullquote.upkeep.findings import healthy, report, wire

    findings = examine(context.obj)
    if as_json:
        print_json(wire(findings))
    else:
        say(report(findings))
    context.exit(ANSWERED if healthy(findings) else FAILED)


@click.command(short_help="Check a quote or a receipt against the sources.")
@click.argument("quote_or_receipt", metavar="QUOTE|RECEIPT|-")
@click.option("--speaker", help="Who is said to have said it.")
@click.option("--document", "document_id", help="The id of the document where it is said to stand.")
@as_json_option
@click.pass_context
def verify(
    context: click.Context, quote_or_receipt: str, speaker: str | None, document_id: str | None, as_json: bool
) -> None:
    """Check a quote, or every quote of a receipt (a saved `ask --json`), against the sources.

    A receipt is a file of JSON; - reads it from the input. What else stands in a file or comes in is checked as a quote.

    Exit codes: 0 all verbatim and whose they are said to be, 3 not or unsure, 1 an error.
    """
    about_quote = speaker is not None or document_id is not None
    if _names_receipt(quote_or_receipt) and about_quote:
        raise click.UsageError(_OWN)
    content = _content(quote_or_receipt)
    if content is not None and (_names_receipt(quote_or_receipt) or _is_json(content)):
        if about_quote:
            raise click.UsageError(_OWN)
        context.exit(_verify_receipt(context.obj(), content, as_json=as_json))
    words = quote_or_receipt if content is None else content.decode("utf-8", "replace")
    from pullquote.answers.query import QUOTE, worded
    from pullquote.api.wire import verdict_wire

    worded(words, *QUOTE, limit=100_000)
    explainer = open_explainer(context.obj)
    verdict = explainer.verify(words, speaker=speaker, document_id=document_id)
    shown = verdict_wire(verdict, explainer.quote_at)
    # Here a match always was the words by themselves: what is theirs comes before what is their sentences'.
    shown["matches"] = [{**match, **match["found"]} for match in shown["matches"]]
    if as_json:
        print_json(shown)
    else:
        say(_verdict_text(shown, speaker))
    right = shown["result"] == "verbatim" and shown["attribution"] in (None, "right")
    context.exit(ANSWERED if right else ABSTAINED)


def _content(given: str) -> bytes | None:
    """What the file holds that the argument names, or the input; None where it is words."""
    from pullquote.errors import ReceiptError

    if given == "-":
        return sys.stdin.buffer.read() if sys.stdin else b""
    if not _names_receipt(given) and (not os.path.exists(given) or os.path.isdir(given)):  # noqa: PTH110, PTH112 (a long quote is an error to a Path)
        return None
    try:
        return Path(given).read_bytes()
    except OSError as error:
        raise ReceiptError(f"{given} cannot be read ({error.strerror})") from error


def _is_json(content: bytes) -> bool:
    """Whether what came in is an object or a list of JSON: "[T]he fee must go." is words."""
    try:
        return isinstance(json.loads(content), (dict, list))
    except (ValueError, RecursionError):
        return False


def _names_receipt(given: str) -> bool:
    """Whether an argument is the name of a receipt, there or not: "The server sends answer.json" is words."""
    return given.lower().endswith(".json") and (len(given.split()) == 1 or os.path.exists(given))  # noqa: PTH110


def _verdict_text(shown: dict[str, Any], speaker: str | None) -> str:
    """A verdict with each place and whose words they are there."""
    lines = []
    for match in shown["matches"]:
        lines.append(f"{match['document_id']}:{match['start']}-{match['end']}  {match['exact']}")
        told = match["voice"]["sure"] or "(probably)" in match["byline"]
        lines.append(f"    {match['byline']}{'' if told else ' (probably)'}")
    lines += [f"{_SIGNS[line['kind']]} {line['text']}" for line in shown["diff"]]
    if shown["matches"] and shown["attribution"] == "unsure":
        lines.append(f"Whether they are the words of {speaker} cannot be told for sure.")
    if shown["matches"] and (shown["result"], shown["attribution"]) == ("altered", "wrong"):
        lines.append("They are not whose, or do not stand where, they are said to.")
    return "\n    ".join([shown["result"].replace("_", " "), *lines])


def _verify_receipt(settings: Settings, content: bytes, *, as_json: bool) -> int:
    """Hold each claim of a receipt against the corpus folder and the index, whichever there is."""
    from pullquote.corpus.sentences import split_sentences
    from pullquote.errors import IndexFault
    from pullquote.upkeep.sources import every_document
    from pullquote.verify.match import Result
    from pullquote.verify.receipt import check, hearing, read_receipt

    claims = read_receipt(content)
    known, hear = every_document(settings), None
    try:
        hear = hearing(open_generation(settings))
    except IndexFault as error:
        warn(f"warning: the index cannot be used ({error}): who speaks was not compared")
    split = cache(split_sentences)  # many quotes of a receipt stand in one document
    found = [check(claim, known, hear=hear, split=split) for claim in claims]
    rows = [
        {"document_id": one.document.id if one.document else claim.document_id, "start": claim.start,
         "end": claim.end, "result": one.result.value, "wrong": list(one.wrong), "unchecked": list(one.unchecked),
         "now": _place_wire(one.now)}
        for claim, one in zip(claims, found, strict=True)
    ]  # fmt: skip
    if as_json:
        print_json({"quotes": rows})
    else:
        say("\n".join(_row_text(row) for row in rows))
    return ANSWERED if all(one.result is Result.VERBATIM for one in found) else ABSTAINED


def _place_wire(place: "Place | None") -> dict[str, Any] | None:
    if place is None:
        return None
    return {"document_id": place.document.id, "start": place.span.start, "end": place.span.end}


def _row_text(row: dict[str, Any]) -> str:
    wrong = f"  (wrong in the receipt: {', '.join(row['wrong'])})" if row["wrong"] else ""
    wrong = f"  ({_changed(row)})" if "sha256" in row["wrong"] else wrong
    unchecked = f"  (not compared: {', '.join(row['unchecked'])})" if row["unchecked"] else ""
    place = " ".join(row["document_id"].split())  # one line, whatever the receipt calls its document
    return f"{row['result'].replace('_', ' ')}  {place}:{row['start']}-{row['end']}{wrong}{unchecked}"


def _changed(row: dict[str, Any]) -> str:
    """That a document's text is no more what a receipt was made of, and where its words stand now."""
    now = row["now"]
    of = "there is no such document now" if "document_id" in row["wrong"] else "the document's text is another now"
    where = f"at {now['document_id']}:{now['start']}-{now['end']}" if now else "nowhere in it"
    return f"{of}; these words stand {where}"
