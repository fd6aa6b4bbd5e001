"""Text to tree: one parse, within libxml2's own limits, that tells when it had to give something up."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, cast

from lxml import etree
from lxml.html import HtmlElement
from trafilatura.settings import MANUALLY_CLEANED

from crawler.extract.segment import INLINE
from crawler.records import Rejected

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crawler.records import Block

_UNREAD: Final = ("script", "style", "noscript", "template", "svg", "iframe")
"""Elements whose content is no text of the page; the head is read before they go."""

_FURNITURE: Final = tuple(tag for tag in MANUALLY_CLEANED if tag not in {"form", "figure", "math"})
"""What trafilatura deletes unseen; forms, figures and formulas it looks at first."""

_PARAGRAPH: Final = 40
_KEPT: Final = 500
_WHOLE: Final = 0.6
_FEW: Final = 4

_CONTROL: Final = bytes((*range(9), 11, *range(14, 32), 127))
_NONCHARACTERS: Final = ("\ufffe", "\uffff")
_REFERENCE = re.compile(
    rb"&#(?:0*(?:[0-8]|1[124-9]|2\d|3[01]|127|6553[45])(?!\d)|x0*(?:[0-8bcef]|1[0-9a-f]|7f|fff[ef])(?![0-9a-f]));?",
    re.IGNORECASE,
)


def parse(text: str) -> HtmlElement | Rejected:
    """Parse a page. A page that libxml2 cut short (too deep, one text node too long) is refused, not cut.

    Entities are never resolved from outside and nothing is ever fetched. Control characters, written out or as
    references, are dropped: one of them would cost the whole text further on.
    """
    for character in _NONCHARACTERS:
        text = text.replace(character, "")
    # bytes and not str: libxml2 refuses text with an XML declaration, and a page's own charset must not count now
    source = _REFERENCE.sub(b"", text.encode("utf-8", "replace").translate(None, _CONTROL))
    parser = etree.HTMLParser(
        encoding="utf-8", remove_comments=True, remove_pis=True, huge_tree=False, no_network=True
    )
    # one class for every element, looked up in C: lxml.html's own lookup is a Python call for each
    parser.set_element_class_lookup(etree.ElementDefaultClassLookup(element=HtmlElement))
    try:
        tree = etree.fromstring(source, parser)
    except (etree.LxmlError, ValueError) as error:
        return Rejected("extract", "parse", str(error)[:200])
    if any(entry.type_name == "ERR_RESOURCE_LIMIT" for entry in parser.error_log):
        return Rejected("extract", "limit:markup", "nested too deeply, or one text too long")
    if tree is None:
        return Rejected("extract", "empty", "no elements")
    return cast("HtmlElement", tree)


def strip_furniture(tree: HtmlElement) -> None:
    """Mutate the tree: drop what trafilatura drops first of all, so that it copies and searches less."""
    etree.strip_elements(tree, *_FURNITURE, with_tail=False)


def name_paragraphs(tree: HtmlElement, blocks: Sequence[Block]) -> bool:
    """Mutate the tree: on a page that sets its paragraphs in bare `div`s, call them what they are.

    Trafilatura looks for paragraphs by their element, and where it finds none it takes the whole page. Only such
    a page is touched: elsewhere bare divisions are furniture. True where the page was one.
    """
    if sum(block.kept >= _KEPT for block in blocks) < _WHOLE * len(blocks):
        return False
    paragraphs, divisions = (sum(len(b.text) for b in blocks if b.tag == tag) for tag in ("p", "div"))
    if paragraphs * _FEW >= divisions:
        return False
    for division in tree.iter("div"):
        plain = all(child.tag in INLINE for child in division.iterchildren("*"))
        if plain and len(division.text_content().strip()) >= _PARAGRAPH:
            division.tag = "p"
    return True


def strip_unread(tree: HtmlElement) -> None:
    """Mutate the tree: drop scripts, styles and their like, which every later stage would step around."""
    etree.strip_elements(tree, *_UNREAD, with_tail=False)
