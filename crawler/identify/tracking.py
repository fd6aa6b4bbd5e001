"""Tracking links unwrapped: the address that a click counter stands for.

The counters of the wires are data (`[[trackers]]` of their site files); the search engines' are no site's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qs, unquote, urlsplit

if TYPE_CHECKING:
    from collections.abc import Mapping

Trackers = dict[tuple[str, str], str]
"""(host, path without its last slash) of a counter: the parameter that holds the target."""

REDIRECTORS: Final[Trackers] = {
    ("www.bing.com", "/news/apiclick.aspx"): "url",
    ("www.google.com", "/url"): "q",
}
_MAX_NESTING: Final = 5
_MAX_DECODING: Final = 3
_PORTS: Final = frozenset({None, 80, 443})


def unwrap(url: str, trackers: Mapping[tuple[str, str], str] = REDIRECTORS) -> str | None:
    """The address behind a tracking link, the address itself where it is none, None where it leads nowhere good.

    Targets that are encoded more than once and trackers inside trackers are followed; a target that is not http is
    refused, and a host that only looks like a tracker is not one.

    >>> known = {("c212.net", "/c/link"): "u"}
    >>> unwrap("https://c212.net/c/link/?t=0&l=en&u=http%253A%252F%252Fnews.example.com%252Fa&a=x", known)
    'http://news.example.com/a'
    >>> unwrap("https://c212.net.evil.test/c/link/?u=http%3A%2F%2Fnews.example.com", known)
    'https://c212.net.evil.test/c/link/?u=http%3A%2F%2Fnews.example.com'
    >>> unwrap("https://c212.net/c/link/?u=javascript:alert(1)", known) is None
    True
    """
    *_, target = follow(url, trackers)
    return target


def follow(url: str, trackers: Mapping[tuple[str, str], str] = REDIRECTORS) -> tuple[str | None, ...]:
    """Every address on the way, the tracking link first; the last is the target, or None where that is bad."""
    way: list[str | None] = []
    for _ in range(_MAX_NESTING):
        url = url.strip()
        try:
            parts = urlsplit(url)
            host, port = (parts.hostname or "").rstrip("."), parts.port
        except ValueError:
            break
        if parts.scheme not in {"http", "https"} or not host:
            break
        way.append(url)
        name = trackers.get((host, parts.path.rstrip("/"))) if port in _PORTS else None
        if name is None:
            return tuple(way)
        targets = parse_qs(parts.query.replace("&amp;", "&")).get(name)
        if not targets:
            break
        url = targets[-1]  # an unencoded tracker inside has its own: the innermost comes last
        for _ in range(_MAX_DECODING):
            head = url[:14].lower()
            if any(mark in head for mark in ("%3a", "%2f", "%25")):
                url = unquote(url)
    return (*way, None)
