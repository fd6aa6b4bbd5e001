"""Blocks to roles: an ordered list of named calls, each marking the blocks that it can tell.

A block keeps the first role that it is given; what is left unmarked within the release's span is the release.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from crawler.clean import shapes
from crawler.clean.anatomy import Span, closing, find_span
from crawler.records import KEPT_ROLES, Decision

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from crawler.records import Block, Page, Role
    from crawler.sites.load import Cleaning

_ABOUT = re.compile(
    r"^(?:About|Acerca de|Sobre|Über|À propos d|Informazioni su|О компании|关于|關於)\s?\S", re.IGNORECASE
)
_INDEX = re.compile(r"\[\d+\]")
_CELLS: Final = frozenset({"td", "th"})
_LISTED: Final = frozenset({"li", "td", "th", "dd", "dt", "blockquote", "pre"})
_PLAIN: Final = frozenset({"div", "span", "section", "aside"})
_RUN: Final = 3
_TOP: Final = 14


@dataclass(slots=True)
class Sheet:
    """The working sheet of one page: its blocks and, as the calls go by, the role and rule of each."""

    page: Page
    span: Span
    names: tuple[str, ...]
    cleaning: Cleaning | None
    roles: dict[int, tuple[Role, str]] = field(default_factory=dict)
    trunk: tuple[str, str] = ("", "")
    mass: Counter[tuple[str, str]] = field(default_factory=Counter)
    split: frozenset[str] = frozenset()

    @property
    def blocks(self) -> tuple[Block, ...]:
        """The page's blocks."""
        return self.page.blocks

    def mark(self, blocks: Iterable[Block], role: Role, rule: str) -> None:
        """Give the role to those that have none yet."""
        for block in blocks:
            self.roles.setdefault(block.n, (role, rule))

    def inside(self) -> list[Block]:
        """The blocks within the span that have no role yet."""
        return [b for b in self.blocks[self.span.first : self.span.last + 1] if b.n not in self.roles]

    def stands(self, block: Block) -> tuple[str, str]:
        """What holds the block, and its element: places of the same kind are equal, whatever their number."""
        holder = block.path if block.path in self.split else block.path.rpartition("/")[0]
        return _INDEX.sub("", holder), block.tag

    def in_trunk(self, block: Block) -> bool:
        """Whether the block stands where most of the text stands, in an element of the same kind."""
        return self.stands(block) == self.trunk


def draft(page: Page, names: tuple[str, ...], cleaning: Cleaning | None) -> tuple[Span, tuple[Decision, ...]]:
    """Decide the role of every block.

    `names` are the site's names, folded, as its own notes may say them; `cleaning` is what its file adds.

    Raises:
        ValueError: nothing on the page was kept.

    """
    sheet = Sheet(page, find_span(page.blocks), names, cleaning)
    find_trunk(sheet)
    mark_site_lines(sheet)
    mark_before(sheet)
    mark_doubled_lead(sheet)
    mark_after(sheet)
    mark_tickers(sheet)
    mark_lines(sheet)
    mark_groups(sheet)
    mark_tail(sheet)
    mark_unkept(sheet)
    name_parts(sheet)
    decisions = tuple(Decision(block.n, *sheet.roles[block.n]) for block in page.blocks)
    return sheet.span, decisions


def clean_text(page: Page, decisions: Sequence[Decision], roles: frozenset[str] = KEPT_ROLES) -> str:
    """The blocks of these roles, joined by newlines: by default all of the release."""
    return "\n".join(tidy(page.blocks[d.block].text) for d in decisions if d.role in roles)


def tidy(text: str) -> str:
    """A kept block's text without what a feed's icon left in it.

    >>> tidy("Cision View original content:https://www.example.com/a.html")
    'View original content:https://www.example.com/a.html'
    """
    return re.sub(r"^Cision\s+(?=View original)", "", text)


# ------------------------------------------------------------------------------------------ the calls, in order


