"""A stage for browser tests: chromium, the service, and pages of other sites around it."""

import asyncio
import contextlib
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self

import pytest
import uvicorn
from kept import PLACE, keep
from starlette.types import ASGIApp

FLAGS = [
    "--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run",
    "--disable-default-apps", "--disable-extensions",
]  # fmt: skip
NPM = ("axe-core@4.14", "text-fragments-polyfill@6.7")
AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
AXE_LOOKS = (
    "color-contrast",
    "link-in-text-block",
    "target-size",
    "scrollable-region-focusable",
)  # what colours and room decide


def chromium() -> str:
    """Where the browser is; without one the test is skipped."""
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if found is None:
        pytest.skip("no chromium here; `apt-get install chromium` brings one")
    return found


@cache
def node_modules() -> Path | None:
    """The npm packages that only these tests use, fetched once, or None where they cannot be had."""
    if not (PLACE / "node").is_dir() and not shutil.which("npm"):
        return None
    try:
        return keep("node", _install) / "node_modules"
    except subprocess.SubprocessError:
        return None


def _install(folder: Path) -> None:
    command = [
        "npm",
        "install",
        "--silent",
        "--no-audit",
        "--no-fund",
        "--prefix",
        str(folder),
        *NPM,
    ]
    subprocess.run(command, check=True, capture_output=True, timeout=120)


def npm_file(path: str) -> str:
    """The content of a file of those packages; without them the test is skipped."""
    found = node_modules()
    if found is None:
        pytest.skip("npm could not fetch axe-core and text-fragments-polyfill")
    return (found / path).read_bytes().decode("utf-8")


def axe_faults(frame: Any, rules: tuple[str, ...] = ()) -> list[str]:
    """What axe-core finds wrong in a page or a frame, by all of its rules or by some."""
    if not frame.evaluate("typeof axe === 'object'"):
        frame.evaluate(npm_file("axe-core/axe.min.js"))
    # Frames of other origins are judged by themselves: each carries its own rules.
    found = frame.evaluate(
        "async (only) => (await axe.run(document, {runOnly: only, iframes: false, resultTypes: ['violations']})).violations"
        ".map((v) => `${v.id}: ${v.help}: ${v.nodes.map((n) => n.html.slice(0, 160) + ' ' + (n.any[0]?.message || '')).join(' | ')}`)",
        {"type": "rule", "values": list(rules)} if rules else {"type": "tag", "values": AXE_TAGS},
    )
    return list(found)


class Service:
    """The application on a port, in a thread."""

    def __init__(self, app: ASGIApp, port: int) -> None:
        self.origin = f"http://127.0.0.1:{port}"
        # Cut-off streams are part of the tests; what uvicorn says of them is not.
        config = uvicorn.Config(app, port=port, log_level="critical", timeout_graceful_shutdown=1)
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._run, daemon=True)

    def _run(self) -> None:
        asyncio.run(self._server.serve())

    def __enter__(self) -> Self:
        self._thread.start()
        while not self._server.started:
            self._thread.join(0.02)
        return self

    def __exit__(self, *_: object) -> None:
        self._server.should_exit = True
        self._thread.join(10)


@contextlib.contextmanager
def site(
    pages: Mapping[str, str], headers: Callable[[str], Mapping[str, str]] = lambda path: {}
) -> Iterator[str]:
    """Another site: HTML by path, with headers by path. Gives its origin."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = self.path.split("?")[0]
            body = pages.get(path, "").encode()
            self.send_response(200 if path in pages else 404)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            for name, value in headers(path).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://localhost:{server.server_port}"
        server.shutdown()
        thread.join(5)


ARRIVES = 1.0  # seconds until a busy browser surely has what was sent: a reset drops what is still on its way


class CutOff:
    """Ends every chat after its first quote without a word, as a server that dies does."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self.on = False

    @contextlib.contextmanager
    def cutting(self) -> Iterator[None]:
        """Cut while the block runs, however it ends: no other test is to meet it."""
        self.on = True
        try:
            yield
        finally:
            self.on = False

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if not self.on or scope.get("path") != "/v1/chat":
            await self._app(scope, receive, send)
            return

        async def until_the_first_quote(message: Any) -> None:
            await send(message)
            if b"event: quote" in message.get("body", b""):
                await asyncio.sleep(ARRIVES)
                raise ConnectionResetError("gone")

        with contextlib.suppress(ConnectionResetError, BaseExceptionGroup):
            await self._app(scope, receive, until_the_first_quote)
        raise ConnectionResetError("gone")


_BODIES = ("pwn()", "parent.pwn()", "top.pwn(1)", "document.title='pwned';pwn()")
_VECTORS = (
    "<script>{}</script>", "</script><script>{}</script>", "<img src=x onerror={}>", '"><img src=x onerror="{}">',
    "'><svg onload='{}'>", "<svg><script>{}</script></svg>", '<iframe srcdoc="<script>{}</script>">',
    '<iframe src="javascript:{}">', '<a href="javascript:{}">x</a>', "javascript:{}", "JaVaScRiPt:{}//",
    "java\tscript:{}", "data:text/html,<script>{}</script>", "<body onload={}>", "<details open ontoggle={}>",
    "<input autofocus onfocus={}>", "<video><source onerror={}></video>", '<math><mi xlink:href="javascript:{}">x</mi></math>',
    "<style>@import 'javascript:{}';</style>", "<style onload={}></style>", '<link rel=stylesheet href="javascript:{}">',
    '<meta http-equiv=refresh content="0;url=javascript:{}">', '<base href="javascript:{}//">', '<object data="javascript:{}">',
    '<embed src="javascript:{}">', '<form action="javascript:{}"><button autofocus>', "<marquee onstart={}>x</marquee>",
    "<template><script>{}</script></template>", "<!--><img src=x onerror={}>-->", "]]><script>{}</script>",
    "{{{{constructor.constructor('{}')()}}}}", "{{% raw %}}<script>{}</script>", "${{{}}}", "`${{{}}}`", "\\u003cscript\\u003e{}\\u003c/script\\u003e",
    "&lt;script&gt;{}&lt;/script&gt;", "&#60;img src=x onerror={}&#62;", "%3Cscript%3E{}%3C/script%3E", "\u2028<script>{}</script>",
    "<scr\u00adipt>{}</scr\u00adipt>", "<ſcript>{}</ſcript>", "＜script＞{}＜/script＞", "\u202e>tpircs/<{}\u202c", "[x](javascript:{})",
    '![x](x" onerror="{})', "<svg/onload={}>", '<p style="background:url(javascript:{})">', '<noscript><p title="</noscript><img src=x onerror={}>">',
    "onmouseover={} x=", "'-{}-'",
)  # fmt: skip
GROUPS = [[vector.format(body) for body in _BODIES] for vector in _VECTORS]
PAYLOADS = [payload for group in GROUPS for payload in group]
