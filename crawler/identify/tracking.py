"""Tracking links unwrapped: the address that a wire's click counter stands for."""

from __future__ import annotations

from typing import Final
from urllib.parse import parse_qs, unquote, urlsplit

TRACKERS: Final = {
    ("c212.net", "/c/link/"): "u",
    ("edge.prnewswire.com", "/c/link/"): "u",
    ("cts.businesswire.com", "/ct/CT"): "url",
    ("www.bing.com", "/news/apiclick.aspx"): "url",
    ("www.google.com", "/url"): "q",
}
"""(host, path) of the counters and the parameter that holds the target."""

_MAX_NESTING: Final = 5


def unwrap(url: str) -> str | None:
    """The address behind a tracking link, the address itself where it is none, None where it leads nowhere good.

    Targets that are encoded twice and trackers inside trackers are followed; a target that is not http is
    refused, and a host that only looks like a tracker is not one.

    >>> unwrap("https://c212.net/c/link/?t=0&l=en&u=http%253A%252F%252Fnews.example.com%252Fa&a=x")
    'http://news.example.com/a'
    >>> unwrap("https://c212.net.evil.test/c/link/?u=http%3A%2F%2Fnews.example.com")
    'https://c212.net.evil.test/c/link/?u=http%3A%2F%2Fnews.example.com'
    >>> unwrap("https://c212.net/c/link/?u=javascript:alert(1)") is None
    True
    """
    for _ in range(_MAX_NESTING):
        try:
            parts = urlsplit(url.strip())
        except ValueError:
            return None
        path = parts.path if parts.path != "/c/link" else "/c/link/"
        name = TRACKERS.get(((parts.hostname or "").lower(), path))
        if name is None:
            return url.strip() if parts.scheme in {"http", "https"} and parts.hostname else None
        targets = parse_qs(parts.query).get(name)
        if not targets:
            return None
        url = targets[-1]
        for _ in range(2):
            if not url.lower().startswith(("http:", "https:")) and "%3a" in url[:12].lower():
                url = unquote(url)
    return None
