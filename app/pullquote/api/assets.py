"""Static files of the package: read once, sent compressed, asked for again only when they changed."""

import gzip
import hashlib
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from fastapi import Request
from fastapi.responses import Response

_PACKAGE = Path(__file__).parent.parent
MAX_AGE = 300  # seconds a browser may keep a script or style without asking
_QUALITY = re.compile(r"q[ \t]*=[ \t]*([01](?:\.[0-9]{0,3})?)")


@dataclass(frozen=True, slots=True)
class Form:
    """The bytes that are sent, and the tag that tells them from every other version and form."""

    content: bytes
    tag: str


@lru_cache(maxsize=32)
def read(path: str, coding: str) -> Form:
    """A file of the package, by its path below it: plain where `coding` is "identity", else packed with gzip."""
    content = (_PACKAGE / path).read_bytes()
    tag = hashlib.sha256(content).hexdigest()[:20]
    if coding == "identity":
        return Form(content, f'"{tag}"')
    return Form(gzip.compress(content, 9, mtime=0), f'"{tag}-gzip"')


def send(request: Request, path: str, media_type: str, headers: dict[str, str] | None = None) -> Response:
    """The file, or 304 where the browser's copy is the same."""
    coding = "gzip" if takes_gzip(_joined(request, "accept-encoding")) else "identity"
    form = read(path, coding)
    kept = {
        "Cache-Control": f"public, max-age={MAX_AGE}", "ETag": form.tag, "Vary": "Accept-Encoding", **(headers or {}),
    }  # fmt: skip
    if is_known(form.tag, _joined(request, "if-none-match")):
        return Response(None, 304, headers=kept)
    packed = {"Content-Encoding": coding} if coding != "identity" else {}
    return Response(form.content, headers={**kept, **packed}, media_type=media_type)


def _joined(request: Request, name: str) -> str:
    return ",".join(request.headers.getlist(name))


def is_known(tag: str, condition: str) -> bool:
    """Whether an If-None-Match names the tag, weak or strong. Example: is_known('"a"', 'W/"b", W/"a"') -> True"""
    named = [part.strip().removeprefix("W/") for part in condition.split(",")]
    return tag in named or named == ["*"]


def takes_gzip(accepted: str) -> bool:
    """Whether an Accept-Encoding lets gzip in. Example: takes_gzip("br, gzip;q=0") -> False"""
    weights = dict(_weight(part) for part in accepted.lower().split(","))
    return weights.get("gzip", weights.get("*", 0.0)) > 0


def _weight(part: str) -> tuple[str, float]:
    coding, _, weight = part.partition(";")
    found = _QUALITY.fullmatch(weight.strip() or "q=1")
    return coding.strip(), float(found[1]) if found else 0.0
