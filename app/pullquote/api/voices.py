"""Voices: everybody whose words the index holds, and all that one of them says, as pages and as JSON."""

from itertools import groupby
from operator import itemgetter
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query
from fastapi.responses import HTMLResponse, JSONResponse

from pullquote.answers.explainer import Explainer
from pullquote.answers.finding import said_by
from pullquote.api import schemas, wire
from pullquote.api.reader import people_of
from pullquote.api.responses import page, reply
from pullquote.api.routes import MANY, Now, known_parameters
from pullquote.errors import IndexMissing, NotFound
from pullquote.voice.names import fold
from pullquote.voice.people import Person

MOST, USUAL = 200, 50  # passages of one reply
LISTED = 200  # people of a page
API = APIRouter(dependencies=[Depends(known_parameters)], responses=schemas.PROBLEMS)
PAGES = APIRouter(include_in_schema=False)
Start = Annotated[
    int, Query(ge=0, le=MANY, description="How many come before the first that is listed.")
]


def _listed(explainer: Explainer, debate: str | None) -> list[Person]:
    """Everybody in a debate, or in all, by family name."""
    generation = explainer.generation
    numbers = set(generation.documents_of(debate))
    people = [
        person
        for person in people_of(generation).all
        if not debate or not numbers.isdisjoint(person.documents)
    ]
    return sorted(people, key=lambda person: (fold(person.family), fold(person.given)))


@API.get("/v1/voices", responses=schemas.gives("VoicesBody"), summary="List the voices")
def voices(
    now: Now,
    debate: str | None = None,
    start: Start = 0,
    count: Annotated[int, Query(ge=1, le=MANY, description="How many at most.")] = MANY,
) -> JSONResponse:
    """Everybody whose words the documents hold, by family name; of all debates or of one."""
    people = _listed(now, debate)
    listed = [wire.person_wire(person) for person in people[start : start + count]]
    return reply({"debate": debate, "total": len(people), "voices": listed})


@API.get("/v1/voices/{name}", responses=schemas.gives("SaidBody"), summary="All that one says")
def voice(
    name: str,
    now: Now,
    start: Start = 0,
    count: Annotated[int, Query(ge=1, le=MOST, description="How many quotes at most.")] = USUAL,
) -> JSONResponse:
    """Somebody by id or by any form of the name: what they wrote, and their words in others' documents."""
    person = people_of(now.generation).one(name)
    return reply(_said(now, person, start, count))


def _said(explainer: Explainer, person: Person, start: int, count: int) -> wire.Wire:
    total, citations = said_by(explainer.ready, person, start, count)
    return wire.said_wire(explainer.generation, person, total, citations)


@PAGES.get("/voices")
def voices_page(now: Now, debate: str = "", start: str = "0") -> HTMLResponse:
    """Everybody, page by page."""
    try:
        people = _listed(now, debate or None)
    except (NotFound, IndexMissing) as error:
        status = 404 if isinstance(error, NotFound) else 503
        return _list(status, message=error.found)
    first = min(_number(start), len(people))
    shown, here = people[first : first + LISTED], {"debate": debate} if debate else {}
    more = first + LISTED < len(people)
    return _list(
        people=[wire.person_wire(person) for person in shown],
        debate=debate,
        before=_address("/voices", here, max(0, first - LISTED)) if first else "",
        after=_address("/voices", here, first + LISTED) if more else "",
    )


@PAGES.get("/voices/{name}")
def voice_page(name: str, now: Now, start: str = "0") -> HTMLResponse:
    """All that somebody says, by document and date; whoever is called nearly so, where nobody is called so."""
    try:
        people = people_of(now.generation)
        person = people.one(name)
    except IndexMissing as error:
        return _list(503, message=error.found)
    except NotFound as error:
        nearest = people.called(name) or people.nearest(name)
        return _list(
            404,
            message=error.found.partition(";")[0],
            people=[wire.person_wire(person) for person in nearest],
        )
    first = _number(start)
    said = _said(now, person, first, USUAL)
    here, last = f"/voices/{person.id}", first + USUAL
    before = _address(here, {}, max(0, first - USUAL)) if first else ""
    after = _address(here, {}, last) if last < said["total"] else ""
    groups = [list(run) for _, run in groupby(said["quotes"], itemgetter("document_id"))]
    return page("voice.html", said=said, groups=groups, before=before, after=after)


def _list(status: int = 200, **shown: Any) -> HTMLResponse:
    nothing: dict[str, Any] = {"people": [], "debate": "", "message": "", "before": "", "after": ""}
    return page("voices.html", status, **{**nothing, **shown})


def _number(written: str) -> int:
    return int(written) if written.isdecimal() and len(written) < 7 else 0


def _address(path: str, named: dict[str, str], start: int) -> str:
    query = urlencode({**named, **({"start": str(start)} if start else {})})
    return f"{path}?{query}" if query else path
