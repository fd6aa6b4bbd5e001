"""`tearsheet copies`: the stored pages, all or those of one release, and how each relates to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, get_args

from crawler.cli.reading import open_reading
from crawler.cli.terminal import Column, day, escape, standard_output
from crawler.errors import TearsheetError
from crawler.export.form import percent, write_json_list
from crawler.export.rows import copy_row
from crawler.records import Relation
from storage.lookups import copies, find_cluster

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable

    from crawler.cli.terminal import Terminal
    from settings.app import AppConfig
    from storage.lookups import Texts
    from storage.rows import CopyRow

_COLUMNS: Final = (
    Column("RELATION"),
    Column("OF RELEASE", right=True),
    Column("OF PAGE", right=True),
    Column("REMOVED", right=True),
    Column("FIRST SEEN"),
    Column("SEEN UNTIL"),
    Column("OUTLET", 28),
    Column("URL"),
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The verb's options."""
    parser.add_argument(
        "key", nargs="?", metavar="KEY", help="a release: key, address, cluster or a copy's address"
    )
    parser.add_argument(
        "--relation", action="append", default=[], choices=get_args(Relation), help="only these (may be repeated)"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON list, as `export copies` has it")


def run(args: argparse.Namespace, config: AppConfig) -> int:
    """Print the copies."""
    terminal = standard_output(exact=args.json)
    with open_reading(config) as connection:
        cluster = find_cluster(connection, args.key) if args.key else None
        if args.key and cluster is None:
            raise TearsheetError(
                f"{escape(args.key)}: no release or copy of that name; `tearsheet releases` lists them"
            )
        texts: Texts = "whole" if args.json else "excerpt"
        found = copies(connection, cluster=cluster, relations=args.relation, texts=texts)
        if args.json:
            write_json_list((copy_row(copy, locations=True) for copy in found), terminal.out)
        elif not print_copies(terminal, found):
            terminal.line("no copies")
    return 0


def print_copies(terminal: Terminal, found: Iterable[CopyRow]) -> int:
    """Print a table of copies; answers how many."""
    return terminal.table(
        _COLUMNS,
        (
            (
                copy.relation,
                percent(copy.match.cover_release) if copy.match else None,
                percent(copy.match.cover_copy) if copy.match else None,
                sum(copy.removed.values()),
                day(copy.first_seen),
                day(copy.last_seen),
                copy.family,
                copy.url,
            )
            for copy in found
        ),
    )
