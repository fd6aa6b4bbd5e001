"""Text to tree: one parse, within libxml2's own limits, that tells when it had to give something up."""

from __future__ import annotations

import lxml.html
from lxml import etree

from crawler.records import Rejected


def parse(text: str) -> lxml.html.HtmlElement | Rejected:
    """Parse a page. A page that libxml2 cut short (too deep, one text node too long) is refused, not cut.

    Entities are never resolved from outside and nothing is ever fetched.
    """
    # bytes and not str: libxml2 refuses text with an XML declaration, and a page's own charset must not count now
    parser = lxml.html.HTMLParser(
        encoding="utf-8", remove_comments=True, remove_pis=True, huge_tree=False, no_network=True
    )
    try:
        tree = lxml.html.document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except (etree.LxmlError, ValueError, AssertionError) as error:
        return Rejected("extract", "parse", str(error)[:200])
    if any(entry.type_name == "ERR_RESOURCE_LIMIT" for entry in parser.error_log):
        return Rejected("extract", "limit:markup", "nested too deeply, or one text too long")
    return tree
