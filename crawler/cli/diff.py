"""`tearsheet diff URL`: a copy and the text that it was held against, side by side, every difference marked."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from crawler.cli.reading import open_reading, tell_unknown
from crawler.cli.terminal import LABEL, day, escape, lay, standard_output
from crawler.errors import TearsheetError, UsageError
from crawler.export.comparison import apart, comparison_object, count, hold, lay_beside, tell_counts
from crawler.export.form import dump_json, percent
from crawler.export.rows import read_schema
from crawler.export.whole import replacing
from crawler.report.beside import render_comparison
from crawler.sites.load import load_sites
from crawler.urls import spellings
from storage.evidence import evidence

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Sequence

    from crawler.cli.terminal import Terminal
    from crawler.export.comparison import Beside, Fragment, Held
    from settings.app import AppConfig

_WIDE: Final = 100
"""Columns from which both texts fit side by side."""

_BETWEEN: Final = 3
_AROUND: Final = 1
"""Passages that are the same which are shown before and behind one that differs."""

_GONE: Final = ("[-", "-]", "red")
_NEW: Final = ("{+", "+}", "green")
_STANDING: Final = {
    "itself": "this page has the text that the release's copies are held against: there is nothing to compare",
    "none": "attached to no release, and no release shares enough with it to be compared with",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The verb's options."""
    parser.add_argument("url", metavar="URL", nargs="?", default="", help="address of a stored page")
    parser.add_argument("--full", action="store_true", help="show what is the same too, all of it")
    parser.add_argument("--html", action="store_true", help="write one HTML page that needs nothing else")
    parser.add_argument(
        "-o", "--output", default="", metavar="PATH", help="file for --html or --json (default: standard output)"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--schema", action="store_true", help="print the JSON Schema of that object instead")


def run(args: argparse.Namespace, config: AppConfig) -> int:
    """Show the differences.

    Raises:
        UsageError: no such address, none at all, or a page for a terminal.
        TearsheetError: no capture of it is a page of text.

    """
    if args.schema:
        with replacing(args.output or "-") as out:
            out.write(dump_json(read_schema("diff"), indent=2) + "\n")
        return 0
    if not args.url:
        raise UsageError("diff: which page? `tearsheet copies` lists the addresses")
    if args.html and args.json:
        raise UsageError("diff: --html or --json, not both")
    if args.html and not args.output and sys.stdout.isatty():
        raise UsageError("a page is nothing for a terminal: name a file, as in --html -o diff.html")
    held = _read(args.url, config)
    if args.html or args.json or args.output:
        with replacing(args.output or "-") as out:
            if args.json or args.output.endswith(".json"):
                out.write(dump_json(comparison_object(held), indent=2) + "\n")
            else:
                out.writelines(render_comparison(held))
        if args.output not in {"", "-"} and not args.quiet and sys.stdout.isatty():
            sys.stdout.write(f"{Path(args.output).resolve().as_uri()}\n")
        return 0
    terminal = standard_output()
    _print_head(terminal, held)
    if held.its is not None:
        _print_rows(terminal, lay_beside(held), whole=args.full)
    return 0


def _read(url: str, config: AppConfig) -> Held:
    sites = load_sites(*config.site_folders)
    with open_reading(config) as connection:
        found = evidence(connection, spellings(url))
        if found is None:
            raise UsageError(tell_unknown(connection, url))
        if found.copy is None:
            newest = found.observations[-1]
            why = (
                f"no page of text ({newest.reason})" if newest.reason else "not read yet: run `tearsheet process`"
            )
            raise TearsheetError(escape(f"{found.url}: captured, but {why}; `tearsheet explain URL` says more"))
        return hold(connection, found.copy, sites)


# ------------------------------------------------------------------------------------------------ the terminal


def _print_head(terminal: Terminal, held: Held) -> None:
    copy, its = held.copy, held.its
    terminal.line(copy.url, "bold")
    terminal.field("captured", day(held.mine.captured_at))
    if held.standing in {"nearest", "none"}:
        terminal.field("release", "none: this page is attached to no release", "yellow")
    else:
        terminal.field("release", copy.release or copy.cluster, "cyan")
    terminal.field("relation", copy.relation, "green" if copy.release else "yellow")
    if held.standing in _STANDING:
        terminal.hang(f"{'compared':<{LABEL}}", _STANDING[held.standing], "yellow")
    if its is None:
        return
    label = "nearest" if held.standing == "nearest" else "against"
    terminal.field(label, f"{its.url} (captured {day(its.captured_at)})")
    if copy.match and held.standing == "attached":
        shared = f"{percent(copy.match.cover_release)} of the release is here; "
        terminal.field("coverage", f"{shared}{percent(copy.match.cover_copy)} of this page's text is the release")
    terminal.hang(f"{'differences':<{LABEL}}", tell_counts(count(held)) or "none")
    for difference in apart(held):
        was, said = (text and f"“{text}”" for text in (difference.was, difference.said))
        told = f"{was} is now {said}" if said else f"{was} is not there"
        terminal.hang(f"{difference.kind.partition('-')[0]:<{LABEL}}", told, cut=False)


def _print_rows(terminal: Terminal, rows: Sequence[Beside], *, whole: bool) -> None:
    wide = terminal.columns >= _WIDE
    between = " " * _left(terminal) if wide else ", and "
    terminal.heading(f"The release{between}{'This' if wide else 'this'} page")
    terminal.words([("[-no longer there-]", "red"), ("{+new+}", "green"), ("= the same", "dim")])
    shown = {
        near
        for n, row in enumerate(rows)
        if row.kinds or whole
        for near in range(n - _AROUND, n + _AROUND + 1)
    }  # fmt: skip
    folded = 0
    for n, row in enumerate(rows):
        if n not in shown:
            folded += 1
            continue
        _print_folded(terminal, folded)
        folded = 0
        if row.kinds:
            terminal.line(f"~ {', '.join(row.kinds)}", "yellow")
        (_print_wide if wide else _print_narrow)(terminal, row)
    _print_folded(terminal, folded)


def _print_folded(terminal: Terminal, folded: int) -> None:
    if folded:
        terminal.line(f"  … {folded} {'passage' if folded == 1 else 'passages'} the same", "dim")


def _left(terminal: Terminal) -> int:
    return (terminal.columns - _BETWEEN) // 2 + _BETWEEN - len("The release")


def _print_wide(terminal: Terminal, row: Beside) -> None:
    width = (terminal.columns - _BETWEEN) // 2
    left, right = (lay(_marked(*side), width) for side in ((row.release, _GONE), (row.copy, _NEW)))
    for n in range(max(len(left), len(right))):
        one, other = (side[n] if n < len(side) else [] for side in (left, right))
        terminal.spans(one, [(" | ", "dim")], other, widths=(width, _BETWEEN))


def _print_narrow(terminal: Terminal, row: Beside) -> None:
    """One text above the other; where nothing differs, once."""
    if not row.kinds:
        _print_under(terminal, "= ", _marked(row.copy, _NEW))
        return
    if row.release:
        _print_under(terminal, "- ", _marked(row.release, _GONE))
    if row.copy:
        _print_under(terminal, "+ ", _marked(row.copy, _NEW))


def _print_under(terminal: Terminal, gutter: str, pieces: Iterable[tuple[str, str]]) -> None:
    for line in lay(pieces, max(_WIDE // 4, terminal.columns - len(gutter))):
        terminal.spans([(gutter, "dim")], line, widths=(len(gutter),))
        gutter = " " * len(gutter)


def _marked(fragments: Iterable[Fragment], mark: tuple[str, str, str]) -> list[tuple[str, str]]:
    """The fragments with what differs in brackets, so that it is seen without colour too."""
    begin, end, style = mark
    return [(f"{begin}{text}{end}", style) if kind else (text, "") for text, kind in fragments]
