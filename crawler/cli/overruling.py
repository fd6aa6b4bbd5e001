"""What `link`, `unlink` and `set-origin` share: whom a person means, the list, taking back, and deriving anew."""

from __future__ import annotations

import getpass
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from crawler.cli.reading import open_reading
from crawler.cli.terminal import LABEL, Column, day, escape, standard_output
from crawler.derive import drain
from crawler.errors import TearsheetError, UsageError
from crawler.export.decisions import SAYS, decision_row, read_decisions, read_rows, tell_decision
from crawler.export.form import dump_json, write_json_list
from crawler.identify.keys import NAMING, key_of_url
from crawler.match.overrule import is_address
from crawler.overruling import decide, restore, take_back
from crawler.sites.load import load_sites
from crawler.urls import spellings
from storage.overrules import founding_page, is_captured
from storage.store import Store

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from crawler.cli.terminal import Terminal
    from crawler.export.decisions import Said
    from crawler.rulings import OverruleKind
    from crawler.sites.load import Sites
    from settings.app import AppConfig

_KEY: Final = re.compile(r"\A[a-z0-9][a-z0-9-]*:[^\s/].*")
_CLUSTER: Final = re.compile(r"c[0-9a-f]{16}")


def add_common(parser: argparse.ArgumentParser) -> None:
    """The options that all of these verbs have."""
    parser.add_argument("--why", default="", metavar="TEXT", help="the reason, for whoever reads it later")
    parser.add_argument("--by", default="", metavar="NAME", help="who says so (default: this system's user)")
    parser.add_argument("--later", action="store_true", help="put it down only; `tearsheet process` goes by it")
    parser.add_argument("--list", action="store_true", help="list what people decided, and how it stands")
    parser.add_argument("--undo", metavar="ID", help="take a decision back; it stays on record")
    parser.add_argument(
        "--from", dest="file", metavar="FILE", help="put down what `export overrules` wrote of another store"
    )
    parser.add_argument("--json", action="store_true", help="print JSON")


def serve(args: argparse.Namespace, config: AppConfig, kind: OverruleKind) -> int:
    """List, take back, or put a decision down, as the arguments say.

    Raises:
        UsageError: names are missing, or mean nothing.
        TearsheetError: there is no decision of that id.

    """
    if args.list:
        return _list(args, config)
    if args.file:
        return _restore(args, config)
    if not args.undo and not (args.subject and args.object):
        raise UsageError(f"{args.verb}: which two? or --list, or --undo ID")
    sites = load_sites(*config.site_folders)
    with (
        Store.open(config.data_folder, config.database_url, args.verb) as store,
        store.run(args.verb) as outcome,
    ):
        outcome["overrule"] = identity = args.undo or put_down(store, args, sites, kind)
        if args.undo and not take_back(store, identity):
            raise TearsheetError(f"{escape(identity)}: no decision of that id counts; --list shows those that do")
        if not args.later:
            drain(store, config, sites)
        with store.engine.connect().execution_options(reads=True) as connection:
            found = next(each for each in read_decisions(connection, undone=True) if each.one.id == identity)
    terminal = standard_output(exact=args.json)
    if args.json:
        terminal.out.write(dump_json(decision_row(found), indent=2) + "\n")
    elif not args.quiet:
        style = "" if found.state in {"holds", "undone"} else "yellow"
        terminal.line(f"{identity}  {tell_decision(found)}", style)
        if args.later:
            terminal.line("`tearsheet process` goes by it")
    return 0


def _restore(args: argparse.Namespace, config: AppConfig) -> int:
    try:
        with Path(args.file).open(encoding="utf-8") as lines:
            rows = read_rows(lines)
    except (OSError, ValueError) as error:
        raise UsageError(f"{args.file}: {error}") from error
    with (
        Store.open(config.data_folder, config.database_url, args.verb) as store,
        store.run(args.verb) as outcome,
    ):
        outcome["restored"] = count = restore(store, rows)
        if not args.later:
            drain(store, config, load_sites(*config.site_folders))
    if args.json:
        standard_output(exact=True).out.write(dump_json({"decisions": len(rows), "new": count}) + "\n")
    elif not args.quiet:
        standard_output().line(f"{len(rows)} decisions, {count} of them new")
    return 0


def put_down(store: Store, args: argparse.Namespace, sites: Sites, kind: OverruleKind) -> str:
    """Put down what the arguments say, by the names that pages have in the store; the decision's id."""
    with store.engine.connect().execution_options(reads=True) as connection:
        subject = mean(connection, args.subject, sites, page=kind != "origin")
        object_ = _origin(args.object) if kind == "origin" else mean(connection, args.object, sites)
    if subject == object_ and kind != "origin":
        raise UsageError(f"{escape(subject)}: that is the same page twice")
    return decide(store, kind, subject, object_, by=args.by or _user(), why=args.why).id


def mean(connection: Connection, named: str, sites: Sites, *, page: bool = False) -> str:
    """The address or key that a person means: of a page as it was captured, else as written.

    A cluster's id stands for the page that it was founded by; an address that was never captured, but carries a
    release's key, for that key, unless it must be a `page`.

    Raises:
        UsageError: it is neither an address nor a key nor a cluster that is known.

    """
    for url in spellings(named):
        if is_captured(connection, url):
            return url
    if _CLUSTER.fullmatch(named):
        founder = founding_page(connection, named)
        if founder is None:
            raise UsageError(f"{named}: there is no cluster of that id")
        return founder
    if is_address(named):
        key = None if page else key_of_url(named, sites)
        return f"{key.scheme}:{key.value}" if key and key.rung <= NAMING else named.partition("#")[0]
    if not page and _KEY.fullmatch(named):
        return named
    raise UsageError(
        f"{escape(named)}: " + ("no address of a page" if page else "neither an address nor a key nor a cluster")
    )


def _origin(named: str) -> str:
    if is_address(named) or _KEY.fullmatch(named):
        return named.partition("#")[0]
    raise UsageError(f"{escape(named)}: neither the address of an origin nor a key")


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # a system without a name for this user
        return "unknown"


def _list(args: argparse.Namespace, config: AppConfig) -> int:
    terminal = standard_output(exact=args.json)
    with open_reading(config) as connection:
        found = read_decisions(connection, undone=True)
    if args.json:
        write_json_list(map(decision_row, found), terminal.out)
        return 0
    columns = (Column("ID"), Column("AT"), Column("STATE"), Column("BY", 16), Column("DECISION"))
    rows: list[tuple[Any, ...]] = []
    notes = []
    for each in found:
        one = each.one
        state = f"{each.state} by {each.against}" if each.against else each.state
        rows.append((one.id, day(one.at), state, one.by, f"{one.subject} {SAYS[one.kind]} {one.object}"))
        notes.append((one.why,) if one.why else ())
    if not terminal.table(columns, rows, notes):
        terminal.line("nobody decided anything yet")
    return 0


def print_decisions(terminal: Terminal, found: Sequence[Said]) -> None:
    """Write what people decided, or nothing."""
    if found:
        terminal.heading("What people decided")
        for each in found:
            terminal.hang(f"{each.one.id:<{LABEL}}", tell_decision(each), cut=False)
