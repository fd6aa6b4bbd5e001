"""Write the report to a file: whole or not at all."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Literal

from crawler.errors import UsageError
from crawler.export.form import dump_json
from crawler.export.rows import share
from crawler.export.whole import refuse_stale, replacing
from crawler.report.gather import gather
from crawler.report.render import render_html
from storage.lookups import reading

if TYPE_CHECKING:
    import os

    from sqlalchemy import Engine

    from crawler.report.gather import Report

Format = Literal["html", "json"]


def write_report(
    engine: Engine, path: str | os.PathLike[str], form: str, key: str | None = None, *, allow_stale: bool = False
) -> Report:
    """Write the report on everything, or on the one release that `key` names; `-` is standard output.

    Args:
        engine: the store's database.
        path: the file, replaced when the new one is complete.
        form: `html` or `json`.
        key: a release's key, address or cluster, or the address of a copy.
        allow_stale: report on what is out of date too; the report says so.

    Returns:
        What was written, as a value.

    Raises:
        TearsheetError: something is out of date, no such release, or the file cannot be written.

    """
    if form not in {"html", "json"}:
        raise UsageError(f"--format: {form!r} is neither html nor json")
    with reading(engine) as connection:
        if not allow_stale:
            refuse_stale(connection)
        report = gather(connection, key)
    with replacing(path) as out:
        if form == "html":
            out.writelines(render_html(report))
        else:
            out.write(dump_json(report_object(report), indent=2) + "\n")
    return report


def report_object(report: Report) -> dict[str, Any]:
    """The report for programs: the same content, coverages as shares of 1."""
    value = asdict(report)
    for story in value["stories"]:
        for page in (*story["own"], *story["copies"], *story["linked"]):
            page["coverage"] = {"copy": share(page.pop("cover_copy")), "release": share(page.pop("cover_release"))}
    value["releases"] = value.pop("stories")
    return value
