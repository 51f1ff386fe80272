"""Static files of the package: read once, sent compressed, asked for again only when they changed."""

import gzip
import hashlib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from fastapi import Request
from fastapi.responses import Response

_PACKAGE = Path(__file__).parent.parent
MAX_AGE = 300  # seconds a browser may keep a script or style without asking


@dataclass(frozen=True, slots=True)
class Asset:
    """A file's bytes, plain and compressed, and the tag that tells its version."""

    plain: bytes
    packed: bytes
    tag: str


@lru_cache(maxsize=16)
def read(path: str) -> Asset:
    """A file of the package, by its path below it."""
    content = (_PACKAGE / path).read_bytes()
    return Asset(content, gzip.compress(content, 9, mtime=0), f'"{hashlib.sha256(content).hexdigest()[:20]}"')


def send(request: Request, path: str, media_type: str, headers: dict[str, str] | None = None) -> Response:
    """The file, or 304 where the browser's copy is the same."""
    asset = read(path)
    kept = {
        "Cache-Control": f"public, max-age={MAX_AGE}", "ETag": asset.tag, "Vary": "Accept-Encoding", **(headers or {}),
    }  # fmt: skip
    if request.headers.get("if-none-match") == asset.tag:
        return Response(None, 304, headers=kept)
    if "gzip" in request.headers.get("accept-encoding", ""):
        return Response(asset.packed, headers={**kept, "Content-Encoding": "gzip"}, media_type=media_type)
    return Response(asset.plain, headers=kept, media_type=media_type)
