"""Times that the body of a page marks up as such, a related story's among them, each with its place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple, cast

from lxml import etree

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_MOST: Final = 100
_LONGEST: Final = 60
_MARKED: Final = etree.XPath(
    "descendant::*[self::time or @datetime or @itemprop='datePublished'][not(self::del or self::ins)]"
)


class Shown(NamedTuple):
    """A time that the page marks up as one: the path of its element, as blocks have theirs, and what it says."""

    path: str
    value: str


def read_times(tree: HtmlElement) -> tuple[Shown, ...]:
    """Elements that are or have a time, in document order; none that a link names beside a story."""
    marked = [
        (element, element.get("datetime") or element.get("content") or element.text_content())
        for element in cast("list[HtmlElement]", _MARKED(tree))[:_MOST]
    ]
    return tuple(
        Shown(path_of(element), " ".join(value.split())[:_LONGEST])
        for element, value in marked
        if value.strip() and not _is_teased(element)
    )


def _is_teased(element: HtmlElement) -> bool:
    """Whether the element stands in a link that says more than the time."""
    link = next(element.iterancestors("a"), None)
    return link is not None and len(link.text_content().strip()) > len(element.text_content().strip()) + 2


def path_of(element: HtmlElement) -> str:
    """The path of an element as blocks have theirs, from its `body` on: `/html/body/div[2]/p[1]`."""
    steps: list[str] = []
    node: HtmlElement | None = element
    while node is not None and node.tag not in {"body", "html"}:
        steps.append(f"{node.tag}[{1 + sum(1 for _ in node.itersiblings(node.tag, preceding=True))}]")
        node = node.getparent()
    return "/".join(("/html/body", *reversed(steps)))
