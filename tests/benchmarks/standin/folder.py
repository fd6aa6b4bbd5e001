"""The benchmark's folder in miniature: its tools are stand-ins, its pages are invented."""

from __future__ import annotations

import gzip
import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from crawler.demo.releases import snowflake62_of
from storage.warc import build
from tests.releases import page, paragraphs

if TYPE_CHECKING:
    from collections.abc import Iterable

    from crawler.records import Fetched

TOOLS = Path(__file__).parent / "tools"
MADE = datetime(2025, 12, 22, 7, 16, 9, tzinfo=UTC)
TEASER = "Harbour lanterns return to Corrin"
WIDGET = f"<div><h3>Related Stories</h3><ul><li><a href=/r/1>{TEASER}</a></li></ul></div>"


def make(shared: Path) -> None:
    """Three annotated pages, two releases on two sites each (seed 7), a reviewed page, and a page in one form."""
    shared.mkdir()
    (shared / "tools").symlink_to(TOOLS, target_is_directory=True)
    data = shared / "data"
    _write(data / "pages" / "ground-truth.json", _annotated(data / "pages" / "html", range(3)))
    _syndicated(data / "pages" / "seed-7", (copy(host, n) for n in (10, 11) for host in ("north", "south")))
    ((key, reviewed),) = _annotated(data / "html", range(5, 6)).items()
    _write(data / "html" / "gold.json", {f"{key}.html.gz": reviewed["articleBody"]})
    _write(data / "html" / "index.json", [{"file": f"{key}.html.gz", "url": reviewed["url"]}])
    fetched, truth = copy("west", 12)
    _write(data / "seed" / "truth.jsonl", truth)
    (data / "seed" / "flat.html").write_bytes(fetched.body)


def origin(number: int) -> str:
    """A well-formed address of an article that nobody wrote."""
    return f"https://news.cgtn.com/news/2025-12-22/A-story-{snowflake62_of(MADE, number)}/p.html"


def copy(host: str, number: int) -> tuple[Fetched, dict[str, Any]]:
    """A release on a site, with a widget below it, and the truth about that page."""
    first, *rest = paragraphs(number)
    lines = [f"BEIJING, Dec. 22, 2025 /PRNewswire/ -- {first}", *rest]
    lines += ["For more information, please click:", origin(number), "SOURCE CGTN"]
    fetched = page(f"https://{host}.example/story-{number}", lines, title=f"A story of day {number}")
    body = fetched.body.replace(b"</article>", f"{WIDGET}</article>".encode())
    truth = {"release": origin(number), "relation": "verbatim", "text": "\n".join(lines), "widgets": [TEASER]}
    return replace(fetched, body=body), {"url": fetched.url, **truth}


def _annotated(folder: Path, numbers: Iterable[int]) -> dict[str, dict[str, str]]:
    folder.mkdir(parents=True)
    truth = {}
    for number in numbers:
        lines = paragraphs(number)
        fetched = page(f"https://paper{number}.example/news/{number}", lines, title=f"News of day {number}")
        (folder / f"page{number}.html.gz").write_bytes(gzip.compress(fetched.body))
        truth[f"page{number}"] = {"articleBody": "\n".join(lines), "url": fetched.url}
    return truth


def _syndicated(folder: Path, copies: Iterable[tuple[Fetched, dict[str, Any]]]) -> None:
    pages, truth = zip(*copies, strict=True)
    folder.mkdir()
    (folder / "pages.warc.gz").write_bytes(b"".join(map(build, pages)))
    (folder / "truth.jsonl").write_text("".join(json.dumps(row) + "\n" for row in truth), "utf-8")


def _write(path: Path, value: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value), "utf-8")
