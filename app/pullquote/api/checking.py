"""Checking a text over HTTP: `POST /v1/verify-text`, and the page /check, which needs no JavaScript."""

import re
from collections import deque
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Annotated, Any
from urllib.parse import parse_qs

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, JSONResponse

from pullquote.api import schemas
from pullquote.api.responses import page, reply
from pullquote.api.routes import API, Now
from pullquote.api.wire import Wire, checked_wire
from pullquote.errors import QuestionError, spend
from pullquote.span import Span

SHOWN = 2  # sentences of the sources beside a quotation
LONGEST = 2_000  # letters of such a sentence; a longer one is only linked
_GAP = re.compile(r"\n{2,}")
PAGES = APIRouter(include_in_schema=False)


@API.post("/v1/verify-text", responses=schemas.gives("CheckedBody"), summary="Check every quotation of a text")
def verify_text(body: schemas.DraftBody, now: Now) -> JSONResponse:
    """Each quotation of a draft, in Markdown or plain text, held against the sources: its words, whose they are, what is left out."""
    return reply(checked_wire(body.text, now.check(body.text), now.quote_at))


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
        checked = checked_wire(draft, now.check(draft), now.quote_at)
    except QuestionError as error:
        return page("check.html", 422, draft=draft, checked=None, rows=[], message=str(error))
    return page(
        "check.html", draft=draft, checked=checked, rows=list(rows_of(draft, checked["quotations"])), message=""
    )


def rows_of(draft: str, quotations: Sequence[Wire]) -> Iterator[Wire]:
    """A draft paragraph by paragraph: its words in pieces, those of a quotation with it, and the quotations that begin there."""
    remaining, shown = deque(quotations), set[tuple[str, int]]()
    for start, end in _paragraphs(draft, [Span(one["start"], one["end"]) for one in quotations]):
        own: list[Wire] = []
        pieces: list[tuple[str, Any]] = []
        reached = start
        while remaining and remaining[0]["start"] < end:
            own.append(quotation := remaining.popleft())
            quoted = draft[quotation["start"] : quotation["end"]]
            pieces += [(draft[reached : quotation["start"]], None), (quoted, quotation)]
            reached = quotation["end"]
        yield {
            "pieces": [*pieces, (draft[reached:end], None)],
            "quotations": [_with_sources(one, shown) for one in own],
        }


def _with_sources(quotation: Wire, shown: set[tuple[str, int]]) -> Wire:
    """A quotation with the sentences of the sources to show beside it: in words once on the page, then as a link."""
    matches = {(one["document_id"], one["start"]): one for one in (*quotation["matches"], *quotation["nearest"])}
    sources = []
    for place, match in list(matches.items())[:SHOWN]:
        in_words = place not in shown and len(match["exact"]) <= LONGEST
        sources.append(match | {"in_words": in_words})
        shown.add(place)
    return quotation | {"sources": sources}


def _paragraphs(draft: str, quoted: Sequence[Span]) -> Iterator[tuple[int, int]]:
    """Where each paragraph starts and ends; one that a quotation goes on in is not parted from it."""
    start = reached = 0
    ends = iter([*quoted, None])
    following = next(ends)
    for at in chain((gap.start() for gap in _GAP.finditer(draft)), [len(draft)]):
        spend()
        while following and following.start < at:
            reached, following = max(reached, following.end), next(ends)
        if at >= reached and (words := draft[start:at].strip("\n")):
            first = at - len(draft[start:at].lstrip("\n"))
            yield first, first + len(words)
            start = at
