"""The lines that close a release, each told by itself: no order among them is assumed."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final, Literal

from crawler.clean import wording
from crawler.clean.shapes import fold

if TYPE_CHECKING:
    from crawler.records import Block

Closing = Literal["source", "credit", "original", "pointer", "media", "attached", "notice", "end"]

STRONG: Final = frozenset({"source", "original"})
"""Lines that nothing but a release has: what stands below them is not its own."""
CREDITS: Final = frozenset({"source", "credit"})
"""Lines that name the source."""
SOFT: Final = frozenset({"credit", "attached", "end"})
"""Lines that close a release too, and that stand elsewhere as well: below a table, between two parts."""

_MEDIA = re.compile(rf"(?:{wording.MEDIA})\s?(?:-|\u2013|\u2014|:|\uff1a)\s?https?://", re.IGNORECASE)
_ATTACHED = re.compile(r"(?:A |An )?(?:photo|image|video|infographic)s? accompanying (?:this|the) ", re.IGNORECASE)
_NOTICE = re.compile(
    r"/CONTACT\b|\(END\)\s?\S|[A-Z][a-z]{2,8} \d{1,2}, \d{4} \d{2}:\d{2} ET \("
    r"|Copyright (?:\(C\)|\u00a9) ?\d{4},? .{0,20}(?:wire\b|Newsfile|Cision)",
    re.IGNORECASE,
)
_SIGN = re.compile(r"(?:[#*\u2022\u25a0\u25cf]\s?){3,12}|[-\u2013\u2014\s]{1,3}(?:30|o0o|0)[-\u2013\u2014\s]{1,3}")
_GLUED = re.compile(
    r"(?:[^\s\w]\s?|[^\W_A-Z])(?:SOURCE|FUENTE|QUELLE|FONTE):? (?=[A-Z0-9])([^\n]{1,90}$|[^\n]{1,90})"
)
_GLUED_END = re.compile(r"/CONTACT|\(END\)|Copyright \(C\)|View original")
_LABEL = re.compile(r"View (?:original content|source version)(?: (?:to|on) [^\n:]{1,40})?\s?:")
_SENTENCE = re.compile(r"[.!?\u3002][\"'\u201d\u2019\u00bb)]?$")
_BEFORE: Final = " \t-\u2013\u2014\u2022*>|([\u00ab\"\u201c'"
_COLONS: Final = (":", "\uff1a")
_LONGEST: Final = 600
_TAIL: Final = 420
_NAME: Final = 160
_SHORT: Final = 60
_WIDE: Final = 100
_MARK: Final = 24


def closing(block: Block) -> Closing | None:
    """Which of the lines that close a release this block is, or None.

    `source` and `original` close a release wherever they stand; `credit` is a source as anybody writes it,
    `attached` the note on a wire's pictures, `end` an end mark: they do where nothing of the release follows.
    """
    return closing_line(block.text)


@lru_cache(maxsize=4096)
def closing_line(text: str) -> Closing | None:
    """Which of the lines that close a release this text is, or None."""
    if len(text) > _LONGEST:
        return _glued(text)
    lines = text.split("\n")
    first = _of_line(lines[0])
    kinds = {first, *map(_of_line, lines[1:])} if len(lines) > 1 else {first}
    for kind in ("original", "source"):
        if kind in kinds:
            return kind
    return _glued(text) or ("pointer" if "pointer" in kinds else first)


def _of_line(line: str) -> Closing | None:
    """What a single line is."""
    head = line.lstrip(_BEFORE)
    low = head[:_SHORT].casefold()
    if low.startswith("cision "):
        head, low = head[7:], low[7:]
    kind: Closing | None = None
    if len(line) <= _MARK and _is_end(line):
        kind = "end"
    elif low.startswith(wording.ORIGINALS) and (_leads(head) or len(head) <= _WIDE):
        kind = "original"
    elif head.startswith(wording.SOURCES) and _is_source(head, wording.SOURCES):
        kind = "source"
    elif low.startswith(wording.CREDITS) and _is_source(low + head[_SHORT:], wording.CREDITS):
        kind = "credit"
    elif low.startswith(wording.POINTERS) and (_leads(head[:_WIDE]) or len(head) <= _WIDE):
        kind = "pointer"
    elif _MEDIA.match(head):
        kind = "media"
    elif _ATTACHED.match(head):
        kind = "attached"
    elif _NOTICE.match(line):
        kind = "notice"
    return kind


def _leads(line: str) -> bool:
    """Whether the line has an address, or leads up to one."""
    return "://" in line or "www." in line or any(colon in line for colon in _COLONS)


def _is_source(line: str, table: tuple[str, ...]) -> bool:
    """Whether the line is a word for the source and a name: no sentence that begins with the word."""
    word = max((word for word in table if line.startswith(word)), key=len)
    rest = line[len(word) :]
    name = rest.lstrip(" :\uff1a")
    if not name or len(name) > _NAME or name == rest:
        return False
    if rest.lstrip().startswith(_COLONS):
        return _SENTENCE.search(name) is None or len(name) <= _SHORT
    if table is wording.CREDITS:
        return word not in _CASED and len(name) <= _SHORT and _SENTENCE.search(name) is None
    return not name[0].islower() or len(name) <= _SHORT


def _is_end(line: str) -> bool:
    """Whether the line is an end mark: a sign, or a word in capitals or between dashes or brackets."""
    if _SIGN.fullmatch(line) is not None:
        return True
    word = line.strip(" -\u2013\u2014~*[]()/.\u3002")
    return word.casefold() in wording.ENDS and not (word == line and word[0].islower() and _is_cased(word))


def _is_cased(word: str) -> bool:
    return word.upper() != word.lower()


_LINKS: Final = frozenset(map(fold, wording.LINKS))
_CASED: Final = frozenset(word for word in wording.CREDITS if _is_cased(word))


def _glued(text: str) -> Closing | None:
    """What was glued to the end of a paragraph."""
    start = max(0, len(text) - _TAIL)
    found = _GLUED.search(text, start)
    if found is not None and (found.end() == len(text) or _GLUED_END.search(found[1])):
        return "source"
    return "original" if _LABEL.search(text, start) else None


def is_links_heading(block: Block) -> bool:
    """Whether the line heads the links that a wire sets below the last line."""
    return len(block.text) <= _MARK and fold(block.text) in _LINKS
