"""`tearsheet reconcile LIST`: a vendor's pickup list held against what was captured."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from crawler.cli.reading import open_reading
from crawler.cli.terminal import Column, day, standard_output
from crawler.errors import UsageError
from crawler.export.form import dump_json, write_csv
from crawler.export.whole import replacing
from crawler.report.pickup import read_pickup
from crawler.report.reconcile import STATES, reconcile, reconciled_object

if TYPE_CHECKING:
    import argparse

    from crawler.cli.terminal import Terminal
    from crawler.report.reconcile import Reconciled
    from settings.app import AppConfig

_COLUMNS: Final = (
    Column("ROW", right=True),
    Column("STATE"),
    Column("OUTLET", 24),
    Column("SEEN UNTIL"),
    Column("WHY", 60),
    Column("URL"),
)
_STYLES: Final = {"confirmed": "green", "altered": "yellow", "dead": "red", "missed": "cyan"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The verb's options."""
    parser.epilog = "states:\n" + "\n".join(f"  {state:<14} {what}" for state, what in STATES.items())
    parser.add_argument("list", metavar="LIST", type=Path, help="CSV, .xlsx or plain lines with one address a row")
    parser.add_argument(
        "key", nargs="?", metavar="KEY", help="the release (default: those whose copies the list names)"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument(
        "-o", "--output", default="", metavar="PATH", help="file to write (.csv or .json) instead of printing"
    )


def run(args: argparse.Namespace, config: AppConfig) -> int:
    """Hold the list against the store.

    Raises:
        UsageError: the list cannot be read.
        TearsheetError: there is no release of that key, or the file cannot be written.

    """
    if args.output and not args.output.endswith((".csv", ".json")):
        raise UsageError("-o: name a .csv or a .json file")
    listed = read_pickup(args.list)
    with open_reading(config) as connection:
        found = reconcile(connection, listed, args.key)
    if args.json or args.output:
        with replacing(args.output or "-") as out:
            if args.output.endswith(".csv"):
                write_csv(reconciled_object(found)["lines"], out, "reconciled")
            else:
                out.write(dump_json(reconciled_object(found), indent=2) + "\n")
        return 0
    _print(standard_output(), found)
    return 0


def _print(terminal: Terminal, found: Reconciled) -> None:
    terminal.table(
        _COLUMNS,
        (
            (line.row or "", line.state, line.outlet, day(line.last_seen), line.why, line.url)
            for line in found.lines
        ),
    )
    terminal.heading("Together")
    for state, count in found.counts.items():
        terminal.words([(f"{count:>6} ", "bold"), (state, _STYLES.get(state, "")), (f"  {STATES[state]}", "dim")])  # type: ignore[index]  # states are its keys
    if found.families_missed:
        terminal.line(f"{found.families_missed} outlets carry it that the list does not name at all", "cyan")
