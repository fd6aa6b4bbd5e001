"""`tearsheet ingest`: files of WARC and HTML into the archive, then the same chain as after a crawl."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from crawler.cli.terminal import escape
from crawler.derive import Reading
from crawler.errors import UsageError
from crawler.fetch.takedowns import read_takedowns
from crawler.sites.load import load_sites
from crawler.workers import start as start_workers
from storage.captures import describe
from storage.intake import Refusal, Skipped, Taken, sources, take
from storage.revisits import Resolved, Revisit, Revisits
from storage.store import Arrival, Store

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Sequence

    from crawler.strata import Drained
    from settings.app import AppConfig

_BATCH: Final = 32
_BATCH_BYTES: Final = 32 * 1024 * 1024
_SHOWN: Final = 50


@dataclass(slots=True)
class Tally:
    """What came of the input so far. `reasons` counts the refused, `kinds` the records passed over."""

    pages: int = 0
    refused: int = 0
    reasons: dict[str, int] = field(default_factory=dict)
    skipped: int = 0
    kinds: dict[str, int] = field(default_factory=dict)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The verb's options."""
    parser.add_argument(
        "paths",
        nargs="+",
        metavar="PATH",
        help="WARC file (plain or gzipped), WACZ, HTML file, or a folder with such files",
    )
    parser.add_argument("--url", metavar="URL", help="the address of the one HTML file that is named")
    parser.add_argument("--json", action="store_true", help="print what came of it as JSON")


def run(args: argparse.Namespace, config: AppConfig) -> int:
    """Take the files in, then derive what follows from them.

    Raises:
        TearsheetError: nothing of what was named is there, or the data folder cannot be written.

    """
    paths = [Path(path) for path in args.paths]
    _check(paths, args.url)
    start_workers()  # they come up while the store is opened
    sites = load_sites(*config.site_folders)
    show = _Progress(quiet=args.quiet)
    with (
        Store.open(config.data_folder, config.database_url, "ingest") as store,
        store.run("ingest") as outcome,
    ):
        tally = Tally()
        with Reading(store, config, sites, show.step) as reading, Revisits() as revisits:
            try:
                arrivals = _arrivals(store, paths, args.url, tally, revisits)
                _store(store, _permitted(store, arrivals, tally), reading)
                _store(store, _revisited(store, tally, revisits), reading)
            finally:
                summary = _summary(tally, store.added)
                outcome.update(summary)
            drained = reading.finish()
        summary["derived"] = _derived(drained)
        outcome.update(summary)
        show.end()
    if args.json:
        sys.stdout.write(json.dumps(summary, ensure_ascii=False) + "\n")
    elif not args.quiet:
        sys.stdout.write(_say(tally, store.added, drained))
    return 3 if tally.refused else 0


def _check(paths: Sequence[Path], url: str | None) -> None:
    there = [path for path in paths if os.path.lexists(path)]
    if not there:
        raise UsageError(f"{escape(str(paths[0]))}: no such file or folder")
    if url is None:
        if len(paths) == 1 and _is_page(paths[0]):
            raise UsageError(f"{escape(str(paths[0]))}: an HTML file needs its address: add --url URL")
        return
    parts = _split(url)
    if parts is None:
        raise UsageError(f"--url: {escape(url)!r} is no address of the web (http:// or https://)")
    if len(paths) != 1 or not paths[0].is_file() or _is_warc(paths[0]):
        raise UsageError("--url is for one HTML file, and a record of a WARC file has its own address")


def _split(url: str) -> str | None:
    try:
        parts = urlsplit(url)
        return url if parts.scheme in {"http", "https"} and parts.hostname else None
    except ValueError:
        return None


def _is_page(path: Path) -> bool:
    return path.is_file() and path.name.lower().removesuffix(".gz").endswith((".html", ".htm", ".xhtml"))


def _is_warc(path: Path) -> bool:
    return path.name.lower().endswith((".warc", ".warc.gz", ".wacz"))


