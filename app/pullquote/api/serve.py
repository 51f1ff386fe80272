"""Running the service: uvicorn with the settings that a small server needs."""

import ctypes
import signal
import socket
from contextlib import suppress
from dataclasses import replace

import click

from pullquote.settings import Settings
from pullquote.upkeep.listener import address, listen

DRAIN_SECONDS = 10  # what is asked before SIGTERM may take to be answered after it
UNREAD_SECONDS = 30  # a client that takes nothing of what it was sent for so long is let go


def serve(settings: Settings, host: str, port: int) -> None:
    """Listen and answer until a signal ends it.

    Raises:
        SettingsError: the address cannot be listened on, or the file of records cannot be used.
        IndexFault: there is no index, or it cannot be used.
    """
    import uvicorn

    from pullquote.answers.explainer import Explainer
    from pullquote.api import logs
    from pullquote.api.app import create_app

    with listen(host, port) as listener:  # before the index is opened: a port in use is told at once
        _let_go_of_who_reads_nothing(listener)
        explainer = Explainer.open(replace(settings, host=host, port=port))
        explainer.search("warm up")  # the first answer then costs what the later ones do
        explainer.expect_many()
        explainer.changed_files()
        give_back_memory()
        if explainer.degraded:
            click.echo(f"pullquote: warning: {explainer.degraded}", err=True)
        app = create_app(explainer)  # opens the records too: it is said to answer only once nothing can keep it from it
        docs = " (API: /docs)" if settings.docs else ""
        click.echo(f"Pullquote answers on http://{address(host, port)}/{docs}. Ctrl-C stops it.")
        # h11 bounds what it keeps of a request's head; httptools keeps all that comes.
        # Whose X-Forwarded-For is believed is the application's business: uvicorn would believe this machine's.
        config = uvicorn.Config(
            app, log_config=None, access_log=False, server_header=False, proxy_headers=False,
            http="h11", h11_max_incomplete_event_size=settings.max_headers,
            timeout_graceful_shutdown=DRAIN_SECONDS, limit_concurrency=settings.max_connections + 1,
        )  # fmt: skip
        logs.configure()
        for asked in (signal.SIGTERM, signal.SIGINT):
            signal.signal(asked, _ended)  # uvicorn drains first, then hands the signal on
        if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # as nohup has it
            signal.signal(signal.SIGHUP, _hung_up)
        uvicorn.Server(config).run(sockets=[listener])


def _ended(*_: object) -> None:
    """Being asked to end is no failure."""
    raise SystemExit(0)


def _hung_up(*_: object) -> None:
    """The terminal that it was started from is gone: no reason to cut anybody off."""
    signal.raise_signal(signal.SIGTERM)


def _let_go_of_who_reads_nothing(listener: socket.socket) -> None:
    """Have the system do it, where it can: it alone sees what arrives, also of an answer that waits in its buffers."""
    if hasattr(socket, "TCP_USER_TIMEOUT"):  # every connection has it from the listener
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, UNREAD_SECONDS * 1_000)


def give_back_memory() -> None:
    """Give the system what opening the index and the model took and left free: a tenth of it all, with glibc."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)
