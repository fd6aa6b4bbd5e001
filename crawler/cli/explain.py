"""`tearsheet explain URL`: why a page is cleaned and attributed the way it is, with the evidence for each step."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crawler.cli.reading import open_reading, spellings
from crawler.cli.terminal import Column, day, escape, shorten, standard_output
from crawler.errors import TearsheetError
from crawler.export.evidence import agrees, evidence_object, read_blocks
from crawler.export.form import dump_json, percent
from crawler.records import KEPT_ROLES
from crawler.urls import url_key
from storage.evidence import evidence, pending

if TYPE_CHECKING:
    import argparse

    from sqlalchemy import Connection

    from crawler.cli.terminal import Terminal
    from crawler.records import Found
    from settings.app import AppConfig
    from storage.rows import CopyRow, Evidence, Observation


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The verb's options."""
    parser.add_argument("url", metavar="URL", help="address of a stored page")
    parser.add_argument("--full", action="store_true", help="print blocks whole, not their beginnings")
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def run(args: argparse.Namespace, config: AppConfig) -> int:
    """Print what is known of the address.

    Raises:
        TearsheetError: it was never captured; the message says what is known instead.

    """
    terminal = standard_output(exact=args.json)
    with open_reading(config) as connection:
        found = evidence(connection, spellings(args.url))
        if found is None:
            raise TearsheetError(_not_captured(connection, args.url))
    if args.json:
        terminal.out.write(dump_json(evidence_object(found), indent=2) + "\n")
        return 0
    terminal.line(found.url, "bold")
    if found.copy:
        _print_relation(terminal, found, found.copy)
        _print_keys(terminal, found, found.copy)
        _print_claims(terminal, found)
        _print_blocks(terminal, found.copy, whole=args.full)
    else:
        _print_no_page(terminal, found)
    _print_captures(terminal, found)
    return 0


def _not_captured(connection: Connection, url: str) -> str:
    variants = spellings(url)
    known = pending(connection, variants, [url_key(variant) for variant in variants if "://" in variant])
    if known is None:
        return (
            f"{escape(url)}: never seen; `tearsheet copies` lists the pages that are stored, "
            "`tearsheet ingest FILE --url URL` takes one in"
        )
    told = [f"{url}: known, but never captured"]
    if known.state:
        told.append(f"  on the frontier: {known.state}" + (f" ({known.reason})" if known.reason else ""))
    told += [f"  named by {source}: {why}" for source, why in known.leads]
    told += [f"  refused: {reason}" + (f" ({detail})" if detail else "") for reason, detail in known.refusals]
    return "\n".join(map(escape, told))


def _print_relation(terminal: Terminal, found: Evidence, copy: CopyRow) -> None:
    match = copy.match
    terminal.field("title", copy.title)
    terminal.field("outlet", f"{copy.family}" + (f" (site file {copy.site})" if copy.site else ""))
    terminal.field("dateline", found.dateline)
    terminal.field("published", f"{copy.published_at} (as the page says)" if copy.published_at else None)
    terminal.field("release", copy.release or "none", "cyan" if copy.release else "")
    terminal.field("key", copy.key)
    terminal.field("cluster", copy.cluster)
    terminal.field("relation", copy.relation, "green" if copy.release else "yellow")
    if match:
        terminal.field("coverage", f"{percent(match.cover_release)} of the release is on this page; "
                                   f"{percent(match.cover_copy)} of this page's text is the release")  # fmt: skip
        terminal.field("decided by", match.rung)
        terminal.field("why", match.why)
        for line in match.evidence:
            terminal.field("evidence", line)
        for line in match.contradictions:
            terminal.field("against", line, "red")
    terminal.field("rules", copy.rules)


def _print_keys(terminal: Terminal, found: Evidence, copy: CopyRow) -> None:
    terminal.heading("Keys found, strongest rung first" if found.keys else "No key was found")
    columns = (
        Column("RUNG", right=True),
        Column("KEY"),
        Column("WHERE"),
        Column("WITH RELEASE"),
        Column("AS QUOTED", 90),
    )
    terminal.table(
        columns,
        (
            (key.rung, f"{key.scheme}:{key.value}", _place(key), _standing(key, copy), key.quoted)
            for key in sorted(found.keys, key=lambda key: key.rung)
        ),
    )


def _place(key: Found) -> str:
    return key.where if key.block < 0 else f"{key.where}, block {key.block}"


def _standing(key: Found, copy: CopyRow) -> str:
    return {True: "agrees", False: "DISAGREES", None: ""}[agrees(key, copy)]


def _print_claims(terminal: Terminal, found: Evidence) -> None:
    if found.claims:
        terminal.heading("What the page says about itself (a claim, never enough alone)")
        terminal.table((Column("CLAIM"), Column("VALUE", 110)), ((c.kind, c.value) for c in found.claims))


def _print_blocks(terminal: Terminal, copy: CopyRow, *, whole: bool) -> None:
    blocks = read_blocks(copy)
    kept = sum(role in KEPT_ROLES for _, role, _ in blocks)
    gone = sum(role not in KEPT_ROLES and role != "title" for _, role, _ in blocks)
    terminal.heading(f"Blocks: {kept} kept (+), {gone} removed (-)")
    for block, role, rule in blocks:
        text = block.text if whole else shorten(block.text, 100)
        mark, style = ("+", "") if role in KEPT_ROLES else ("=", "bold") if role == "title" else ("-", "dim")
        terminal.line(f"{mark}{block.n:>4}  {role:<18} {rule:<24} {text}", style)


def _print_no_page(terminal: Terminal, found: Evidence) -> None:
    newest = found.observations[-1]
    if newest.reason:
        terminal.field("rejected", f"{newest.reason} (stage {newest.stage})", "yellow")
        terminal.field("detail", newest.detail)
    else:
        terminal.field("not read", "nothing is derived from it yet: run `tearsheet process`", "yellow")


def _print_captures(terminal: Terminal, found: Evidence) -> None:
    versions = len(found.versions)
    terminal.heading("Captures" + (f" ({versions} versions of the text)" if versions > 1 else ""))
    columns = (
        Column("FETCHED"), Column("STATUS", right=True), Column("TYPE", 28), Column("BYTES", right=True),
        Column("CAME BY"), Column("SHA-256", 17), Column("ARCHIVE"), Column("NOTE", 60),
    )  # fmt: skip
    terminal.table(columns, (_capture_cells(seen) for seen in found.observations))


def _capture_cells(seen: Observation) -> tuple[object, ...]:
    place = f"{seen.place.file} at {seen.place.offset}, {seen.place.length} bytes" if seen.place else None
    note = ", ".join(filter(None, (seen.flags, f"rejected: {seen.reason}" if seen.reason else None)))
    return (
        day(seen.fetched_at), seen.status, seen.mime, seen.length, seen.origin, seen.payload_sha256, place, note,
    )  # fmt: skip
