"""`tearsheet track URL`: fetch a release, look for its copies now, and watch it."""

from __future__ import annotations

import json
import sys
from collections import Counter
from typing import TYPE_CHECKING, Any

from crawler.cli.alerting import alert
from crawler.cli.copies import print_copies
from crawler.cli.progress import following
from crawler.cli.terminal import escape, standard_output
from crawler.errors import UsageError
from crawler.export.rows import copy_row
from crawler.sites.load import load_sites
from crawler.spiders.crawl import CrawlOptions
from crawler.spiders.watching import Tracked, Wish, track
from storage.lookups import copies, find_cluster, reading
from storage.store import Store

if TYPE_CHECKING:
    import argparse

    from settings.app import AppConfig
    from storage.rows import CopyRow

STOPPED = 130


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The verb's options."""
    parser.add_argument("url", metavar="URL", help="the release at its origin or on its wire")
    parser.add_argument(
        "--issuer",
        metavar="NAME",
        nargs="?",
        const="",
        help="watch new releases of the same issuer too, by their SOURCE line (default: as this release has it)",
    )
    parser.add_argument("--for", dest="days", metavar="DAYS", type=int, help="how long (default: to day 90)")
    parser.add_argument("--json", action="store_true", help="print what was found as JSON")


def run(args: argparse.Namespace, config: AppConfig) -> int:
    """Track a release.

    Returns:
        0; 1 where the release itself could not be had; 3 where something else could not; 130 after a signal.

    """
    if args.days is not None and args.days < 1:
        raise UsageError("--for: at least 1 day")
    sites = load_sites(*config.site_folders)
    with Store.open(config.data_folder, config.database_url, "track") as store:
        with store.run("track") as outcome, following(store.engine, quiet=args.quiet) as progress:
            wish = Wish(args.url, args.issuer, args.days)
            tracked = track(store, config, sites, wish, CrawlOptions(progress=progress))
            outcome.update(_outcome(tracked))
        told = alert(store, config, sites)
        with reading(store.engine) as connection:
            cluster = find_cluster(connection, tracked.sought.url or "") if tracked.sought else None
            found = tuple(copies(connection, cluster=cluster, texts="excerpt")) if cluster else ()
    if tracked.sought is None:
        sys.stderr.write(f"tearsheet: {escape(args.url)} is not to be read: {escape(tracked.fault)}\n")
        return 1
    _print(args, tracked, found)
    if any(each.stopped for each in tracked.crawls):
        return STOPPED
    return 3 if any(each.partial for each in tracked.crawls) or not told else 0


def _outcome(tracked: Tracked) -> dict[str, Any]:
    seconds = [each.worker_seconds for each in tracked.crawls]
    return {
        "fetched": sum(each.fetched for each in tracked.crawls),
        "refused": dict(sorted(_refused(tracked).items())),
        "worker_seconds": None if None in seconds else round(sum(filter(None, seconds)), 2),
        "next": tracked.next_at,
    } | ({"fault": tracked.fault} if tracked.fault else {})


def _refused(tracked: Tracked) -> Counter[str]:
    counts = Counter[str]()
    for each in tracked.crawls:
        counts.update(each.failed)
        counts.update(each.blocked)
        counts.update({f"gone {reason}": count for reason, count in each.gone.items()})
    return counts


def _print(args: argparse.Namespace, tracked: Tracked, found: tuple[CopyRow, ...]) -> None:
    sought = tracked.sought
    assert sought is not None
    out = standard_output(exact=args.json)
    if args.json:
        rows = [copy_row(copy, locations=True) for copy in found]
        told = {"key": sought.key, "url": sought.url, "title": sought.title, "follows": tracked.follows}
        out.out.write(json.dumps({**told, **_outcome(tracked), "copies": rows}, ensure_ascii=False) + "\n")
        return
    out.heading(sought.title)
    out.field("key", sought.key)
    out.field("at", sought.url)
    if not print_copies(out, found):
        out.line("no copies yet")
    for reason, count in sorted(_refused(tracked).items()):
        out.line(f"  not to be had, {reason.removeprefix('blocked:')}: {count}")
    if args.issuer == "" and tracked.follows is None:
        out.line("the release has no SOURCE line: name its issuer with --issuer NAME to follow it")
    elif tracked.follows:
        out.line(f"new releases of {tracked.follows} will be watched too")
    ends = "this was the only look; --for DAYS watches it on"
    out.line(f"next look: {tracked.next_at}, by `tearsheet crawl --due`" if tracked.next_at else ends)
