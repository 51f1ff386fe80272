"""The search page, complete without JavaScript: passages by meaning or by words, narrowed step by step."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response

from pullquote.answers.finding import MOST, Passages, find_passages
from pullquote.answers.query import SOUGHT, worded
from pullquote.api import reader, wire
from pullquote.api.exhibits import as_csv
from pullquote.api.responses import page, reply
from pullquote.api.routes import Given, Now
from pullquote.errors import NotFound, PullquoteError, QuestionError
from pullquote.index.facets import Filter

SHOWN = 20  # passages of a page
PAGES = APIRouter(include_in_schema=False)
SearchFields = dict[str, str]


@PAGES.get("/search")
def search(
    now: Now,
    only: Given,
    q: str = "",
    debate: str = "",
    by: str = "meaning",
    sort: str = "fit",
    start: str = "0",
    form: str = "",
) -> Response:
    """Passages that fit, with what they can be narrowed by, as a page, or all of them as a file."""
    search_fields = {"q": q.strip(), "debate": debate, **only}
    search_fields |= {"by": "words"} if by == "words" else {}
    search_fields |= {"sort": "date"} if sort == "date" else {}
    passages, message, status = None, "", 200
    try:
        now.generation.documents_of(debate or None)
        if search_fields["q"]:
            passages = _found(now, search_fields, Filter.checked(**only, debate=debate))
    except (QuestionError, NotFound) as error:
        message, status = _said(error)
    if form in ("csv", "json") and passages:
        return _file(search_fields, passages, form)
    first = min(int(start), MOST) if start.isdecimal() and len(start) < 6 else 0
    return _page(now, search_fields, passages, first, message, status)


def _said(error: PullquoteError) -> tuple[str, int]:
    return (error.found, 404) if isinstance(error, NotFound) else (str(error), 422)


def _found(now: Now, search_fields: SearchFields, only: Filter) -> Passages:
    words = worded(search_fields["q"], *SOUGHT, limit=now.settings.max_question)
    order = {"by_words": "by" in search_fields, "newest": "sort" in search_fields}
    return find_passages(now.ready, words, only, **order)


def _page(
    now: Now,
    search_fields: SearchFields,
    passages: Passages | None,
    first: int,
    message: str,
    status: int,
) -> HTMLResponse:
    citations = passages.citations if passages else ()
    last = min(first + SHOWN, len(citations))
    context: wire.Wire = {
        "asked": search_fields,
        "found": passages is not None,
        "total": passages.total if passages else 0,
        "listed": len(citations),
        "first": first + 1,
        "last": last,
        "quotes": [wire.citation_wire(each) for each in citations[first:last]],
        "facets": _facets(search_fields, passages.facets) if passages else [],
        "here": _address(search_fields),
        "before": _address({**search_fields, "start": str(max(0, first - SHOWN))}) if first else "",
        "after": _address({**search_fields, "start": str(last)}) if last < len(citations) else "",
        "debates": reader.choices(now.generation),
        "message": message,
        "forms": {"csv": "CSV", "json": "JSON"},
    }
    return page("search.html", status, **context)


def _address(search_fields: Mapping[str, str]) -> str:
    return "/search?" + urlencode({name: value for name, value in search_fields.items() if value})


def _facets(
    search_fields: SearchFields, facets: Mapping[str, Sequence[tuple[str, int]]]
) -> list[dict[str, Any]]:
    """Each facet with its names, their counts, and the address that narrows to each or widens again."""
    return [
        {
            "name": name,
            "values": list(_narrower(search_fields, name, values)),
            "wider": _wider(search_fields, name),
        }
        for name, values in facets.items()
    ]


def _names(facet: str) -> tuple[str, ...]:
    """What a facet is called in an address: a year is two dates."""
    return ("since", "until") if facet == "year" else (facet,)


def _narrower(
    search_fields: SearchFields, facet: str, values: Sequence[tuple[str, int]]
) -> Iterator[dict[str, Any]]:
    for value, count in values:
        narrowed = {**search_fields, **dict.fromkeys(_names(facet), value)}
        yield {"value": value, "count": count, "link": _address(narrowed)}


def _wider(search_fields: SearchFields, facet: str) -> str:
    """The address without what a facet narrows by; "" where that is nothing."""
    given = [name for name in _names(facet) if search_fields.get(name)]
    return (
        _address({name: value for name, value in search_fields.items() if name not in given})
        if given
        else ""
    )


def _file(search_fields: SearchFields, passages: Passages, form: str) -> Response:
    if form == "json":
        quotes = [wire.citation_wire(citation) for citation in passages.citations]
        facets = {name: dict(values) for name, values in passages.facets.items()}
        response: Response = reply(
            {**search_fields, "total": passages.total, "facets": facets, "quotes": quotes}
        )
    else:
        headers = {"Cache-Control": "no-store"}
        response = Response(
            as_csv(passages.citations), media_type="text/csv; charset=utf-8", headers=headers
        )
    response.headers["Content-Disposition"] = f'attachment; filename="search.{form}"'
    return response
