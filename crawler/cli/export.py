"""`tearsheet export`: rows for other programs, current and whole."""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

from crawler.cli.reading import open_reading
from crawler.errors import UsageError
from crawler.export.form import WRITERS, dump_json
from crawler.export.parquet import MONTHS, expect_pyarrow, write_months, write_parquet
from crawler.export.rows import DOCUMENTS, SCHEMAS, read_rows, read_schema
from crawler.export.whole import refuse_stale, replacing, replacing_bytes, replacing_folder
from crawler.records import Role

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from crawler.export.rows import Row
    from settings.app import AppConfig


PARQUET = "parquet"


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
        help="copies: blocks that make the text; removed, annotations: blocks to write",
    )
    parser.add_argument(
        "--locations", action="store_true", help="copies: add where in the archive the record lies"
    )
    parser.add_argument(
        "--by-month", action="store_true", help="parquet: a folder, partitioned by the month of first sight"
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
        _write(args, read_rows(connection, args.kind, roles=roles, locations=args.locations))
    return 0


def _check(args: argparse.Namespace) -> None:
    columns = MONTHS if args.format == PARQUET else SCHEMAS
    if args.format != "jsonl" and args.kind not in columns:
        raise UsageError(f"--format {args.format}: {args.kind} has no columns; take jsonl")
    if args.format == PARQUET:
        expect_pyarrow()
    elif args.by_month:
        raise UsageError("--by-month goes with --format parquet")


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
