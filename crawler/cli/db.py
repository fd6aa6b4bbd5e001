"""`tearsheet db`: bring the database to this program's version, or check it and the archive."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from typing import TYPE_CHECKING, Final

from crawler.cli.reading import open_store
from crawler.cli.terminal import escape
from storage.archive import Archive
from storage.check import check
from storage.engine import HEAD, check_version, open_engine, upgrade, version
from storage.lock import hold

if TYPE_CHECKING:
    import argparse

    from sqlalchemy import Engine

    from settings.app import AppConfig

_SHOWN: Final = 100


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The verb's options."""
    parser.add_argument(
        "what",
        choices=("upgrade", "check"),
        help="upgrade: bring the database to this program's version; check: read everything and compare",
    )
    parser.add_argument("--json", action="store_true", help="print what was found as JSON")


def run(args: argparse.Namespace, config: AppConfig) -> int:
    """Do it, under the data folder's lock.

    Raises:
        TearsheetError: another run holds the lock, or the database cannot be opened.

    """
    if args.what == "check":
        with open_store(config) as engine, hold(config.data_folder, "db check"):
            return _check(args, engine, Archive(config.archive_folder))
    with hold(config.data_folder, "db upgrade"):
        engine = open_engine(config.database_url)
        try:
            return _upgrade(args, engine)
        finally:
            engine.dispose()


def _upgrade(args: argparse.Namespace, engine: Engine) -> int:
    before = version(engine)
    if before is not None and before > HEAD:
        check_version(engine)
    upgrade(engine)
    after = version(engine)
    if args.json:
        sys.stdout.write(json.dumps({"before": before, "after": after}) + "\n")
    elif not args.quiet:
        said = "was at this version already" if before == after else f"was {before or 'empty'}"
        sys.stdout.write(f"database: version {after} ({said})\n")
    return 0


def _check(args: argparse.Namespace, engine: Engine, archive: Archive) -> int:
    checked = check(engine, archive)
    if args.json:
        sys.stdout.write(json.dumps({"version": version(engine), **asdict(checked)}) + "\n")
        return 1 if checked.problems else 0
    for problem in checked.problems[:_SHOWN]:
        sys.stdout.write(f"{escape(problem)}\n")
    if len(checked.problems) > _SHOWN:
        sys.stdout.write(f"… and {len(checked.problems) - _SHOWN} more\n")
    if not args.quiet:
        size = f"{checked.captures} captures in {checked.files} files, {checked.bytes} bytes"
        verdict = f"{len(checked.problems)} problems" if checked.problems else "all well"
        sys.stdout.write(f"database version {version(engine)}; {size}; all read and compared: {verdict}\n")
    return 1 if checked.problems else 0
