"""`tearsheet releases`: every release, with how many carry it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crawler.cli.reading import open_reading
from crawler.cli.terminal import Column, day, spare_columns, standard_output
from crawler.export.form import write_json_list
from crawler.export.rows import release_row
from storage.lookups import releases

if TYPE_CHECKING:
    import argparse

    from settings.app import AppConfig


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The verb's options."""
    parser.add_argument("--json", action="store_true", help="print one JSON list, as `export releases` has it")


def run(args: argparse.Namespace, config: AppConfig) -> int:
    """Print the releases."""
    terminal = standard_output(exact=args.json)
    with open_reading(config) as connection:
        if args.json:
            write_json_list(map(release_row, releases(connection)), terminal.out)
            return 0
        columns = (
            Column("KEY", 48),
            Column("COPIES", right=True),
            Column("OUTLETS", right=True),
            Column("FIRST COPY"),
            Column("TITLE", spare_columns(82)),
        )
        rows = (
            (r.key or r.cluster, r.copies, r.families, day(r.first_copy_at), r.title)
            for r in releases(connection, texts="excerpt")
        )
        if not terminal.table(columns, rows):
            terminal.line("no release yet: nothing that is stored has a key or is carried by several outlets")
    return 0
