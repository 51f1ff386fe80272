"""Whose request it is: the address that the connection has, or that a trusted proxy tells."""

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from starlette.types import Scope

Address = IPv4Address | IPv6Address
PREFIX = 64  # bits of an IPv6 address that one subscriber has
FORWARDED = b"x-forwarded-for"
LONGEST = 4_096  # characters of that header that are read, from its end


_PASSED_ON = (FORWARDED, b"forwarded", b"x-real-ip", b"via")


def is_here(scope: Scope) -> bool:
    """Whether somebody on this machine asks; what a proxy passed on is somebody else's, whoever the proxy is.

    A peer without an address came over a socket file or from within the process.
    """
    address = _address(scope["client"][0]) if scope.get("client") else None
    near = address is None or address.is_loopback
    return near and not any(name in _PASSED_ON for name, _ in scope["headers"])


class Clients:
    """Tells clients apart; believes `X-Forwarded-For` only of the proxies it is given.

    Example: Clients(["127.0.0.1"]) reads "6.6.6.6, 203.0.113.9" from 127.0.0.1 as 203.0.113.9: what stands further
    left was written by whoever sent it.
    """

    def __init__(self, proxies: Sequence[str]) -> None:
        self._proxies: list[IPv4Network | IPv6Network] = [ip_network(proxy) for proxy in proxies]

    def of(self, scope: Scope) -> str:
        """The address of the client, IPv6 by its /64 network; "unknown" over a socket without one."""
        peer = scope.get("client")
        address = _address(peer[0]) if peer else None
        if address is None:
            return "unknown"
        return _shown(self._behind(address, scope) if self._trusts(address) else address)

    def _trusts(self, address: Address) -> bool:
        return any(address in network for network in self._proxies)

    def _behind(self, peer: Address, scope: Scope) -> Address:
        told = b",".join(value for name, value in scope["headers"] if name == FORWARDED)
        nearest = peer
        for part in reversed(told.decode("latin-1")[-LONGEST:].split(",")):
            address = _address(part.strip())
            if address is None:
                return nearest
            nearest = address
            if not self._trusts(address):
                return address
        return nearest


def _address(text: str) -> Address | None:
    """An address, with or without brackets and port. Example: "[2001:db8::1]:443" -> 2001:db8::1"""
    bare = text[1:].partition("]")[0] if text.startswith("[") else text
    if bare.count(":") == 1:
        bare = bare.partition(":")[0]
    try:
        address = ip_address(bare)
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


def _shown(address: Address) -> str:
    if isinstance(address, IPv6Address):
        return str(ip_network((int(address), PREFIX), strict=False))
    return str(address)
