"""Fetching what lies on the web: from public addresses alone, within limits, and kept as it is received."""

import ipaddress
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import Message
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, urljoin, urlsplit

from pullquote import __version__
from pullquote.corpus.extractors import extracted_media_types
from pullquote.errors import FetchError

if TYPE_CHECKING:
    import httpx2

SECONDS, SILENCE, REDIRECTS = (
    10.0,
    5.0,
    5,
)  # a file's time in all; between two parts of it; how often it may lie elsewhere
PORTS = {"http": 80, "https": 443}
_TEXT_TYPES = {"text/plain": ".txt", "text/markdown": ".md"}
_UNTOLD = {
    "",
    "application/octet-stream",
    "binary/octet-stream",
}  # types that say nothing: the name may
# All of IPv6 that is given out; all else is local, or of a special use
_GLOBAL = ipaddress.ip_network("2000::/3")
# Of anybody: an address of IPv4 stands in its end (RFC 6052)
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_ISATAP = {
    bytes.fromhex("00005efe"),
    bytes.fromhex("02005efe"),
}  # before one of IPv4 that is tunnelled to (RFC 5214)
# Uses that not all versions of Python know (the registries of RFC 6890)
_SPECIAL = [ipaddress.ip_network(one) for one in ("192.0.0.0/24", "192.88.99.0/24", "3fff::/20")]
_GONE = {HTTPStatus.NOT_FOUND, HTTPStatus.GONE}


@dataclass(frozen=True, slots=True)
class Fetched:
    """A file as it was received, from which address in the end, when (UTC), with what its name would end, and its encoding by its server."""

    url: str
    content: bytes
    suffix: str
    at: str
    charset: str = ""


def fetch(url: str, *, most: int, local: bool = False) -> Fetched:
    """Fetch a file of at most so many bytes over http or https; a redirect is followed as if it had been asked for.

    Args:
        local: whether addresses of this machine and of its network are allowed too.

    Raises:
        FetchError: it is not there, too large or too slow, of a kind that is not read, or lies where none may be fetched.
    """
    from pullquote.models.exchange import bounded, open_client

    ends, now = time.monotonic() + SECONDS, f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
    with open_client(timeout=SILENCE) as client:
        for _ in range(REDIRECTS + 1):
            with (
                _faults_told(most, ends),
                bounded(ends) as bounds,
                _opened(client, url, local=local) as reply,
            ):
                if reply.is_redirect:
                    url = urljoin(url, reply.headers.get("location", ""))
                    continue
                _refuse(reply, most)
                suffix = _suffix(reply.headers.get("content-type", ""), urlsplit(url).path)
                content, charset = bounds.content(reply, most), reply.charset_encoding or ""
                return Fetched(url.partition("#")[0], content, suffix, now, charset)
    raise FetchError(f"leads on more than {REDIRECTS} times; give the address that it ends at")


@contextmanager
def _faults_told(most: int, ends: float) -> Iterator[None]:
    """Tell what went wrong with one exchange, and what to do next."""
    import httpx2

    from pullquote.models.exchange import TooLong

    try:
        yield
    except TooLong as error:
        why = f"holds more than PULLQUOTE_MAX_DOCUMENT_BYTES={most}; raise it, or fetch less"
        raise FetchError(why) from error
    except httpx2.TimeoutException as error:
        why = f"does not answer within {SILENCE:g} seconds; try again later"
        if time.monotonic() >= ends:
            why = f"takes more than {SECONDS:g} seconds; save it with a browser, and add the file"
        raise FetchError(why) from error
    except (httpx2.HTTPError, httpx2.InvalidURL) as error:
        why = str(error) or type(error).__name__
        raise FetchError(f"cannot be fetched ({why}); try again later") from error
    except ValueError as error:  # of what its server says: an address that is none, half a letter
        raise FetchError(
            f"cannot be read ({error}); open it in a browser, and save it from there"
        ) from error