def find_trunk(sheet: Sheet) -> None:
    """Mutate the sheet: find the container, and the kind of element, that hold most of the kept prose."""
    sheet.split = frozenset(path for path, n in Counter(block.path for block in sheet.blocks).items() if n > 1)
    for block in sheet.blocks[sheet.span.first : sheet.span.last + 1]:
        if block.kept >= 500 and shapes.is_prose(block):
            sheet.mass[sheet.stands(block)] += len(block.text)
    first = sheet.stands(sheet.blocks[sheet.span.first])
    if sheet.span.dateline and sheet.mass[first]:
        sheet.trunk = first  # the text goes on where its dateline stands, whatever teasers weigh elsewhere
    elif sheet.mass:
        sheet.trunk = sheet.mass.most_common(1)[0][0]


def mark_site_lines(sheet: Sheet) -> None:
    """Mutate the sheet: lines and widgets that the site's file names."""
    if sheet.cleaning is None:
        return
    lines = {shapes.fold(line) for line in sheet.cleaning.lines}
    hints = frozenset(sheet.cleaning.hints)
    sheet.mark((b for b in sheet.blocks if shapes.fold(b.text) in lines), "other", "site:line")
    sheet.mark((b for b in sheet.blocks if hints.intersection(b.hints)), "other", "site:hint")


def mark_before(sheet: Sheet) -> None:
    """Mutate the sheet: what stands above the release."""
    title = shapes.fold(sheet.page.title)
    lead = shapes.fold(sheet.blocks[sheet.span.first].text)
    for block in sheet.blocks[: sheet.span.first]:
        line = shapes.fold(block.text)
        if line and line == title:
            sheet.mark([block], "title", "title")
        elif len(line) > 30 and _repeats(line, lead):
            sheet.mark([block], "duplicate-lead", "above-dateline:repeats-lead")
        elif block.kept >= 500:
            sheet.mark([block], "byline-box", "above-release")
        else:
            sheet.mark([block], "navigation", "above-release")


def mark_doubled_lead(sheet: Sheet) -> None:
    """Mutate the sheet: near the top, a title said again or a block that a later one begins with, cut or glued."""
    title = shapes.fold(sheet.page.title)
    top = [b for b in sheet.inside() if b.n - sheet.span.first < _TOP]
    folded = {block.n: shapes.fold(block.text) for block in top}
    for at, block in enumerate(top):
        line = folded[block.n]
        if line == title and block.linked < 900:
            sheet.mark([block], "title", "title")
        elif len(line) > 30 and any(_repeats(line, folded[later.n]) for later in top[at + 1 :]):
            sheet.mark([block], "duplicate-lead", "repeated-below")
        elif shapes.is_prose(block):
            return


def mark_after(sheet: Sheet) -> None:
    """Mutate the sheet: nothing below a closed release is the release's. Tickers and the like get their names."""
    rest = sheet.blocks[sheet.span.last + 1 :]
    if sheet.span.closed:
        sheet.mark(_ticker_runs(rest), "ticker", "below-trailer:ticker")
        role: Role = "other"
        for block in rest:
            role = _role_of_heading(block) or role
            found = _role_of_line(sheet, block)
            sheet.mark([block], found or role, "below-trailer")
    else:
        sheet.mark(rest, "navigation", "below-last-kept")


def mark_tickers(sheet: Sheet) -> None:
    """Mutate the sheet: three or more lines of a price box in a row, with the short line that heads them."""
    blocks = sheet.inside()
    run = _ticker_runs(blocks)
    sheet.mark(run, "ticker", "shape:ticker")
    for block in run[:1]:
        above = [b for b in blocks if b.n == block.n - 1 and shapes.is_heading(b) and not shapes.is_prose(b)]
        sheet.mark((b for b in above if not sheet.in_trunk(b)), "ticker", "shape:ticker-heading")


def mark_lines(sheet: Sheet) -> None:
    """Mutate the sheet: single lines that are a widget by themselves."""
    for block in sheet.inside()[1:]:
        role = _role_of_line(sheet, block)
        if role is not None:
            sheet.mark([block], role, f"line:{role}")


