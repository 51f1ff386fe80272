"""Admission: connections, host names, client addresses, keys, access rules and rate limits."""

import asyncio
import hmac
import math
import re
from base64 import b64decode
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any

import h11
from starlette.routing import BaseRoute, Match
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from pullquote.api.responses import VISIT, Access, KeyKind, Layer, Visit, problem
from pullquote.errors import SettingsError
from pullquote.settings import Settings, sealed
from pullquote.upkeep.counts import Counts

LONGEST_KEY = 256  # characters of a key that are looked at
# beyond the limits, for those who ask how the service is; the others are told to come again
SPARE_CONNECTIONS = 32
PREFIX = 64  # bits of an IPv6 address that one subscriber has
_BEYOND = "beyond"  # in the state of a request whose connection is
_PASSED_ON = (b"x-forwarded-for", b"forwarded", b"x-real-ip", b"via")
_HOST = re.compile(r"(?P<name>[A-Za-z0-9_.-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(?::[0-9]{0,5})?")
_SECONDS = {"second": 1, "minute": 60, "hour": 3_600, "day": 86_400}

# A route without a row is the operator's: forgetting one closes it. /report is a form, whose key is
# checked where it is posted; pages link to /cite, and a link carries no key.
_ROUTES = {
    Access.OPEN: "/healthz /readyz /openapi.json /style.css /widget.js /demo "
    "/embed.js /page.js /tray.js /embed /icon.svg /robots.txt",
    Access.PAGE: "/ /answer /search /tray /sides /disputes /voices /voices/{name} /documents /documents/{document_id} /check /report "
    "/card.png /oembed /docs /documents/{document_id}/page.png /v1/documents/{document_id}/cite",
    Access.SEARCH: "/v1/ask /v1/chat /v1/search /v1/verify /v1/verify-text /v1/sides /v1/disputes "
    "/v1/debates /v1/suggestions /v1/voices /v1/voices/{name} /v1/documents /v1/documents/{document_id} /v1/feedback /mcp "
    "/v1/chat/completions /v1/responses /v1/models /v1/models/{model}",
    Access.ADMIN: "/v1/report /metrics",
    Access.DESK: "/desk /desk.js /desk.css",
}
RULES = {route: access for access, routes in _ROUTES.items() for route in routes.split()}


def matched(routes: Sequence[BaseRoute], scope: Scope) -> str | None:
    """The template of the route that the router will choose, by the router's own test and order."""
    # as it is handed on
    request = {**scope, "method": "GET"} if scope["method"] == "HEAD" else scope
    partial: str | None = None
    for route in routes:
        match, child = route.matches(request)
        template = str(getattr(child.get("route", route), "path", ""))
        if match is Match.FULL:
            return template
        if match is Match.PARTIAL and partial is None:
            partial = template
    return partial


def rule(template: str | None, *, metrics: str = "admin") -> Access:
    """Who may use a route, decided by the matched route and never by the address's text."""
    if template is None:
        return Access.PAGE  # nothing to guard
    if template == "/metrics" and metrics == "open":
        return Access.OPEN
    return RULES.get(template, Access.ADMIN)


