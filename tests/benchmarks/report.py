"""What the report costs as copies pile up, beside the export of the same rows.

    python tests/benchmarks/report.py [--copies 20000] [--releases 400] [--rounds 3] [--differences] [--json]

Over an invented store (`invented.py`) one release has a fifth of all copies. In turn: the rows of the copies as
JSON Lines, the report on everything as a file and as a folder of pages without difference views, the report on the
largest release. Told for each: seconds (of this process's work, not of others'), how many times the export's, the
size of the summary (`index.html`, or the file itself), its megabytes for each 10,000 copies, and the seconds in
which a browser opens it from the disk and draws it (needs Playwright and Chromium; else left out).
`--differences` writes the folder with a difference view for each copy too, which compares every pair of texts.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import shutil
import sys
import tempfile
import time
from functools import partial
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

sys.path.insert(0, str(Path(__file__).parents[2]))

from crawler.export.form import write_jsonl
from crawler.export.rows import read_rows
from crawler.export.whole import replacing
from crawler.report.write import write_report
from crawler.sites.load import load_sites
from storage.engine import open_engine, prepare
from storage.lookups import reading
from tests.benchmarks.invented import fill, share_out

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sqlalchemy import Engine

EXPORT = "export copies"


def export(engine: Engine, path: Path) -> None:
    """What `tearsheet export copies` does."""
    with reading(engine) as connection, replacing(path) as out:
        write_jsonl(read_rows(connection, "copies"), out, "copies")


def work(engine: Engine, scratch: Path, *, differences: bool) -> dict[str, tuple[Callable[[], object], Path]]:
    """What is measured, and the file whose size counts, by name."""
    sites, key = load_sites(), "cgtn:00000000000"
    write = partial(write_report, engine)
    folder, whole, one = scratch / "folder", scratch / "whole.html", scratch / "one.html"
    found: dict[str, tuple[Callable[[], object], Path]] = {
        EXPORT: (partial(export, engine, scratch / "copies.jsonl"), scratch / "copies.jsonl"),
        "report, one file": (partial(write, whole, "html"), whole),
        "report, folder": (partial(write, folder, "folder"), folder / "index.html"),
        "report, largest release": (partial(write, one, "html", key), one),
    }
    if differences:
        full = scratch / "full"
        found["report, folder with differences"] = (
            partial(write, full, "folder", sites=sites),
            full / "index.html",
        )
    return found


def measure(engine: Engine, scratch: Path, args: argparse.Namespace) -> dict[str, Any]:
    """Everything in turn, several times; the medians."""
    spent: dict[str, list[float]] = {}
    sizes: dict[str, int] = {}
    for _ in range(args.rounds):
        for name, (run, path) in work(engine, scratch, differences=args.differences).items():
            started = time.process_time()
            run()
            spent.setdefault(name, []).append(time.process_time() - started)
            sizes[name] = path.stat().st_size
    pages = {name: path for name, (_, path) in work(engine, scratch, differences=False).items() if name != EXPORT}
    opened = open_pages(pages)
    largest = share_out(args.copies, args.releases)[0]
    return {
        name: {
            "seconds": round(median(each), 2),
            "times_export": round(median(each) / median(spent[EXPORT]), 2),
            "megabytes": round(sizes[name] / 1e6, 2),
            "megabytes_per_10000": round(
                sizes[name] / 1e6 / (largest if "largest" in name else args.copies) * 10_000, 2
            ),
            "opened": opened.get(name),
        }
        for name, each in spent.items()
    }


def open_pages(pages: Mapping[str, Path]) -> dict[str, float]:
    """Seconds in which a browser opens each page and draws it; nothing where there is no browser."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None or importlib.util.find_spec("playwright") is None:
        return {}
    from playwright.sync_api import sync_playwright

    found = {}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for name, path in pages.items():
            page = browser.new_page()
            started = time.perf_counter()
            page.goto(path.as_uri())
            page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
            found[name] = round(time.perf_counter() - started, 2)
            page.close()
        browser.close()
    return found


def main() -> int:
    """Fill, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--copies", type=int, default=20_000, metavar="N")
    parser.add_argument("--releases", type=int, default=400, metavar="N")
    parser.add_argument("--rounds", type=int, default=3, metavar="N")
    parser.add_argument("--differences", action="store_true", help="also the folder with every difference view")
    parser.add_argument("--keep", metavar="FOLDER", help="work there and leave everything to be looked at")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        scratch = Path(args.keep or temporary)
        scratch.mkdir(exist_ok=True)
        engine = open_engine(f"sqlite:///{scratch}/tearsheet.sqlite")
        prepare(engine)
        fill(engine, args.copies, args.releases)
        said = measure(engine, scratch, args)
        engine.dispose()
    if args.json:
        print(json.dumps(said, indent=1))
        return 0
    print("| | seconds | times the export | MB | MB for 10,000 copies | opened (s) |\n|---|---|---|---|---|---|")
    for name, figures in said.items():
        print(f"| {name} | {' | '.join(str(figure) for figure in figures.values())} |")
    return 0


if __name__ == "__main__":
    sys.exit(main())
