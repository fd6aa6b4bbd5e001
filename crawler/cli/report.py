"""`tearsheet report`: who carried what, on one page that needs no network."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from crawler.cli.reading import open_store
from crawler.report.write import write_report

if TYPE_CHECKING:
    import argparse

    from settings.app import AppConfig

_FORMATS: Final = ("html", "json")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The verb's options."""
    parser.add_argument(
        "key",
        nargs="?",
        metavar="KEY",
        help="one release: key, address, cluster or a copy's address (default: all)",
    )
    parser.add_argument("--format", choices=_FORMATS, help="default: what the file's name says, else html")
    parser.add_argument(
        "-o", "--output", default="-", metavar="PATH", help="file to write (default: -, standard output)"
    )
    parser.add_argument("--allow-stale", action="store_true", help="report on what is out of date too")


def run(args: argparse.Namespace, config: AppConfig) -> int:
    """Write the report.

    Raises:
        TearsheetError: something is out of date, no release of that name, or the file cannot be written.

    """
    chosen = args.format or ("json" if args.output.endswith(".json") else "html")
    with open_store(config) as engine:
        write_report(engine, args.output, chosen, args.key, allow_stale=args.allow_stale)
    if args.output != "-" and not args.quiet and sys.stdout.isatty():
        sys.stdout.write(f"{Path(args.output).resolve().as_uri()}\n")
    return 0
