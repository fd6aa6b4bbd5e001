"""`tearsheet report`: who carried what, on one page that needs no network."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from crawler.cli.reading import open_store
from crawler.errors import UsageError
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
        "-o",
        "--output",
        default="",
        metavar="PATH",
        help="file to write (default: standard output, if that is no terminal)",
    )
    parser.add_argument("--allow-stale", action="store_true", help="report on what is out of date too")


def run(args: argparse.Namespace, config: AppConfig) -> int:
    """Write the report.

    Raises:
        UsageError: no file is named and standard output is a terminal.
        TearsheetError: something is out of date, no release of that name, or the file cannot be written.

    """
    if not args.output and args.format != "json" and sys.stdout.isatty():
        raise UsageError("a page is nothing for a terminal: name a file, as in -o report.html")
    path = args.output or "-"
    chosen = args.format or ("json" if path.endswith(".json") else "html")
    with open_store(config) as engine:
        write_report(engine, path, chosen, args.key, allow_stale=args.allow_stale)
    if path != "-" and not args.quiet and sys.stdout.isatty():
        sys.stdout.write(f"{Path(path).resolve().as_uri()}\n")
    return 0
