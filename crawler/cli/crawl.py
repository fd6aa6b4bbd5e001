"""`tearsheet crawl`: fetch what is due from the sites, archive it, then derive what follows."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from crawler.cli.alerting import alert
from crawler.cli.metrics import check_metrics, write_metrics
from crawler.cli.progress import following
from crawler.cli.terminal import escape
from crawler.errors import LockHeldError, UsageError
from crawler.sites.load import load_sites
from crawler.spiders.crawl import CrawlOptions, CrawlSummary, crawl
from crawler.spiders.seeking import find_sought
from crawler.spiders.watching import look
from storage.lookups import reading
from storage.standing import standing
from storage.store import Store

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping

    from crawler.discover.queries import Sought
    from crawler.sites.load import Sites
    from settings.app import AppConfig

STOPPED = 130


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The verb's options."""
    parser.add_argument("--site", metavar="SITE", action="append", default=[], help="only this site; repeatable")
    parser.add_argument(
        "--urls", metavar="FILE", help="fetch the addresses in this file, of any site, one a line (-: stdin)"
    )
    parser.add_argument(
        "--release", metavar="KEY", action="append", default=[], help="look for copies of this release; repeatable"
    )
    parser.add_argument(
        "--due", action="store_true", help="only what is due: lists, copies by their age, watched releases"
    )
    parser.add_argument(
        "--skip-locked", action="store_true", help="exit with 0, not 75, where another run holds the lock"
    )
    parser.add_argument("--metrics", metavar="FILE", type=Path, help="write what came of it for Prometheus")
    parser.add_argument("--json", action="store_true", help="print what came of it as JSON")


def run(args: argparse.Namespace, config: AppConfig) -> int:
    """Crawl, then derive what follows.

    Returns:
        0; 3 where something could not be fetched or told (the reasons are stored); 130 where a signal stopped it.

    Raises:
        TearsheetError: the options are wrong, or the data folder cannot be written.

    """
    try:
        return _run(args, config)
    except LockHeldError as error:
        if not args.skip_locked:
            raise
        if not args.quiet:
            sys.stderr.write(f"tearsheet: {error}; nothing was done\n")
        return 0


def _run(args: argparse.Namespace, config: AppConfig) -> int:
    sites = load_sites(*config.site_folders)
    _check(args.site, sites)
    if not (args.site or args.urls or args.release or args.quiet):
        _say_reserved(sites)
    urls = _read_urls(args.urls) if args.urls else ()
    if args.metrics:
        check_metrics(args.metrics)
    began = time.monotonic()
    with Store.open(config.data_folder, config.database_url, "crawl") as store:
        with store.run("crawl") as outcome, following(store.engine, quiet=args.quiet) as progress:
            sought = _sought(store, args.release)
            options = CrawlOptions(sites=args.site, urls=urls, due=args.due, sought=sought, progress=progress)
            summary = (look if args.due else crawl)(store, config, sites, options)
            outcome.update(summary.as_json())
        told = summary.stopped or alert(store, config, sites)
        if args.metrics:
            with reading(store.engine) as connection:
                now = standing(connection)
            write_metrics(args.metrics, summary, now, time.monotonic() - began, time.time())
    if args.json:
        sys.stdout.write(json.dumps(summary.as_json(), ensure_ascii=False) + "\n")
    elif not args.quiet:
        sys.stdout.write(_say(summary))
    if summary.stopped:
        return STOPPED
    return 3 if summary.partial or not told else 0


def _say_reserved(sites: Sites) -> None:
    """Say which sites are left out for their terms."""
    for site in sites.all:
        if site.is_reserved and any((site.discover.feeds, site.discover.listings, site.discover.sitemaps)):
            sys.stderr.write(
                f"tearsheet: {escape(site.title)} is not asked: its terms, read {escape(site.terms.read)}, "
                f"allow no crawling (--site {site.name} asks it all the same)\n"
            )


def _check(names: list[str], sites: Sites) -> None:
    known = {site.name for site in sites.all}
    for name in names:
        if name not in known:
            raise UsageError(f"--site {escape(name)}: no such site; known: {', '.join(sorted(known))}")


def _sought(store: Store, keys: list[str]) -> tuple[Sought, ...]:
    with store.engine.connect().execution_options(reads=True) as connection:
        found = {key: find_sought(connection, key) for key in keys}
    for key, sought in found.items():
        if sought is None:
            raise UsageError(f"--release {escape(key)}: no such release; `tearsheet releases` lists the keys")
    return tuple(sought for sought in found.values() if sought is not None)


def _read_urls(name: str) -> tuple[str, ...]:
    try:
        text = sys.stdin.read() if name == "-" else Path(name).read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"--urls {escape(name)}: {error}") from error
    lines = (line.strip() for line in text.splitlines())
    urls = tuple(line for line in lines if line and not line.startswith("#"))
    if not urls:
        raise UsageError(f"--urls {escape(name)}: no address in it")
    return urls


def _say(summary: CrawlSummary) -> str:
    seen = f"{summary.new} new, {summary.changed} changed, {summary.unchanged} unchanged"
    lines = [f"{summary.fetched} pages fetched: {seen}; {summary.leads} more found"]
    if summary.later:
        lines.append(f"  left for another run: {summary.later}, {summary.waiting} of them after a failure")
    tables: tuple[tuple[str, Mapping[str, int]], ...] = (
        ("failed", summary.failed),
        ("blocked", summary.blocked),
        ("gone", summary.gone),
        ("no leads", summary.discovery),
        ("no text", summary.drained.rejected),
    )
    for word, counts in tables:
        for reason, count in sorted(counts.items()):
            shown = reason.removeprefix("blocked:") if word == "blocked" else reason
            lines.append(f"  {word}, {escape(shown)}: {count}")
    if summary.stopped:
        lines.append("stopped; run it again to go on, or `tearsheet process` to derive what has come")
    return "\n".join(lines) + "\n"
