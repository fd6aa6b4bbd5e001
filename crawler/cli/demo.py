"""`tearsheet demo`: a sample newsroom on this machine, crawled for real, and the report on what was found."""

from __future__ import annotations

import json
import sys
import threading
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from crawler.cli.progress import following
from crawler.cli.terminal import Column, spare_columns, standard_output
from crawler.demo.findings import gather_findings, waited_for
from crawler.demo.newsroom import newsroom
from crawler.demo.server import serving
from crawler.errors import TearsheetError, UsageError
from crawler.report.write import write_report
from crawler.sites.load import Sites, load_site
from crawler.spiders.crawl import CrawlOptions, CrawlSummary, crawl
from storage.lookups import reading
from storage.store import Store

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping

    from crawler.cli.terminal import Terminal
    from crawler.demo.findings import Findings
    from crawler.demo.server import Running
    from settings.app import AppConfig

FOLDER: Final = "tearsheet-demo"
SITES: Final = Path(__file__).parents[1] / "demo" / "sites"
_STOPPED: Final = 130
_RULES_SHOWN: Final = 10

_REASONS: Final = {
    "blocked:robots": "its robots.txt forbids it",
    "wall:consent": "a consent page stands before it",
    "wall:bot-check": "a bot check stands before it",
    "wall:login": "a login stands before it",
    "wall:script-only": "it has no text until a script has run",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The verb's options."""
    parser.add_argument("-o", "--output", default="", metavar="PATH", help="report (default: in the data folder)")
    parser.add_argument("--json", action="store_true", help="print what was found as JSON")
    parser.add_argument(
        "--keep", action="store_true", help="keep the newsroom running until Ctrl-C, to look at it"
    )


def run(args: argparse.Namespace, config: AppConfig) -> int:
    """Serve the newsroom, crawl it, write the report, say what was found.

    The data folder is one of the demo's own unless it is named, so that nothing collected before is mixed up
    with the samples.

    Returns:
        0; 3 where a page could not be had that should have been; 130 where a signal stopped it.

    Raises:
        TearsheetError: the options are wrong, or the folder or the report cannot be written.

    """
    if args.output == "-":
        raise UsageError("-o: the report goes to a file, what was found to standard output")
    folder = Path(args.data or FOLDER)
    own = msgspec.structs.replace(config, data=str(folder), database=args.database or "", sites=())
    report = Path(args.output) if args.output else folder / "report.html"
    out, room = standard_output(exact=args.json), newsroom()
    quiet = args.quiet or args.json
    sites = lay_out_sites(folder / "sites")
    with serving(room) as running:
        if not quiet:
            out.line(f"{len(room.hosts)} sample sites at {running.address}, data in {folder.resolve()}")
        with Store.open(folder, own.database_url, "demo") as store, store.run("demo") as outcome:
            with following(store.engine, quiet=quiet) as progress:
                summary = crawl(store, own, sites, CrawlOptions(loopback=running.loopback, progress=progress))
            outcome.update(summary.as_json())
            if summary.stopped:
                return _STOPPED
            write_report(store.engine, report, "html")
            with reading(store.engine) as connection:
                findings = gather_findings(connection, room)
        if args.json:
            found = {"crawl": summary.as_json(), "found": asdict(findings), "report": str(report.resolve())}
            sys.stdout.write(json.dumps(found, ensure_ascii=False) + "\n")
        if not quiet:
            _say(out, summary, findings, waited_for(room, running.requests))
            _say_what_next(out, report, args.data or FOLDER)
        if args.keep:
            _keep(out, running)
    return 3 if summary.partial else 0


def lay_out_sites(folder: Path) -> Sites:
    """Put the newsroom's site files into the data folder, so that later commands know its sites too.

    Raises:
        TearsheetError: the folder cannot be written.

    """
    files = sorted(SITES.glob("*.toml"))
    try:
        folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.mkdir(exist_ok=True)
        for file in files:
            (folder / file.name).write_bytes(file.read_bytes())
    except OSError as error:
        raise TearsheetError(f"{folder}: {error.strerror or error}") from error
    return Sites(tuple(load_site(file) for file in files))


# ------------------------------------------------------------------------------------------------ what is said


def _say(out: Terminal, summary: CrawlSummary, findings: Findings, waited: tuple[str, ...]) -> None:
    out.line(_say_fetched(summary))
    for host in waited:
        out.line(f"  {host} was busy (503) and was asked again when it said")
    _say_counts(out, summary.blocked, "not asked for")
    _say_counts(out, summary.failed, "not to be had")
    out.heading(f"{len(findings.releases)} releases, and who carried them")
    width = spare_columns(60)
    columns = (
        Column("copies", right=True),
        Column("outlets", right=True),
        Column("release", width),
        Column("how"),
    )
    out.table(columns, [(c.total, c.outlets, c.title, _listed(c.copies)) for c in findings.releases])
    linked = f"; {_listed(findings.linked)} only" if findings.linked else ""
    out.line(f"{findings.others} other stories belong to no release{linked}")
    out.heading(f"{sum(n for _, n in findings.cut)} blocks cut out of the pages, by rule")
    rules = [(count, role, rule) for (role, rule), count in findings.cut[:_RULES_SHOWN]]
    out.table((Column("blocks", right=True), Column("what"), Column("rule")), rules)
    out.heading(f"{sum(n for _, n in findings.rejected)} stories without a text")
    for reason, count in findings.rejected:
        out.line(f"  {count} because {_REASONS.get(reason, reason)}")


def _say_fetched(summary: CrawlSummary) -> str:
    if not summary.new and not summary.changed:
        return f"nothing new: {summary.fetched} pages were looked at again, {summary.unchanged} are as they were"
    return f"{summary.fetched} pages fetched: {summary.new} new, {summary.changed} changed"


def _say_counts(out: Terminal, counts: Mapping[str, int], what: str) -> None:
    for reason, count in sorted(counts.items()):
        out.line(f"  {count} {what}: {_REASONS.get(reason, reason)}")


def _say_what_next(out: Terminal, report: Path, folder: str) -> None:
    out.heading("The report")
    out.line(f"  {report.resolve().as_uri()}")
    out.line("open it in a browser; or look further:")
    out.line(f"  tearsheet copies --data {folder}")
    out.line(f"  tearsheet explain http://www.coinbazaar.test/news/1001 --data {folder}")


def _listed(counts: tuple[tuple[str, int], ...]) -> str:
    return ", ".join(f"{count} {word}" for word, count in counts)


def _keep(out: Terminal, running: Running) -> None:
    """Wait for Ctrl-C; the names end in `.test`, so no browser finds them by itself."""
    out.line()
    out.line("the newsroom runs until Ctrl-C; one of its pages:")
    out.line(f"  curl -H 'Host: www.coinbazaar.test' http://{running.address}/news/1001")
    sys.stdout.flush()
    try:
        threading.Event().wait()
    except KeyboardInterrupt:
        out.line()
