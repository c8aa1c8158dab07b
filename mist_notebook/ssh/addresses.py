"""Which addresses may be asked, as a server can name any it likes, and which of a machine's own are private."""

from __future__ import annotations

import ipaddress

_METADATA = {
    ipaddress.ip_address(text) for text in ("100.100.100.200", "168.63.129.16", "192.0.0.192", "fd00:ec2::254")
}
_BROADCAST = ipaddress.ip_address("255.255.255.255")
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_PRIVATE = tuple(
    map(ipaddress.ip_network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7"))
)
_THIS_NETWORK = ipaddress.IPv4Network("0.0.0.0/8")

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def forbidden(host: str, *, loopback_allowed: bool = False) -> str:
    """What is wrong with asking this address, as words; "" if nothing is. A server may name any address it likes."""
    address = _embedded(ipaddress.ip_address(host.partition("%")[0]))
    if address.is_loopback:
        return "" if loopback_allowed else "this computer's own address"
    if address.is_link_local:
        return "a link-local address"
    if address.is_multicast or address == _BROADCAST:
        return "a multicast or broadcast address"
    if address.is_unspecified or address in _THIS_NETWORK:
        return "no machine's address"
    return "a cloud's metadata service" if address in _METADATA else ""


def _embedded(address: Address) -> Address:
    """The IPv4 address inside a mapped, 6to4 or NAT64 one."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    inside = address.ipv4_mapped or address.sixtofour
    if inside is None and address in _NAT64:
        inside = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return inside or address


def is_private(address: Address) -> bool:
    """Whether it belongs to a network of its owner's: RFC 1918, shared address space, IPv6 unique local."""
    return any(address.version == network.version and address in network for network in _PRIVATE)
