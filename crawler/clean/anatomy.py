"""The release's own anatomy: where it begins (dateline) and ends (closing lines), told from the blocks alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from crawler.clean.closing import SOFT, STRONG, closing, is_links_heading
from crawler.clean.sections import reaches, section_of
from crawler.clean.shapes import (
    fold,
    is_address,
    is_carrier_note,
    is_prose,
    is_widget_heading,
    tells_origin,
)
from crawler.identify.datelines import Dateline, read_dateline

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crawler.records import Block

_GAP: Final = 4
_BELOW: Final = 30
"""Blocks below the last kept one among which a closing line may still stand."""
_LEAD: Final = 40
_SHORTEST: Final = 20
_CONTACT: Final = 8
"""Lines that a contact may have."""
_LOOK: Final = 3
"""Blocks below a soft closing line that tell whether the release goes on."""
_TEXT: Final = 2
_HEAD: Final = 18


@dataclass(frozen=True, slots=True)
class Span:
    """Where the release stands: its first and last block; `dateline` and `closed` (a trailer) say what told it."""

    first: int
    last: int
    dateline: Dateline | None
    closed: bool


def find_span(blocks: Sequence[Block]) -> Span:
    """The release's place: from its dateline, or the first kept block, to its trailer, or the last kept block.

    Raises:
        ValueError: nothing on the page was kept.

    """
    kept = [block.n for block in blocks if block.kept >= 500]
    if not kept:
        raise ValueError("no block was kept")
    first, dateline = _find_start(blocks, kept)
    end = _find_end(blocks[: kept[-1] + _BELOW], first)
    if end is not None:
        return Span(first, end, dateline, closed=True)
    last = max(kept[-1], first)
    for block in blocks[last + 1 :]:
        if not reaches(block) or _place(block) != _place(blocks[last]):
            break
        last = block.n
    return Span(first, last, dateline, closed=False)


def body_of(text: str, dateline: Dateline | None) -> str:
    """A paragraph's text without the dateline that was read off it."""
    return text[len(dateline.text) :].lstrip(" -\u2013\u2014\u2015:") if dateline else text


def _find_start(blocks: Sequence[Block], kept: list[int]) -> tuple[int, Dateline | None]:
    """The dateline's block, the whole one where the lead is said twice; else the first kept block."""
    prose_before = 0
    lines: list[tuple[int, Dateline]] = []
    for block in blocks:
        if block.n > kept[-1] or prose_before >= 4:
            break
        line = read_dateline(block.text) if len(block.text) >= _SHORTEST and block.linked < 600 else None
        if line is not None:
            lines.append((block.n, line))
        elif block.kept >= 500 and is_prose(block):
            if lines and block.n - lines[-1][0] <= 3:
                break
            prose_before += 1
    if not lines:
        return kept[0], None
    lines = [(n, line) for n, line in lines if line.wire] or lines[:1]
    lead = _lead(blocks[lines[0][0]], lines[0][1])
    same = [(n, line) for n, line in lines if _lead(blocks[n], line) == lead]
    return max(same, key=lambda item: (len(_halved(blocks[item[0]].text)), item[0]))


def _lead(block: Block, line: Dateline) -> str:
    return fold(body_of(block.text, line)[: 2 * _LEAD])[:_LEAD]


