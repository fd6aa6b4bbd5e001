"""What people read: aligned tables and labelled lines, in which no page can move the cursor or turn the text.

Colour only on a terminal, and not where NO_COLOR is set.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
import unicodedata
from dataclasses import dataclass
from itertools import islice, pairwise
from typing import TYPE_CHECKING, Final, TextIO

from crawler.export.whole import speak_utf8
from crawler.urls import tell_hosts

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

_UNSAFE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\U000e0000-\U000e0fff]"
)
"""Control characters, and formatting ones that hide or turn text; joiners stay, whole scripts need them."""

_BLANKS = re.compile("[ \u00a0\t]")
_BATCH: Final = 500
LABEL: Final = 12
"""Columns of a label before its text."""

_INDENT: Final = 4
_APART: Final = 3
_NARROWEST: Final = 24
"""Columns that a text is given however narrow the terminal is."""

_STYLES: Final = {"bold": "1", "dim": "2", "red": "31", "green": "32", "yellow": "33", "cyan": "36"}


def escape(text: str) -> str:
    r"""The text with everything shown that would otherwise act, and hosts in other scripts as punycode too.

    >>> escape("a\x1b[2Jb\u202ec\nd")
    'a\\x1b[2Jb\\u202ec\\nd'
    """
    return _UNSAFE.sub(lambda hit: hit[0].encode("unicode_escape").decode(), tell_hosts(text))


def measure(text: str) -> int:
    """Columns that the text takes in a terminal.

    >>> measure("新闻 ok")
    7
    """
    if text.isascii():
        return len(text)
    return sum(map(_columns, text))


def shorten(text: str, columns: int) -> str:
    """The text in at most that many columns, with an ellipsis where it was cut.

    >>> shorten("a long headline", 8)
    'a long …'
    """
    return text if measure(text) <= columns else _fitting(text, columns - 1) + "…"


def wrap(text: str, columns: int, *, cut: bool = True) -> list[str]:
    """The text in lines of at most that many columns, parted at blanks; `cut`: words that are longer, anywhere.

    >>> wrap("so long a word as extraordinary", 12)
    ['so long a', 'word as', 'extraordinar', 'y']
    >>> wrap("see https://example.com/a/long/one", 12, cut=False)
    ['see', 'https://example.com/a/long/one']
    """
    lines: list[str] = []
    line, used = "", 0
    for word in text.split(" "):
        size = measure(word)
        if line and used + 1 + size <= columns:
            line, used = f"{line} {word}", used + 1 + size
            continue
        if line:
            lines.append(line)
        if cut and size > columns:
            *whole, word = _pieces(word, columns)  # noqa: PLW2901 (the end of the word goes on as the line)
            lines += whole
            size = measure(word)
        line, used = word, size
    return [*lines, line]


def lay(pieces: Iterable[tuple[str, str]], columns: int) -> list[list[tuple[str, str]]]:
    """Pieces of text, each with its style, in lines of at most that many columns, parted at blanks if any.

    >>> lay([("a bridge ", ""), ("opened", "red"), (" here", "")], 10)
    [[('a', ''), (' ', ''), ('bridge', '')], [('opened', 'red')], [('here', '')]]
    """
    lines: list[list[tuple[str, str]]] = [[]]
    used = 0
    for word in _styled_words(pieces):
        size = sum(measure(text) for text, _ in word)
        if used and used + 1 + size > columns:
            lines.append([])
            used = 0
        if used:
            lines[-1].append((" ", ""))
            used += 1
        for text, style in word:
            for part in _pieces(text, columns) if size > columns else [text]:
                if used and used + measure(part) > columns:
                    lines.append([])
                    used = 0
                lines[-1].append((part, style))
                used += measure(part)
    return lines


def _styled_words(pieces: Iterable[tuple[str, str]]) -> Iterator[list[tuple[str, str]]]:
    """The words of some pieces; one that begins in one piece and ends in the next has a part of either."""
    word: list[tuple[str, str]] = []
    for text, style in pieces:
        for n, part in enumerate(_BLANKS.split(escape(text.replace("\n", " ")))):
            if n and word:
                yield word
                word = []
            if part:
                word.append((part, style))
    if word:
        yield word


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: its head, the most it may take (0: as much as it needs), and which way it leans."""

    head: str
    most: int = 0
    right: bool = False


