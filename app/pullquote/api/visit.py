"""What is known of one request while it is answered, and its id."""

import uuid
from contextvars import ContextVar
from dataclasses import dataclass
from enum import Enum

from starlette.types import Scope

_SCOPE = "pullquote.visit"
_current: ContextVar["Visit | None"] = ContextVar("pullquote_visit", default=None)


class Access(Enum):
    """Who may use a route."""

    OPEN = "open"  # health, scripts, styles: anyone, never counted, never waiting
    PAGE = "page"  # what the server shows to people: anyone, counted
    SEARCH = "search"  # the API: a search key, where the operator set some
    ADMIN = "admin"  # the operator's routes: the admin key, and off without one


class Kind(Enum):
    """What a request's credential is."""

    NONE = "none"
    WRONG = "wrong"
    PAGE = "page"  # the key that this server's own pages carry
    SEARCH = "search"
    ADMIN = "admin"


@dataclass(slots=True)
class Visit:
    """One request: where it goes, and who asks."""

    request_id: str
    template: str | None  # of the matched route, such as /v1/documents/{document_id}; None where there is none
    access: Access
    client: str = "unknown"  # an address, or a /64 network of IPv6
    kind: Kind = Kind.NONE
    key: str = ""  # what the key is kept as; "" without one
    manual: bool = True  # whether this server has a page on its API to link to
    problem: str | None = None  # the kind of problem that it was answered with


def begin(template: str | None, access: Access) -> Visit:
    """A visit with a fresh id: none is taken from the client, who could forge another's."""
    visit = Visit(uuid.uuid4().hex, template, access)
    _current.set(visit)
    return visit


def keep(scope: Scope, visit: Visit) -> None:
    """Leave the visit where the inner layers find it."""
    scope[_SCOPE] = visit


def of(scope: Scope) -> Visit:
    """The visit of a request; every layer inside `observer.Observer` may ask."""
    visit: Visit = scope[_SCOPE]
    return visit


def current() -> Visit | None:
    """The request that is being answered, if one is."""
    return _current.get()


def request_id() -> str:
    """The id of the request that is being answered, or a new one outside of any."""
    visit = _current.get()
    return visit.request_id if visit else uuid.uuid4().hex
