"""`tearsheet export`: rows for other programs, current and whole."""

from __future__ import annotations

import argparse
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

from crawler.cli.reading import open_reading
from crawler.errors import UsageError
from crawler.export.form import WRITERS, dump_json
from crawler.export.increments import NAMES, load_cursor, next_cursor, position_of, read_increment, start_of
from crawler.export.parquet import MONTHS, expect_pyarrow, write_months, write_parquet
from crawler.export.rows import DOCUMENTS, SCHEMAS, SHARED, read_rows, read_schema
from crawler.export.whole import refuse_stale, replacing, replacing_bytes, replacing_folder
from crawler.records import Role
from crawler.reservations import RESERVING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection

    from crawler.export.rows import Row
    from settings.app import AppConfig


PARQUET = "parquet"
_OF_BLOCKS = ("copies", "corpus", "removed", "annotations")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The verb's options."""
    parser.epilog = (
        "Rows are sorted and the same byte for byte for the same store. jsonl loses nothing; csv puts an\n"
        "apostrophe before what a spreadsheet would run, and holds nested values as JSON; parquet is typed\n"
        "(it needs `pip install 'tearsheet[parquet]'`)."
    )
    parser.add_argument("kind", choices=(*SCHEMAS, *DOCUMENTS), help="what a row is")
    parser.add_argument("--format", choices=(*WRITERS, PARQUET), default="jsonl", help="default: jsonl")
    parser.add_argument(
        "-o", "--output", default="-", metavar="PATH", help="file to write (default: -, standard output)"
    )
    parser.add_argument(
        "--roles",
        default="",
        metavar="ROLE,…",
        help="copies, corpus: blocks that make the text; removed, annotations: blocks to write",
    )
    parser.add_argument(
        "--locations", action="store_true", help="copies: add where in the archive the record lies"
    )
    parser.add_argument(
        "--by-month", action="store_true", help="parquet: a folder, partitioned by the month of first sight"
    )
    parser.add_argument("--since", metavar="MARKER", help="only what changed since, came or went: see --cursor")
    parser.add_argument(
        "--cursor",
        metavar="FILE",
        help="only what changed since the export that left this file; it is written when the rows are",
    )
    parser.add_argument(
        "--leave-out-reserved",
        action="store_true",
        help="leave out pages that ask not to be kept, or reserve text and data mining or training",
    )
    parser.add_argument(
        "--contacts",
        action=argparse.BooleanOptionalAction,
        help="show e-mail addresses, telephone numbers and press contacts, or mask them; "
        f"by default {', '.join(sorted(SHARED))} mask them, and the rows show them",
    )
    parser.add_argument("--allow-stale", action="store_true", help="write rows that are out of date too")
    parser.add_argument("--schema", action="store_true", help="print the JSON Schema of a row instead")


def run(args: argparse.Namespace, config: AppConfig) -> int:
    """Write the rows.

    Raises:
        TearsheetError: something is out of date, or the file cannot be written.
        UsageError: a role that does not exist.

    """
    roles = _roles(args.roles)
    if args.schema:
        with replacing(args.output) as out:
            out.write(dump_json(read_schema(args.kind), indent=2) + "\n")
        return 0
    _check(args)
    with open_reading(config) as connection:
        if not args.allow_stale:
            refuse_stale(connection)
        without = RESERVING if args.leave_out_reserved else frozenset[str]()
        options = _lasting(args)
        after = _start(connection, args, options)
        read = partial(read_increment, after=after) if after is not None else read_rows
        chosen: dict[str, Any] = {"roles": roles, "locations": args.locations, "contacts": args.contacts}
        _write(args, read(connection, args.kind, without=without, **chosen))
        if args.cursor is not None:
            with replacing(args.cursor) as out:
                out.write(next_cursor(connection, args.kind, options))
    return 0


def _lasting(args: argparse.Namespace) -> tuple[str, ...]:
    """The options that decide what the rows say: a cursor goes on only with the same."""
    given = {
        f"--roles={args.roles}": bool(args.roles),
        "--leave-out-reserved": args.leave_out_reserved,
        "--no-contacts": args.contacts is False,
    }
    return tuple(option for option, is_given in given.items() if is_given)


def _start(connection: Connection, args: argparse.Namespace, options: tuple[str, ...]) -> int | None:
    """The number of the revision behind which to go on; None for everything."""
    if args.since is not None:
        return position_of(connection, args.since)
    return start_of(connection, load_cursor(args.cursor, args.kind, options)) if args.cursor is not None else None


def _check(args: argparse.Namespace) -> None:
    columns = MONTHS if args.format == PARQUET else SCHEMAS
    if args.format != "jsonl" and args.kind not in columns:
        raise UsageError(f"--format {args.format}: {args.kind} has no columns; take jsonl")
    if args.leave_out_reserved and args.kind == "overrules":
        raise UsageError("--leave-out-reserved goes with pages; overrules are your own words")
    if args.contacts is not None and args.kind in {"annotations", "overrules"}:
        raise UsageError(f"--contacts: {args.kind} are written as they are")
    if args.roles and args.kind not in _OF_BLOCKS:
        raise UsageError(f"--roles goes with {', '.join(_OF_BLOCKS)}")
    if args.format == PARQUET:
        expect_pyarrow()
    elif args.by_month:
        raise UsageError("--by-month goes with --format parquet")
    if args.since is not None or args.cursor is not None:
        _check_increment(args)


def _check_increment(args: argparse.Namespace) -> None:
    """Increments hold tombstones, which have no columns, and a record's place may move without its row."""
    if args.since is not None and args.cursor is not None:
        raise UsageError("--since and --cursor: a cursor file holds the marker itself; give one of them")
    if args.kind not in NAMES or args.format != "jsonl" or args.locations:
        raise UsageError(f"--since and --cursor go with {', '.join(NAMES)} as jsonl, without --locations")
    if args.cursor is not None and (
        args.cursor == "-" or Path(args.cursor).resolve() == Path(args.output).resolve()
    ):
        raise UsageError("--cursor: name a file of its own")


def _write(args: argparse.Namespace, rows: Iterator[Row]) -> None:
    if args.by_month:
        with replacing_folder(args.output, "month=*") as folder:
            write_months(rows, folder, args.kind)
    elif args.format == PARQUET:
        with replacing_bytes(args.output) as file:
            write_parquet(rows, file, args.kind)
    else:
        with replacing(args.output) as out:
            WRITERS[args.format](rows, out, args.kind)


def _roles(words: str) -> tuple[str, ...]:
    roles = tuple(filter(None, words.replace(" ", "").split(",")))
    for role in roles:
        if role not in get_args(Role):
            raise UsageError(f"--roles: {role!r} is none of {', '.join(get_args(Role))}")
    return roles
