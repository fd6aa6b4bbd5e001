"""Listings to leads: the links of an HTML page in the order they stand, with their words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import urljoin

from crawler.extract.decode import decode
from crawler.extract.parse import parse
from crawler.records import Rejected

if TYPE_CHECKING:
    from crawler.records import Fetched

_MANY: Final = 20_000
"""Links of a page that are looked at; the ones behind them are a trap's."""


def read_listing(fetched: Fetched, limit: int) -> tuple[tuple[str, str], ...] | Rejected:
    """The links of a page, each as (absolute URL, anchor text); a `base` of the page's own counts."""
    text = decode(fetched.headers, fetched.body, limit)
    if isinstance(text, Rejected):
        return Rejected("discover", text.reason, text.detail)
    tree = parse(text)
    if isinstance(tree, Rejected):
        return Rejected("discover", tree.reason, tree.detail)
    base = next((str(node.get("href")) for node in tree.iter("base") if node.get("href")), "")
    origin = _joined(fetched.url, base[:2000]) or fetched.url
    links = []
    for n, node in enumerate(tree.iter("a")):
        if n >= _MANY:
            break
        href = str(node.get("href") or "").strip()
        target = _joined(origin, href) if href and not href.startswith("#") else None
        if target:
            links.append((target, " ".join("".join(node.itertext()).split())[:200]))
    return tuple(links)


def _joined(page: str, href: str) -> str | None:
    try:
        return urljoin(page, href)
    except ValueError:
        return None
