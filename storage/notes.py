"""Records of ours that hold no response: what a file of the archive begins with, and what stands where one was."""

from __future__ import annotations

import hashlib

from storage.warc import TRANSFER, header_lines, header_value, pack, record_id


def warcinfo(file: str, date: str, software: str) -> bytes:
    """The first member of an archive file: who wrote it, and how to take what it says."""
    fields = [
        ("software", software),
        ("format", "WARC File Format 1.1"),
        ("description", f"payloads are exact; HTTP headers are rebuilt, transfer-coding moved to {TRANSFER}"),
    ]
    return _note("warcinfo", f"{file}\n{date}", ("WARC-Filename", file), date, fields)


def tombstone(capture: str, date: str, why: str) -> bytes:
    """A member in place of a record that was taken out: which, when and why."""
    fields = [("removed", capture), ("reason", header_value(why))]
    return _note("metadata", f"tombstone\n{capture}", ("WARC-Refers-To", record_id(capture)), date, fields)


def _note(kind: str, seed: str, about: tuple[str, str], date: str, fields: list[tuple[str, str]]) -> bytes:
    block = header_lines(fields)
    head = [
        ("WARC-Type", kind),
        ("WARC-Record-ID", record_id(hashlib.sha256(seed.encode()).hexdigest()[:32])),
        about,
        ("WARC-Date", date),
        ("Content-Type", "application/warc-fields"),
        ("Content-Length", str(len(block))),
    ]
    return pack(b"".join((b"WARC/1.1\r\n", header_lines(head), b"\r\n", block, b"\r\n\r\n")))
