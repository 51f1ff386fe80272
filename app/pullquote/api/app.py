"""The application: its layers, its routes and their description, and the server that runs it."""

import asyncio
import ctypes
import faulthandler
import gc
import logging
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import replace
from functools import partial
from importlib.metadata import entry_points
from importlib.util import find_spec
from types import FrameType
from typing import Any

import click
import uvicorn
from anyio import to_thread
from fastapi import FastAPI

from pullquote import __version__
from pullquote.answers.explainer import Explainer
from pullquote.answers.ready import expect_many
from pullquote.api import (
    checking,
    edge,
    openai,
    pages,
    responses,
    routes,
    searching,
    static_files,
    tray,
    voices,
)
from pullquote.api.guard import Gate, Keys, LimitedConnection, rule
from pullquote.api.intake import SPARE, at_work
from pullquote.api.responses import Access
from pullquote.api.schemas import SHAPES
from pullquote.settings import Settings

OTHER_PAGES = "pullquote.pages"  # the group of entry points that add pages
REFRESH_SECONDS = 1.0
DRAIN_SECONDS = 10  # what is asked before SIGTERM may take to be answered after it
END_SECONDS = 3  # after these, in which records are written, it ends whatever is still at work
UNREAD_SECONDS = 30  # a client that takes nothing of what it was sent for so long is let go
log = logging.getLogger("pullquote")
_DESCRIPTION = (
    "Ask a policy debate; every answer quotes its sources word for word, says whose words "
    "they are, and says plainly when nothing found clearly answers."
)
_SCHEMES = {
    "bearer": {"type": "http", "scheme": "bearer"},
    "header": {"type": "apiKey", "in": "header", "name": "X-API-Key"},
}


_ROUTERS = (
    routes.API,
    voices.API,
    openai.ROUTES,
    pages.PAGES,
    checking.PAGES,
    searching.PAGES,
    tray.PAGES,
    voices.PAGES,
    static_files.ROUTES,
)


def create_app(explainer: Explainer) -> FastAPI:
    """The service over an opened index.

    Raises:
        SettingsError: an admin key is also a search key, or the records cannot be opened.
    """
    settings = explainer.settings
    options: dict[str, Any] = {"docs_url": None, "redoc_url": None, "redirect_slashes": False}
    options |= {"openapi_url": "/openapi.json" if settings.docs else None, "lifespan": _lifespan}
    app = FastAPI(title="Pullquote", version=__version__, description=_DESCRIPTION, **options)
    app.state.explainer, app.state.keys = explainer, Keys.of(settings)
    responses.install(app)
    app.state.records = edge.install(app, explainer, app.state.keys)
    routers = [*_ROUTERS]
    routers += [routes.FIGURES] if settings.metrics != "off" else []
    routers += [pages.DOCS] if settings.docs else []
    routers += [entry_point.load() for entry_point in entry_points(group=OTHER_PAGES)]
    for router in routers:
        # as they are: who may use a route is told by its template
        app.router.routes.extend(router.routes)
    if find_spec("mcp"):  # the extra is installed
        from pullquote.api import mcp

        records = app.state.records
        app.state.assistant = mcp.Assistant(explainer.now, records.asked, lambda: records)
        app.router.routes.append(mcp.route_of(app.state.assistant))
    _describe(app, settings)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    explainer: Explainer = app.state.explainer
    to_thread.current_default_thread_limiter().total_tokens = at_work(explainer.settings) + SPARE
    watcher = asyncio.create_task(_take_up_newer(explainer))
    async with AsyncExitStack() as serving:
        serving.enter_context(explainer.replica.following())
        serving.push_async_callback(app.state.counts.close)
        if assistant := getattr(app.state, "assistant", None):
            from pullquote.api import mcp

            await serving.enter_async_context(mcp.running(assistant))
        yield
    watcher.cancel()
    with suppress(asyncio.CancelledError):
        await watcher
    await to_thread.run_sync(app.state.records.flush)


async def _take_up_newer(explainer: Explainer) -> None:
    while True:
        await asyncio.sleep(REFRESH_SECONDS)
        try:
            if await to_thread.run_sync(explainer.refresh):
                await to_thread.run_sync(give_back_memory)
        except Exception:  # nobody foresaw it: the next look may succeed
            log.exception("looking for a newer generation failed")


