"""Which addresses of the public net are our own: no page of others is there, and a dashboard may be."""

from __future__ import annotations

import ipaddress
import socket
from contextlib import suppress
from functools import cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_NOBODYS: Final = "192.0.2.1"
"""Of a range for documentation: where a socket can be bound to this, binding tells nothing."""


def read_networks(said: Iterable[str]) -> tuple[Network, ...]:
    """The addresses and networks of a setting.

    Raises:
        ValueError: one is neither.

    """
    return tuple(ipaddress.ip_network(each, strict=False) for each in said)


def is_own(ip: str, listed: Iterable[Network]) -> bool:
    """Whether an address is listed, or an interface of this machine has it: then a socket can be bound to it."""
    try:
        address = ipaddress.ip_address(ip.partition("%")[0])
    except ValueError:
        return False
    return any(address in network for network in listed) or (_tells() and _binds(str(address)))


@cache  # a property of the machine
def _tells() -> bool:
    return not _binds(_NOBODYS)


def _binds(ip: str) -> bool:
    family = socket.AF_INET6 if ":" in ip else socket.AF_INET
    with suppress(OSError), socket.socket(family, socket.SOCK_DGRAM) as trial:
        trial.bind((ip, 0))
        return True
    return False
