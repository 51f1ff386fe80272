"""The page /desk: what waits, one item at a time, complete without a script; every decision is a form of this very page."""

import getpass
import logging
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import parse_qs, quote, unquote, urlencode, urlsplit

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from pullquote.answers.explainer import Explainer
from pullquote.api import reader
from pullquote.api.guard import basic
from pullquote.api.responses import page, problem
from pullquote.api.routes import Now, RecordStore
from pullquote.corpus.decisions import Decisions, desk_states, read_decisions, sha256_of
from pullquote.errors import CorpusError, InvalidSpan
from pullquote.span import Span, read_place
from pullquote.upkeep.records import Records
from pullquote_desk import ledger
from pullquote_desk.checking import named
from pullquote_desk.deciding import CHOICES, WRITTEN, answer_to, body_of, passage_of
from pullquote_desk.ledger import DeskError
from pullquote_desk.waiting import Item, Kind, Settled, Waiting

HERE = Path(__file__).parent
FRESH_SECONDS = 60.0  # for which what readers asked and said is not looked up again
MOST_FIELDS = 24  # of a form
LATEST = 3  # decisions of an editor that are shown to be taken back
LONGEST_NAME = 80
COOKIE = "desk-who"
log = logging.getLogger("pullquote")
PAGES = APIRouter(include_in_schema=False)


@dataclass(slots=True)
class _Tray:
    """What waits for editors and what they decided, each worked out once for as long as it stays the same."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    waiting: Waiting | None = None
    generation: str = ""
    until: float = 0.0
    decisions: Decisions = field(default_factory=Decisions)

    def look(self, explainer: Explainer, records: Records) -> tuple[Waiting, Decisions]:
        """Both as they are now."""
        with self.lock:
            generation, now = explainer.generation, time.monotonic()
            if self.waiting is None or self.generation != generation.card.name:
                self.waiting = Waiting(generation, records)
                self.generation, self.until = generation.card.name, now + FRESH_SECONDS
            elif now > self.until:
                self.waiting.ask_anew(records)
                self.until = now + FRESH_SECONDS
            corpus = explainer.settings.corpus
            if self.decisions.states != desk_states(corpus):
                self.decisions = read_decisions(corpus)
            return self.waiting, self.decisions


async def _tray(request: Request) -> _Tray:
    """That of this application."""
    state = request.app.state
    if not hasattr(state, "desk"):
        state.desk = _Tray()
    tray: _Tray = state.desk
    return tray


Tray = Annotated[_Tray, Depends(_tray)]


async def _form(request: Request) -> dict[str, list[str]]:
    """The fields of a form; none where it is none of ours."""
    body = await request.body()
    with suppress(ValueError):  # more fields than that
        return parse_qs(body.decode("utf-8", "replace"), max_num_fields=MOST_FIELDS)
    return {}


Form = Annotated[dict[str, list[str]], Depends(_form)]


def _who(request: Request) -> str:
    """Who decides: the name that came with the key, or was written here before, or this user's."""
    return _named(request) or unquote(request.cookies.get(COOKIE, "")) or _user()


def _named(request: Request) -> str:
    """The name that a browser sends with the key."""
    headers = request.headers.getlist("authorization")
    names = (
        basic(value.encode("latin-1"))[0] for value in headers if value[:6].lower() == "basic "
    )
    return next(names, "")


@lru_cache(maxsize=1)
def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container's user may have no name
        return "editor"


def _is_own(request: Request) -> bool:
    """Whether a form was sent from a page of this very server: a browser says where from, and no page can forge it."""
    origins = request.headers.getlist("origin")
    host = request.headers.get("host", "")
    site = request.headers.get("sec-fetch-site", "same-origin")
    return len(origins) == 1 and urlsplit(origins[0]).netloc == host != "" and site == "same-origin"


@PAGES.get("/desk")
def desk(
    request: Request,
    tray: Tray,
    now: Now,
    records: RecordStore,
    kind: str = "",
    debate: str = "",
    at: str = "",
) -> HTMLResponse:
    """The first of what waits, or another place of the queue."""
    return _desk(request, (tray, now, records), (kind, debate, at))


def _desk(
    request: Request,
    known: tuple[_Tray, Explainer, Records],
    asked: tuple[str, str, str],
    message: str = "",
    status: int = 200,
) -> HTMLResponse:
    tray, explainer, records = known
    waiting, decisions = tray.look(explainer, records)
    debate = reader.known(explainer.generation, asked[1])
    settled = Settled.by(decisions, explainer.generation)
    left = {kind: waiting.left(kind, debate, settled) for kind in Kind}
    kind = _kind(asked[0], left)
    items = left[kind]
    at = min(
        int(asked[2]) if asked[2].isdecimal() and len(asked[2]) < 9 else 0, max(0, len(items) - 1)
    )
    item = items[at] if items else None
    context: dict[str, Any] = {"kind": kind, "debate": debate, "at": at, "item": item}
    context |= _shown(explainer, item) if item else {}
    context |= {"left": {name: len(group) for name, group in left.items()}, "message": message}
    context |= {"choices": CHOICES[kind], "written": WRITTEN, "who": _who(request)}
    context |= {"debates": explainer.generation.debates, "made": _latest(decisions, _who(request))}
    context |= {"wrong": _wrong(explainer, decisions)}
    response = page("desk.html", status, folder=HERE / "templates", **context)
    response.headers["Cache-Control"] = "no-store"
    return response