# The description
def _describe(app: FastAPI, settings: Settings) -> None:
    """Complete the framework's OpenAPI description: what routes send, and the key they need."""
    describe = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is not None:
            return app.openapi_schema
        schema = describe()
        schema["components"]["schemas"] |= SHAPES
        schema["components"]["securitySchemes"] = _SCHEMES
        for template, methods in schema["paths"].items():
            access = rule(template, metrics=settings.metrics)
            if access is Access.ADMIN or (access is Access.SEARCH and settings.search_keys):
                for operation in methods.values():
                    operation["security"] = [{name: []} for name in _SCHEMES]
        events = [name for name in SHAPES if name.endswith("Event")]
        references = [{"$ref": f"#/components/schemas/{name}"} for name in events]
        chat = schema["paths"]["/v1/chat"]["post"]["responses"]["200"]
        # the framework's own words are of OpenAPI 3.2
        chat["content"] = {"text/event-stream": {"schema": {"anyOf": references}}}
        return schema

    app.openapi = openapi  # type: ignore[method-assign]  # as the framework's manual has it


# The server
def serve(settings: Settings, host: str, port: int) -> None:
    """Listen and answer until a signal ends it.

    Raises:
        SettingsError: the address cannot be listened on, or the file of records cannot be used.
        IndexFault: there is no index, or it cannot be used.
    """
    from pullquote.upkeep.listening import address, listen

    listen(host, port).close()  # before the index is opened: a port in use is told at once
    explainer = _warm(replace(settings, host=host, port=port))
    with listen(
        host, port
    ) as listener:  # not before: a proxy would send it requests that nobody answers yet
        # every connection has it from the listener; who reads nothing is let go
        if hasattr(socket, "TCP_USER_TIMEOUT"):
            listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, UNREAD_SECONDS * 1_000)
        app = create_app(explainer)  # with its records: nothing is left to go wrong
        docs = " (API: /docs)" if settings.docs else ""
        click.echo(f"Pullquote answers on http://{address(host, port)}/{docs}. Ctrl-C stops it.")
        edge.configure()
        _run(app, settings, listener)


def _warm(settings: Settings) -> Explainer:
    """An explainer whose first answer costs what the later ones do."""
    explainer = Explainer.open(settings)
    explainer.search("warm up")
    expect_many(explainer.ready)
    explainer.changed_files()
    give_back_memory()
    if explainer.degraded:
        click.echo(f"pullquote: warning: {explainer.degraded}", err=True)
    return explainer


class _Server(uvicorn.Server):
    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Start to stop; a watchdog thread forces the exit and prints where something hung."""
        if not self.should_exit:
            faulthandler.dump_traceback_later(DRAIN_SECONDS + END_SECONDS, exit=True)
        super().handle_exit(sig, frame)


def _run(app: FastAPI, settings: Settings, listener: socket.socket) -> None:
    http: Any = partial(LimitedConnection, Gate(settings))
    # h11 bounds what it keeps of a request's head; httptools keeps all that comes.
    # The application decides whose X-Forwarded-For is trusted: uvicorn would trust localhost.
    options: Any = {"http": http, "ws": "none", "log_config": None, "access_log": False}
    options |= {"server_header": False, "proxy_headers": False}
    options |= {"h11_max_incomplete_event_size": settings.max_headers}
    options |= {"timeout_graceful_shutdown": DRAIN_SECONDS}
    config = uvicorn.Config(app, timeout_keep_alive=settings.head_seconds, **options)
    for stop_signal in (signal.SIGTERM, signal.SIGINT):
        # uvicorn drains first, then hands it on: no failure
        signal.signal(stop_signal, lambda *_: sys.exit(0))
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # as nohup has it
        # nobody is cut off
        signal.signal(signal.SIGHUP, lambda *_: signal.raise_signal(signal.SIGTERM))
    _Server(config).run(sockets=[listener])


def give_back_memory() -> None:
    """Return memory freed after opening an index to the system, and drop old generations."""
    gc.collect()  # a generation and what answers from it point to each other
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)