# Names and addresses
class Hosts(Layer):
    """Refuses a Host header that is malformed or names another server (DNS rebinding).

    Addresses and localhost are always accepted: a hostile page cannot make a browser send
    them. Other names must be in PULLQUOTE_TRUSTED_HOSTS. Without that list any name is
    accepted, except where the server listens on localhost only and has no proxy.
    """

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        super().__init__(app)
        self._names = frozenset(settings.trusted_hosts)
        alone = is_local(settings.host) and not settings.trusted_proxies
        self._any = "*" in self._names or not (self._names or alone)

    async def http(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Go on, or answer 400."""
        answer = self.app
        if not self._fits([value for name, value in scope["headers"] if name == b"host"]):
            hint = "this server does not answer to that name; add it to PULLQUOTE_TRUSTED_HOSTS"
            answer = problem(400, hint, kind="unknown-host")
        await answer(scope, receive, send)

    def _fits(self, values: list[bytes]) -> bool:
        if not values:
            return True  # HTTP/1.0, as some health checks speak it, and no browser
        host = _HOST.fullmatch(values[0].decode("latin-1")) if len(values) == 1 else None
        if host is None:
            return False
        name = host["name"].lower().rstrip(".")
        return self._any or name in self._names or is_local(name) or _address(name) is not None


def is_local(name: str) -> bool:
    """Whether a name means this machine."""
    address = _address(name)
    is_loopback = address is not None and address.is_loopback
    return is_loopback or name == "localhost" or name.endswith(".localhost")


def _address(text: str) -> IPv4Address | IPv6Address | None:
    """An address, with or without brackets; None where it is none."""
    try:
        address = ip_address(text.strip("[]"))
    except ValueError:
        return None
    return (isinstance(address, IPv6Address) and address.ipv4_mapped) or address


def is_here(scope: Scope) -> bool:
    """Whether the client is on this machine; a forwarded request never is.

    A peer without an address came over a socket file or from within the process.
    """
    address = _address(scope["client"][0]) if scope.get("client") else None
    local = address is None or address.is_loopback
    return local and not any(name in _PASSED_ON for name, _ in scope["headers"])


def client_of(scope: Scope) -> str:
    """The client's address, IPv6 as its /64 network; "unknown" for a socket without one."""
    address = _address(scope["client"][0]) if scope.get("client") else None
    if address is None:
        return "unknown"
    if isinstance(address, IPv6Address):
        return str(ip_network((int(address), PREFIX), strict=False))
    return str(address)


def proxies_of(settings: Settings) -> list[str]:
    """Whose X-Forwarded-For is believed, as a socket of IPv6 names them too."""
    networks = [ip_network(proxy) for proxy in settings.trusted_proxies]
    mapped = (
        f"::ffff:{network.network_address}/{96 + network.prefixlen}"
        for network in networks
        if network.version == 4
    )
    return [*settings.trusted_proxies, *mapped]


# Connections
class Gate:
    """The open connections: so many in all, and so many of one address other than a named proxy's.

    Beyond a limit the connection that has waited longest for a request's head is closed, of the
    same address if that has too many. If none waits, a newcomer may only ask for health.
    """

    def __init__(self, settings: Settings) -> None:
        self.seconds = settings.head_seconds
        # those that wait for a head, the longest first
        self.silent: dict[LimitedConnection, None] = {}
        self._most, self._each = settings.max_connections, settings.client_connections
        self._proxies = [ip_network(proxy) for proxy in proxies_of(settings)]
        self._open: dict[LimitedConnection, str] = {}
        self._counts = Counter[str]()

    def enter(self, connection: "LimitedConnection", address: str | None) -> None:
        """Count a new connection; mark it if there is no room, end it if too many are marked."""
        whose = self._whose(address)
        if self._crowded(whose):
            self._let_one_go(whose)
        if self._crowded(whose):
            connection.app_state = {**connection.app_state, _BEYOND: True}
        self._open[connection] = whose
        self._counts[whose] += 1
        if len(self._open) > self._most + SPARE_CONNECTIONS:
            connection.transport.abort()

    def leave(self, connection: "LimitedConnection") -> None:
        """Count one less, once."""
        self.silent.pop(connection, None)
        if (whose := self._open.pop(connection, None)) is not None:
            self._counts[whose] -= 1
            if not self._counts[whose]:
                del self._counts[whose]

    def _whose(self, address: str | None) -> str:
        """Whom a connection counts for; nobody where it is a named proxy's."""
        ours = ip_address(address) if address else None
        is_proxy = ours is not None and any(ours in proxy for proxy in self._proxies)
        return "" if is_proxy else client_of({"client": address and (address, 0)})

    def _has_many(self, whose: str) -> bool:
        return bool(whose) and self._counts[whose] >= self._each

    def _crowded(self, whose: str) -> bool:
        return self._has_many(whose) or len(self._open) >= self._most

    def _let_one_go(self, whose: str) -> None:
        many = self._has_many(whose)
        for connection in self.silent:
            # what is still to be read of an answer is not thrown away
            unread = connection.transport.get_write_buffer_size()
            if not unread and (not many or self._open.get(connection) == whose):
                self.leave(connection)
                connection.transport.close()
                return


class LimitedConnection(H11Protocol):
    """A connection that closes when a request's head takes too long to arrive."""

    def __init__(self, gate: Gate, **options: Any) -> None:
        super().__init__(**options)
        self._gate = gate
        self._late: asyncio.TimerHandle | None = None

    # uvicorn narrows the type of the transport
    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Come in."""
        super().connection_made(transport)
        self._gate.enter(self, self.client[0] if self.client else None)
        self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        """Go."""
        super().connection_lost(exc)
        self._gate.leave(self)
        if self._late:
            self._late.cancel()

    def data_received(self, data: bytes) -> None:
        """Read; what drips gets no more time."""
        super().data_received(data)
        self._watch()

    def on_response_complete(self) -> None:
        """Wait for the next request, where there is room."""
        super().on_response_complete()
        if _BEYOND in self.app_state:
            self.transport.close()
        self._watch()

    def _watch(self) -> None:
        silent = self.conn.their_state is h11.IDLE
        if silent and not self._late:
            self._gate.silent[self] = None
            self._late = self.loop.call_later(self._gate.seconds, self.transport.close)
        elif self._late and not silent:
            self._gate.silent.pop(self, None)
            self._late.cancel()
            self._late = None


def beyond(scope: Scope, visit: Visit) -> bool:
    """Whether a request came on a connection beyond the limits and is no health check."""
    return _BEYOND in scope.get("state", ()) and visit.template not in ("/healthz", "/readyz")


# Keys
class Keys:
    """The operator's keys, kept as digests and compared in constant time."""

    def __init__(self, admin: str | None, search: tuple[str, ...]) -> None:
        if admin in search:
            raise SettingsError(
                "PULLQUOTE_ADMIN_KEY is among PULLQUOTE_SEARCH_KEYS, which are public; make another"
            )
        self.admin, self.search = admin, search
        self.page = _page_key(search) if search else None
        kinds = [(key, KeyKind.SEARCH) for key in search]
        kinds += [(admin, KeyKind.ADMIN)] if admin else []
        kinds += [(sealed(self.page), KeyKind.PAGE)] if self.page else []
        self._kinds = tuple(kinds)

    @classmethod
    def of(cls, settings: Settings) -> "Keys":
        """The keys that the settings name.

        Raises:
            SettingsError: one key is of both kinds.
        """
        admin = sealed(settings.admin_key) if settings.admin_key else None
        return cls(admin, tuple(sealed(key) for key in settings.search_keys))

    def kind(self, key: str) -> KeyKind:
        """What a key is. Every kept key is compared, whichever fits."""
        digest, result = _digest(key), KeyKind.WRONG if key else KeyKind.NONE
        for stored, kind in self._kinds:
            if hmac.compare_digest(stored, digest):
                result = kind
        return result

    def credential(self, scope: Scope, access: Access = Access.PAGE) -> tuple[KeyKind, str]:
        """The kind of key in a request's headers, and its digest; two different keys are wrong."""
        read = _key_or_password if access is Access.DESK else _key_in
        keys = {key for name, value in scope["headers"] if (key := read(name, value))}
        if not keys:
            return KeyKind.NONE, ""
        key = keys.pop()
        if keys or len(key) > LONGEST_KEY or not (key.isascii() and key.isprintable()):
            return KeyKind.WRONG, ""
        return self.kind(key), _digest(key)


def _digest(key: str) -> str:
    # Whoever sends a digest as it is kept has no key: it is hashed like any other text.
    return sealed(key if not key.startswith("sha256:") else f" {key}")


def _page_key(search: tuple[str, ...]) -> str:
    """The key in this server's own pages: equal on all replicas, one-way from search keys."""
    digest = hmac.new("\n".join(sorted(search)).encode(), b"pages", "sha256").hexdigest()
    return f"page-{digest[:32]}"


def _key_in(name: bytes, value: bytes) -> str:
    if name == b"authorization" and value[:7].lower() == b"bearer ":
        return value[7:].decode("latin-1").strip()
    return value.decode("latin-1").strip() if name == b"x-api-key" else ""


def _key_or_password(name: bytes, value: bytes) -> str:
    """The same, or the password that a browser asked a person for."""
    if name == b"authorization" and value[:6].lower() == b"basic ":
        return basic(value)[1] or " "  # no password is a wrong one
    return _key_in(name, value)


def basic(value: bytes) -> tuple[str, str]:
    """The name and the password that a browser sends; empty where they cannot be read."""
    try:
        name, _, password = b64decode(value[6:].strip(), validate=True).decode().partition(":")
    except ValueError:
        return "", ""
    return name, password


def is_at_desk(scope: Scope, settings: Settings) -> bool:
    """Whether a person at this machine asks under one of its own names, and nobody from elsewhere can."""
    names = [value.decode("latin-1") for name, value in scope["headers"] if name == b"host"]
    host = _HOST.fullmatch(names[0]) if len(names) == 1 else None
    public = settings.public_address or settings.trusted_proxies or not is_local(settings.host)
    return not public and host is not None and is_local(host["name"]) and is_here(scope)


class Admit(Layer):
    """Lets through whoever may use the route that matched, before anything of the body is read."""

    def __init__(self, app: ASGIApp, keys: Keys) -> None:
        super().__init__(app)
        self._keys = keys

    async def http(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse with 401 or 403, or go on."""
        refusal = self._refusal(VISIT.get())
        if refusal is None:
            await self.app(scope, receive, send)
            return
        status, detail = refusal
        asks = "Basic realm=desk" if VISIT.get().access is Access.DESK else "Bearer"
        headers = {"WWW-Authenticate": asks} if status == 401 else {}
        await problem(status, detail, kind="key-needed", headers=headers)(scope, receive, send)

    def _refusal(self, visit: Visit) -> tuple[int, str] | None:
        needs = "this needs {} key, as `Authorization: Bearer KEY` or `X-API-Key: KEY`"
        if visit.access is Access.DESK and visit.at_desk and not self._keys.admin:
            return None
        if visit.access in (Access.ADMIN, Access.DESK) and visit.kind is not KeyKind.ADMIN:
            if visit.kind in (KeyKind.SEARCH, KeyKind.PAGE):
                return 403, "a search key does not open this; it needs the admin key"
            off = "the operator's routes are off here; PULLQUOTE_ADMIN_KEY turns them on"
            return 401, needs.format("the admin") if self._keys.admin else off
        has_no_key = visit.kind in (KeyKind.NONE, KeyKind.WRONG)
        if visit.access is Access.SEARCH and self._keys.search and has_no_key:
            return 401, needs.format("a search")
        return None


@dataclass(frozen=True, slots=True)
class Limit:
    """So many requests in so many seconds, and what they are counted by."""

    name: str
    amount: int
    seconds: int

    @classmethod
    def read(cls, name: str, rate: str | None) -> "Limit | None":
        """A limit as a setting has it, such as 60/minute, or None."""
        amount, _, unit = (rate or "").partition("/")
        return cls(name, int(amount), _SECONDS[unit]) if rate else None


class Rates(Layer):
    """Answers 429 to those who ask too often. The admin key, and who sits at the desk, are not counted."""

    def __init__(
        self, app: ASGIApp, *, client: str | None, key: str | None, counts: Counts
    ) -> None:
        super().__init__(app)
        self._counts = counts
        self._client, self._key = Limit.read("client", client), Limit.read("key", key)

    async def http(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Count and go on, or refuse."""
        policies, left = [], []
        for limit, who in self._counted(VISIT.get()):
            count, seconds = await self._counts.count(f"{limit.name} {who}", limit.seconds)
            wait = max(1, math.ceil(seconds))
            policies.append(f'"{limit.name}";q={limit.amount};w={limit.seconds}')
            left.append(f'"{limit.name}";r={max(0, limit.amount - count)};t={wait}')
            if count > limit.amount:
                headers = {"RateLimit-Policy": policies[-1], "RateLimit": left[-1]}
                headers["Retry-After"] = str(wait)
                detail = f"more than {limit.amount} requests in {limit.seconds} seconds; "
                detail += f"try again in {wait} seconds"
                refusal = problem(429, detail, kind="rate-limited", headers=headers, scope=scope)
                await refusal(scope, receive, send)
                return
        names = {"RateLimit-Policy": policies, "RateLimit": left}
        headers = {name: ", ".join(values) for name, values in names.items() if values}
        await self.app(scope, receive, adding(send, headers))

    def _counted(self, visit: Visit) -> list[tuple[Limit, str]]:
        at_desk = visit.access is Access.DESK and visit.at_desk
        if visit.access is Access.OPEN or visit.kind is KeyKind.ADMIN or at_desk:
            return []
        counted = [(self._client, visit.client)]
        counted += [(self._key, visit.key)] if visit.kind is KeyKind.SEARCH else []
        return [(limit, who) for limit, who in counted if limit]


def adding(send: Send, headers: dict[str, str]) -> Send:
    """A `send` that adds headers to the answer."""
    pairs = [(name.lower().encode(), value.encode()) for name, value in headers.items()]

    async def with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message["headers"], *pairs]
        await send(message)

    return with_headers
