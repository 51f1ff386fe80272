"""The files that pages and the widget load: compressed where a browser takes it, with a tag."""

import gzip
import hashlib
import re
from functools import lru_cache
from pathlib import Path

from fastapi import APIRouter, Request
from fastapi.responses import Response

from pullquote.api.languages import for_widget

MAX_AGE = 300  # seconds a browser may keep a script or style without asking
_PACKAGE = Path(__file__).parent.parent
# alone on its line in our scripts
_COMMENT = re.compile(rb"^\s*(?://.*|/\*\*.*\*/)\n", re.MULTILINE)
_DEMO_POLICY = (
    "default-src 'none'; img-src 'self' data:; script-src 'self'; frame-src 'self'; "
    "style-src 'self'; base-uri 'none'; "
    "frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
)
_SCRIPT, _STYLE = "text/javascript", "text/css"
_ANYWHERE = {"Cross-Origin-Resource-Policy": "cross-origin", "Access-Control-Allow-Origin": "*"}
FILES: dict[str, tuple[str, str, dict[str, str]]] = {
    "/style.css": ("api/static/style.css", _STYLE, {}),
    # any page may load it; who may frame us is said by /embed
    "/widget.js": ("widget/widget.js", _SCRIPT, _ANYWHERE),
    "/embed.js": ("widget/embed.js", _SCRIPT, {}),
    "/page.js": ("api/static/page.js", _SCRIPT, {}),
    "/tray.js": ("api/static/tray.js", _SCRIPT, {}),
    "/icon.svg": ("api/static/icon.svg", "image/svg+xml", {}),
    "/robots.txt": ("api/static/robots.txt", "text/plain", {}),
    "/demo": ("widget/demo.html", "text/html", {"Content-Security-Policy": _DEMO_POLICY}),
}
ROUTES = APIRouter(include_in_schema=False)


@lru_cache(maxsize=32)
def _read(path: str, *, packed: bool) -> tuple[bytes, str]:
    """A file of the package, and the tag that tells it from every other version and form."""
    content = (_PACKAGE / path).read_bytes()
    if path.startswith(("widget/", "api/static/page")):
        content = _COMMENT.sub(b"", content).replace(b'"WORDS"', for_widget())
    tag = hashlib.sha256(content).hexdigest()[:20]
    if packed:
        return gzip.compress(content, 9, mtime=0), f'"{tag}-gzip"'
    return content, f'"{tag}"'


def sent(request: Request, path: str, media_type: str, headers: dict[str, str]) -> Response:
    """A file in the form that is asked for, or 304 where the browser's copy is the same."""
    packed = _takes_gzip(_joined(request, "accept-encoding"))
    content, tag = _read(path, packed=packed)
    headers = {"Cache-Control": f"public, max-age={MAX_AGE}", "ETag": tag} | headers
    headers["Vary"] = "Accept-Encoding"
    cached = _joined(request, "if-none-match").split(",")
    tags = [etag.strip().removeprefix("W/") for etag in cached]
    if tag in tags or tags == ["*"]:
        return Response(None, 304, headers=headers)
    headers |= {"Content-Encoding": "gzip"} if packed else {}
    return Response(content, headers=headers, media_type=media_type)


def _joined(request: Request, name: str) -> str:
    return ",".join(request.headers.getlist(name))


def _takes_gzip(accepted: str) -> bool:
    """Whether an Accept-Encoding lets gzip in."""
    codings = {}
    for entry in accepted.lower().replace(" ", "").split(","):
        coding, _, weight = entry.partition(";q=")
        codings[coding] = weight.strip("0.") != "" if weight else True
    return codings.get("gzip", codings.get("*", False))


def _add(address: str, path: str, media_type: str, headers: dict[str, str]) -> None:
    @ROUTES.get(address)
    def send(request: Request) -> Response:
        return sent(request, path, media_type, headers)


for _address, _file in FILES.items():
    _add(_address, *_file)