@dataclass(frozen=True, slots=True)
class Terminal:
    """Where results go, and how wide it is. Everything passed in is escaped here, nowhere else."""

    out: TextIO
    colour: bool
    columns: int = 80

    def paint(self, text: str, style: str) -> str:
        """The text in a style, or plain where there is no colour. It is escaped by who writes it."""
        return f"\x1b[{_STYLES[style]}m{text}\x1b[0m" if self.colour else text

    def line(self, text: str = "", style: str = "") -> None:
        """Write one line."""
        text = escape(text)
        self._write(self.paint(text, style) if style else text)

    def heading(self, text: str) -> None:
        """Write a heading, set off by an empty line."""
        self.line()
        self.line(text, "bold")

    def field(self, label: str, text: str | None, style: str = "") -> None:
        """Write a labelled line, or nothing where there is nothing to say."""
        if text:
            text = escape(text)
            self._write(self.paint(f"{label:<{LABEL}}", "dim") + (self.paint(text, style) if style else text))

    def hang(
        self, gutter: str, text: str, style: str = "", *, mark: str = "dim", lines: int = 0, cut: bool = True
    ) -> None:
        """Write a text to the right of a gutter, which the first line fills and those below it leave free.

        `mark` is the gutter's style; `lines`: that many at most, the last one cut; `cut`: words longer than a line
        are parted, not left whole.
        """
        width = max(_NARROWEST, self.columns - measure(gutter))
        parts = [part for line in text.split("\n") for part in wrap(escape(line), width, cut=cut)]
        if lines and len(parts) > lines:
            parts = [*parts[: lines - 1], shorten(parts[lines - 1] + "…", width)]
        head = gutter
        for part in parts:
            shown = self.paint(head, mark) if head.strip() else head
            self._write((shown + (self.paint(part, style) if style else part)).rstrip())
            head = " " * measure(gutter)

    def spans(self, *columns: Sequence[tuple[str, str]], widths: Sequence[int]) -> None:
        """Write one line of columns of pieces, each piece in its style; the last column is as wide as it is."""
        line = ""
        for n, column in enumerate(columns):
            pieces = [(escape(text), style) for text, style in column]
            line += "".join(self.paint(text, style) if style else text for text, style in pieces)
            line += " " * ((widths[n] if n < len(widths) else 0) - sum(measure(text) for text, _ in pieces))
        self._write(line.rstrip())

    def words(self, styled: Iterable[tuple[str, str]]) -> None:
        """Write words of several styles on one line, or on more where it is too narrow."""
        line, used = "", 0
        for text, style in styled:
            size = measure(escape(text))
            if line and used + _APART + size > self.columns:
                self._write(line)
                line, used = "", 0
            line += " " * _APART * bool(line) + self.paint(escape(text), style)
            used += _APART * bool(used) + size
        self._write(line)

    def table(
        self, columns: Sequence[Column], rows: Iterable[Sequence[object]], notes: Sequence[Sequence[str]] = ()
    ) -> int:
        """Write a table; answers how many rows. Long ones are aligned some hundred rows at a time.

        `notes` may hold for each row what is written below it, indented: what is too long for a cell.
        """
        count = 0
        for batch in _batches(rows):
            cells = [[_cell(column, value) for column, value in zip(columns, row, strict=True)] for row in batch]
            heads = [column.head for column in columns]
            widths = [max(map(measure, (head, *texts))) for head, *texts in zip(heads, *cells, strict=True)]
            if not count:
                self._write(self.paint(_align(columns, heads, widths), "dim"))
            for row_cells in cells:
                self._write(_align(columns, row_cells, widths))
                for note in notes[count] if notes else ():
                    self.hang(" " * _INDENT, note)
                count += 1
        return count

    def _write(self, line: str) -> None:
        encoding = getattr(self.out, "encoding", None) or "utf-8"
        self.out.write(line.encode(encoding, "backslashreplace").decode(encoding) + "\n")


def standard_output(*, exact: bool = False) -> Terminal:
    """The terminal, file or pipe that results go to; `exact`: for programs, so in UTF-8 whatever the locale."""
    if exact:
        speak_utf8()
    colour = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
    return Terminal(sys.stdout, colour, shutil.get_terminal_size().columns)


def spare_columns(taken: int) -> int:
    """What is left of a terminal's line for the last column; no limit for a file or a pipe."""
    return max(30, shutil.get_terminal_size((120, 24)).columns - taken) if sys.stdout.isatty() else 0


def day(moment: str | None) -> str:
    """A moment to the minute, as people write it.

    >>> day("2025-12-22T07:16:09Z")
    '2025-12-22 07:16'
    """
    return moment[:16].replace("T", " ") if moment else "-"


def _fitting(text: str, columns: int) -> str:
    """As much of the beginning as takes at most that many columns; at least one character."""
    used = 0
    for at, char in enumerate(text):
        used += _columns(char)
        if used > columns:
            return text[: max(1, at)]
    return text


def _pieces(text: str, columns: int) -> list[str]:
    """The text in pieces of at most that many columns. Linear, since a page may hold one word of any length."""
    cuts, used = [0], 0
    for at, char in enumerate(text):
        width = _columns(char)
        if used + width > columns and at > cuts[-1]:
            cuts.append(at)
            used = 0
        used += width
    return [text[start:end] for start, end in pairwise([*cuts, len(text)])]


def _columns(char: str) -> int:
    if unicodedata.combining(char) or char in "\u200c\u200d\ufe0f":
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def _cell(column: Column, value: object) -> str:
    text = escape(str("-" if value is None or value == "" else value))
    return shorten(text, column.most) if column.most else text


def _align(columns: Sequence[Column], cells: Sequence[str], widths: Sequence[int]) -> str:
    padded = []
    for column, cell, width in zip(columns, cells, widths, strict=True):
        blanks = " " * (width - measure(cell))
        padded.append(blanks + cell if column.right else cell + blanks)
    return "  ".join(padded).rstrip()


def _batches(rows: Iterable[Sequence[object]]) -> Iterator[list[Sequence[object]]]:
    source = iter(rows)
    while batch := list(islice(source, _BATCH)):
        yield batch
