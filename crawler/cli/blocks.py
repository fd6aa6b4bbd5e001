"""A page on a terminal: its blocks marked as kept or removed, with the reason for each in words."""

from __future__ import annotations

from collections import Counter
from itertools import groupby
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from crawler.cli.terminal import Terminal
    from crawler.export.blocks import Placed

_MARKS: Final = {"title": ("=", "bold", "bold"), "addition": ("~", "yellow", "")}
"""Roles that are neither kept nor removed: the mark, its style, and the text's."""

_KEPT: Final = ("+", "green", "")
_REMOVED: Final = ("-", "red", "dim")
_LEGEND: Final = (
    ("+", "green", "kept"), ("-", "red", "removed"), ("=", "bold", "the headline"),
    ("~", "yellow", "added by the outlet"), ("(…)", "dim", "why: “this block …”"),
)  # fmt: skip

_AROUND: Final = 10
"""Blocks above and below the release that are looked at singly."""

_RUN: Final = 6
"""Removed blocks of one kind in a row that are shown singly; of more, the first ones."""

_SHOWN: Final = 3
_FURNITURE: Final = 3
"""Blocks of navigation in a row that are folded."""

_LINES: Final = 2
"""Lines that a kept block gets, and half of that a removed one."""

_GROUPS: Final = 6
"""Kinds of furniture far from the release that are told apart."""


def print_blocks(terminal: Terminal, placed: Sequence[Placed], *, whole: bool) -> None:
    """Write the page, shortened around the release; `whole`: every block, with all of its text."""
    kept = sum(each.is_kept for each in placed)
    gone = sum(each.is_removed for each in placed)
    terminal.heading(f"The page: {kept} kept (+), {gone} removed (-)")
    terminal.words([(f"{mark} {meaning}", style) for mark, style, meaning in _LEGEND])
    writer = _Writer(terminal, max((len(each.role) for each in placed), default=0), whole=whole)
    if whole:
        writer.write(placed)
        return
    release = [at for at, each in enumerate(placed) if each.is_kept]
    first, end = (release[0], release[-1] + 1) if release else (0, 0)
    top, bottom = max(0, first - _AROUND), end + _AROUND
    writer.fold(placed[:top])
    for run in _runs(placed[top:bottom]):
        writer.write_run(run)
    writer.fold(placed[bottom:])
    if writer.folded:
        terminal.line(
            f"{writer.folded} blocks are folded (…): --full shows every block, and all of its text", "dim"
        )


class _Writer:
    """Writes blocks one after the other and says a reason where it changes."""

    def __init__(self, terminal: Terminal, roles: int, *, whole: bool) -> None:
        self._terminal = terminal
        self._roles = roles
        self._whole = whole
        self._last = ""
        self._told: set[str] = set()
        self.folded = 0

    def write(self, placed: Sequence[Placed]) -> None:
        """Write blocks, each of them."""
        for each in placed:
            self._tell(each)
            mark, colour, style = _MARKS.get(each.role) or (_KEPT if each.is_kept else _REMOVED)
            lines = 0 if self._whole else max(1, _LINES - each.is_removed)
            gutter = f"{mark}{each.block.n:>5}  {each.role:<{self._roles}}  "
            self._terminal.hang(gutter, each.block.text, style, mark=colour, lines=lines)

    def write_run(self, run: Sequence[Placed]) -> None:
        """Write blocks of one kind: of furniture only how many, of a long list of removed ones the beginning."""
        if not run[0].is_removed or run[0].role in _MARKS:
            self.write(run)
        elif run[0].role == "navigation" and len(run) >= _FURNITURE:
            self.fold(run)
        elif len(run) > _RUN:
            self.write(run[:_SHOWN])
            self.fold(run[_SHOWN:], more="more ")
        else:
            self.write(run)

    def fold(self, placed: Sequence[Placed], more: str = "") -> None:
        """Write how many blocks there are of each kind, in the order in which they come."""
        kinds = Counter((each.role, each.reason) for each in placed if each.is_removed)
        for n, ((role, reason), count) in enumerate(kinds.items()):
            if n == _GROUPS:
                self._note(f"… {sum(list(kinds.values())[n:])} more blocks of other kinds")
                break
            blocks = "block" if count == 1 else "blocks"
            said = "" if reason == self._last else f" ({reason})"
            self._note(f"… {count} {more}{blocks} of {role}{said}")
            self._last = reason if len(kinds) == 1 else ""
        self.folded += kinds.total()
        self.write([each for each in placed if not each.is_removed])

    def _tell(self, placed: Placed) -> None:
        """Say why, where it is not what was said last; of a part that says it by its role, once a page."""
        plain = placed.is_kept and placed.rule == placed.role
        if placed.reason != self._last and not (plain and placed.rule in self._told):
            self._note(f"({placed.reason})")
        self._last = placed.reason
        self._told.add(placed.rule)

    def _note(self, text: str) -> None:
        self._terminal.hang(" " * 8, text, "dim")


def _runs(placed: Sequence[Placed]) -> Iterator[list[Placed]]:
    for _, run in groupby(placed, key=lambda each: (each.role, each.rule)):
        yield list(run)
