"""Rows as text: JSON that is the same byte for byte and safe in a terminal, CSV that no spreadsheet runs."""

from __future__ import annotations

import csv
import json
import re
from typing import TYPE_CHECKING, Any, Final, TextIO

if TYPE_CHECKING:
    from collections.abc import Iterable

_ESCAPED = re.compile("[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]")
"""What JSON allows raw, yet breaks readers that split lines at it, or turns a terminal's text around."""

_FORMULA = re.compile(r"(?m)(?=^(?:[^\S\n]|\ufeff)*[=+\-@＝＋－＠]|^[\t\r])")
"""Where a line begins as a spreadsheet's formula would, be it behind blanks, or in full width."""

COLUMNS: Final = {
    "releases": (
        "key", "url", "wire_urls", "title", "text", "language", "published_at", "copies", "families",
        "first_copy_at", "cluster", "support", "signals",
    ),
    "copies": (
        "url", "site", "family", "cluster", "release", "relation", "key_rung", "title", "text", "language",
        "published_at", "first_seen", "last_seen", "missing_since", "coverage", "differences", "evidence",
        "removed", "versions", "parent", "captured_at", "archive", "rules_version", "signals",
    ),
    "removed": (
        "url", "site", "family", "cluster", "block", "role", "rule", "path", "text", "captured_at", "record",
        "rules_version",
    ),
    "annotations": ("@context", "id", "type", "motivation", "generator", "body", "target"),
    "report": (
        "key", "cluster", "release", "url", "family", "relation", "of_release", "of_page", "headline",
        "figures_changed", "attribution_dropped", "links_dropped", "first_seen", "last_seen", "missing_since",
        "blocks_removed", "record", "sha256", "signals",
    ),
    "outlets": (
        "family", "copies", "releases", "whole", "attributed", "linked", "headline", "figures", "extra",
        "independent", "lag", "gone",
    ),
    "periods": (
        "kind", "name", "releases_before", "copies_before", "outlets_before", "independent_before", "releases",
        "copies", "outlets", "independent",
    ),
    "reconciled": (
        "state", "url", "row", "outlet", "relation", "release", "why", "first_seen", "last_seen", "record",
    ),
    "overrules": ("id", "kind", "subject", "object", "state", "against", "by", "at", "why", "undone_at"),
    "corpus": (
        "cluster", "key", "url", "title", "text", "language", "issuer", "published_at", "first_copy_at", "copies",
        "families", "support", "signals",
    ),
}  # fmt: skip
"""The columns of each kind of row, in order, so that a file without rows still has its head."""


def dump_json(value: Any, indent: int | None = None) -> str:
    r"""JSON in one form: Unicode as it is, except what could break a line or move a cursor.

    >>> dump_json({"b": "né", "a": "x\u202ey"})
    '{"b": "né", "a": "x\\u202ey"}'
    """
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, indent=indent)
    return _ESCAPED.sub(lambda hit: f"\\u{ord(hit[0]):04x}", text)


def defuse(cell: str) -> str:
    """The cell with an apostrophe wherever a line of it could be taken for a formula.

    >>> defuse("=1+1")
    "'=1+1"
    >>> defuse("Beijing = capital")
    'Beijing = capital'
    """
    return _FORMULA.sub("'", cell)


def percent(per_mille: int) -> str:
    """A share for people: whole per cents, never rounded up to all or down to nothing.

    >>> percent(999), percent(1000), percent(3), percent(0)
    ('99 %', '100 %', '1 %', '0 %')
    """
    return f"{min(99, max(1, round(per_mille / 10))) if 0 < per_mille < 1000 else per_mille // 10} %"


def write_jsonl(rows: Iterable[dict[str, Any]], out: TextIO, kind: str) -> int:  # noqa: ARG001 (one shape for all)
    """Write one JSON object per line; answers how many."""
    count = 0
    for row in rows:
        out.write(dump_json(row) + "\n")
        count += 1
    return count


def write_json_list(rows: Iterable[dict[str, Any]], out: TextIO) -> int:
    """Write one JSON list, an object on each line; answers how many."""
    count = 0
    for row in rows:
        out.write((",\n" if count else "[\n") + dump_json(row))
        count += 1
    out.write("\n]\n" if count else "[]\n")
    return count


def write_csv(rows: Iterable[dict[str, Any]], out: TextIO, kind: str) -> int:
    """Write a head and one line per row, every cell quoted, nested values as JSON; answers how many rows."""
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writerow(COLUMNS[kind])
    count = 0
    for row in rows:
        writer.writerow([_cell(row[column]) for column in COLUMNS[kind]])
        count += 1
    return count


WRITERS: Final = {"jsonl": write_jsonl, "csv": write_csv}
"""The formats by name."""


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, (list, dict)):
        return defuse(dump_json(value))
    return defuse(str(value))
