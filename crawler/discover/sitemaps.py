"""Sitemaps to leads: `urlset` and `sitemapindex` (sitemaps.org), plain or gzipped, and lists of plain text.

Read with lxml: the libraries for sitemaps either fetch by themselves (ultimate-sitemap-parser) or neither bound
what they inflate nor go on behind damage.
"""

from __future__ import annotations

import re
import zlib
from typing import TYPE_CHECKING, Final

from lxml import etree

from crawler.discover.answers import Named
from crawler.discover.feeds import read_feed
from crawler.records import Rejected

if TYPE_CHECKING:
    from collections.abc import Iterator

_GZIP: Final = b"\x1f\x8b"
_CHUNK: Final = 1 << 16
_FEEDS: Final = frozenset({"rss", "feed", "rdf"})
"""What a sitemap may be instead, by the protocol."""

_MANY: Final = 50_000
"""Addresses that one sitemap may hold, by the protocol; what stands behind them is not read."""


def read_sitemap(body: bytes) -> tuple[Named, ...] | Rejected:
    """The addresses of a sitemap in its order, pages and further sitemaps.

    >>> read_sitemap(b"<urlset><url><loc> https://e.com/1 </loc></url></urlset>")[0].href
    'https://e.com/1'
    """
    if body.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] != b"<":
        lines = tuple(Named("item", line) for line in _lines(body))
        return lines or Rejected("discover", "parse", "no sitemap: neither XML nor a list of addresses")
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        huge_tree=False,
        load_dtd=False,
        recover=True,
        remove_comments=True,
    )
    try:
        root = etree.fromstring(body, parser=parser)
    except (etree.LxmlError, ValueError) as error:
        return Rejected("discover", "parse", str(error)[:200])
    if root is None:
        return Rejected("discover", "parse", "no document")
    name = etree.QName(root).localname if isinstance(root.tag, str) else ""
    if name.lower() in _FEEDS:
        entries = read_feed(body, "")
        return entries if isinstance(entries, Rejected) else tuple(Named("item", *entry) for entry in entries)
    found = tuple(_locations(root))
    if not found and name not in {"urlset", "sitemapindex"}:
        return Rejected("discover", "parse", f"no sitemap: the document is a {name[:40]}")
    return found


def unzip(body: bytes, limit: int) -> tuple[bytes, bool] | None:
    """The content of a gzipped file, or the bytes as they are, and whether it is torn; None where it is over the
    limit. What stands before the damage is still a list of addresses.
    """
    if not body.startswith(_GZIP):
        return (body, False) if len(body) <= limit else None
    out, rest = bytearray(), body
    while rest.startswith(_GZIP):  # a file may be several members, one after the other
        inflate = zlib.decompressobj(31)
        try:
            while rest and not inflate.eof:
                out += inflate.decompress(rest, _CHUNK)
                rest = inflate.unconsumed_tail
                if len(out) > limit:
                    return None
        except zlib.error:
            return bytes(out), True
        if not inflate.eof:
            return bytes(out), True
        rest = inflate.unused_data
    return bytes(out), False


def _locations(root: etree._Element) -> Iterator[Named]:
    count = 0
    for node in root.iter("{*}loc"):
        above = node.getparent()
        name = etree.QName(above).localname if above is not None else ""
        text = (node.text or "").strip()
        if text and name in {"url", "sitemap"}:
            count += 1
            if count > _MANY:
                return
            yield Named("sitemap" if name == "sitemap" else "item", text)


def _lines(plain: bytes) -> Iterator[str]:
    for n, line in enumerate(plain.decode("utf-8", "replace").splitlines()):
        if n >= _MANY:
            return
        if re.match(r"https?://", line.strip()):
            yield line.strip()
