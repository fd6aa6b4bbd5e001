"""One address, one form: the normaliser that keys the frontier. The address as it was met is kept beside it."""

from __future__ import annotations

import hashlib
import re
from typing import Final
from urllib.parse import urlsplit, urlunsplit

from w3lib.url import canonicalize_url

NORMALISER: Final = 1
"""Part of every key: a changed normaliser makes new keys, never silently other ones."""

_TRACKING = re.compile(r"(?:^|&)(?:utm_\w+|fbclid|gclid|from|isappinstalled|mc_[ce]id)=[^&]*", re.IGNORECASE)
_SESSION = re.compile(r";jsessionid=[^/?]*", re.IGNORECASE)
_PORTS: Final = {"http": 80, "https": 443}


def normalise(url: str) -> str:
    """The comparable form of an address: no default port, trailing dot, fragment, tracking or session part.

    >>> normalise("HTTP://Example.COM.:80/a?utm_source=x&b=1#top")
    'http://example.com/a?b=1'
    """
    parts = urlsplit(url.strip())
    scheme, host = parts.scheme.lower(), (parts.hostname or "").rstrip(".")
    if ":" in host:
        host = f"[{host}]"
    port = parts.port
    netloc = host if port is None or port == _PORTS.get(scheme) else f"{host}:{port}"
    query = _TRACKING.sub("", parts.query).lstrip("&")
    return str(canonicalize_url(urlunsplit((scheme, netloc, _SESSION.sub("", parts.path), query, ""))))


def url_key(url: str) -> str:
    """The frontier's key of an address, 32 hex digits."""
    return hashlib.sha256(f"{NORMALISER}\n{normalise(url)}".encode()).hexdigest()[:32]