def _kind(written: str, left: dict[Kind, list[Item]]) -> Kind:
    """The queue that is asked for, else the first that is not empty."""
    chosen = next((kind for kind in Kind if kind == written), None)
    return chosen or next((kind for kind, items in left.items() if items), Kind.SIDES)


def _shown(explainer: Explainer, item: Item) -> dict[str, Any]:
    if item.kind is Kind.QUESTIONS:
        answered, citations = answer_to(explainer, item)
        return {"passage": None, "answered": answered, "citations": citations}
    return {"passage": passage_of(explainer, item), "answered": False, "citations": ()}


def _wrong(explainer: Explainer, decisions: Decisions) -> list[str]:
    """The decisions that do not hold, as far as that is known by now."""
    unfit = explainer.generation.desk.unfit
    return [*decisions.damaged, *(f"{named(decision)}: {reason}" for decision, reason in unfit)]


def _latest(decisions: Decisions, who: str) -> list[dict[str, str]]:
    """An editor's last decisions, the latest first, each with what takes it back."""
    latest = [decision for decision in decisions.made if decision.who == who][-LATEST:]
    return [
        {"name": named(decision).partition(": ")[2], "debate": decision.debate, "id": decision.id}
        for decision in reversed(latest)
    ]


@PAGES.post("/desk")
def decide(request: Request, form: Form, tray: Tray, now: Now, records: RecordStore) -> Response:
    """Write a decision, or take one back, and go on to what waits next."""
    if not _is_own(request):
        detail = "a decision is sent from the page /desk of this server; open it and choose there"
        return problem(403, detail, kind="not-allowed")
    fields = {name: values[0] for name, values in form.items()}
    queue = (fields.get("kind", ""), fields.get("debate", ""), fields.get("at", ""))
    who = (_named(request) or fields.get("who", "").strip() or _who(request))[:LONGEST_NAME]
    try:
        if "undo" in fields:
            _undo(now.settings.corpus, fields.get("of", ""), fields["undo"])
        else:
            _write((tray, now, records), fields, form.get("place", []), who)
    except (DeskError, CorpusError, InvalidSpan) as error:
        return _desk(request, (tray, now, records), queue, str(error), 422)
    except OSError:  # its message names the folder
        log.exception("a decision could not be written")
        detail = "the file of decisions cannot be written; the log says why"
        return _desk(request, (tray, now, records), queue, detail, 503)
    pairs = zip(("kind", "debate", "at"), queue, strict=True)
    query = urlencode([(name, text) for name, text in pairs if text])
    answer = RedirectResponse(f"/desk?{query}#item", 303)
    answer.set_cookie(
        COOKIE, quote(who), max_age=31_536_000, path="/desk", httponly=True, samesite="strict"
    )
    return answer


def _write(
    known: tuple[_Tray, Explainer, Records], fields: dict[str, str], spots: list[str], who: str
) -> None:
    """Write what was chosen for an item.

    Raises:
        DeskError: it does not wait any more, or the choice needs more.
    """
    tray, explainer, records = known
    waiting, _ = tray.look(explainer, records)
    ranges = [_place(spot) for spot in spots]
    item = next((item for item in waiting.items if item.id == fields.get("item")), None)
    if item is None:
        raise DeskError("this does not wait any more; here is what does")
    text, choice = fields.get("text", ""), fields.get("choice", "")
    debate, body = body_of(explainer.generation, item, choice, text=text, ranges=ranges)
    ledger.add(explainer.settings.corpus, debate, who, body)


def _undo(corpus: Path, debate: str, line_id: str) -> None:
    lines = [line for line in ledger.lines_of(corpus, debate) if sha256_of(line)[:16] == line_id]
    if not lines:
        raise DeskError("the decision is not in the file any more; somebody changed it")
    ledger.take_back(corpus, debate, lines[-1])


def _place(spot: str) -> tuple[str, Span]:
    if (place := read_place(spot)) is None:
        raise DeskError("this is not a place; choose a quote that is shown")
    return place


@PAGES.get("/desk.js")
def script() -> Response:
    """The keys."""
    return Response((HERE / "static" / "desk.js").read_bytes(), media_type="text/javascript")


@PAGES.get("/desk.css")
def style() -> Response:
    """What the page has beside the style of all pages."""
    return Response((HERE / "static" / "desk.css").read_bytes(), media_type="text/css")
