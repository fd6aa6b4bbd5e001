"""`tearsheet purge`: remove pages for good, from the archive and the database, and keep them out."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from crawler.cli.reading import open_reading
from crawler.cli.terminal import Column, day, escape, standard_output
from crawler.derive import drain
from crawler.errors import UsageError
from crawler.fetch.takedowns import of_host, of_url
from crawler.sites.load import load_sites
from crawler.urls import spellings
from storage.engine import transact
from storage.store import Store
from storage.takedown import captures_of, condemn, forbid, permit, purge, taken_down, wipe

if TYPE_CHECKING:
    import argparse

    from sqlalchemy import Connection

    from settings.app import AppConfig
    from storage.takedown import Taken


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The verb's options."""
    parser.epilog = (
        "What is purged leaves the archive (a record that says so stays in its place), the database and every\n"
        "later report and export, and is neither fetched nor taken in again. Backups, exports and reports that\n"
        "were made before are yours to mend. There is no way back but fetching it again after --allow."
    )
    parser.add_argument("urls", metavar="URL", nargs="*", help="address of a page, in any spelling")
    parser.add_argument("--host", action="append", default=[], metavar="HOST", help="all of a host; repeatable")
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
    if not (args.urls or args.host):
        raise UsageError("purge: which pages? name addresses or --host")
    named = {spelling for url in args.urls for spelling in spellings(_web(url))}
    if args.dry_run:
        with open_reading(config) as connection:
            return _say(args, len(captures_of(connection, named, [_name(host) for host in args.host])), "would go")
    if not args.why:
        raise UsageError("purge: --why TEXT; whoever reads the list later has to know")
    with Store.open(config.data_folder, config.database_url, "purge") as store, store.run("purge") as outcome:
        now = store.now()
        entries = [of_url(url, args.why, now) for url in args.urls]
        entries += [of_host(host, args.why, now) for host in args.host]

        def note(connection: Connection) -> None:
            forbid(connection, entries)
            condemn(connection, captures_of(connection, named, [_name(host) for host in args.host]), args.why)

        transact(store.engine, note)
        outcome["purged"] = count = purge(store)
        drain(store, config, load_sites(*config.site_folders))
        wipe(store.engine)
    return _say(args, count, "are gone")


def _web(url: str) -> str:
    try:
        if urlsplit(url).scheme in {"http", "https"} and urlsplit(url).hostname:
            return url
    except ValueError:
        pass
    raise UsageError(f"{escape(url)}: no address of the web; for a whole site there is --host")


def _name(host: str) -> str:
    return of_host(host, "", "").value


def _say(args: argparse.Namespace, count: int, what: str) -> int:
    if args.json:
        sys.stdout.write(json.dumps({"captures": count, "done": not args.dry_run}) + "\n")
    elif not args.quiet:
        sys.stdout.write(f"{count} captures {what}\n")
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
