"""`tearsheet report`: who carried what, as pages that need no network, or as rows."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from crawler.cli.reading import open_store
from crawler.errors import UsageError
from crawler.report.periods import read_period
from crawler.report.write import FORMATS, write_periods, write_report
from crawler.sites.load import load_sites

if TYPE_CHECKING:
    import argparse

    from settings.app import AppConfig

_BY_NAME: Final = {".html": "html", ".htm": "html", ".json": "json", ".csv": "csv", ".md": "md"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The verb's options."""
    parser.add_argument(
        "key",
        nargs="?",
        metavar="KEY",
        help="one release: key, address, cluster or a copy's address (default: all)",
    )
    parser.add_argument("--format", choices=FORMATS, help="default: what the name says, else html")
    parser.add_argument(
        "-o",
        "--output",
        default="",
        metavar="PATH",
        help="file, or folder/ with a page for each release and each altered copy (default: standard output)",
    )
    parser.add_argument(
        "--contacts",
        action="store_true",
        help="quote e-mail addresses, telephone numbers and press contacts too (default: masked)",
    )
    parser.add_argument(
        "--period",
        default="",
        metavar="FROM/TO",
        help="a period against another instead: days as 2026-01-01/2026-01-31, or a month, 2026-01",
    )
    parser.add_argument(
        "--against", default="", metavar="FROM/TO", help="the other period (default: the one right before)"
    )
    parser.add_argument("--allow-stale", action="store_true", help="report on what is out of date too")


def run(args: argparse.Namespace, config: AppConfig) -> int:
    """Write the report.

    Raises:
        UsageError: no file is named and standard output is a terminal, or a period that is none.
        TearsheetError: something is out of date, no release of that name, or the file cannot be written.

    """
    if not args.output and args.format in {None, "html"} and sys.stdout.isatty():
        raise UsageError("a page is nothing for a terminal: name a file, as in -o report.html")
    if (args.period and args.key) or (args.against and not args.period):
        raise UsageError("--period is for all releases, and --against goes with it")
    path = args.output or "-"
    chosen = args.format or _form(path)
    with open_store(config) as engine:
        if args.period:
            now = read_period(args.period)
            before = read_period(args.against) if args.against else now.before()
            write_periods(engine, path, chosen, now, before, allow_stale=args.allow_stale)
        else:
            sites = load_sites(*config.site_folders)
            stale, contacts = args.allow_stale, args.contacts
            write_report(engine, path, chosen, args.key, sites=sites, allow_stale=stale, contacts=contacts)
    if path != "-" and not args.quiet and sys.stdout.isatty():
        shown = Path(path).resolve() / ("index.html" if chosen == "folder" else "")
        sys.stdout.write(f"{shown.as_uri()}\n")
    return 0


def _form(path: str) -> str:
    """The form that a name asks for: a folder by a slash at its end, or because it is one."""
    if path.endswith(("/", os.sep)) or Path(path).is_dir():
        return "folder"
    return _BY_NAME.get(Path(path).suffix.lower(), "html")
