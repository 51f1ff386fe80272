"""Which names this server answers to: against pages that point a name of their own at it (DNS rebinding)."""

import re
from ipaddress import ip_address

from starlette.types import ASGIApp, Receive, Scope, Send

from pullquote.api import problems
from pullquote.settings import Settings

_HOST = re.compile(r"(?P<name>[A-Za-z0-9_.-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(?::[0-9]{0,5})?")
_HINT = "this server does not answer to that name; its operator lists names in PULLQUOTE_TRUSTED_HOSTS"


class Hosts:
    """Refuses a Host header that is malformed, or that names nothing this server is.

    Addresses and localhost are always fine: a hostile page cannot bring a browser to send them. Other names are
    those of PULLQUOTE_TRUSTED_HOSTS. Without that list any name is, except where the server listens on this machine
    alone and stands behind no proxy.
    """

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self.app = app
        self._names = frozenset(settings.trusted_hosts)
        alone = is_local(settings.host) and not settings.trusted_proxies
        self._any = "*" in self._names or not (self._names or alone)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Go on, or answer 400."""
        if scope["type"] != "http" or self._fits([value for name, value in scope["headers"] if name == b"host"]):
            await self.app(scope, receive, send)
        else:
            await problems.problem(400, _HINT, kind="unknown-host")(scope, receive, send)

    def _fits(self, given: list[bytes]) -> bool:
        if not given:
            return True  # HTTP/1.0, as some health checks speak it, and no browser
        found = _HOST.fullmatch(given[0].decode("latin-1")) if len(given) == 1 else None
        if found is None:
            return False
        name = found["name"].lower().rstrip(".")
        return self._any or name in self._names or is_local(name) or _is_address(name)


def _is_address(name: str) -> bool:
    try:
        ip_address(name.strip("[]"))
    except ValueError:
        return False
    return True


def is_local(name: str) -> bool:
    """Whether a name means this machine. Example: is_local("[::1]") -> True"""
    if name == "localhost" or name.endswith(".localhost"):
        return True
    return _is_address(name) and ip_address(name.strip("[]")).is_loopback
