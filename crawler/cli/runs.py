"""`tearsheet runs`: what was run, when, and what came of it; what still waits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crawler.cli.reading import open_reading
from crawler.cli.terminal import Column, day, standard_output
from crawler.errors import UsageError
from crawler.export.form import dump_json
from storage.lookups import dirty, runs

if TYPE_CHECKING:
    import argparse

    from settings.app import AppConfig
    from storage.rows import RunRow


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The verb's options."""
    parser.add_argument("--limit", type=int, default=20, metavar="N", help="how many, newest first (default: 20)")
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def run(args: argparse.Namespace, config: AppConfig) -> int:
    """Print the runs."""
    if args.limit < 1:
        raise UsageError("--limit: at least 1")
    terminal = standard_output(exact=args.json)
    with open_reading(config) as connection:
        found, waiting = tuple(runs(connection, args.limit)), dirty(connection)
    if args.json:
        rows = [
            {"id": r.id, "verb": r.verb, "started_at": r.started_at, "ended_at": r.ended_at, "outcome": r.outcome}
            for r in found
        ]
        terminal.out.write(dump_json({"runs": rows, "out_of_date": waiting}, indent=2) + "\n")
        return 0
    columns = (Column("STARTED"), Column("ENDED"), Column("VERB"), Column("CAME OF IT"))
    if not terminal.table(columns, ((day(r.started_at), day(r.ended_at), r.verb, _told(r)) for r in found)):
        terminal.line("no runs yet")
    if waiting:
        counts = ", ".join(f"{count} {stratum}" for stratum, count in waiting.items())
        terminal.line(f"out of date: {counts}; `tearsheet process` derives them", "yellow")
    return 0


def _told(run_: RunRow) -> str:
    if run_.outcome is None:
        return "running, or cut short" if run_.ended_at is None else "-"
    return ", ".join(f"{name} {dump_json(value)}" for name, value in run_.outcome.items()) or "nothing to do"
