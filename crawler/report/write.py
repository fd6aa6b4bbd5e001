"""Write the report: a file or a folder, whole or not at all."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Any, Final

import msgspec

from crawler.errors import UsageError
from crawler.export.comparison import hold_copies
from crawler.export.form import dump_json, write_csv
from crawler.export.privacy import mask_held
from crawler.export.rows import share
from crawler.export.whole import refuse_stale, replacing, replacing_folder
from crawler.report.beside import render_comparison
from crawler.report.discretion import hide_contacts
from crawler.report.gather import gather, report_on
from crawler.report.league import count_issuers, count_languages, count_rules, count_wires, rank
from crawler.report.markdown import render_changes, render_markdown
from crawler.report.periods import compare_periods, period_lines, periods_object
from crawler.report.render import Shown, anchor, render_html, render_overview, render_periods
from crawler.report.strips import draw_strips, strip
from crawler.reservations import UNQUOTED
from storage.lookups import reading

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator
    from pathlib import Path
    from typing import TextIO

    from sqlalchemy import Connection, Engine

    from crawler.report.gather import Report, Story
    from crawler.report.periods import Period, Periods
    from crawler.report.strips import Piece
    from crawler.sites.load import Sites

FORMATS: Final = ("html", "json", "csv", "md", "folder")
_ENTRIES: Final = ("report.json", "index.html", "copies.csv", "outlets.csv", "copies", "r-*.html")
"""What is in the folder of a report; by the first of them an earlier one is known."""

_MOST_BESIDE: Final = 2_000
"""Difference views of one release."""


def write_report(
    engine: Engine,
    path: str | os.PathLike[str],
    form: str,
    key: str | None = None,
    *,
    sites: Sites | None = None,
    allow_stale: bool = False,
    contacts: bool = False,
) -> Report:
    """Write the report on everything, or on the one release that `key` names; `-` is standard output.

    Args:
        engine: the store's database.
        path: the file or folder, replaced when the new one is complete.
        form: one of `FORMATS`; a folder has a page for each release, and one for each copy that differs.
        key: a release's key, address or cluster, or the address of a copy.
        sites: by these links are read; without them a folder has no difference views.
        allow_stale: report on what is out of date too; the report says so.
        contacts: quote e-mail addresses, telephone numbers and contact paragraphs too.

    Returns:
        What was written, as a value.

    Raises:
        TearsheetError: something is out of date, no such release, or the file cannot be written.

    """
    if form not in FORMATS:
        raise UsageError(f"--format: {form!r} is none of {', '.join(FORMATS)}")
    with reading(engine) as connection:
        if not allow_stale:
            refuse_stale(connection)
        report = gather(connection, key)
        if not contacts:
            report = hide_contacts(connection, report)
        if form == "folder":
            with replacing_folder(path, *_ENTRIES) as folder:
                _write_folder(connection, report, folder, sites, contacts=contacts)
            return report
        shown = Shown()
        if form == "html" and key is not None:
            shown = Shown(strips=draw_strips(connection, report.stories[0].cluster, _MOST_BESIDE))
    with replacing(path) as out:
        _write(report, shown, form, out)
    return report


def write_periods(
    engine: Engine,
    path: str | os.PathLike[str],
    form: str,
    now: Period,
    before: Period,
    *,
    allow_stale: bool = False,
) -> Periods:
    """Write a period against another; `-` is standard output.

    Raises:
        UsageError: a folder, or no such form.
        TearsheetError: something is out of date, or the file cannot be written.

    """
    if form not in FORMATS or form == "folder":
        raise UsageError("a period against another is one file: html, json, csv or md")
    with reading(engine) as connection:
        if not allow_stale:
            refuse_stale(connection)
        found = compare_periods(gather(connection).stories, now, before)
    with replacing(path) as out:
        if form == "html":
            out.writelines(render_periods(found))
        elif form == "json":
            out.write(dump_json(periods_object(found), indent=2) + "\n")
        elif form == "csv":
            write_csv(period_lines(found), out, "periods")
        else:
            out.writelines(render_changes(found))
    return found


def report_object(report: Report) -> dict[str, Any]:
    """The report for programs: the same content, coverages as shares of 1."""
    value: dict[str, Any] = msgspec.to_builtins(report)
    for story in value["stories"]:
        for page in (*story["own"], *story["copies"], *story["linked"]):
            page["coverage"] = {"copy": share(page.pop("cover_copy")), "release": share(page.pop("cover_release"))}
    value["releases"] = value.pop("stories")
    if report.key is None:
        value["overview"] = {
            "outlets": list(outlet_lines(report)),
            "rules": dict(count_rules(report.stories)),
            "languages": dict(count_languages(report.stories)),
            "issuers": dict(count_issuers(report.stories)),
            "wires": dict(count_wires(report.stories)),
        }
    return value


def outlet_lines(report: Report) -> Iterator[dict[str, Any]]:
    """The outlets beside each other as flat rows, shares as shares of 1."""
    for outlet in rank(report.stories):
        row: dict[str, Any] = msgspec.to_builtins(outlet)
        yield row | {name: share(row[name]) for name in ("whole", "attributed", "linked", "headline")}


def copy_lines(report: Report) -> Iterator[dict[str, Any]]:
    """The report's copies as flat rows, one for each page of each release."""
    for story in report.stories:
        for page in chain(story.own, story.copies):
            changed = page.differences
            yield {
                "key": story.key,
                "cluster": story.cluster,
                "release": story.url,
                "url": page.url,
                "family": page.family,
                "relation": page.relation,
                "of_release": share(page.cover_release),
                "of_page": share(page.cover_copy),
                "headline": page.headline,
                "figures_changed": changed.get("number", 0),
                "attribution_dropped": changed.get("attribution-dropped", 0),
                "links_dropped": changed.get("link-dropped", 0),
                "first_seen": page.first_seen,
                "last_seen": page.last_seen,
                "missing_since": page.missing_since,
                "blocks_removed": page.removed,
                "record": page.record,
                "sha256": page.sha256,
                "signals": " ".join(page.signals),
            }