def _arrivals(
    store: Store, paths: Sequence[Path], url: str | None, tally: Tally, revisits: Revisits
) -> Iterator[Arrival]:
    for path in paths:
        for source in sources(path, url):
            for item in (source,) if isinstance(source, Refusal) else take(source):
                if isinstance(item, Taken):
                    tally.pages += 1
                    revisits.note(item.names, describe(item.fetched).id)
                    yield Arrival(item.fetched, item.member, "ingest", item.flags)
                elif isinstance(item, Revisit):
                    revisits.put_off(item)
                elif isinstance(item, Skipped):
                    tally.skipped += 1
                    tally.kinds[item.kind] = tally.kinds.get(item.kind, 0) + 1
                else:
                    _refuse(store, item, tally)


def _revisited(store: Store, tally: Tally, revisits: Revisits) -> Iterator[Arrival]:
    """The revisits of the input as responses, now that whatever they refer to is stored if it is there."""
    for item in revisits.resolve(store.engine, store.archive):
        if isinstance(item, Resolved):
            tally.pages += 1
            yield Arrival(item.fetched, None, "ingest", "revisit")
        else:
            found = item.revisit
            _refuse(store, Refusal(found.source, found.place, item.reason, item.detail), tally)


def _refuse(store: Store, item: Refusal, tally: Tally) -> None:
    store.refuse(item.source, item.place, item.reason, item.detail)
    tally.refused += 1
    tally.reasons[item.reason] = tally.reasons.get(item.reason, 0) + 1
    if tally.refused <= _SHOWN:
        place = f" at {item.place}" if item.place else ""
        sys.stderr.write(f"tearsheet: {escape(item.source)}{place}: {escape(item.detail)} ({item.reason})\n")
    elif tally.refused == _SHOWN + 1:
        sys.stderr.write("tearsheet: … more is refused; every reason is stored\n")


def _permitted(store: Store, arrivals: Iterator[Arrival], tally: Tally) -> Iterator[Arrival]:
    """What is not on the takedown list."""
    with store.engine.connect().execution_options(reads=True) as connection:
        listed = read_takedowns(connection)
    for arrival in arrivals:
        if listed.forbids(arrival.fetched.url):
            _refuse(
                store, Refusal("the takedown list", "", "takedown", "an address that is not to be kept"), tally
            )
        else:
            yield arrival


def _store(store: Store, arrivals: Iterator[Arrival], reading: Reading) -> None:
    """Store in batches; the workers read what is stored while the next batch comes in."""
    batch, size = list[Arrival](), 0
    for arrival in arrivals:
        batch.append(arrival)
        size += len(arrival.fetched.body) + len(arrival.member or b"")
        if len(batch) >= _BATCH or size >= _BATCH_BYTES:
            store.add(batch)
            reading.pump()
            batch, size = [], 0
    if batch:
        store.add(batch)


def _summary(tally: Tally, new: int) -> dict[str, object]:
    return {
        "pages": tally.pages,
        "new": new,
        "known": tally.pages - new,
        "refused": tally.refused,
        "reasons": dict(sorted(tally.reasons.items())),
        "skipped": tally.skipped,
        "kinds": dict(sorted(tally.kinds.items())),
    }


def _derived(drained: Drained) -> dict[str, object]:
    return {
        "pages": drained.pages,
        "rejected": dict(sorted(drained.rejected.items())),
        "texts": drained.texts,
        "clusters": drained.clusters,
    }


def _say(tally: Tally, new: int, drained: Drained) -> str:
    counts = f"{tally.pages} pages read: {new} new, {tally.pages - new} known, {tally.refused} refused"
    lines = [f"{counts}, {tally.skipped} other records passed over" if tally.skipped else counts]
    lines += [f"  refused, {escape(reason)}: {count}" for reason, count in sorted(tally.reasons.items())]
    lines += [f"  no text, {escape(reason)}: {count}" for reason, count in sorted(drained.rejected.items())]
    return "\n".join(lines) + "\n"


class _Progress:
    """One line on standard error that is written over, and only where a person looks at it."""

    def __init__(self, *, quiet: bool) -> None:
        self._shown = not quiet and sys.stderr.isatty()

    def step(self, what: str, done: int, total: int) -> None:
        if self._shown:
            of = f" of {total}" if total else ""
            sys.stderr.write(f"\r\x1b[K{what}: {done}{of}")
            sys.stderr.flush()

    def end(self) -> None:
        if self._shown:
            sys.stderr.write("\r\x1b[K")
