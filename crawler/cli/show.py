"""`tearsheet show NAME`: one release and its copies, with where the evidence for each lies, or one capture."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from crawler.cli.copies import print_copies
from crawler.cli.editions import editions_object, print_editions, read_editions
from crawler.cli.overruling import print_decisions
from crawler.cli.reading import open_reading
from crawler.cli.record import NAME, show_record
from crawler.cli.terminal import Column, day, escape, shorten, standard_output
from crawler.cli.tree import draw_tree
from crawler.errors import TearsheetError
from crawler.export.decisions import concerning, decision_row, read_decisions
from crawler.export.form import dump_json
from crawler.export.rows import copy_row, release_row
from storage.evidence import find_capture
from storage.journal import changes
from storage.lookups import copies, find_cluster, linking, releases

if TYPE_CHECKING:
    import argparse

    from sqlalchemy import Connection

    from crawler.cli.terminal import Terminal
    from crawler.export.decisions import Said
    from settings.app import AppConfig
    from storage.journal import ChangeRow
    from storage.lookups import Texts
    from storage.rows import CopyRow, ReleaseRow


_TOLD: Final = {
    "merge": "{1} was merged into {0}",
    "split": "{1} was split off from {0}",
    "renamed": "{1} became {0}",
    "gone": "{0} went",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The verb's options."""
    parser.add_argument(
        "key",
        metavar="KEY",
        help="key (cgtn:…), canonical address, cluster id, the address of a copy, or a capture as reports name it",
    )
    parser.add_argument("--text", action="store_true", help="print the whole text too")
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def run(args: argparse.Namespace, config: AppConfig) -> int:
    """Print the release, or the capture.

    Raises:
        TearsheetError: nothing is known by that name.

    """
    terminal = standard_output(exact=args.json)
    with open_reading(config) as connection:
        capture = find_capture(connection, args.key) if NAME.fullmatch(args.key) else None
        if capture is not None:
            return show_record(terminal, connection, config, capture, as_json=args.json, whole=args.text)
        cluster = find_named(connection, args.key)
        release = next(releases(connection, cluster=cluster), None)
        texts: Texts = "whole" if args.json else "excerpt"
        carried = tuple(copies(connection, cluster=cluster, texts=texts))
        linked = tuple(linking(connection, release, texts=texts)) if release else ()
        changed = read_editions(connection, cluster, carried)
        named = {*(copy.url for copy in carried), *([release.key] if release and release.key else [])}
        said = concerning(read_decisions(connection), named)
        history = changes(connection, cluster)
    if args.json:
        shown = _as_json(cluster, release, carried, linked, said, history)
        terminal.out.write(dump_json(shown | {"editions": editions_object(changed)}, indent=2) + "\n")
        return 0
    if release:
        _print_release(terminal, release, whole=args.text)
    else:
        terminal.line(carried[0].title if carried else cluster, "bold")
        terminal.field("cluster", f"{cluster}, no release: no key, and no second outlet carries it")
    terminal.line()
    print_copies(terminal, carried)
    if any(copy.match and copy.match.parent for copy in carried):
        terminal.heading("Who most likely has it from whom")
        for branch, why in draw_tree(carried):
            terminal.line(f"{branch}   {why}".rstrip())
    if linked:
        terminal.heading("Pages that cite it or resemble it")
        print_copies(terminal, linked)
    print_decisions(terminal, said)
    print_editions(terminal, changed)
    _print_history(terminal, history)
    terminal.heading("Evidence")
    _print_places(terminal, carried)
    return 0


def find_named(connection: Connection, named: str) -> str:
    """The cluster that a person means.

    Raises:
        TearsheetError: nothing is known by that name.

    """
    cluster = find_cluster(connection, named)
    if cluster is None:
        raise TearsheetError(
            f"{escape(named)}: no release by that key, address or cluster id, and no copy at that address; "
            "`tearsheet releases` lists what there is, `tearsheet explain URL` says what is known of an address"
        )
    return cluster


def _as_json(
    cluster: str,
    release: ReleaseRow | None,
    carried: tuple[CopyRow, ...],
    linked: tuple[CopyRow, ...],
    said: tuple[Said, ...],
    history: tuple[ChangeRow, ...],
) -> dict[str, Any]:
    return {
        "cluster": cluster,
        "release": release_row(release) if release else None,
        "copies": [copy_row(copy, locations=True) for copy in carried],
        "linked": [copy_row(copy, locations=True) for copy in linked],
        "decided": [decision_row(each) for each in said],
        "changes": [
            {"at": row.at, "what": row.what, "cluster": row.cluster, "other": row.other, "why": row.why}
            for row in history
        ],
    }


def _print_release(terminal: Terminal, release: ReleaseRow, *, whole: bool) -> None:
    terminal.line(release.title, "bold")
    terminal.field("key", release.key or "none was found")
    terminal.field("release", release.url or "neither origin nor wire is known", "cyan" if release.url else "")
    for url in release.wire_urls:
        terminal.field("wire", url)
    terminal.field("dated", release.published_at)
    terminal.field("language", release.language)
    terminal.field("cluster", release.cluster)
    terminal.field(
        "copies", f"{release.copies} at {release.families} outlets, first seen {day(release.first_copy_at)}"
    )
    terminal.field("agreed", _say_support(release))
    lines = release.text.split("\n")
    for n, line in enumerate(lines if whole else [shorten(line, 400) for line in lines[:2]]):
        terminal.field("" if n else "text", line)


def _say_support(release: ReleaseRow) -> str | None:
    """On how many lines of the text the outlets agree, and which has the fewest behind it."""
    if not release.supports:
        return None
    whole = sum(having == of for having, of in release.supports)
    least = min(release.supports, key=lambda pair: pair[0] / max(1, pair[1]))
    said = f"{whole} of {len(release.supports)} lines are on every page"
    return said if least[0] == least[1] else f"{said}; the least known on {least[0]} of {least[1]}"


def _print_history(terminal: Terminal, history: tuple[ChangeRow, ...]) -> None:
    if history:
        terminal.heading("What became of the cluster")
    for row in history:
        told = _TOLD[row.what].format(row.cluster, row.other)
        terminal.hang(f"{day(row.at)}  ", f"{told}: {row.why}", cut=False)


def _print_places(terminal: Terminal, carried: tuple[CopyRow, ...]) -> None:
    columns = (Column("CAPTURED"), Column("SHA-256", 17), Column("ARCHIVE"), Column("URL"))
    terminal.table(
        columns,
        (
            (
                day(copy.captured_at),
                copy.payload_sha256,
                f"{copy.place.file} at {copy.place.offset}, {copy.place.length} bytes" if copy.place else None,
                copy.url,
            )
            for copy in carried
        ),
    )
