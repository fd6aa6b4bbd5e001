"""What a crawl did, as a file for Prometheus' node exporter: replaced whole, so that no half is ever read."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from crawler.cli.terminal import escape
from crawler.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from prometheus_client import CollectorRegistry

    from crawler.spiders.crawl import CrawlSummary
    from storage.standing import Standing


def check_metrics(path: Path) -> None:
    """See before the run that the file can be written after it.

    Raises:
        UsageError: the library is not installed, or there is no such folder.

    """
    try:
        import prometheus_client  # noqa: F401 (whether it is there)
    except ImportError as error:
        raise UsageError("--metrics needs prometheus-client: pip install 'tearsheet[metrics]'") from error
    if not os.access(path.parent, os.W_OK):
        raise UsageError(f"--metrics {escape(str(path))}: its folder is not there, or cannot be written")


def write_metrics(path: Path, summary: CrawlSummary, standing: Standing, seconds: float, ended: float) -> None:
    """Write the file.

    Raises:
        UsageError: it cannot be written.

    """
    from prometheus_client import write_to_textfile

    try:
        write_to_textfile(str(path), collect(summary, standing, seconds, ended))
    except OSError as error:
        raise UsageError(f"--metrics {escape(str(path))}: {error.strerror or error}") from error


def collect(summary: CrawlSummary, standing: Standing, seconds: float, ended: float) -> CollectorRegistry:
    """The measures of one run. Each is of that run alone: a run begins with nothing."""
    from prometheus_client import CollectorRegistry, Gauge

    registry = CollectorRegistry()

    def gauge(name: str, says: str, *labels: str) -> Gauge:
        return Gauge(f"tearsheet_{name}", says, labels, registry=registry)

    gauge("run_end_time_seconds", "When the last crawl ended").set(ended)
    gauge("run_seconds", "How long it took").set(seconds)
    gauge("run_worker_seconds", "CPU time of its workers").set(summary.worker_seconds or 0.0)
    gauge("run_stopped", "Whether a signal stopped it").set(summary.stopped)
    gauge("queued", "Addresses that wait for another run").set(summary.later)
    gauge("copies", "Copies of releases that are known").set(standing.copies)
    pages = gauge("run_pages", "Pages that it fetched", "news")
    for news, count in (("new", summary.new), ("changed", summary.changed), ("unchanged", summary.unchanged)):
        pages.labels(news).set(count)
    refused = gauge("run_refused", "What it could not have, by reason", "how", "reason")
    for how in ("failed", "blocked", "gone", "discovery"):
        for reason, count in getattr(summary, how).items():
            refused.labels(how, reason).set(count)
    for reason, count in summary.drained.rejected.items():
        refused.labels("rejected", reason).set(count)
    fetched = gauge("run_site_pages", "Pages that it fetched, by site", "site")
    listed = gauge("run_site_listed", "Addresses that the site's lists named", "site")
    for site, counts in summary.sites.items():
        fetched.labels(site).set(counts.get("fetched", 0))
        if "lists" in counts:
            listed.labels(site).set(counts.get("listed", 0))
    return registry
