"""`tearsheet runs`: what was run, when, and what came of it; what still waits. `runs show N`: one run in full."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from crawler.cli.reading import open_reading
from crawler.cli.terminal import Column, day, escape, standard_output
from crawler.errors import UsageError
from crawler.export.form import dump_json
from storage.lookups import dirty, runs

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping, Sequence

    from crawler.cli.terminal import Terminal
    from settings.app import AppConfig
    from storage.rows import RunRow

_SEARCHED: Final = 10_000
"""Runs among which one is looked for by its id."""

_DIGITS: Final = 6
"""Digits of a place in the list; longer ones begin an id."""

_TABLES: Final = (
    ("failed", "asked for in vain"),
    ("blocked", "not asked for"),
    ("gone", "not there any more"),
    ("discovery", "lists that could not be read"),
    ("rejected", "captures without a text"),
)
"""What a crawl counts by reason, and what that means."""

_COLUMNS: Final = (
    Column("N", right=True),
    Column("STARTED"),
    Column("TOOK"),
    Column("VERB"),
    Column("CAME OF IT"),
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The verb's options."""
    parser.add_argument("show", nargs="?", choices=["show"], help="show one run in full")
    parser.add_argument("run", nargs="?", metavar="N", help="which: 1 is the newest, or the beginning of its id")
    parser.add_argument("--limit", type=int, default=20, metavar="N", help="how many, newest first (default: 20)")
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def run(args: argparse.Namespace, config: AppConfig) -> int:
    """Print the runs, or one of them.

    Raises:
        UsageError: there is no such run.

    """
    if args.limit < 1:
        raise UsageError("--limit: at least 1")
    if args.show:
        return _show(args, config)
    terminal = standard_output(exact=args.json)
    with open_reading(config) as connection:
        found, waiting = tuple(runs(connection, args.limit)), dirty(connection)
    if args.json:
        terminal.out.write(
            dump_json({"runs": [_as_json(r) for r in found], "out_of_date": waiting}, indent=2) + "\n"
        )
        return 0
    rows = ((n, day(r.started_at), _took(r), r.verb, _told(r)) for n, r in enumerate(found, 1))
    if not terminal.table(_COLUMNS, rows):
        terminal.line("no runs yet")
    if waiting:
        counts = ", ".join(f"{count} {stratum}" for stratum, count in waiting.items())
        terminal.line(f"out of date: {counts}; `tearsheet process` derives them", "yellow")
    return 0


def _show(args: argparse.Namespace, config: AppConfig) -> int:
    terminal = standard_output(exact=args.json)
    with open_reading(config) as connection:
        found = _find(args.run or "1", tuple(runs(connection, _SEARCHED)))
    if args.json:
        terminal.out.write(dump_json(_as_json(found), indent=2) + "\n")
        return 0
    terminal.field("run", found.id)
    terminal.field("verb", found.verb)
    terminal.field("started", found.started_at)
    terminal.field("ended", found.ended_at or "running, or cut short")
    terminal.field("took", _took(found))
    outcome: dict[str, Any] = dict(found.outcome or {})
    drained = outcome.pop("drained", None) or {}
    flat = {**outcome, **drained}
    for name, value in flat.items():
        if not isinstance(value, dict):
            terminal.field(name.replace("_", " "), dump_json(value) if not isinstance(value, str) else value)
    for name, meaning in _TABLES:
        _count(terminal, meaning, flat.get(name))
    _sites(terminal, flat.get("sites"))
    return 0


def _find(named: str, known: Sequence[RunRow]) -> RunRow:
    if named.isdecimal() and len(named) <= _DIGITS:
        number = int(named)
        if 1 <= number <= len(known):
            return known[number - 1]
        raise UsageError(f"runs show {number}: there are {len(known)} runs; 1 is the newest")
    fits = [each for each in known if each.id.startswith(named)]
    if len(fits) != 1:
        raise UsageError(
            f"runs show {escape(named)}: {'no' if not fits else 'more than one'} run has an id that begins so"
        )
    return fits[0]


def _count(terminal: Terminal, meaning: str, counts: Mapping[str, int] | None) -> None:
    if not counts:
        return
    terminal.heading(f"{sum(counts.values())} {meaning}, by reason")
    rows = [(count, reason) for reason, count in sorted(counts.items(), key=lambda item: (-item[1], item[0]))]
    terminal.table((Column("PAGES", right=True), Column("REASON")), rows)


def _sites(terminal: Terminal, sites: Mapping[str, Mapping[str, int]] | None) -> None:
    """What came of each site's addresses."""
    if not sites:
        return
    terminal.heading("by site")
    rows = []
    for name, counts in sorted(sites.items()):
        rest = {word: count for word, count in counts.items() if word not in {"fetched", "listed", "lists"}}
        told = ", ".join(f"{count} {word}" for word, count in sorted(rest.items()))
        rows.append((name, counts.get("fetched", 0), counts.get("listed", 0), told))
    columns = (
        Column("SITE"),
        Column("FETCHED", right=True),
        Column("LISTED", right=True),
        Column("NOT TO BE HAD"),
    )
    terminal.table(columns, rows)


def _as_json(r: RunRow) -> dict[str, object]:
    return {"id": r.id, "verb": r.verb, "started_at": r.started_at, "ended_at": r.ended_at, "outcome": r.outcome}


def _took(r: RunRow) -> str:
    """How long it took, to the second."""
    if r.ended_at is None:
        return "-"
    seconds = int((datetime.fromisoformat(r.ended_at) - datetime.fromisoformat(r.started_at)).total_seconds())
    minutes, seconds = divmod(seconds, 60)
    return f"{minutes}m{seconds:02}s" if minutes else f"{seconds}s"


def _told(r: RunRow) -> str:
    if r.outcome is None:
        return "running, or cut short" if r.ended_at is None else "-"
    shown = {name: value for name, value in r.outcome.items() if name != "sites"}
    return ", ".join(f"{name} {dump_json(value)}" for name, value in shown.items()) or "nothing to do"
