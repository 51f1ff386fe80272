"""The socket that a service listens on, or why there is none."""

import errno
import os
import socket

from pullquote.errors import SettingsError

WAITING = 512  # connections that the system keeps until they are taken
_ADDRESS = "correct PULLQUOTE_HOST or `serve --host`"
_PORT = "choose another with PULLQUOTE_PORT or `serve --port`"
_STEPS = {
    errno.EADDRINUSE: _PORT,
    errno.EACCES: f"let a proxy listen there, or this user; else {_PORT}, above 1023",
}
_PLAIN = {errno.EADDRNOTAVAIL: "no address of this machine"}  # where the system's own words tell little


class InUse(SettingsError):
    """Somebody listens there already."""


def listen(host: str, port: int) -> socket.socket:
    """Bind to an address and listen.

    Raises:
        InUse: somebody does already.
        SettingsError: it is no address, or not one that this user may listen on.
    """
    listener: socket.socket | None = None
    try:
        family, kind, protocol, _, place = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listener = socket.socket(family, kind, protocol)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(place)
        listener.listen(WAITING)
    except (OSError, ValueError) as error:  # ValueError: what no name may be, such as a..b
        if listener:
            listener.close()
        raise _refused(host, port, error) from error
    return listener


def address(host: str, port: int) -> str:
    """How a host and a port stand in a link. Example: address("::1", 80) -> '[::1]:80'."""
    host = " ".join(host.split())
    return f"[{host}]:{port}" if host.count(":") > 1 else f"{host}:{port}"


def _refused(host: str, port: int, error: OSError | ValueError) -> SettingsError:
    number = error.errno if isinstance(error, OSError) and error.errno in errno.errorcode else None
    if number is not None:
        why = _PLAIN.get(number) or os.strerror(number)
    else:  # the resolver has numbers of its own
        why = str(error.strerror or error) if isinstance(error, OSError) else "not the name of a host"
    kind = InUse if number == errno.EADDRINUSE else SettingsError
    return kind(f"cannot listen on {address(host, port)} ({why}); {_STEPS.get(number or 0, _ADDRESS)}")
