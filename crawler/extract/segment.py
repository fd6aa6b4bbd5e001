"""Tree to blocks: the page cut into paragraph-sized pieces, every visible word in exactly one of them."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

from msgspec import structs

from crawler.extract.lines import paragraphs
from crawler.records import Block

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.html import HtmlElement

INLINE: Final = frozenset(
    "a abbr acronym b bdi bdo big cite code data del dfn em font i ins kbd label mark nobr q rp rt ruby s samp "
    "small span strike strong sub sup time tt u var wbr img picture source video audio".split()
)
_SKIP: Final = frozenset(
    "script style noscript template svg math iframe object embed head select textarea canvas map datalist "
    "applet frameset title meta link base".split()
)
_HIDDEN = re.compile(r"display\s*:\s*none", re.IGNORECASE)
_AS_WRITTEN = re.compile(r"white-space\s*:\s*pre", re.IGNORECASE)
_AS_BLOCK = re.compile(r"display\s*:\s*block", re.IGNORECASE)
_LINE: Final = "\x1e"
_LINK: Final = "\x1f"
_IMAGE: Final = "\x1b"
_BROKEN: Final = "\x1a"
_LINKED = re.compile("\x1d([^\x1c]*)\x1c")
"""Marks within the text that is being gathered: a line's end, a link, an image, a paragraph's end, a link's words.

They are control characters, of which a page has none, and go with them."""
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1d\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_WORD = re.compile(r"[a-z]+")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_PARAGRAPH_BREAKS: Final = 2
MAX_BLOCKS: Final = 20_000
_MAX_IMAGES: Final = 8
_MAX_IMAGE: Final = 400


class _Place(NamedTuple):
    """Where a block stands: its element, the element's path, the class words around it."""

    tag: str
    path: str
    hints: tuple[str, ...]


