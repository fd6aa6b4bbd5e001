"""When a page was published: what its head states, else what stands between title and text, else the dateline."""

from __future__ import annotations

import re
from collections import defaultdict
from datetime import date, datetime, timedelta
from itertools import chain
from typing import TYPE_CHECKING, Final

from crawler.clean.shapes import is_prose
from crawler.extract.dates import find_moments, is_month_first, read_moment
from crawler.identify.dates import find_date
from crawler.records import KEPT_ROLES

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from crawler.extract.head import Head
    from crawler.extract.times import Shown
    from crawler.records import Block, Draft, Page

_OLDEST: Final = "1991"
"""Before the web there was no page; a time before it is a field that was never filled."""
_SLACK: Final = timedelta(hours=26)
"""How far a time without a zone may be ahead of the clock in UTC."""
_BEHIND: Final = timedelta(days=3)
"""How far a page's time may lie before the day of its dateline: releases are sent ahead, and zones differ."""
_INDEX = re.compile(r"\[\d+\]")
_LATER = re.compile(
    r"updat|modif|aktualis|geändert|mis à jour|actualiz|atualiz|aggiorn|обновл|изменен|更新|수정|تحديث"
    r"|diperbarui|cập nhật",
    re.IGNORECASE,
)
_ABOVE: Final = 3
_FAR_ABOVE: Final = 6
"""Blocks above the title among which a date counts that is marked up as one."""
_BELOW: Final = 12
_LINE: Final = 200
_WORDS: Final = 24
"""Words of the longest line of a by-line, a day and a clock; a sentence has more."""
_CAPTIONS: Final = frozenset({"caption", "figcaption", "credit", "photo"})
_TODAY: Final = frozenset({"today", "clock", "currentdate", "topbar", "masthead", "nav", "navbar", "menu"})
"""Class words of what shows the day of the visit, above the headline."""
_HALF_LINKED: Final = 500
_NAME: Final = 25
"""Characters of the longest link that names an author or a section and no story."""
_LINKED: Final = 900
_FEW: Final = 2
_MOST: Final = 20


def is_dated(head: Head, fetched_at: str | None) -> bool:
    """Whether the head states a time that can be one: nobody needs to look at the rest of the page then."""
    return next(_stated(head, (_OLDEST, _latest(fetched_at)), month_first=False, zone=""), None) is not None


def tell_published(
    head: Head, times: Sequence[Shown], page: Page, draft: Draft, *, fetched_at: str | None, zone: str = ""
) -> str | None:
    """The time of publication in UTC where its zone is known, else a bare date or a local time; None if not said.

    A time is taken from the head or from near the title and the text's beginning, never from below it, from a list
    or from a link. One that lies after `fetched_at`, before the web was, or days before the text's own dateline,
    is none. `zone` (`+08:00`) is that of the site's times that have none. `times` are those that the page marks
    up, which may be left out where `is_dated`.
    """
    declared = head.declared_language.replace("_", "-")
    language = declared if declared.partition("-")[0] == draft.language else draft.language
    month_first = is_month_first(language)
    latest = _latest(fetched_at)
    span = (_earliest(draft.dateline, latest), latest)
    stated = _stated(head, span, month_first=month_first, zone=zone)
    first = next(stated, None)
    if first is not None:
        longer = (moment for moment in stated if len(moment) > len(first) and moment.startswith(first))
        return first if "T" in first else next(longer, first)
    shown = chain(
        (
            moment
            for time in _near(times, page.blocks, draft)
            if (moment := read_moment(time.value, month_first=month_first, zone=zone))
        ),
        (
            moment
            for line in _lines(page.blocks, draft)
            for moment in find_moments(line, month_first=month_first, zone=zone)
        ),
        _dateline(draft.dateline),
    )
    return next((moment for moment in shown if span[0] < moment < latest), None)


def _stated(head: Head, span: tuple[str, str], *, month_first: bool, zone: str) -> Iterator[str]:
    """The times of the head that can be one, best first."""
    for said in head.dates[:_MOST]:
        moment = read_moment(said, month_first=month_first, zone=zone)
        if moment is not None and span[0] < moment < span[1]:
            yield moment


def _dateline(text: str | None) -> Iterator[str]:
    """The date of a dateline; without a year it is none."""
    found = find_date(text) if text else None
    if found is not None and not found.iso.startswith("-"):
        yield found.iso


