"""`tearsheet review`: what lies near a threshold, nearest first; a person says whether it is one release."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crawler.cli.overruling import add_common, serve
from crawler.cli.reading import open_reading
from crawler.cli.terminal import LABEL, standard_output
from crawler.errors import TearsheetError, UsageError
from crawler.export.form import percent, write_json_list
from crawler.export.rows import share
from crawler.match.differences import Side, count_differences
from crawler.urls import spellings
from storage.doubts import doubts

if TYPE_CHECKING:
    import argparse

    from crawler.cli.terminal import Terminal
    from settings.app import AppConfig
    from storage.doubts import DoubtRow, Witness


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The verb's options."""
    parser.add_argument("subject", metavar="URL", nargs="?", help="a page of one of the two texts")
    parser.add_argument("object", metavar="OTHER", nargs="?", help="a page of the other, where several are open")
    answer = parser.add_mutually_exclusive_group()
    answer.add_argument("--same", action="store_true", help="say that the two are one release")
    answer.add_argument("--other", action="store_true", help="say that they are two")
    parser.add_argument("--limit", type=int, default=20, metavar="N", help="how many to list (default: 20)")
    add_common(parser)


def run(args: argparse.Namespace, config: AppConfig) -> int:
    """List what is open, or put an answer down."""
    if args.list or args.undo or args.file:
        return serve(args, config, "apart")
    if args.limit < 1:
        raise UsageError("--limit: at least 1")
    if args.same or args.other:
        args.subject, args.object = _pair(args, config)
        return serve(args, config, "link" if args.same else "apart")
    terminal = standard_output(exact=args.json)
    with open_reading(config) as connection:
        shown, count = doubts(connection, spellings(args.subject) if args.subject else (), limit=args.limit)
    if args.json:
        write_json_list(map(_row, shown), terminal.out)
        return 0
    for row in shown:
        _print(terminal, row)
    terminal.line(f"{count} to review" + (f", {len(shown)} shown: --limit {count}" if count > len(shown) else ""))
    if shown:
        terminal.line("`tearsheet review URL OTHER --same` or `--other` settles one")
    return 0


def _pair(args: argparse.Namespace, config: AppConfig) -> tuple[str, str]:
    """The addresses of the pair that is answered.

    Raises:
        UsageError: no page is named, or several pairs are open for it.
        TearsheetError: none is open.

    """
    if not args.subject:
        raise UsageError("review: which page? `tearsheet review` lists what is open")
    named = [frozenset(spellings(name)) for name in (args.subject, args.object) if name]
    with open_reading(config) as connection:
        found, _ = doubts(connection, frozenset().union(*named))
    pairs = [(row.page.url, row.other.url) for row in found]
    pairs = [pair for pair in pairs if all(spelled & {*pair} for spelled in named)]
    if not pairs:
        raise TearsheetError(f"{args.subject}: nothing is open there; `link` and `unlink` wait for no question")
    if len(pairs) > 1:
        raise UsageError(f"{args.subject}: {len(pairs)} pairs are open; name the other page too")
    return pairs[0]


def _differs(row: DoubtRow) -> str:
    """How the two differ, in a line."""
    one, other = (Side(page.title, page.text, page.language) for page in (row.page, row.other))
    return (
        ", ".join(f"{count} {name}" for name, count in count_differences(one, other)) or "in nothing that counts"
    )


def _print(terminal: Terminal, row: DoubtRow) -> None:
    doubt = row.doubt
    terminal.line(f"{'one release' if doubt.same else 'two releases'}, by {abs(doubt.margin)} ‰", "bold")
    for label, page in (("page", row.page), ("and", row.other)):
        terminal.hang(f"{label:<{LABEL}}", f"{page.url}", "cyan", cut=False)
        more = f" (and {page.pages - 1} more pages)" if page.pages > 1 else ""
        terminal.hang(" " * LABEL, f"“{page.title}”{more}, {page.cluster or 'an earlier version'}")
    terminal.field(
        "shared", f"{percent(doubt.cover_text)} of the first, {percent(doubt.cover_other)} of the second"
    )
    terminal.hang(f"{'why':<{LABEL}}", doubt.why)
    terminal.hang(f"{'differs':<{LABEL}}", _differs(row))
    terminal.line()


def _row(row: DoubtRow) -> dict[str, Any]:
    doubt = row.doubt
    return {
        "same": doubt.same,
        "margin": share(doubt.margin),
        "page": _page(row.page),
        "other": _page(row.other),
        "coverage": {"page": share(doubt.cover_text), "other": share(doubt.cover_other)},
        "figures": {"agree": doubt.agree, "differ": doubt.conflict},
        "why": doubt.why,
        "differs": _differs(row),
    }


def _page(page: Witness) -> dict[str, Any]:
    return {"url": page.url, "title": page.title, "cluster": page.cluster, "pages": page.pages}
