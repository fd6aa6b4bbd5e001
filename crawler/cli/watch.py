"""`tearsheet watch`: the releases that are watched, and an end to that."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crawler.cli.reading import open_reading
from crawler.cli.terminal import Column, day, escape, standard_output
from crawler.errors import TearsheetError
from crawler.export.form import dump_json
from storage import watches
from storage.engine import transact
from storage.store import Store

if TYPE_CHECKING:
    import argparse

    from settings.app import AppConfig


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The verb's options."""
    parser.add_argument("--stop", metavar="KEY", help="stop one: its key, or the address tracked")
    parser.add_argument("--json", action="store_true", help="print one JSON list")


def run(args: argparse.Namespace, config: AppConfig) -> int:
    """List the watches, or stop one."""
    out = standard_output(exact=args.json)
    if args.stop:
        with Store.open(config.data_folder, config.database_url, "watch") as store:
            stopped = transact(store.engine, lambda connection: watches.stop(connection, args.stop))
        if not stopped:
            raise TearsheetError(f"{escape(args.stop)}: no such watch runs; `tearsheet watch` lists them")
        return 0
    with open_reading(config) as connection:
        rows = watches.watches(connection)
    if args.json:
        out.out.write(dump_json([row._asdict() for row in rows]) + "\n")
        return 0
    columns = (Column("STATE"), Column("NEXT LOOK"), Column("UNTIL"), Column("FOLLOWS", 24),
               Column("RELEASE", 48), Column("URL"))  # fmt: skip
    lines = ((r.state, r.next_at or "-", day(r.until), r.follows or "-", r.title, r.url) for r in rows)
    if not out.table(columns, lines):
        out.line("nothing is watched; `tearsheet track URL` begins")
    return 0