def _halved(text: str) -> str:
    """A text without its second half where it is one text said twice."""
    half = text[: (len(text) + 1) // 2].strip()
    return half if len(half) > _LEAD and text.endswith(half) else text


# ------------------------------------------------------------------------------------------- where it ends


def _find_end(blocks: Sequence[Block], first: int) -> int | None:
    """The last block of the release that is told by closing lines, or None.

    A strong line decides; a soft one above it does where the strong one stands elsewhere on the page.
    """
    soft = _find_soft(blocks, first)
    strong = _find_strong(blocks, first)
    if strong is not None and (soft is None or soft >= strong or _is_one_text(blocks, soft, strong)):
        return _extend(blocks, strong)
    if soft is None:
        return None
    return _extend(blocks, soft, parts=closing(blocks[soft]) in SOFT)


def _find_strong(blocks: Sequence[Block], first: int) -> int | None:
    """The last of the closing lines that stand together, or None. A lone pointer closes nothing by itself."""
    end: int | None = None
    strong = False
    for block in blocks[first + 1 :]:
        kind = closing(block)
        if end is not None and (
            _is_over(block, end, strong=strong) or (kind is None and _goes_on(block, strong=strong))
        ):
            if strong:
                break
            end = None
        strong = strong or kind in STRONG
        near = end is not None and block.n - end <= 2 and (kind is not None or is_address(block))
        if kind in STRONG or (kind == "pointer" and not strong) or near:
            end = block.n
    return end if strong else None


def _is_over(block: Block, end: int, *, strong: bool) -> bool:
    """Whether the block stands too far below the closing lines, or a widget or another release begins there."""
    if strong and (block.n - end > _GAP or _heads_widget(block)):
        return True
    line = read_dateline(block.text)
    return line is not None and line.wire is not None


def _goes_on(block: Block, *, strong: bool) -> bool:
    """Whether running text follows: after a pointer the release goes on, after the source something else does."""
    return block.kept >= 500 and is_prose(block) and (not strong or not is_address(block))


def _heads_widget(block: Block) -> bool:
    return is_widget_heading(block) and not is_links_heading(block)


def _find_soft(blocks: Sequence[Block], first: int) -> int | None:
    """The first soft closing line below which the release does not go on, or what is above a carrier's note."""
    text = 0
    issuer = False
    place = ""
    for block in blocks[first:]:
        if is_prose(block) and not _is_disclaimer(block):
            text, place = text + 1, _place(block)
        if text < _TEXT:
            continue
        issuer = issuer or section_of(block) is not None
        if closing(block) in SOFT and (issuer or not _text_follows(blocks, block)):
            return block.n
        if _is_disclaimer(block) and not _text_returns(blocks, block.n, place):
            return _last_above(blocks, block.n, place)
    return None


def _is_disclaimer(block: Block) -> bool:
    """Whether a carrier speaks of itself, beginning with the name of a disclaimer."""
    return "disclaimer" in block.text[:_HEAD].lower() and is_carrier_note(block)


def _last_above(blocks: Sequence[Block], note: int, place: str) -> int:
    """The last block above a carrier's note that was kept, or stands in the release's place."""
    return next(n for n in range(note - 1, -1, -1) if blocks[n].kept >= 500 or _place(blocks[n]) == place)


def _text_returns(blocks: Sequence[Block], note: int, place: str) -> bool:
    """Whether paragraphs follow a carrier's note in the release's place, before a widget's heading does."""
    for block in blocks[note + 1 :]:
        if is_widget_heading(block):
            return False
        if block.kept >= 500 and is_prose(block) and _place(block) == place and not is_carrier_note(block):
            return True
    return False


def _text_follows(blocks: Sequence[Block], mark: Block) -> bool:
    """Whether running text follows at once where the mark stands, and not under a heading of its own."""
    place = _place(mark)
    for block in blocks[mark.n + 1 : mark.n + 1 + _LOOK]:
        if _place(block) != place or is_widget_heading(block) or is_carrier_note(block) or tells_origin(block):
            return False
        if section_of(block) is not None or (closing(block) in STRONG and not is_prose(block)):
            return False
        if block.kept >= 500 and is_prose(block):
            return True
    return False


def _is_one_text(blocks: Sequence[Block], soft: int, strong: int) -> bool:
    """Whether the strong closing line further down is the release's too: in the same place, no widget between."""
    return _place(blocks[soft]) == _place(blocks[strong]) and not any(map(_heads_widget, blocks[soft:strong]))


def _extend(blocks: Sequence[Block], end: int, *, parts: bool = False) -> int:
    """The last block of what belongs to the closing lines: notices, links, a contact; `parts`: sections too."""
    at = end + 1
    while at < len(blocks):
        block, kind = blocks[at], closing(blocks[at])
        if kind in {"notice", "end", "attached", "media"}:
            last = at
        elif is_links_heading(block) and _place(block) == _place(blocks[end]):
            last = _last_link(blocks, at)
        elif section_of(block) == "contact" and _is_next(block, blocks[end]):
            last = _last_of_contact(blocks, at)
        elif parts and section_of(block) == "about" and _place(block) == _place(blocks[end]):
            last = _last_of_section(blocks, at)
        else:
            last = at - 1
        if last < at:
            break
        end, at = last, last + 1
    return end


def _is_next(block: Block, above: Block) -> bool:
    """Whether the block stands where the one above it does, or was kept too and stands in the box beside it."""
    place, other = _place(block), _place(above)
    return place == other or (block.kept >= 500 and place.rpartition("/")[0] == other.rpartition("/")[0])


def _last_link(blocks: Sequence[Block], heading: int) -> int:
    """The last of the addresses, or links that lead off the site, below a heading; what is above it if none is."""
    last = heading - 1
    for block in blocks[heading + 1 : heading + 1 + _CONTACT]:
        outward = block.linked >= 900 and all(link.startswith(("http://", "https://")) for link in block.links)
        if not is_address(block) and not outward:
            break
        last = block.n
    return last


def _last_of_contact(blocks: Sequence[Block], heading: int) -> int:
    """The last line of a contact; what is above its heading where nobody is reached."""
    last = heading if reaches(blocks[heading]) else heading - 1
    for block in blocks[heading + 1 : heading + 1 + _CONTACT]:
        if is_widget_heading(block) or is_carrier_note(block) or (is_prose(block) and not reaches(block)):
            break
        if reaches(block):
            last = block.n
    return last


def _last_of_section(blocks: Sequence[Block], heading: int) -> int:
    """The last block of an issuer's section: what stands where its heading stands, until something else does."""
    last = heading
    for block in blocks[heading + 1 :]:
        if _place(block) != _place(blocks[heading]) or block.kept < 500 or is_widget_heading(block):
            break
        if section_of(block) == "contact" or is_carrier_note(block):
            break
        last = block.n
    return last


def _place(block: Block) -> str:
    """The element around the block's own."""
    return block.path.rpartition("/")[0]
