"""The values that settings may have: what is written, read as what it means, or refused with why."""

import hashlib
import ipaddress
import re
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

Number = TypeVar("Number", int, float)
Parser = Callable[[object], object]

KEY_LENGTH = 16
SEALED = "sha256:"
_RATE = re.compile(r"[1-9][0-9]{0,6}/(?:second|minute|hour|day)")
_PORTS = {"http": 80, "https": 443}
_ORIGIN = re.compile(
    r"(?P<scheme>https?)://(?P<host>[a-z0-9_](?:[a-z0-9_.-]{0,252})|\[[0-9a-f:.]+\])(?::(?P<port>[0-9]{1,5}))?"
)
_HOST = re.compile(r"\*|[a-z0-9_](?:[a-z0-9_.-]{0,252})")


class Unusable(ValueError):
    """A value that a setting cannot have; the message goes on after the name and the value, as "must be on or off" does."""


def integer(low: int, high: int) -> Callable[[object], int]:
    """Whole numbers from one to another, both among them."""

    def parse(value: object) -> int:
        number = _number(int, str(value).replace("_", ""))
        if not low <= number <= high:
            raise Unusable(f"must be from {low} to {high}")
        return number

    return parse


def fraction(value: object) -> float:
    """A number from 0 to 1."""
    number = _number(float, str(value))
    if not 0.0 <= number <= 1.0:
        raise Unusable("must be from 0 to 1")
    return number


def _number(kind: Callable[[str], Number], written: str) -> Number:
    try:
        return kind(written)
    except ValueError as error:
        raise Unusable("must be a number") from error


def switch(value: object) -> bool:
    """On or off, in the words that people use for it."""
    words = {"true": True, "on": True, "yes": True, "1": True}
    words |= {"false": False, "off": False, "no": False, "0": False}
    if (word := str(value).strip().lower()) not in words:
        raise Unusable("must be on or off")
    return words[word]


def ranker(value: object) -> str | None:
    """Off, the bundled one ("on"), or the name or folder of another."""
    try:
        return "on" if switch(value or "off") else None
    except Unusable:
        return str(value).strip()


def port(value: object) -> int:
    """The number of a port."""
    if str(value).startswith("tcp://"):
        raise Unusable(
            "was set by Kubernetes for a service called 'pullquote'; "
            "put enableServiceLinks: false into the pod's spec, or rename the service"
        )
    return integer(1, 65_535)(value)


def path(value: object) -> Path:
    """A folder of this machine."""
    if not str(value).strip():
        raise Unusable("must name a folder")
    return _local(value)


def file(value: object) -> Path | None:
    """A file of this machine, or off."""
    try:
        on = switch(str(value).strip() or "off")
    except Unusable:
        return _local(value)
    if on:
        raise Unusable("must name a file, or be off")
    return None


def _local(value: object) -> Path:
    if "://" in str(value):
        raise Unusable("must be a path on this machine; an address (with ://) is not supported")
    try:
        return Path(str(value)).expanduser()
    except RuntimeError as error:  # "~ada/corpus" where there is no Ada
        raise Unusable("must be a path on this machine; nobody knows the home that its ~ stands for") from error


def sealed(key: str) -> str:
    """A key as it is kept: `sha256:` and the digest, from which nobody gets the key back."""
    if re.fullmatch(rf"{SEALED}[0-9a-f]{{64}}", key):
        return key
    return SEALED + hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()


def key(value: object) -> str:
    """A key that nobody guesses, sealed."""
    if len(written := str(value).strip()) < KEY_LENGTH:
        raise Unusable(f"must have at least {KEY_LENGTH} characters; `openssl rand -hex 16` makes one")
    return sealed(written)


def keys(value: object) -> tuple[str, ...]:
    """Any number of such keys."""
    return tuple(key(part) for part in _listed(value))


def _listed(value: object) -> list[str]:
    parts = value if isinstance(value, list) else str(value).split(",")
    return [str(part).strip() for part in parts if str(part).strip()]


def rate(value: object) -> str | None:
    """How often in which time, or off."""
    if (written := str(value).strip().lower()) == "off":
        return None
    if not _RATE.fullmatch(written):
        raise Unusable("must be a number and a time such as 60/minute (second, minute, hour, day), or off")
    return written


def hosts(value: object) -> tuple[str, ...]:
    """Names as they stand in a request's `Host`."""
    names = tuple(part.lower() for part in _listed(value))
    for name in names:
        if not _HOST.fullmatch(name):
            raise Unusable("must be names such as debates.example, without scheme and port, or * for any")
    return names


def networks(value: object) -> tuple[str, ...]:
    """Addresses and networks."""
    try:
        return tuple(str(ipaddress.ip_network(part)) for part in _listed(value))
    except ValueError as error:
        raise Unusable("must be addresses or networks such as 127.0.0.1 or 10.0.0.0/8") from error


def metrics(value: object) -> str:
    """Who may read the figures."""
    if (word := str(value).strip().lower()) not in ("admin", "open", "off"):
        raise Unusable("must be admin, open or off")
    return word


def text(value: object) -> str:
    """Any words."""
    if not (written := str(value).strip()):
        raise Unusable("must not be empty")
    return written


def origins(value: object) -> tuple[str, ...]:
    """Origins of sites, each once."""
    return tuple(dict.fromkeys(map(_origin, _listed(value))))


def _origin(written: str) -> str:
    """An origin as browsers send it: in small letters, without the port that its scheme has anyway."""
    found = _ORIGIN.fullmatch(written.rstrip("/").lower())
    usual = _PORTS[found["scheme"]] if found else 0
    number = int(found["port"] or usual) if found else 0
    if not found or not 0 < number < 65_536:
        named = re.sub("//.*@", "//…@", written)  # a user's name may come with a password
        raise Unusable(
            f"{named!r} is not an origin such as https://news.example (no wildcard, path or user; "
            "a name with other letters as browsers send it, xn--…)"
        )
    return f"{found['scheme']}://{found['host']}" + (f":{number}" if number != usual else "")


LISTS: tuple[Parser, ...] = (keys, hosts, networks, origins)  # of values separated by commas
SWITCHED: tuple[Parser, ...] = (switch, ranker, file)  # that a truth value of a file may turn on or off