def _write(report: Report, shown: Shown, form: str, out: TextIO) -> None:
    if form == "html":
        out.writelines(render_html(report, shown))
    elif form == "json":
        out.write(dump_json(report_object(report), indent=2) + "\n")
    elif form == "csv":
        write_csv(copy_lines(report), out, "report")
    else:
        out.writelines(render_markdown(report))


def _write_folder(
    connection: Connection, report: Report, folder: Path, sites: Sites | None, *, contacts: bool
) -> None:
    names = {story.cluster: f"{anchor(story.cluster)}.html" for story in report.stories}
    _put(folder / "index.html", render_overview(report, names))
    _put(folder / "report.json", [dump_json(report_object(report)) + "\n"])
    for name, rows, kind in (
        ("copies", copy_lines(report), "report"),
        ("outlets", outlet_lines(report), "outlets"),
    ):
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as out:
            write_csv(rows, out, kind)
    (folder / "copies").mkdir()
    for story in report.stories:
        shown = _show(connection, story, folder, sites, contacts=contacts) if sites is not None else Shown()
        one = report_on(story, report.holdings, report.stale)
        _put(folder / names[story.cluster], render_html(one, shown, home="index.html"))


def _show(connection: Connection, story: Story, folder: Path, sites: Sites, *, contacts: bool) -> Shown:
    """Write the difference views of a release's copies, where both may be quoted."""
    strips: dict[str, tuple[Piece, ...]] = {}
    beside: dict[str, str] = {}
    for held in hold_copies(connection, story.cluster, sites, _MOST_BESIDE):
        record = held.copy.capture
        strips[record] = strip(held)
        quoted = not UNQUOTED & {*story.signals, *held.copy.signals}
        if quoted and held.comparison is not None and held.comparison.differences:
            beside[record] = f"copies/{record}.html"
            shown = held if contacts else mask_held(held)
            _put(folder / beside[record], render_comparison(shown, home=f"../{anchor(story.cluster)}.html"))
    return Shown(strips, beside)


def _put(path: Path, pieces: Iterator[str] | list[str]) -> None:
    with path.open("w", encoding="utf-8", newline="") as out:
        out.writelines(pieces)
