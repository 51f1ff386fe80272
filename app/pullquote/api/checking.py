"""Checking a text over HTTP: `POST /v1/verify-text`, and the page /check without JavaScript."""

import re
from collections import deque
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, JSONResponse

from pullquote.api import schemas
from pullquote.api.responses import page, posted, reply
from pullquote.api.routes import API, Now
from pullquote.api.wire import Wire, checked_wire
from pullquote.errors import QuestionError, spend
from pullquote.span import Span

SHOWN = 2  # sentences of the sources beside a quotation
LONGEST = 2_000  # letters of such a sentence; a longer one is only linked
_GAP = re.compile(r"\n{2,}")
PAGES = APIRouter(include_in_schema=False)


@API.post(
    "/v1/verify-text",
    responses=schemas.gives("CheckedBody"),
    summary="Check every quotation of a text",
)
def verify_text(body: schemas.DraftBody, now: Now) -> JSONResponse:
    """Compare each quotation of a draft with the sources: words, speaker, what is left out."""
    return reply(checked_wire(body.text, now.check(body.text), now.quote_at))


# The page
async def _draft(request: Request) -> str:
    """The draft in a form; "" where the form is none of ours."""
    return (await posted(request, "text")).replace("\r\n", "\n")


@PAGES.get("/check")
def form() -> HTMLResponse:
    """A form for a draft."""
    return _page("")


def _page(
    draft: str, status: int = 200, message: str = "", checked: Wire | None = None
) -> HTMLResponse:
    rows = list(rows_of(draft, checked["quotations"])) if checked else []
    return page("check.html", status, draft=draft, checked=checked, rows=rows, message=message)


@PAGES.post("/check")
def check(draft: Annotated[str, Depends(_draft)], now: Now) -> HTMLResponse:
    """A draft with its quotations marked, and the source beside each."""
    try:
        return _page(draft, checked=checked_wire(draft, now.check(draft), now.quote_at))
    except QuestionError as error:
        return _page(draft, 422, str(error))


def rows_of(draft: str, quotations: Sequence[Wire]) -> Iterator[Wire]:
    """The paragraphs of a draft: each in pieces, and the quotations that begin in it."""
    remaining, sources_shown = deque(quotations), set[tuple[str, int]]()
    spans = [Span(quotation["start"], quotation["end"]) for quotation in quotations]
    for start, end in _paragraphs(draft, spans):
        started: list[Wire] = []
        pieces: list[tuple[str, Any]] = []
        position = start
        while remaining and remaining[0]["start"] < end:
            started.append(quotation := remaining.popleft())
            quoted = draft[quotation["start"] : quotation["end"]]
            pieces += [(draft[position : quotation["start"]], None), (quoted, quotation)]
            position = quotation["end"]
        sourced = [_with_sources(quotation, sources_shown) for quotation in started]
        yield {"pieces": [*pieces, (draft[position:end], None)], "quotations": sourced}


def _with_sources(quotation: Wire, sources_shown: set[tuple[str, int]]) -> Wire:
    """A quotation with sentences of the sources; one shown further up is only linked."""
    candidates = (*quotation["matches"], *quotation["nearest"])
    matches = {(match["document_id"], match["start"]): match for match in candidates}
    sources = []
    for position, match in list(matches.items())[:SHOWN]:
        in_words = position not in sources_shown and len(match["exact"]) <= LONGEST
        sources.append(match | {"in_words": in_words})
        sources_shown.add(position)
    return quotation | {"sources": sources}


def _paragraphs(draft: str, quotations: Sequence[Span]) -> Iterator[tuple[int, int]]:
    """Where each paragraph starts and ends; no quotation is split between two."""
    start = last_end = 0
    remaining = iter([*quotations, None])
    quotation = next(remaining)
    for gap in chain((match.start() for match in _GAP.finditer(draft)), [len(draft)]):
        spend()
        while quotation and quotation.start < gap:
            last_end, quotation = max(last_end, quotation.end), next(remaining)
        if gap >= last_end and (words := draft[start:gap].strip("\n")):
            first = gap - len(draft[start:gap].lstrip("\n"))
            yield first, first + len(words)
            start = gap