class _Cut:
    """The walk over one page: the block being gathered, and those that are done.

    A plain loop over children, as lean as it gets: it sees every element of every page.
    """

    __slots__ = ("as_written", "broken", "done", "images", "length", "linked", "links", "text")

    def __init__(self) -> None:
        self.done: list[Block] = []
        self.images: list[tuple[str, str]] = []
        self.as_written = False
        self._begin()

    def _begin(self) -> None:
        self.text: list[str] = []
        self.links: list[str] = []
        self.broken: list[_Place] = []
        self.length = self.linked = 0

    def walk(self, parent: HtmlElement, path: str, hints: tuple[str, ...], *, linked: bool) -> None:
        """Gather what the element holds. `linked` says that it stands within a link."""
        if parent.text:
            self._add(parent.text, linked=linked)
        breaks = 0
        counts: dict[str, int] = {}
        for child in parent:
            tag = child.tag
            if tag == "br":
                breaks += 1
                if self.length:
                    self.text.append(_LINE)
                    if breaks == _PARAGRAPH_BREAKS:
                        self.text.append(_BROKEN)
                        self.broken.append(_Place(parent.tag, path, hints))
            elif isinstance(tag, str):
                number = counts[tag] = counts.get(tag, 0) + 1
                if tag not in _SKIP and not _is_hidden(child):
                    breaks = 0
                    self._step(parent, child, (path, f"{path}/{tag}[{number}]"), hints, linked=linked)
            tail = child.tail
            if tail:
                if breaks and not tail.isspace():
                    breaks = 0
                self._add(tail, linked=linked)

    def _step(
        self,
        parent: HtmlElement,
        child: HtmlElement,
        paths: tuple[str, str],
        hints: tuple[str, ...],
        *,
        linked: bool,
    ) -> None:
        """Go into one element: an inline one goes on with the block, any other stands by itself."""
        tag = child.tag
        style = child.get("style")
        if tag in INLINE and (style is None or _AS_BLOCK.search(style) is None):
            if tag == "a":
                linked = True
                href = child.get("href")
                if href:
                    self.links.append(href)
                    self.text.append(_LINK)
            elif tag == "img":
                source = child.get("src") or child.get("data-src")
                if source and source[:5] != "data:" and len(source) <= _MAX_IMAGE:
                    self.images.append((source, "" if self.length else paths[0]))
                    self.text.append(_IMAGE)
            self.walk(child, paths[1], hints, linked=linked)
            return
        form = tag == "form"
        if self.length:
            self.close(parent, paths[0], ("form", *hints) if form else hints)
        inner = _hinted(child, hints)
        outer = self.as_written
        if tag == "pre" or (style is not None and _AS_WRITTEN.search(style) is not None):
            self.as_written = True
        self.walk(child, paths[1], ("form", *inner) if form else inner, linked=linked)
        if self.length or self.links:
            self.close(child, paths[1], inner)
        self.as_written = outer

    def _add(self, text: str, *, linked: bool) -> None:
        size = len(text.strip())
        if self.as_written and "\n" in text:
            text = text.replace("\n", _LINE)
        elif not size:
            if self.length:
                self.text.append(" ")
            return
        self.text.append(f"\x1d{text}\x1c" if linked and size else text)
        self.length += size
        if linked:
            self.linked += size

    def close(self, element: HtmlElement, path: str, hints: tuple[str, ...]) -> None:
        """End what was being gathered: a block, or several where it has lines. It stands in this element."""
        joined = "".join(self.text)
        if _LINE in joined:
            places = [*self.broken, _Place(element.tag, path, hints)]
            for text, marked, breaks in _parts(joined):
                linked = sum(len("".join(found.split())) for found in _LINKED.findall(marked))
                share = 1000 * linked // len("".join(text.split()))
                links = self.links[: marked.count(_LINK)]
                del self.links[: len(links)]
                self._end(text, places[breaks], share, links, marked.count(_IMAGE))
        else:
            text = " ".join(_CONTROL.sub("", joined).split())
            if text:
                place = _Place(element.tag, path, hints)
                self._end(text, place, 1000 * self.linked // self.length, self.links, len(self.images))
        self._begin()

    def _end(self, text: str, place: _Place, linked: int, links: list[str], images: int) -> None:
        """Add a block, with the first so many of the images that were met."""
        if len(self.done) < MAX_BLOCKS:
            tag, path, hints = place
            shown = self._take_images(path, images) if self.images else ()
            self.done.append(Block(len(self.done), text, tag, path, 0, linked, hints, tuple(links), shown))

    def _take_images(self, path: str, count: int) -> tuple[str, ...]:
        """The images of the block that ends at this path.

        One that stood by itself beside the block before is that one's: wires end their texts with one.
        """
        own: list[str] = []
        for source, holder in self.images[: min(count, _MAX_IMAGES)]:
            last = self.done[-1] if self.done else None
            inside = not holder or f"{holder}/".startswith(f"{path}/")
            if not inside and last is not None and _is_beside(holder, last):
                self.done[-1] = structs.replace(last, images=(*last.images, source)[:_MAX_IMAGES])
            else:
                own.append(source)
        del self.images[:count]
        return tuple(own)

    def finish(self) -> tuple[Block, ...]:
        """The blocks, when the walk is over."""
        if self.images:
            self._take_images("-", len(self.images))
        return tuple(self.done)


def _hinted(element: HtmlElement, inherited: tuple[str, ...]) -> tuple[str, ...]:
    """The class and id words of the element before those of its ancestors, at most sixteen."""
    own = _words(element.get("class"), element.get("id"))
    return (own + inherited)[:16] if own else inherited


@lru_cache(maxsize=8192)  # the pages of a site have the same names
def _words(*names: str | None) -> tuple[str, ...]:
    """The words of an element's class and id, each once."""
    words = _CAMEL.sub(" ", " ".join(name[:200] for name in names if name)).lower()
    return tuple(dict.fromkeys(_WORD.findall(words)))


def _parts(joined: str) -> Iterator[tuple[str, str, int]]:
    """The paragraphs of a text with lines, each also with the marks in it, and how many breaks are before its end.

    A paragraph stands in the element that broke it off, as the next break or the end of all tells.
    """
    marked = joined.split(_LINE)
    lines = [" ".join(_CONTROL.sub("", line).split()) for line in marked]
    parts = paragraphs(lines)
    at = breaks = 0
    for number, part in enumerate(parts, 1):
        end = part[-1][-1] + 1 if number < len(parts) else len(marked)
        own = "".join(marked[at:end])
        at, breaks = end, breaks + "".join(marked[at : part[-1][-1] + 1]).count(_BROKEN)
        yield "\n".join(" ".join(lines[n] for n in pieces) for pieces in part), own, breaks


def segment(tree: HtmlElement) -> tuple[Block, ...]:
    """Cut a page into blocks in document order.

    Block elements cut, inline ones do not; two line breaks in a row cut, a single one parts paragraphs or becomes
    a newline, and what was wrapped at a column is joined (see `crawler.extract.lines`).
    What is not shown (scripts, templates, `hidden`, `display:none`) is left out. At most `MAX_BLOCKS`.
    """
    cut = _Cut()
    body = tree.find("body")
    root, path = (tree, "/html") if body is None else (body, "/html/body")
    cut.walk(root, path, (), linked=False)
    cut.close(root, path, ())
    return cut.finish()


def segment_text(text: str) -> tuple[Block, ...]:
    """Blocks of a bare text, a line each: for pages whose text only JSON-LD says."""
    lines = (" ".join(_CONTROL.sub("", line).split()) for line in text.split("\n"))
    shown = [line for line in lines if line][:MAX_BLOCKS]
    return tuple(Block(n, line, "p", "/ld+json/p", kept=1000, linked=0) for n, line in enumerate(shown))


def _is_beside(holder: str, block: Block) -> bool:
    """Whether what stands alone in the holder stands beside the block: in the same element, or in its own `p`."""
    beside = block.path.rpartition("/")[0]
    above, _, name = holder.rpartition("/")
    return holder == beside or (above == beside and name.partition("[")[0] == "p")


def _is_hidden(element: HtmlElement) -> bool:
    style = element.get("style")
    if style is not None and _HIDDEN.search(style) is not None:
        return True
    return element.get("hidden") is not None
