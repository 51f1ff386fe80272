"""Listening on an address: why it cannot be done, and what to do next."""

import errno
import os
import socket

from pullquote.errors import SettingsError

WAITING = 512  # connections that the system keeps until they are taken
_PORT = "choose another port with PULLQUOTE_PORT or `serve --port`"
_STEPS = {
    errno.EADDRINUSE: _PORT,
    errno.EACCES: f"let a proxy or this user listen there; otherwise {_PORT}, above 1023",
}
# Where the system's own words tell little
_PLAIN = {errno.EADDRNOTAVAIL: "not an address of this machine"}


class InUse(SettingsError):
    """Somebody listens there already."""


def listen(host: str, port: int) -> socket.socket:
    """Bind to an address and listen.

    Raises:
        InUse: somebody does already.
        SettingsError: it is no address, or not one that this user may listen on.
    """
    try:
        family, *_, socket_address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        both = family == socket.AF_INET6 and socket.has_dualstack_ipv6()
        return socket.create_server(
            socket_address, family=family, backlog=WAITING, dualstack_ipv6=both
        )
    except (OSError, ValueError) as error:  # ValueError: what no name may be, such as a..b
        raise _refused(host, port, error) from error


def address(host: str, port: int) -> str:
    """How a host and a port stand in a link: "[::1]:80"."""
    host = " ".join(host.split())
    return f"[{host}]:{port}" if host.count(":") > 1 else f"{host}:{port}"


def _refused(host: str, port: int, error: OSError | ValueError) -> SettingsError:
    reason = str(error.strerror or error) if isinstance(error, OSError) else "not a host name"
    number = getattr(error, "errno", 0) or 0
    if number in errno.errorcode:  # the resolver has numbers of its own
        reason = _PLAIN.get(number) or os.strerror(number)
    kind = InUse if number == errno.EADDRINUSE else SettingsError
    step = _STEPS.get(number, "correct PULLQUOTE_HOST or `serve --host`")
    return kind(f"cannot listen on {address(host, port)} ({reason}); {step}")
