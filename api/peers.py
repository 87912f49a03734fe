"""The real peer of a connection: what a header says of it counts only from a trusted proxy."""

from collections.abc import Iterable
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from starlette.datastructures import Headers
from starlette.types import Scope

_FORWARDED_FOR = "x-forwarded-for"
_HOUSEHOLD = 64
"""Bits of an IPv6 address that one customer shares; the others are theirs to choose."""


class Peers:
    """Finds who really sent a request."""

    def __init__(self, proxies: Iterable[str]) -> None:
        self._proxies: tuple[IPv4Network | IPv6Network, ...] = tuple(map(ip_network, proxies))

    def of(self, scope: Scope) -> str:
        """The address that connected or, behind proxies of ours, the last one they name.

        Read from the right: whatever stands further left was written by who we do not trust.
        """
        client = scope.get("client")
        peer = str(client[0]) if client else ""
        named = ",".join(Headers(scope=scope).getlist(_FORWARDED_FOR)).split(",")
        while named and self._is_ours(peer):
            before = named.pop().strip()
            if not before:
                break
            peer = before
        return peer

    def _is_ours(self, peer: str) -> bool:
        try:
            address = ip_address(peer)
        except ValueError:
            return False
        plain = getattr(address, "ipv4_mapped", None) or address
        return any(plain in proxy for proxy in self._proxies)


def of_one(peer: str) -> str:
    """What one customer cannot change about its address."""
    try:
        address = ip_address(peer)
    except ValueError:
        return peer
    if isinstance(address, IPv6Address) and address.ipv4_mapped is None:
        return str(ip_network((address, _HOUSEHOLD), strict=False))
    return str(getattr(address, "ipv4_mapped", None) or address)
