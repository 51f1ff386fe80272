"""Keys: kept as digests, compared in constant time, asked for before a body is read."""

import hmac

from starlette.types import ASGIApp, Receive, Scope, Send

from pullquote.api import problems, visit
from pullquote.api.visit import Access, Kind
from pullquote.errors import SettingsError
from pullquote.settings import Settings
from pullquote.values import sealed

LONGEST = 256  # characters of a key that are looked at
_OFF = "the operator's routes are off here; PULLQUOTE_ADMIN_KEY turns them on"
_ADMIN = "this needs the admin key, as `Authorization: Bearer KEY` or `X-API-Key: KEY`"
_SEARCH = "this needs a search key, as `Authorization: Bearer KEY` or `X-API-Key: KEY`"
_OTHER = "a search key does not open this; it needs the admin key"


class Keys:
    """The operator's keys, as digests."""

    def __init__(self, admin: str | None, search: tuple[str, ...]) -> None:
        if admin in search:
            raise SettingsError("PULLQUOTE_ADMIN_KEY is among PULLQUOTE_SEARCH_KEYS, which are public; make another")
        self.admin, self.search = admin, search
        self.page = _page_key(search) if search else None
        kinds = [(key, Kind.SEARCH) for key in search]
        kinds += [(admin, Kind.ADMIN)] if admin else []
        kinds += [(sealed(self.page), Kind.PAGE)] if self.page else []
        self._kinds = tuple(kinds)

    @classmethod
    def of(cls, settings: Settings) -> "Keys":
        """The keys that the settings name.

        Raises:
            SettingsError: one key is of both kinds.
        """
        admin = sealed(settings.admin_key) if settings.admin_key else None
        return cls(admin, tuple(sealed(key) for key in settings.search_keys))

    def kind(self, key: str) -> Kind:
        """What a key is. Every kept key is compared, whichever fits."""
        if not key:
            return Kind.NONE
        given, found = _digest(key), Kind.WRONG
        for kept, kind in self._kinds:
            if hmac.compare_digest(kept, given):
                found = kind
        return found

    def credential(self, scope: Scope) -> tuple[Kind, str]:
        """What the headers of a request carry, and the digest of it; two different keys are a wrong one."""
        given = {key for name, value in scope["headers"] if (key := _key_in(name, value))}
        if not given:
            return Kind.NONE, ""
        if len(given) > 1 or not _is_plain(key := given.pop()):
            return Kind.WRONG, ""
        return self.kind(key), _digest(key)


def _digest(key: str) -> str:
    # Whoever sends a digest as it is kept has no key: it is hashed like any other text.
    return sealed(key if not key.startswith("sha256:") else f" {key}")


def _page_key(search: tuple[str, ...]) -> str:
    """The key in this server's own pages: the same on every replica, and no way back to the search keys."""
    return "page-" + hmac.new("\n".join(sorted(search)).encode(), b"pages", "sha256").hexdigest()[:32]


def _key_in(name: bytes, value: bytes) -> str:
    if name == b"x-api-key":
        return value.decode("latin-1").strip()
    if name == b"authorization" and value[:7].lower() == b"bearer ":
        return value[7:].decode("latin-1").strip()
    return ""


def _is_plain(key: str) -> bool:
    return len(key) <= LONGEST and key.isascii() and key.isprintable()


class Admit:
    """Lets through whoever may use the route that matched, before anything of the body is read."""

    def __init__(self, app: ASGIApp, keys: Keys) -> None:
        self.app = app
        self._keys = keys

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse with 401 or 403, or go on."""
        if scope["type"] != "http" or (refusal := self._refusal(visit.of(scope))) is None:
            await self.app(scope, receive, send)
            return
        status, detail = refusal
        headers = {"WWW-Authenticate": "Bearer"} if status == 401 else {}
        await problems.problem(status, detail, kind="key-needed", headers=headers)(scope, receive, send)

    def _refusal(self, asked: visit.Visit) -> tuple[int, str] | None:
        if asked.access is Access.ADMIN and asked.kind is not Kind.ADMIN:
            if asked.kind in (Kind.SEARCH, Kind.PAGE):
                return 403, _OTHER
            return 401, _ADMIN if self._keys.admin else _OFF
        if asked.access is Access.SEARCH and self._keys.search and asked.kind in (Kind.NONE, Kind.WRONG):
            return 401, _SEARCH
        return None
