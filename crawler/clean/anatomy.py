"""The release's own anatomy: where it begins (dateline) and ends (trailer), told from the blocks alone."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from crawler.clean.shapes import fold, is_address, is_prose, is_widget_heading
from crawler.identify.datelines import Dateline, read_dateline

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crawler.records import Block

Closing = Literal["source", "original", "pointer", "media", "contact"]

_ORIGINAL = re.compile(
    r"(?:^|\n)\W{0,3}(?:Cision\s+)?(?:View (?:the )?(?:original|source)|Click here to download multimedia"
    r"|To view the (?:original|source) version|Ver contenido original|Vea el contenido original"
    r"|Voir le contenu original|Afficher le contenu original|Original-?Content anzeigen|Originalversion anzeigen"
    r"|Ver o conte\u00fado original|Visualizza (?:il )?contenuto originale|Visualizza contenuti originali"
    r"|\u67e5\u770b\u539f\u59cb|\u67e5\u770b\u539f\u6587|\u539f\u6587\u94fe\u63a5|\u539f\u6587\u9023\u7d50"
    r"|\u30aa\u30ea\u30b8\u30ca\u30eb\u30b3\u30f3\u30c6\u30f3\u30c4|\u041e\u0440\u0438\u0433\u0438\u043d\u0430\u043b)",
    re.IGNORECASE,
)
_SOURCE = re.compile(
    r"(?:^|\n)\W{0,3}(?:SOURCE|FUENTE|QUELLE|FONTE|BRON|K\u00c4LLA|\u0179R\u00d3D\u0141O"
    r"|\u0418\u0421\u0422\u041e\u0427\u041d\u0418\u041a|\u6d88\u606f\u6765\u6e90|\u6d88\u606f\u4f86\u6e90|\u6765\u6e90|\u4f86\u6e90"
    r"|\u51fa\u5178|\ucd9c\ucc98)(?:\s*[:\uff1a]\s*|\s+)\S[^\n]{0,160}$"
)
_GLUED_SOURCE = re.compile(r"[^\s\w]\s?SOURCE:? [A-Z][^\n]{1,80}$")
_SOURCE_LINE = re.compile(r"^(?:Source|Fuente|Quelle|Fonte)\s?[:\uff1a]\s?\S.{0,200}$")
_POINTER = re.compile(
    r"(?:^|\n)\W{0,3}(?:For (?:more|further|additional) (?:information|details)|To (?:read|learn|find out) more"
    r"|Read the (?:full|original) (?:article|story) (?:here|at|on)|For the full (?:article|story)"
    r"|Para (?:m\u00e1s|mayor) informaci\u00f3n|Para obtener m\u00e1s informaci\u00f3n|Pour plus d.informations?"
    r"|Weitere Informationen|Para mais informa\u00e7\u00f5es|Per (?:maggiori|ulteriori) informazioni"
    r"|\u6b32\u4e86\u89e3\u66f4\u591a|\u66f4\u591a\u4fe1\u606f|\u66f4\u591a\u8cc7\u8a0a"
    r"|\u8a73\u7d30\u306f"
    r"|\u0411\u043e\u043b\u044c\u0448\u0435 \u0438\u043d\u0444\u043e\u0440\u043c\u0430\u0446\u0438\u0438)"
    r"[^\n]{0,80}?(?:[:\uff1a]|\bhttps?://|\bwww\.|$)",
    re.IGNORECASE,
)
_MEDIA = re.compile(
    r"^(?:Logo|Photo|Video|Infographic|Foto|Image|Multimedia)s?\s?(?:-|\u2013|\u2014|:)\s?https?://"
    r"|^A (?:photo|video) accompanying",
    re.IGNORECASE,
)
_CONTACT = re.compile(
    r"^(?:/CONTACT|\(END\)|Copyright \(C\)"
    r"|(?:Media|Press|Investor|News) (?:contact|inquiries|enquiries|relations)s?\b)",
    re.IGNORECASE,
)
_GAP: Final = 4
_BELOW: Final = 30
"""Blocks below the last kept one among which a trailer may still stand."""
_LONGEST: Final = 600
_TAIL: Final = 120
_SHORT: Final = 200
_LEAD: Final = 40
_SHORTEST: Final = 20


@dataclass(frozen=True, slots=True)
class Span:
    """Where the release stands: its first and last block; `dateline` and `closed` (a trailer) say what told it."""

    first: int
    last: int
    dateline: Dateline | None
    closed: bool


def closing(block: Block) -> Closing | None:
    """Which of the lines that close a release this block is, or None. No order among them is assumed."""
    return closing_line(block.text)


def closing_line(text: str) -> Closing | None:
    """Which of the lines that close a release this text is, or None."""
    glued = _GLUED_SOURCE.search(text, max(0, len(text) - _TAIL)) is not None
    if len(text) > _LONGEST:
        return "source" if glued else None
    if _ORIGINAL.search(text):
        return "original"
    if glued or _SOURCE.search(text) or _SOURCE_LINE.match(text):
        return "source"
    if _POINTER.search(text):
        return "pointer"
    if _MEDIA.match(text):
        return "media"
    return "contact" if len(text) <= _SHORT and _CONTACT.match(text) else None


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
    return Span(first, max(kept[-1], first), dateline, closed=False)


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
    lead = fold(blocks[lines[0][0]].text)[:_LEAD]
    same = [(n, line) for n, line in lines if fold(blocks[n].text)[:_LEAD] == lead]
    return max(same, key=lambda item: (len(_halved(blocks[item[0]].text)), item[0]))


def _halved(text: str) -> str:
    """A text without its second half where it is one text said twice."""
    half = text[: (len(text) + 1) // 2].strip()
    return half if len(half) > _LEAD and text.endswith(half) else text


def _find_end(blocks: Sequence[Block], first: int) -> int | None:
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
        strong = strong or kind in {"source", "original"}
        near = end is not None and block.n - end <= 2 and (kind is not None or is_address(block))
        if kind in {"source", "original"} or (kind == "pointer" and not strong) or near:
            end = block.n
    return end if strong else None


def _is_over(block: Block, end: int, *, strong: bool) -> bool:
    """Whether the block stands too far below the closing lines, or a widget or another release begins there."""
    if strong and (block.n - end > _GAP or is_widget_heading(block)):
        return True
    line = read_dateline(block.text)
    return line is not None and line.wire is not None


def _goes_on(block: Block, *, strong: bool) -> bool:
    """Whether running text follows: after a pointer the release goes on, after the source something else does."""
    return block.kept >= 500 and is_prose(block) and (not strong or not is_address(block))
