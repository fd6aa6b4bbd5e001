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
_ADDRESS = re.compile(r"https?://(?=[^\s/?#\"'<>]*[^\x00-\x7f])([^\s/?#:\"'<>]+)[^\s\"'<>]*", re.IGNORECASE)
"""An address whose host is not in ASCII."""
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


def url_key(url: str, *, exact: bool = False) -> str:
    """The frontier's key of an address, 32 hex digits. `exact`: every character counts, behind the `#` too."""
    return hashlib.sha256(f"{NORMALISER}\n{url if exact else normalise(url)}".encode()).hexdigest()[:32]


def spellings(url: str) -> tuple[str, ...]:
    """The address as given, then other ways in which the same one may have been captured.

    >>> spellings("https://a.example/x#top")[:3]
    ('https://a.example/x#top', 'https://a.example/x', 'https://a.example/x/')
    """
    plain = url.partition("#")[0]
    found = [url, *_slashed(plain)]
    try:
        found += _slashed(normalise(url))
        parts = urlsplit(plain)
    except ValueError:
        parts = urlsplit("")
    other = {"http": "https", "https": "http"}.get(parts.scheme)
    if other:
        found.append(urlunsplit(parts._replace(scheme=other)))
    elif not parts.scheme:
        found += [f"https://{plain}", f"http://{plain}"]
    return tuple(dict.fromkeys(found))


def ascii_host(host: str) -> str:
    """A host as it is looked up: names in other scripts as punycode, so that no letter passes for another.

    >>> ascii_host("\u0430pple.example"), ascii_host("example.org")
    ('xn--pple-43d.example', 'example.org')
    """
    if host.isascii():
        return host
    try:
        return host.encode("idna").decode("ascii")
    except UnicodeError:  # no name that could be looked up
        return ".".join(_punycode(label) for label in host.split("."))


def tell_hosts(text: str) -> str:
    """The text with the host as it is looked up behind each address whose host is in other scripts.

    >>> tell_hosts("see https://\u0430pple.example/x")
    'see https://\u0430pple.example/x [xn--pple-43d.example]'
    """
    return text if text.isascii() else _ADDRESS.sub(lambda hit: f"{hit[0]} [{ascii_host(hit[1].lower())}]", text)


def _punycode(label: str) -> str:
    return label if label.isascii() else "xn--" + label.encode("punycode", "replace").decode("ascii")


def _slashed(url: str) -> tuple[str, str]:
    return url, url.removesuffix("/") if url.endswith("/") else url + "/"
