"""Tree to blocks: the page cut into paragraph-sized pieces, every visible word in exactly one of them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from crawler.records import Block

if TYPE_CHECKING:
    from lxml.etree import _ElementTree
    from lxml.html import HtmlElement

_INLINE: Final = frozenset(
    "a abbr acronym b bdi bdo big cite code data del dfn em font i ins kbd label mark nobr q rp rt ruby s samp "
    "small span strike strong sub sup time tt u var wbr img picture source video audio".split()
)
_SKIP: Final = frozenset(
    "script style noscript template svg math iframe object embed head select textarea canvas map datalist "
    "applet frameset title meta link base".split()
)
_BOLD: Final = frozenset({"b", "strong"})
_HIDDEN = re.compile(r"display\s*:\s*none", re.IGNORECASE)
_LINE: Final = "\x1e"
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1d\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_WORD = re.compile(r"[a-z]+")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
MAX_BLOCKS: Final = 20_000


@dataclass(slots=True)
class _Cut:
    """The block being gathered, and those that are done."""

    root: _ElementTree
    named: dict[tuple[str | None, str | None], tuple[str, ...]] = field(default_factory=dict)
    done: list[Block] = field(default_factory=list)
    text: list[str] = field(default_factory=list)
    length: int = 0
    linked: int = 0
    bold: int = 0
    links: list[str] = field(default_factory=list)

    def add(self, text: str, *, linked: bool, bold: bool) -> None:
        size = len(text.strip())
        if not size:
            if self.length:
                self.text.append(" ")
            return
        self.text.append(text)
        self.length += size
        if linked:
            self.linked += size
        if bold:
            self.bold += size

    def line(self) -> None:
        """Note a single line break."""
        if self.length:
            self.text.append(_LINE)

    def close(self, element: HtmlElement, hints: tuple[str, ...]) -> None:
        if self.length and len(self.done) < MAX_BLOCKS:
            lines = (" ".join(line.split()) for line in _CONTROL.sub("", "".join(self.text)).split(_LINE))
            text = "\n".join(line for line in lines if line)
            if text:
                block = Block(
                    n=len(self.done),
                    text=text,
                    tag=element.tag,
                    path=self.root.getpath(element),
                    kept=0,
                    linked=1000 * self.linked // self.length,
                    hints=hints,
                    links=tuple(self.links),
                    bold=self.bold * 10 >= self.length * 9,
                )
                self.done.append(block)
        self.text, self.length, self.linked, self.bold, self.links = [], 0, 0, 0, []

    def hinted(self, element: HtmlElement, inherited: tuple[str, ...]) -> tuple[str, ...]:
        """The class and id words of the element before those of its ancestors, at most sixteen."""
        named = (element.get("class"), element.get("id"))
        if named == (None, None):
            return inherited
        own = self.named.get(named)
        if own is None:
            words = _CAMEL.sub(" ", " ".join(name[:200] for name in named if name)).lower()
            own = self.named[named] = tuple(dict.fromkeys(_WORD.findall(words)))
        return (own + inherited)[:16] if own else inherited


def segment(tree: HtmlElement) -> tuple[Block, ...]:
    """Cut a page into blocks in document order.

    Block elements cut, inline ones do not; two line breaks in a row cut, a single one becomes a newline.
    What is not shown (scripts, templates, `hidden`, `display:none`) is left out. At most `MAX_BLOCKS`.
    """
    cut = _Cut(tree.getroottree())
    body = tree.find("body")
    root = tree if body is None else body
    _walk(root, cut, (), linked=False, bold=False)
    cut.close(root, ())
    return tuple(cut.done)


def segment_text(text: str) -> tuple[Block, ...]:
    """Blocks of a bare text, a line each: for pages whose text only JSON-LD says."""
    lines = (" ".join(_CONTROL.sub("", line).split()) for line in text.split("\n"))
    shown = [line for line in lines if line][:MAX_BLOCKS]
    return tuple(Block(n, line, "p", "/ld+json/p", kept=1000, linked=0) for n, line in enumerate(shown))


def _walk(parent: HtmlElement, cut: _Cut, hints: tuple[str, ...], *, linked: bool, bold: bool) -> None:
    if parent.text:
        cut.add(parent.text, linked=linked, bold=bold)
    breaks = 0
    for child in parent:
        tag = child.tag
        if tag == "br":
            breaks += 1
            if breaks == 2:
                cut.close(parent, hints)
            else:
                cut.line()
        elif isinstance(tag, str) and tag not in _SKIP and not _is_hidden(child):
            breaks = 0
            _step(child, cut, hints, linked=linked, bold=bold)
        tail = child.tail
        if tail:
            if breaks and not tail.isspace():
                breaks = 0
            cut.add(tail, linked=linked, bold=bold)


def _step(child: HtmlElement, cut: _Cut, hints: tuple[str, ...], *, linked: bool, bold: bool) -> None:
    """Go into one element: an inline one goes on with the block, any other stands by itself."""
    tag = child.tag
    if tag in _INLINE:
        anchor = tag == "a"
        if anchor and child.get("href"):
            cut.links.append(child.get("href", ""))
        _walk(child, cut, hints, linked=linked or anchor, bold=bold or tag in _BOLD)
        return
    form = tag == "form"
    if cut.text:
        parent = child.getparent()
        cut.close(child if parent is None else parent, ("form", *hints) if form else hints)
    inner = cut.hinted(child, hints)
    _walk(child, cut, ("form", *inner) if form else inner, linked=linked, bold=bold)
    if cut.text:
        cut.close(child, inner)


def _is_hidden(element: HtmlElement) -> bool:
    style = element.get("style")
    if style is not None and _HIDDEN.search(style) is not None:
        return True
    return element.get("hidden") is not None
