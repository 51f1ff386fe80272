"""Every small way to forge a receipt, one at a time, and whether a check says so or says that it did not look there."""

import copy
import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from pullquote.errors import ReceiptError

Check = Callable[[bytes], Mapping[str, Any]]
Path = tuple[str | int, ...]
OURS = ("quotes", "nearest", "for", "against", "context")  # lists of quotes, whose fields a check names alike


def tamperings(body: Any) -> Iterator[tuple[str, Any]]:
    """The name of a field with the whole receipt in which it is altered, once for every way."""
    for path, value in _fields(body, ()):
        yield from ((_name(path), _with(body, path, other)) for other in _others(value))
        if path and isinstance(path[-1], str):
            yield _name(path), _without(body, path)
        if isinstance(value, dict):
            yield _name((*path, "added")), _with(body, (*path, "added"), "x")


def unnoticed(body: Any, check: Check) -> Iterator[str]:
    """The fields of which an alteration is neither caught nor excused by what the check says it did not compare."""
    for name, forged in tamperings(body):
        try:
            found = check(json.dumps(forged).encode())
        except ReceiptError:
            continue
        named = {*found["not_covered"], *found["unknown"], *found["missing"]}
        if found["ok"] and not any(name == one or name.startswith((f"{one}.", f"{one}[")) for one in named):
            yield name


def _fields(value: Any, path: Path) -> Iterator[tuple[Path, Any]]:
    yield path, value
    below = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, inner in below:
        yield from _fields(inner, (*path, step))


def _others(value: Any) -> Iterator[Any]:
    same = json.dumps(value)
    for other in _altered(value):
        if json.dumps(other) != same:
            yield other


def _altered(value: Any) -> Iterator[Any]:
    if isinstance(value, str):
        yield from (f"{value}x", f" {value}", value[:-1], value.swapcase(), "", None, 0)
    elif isinstance(value, list):
        yield from (value[1:], value[:-1], value + value, value[::-1], [], None)
        yield [value[0], *value] if value else ["x"]
    elif isinstance(value, dict):
        yield from (None, [], "x")  # without its keys one by one is tried too
    elif value is None:
        yield from ("x", "", 0, False, [], {})
    elif isinstance(value, bool):
        yield from (not value, int(value), None, "true")
    else:
        yield from (value + 1, value - 1, -value, str(value), None, float(value) + 0.5)


def _with(body: Any, path: Path, value: Any) -> Any:
    if not path:
        return value
    forged = copy.deepcopy(body)
    _at(forged, path[:-1])[path[-1]] = value
    return forged


def _without(body: Any, path: Path) -> Any:
    forged = copy.deepcopy(body)
    del _at(forged, path[:-1])[path[-1]]
    return forged


def _at(body: Any, path: Path) -> Any:
    for step in path:
        body = body[step]
    return body


def _name(path: Path) -> str:
    """A path as a check names it: `quotes[].author` for `nearest`, 0, `source`, `author`."""
    path = ("quotes", *path) if path and isinstance(path[0], int) else path
    if len(path) > 1 and path[0] in OURS and isinstance(path[1], int):
        below = path[3:] if len(path) > 3 and path[2] in ("source", "voice") else path[2:]
        path = ("quotes", 0, *below)
    steps = "".join("[]" if isinstance(step, int) else f".{step}" for step in path)
    return steps.removeprefix(".")
