"""Sitemaps to leads: `urlset` and `sitemapindex` (sitemaps.org), plain or gzipped, and lists of plain text."""

from __future__ import annotations

import re
import zlib
from typing import TYPE_CHECKING, Final

from lxml import etree

from crawler.records import Rejected

if TYPE_CHECKING:
    from collections.abc import Iterator

_GZIP: Final = b"\x1f\x8b"
_CHUNK: Final = 1 << 16
_MANY: Final = 50_000
"""Addresses that one sitemap may hold, by the protocol; what stands behind them is not read."""


def read_sitemap(body: bytes, limit: int) -> tuple[tuple[str, str], ...] | Rejected:
    """The addresses of a sitemap in its order, each as (`sitemap` or `item`, URL).

    >>> read_sitemap(b"<urlset><url><loc> https://e.com/1 </loc></url></urlset>", 1000)
    (('item', 'https://e.com/1'),)
    """
    plain = unzip(body, limit)
    if plain is None:
        return Rejected("discover", "limit:decoded", f"more than {limit} bytes")
    if plain.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] != b"<":
        return tuple(("item", line) for line in _lines(plain))
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        huge_tree=False,
        load_dtd=False,
        recover=True,
        remove_comments=True,
    )
    try:
        root = etree.fromstring(plain, parser=parser)
    except (etree.LxmlError, ValueError) as error:
        return Rejected("discover", "parse", str(error)[:200])
    if root is None:
        return Rejected("discover", "parse", "no document")
    return tuple(_locations(root))


def unzip(body: bytes, limit: int) -> bytes | None:
    """The content of a gzipped file, or the bytes as they are; None where it is larger than the limit."""
    if not body.startswith(_GZIP):
        return body if len(body) <= limit else None
    inflate, out = zlib.decompressobj(31), bytearray()
    try:
        rest = body
        while rest and not inflate.eof:
            out += inflate.decompress(rest, _CHUNK)
            rest = inflate.unconsumed_tail
            if len(out) > limit:
                return None
    except zlib.error:
        pass  # what came before the damage is still a list of addresses
    return bytes(out)


def _locations(root: etree._Element) -> Iterator[tuple[str, str]]:
    count = 0
    for node in root.iter("{*}loc"):
        above = node.getparent()
        name = etree.QName(above).localname if above is not None else ""
        text = (node.text or "").strip()
        if text and name in {"url", "sitemap"}:
            count += 1
            if count > _MANY:
                return
            yield ("sitemap" if name == "sitemap" else "item"), text


def _lines(plain: bytes) -> Iterator[str]:
    for n, line in enumerate(plain.decode("utf-8", "replace").splitlines()):
        if n >= _MANY:
            return
        if re.match(r"https?://", line.strip()):
            yield line.strip()
