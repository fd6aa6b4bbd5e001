"""Every file of a collection of feeds, sitemaps, robots.txt and WARCs through the readers, faults included.

    python tests/benchmarks/protocol.py SHARED [--reasons]

SHARED is the folder with `data/protocol/{feeds,sitemaps,robots,warc}`. A file either gives something (entries,
addresses, rules, pages), or holds nothing, or is refused with a reason; an exception is a failure. Feeds and
sitemaps are besides given to the readers of all other answers, as they are and cut off, as by a server that sends
the wrong thing. `--reasons` prints what was refused, file by file.

Exit codes: 0 all was read, 1 there was an exception, 2 the folder is not there.
"""

from __future__ import annotations

import argparse
import gzip
import sys
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from crawler.discover.answers import Asked
from crawler.discover.feeds import read_feed
from crawler.discover.leads import READERS, discover
from crawler.discover.sitemaps import read_sitemap, unzip
from crawler.fetch.rules import read_rules
from crawler.records import Fetched, Rejected
from crawler.sites.load import load_sites
from storage.intake import Refusal, Source, Taken, take

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

LIMIT = 64 * 1024 * 1024


@dataclass(slots=True)
class Tally:
    """What came of a group of files. `reasons` are those of whole files, and of records in them."""

    files: int = 0
    giving: int = 0
    empty: int = 0
    things: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    crashes: list[str] = field(default_factory=list)


def main() -> int:
    """Read everything and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("shared", type=Path)
    parser.add_argument("--reasons", action="store_true")
    args = parser.parse_args()
    root = args.shared / "data" / "protocol"
    if not root.is_dir():
        parser.error(f"{root} is not there")
    readers: dict[str, Callable[[Path], Iterator[int | Rejected]]] = {
        "feeds": _feed,
        "sitemaps": _sitemap,
        "robots": _robots,
        "warc": _warc,
    }
    tallies = {name: _read(root / name, read, shows=args.reasons) for name, read in readers.items()}
    tallies["any answer"] = _anything(root)
    print(f"{'':12}{'files':>7}{'giving':>8}{'empty':>7}{'refused':>9}{'exceptions':>12}{'read':>9}")
    for name, tally in tallies.items():
        refused = tally.files - tally.giving - tally.empty - len(tally.crashes)
        counts = f"{tally.files:>7}{tally.giving:>8}{tally.empty:>7}{refused:>9}{len(tally.crashes):>12}"
        print(f"{name:12}{counts}{tally.things:>9}")
        print("".join(f"{'':14}{count:>5}  {reason}\n" for reason, count in sorted(tally.reasons.items())), end="")
    crashes = [crash for tally in tallies.values() for crash in tally.crashes]
    print("".join(f"{crash}\n" for crash in crashes), end="")
    return 1 if crashes else 0


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file() and path.name != "SOURCES.md")


def _read(folder: Path, read: Callable[[Path], Iterator[int | Rejected]], *, shows: bool) -> Tally:
    tally = Tally()
    for path in _files(folder):
        tally.files += 1
        found, refused = 0, False
        try:
            for each in read(path):
                if isinstance(each, Rejected):
                    refused = True
                    tally.reasons[each.reason] += 1
                    if shows:
                        print(f"{path.relative_to(folder)}: {each.reason}: {each.detail[:100]}")
                else:
                    found += each
        except Exception as error:  # what this is there to find
            tally.crashes.append(f"{path}: {type(error).__name__}: {error}")
            continue
        tally.things += found
        tally.giving += found > 0
        tally.empty += found == 0 and not refused
    return tally


def _feed(path: Path) -> Iterator[int | Rejected]:
    entries = read_feed(path.read_bytes(), "")
    yield entries if isinstance(entries, Rejected) else len(entries)


def _sitemap(path: Path) -> Iterator[int | Rejected]:
    plain = unzip(path.read_bytes(), LIMIT)
    named = read_sitemap(plain[0]) if plain else Rejected("discover", "limit:decoded")
    yield named if isinstance(named, Rejected) else len(named)


def _robots(path: Path) -> Iterator[int | Rejected]:
    rules = read_rules(200, path.read_bytes())
    rules.allows("https://www.example.org/news/1")
    rules.delay()
    yield int(rules.parsed is not None)


def _warc(path: Path) -> Iterator[int | Rejected]:
    for item in take(Source(path)):
        if isinstance(item, Taken):
            yield 1
        elif isinstance(item, Refusal):
            yield Rejected("ingest", item.reason, item.detail)


def _anything(root: Path) -> Tally:
    """Feeds and sitemaps given to the reader of each kind of answer, as they are and gzipped and cut off."""
    tally, sites = Tally(), load_sites()
    for path in _files(root / "feeds") + _files(root / "sitemaps"):
        body = path.read_bytes()
        for kind in READERS:
            for sent in (body, gzip.compress(body)[:-9]):
                tally.files += 1
                fetched = Fetched("https://api.gdeltproject.org/x#since=1", "2026-01-01T00:00:00Z", 200, (), sent)
                try:
                    found = discover(fetched, sites, Asked(kind, 0, LIMIT, "cgtn:1", 10))
                except Exception as error:  # likewise
                    tally.crashes.append(f"{path} as {kind}: {type(error).__name__}: {error}")
                    continue
                tally.things += len(found.leads)
                tally.giving += bool(found.leads)
                tally.empty += not found.leads and found.fault is None
                if found.fault is not None:
                    tally.reasons[found.fault.reason] += 1
    return tally


if __name__ == "__main__":
    sys.exit(main())
