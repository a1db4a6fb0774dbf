"""The internet addresses that a callback may use: public ones, never those of the internal network."""

import ipaddress
import socket
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as FutureTimeoutError

from django.conf import settings

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address

RESOLVE_SECONDS = 3.0
# The platform service of a cloud provider, at an address that counts as public.
PLATFORM_ADDRESSES = {ipaddress.ip_address("168.63.129.16")}
SITE_LOCAL = ipaddress.ip_network("fec0::/10")
NAT64 = ipaddress.ip_network("64:ff9b::/96")

# getaddrinfo has no timeout of its own.
_resolvers = ThreadPoolExecutor(8, thread_name_prefix="resolver")


class ForbiddenAddress(Exception):
    """A host has an address that callbacks must not use."""


class UnresolvableHost(Exception):
    """A host name resolves to no address at present."""


def allowed_addresses(host: str, port: int) -> list[IPAddress]:
    """Return the addresses of `host`, all of which are allowed.

    Raise ForbiddenAddress if any of them is not, because the connection may use any of them, and
    UnresolvableHost if there are none.
    """
    addresses = _resolve(host, port)
    for address in addresses:
        if not is_allowed(address):
            raise ForbiddenAddress(f"{host} is {address}, which is not a public address.")
    return addresses


def is_allowed(address: IPAddress) -> bool:
    """Return True if callbacks may go to `address` and to any IPv4 address embedded in it."""
    return all(_is_public(form) or _is_allowed_private(form) for form in _forms(address))


def _resolve(host: str, port: int) -> list[IPAddress]:
    lookup = _resolvers.submit(socket.getaddrinfo, host, port, type=socket.SOCK_STREAM)
    try:
        entries = lookup.result(RESOLVE_SECONDS)
    except (OSError, UnicodeError, FutureTimeoutError) as error:
        raise UnresolvableHost(f"{host} cannot be resolved to an address.") from error
    # getaddrinfo may return an address more than once.
    return list(dict.fromkeys(ipaddress.ip_address(entry[4][0]) for entry in entries))


def _forms(address: IPAddress) -> list[IPAddress]:
    """The addresses that a packet for `address` may reach: itself, or those embedded in it."""
    if isinstance(address, ipaddress.IPv4Address):
        return [address]
    if address.ipv4_mapped:
        return [address.ipv4_mapped]
    if address in NAT64:
        return [ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)]
    return [address, *filter(None, [address.sixtofour]), *(address.teredo or ())]


def _is_public(address: IPAddress) -> bool:
    special = address.is_multicast or address.is_reserved or address in PLATFORM_ADDRESSES
    return address.is_global and not special and address not in SITE_LOCAL


def _is_allowed_private(address: IPAddress) -> bool:
    if not settings.CALLBACK_ALLOW_PRIVATE:
        return False
    excluded = address.is_link_local or address.is_multicast or address.is_unspecified
    # Loopback comes first: ::1 lies in a reserved block.
    return address.is_loopback or (address.is_private and not excluded and not address.is_reserved)
