"""Rechecking: whether what is quoted still stands on the pages that it was published on."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from pullquote.corpus.documents import Document
from pullquote.corpus.files import safe_cell
from pullquote.corpus.parsing import parse_document
from pullquote.corpus.reading import as_read, is_markdown, shown
from pullquote.corpus.sentences import Kind, split_sentences
from pullquote.errors import FetchError, PullquoteError
from pullquote.index.generation import Generation
from pullquote.settings import Settings
from pullquote.span import Span
from pullquote.upkeep.rechecked import remember
from pullquote.verify.alteration import compare
from pullquote.verify.match import Match
from pullquote.verify.receipt import Claim
from pullquote.verify.words import fold
from pullquote_collect.adding import received
from pullquote_collect.fetching import fetch

GONE = 0.1  # of the sentences that stand there at most, where a page is another one now
COMPARED = 20  # sentences that are missing, of which the page is searched for what they became


class State(StrEnum):
    """What became of words on their page."""

    PRESENT = "present"
    CHANGED = "changed"
    GONE = "gone"
    UNREACHABLE = "unreachable"
    UNCOMPARED = "uncompared"  # a recording, whose words only a listener could compare


@dataclass(frozen=True, slots=True)
class Change:
    """Words that no longer stand there: their place in the document, and what comes nearest to them, if anything does."""

    start: int
    end: int
    was: str
    now: str | None


@dataclass(frozen=True, slots=True)
class Checked:
    """What became of a document, or of what is quoted of it, and when (UTC) that was looked at."""

    document_id: str
    url: str
    state: State
    at: str
    compared: int = 0
    changes: tuple[Change, ...] = ()
    reason: str | None = None


def recheck(
    settings: Settings,
    generation: Generation,
    debate: str | None = None,
    claims: Sequence[Claim] = (),
    *,
    local: bool = False,
) -> Iterator[Checked]:
    """Hold each document that has an address against the page there: all its prose, or what the claims quote of it.

    Raises:
        UnknownDebate: there is no such debate.
    """
    quoted: dict[str, list[Claim]] = {}
    for claim in claims:
        quoted.setdefault(claim.document_id, []).append(claim)
    for number in generation.documents_of(debate):
        row = generation.rows[number]
        if row.source.url and (not claims or row.id in quoted):
            words = _words_to_compare(
                generation, number, quoted.get(row.id, ()) if claims else None
            )
            yield _compared(settings, generation.document(number), words, local=local)


def _words_to_compare(
    generation: Generation, number: int, claims: Sequence[Claim] | None
) -> dict[Span, str]:
    """What claims quote of a document, or else its prose, as its page shows it."""
    document, sentences = generation.document(number), generation.sentences(number)
    if claims is None:
        prose = (sentence.span for sentence in sentences if sentence.kind is Kind.PROSE)
        words_by_span = {span: span.cut(document.text) for span in prose}
    else:
        words_by_span = {Span(claim.start, claim.end): claim.exact for claim in claims}
    return {  # the text may be another now than that of a receipt
        span: shown(document, sentences, span)
        if document.text[span.start : span.end] == words
        else words
        for span, words in words_by_span.items()
    }


def _compared(
    settings: Settings, document: Document, quoted_words: Mapping[Span, str], *, local: bool
) -> Checked:
    url, at = document.source.url or "", f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
    if document.places and document.places[0].time is not None:
        reason = "the address is of a recording, not of a text"
        return Checked(document.id, url, State.UNCOMPARED, at, reason=reason)
    try:
        fetched = fetch(url, most=settings.max_document_bytes, local=local)
        live = parse_document(received(fetched, f"page{fetched.suffix}"), document_id="page")
    except PullquoteError as error:
        gone = isinstance(error, FetchError) and error.gone
        state = State.GONE if gone else State.UNREACHABLE
        return Checked(document.id, url, state, at, reason=str(error))
    text = _plain(as_read(live.text) if is_markdown(live) else live.text)
    missing = {span: words for span, words in quoted_words.items() if _plain(words) not in text}
    if not missing:
        return Checked(document.id, url, State.PRESENT, at, len(quoted_words))
    changes = tuple(_changes(missing, live))
    few_left = len(quoted_words) - len(missing) <= GONE * len(quoted_words)
    gone = few_left and not any(change.now for change in changes)
    state = State.GONE if gone else State.CHANGED
    return Checked(document.id, url, state, at, len(quoted_words), changes)


def _plain(words: str) -> str:
    """Words as they are compared: with typography and white space set aside."""
    return " ".join(fold(words).split())


def _changes(missing: Mapping[Span, str], live: Document) -> Iterator[Change]:
    live_sentences = [Match(live, sentence.span) for sentence in split_sentences(live)]
    for number, (span, was) in enumerate(missing.items()):
        verdicts = compare(was, live_sentences) if number < COMPARED else []
        best = min(verdicts, key=lambda verdict: verdict.changed, default=None)
        yield Change(
            span.start, span.end, was, best.places[0].span.cut(live.text) if best else None
        )


def keep(settings: Settings, checks: Iterable[Checked], texts: Mapping[str, str]) -> None:
    """Keep when each document was last looked at and with what result, with its text's SHA-256, for the pages that show it."""
    remember(
        settings.index,
        {
            check.document_id: {
                "at": check.at,
                "state": check.state,
                "sha256": texts[check.document_id],
            }
            for check in checks
        },
    )


def wire(checks: Sequence[Checked]) -> dict[str, Any]:
    """What was found, for programs."""
    return {"documents": [asdict(check) for check in checks]}


def text_of(checks: Sequence[Checked]) -> str:
    """What was found, to read."""
    return (
        "\n".join(line for check in checks for line in _lines(check))
        or "no document here has an address (`url`)"
    )


def _lines(check: Checked) -> Iterator[str]:
    of = (
        f": {len(check.changes)} of {check.compared} sentences are not there any more"
        if check.changes
        else ""
    )
    yield f"{check.state:<11}  {check.document_id}  {check.url}{of}{f': {check.reason}' if check.reason else ''}"
    for change in check.changes:
        yield f"    was  “{change.was}”"
        yield f"    now  “{change.now}”" if change.now else "    now  nothing like it"


def csv_of(checks: Sequence[Checked]) -> str:
    """A row for each change, and one for each document without."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(["document_id", "url", "state", "at", "reason", "start", "end", "was", "now"])
    for check in checks:
        head = [
            check.document_id,
            safe_cell(check.url),
            check.state.value,
            check.at,
            safe_cell(check.reason or ""),
        ]
        rows = [
            [change.start, change.end, safe_cell(change.was), safe_cell(change.now or "")]
            for change in check.changes
        ]
        writer.writerows([*head, *row] for row in rows or [["", "", "", ""]])
    return out.getvalue()
