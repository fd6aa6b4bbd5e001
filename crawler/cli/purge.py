"""`tearsheet purge`: remove pages for good, from the archive and the database, and keep them out."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from crawler.cli.reading import open_reading
from crawler.cli.terminal import Column, day, escape, standard_output
from crawler.derive import drain
from crawler.errors import UsageError
from crawler.fetch.naming import captures_naming, is_name
from crawler.fetch.takedowns import of_host, of_url
from crawler.records import stamp
from crawler.sites.load import load_sites
from crawler.urls import spellings
from storage.archive import Archive
from storage.captures import is_capture
from storage.engine import transact
from storage.lookups import reading
from storage.retention import expire, overdue
from storage.store import Store
from storage.takedown import captures_of, condemn, forbid, permit, purge, taken_down, wipe

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from settings.app import AppConfig
    from storage.takedown import Taken


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The verb's options."""
    parser.epilog = (
        "What is purged leaves the archive (a record that says so stays in its place), the database and every\n"
        "later report and export, and is neither fetched nor taken in again. Backups, exports and reports that\n"
        "were made before are yours to mend. There is no way back but fetching it again after --allow.\n"
        "With --name it is looked for in what is archived, however it is marked up; look at --dry-run first. A\n"
        "capture alone (--capture) puts nothing on the list: its page may be fetched again."
    )
    parser.add_argument("urls", metavar="URL", nargs="*", help="address of a page, in any spelling")
    parser.add_argument("--host", action="append", default=[], metavar="HOST", help="all of a host; repeatable")
    parser.add_argument(
        "--name", action="append", default=[], metavar="NAME", help="all that names a person; repeatable"
    )
    parser.add_argument(
        "--capture", action="append", default=[], metavar="ID", help="one capture alone; repeatable"
    )
    parser.add_argument(
        "--expired",
        action="store_true",
        help="take records older than `retention.days` out of the archive; rows stay. For cron",
    )
    parser.add_argument(
        "--why", default="", metavar="TEXT", help="the reason; kept on the list and in the archive"
    )
    parser.add_argument("--dry-run", action="store_true", help="say what would go, and change nothing")
    parser.add_argument("--list", action="store_true", help="list what was taken down")
    parser.add_argument("--allow", metavar="SHOWN", help="take an entry off the list, as --list shows it")
    parser.add_argument("--json", action="store_true", help="print JSON")


def run(args: argparse.Namespace, config: AppConfig) -> int:
    """Purge, list, or allow again.

    Raises:
        UsageError: nothing was named, or without a reason.
        TearsheetError: another run holds the lock, or the archive cannot be rewritten.

    """
    if args.list:
        return _list(args, config)
    if args.allow:
        return _allow(args, config)
    if args.expired:
        return _expire(args, config)
    if not (args.urls or args.host or args.name or args.capture):
        raise UsageError("purge: which pages? name addresses, --host, --name or --capture")
    for name in args.name:
        if not is_name(name):
            raise UsageError(f"--name: {escape(name)!r} is on half of all pages; first and last name are wanted")
    if args.dry_run:
        with open_reading(config) as connection:
            return _say(args, *_found(args, config, connection), "would go")
    if not args.why:
        raise UsageError("purge: --why TEXT; whoever reads the list later has to know")
    with Store.open(config.data_folder, config.database_url, "purge") as store, store.run("purge") as outcome:
        with reading(store.engine) as connection:
            captures, pages = _found(args, config, connection)
        now = store.now()
        entries = [of_url(url, args.why, now) for url in (*args.urls, *pages)]
        entries += [of_host(host, args.why, now) for host in args.host]

        def note(connection: Connection) -> None:
            forbid(connection, entries)
            condemn(connection, captures, args.why)

        transact(store.engine, note)
        outcome["purged"] = purge(store)
        drain(store, config, load_sites(*config.site_folders))
        wipe(store.engine)
    return _say(args, captures, pages, "are gone")


def _found(args: argparse.Namespace, config: AppConfig, connection: Connection) -> tuple[list[str], list[str]]:
    """The captures that are meant, and the pages that name somebody."""
    named = {spelling for url in args.urls for spelling in spellings(_web(url))}
    found = set(captures_of(connection, named, [_name(host) for host in args.host]))
    for capture in args.capture:
        if not is_capture(connection, capture):
            raise UsageError(f"--capture: {escape(capture)!r} is the id of none; `tearsheet explain URL` has them")
        found.add(capture)
    if not args.name:
        return sorted(found), []
    archive = Archive(config.archive_folder)
    naming, pages = captures_naming(connection, archive, args.name, config.limits.page_bytes)
    return sorted(found.union(naming)), pages


def _expire(args: argparse.Namespace, config: AppConfig) -> int:
    """Take records out of the archive that were kept for long enough."""
    days = config.retention.days
    if not days:
        raise UsageError("--expired: for how long? set `days` under [retention] in the config file")
    if args.urls or args.host or args.name or args.capture:
        raise UsageError("--expired goes by age alone")
    before = stamp(datetime.now(UTC) - timedelta(days=days))
    if args.dry_run:
        with open_reading(config) as connection:
            return _say(args, overdue(connection, before), [], "would lose their records")
    with Store.open(config.data_folder, config.database_url, "purge") as store, store.run("purge") as outcome:
        outcome["expired"] = count = expire(store, before)
    return _say(args, [""] * count, [], "have lost their records; their rows stay")


def _web(url: str) -> str:
    try:
        if urlsplit(url).scheme in {"http", "https"} and urlsplit(url).hostname:
            return url
    except ValueError:
        pass
    raise UsageError(f"{escape(url)}: no address of the web; for a whole site there is --host")


def _name(host: str) -> str:
    return of_host(host, "", "").value


def _say(args: argparse.Namespace, captures: Sequence[str], pages: Sequence[str], what: str) -> int:
    if args.json:
        said = {"captures": len(captures), "done": not args.dry_run} | ({"pages": pages} if args.name else {})
        sys.stdout.write(json.dumps(said) + "\n")
    elif not args.quiet:
        sys.stdout.writelines(f"names them: {escape(url)}\n" for url in pages)
        sys.stdout.write(f"{len(captures)} captures {what}\n")
    return 0


def _allow(args: argparse.Namespace, config: AppConfig) -> int:
    with Store.open(config.data_folder, config.database_url, "purge") as store:
        count = transact(store.engine, lambda connection: permit(connection, args.allow))
    if not count:
        raise UsageError(f"{escape(args.allow)}: not on the list; --list shows what is")
    return 0


def _list(args: argparse.Namespace, config: AppConfig) -> int:
    with open_reading(config) as connection:
        found = taken_down(connection)
    if args.json:
        sys.stdout.write(json.dumps([_row(each) for each in found], ensure_ascii=False, indent=2) + "\n")
        return 0
    columns = (Column("AT"), Column("KIND"), Column("WHAT"), Column("WHY", 60))
    terminal = standard_output()
    if not terminal.table(columns, ((day(e.at), e.kind, e.shown, e.reason) for e in found)):
        terminal.line("nothing was taken down")
    return 0


def _row(each: Taken) -> dict[str, str]:
    return {"kind": each.kind, "shown": each.shown, "reason": each.reason, "at": each.at}
