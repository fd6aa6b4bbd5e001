"""The command line: finds the verb, builds the config, turns errors into messages and exit codes.

Each verb is a module of this package with `add_arguments(parser)` and `run(args, config) -> int`; it is
imported only when it is used, so that `--help` stays quick.
"""

from __future__ import annotations

import argparse
import importlib
import logging
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from crawler.cli.logs import secrets_of, start_logging
from crawler.errors import TearsheetError
from settings.app import load_config

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import ModuleType

VERBS: Final = {
    "demo": "start a sample newsroom on this machine, crawl it for real and open the report",
    "track": "watch a release: fetch it, look for its copies now, and again later",
    "watch": "list the watched releases, or stop one",
    "schedule": "do what is due again and again, until it is told to stop",
    "crawl": "fetch what is due from the sites, then process it",
    "ingest": "take in WARC files, HTML files or folders; no network",
    "process": "derive everything that is out of date from the archive",
    "releases": "list the releases",
    "copies": "list the copies of a release, or all",
    "show": "show one release and its copies",
    "explain": "show why a page is cleaned and attributed the way it is",
    "diff": "show how a copy differs from its release, side by side",
    "link": "say that two pages are one release",
    "unlink": "take a page out of a release",
    "set-origin": "say which origin a release has",
    "review": "list what lies near a threshold; confirm or reject it",
    "report": "write the deduplication report",
    "export": "write rows for other programs",
    "reconcile": "hold a vendor's list of pickups against what was captured",
    "bundle": "pack the evidence of one release into one file",
    "serve": "serve the dashboard, the API and feeds on this machine",
    "extract": "clean one page and print its text; stores nothing",
    "db": "upgrade or check the database",
    "site": "check a site file",
    "purge": "remove pages for good, and keep them out",
    "alerts": "list what somebody was told of; send what waits",
    "runs": "list the runs and what came of them",
}

EPILOG: Final = """\
start here:
  tearsheet demo                              see it work, in under a minute
  tearsheet ingest page.html --url URL        clean and attribute one saved page
  tearsheet ingest crawl.warc.gz              … or a whole crawl
  tearsheet report -o report.html             who copied what

exit codes: 0 done, 1 the work failed, 2 wrong usage, 3 done in part (reasons are stored), 75 another run
holds the lock."""


def build_parser(chosen: str | None) -> argparse.ArgumentParser:
    """The parser; only the chosen verb's own arguments are loaded."""
    parser = argparse.ArgumentParser(
        prog="tearsheet",
        description="Follow a press release across the web.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True)
    for verb, summary in VERBS.items():
        child = verbs.add_parser(
            verb, help=summary, description=summary, formatter_class=argparse.RawDescriptionHelpFormatter
        )
        if verb == chosen:
            load_verb(verb).add_arguments(child)
            _add_common(child)
    return parser


def load_verb(verb: str) -> ModuleType:
    """The module of a verb."""
    return importlib.import_module(f"crawler.cli.{verb.replace('-', '_')}")


def _add_common(parser: argparse.ArgumentParser) -> None:
    common = parser.add_argument_group("common options")
    common.add_argument("--data", metavar="DIR", help="data folder (default: this user's)")
    common.add_argument(
        "--db", metavar="URL", dest="database", help="database (default: SQLite in the data folder)"
    )
    common.add_argument("--config", metavar="FILE", type=Path, help="config file (TOML)")
    common.add_argument("--log", metavar="FILE", help="log to a file as JSON lines (-: to standard error)")
    common.add_argument("-v", "--verbose", action="count", default=0, help="say more; twice for debugging")
    common.add_argument("-q", "--quiet", action="store_true", help="say only what went wrong")


def main(argv: Sequence[str] | None = None) -> int:
    """Run one verb.

    Returns:
        The exit code: 0 success, 1 the work failed, 2 wrong usage, 3 done in part, 75 the lock is held.

    """
    arguments = list(sys.argv[1:] if argv is None else argv)
    chosen = next((word for word in arguments if word in VERBS), None)
    args = build_parser(chosen).parse_args(arguments)
    level = logging.ERROR if args.quiet else (logging.WARNING, logging.INFO, logging.DEBUG)[min(args.verbose, 2)]
    start_logging(level)
    try:
        config = load_config(args.config, {"data": args.data, "database": args.database})
        start_logging(level, args.log, (*secrets_of(config.database_url), *config.alerts.secrets))
        code: int = load_verb(args.verb).run(args, config)
    except TearsheetError as error:
        sys.stderr.write(f"tearsheet: {error}\n")
        return error.exit_code
    except KeyboardInterrupt:
        sys.stderr.write("tearsheet: stopped; what was acknowledged is kept, the next run goes on from here\n")
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    return code
