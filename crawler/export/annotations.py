"""What was removed from a page, as annotations of it: W3C Web Annotation Data Model, one for each block.

https://www.w3.org/TR/annotation-model/ (Recommendation, 2017). The target is the page as it was captured; the
selectors name the same passage three ways: its words with those around it (section 4.2.4), its place in the
page's visible text (4.2.5; see `crawler.export.blocks`) and its element (4.2.3), which its words then narrow down
(4.2.9), for several blocks may stand in one element. The body says the role, the rule, and the rule in words.
"""

from __future__ import annotations

import re
import uuid
from typing import TYPE_CHECKING, Any, Final

from crawler.export.blocks import place_blocks, visible_text
from crawler.extract.segment import INLINE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crawler.export.blocks import Placed
    from storage.rows import CopyRow

CONTEXT: Final = "http://www.w3.org/ns/anno.jsonld"

AROUND: Final = 32
"""Characters before and behind a passage that help to find it."""

_ELEMENT = re.compile(r"/html(?:/[a-z][a-z0-9._-]*(?:\[[0-9]+\])?)*")
"""A path that is an XPath of the page; the blocks of a text that only JSON-LD says have none."""

_LAST = re.compile(r"/([a-z0-9._-]+)(?:\[[0-9]+\])?$")


def annotate(copy: CopyRow, roles: tuple[str, ...] = ()) -> Iterator[dict[str, Any]]:
    """The annotations of one page, in document order: of each removed block, or of those of some roles."""
    placed = place_blocks(copy)
    text = visible_text(placed)
    for each in placed:
        if each.is_removed and (not roles or each.role in roles):
            yield _annotation(copy, each, text)


def _annotation(copy: CopyRow, placed: Placed, text: str) -> dict[str, Any]:
    capture = f"urn:tearsheet:capture:{copy.capture}"
    return {
        "@context": CONTEXT,
        "id": uuid.uuid5(uuid.NAMESPACE_URL, f"{capture}#{placed.block.n}").urn,
        "type": "Annotation",
        "motivation": "classifying",
        "generator": {"id": f"urn:tearsheet:rules:{copy.rules}", "type": "Software", "name": "Tearsheet"},
        "body": [
            _body(placed.role, "classifying"),
            _body(placed.rule, "tagging"),
            _body(f"This block {placed.reason}.", "describing") | {"language": "en"},
        ],
        "target": {
            "type": "SpecificResource",
            "source": copy.url,
            "state": _state(copy.captured_at, capture),
            "selector": list(_selectors(placed, text)),
        },
    }


def _body(value: str, purpose: str) -> dict[str, str]:
    return {"type": "TextualBody", "value": value, "purpose": purpose, "format": "text/plain"}


def _state(captured_at: str | None, capture: str) -> dict[str, str]:
    """The page as it was then; a file that does not say when it was fetched has only its capture."""
    when = {"sourceDate": captured_at} if captured_at else {}
    return {"type": "TimeState", **when, "cached": capture}


def _selectors(placed: Placed, text: str) -> Iterator[dict[str, Any]]:
    start, end = placed.start, placed.end
    quote = {"type": "TextQuoteSelector", "exact": text[start:end]}
    yield {**quote, "prefix": text[max(0, start - AROUND) : start], "suffix": text[end : end + AROUND]}
    yield {"type": "TextPositionSelector", "start": start, "end": end}
    path = _holder(placed.block.path)
    if _ELEMENT.fullmatch(path):
        yield {"type": "XPathSelector", "value": path, "refinedBy": quote}


def _holder(path: str) -> str:
    """The element that holds the whole block: an inline one that it ends in may hold its end alone.

    >>> _holder("/html/body/li[2]/a[2]/b[1]")
    '/html/body/li[2]'
    """
    while (last := _LAST.search(path)) is not None and last[1] in INLINE:
        path = path[: last.start()]
    return path