def _earliest(dateline: str | None, latest: str) -> str:
    """The time after which a page was published whose text has that dateline: nobody had the text before."""
    told = next(_dateline(dateline), _OLDEST)
    if not _OLDEST < told < latest:
        return _OLDEST
    return (date.fromisoformat(told) - _BEHIND).isoformat()


def _latest(fetched_at: str | None) -> str:
    """The latest time that a page may state, comparable as text with moments in any of their forms."""
    if fetched_at is None:
        return "9"
    return (datetime.fromisoformat(fetched_at) + _SLACK).strftime("%Y-%m-%dT%H:%M:%SZ")


def _place(blocks: Sequence[Block], draft: Draft) -> tuple[int, int]:
    """The block of the title, or the text's first where the title is no block, and the text's first paragraph."""
    kept = [d.block for d in draft.decisions if d.role in KEPT_ROLES]
    start = next((n for n in kept if is_prose(blocks[n])), kept[0] if kept else 0)
    titles = [d.block for d in draft.decisions if d.role == "title" and d.block < start]
    titles = titles or [block.n for block in blocks[:start] if block.tag == "h1"]
    return (titles[-1] if titles else start), start


def _near(times: Sequence[Shown], blocks: Sequence[Block], draft: Draft) -> list[Shown]:
    """The marked times that belong to the text, nearest to the title first: those behind it before those above."""
    if not times:
        return []
    title, start = _place(blocks, draft)
    at = {block.path: block for block in reversed(blocks)}
    owned = [(time, block) for time in times if (block := _block_of(time.path, at, blocks)) is not None]
    listed = _listed([(time.path.rpartition("/")[0], block.n) for time, block in owned], blocks)
    near = [
        (block.n < title, abs(block.n - title), n, time)
        for n, (time, block) in enumerate(owned)
        if title - _FAR_ABOVE <= block.n <= start + 1
        and not _is_teaser(block)
        and _INDEX.sub("", time.path.rpartition("/")[0]) not in listed
    ]
    return [time for *_, time in sorted(near)]


def _block_of(path: str, at: dict[str, Block], blocks: Sequence[Block]) -> Block | None:
    """The block in which the element stands, or the first one within what holds it."""
    holder = path
    while holder and holder not in at:
        holder = holder.rpartition("/")[0]
    if holder.count("/") > 2:
        return at[holder]
    outer = path.rpartition("/")[0] + "/"
    return next((block for block in blocks if block.path.startswith(outer)), None)


def _lines(blocks: Sequence[Block], draft: Draft) -> list[str]:
    """Dated lines above the text: below the title first, then above it; those that tell of a change last."""
    title, start = _place(blocks, draft)
    below = blocks[title + 1 : start][:_BELOW]
    above = blocks[max(0, title - _ABOVE) : title]
    above = [block for block in above if not _TODAY.intersection(block.hints)]
    lines = [b for b in (*below, *reversed(above)) if _may_date(b)]
    dated = [b for b in lines if next(find_moments(b.text, month_first=True), None)]
    listed = _listed([(b.path, b.n) for b in dated], blocks)
    told = [b.text for b in dated if _INDEX.sub("", b.path) not in listed]
    later = [line for line in told if _LATER.search(line[:20])]
    return [*(line for line in told if line not in later), *later]


def _may_date(block: Block) -> bool:
    """Whether the block is a line that may say when a page was published: short, no teaser and no caption."""
    return (
        len(block.text.split()) <= _WORDS
        and len(block.text) <= _LINE
        and block.tag != "figcaption"
        and not _CAPTIONS.intersection(block.hints)
        and not _is_teaser(block)
    )


def _is_teaser(block: Block) -> bool:
    """Whether most of a dated line are links, and these are headlines and not an author's or a section's name."""
    return block.linked >= _HALF_LINKED and len(block.text) * block.linked > 1000 * _NAME * max(
        1, len(block.links)
    )


def _listed(placed: Sequence[tuple[str, int]], blocks: Sequence[Block]) -> frozenset[str]:
    """Places of one kind that recur as the items of a list do: three times, or twice with a link between."""
    found: defaultdict[str, dict[str, int]] = defaultdict(dict)
    for path, n in placed:
        found[_INDEX.sub("", path)].setdefault(path, n)
    return frozenset(
        kind
        for kind, holders in found.items()
        if len(holders) > _FEW
        or (
            len(holders) == _FEW
            and any(b.linked >= _LINKED for b in blocks[min(holders.values()) : max(holders.values())])
        )
    )