def mark_groups(sheet: Sheet) -> None:
    """Mutate the sheet: a widget's heading and what it heads, until the text goes on where it stood before."""
    heading: Block | None = None
    before: Counter[tuple[str, str]] = Counter()
    blocks = sheet.inside()
    for at, block in enumerate(blocks):
        if heading is not None and _resumes(sheet, block, before, heading):
            heading = None
        if heading is not None:
            sheet.mark([block], "related", f"under:{shapes.fold(heading.text)[:40]}")
        elif before.total() >= 2 and _heads_widget(sheet, blocks, at):
            sheet.mark([block], _role_of_heading(block) or "related", "heading")
            heading = block if _are_items(sheet, blocks[at + 1 : at + 8]) else None
        elif shapes.is_prose(block) and block.kept >= 500:
            before[sheet.stands(block)] += 1


def mark_tail(sheet: Sheet) -> None:
    """Mutate the sheet: below the last paragraph of the trunk, what is of another kind is the site's."""
    if sheet.span.closed:
        return
    blocks = sheet.inside()
    trunk = [b.n for b in blocks if sheet.in_trunk(b) and shapes.is_prose(b)]
    if len(trunk) < _RUN:
        return
    for block in blocks:
        if block.n <= trunk[-1] or sheet.in_trunk(block) or closing(block) or block.tag in _LISTED:
            continue
        other_kind = block.tag in _PLAIN and sheet.trunk[1] not in _PLAIN
        if other_kind or (block is blocks[-1] and not shapes.is_prose(block)):
            sheet.mark([block], "disclaimer" if shapes.is_disclaimer(block) else "other", "tail:other-element")


def mark_unkept(sheet: Sheet) -> None:
    """Mutate the sheet: what trafilatura left out stays out, but for paragraphs that stand among the others."""
    for block in sheet.inside():
        if block.n == sheet.span.first and sheet.span.dateline:
            continue
        among = sheet.in_trunk(block) and block.linked < 600 and (sheet.span.closed or shapes.is_prose(block))
        if block.kept < 500 and not among and not (sheet.span.closed and closing(block)):
            sheet.mark([block], "other", "not-kept")


def name_parts(sheet: Sheet) -> None:
    """Mutate the sheet: what is left is the release; say which part of it each block is."""
    about = False
    for block in sheet.blocks:
        if block.n in sheet.roles:
            continue
        kind = closing(block)
        about = about or (_ABOUT.match(block.text) is not None and len(block.text) < 80)
        if kind in {"source", "original", "pointer", "media"} or (
            shapes.is_address(block) and len(block.text) > 12
        ):
            sheet.mark([block], "trailer", f"trailer:{kind or 'address'}")
        elif kind == "contact":
            sheet.mark([block], "contact", "contact")
        elif about or _ABOUT.match(block.text):
            sheet.mark([block], "about", "about")
        elif shapes.is_heading(block) and not shapes.is_prose(block):
            sheet.mark([block], "subhead", "subhead")
        else:
            sheet.mark([block], "body", "body")


# ------------------------------------------------------------------------------------------------ questions


