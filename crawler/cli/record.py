"""One capture: what was fetched, where its record lies, and whether the archive still has it as it was stored."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, Any, Final

from crawler.errors import ArchiveError, TearsheetError
from crawler.export.bundle import read_member
from crawler.export.form import dump_json
from storage.archive import Archive
from storage.compared import read_text
from storage.warc import fetched, parse, unpack

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from crawler.cli.terminal import Terminal
    from settings.app import AppConfig
    from storage.rows import Observation, TextRow

NAME: Final = re.compile(r"[0-9a-f]{8,32}")
"""A capture's id, or the beginning of it that a report prints."""

_WHOLE: Final = "whole, with the digest that was stored"


def show_record(
    terminal: Terminal,
    connection: Connection,
    config: AppConfig,
    capture: tuple[str, Observation],
    *,
    as_json: bool,
    whole: bool,
) -> int:
    """Print a capture (its address, and what was observed); 1 where the archive has not its record as it was."""
    url, seen = capture
    page = read_text(connection, seen.capture)
    fault = _find_fault(Archive(config.archive_folder), seen)
    if as_json:
        terminal.out.write(dump_json(_as_json(url, seen, page, fault), indent=2) + "\n")
    else:
        _print(terminal, url, seen, page, fault, whole=whole)
    return 1 if fault else 0


def _find_fault(archive: Archive, seen: Observation) -> str | None:
    """Why the archived record is not what was stored, or None where it is."""
    try:
        record = parse(unpack(read_member(archive, seen)))
        body = fetched(record).body
    except (ArchiveError, TearsheetError, ValueError) as error:
        return str(error)
    if record.kind != "revisit" and hashlib.sha256(body).hexdigest() != seen.payload_sha256:
        return "its payload does not have the digest that was stored"
    return None


def _as_json(url: str, seen: Observation, page: TextRow | None, fault: str | None) -> dict[str, Any]:
    place = seen.place
    return {
        "capture": seen.capture,
        "url": url,
        "captured_at": seen.fetched_at,
        "status": seen.status,
        "mime": seen.mime,
        "sha256": seen.payload_sha256,
        "location": {"file": place.file, "offset": place.offset, "length": place.length} if place else None,
        "whole": fault is None,
        "fault": fault,
        "rejected": seen.reason,
        "title": page.title if page else None,
        "text": page.text if page else None,
    }


def _print(
    terminal: Terminal, url: str, seen: Observation, page: TextRow | None, fault: str | None, *, whole: bool
) -> None:
    terminal.line(page.title if page else url, "bold")
    terminal.field("page", url, "cyan")
    terminal.field("capture", seen.capture)
    terminal.field(
        "captured", f"{seen.fetched_at or 'at a time that is not known'}, status {seen.status}, {seen.mime}"
    )
    terminal.field("SHA-256", seen.payload_sha256)
    if seen.place:
        terminal.field("archive", f"{seen.place.file} at {seen.place.offset}, {seen.place.length} bytes")
    terminal.field("record", fault or _WHOLE, "red" if fault else "")
    terminal.field("rejected", seen.reason)
    lines = page.text.split("\n") if page else []
    for n, line in enumerate(lines if whole else lines[:2]):
        terminal.field("" if n else "text", line)
