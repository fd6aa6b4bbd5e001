"""Which addresses may be fetched at all: a pure judgement of the URL, and of the IP address behind a name.

Everything that names a URL passes here: links, feeds, sitemaps, redirects, robots.txt, the command line.
"""

from __future__ import annotations

import ipaddress
import re
import socket
from typing import Final
from urllib.parse import urljoin, urlsplit

from w3lib.url import safe_url_string

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address

URL_LIMIT: Final = 2000
_PORTS: Final = {None, 80, 443}
_AUTHORITY: Final = re.compile(
    r"https?://(\[[0-9A-Fa-f:.]+\]|[0-9A-Za-z._-]+)(?::(\d{1,5}))?(?=[/?#]|$)", re.IGNORECASE
)
_UNFIT: Final = re.compile(r"[\x00-\x20\x7f\\]")
_LABEL: Final = re.compile(r"(?!-)[0-9a-z_-]{1,63}(?<!-)")
_LOCAL: Final = (
    "localhost",
    "local",
    "internal",
    "intranet",
    "lan",
    "home",
    "corp",
    "localdomain",
    "home.arpa",
    "onion",
)

_KINDS: Final = tuple(
    (ipaddress.ip_network(network), kind)
    for network, kind in (
        ("0.0.0.0/8", "unspecified"),
        ("10.0.0.0/8", "private"),
        ("100.64.0.0/10", "shared"),
        ("127.0.0.0/8", "loopback"),
        ("169.254.0.0/16", "link-local"),
        ("172.16.0.0/12", "private"),
        ("192.0.0.0/24", "reserved"),
        ("192.0.2.0/24", "documentation"),
        ("192.88.99.0/24", "tunnel"),
        ("192.168.0.0/16", "private"),
        ("198.18.0.0/15", "benchmark"),
        ("198.51.100.0/24", "documentation"),
        ("203.0.113.0/24", "documentation"),
        ("224.0.0.0/4", "multicast"),
        ("240.0.0.0/4", "reserved"),
        ("::/128", "unspecified"),
        ("::1/128", "loopback"),
        ("::/96", "mapped"),
        ("::ffff:0:0:0/96", "mapped"),
        ("64:ff9b::/96", "tunnel"),
        ("64:ff9b:1::/48", "tunnel"),
        ("100::/64", "reserved"),
        ("2001::/23", "tunnel"),
        ("2001:db8::/32", "documentation"),
        ("2002::/16", "tunnel"),
        ("3fff::/20", "documentation"),
        ("5f00::/16", "reserved"),
        ("fc00::/7", "private"),
        ("fe80::/10", "link-local"),
        ("fec0::/10", "private"),
        ("ff00::/8", "multicast"),
    )
)
"""IANA's special-purpose registries, and every tunnel that could carry one of them."""


def address_kind(ip: str) -> str | None:
    """What keeps an IP address from being one of the public net, or None where nothing does.

    >>> address_kind("127.0.0.1"), address_kind("::ffff:10.0.0.1"), address_kind("93.184.215.14")
    ('loopback', 'private', None)
    """
    try:
        address: IPAddress = ipaddress.ip_address(ip.partition("%")[0])
    except ValueError:
        return "malformed"
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    for network, kind in _KINDS:
        if address.version == network.version and address in network:
            return kind
    strange = address.is_multicast or address.is_reserved or address.is_loopback or address.is_unspecified
    return None if address.is_global and not strange else "reserved"


def is_public(ip: str) -> bool:
    """Whether an IP address is one of the public net; the table is ours, since Python's changes by version."""
    return address_kind(ip) is None


def url_fault(url: str) -> str | None:
    """Why an address must not be fetched (`scheme`, `userinfo`, `port`, `address.loopback`, …), or None.

    Only addresses that every parser reads alike pass: a plain host name, a port of the web, no user, and
    nothing that is a number in disguise.

    >>> url_fault("http://2130706433/"), url_fault("file:///etc/passwd"), url_fault("https://example.com/a")
    ('address.loopback', 'scheme', None)
    """
    if len(url) > URL_LIMIT:
        return "length"
    if _UNFIT.search(url):
        return "characters"
    if not url.lower().startswith(("http://", "https://")):
        return "scheme"
    return _authority_fault(url)


def _authority_fault(url: str) -> str | None:
    authority = re.split(r"[/?#]", url.partition("://")[2], maxsplit=1)[0]
    if "@" in authority:
        return "userinfo"
    found = _AUTHORITY.match(_with_ascii_host(url, authority))
    if found is None:
        return "host"
    fault = host_fault(found[1])
    if fault is None and (int(found[2]) if found[2] else None) not in _PORTS:
        return "port"
    return fault


def host_fault(host: str) -> str | None:
    """Why a host, as it stands in an address, must not be connected to, or None."""
    host = host.lower().removesuffix(".")
    if host.startswith("["):
        kind = address_kind(host.strip("[]"))
        return f"address.{kind}" if kind else None
    try:
        kind = address_kind(socket.inet_ntoa(socket.inet_aton(host)))  # the forms that connect() reads, 0x7f.1 too
    except (OSError, ValueError):
        pass
    else:
        return f"address.{kind}" if kind else None
    labels = host.split(".")
    if len(host) > 253 or not all(_LABEL.fullmatch(label) for label in labels):
        return "host"
    if len(labels) < 2 or host.endswith(tuple("." + name for name in _LOCAL)):
        return "address.loopback" if labels[-1] == "localhost" else "address.local"
    return "host" if labels[-1].isdigit() else None


def tidy_url(href: str, page: str) -> str | None:
    """A link as an absolute address that can be asked for, without its fragment, or None where it is none.

    >>> tidy_url(" /a b#c ", "https://example.com/x")
    'https://example.com/a%20b'
    """
    if len(href) > URL_LIMIT:
        return None
    try:
        return str(safe_url_string(urljoin(page, href.strip()).partition("#")[0]))
    except (ValueError, UnicodeError):
        return None


def host_of(url: str) -> str:
    """The host of an address in lower case, without a trailing dot; empty where there is none."""
    try:
        return (urlsplit(url).hostname or "").rstrip(".")
    except ValueError:
        return ""


def _with_ascii_host(url: str, authority: str) -> str:
    """The address with its host as the connector would spell it; one that it cannot spell stays as it is."""
    if authority.isascii():
        return url
    host, colon, port = authority.partition(":")
    try:
        return url.replace(authority, f"{host.encode('idna').decode('ascii')}{colon}{port}", 1)
    except UnicodeError:
        return url
