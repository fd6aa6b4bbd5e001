"""A vendor's pickup list: addresses in a CSV, a spreadsheet or plain lines, whatever stands beside them."""

from __future__ import annotations

import csv
import importlib.util
import io
import re
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from crawler.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

FILE_LIMIT: Final = 32 * 1024 * 1024
"""Bytes of a list."""

UNPACKED_LIMIT: Final = 256 * 1024 * 1024
"""Bytes of a spreadsheet's parts together."""

MOST: Final = 100_000
"""Addresses of a list."""

_ADDRESS = re.compile(r"https?://[^\s\"'<>\x00-\x1f]+", re.IGNORECASE)
_ZIP: Final = b"PK\x03\x04"


@dataclass(frozen=True, slots=True)
class Listed:
    """An address, the row that it stands in, counted from 1, and the first words that stand beside it."""

    url: str
    row: int
    outlet: str


def read_pickup(path: Path) -> tuple[Listed, ...]:
    """The addresses of a list in its order, each once.

    Of a row with several addresses the first counts: a screenshot or the outlet's home page may follow.

    Raises:
        UsageError: the file cannot be read, is no such list, or names no address.

    """
    try:
        if path.stat().st_size > FILE_LIMIT:
            raise UsageError(f"{path}: more than {FILE_LIMIT >> 20} MiB is no list of addresses")
        data = path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror or error}") from error
    rows = _sheet_rows(path, data) if data.startswith(_ZIP) else _text_rows(path, data)
    found: dict[str, Listed] = {}
    for number, cells in enumerate(rows, start=1):
        listed = _listed(number, cells)
        if listed is not None:
            found.setdefault(listed.url, listed)
        if len(found) > MOST:
            raise UsageError(f"{path}: more than {MOST} addresses; cut it into parts")
    if not found:
        raise UsageError(f"{path}: no address in it; one that begins with http:// or https:// is looked for")
    return tuple(found.values())


def _listed(number: int, cells: Sequence[str]) -> Listed | None:
    for n, cell in enumerate(cells):
        hit = _ADDRESS.search(cell)
        if hit is not None:
            words = (other.strip() for m, other in enumerate(cells) if m != n)
            outlet = next((word for word in words if word and not _ADDRESS.match(word) and not word.isdigit()), "")
            return Listed(hit[0].rstrip(".,;)"), number, outlet[:200])
    return None


def _text_rows(path: Path, data: bytes) -> Iterator[list[str]]:
    coding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        text = data.decode(coding)
    except UnicodeDecodeError as error:
        raise UsageError(f"{path}: neither a spreadsheet (.xlsx) nor text in UTF-8") from error
    first = text.partition("\n")[0]
    separator = max((",", ";", "\t"), key=first.count)
    try:
        yield from csv.reader(io.StringIO(text.replace("\0", ""), newline=""), delimiter=separator)
    except csv.Error as error:
        raise UsageError(f"{path}: {error}") from error


def _sheet_rows(path: Path, data: bytes) -> Iterable[list[str]]:
    """The rows of all sheets, one after the other."""
    if importlib.util.find_spec("python_calamine") is None:
        raise UsageError(f"{path}: spreadsheets need python-calamine: pip install 'tearsheet[xlsx]'")
    import python_calamine

    try:
        with zipfile.ZipFile(io.BytesIO(data)) as box:
            if sum(part.file_size for part in box.infolist()) > UNPACKED_LIMIT:
                raise UsageError(f"{path}: unpacks to more than {UNPACKED_LIMIT >> 20} MiB")
        book: Any = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
        sheets = [book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names]
    except (python_calamine.CalamineError, zipfile.BadZipFile, ValueError, OSError) as error:
        raise UsageError(f"{path}: no spreadsheet that can be read: {error}") from error
    return ([str(cell) for cell in row] for sheet in sheets for row in sheet)
