"""Checking a text over HTTP: `POST /v1/verify-text`, and the page /check, which needs no JavaScript."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Annotated, Any
from urllib.parse import parse_qs

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, JSONResponse

from pullquote.answers.explainer import Explainer
from pullquote.answers.query import worded
from pullquote.api import schemas
from pullquote.api.responses import page, reply
from pullquote.api.routes import API, Now
from pullquote.api.wire import Wire, verdict_wire
from pullquote.errors import QuestionError
from pullquote.span import Span, utf16_length
from pullquote.verify.check import Held, Outcome
from pullquote.verify.match import Result, Verdict

DRAFT = ("text", "send the draft whose quotations are to be checked")
SHOWN = 2  # sentences of the sources beside a quotation
PAGES = APIRouter(include_in_schema=False)


def checked_wire(explainer: Explainer, text: str) -> Wire:
    """Every quotation of a draft and what became of it, as `POST /v1/verify-text` sends it.

    Raises:
        QuestionError: there is no letter or figure in the draft.
    """
    worded(text, *DRAFT, limit=len(text))
    held = explainer.check(text)
    counts = Counter(one.outcome for one in held)
    return {
        "ok": all(one.right for one in held),
        "counts": {outcome.value: counts[outcome] for outcome in Outcome},
        "quotations": list(_numbered(explainer, text, held)),
        "generation": explainer.generation.card.name,
    }


def _numbered(explainer: Explainer, text: str, held: Sequence[Held]) -> Iterator[Wire]:
    units, reached = 0, 0
    for n, one in enumerate(held, start=1):
        span = one.quotation.span
        units, reached = units + utf16_length(text[reached : span.start]), span.start
        words = span.cut(text)
        told = {
            "n": n,
            "start": span.start,
            "end": span.end,
            "start_utf16": units,
            "end_utf16": units + utf16_length(words),
        }
        found = verdict_wire(Verdict(Result.VERBATIM, one.places, one.diff, one.attribution), explainer.quote_at)
        yield told | found | {
            "words": words, "speaker": one.quotation.speaker, "result": one.outcome.value, "right": one.right,
            "omitted": one.omitted,
        }  # fmt: skip


@API.post("/v1/verify-text", responses=schemas.gives("CheckedBody"), summary="Check every quotation of a text")
def verify_text(body: schemas.DraftBody, now: Now) -> JSONResponse:
    """Each quotation of a draft, in Markdown or plain text, held against the sources: its words, whose they are, what is left out."""
    return reply(checked_wire(now, body.text))


# The page
async def _draft(request: Request) -> str:
    """The draft in a form; "" where the form is none of ours."""
    body = await request.body()
    try:
        return parse_qs(body.decode("utf-8", "replace"), max_num_fields=4).get("text", [""])[0].replace("\r\n", "\n")
    except ValueError:  # more fields than that
        return ""


@PAGES.get("/check")
def form() -> HTMLResponse:
    """A form for a draft."""
    return page("check.html", draft="", checked=None, rows=[], message="")


@PAGES.post("/check")
def check(draft: Annotated[str, Depends(_draft)], now: Now) -> HTMLResponse:
    """A draft with its quotations marked, and the source beside each."""
    try:
        checked = checked_wire(now, draft)
    except QuestionError as error:
        return page("check.html", 422, draft=draft, checked=None, rows=[], message=str(error))
    return page(
        "check.html", draft=draft, checked=checked, rows=list(rows_of(draft, checked["quotations"])), message=""
    )


def rows_of(draft: str, quotations: Sequence[Wire]) -> Iterator[Wire]:
    """A draft paragraph by paragraph: its words in pieces, those of a quotation with it, and the quotations that begin there."""
    for start, end in _paragraphs(draft, [Span(one["start"], one["end"]) for one in quotations]):
        own = [one for one in quotations if start <= one["start"] < end]
        pieces: list[tuple[str, Any]] = []
        reached = start
        for one in own:
            pieces += [(draft[reached : one["start"]], None), (draft[one["start"] : one["end"]], one)]
            reached = one["end"]
        yield {"pieces": [*pieces, (draft[reached:end], None)], "quotations": list(map(_with_sources, own))}


def _with_sources(quotation: Wire) -> Wire:
    """A quotation with the sentences of the sources to show beside it, each once."""
    sources = {(one["document_id"], one["start"]): one for one in quotation["matches"]}
    return quotation | {"sources": list(sources.values())[:SHOWN]}


def _paragraphs(draft: str, quoted: Sequence[Span]) -> Iterator[tuple[int, int]]:
    """Where each paragraph starts and ends; one that a quotation goes on in is not parted from it."""
    start = reached = 0
    ends = iter([*quoted, None])
    following = next(ends)
    for at in [*(place for place in range(len(draft)) if draft.startswith("\n\n", place)), len(draft)]:
        while following and following.start < at:
            reached, following = max(reached, following.end), next(ends)
        if at >= reached and (words := draft[start:at].strip("\n")):
            first = draft.index(words, start)
            yield first, first + len(words)
            start = at