def _repeats(line: str, whole: str) -> bool:
    """Whether a folded line is the beginning of another text, cut, or that beginning twice over."""
    if len(line) < len(whole) and whole.startswith(line.rpartition(" ")[0] or line):
        return True
    half = line[: len(line) // 2]
    return len(half) > 30 and line.endswith(half[-25:]) and whole.startswith(half[:-8])


def _ticker_runs(blocks: Sequence[Block]) -> list[Block]:
    """The blocks of runs of at least three price-box lines, one other short line allowed between two."""
    found: list[Block] = []
    run: list[Block] = []
    count = 0
    for block in [*blocks, None]:
        if block is not None and block.tag not in _CELLS and shapes.is_ticker_line(block):
            run.append(block)
            count += 1
            continue
        if block is not None and run and len(block.text) <= 40 and run[-1].n == block.n - 1 and count:
            run.append(block)
            continue
        if count >= _RUN:
            while run and not shapes.is_ticker_line(run[-1]):
                run.pop()
            found += run
        run, count = [], 0
    return found


def _role_of_heading(block: Block) -> Role | None:
    if not shapes.is_widget_heading(block):
        return None
    line = shapes.fold(block.text)
    if line.startswith("share") or line in {"分享到"}:
        return "share"
    if "comment" in line or line.startswith("leave a"):
        return "comments"
    if line.startswith(("market", "live price", "price")):
        return "ticker"
    return "related"


def _role_of_line(sheet: Sheet, block: Block) -> Role | None:
    """The role of a block that is a widget all by itself, or None."""
    role: Role | None = None
    if shapes.is_pointer(block) or _leads_elsewhere(sheet, block) or shapes.is_stamp(block):
        role = "related"
    elif shapes.is_read_more(block) or (block.linked >= 900 and len(block.text) <= 45 and _is_last(sheet, block)):
        role = "read-more"
    elif shapes.is_origin_note(block, sheet.page.title, sheet.names):
        role = "attribution-footer"
    elif (shapes.is_newsletter(block) and not shapes.is_prose(block)) or shapes.is_form_line(block):
        role = "newsletter"
    elif shapes.is_share(block):
        role = "share"
    elif shapes.is_disclaimer(block) and not sheet.in_trunk(block):
        role = "disclaimer"
    return role


def _leads_elsewhere(sheet: Sheet, block: Block) -> bool:
    """A headline that is wholly a link to another page of the same site."""
    if not shapes.is_list_link(block) or not 20 <= len(block.text) <= 240 or not block.links:
        return False
    here = urlsplit(sheet.page.url).hostname
    try:
        return all(urlsplit(href).hostname in {None, here} and not href.startswith("#") for href, _ in block.links)
    except ValueError:
        return True


def _is_last(sheet: Sheet, block: Block) -> bool:
    """Whether no paragraph of the text follows the block."""
    return not any(
        sheet.in_trunk(later) and shapes.is_prose(later) for later in sheet.inside() if later.n > block.n
    )


def _heads_widget(sheet: Sheet, blocks: Sequence[Block], at: int) -> bool:
    """Whether the block heads a widget: its words say so and no paragraph of the text follows at once.

    A heading outside the vocabulary counts where what it heads is a list of headlines, or of teasers, and it
    does not stand among the paragraphs.
    """
    block, below = blocks[at], blocks[at + 1 : at + 8]
    if not shapes.is_heading(block) or shapes.is_prose(block) or block.tag in _LISTED:
        return False
    follows = bool(below) and shapes.is_prose(below[0]) and sheet.in_trunk(below[0])
    if shapes.is_widget_heading(block):
        return not follows
    return not follows and not sheet.in_trunk(block) and _look_listed(below)


def _are_items(sheet: Sheet, blocks: Sequence[Block]) -> bool:
    """Whether blocks are what a widget lists: headlines that link, one said twice, a stamp; or nothing kept."""
    return _look_listed(blocks) or not any(block.kept >= 500 or sheet.in_trunk(block) for block in blocks)


def _look_listed(blocks: Sequence[Block]) -> bool:
    """Whether blocks have the shape of a list of other stories."""
    links = sum(shapes.is_list_link(block) for block in blocks[:4])
    twice = any(a.text == b.text and len(a.text) > 20 for a, b in pairwise(blocks))
    return links >= 2 or twice or any(shapes.is_stamp(block) for block in blocks)


def _resumes(sheet: Sheet, block: Block, before: Counter[tuple[str, str]], heading: Block) -> bool:
    """Whether the text goes on: a paragraph where paragraphs stood before and the widget's heading did not."""
    if not shapes.is_prose(block) or block.kept < 500 or not before[sheet.stands(block)]:
        return False
    return sheet.span.closed or sheet.stands(heading) != sheet.stands(block)