def _opened(
    client: "httpx2.Client", url: str, *, local: bool
) -> "httpx2._client._StreamContextManager":  # type: ignore[name-defined]
    """Ask the very address that was checked: a name may lead elsewhere when it is resolved again."""
    address, target = checked(url, local=local), urlsplit(url)
    host = target.hostname or ""
    port = f":{target.port}" if target.port and target.port != PORTS[target.scheme] else ""
    bracketed = f"[{address}]" if ":" in address else address
    pinned_url = SplitResult(
        target.scheme, f"{bracketed}{port}", target.path or "/", target.query, ""
    ).geturl()
    ascii_host = host if host.isascii() else host.encode("idna").decode("ascii")
    host_name = f"[{host}]" if ":" in host else ascii_host
    headers = {
        "Host": f"{host_name}{port}",
        "User-Agent": f"pullquote/{__version__}",
        "Accept-Encoding": "identity",
        "Accept": ", ".join([*suffix_by_type(), "*/*;q=0.1"]),
    }
    return client.stream(
        "GET",
        pinned_url,
        headers=headers,
        extensions={"sni_hostname": host_name},
        follow_redirects=False,
    )


def checked(url: str, *, local: bool) -> str:
    """The address that a URL's host resolves to, where all that it resolves to may be fetched from.

    Raises:
        FetchError: it is no http(s) address, cannot be resolved, or leads to this machine or a private network.
    """
    try:
        target = urlsplit(url)
        host, port = target.hostname, target.port
    except ValueError as error:
        raise FetchError("is not an address; write it as https://…") from error
    if target.scheme not in PORTS or not host:
        raise FetchError(
            "is not an address that is fetched; it must start with https:// or http://"
        )
    if target.username or target.password:
        danger = "which would be kept with the document"
        raise FetchError(f"holds a name or a password, {danger}; take it out")
    try:
        resolved = socket.getaddrinfo(host, port or PORTS[target.scheme], type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        step = "correct the address, or try again later"
        raise FetchError(f"cannot be found: there is no {host} here; {step}") from error
    addresses = [str(entry[4][0]) for entry in resolved]
    if not local and (inside := next((entry for entry in addresses if not is_public(entry)), None)):
        raise FetchError(
            f"leads to {inside}, an address of this machine or of a private network, which is not fetched; "
            "give --allow-local if that is meant"
        )
    return addresses[0]


def is_public(address: str) -> bool:
    """Whether an address is one of the public internet, also where it is written within one of another kind."""
    parsed = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(parsed, ipaddress.IPv4Address):
        return _is_given_out(parsed)
    if parsed.ipv4_mapped is not None:
        return _is_given_out(parsed.ipv4_mapped)
    inner = [parsed.sixtofour, *(parsed.teredo or ())]
    if parsed in _NAT64 or parsed.packed[8:12] in _ISATAP:
        inner.append(ipaddress.IPv4Address(parsed.packed[12:]))
    outer = parsed in _NAT64 or (parsed in _GLOBAL and _is_given_out(parsed))
    return outer and all(_is_given_out(embedded) for embedded in inner if embedded is not None)


def _is_given_out(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    return (
        address.is_global
        and not address.is_multicast
        and not any(address in network for network in _SPECIAL)
    )


def _refuse(reply: "httpx2.Response", most: int) -> None:
    status = reply.status_code
    if status in _GONE:
        raise FetchError(f"is not there (HTTP {status}); correct the address", gone=True)
    if status != HTTPStatus.OK:
        raise FetchError(
            f"is refused by its server (HTTP {status}); open it in a browser, and save it from there"
        )
    stated = reply.headers.get("content-length", "")
    if stated.isdecimal() and int(stated) > most:
        raise FetchError(
            f"holds {int(stated):,} bytes, more than PULLQUOTE_MAX_DOCUMENT_BYTES={most}; raise it, or fetch less"
        )


def suffix_by_type() -> dict[str, str]:
    """What the name of a file of each media type that is read ends with."""
    return _TEXT_TYPES | extracted_media_types()


def _suffix(media_type: str, path: str) -> str:
    message = Message()
    message["content-type"] = media_type
    kind = message.get_content_type() if media_type else ""
    suffixes = suffix_by_type()
    name = next((suffix for suffix in suffixes.values() if path.lower().endswith(suffix)), "")
    if kind in _UNTOLD and name:
        return name
    if kind == "text/plain" and name in {".vtt", ".srt", ".md"}:
        return name
    if kind not in suffixes:
        raise FetchError(
            f"is of a kind that is not read ({kind or 'not told'}); give the address of the text itself"
        )
    return suffixes[kind]
