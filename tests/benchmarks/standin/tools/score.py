"""A stand-in for the benchmark's scorer: the same call and the same names of figures, counted in single words.

Like the real one it divides by the number of pairs of pages, and so cannot take a single page.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def score(truth: Sequence[Mapping[str, Any]], predicted: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    said = {row["url"]: row for row in predicted}
    rows = [(row, said.get(row["url"], {})) for row in truth]
    precision = sum(_share(got.get("text"), row["text"]) for row, got in rows) / len(rows)
    recall = sum(_share(row["text"], got.get("text")) for row, got in rows) / len(rows)
    lines = [(line, got.get("text") or "") for row, got in rows for line in row["widgets"]]
    pairs = [(a, b) for at, a in enumerate(rows) for b in rows[:at] if a[0] is not b[0]]
    together = [(a[0]["release"] == b[0]["release"]) == (_group(a) == _group(b)) for a, b in pairs]
    return {
        "pages": len(rows),
        "f1": round(2 * precision * recall / (precision + recall or 1), 4),
        "precision": round(precision, 4),
        "recall": round(recall, 4),
        "leak": round(sum(line in text for line, text in lines) / max(1, len(lines)), 4),
        "clean_pages": round(sum(line not in text for line, text in lines) / max(1, len(lines)), 4),
        "key_accuracy": round(sum(row["release"] == got.get("release") for row, got in rows) / len(rows), 4),
        "cluster_ari": round(sum(together) / (len(rows) * (len(rows) - 1) / 2), 4),
        "relation": round(sum(row.get("relation") == got.get("relation") for row, got in rows) / len(rows), 4),
        "missed": sum(bool(row["release"]) and not got.get("release") for row, got in rows),
        "false": sum(not row["release"] and bool(got.get("release")) for row, got in rows),
    }


def _group(row: tuple[Mapping[str, Any], Mapping[str, Any]]) -> object:
    return row[1].get("cluster") or row[0]["url"]


def _share(text: str | None, other: str | None) -> float:
    """How many of the words of a text stand in the other one too."""
    words, others = (text or "").split(), set((other or "").split())
    return sum(word in others for word in words) / max(1, len(words))
