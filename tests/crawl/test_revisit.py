"""Looking again: what is due when, how it is asked for and archived, and what follows from "as it was"."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select
from warcio.archiveiterator import ArchiveIterator

from crawler.cli.demo import SITES
from crawler.demo.newsroom import newsroom
from crawler.demo.server import serving as serving_newsroom
from crawler.derive import drain, mark_everything
from crawler.reservations import FILE
from crawler.sites.load import Sites, load_site
from crawler.spiders.crawl import CrawlOptions, CrawlSummary, crawl
from settings.app import AppConfig
from storage import tables as t
from storage.check import check
from storage.store import Store
from tests.crawl.loopback import HOST, Bench, Reply, Server, site

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
TAG = (("ETag", '"v1"'), ("Last-Modified", "Mon, 22 Dec 2025 07:16:09 GMT"))
ORIGIN = "www.harbour.test"
ADDRESS = f"http://{ORIGIN}/news/4417203"

TEXT = (
    "The port of Lumbridge opened its new pier on Monday, after four years of work, said the harbour master.",
    "The pier is 640 metres long and lets two ferries moor at the same time, which the old one never could.",
    "Fishermen had asked for it since the storm of 2021 took away the northern half of the old breakwater.",
    "A second stage, with a cold store and a landing for small boats, is to follow before the end of next year.",
    f"Original article: {ADDRESS}",
)


OTHER = (
    b"<html><head><title>Old cinema sold</title></head><body><article><p>The old cinema in Varrock has been sold "
    b"to a baker, who wants to keep its facade and bake where the screen was.</p><p>Neighbours said they will "
    b"miss the films, and that they look forward to the bread all the same.</p></article></body></html>"
)


def page(*more: str, title: str = "Port of Lumbridge opens a new pier") -> bytes:
    body = "".join(f"<p>{line}</p>" for line in (*TEXT[:4], *more, TEXT[4]))
    return f"<html><head><title>{title}</title></head><body><article>{body}</article></body></html>".encode()


def harbour() -> Any:
    keys = [{"scheme": "harbour", "path": "/news/{id:digits}", "canonical": ADDRESS[:-7] + "{id}"}]
    return site("harbour", ORIGIN, tier="origin", keys=keys)


@pytest.fixture
def watched(bench: Callable[..., Bench], server: Server) -> Bench:
    """The origin and a copy of one release, crawled once; both name what they are by."""
    server.pages = {
        f"{ORIGIN}/news/4417203": Reply(page(), headers=TAG),
        "/news/1": Reply(page(title="Lumbridge has a pier again"), headers=TAG),
        "/news/2": Reply(OTHER, headers=TAG),
    }
    made = bench(site(), harbour(), loopback={ORIGIN: server.address}, timeout=60.0)
    urls = [ADDRESS, *(f"http://{HOST}/news/{n}" for n in (1, 2))]
    first = made.run(urls=urls, clock=lambda: START, derives=True, patience=0.0)
    assert (first.new, first.drained.pages) == (3, 3)
    return made


def look(bench: Bench, at: datetime) -> CrawlSummary:
    """What `crawl --due` does at that time."""
    return bench.run(due=True, clock=lambda: at, derives=True, patience=0.0)


def not_modified(server: Server) -> None:
    for path, reply in server.pages.items():
        server.pages[path] = [Reply(status=304, headers=TAG)] if reply.status == 200 else reply


def rows(bench: Bench, table: type[t.Base]) -> list[dict[str, Any]]:
    with bench.store() as store, store.engine.connect() as connection:
        found = [dict(row) for row in connection.execute(select(table.__table__)).mappings()]
    return sorted(found, key=repr)


def copies(bench: Bench) -> dict[str, dict[str, Any]]:
    return {row["url"]: row for row in rows(bench, t.Copy)}


def test_a_page_that_is_as_it_was_costs_one_304_and_no_reading(watched: Bench, server: Server) -> None:
    before = {table: rows(watched, table) for table in (t.Page, t.Match, t.Cluster, t.Release)}
    not_modified(server)
    asked = len(server.hits)
    later = START + timedelta(minutes=20)
    again = look(watched, later)
    assert (again.fetched, again.unchanged, again.drained.pages, again.drained.texts) == (2, 2, 0, 0)
    assert again.drained.rejected == {}
    pages = [(host, path) for host, path in server.hits[asked:] if path not in {"/robots.txt", FILE}]
    assert sorted(pages) == [(ORIGIN, "/news/4417203"), (HOST, "/news/1")]  # the cinema is of no release
    assert server.agents[-1]["If-None-Match"] == '"v1"'
    assert {table: rows(watched, table) for table in before} == before
    found = copies(watched)
    assert found[ADDRESS]["last_seen"] == found[f"http://{HOST}/news/1"]["last_seen"] == "2026-03-02T09:20:00Z"
    assert found[f"http://{HOST}/news/2"]["last_seen"] == "2026-03-02T09:00:00Z"
    assert {row["last_seen"] for row in rows(watched, t.Version) if row["url"] == ADDRESS} == {
        "2026-03-02T09:20:00Z"
    }


def test_a_304_is_a_revisit_of_the_capture_that_it_speaks_of(watched: Bench, server: Server) -> None:
    not_modified(server)
    look(watched, START + timedelta(minutes=20))
    with watched.store() as store:
        [segment] = store.archive.folder.glob("*.warc.gz.open")
        with segment.open("rb") as file:
            records = [(record.rec_headers, record.http_headers) for record in ArchiveIterator(file)]
        checked = check(store.engine, store.archive)
    assert checked.problems == ()
    revisits = [(head, http) for head, http in records if head["WARC-Type"] == "revisit"]
    assert len(revisits) == 2
    for head, http in revisits:
        assert head["WARC-Profile"] == "http://netpreserve.org/warc/1.1/revisit/server-not-modified"
        assert head["WARC-Refers-To-Target-URI"] == head["WARC-Target-URI"]
        assert head["WARC-Refers-To-Date"] == "2026-03-02T09:00:00Z"
        assert http.get_statuscode() == "304"
        [original] = [h for h, _ in records if h["WARC-Record-ID"] == head["WARC-Refers-To"]]
        assert original["WARC-Payload-Digest"] == head["WARC-Payload-Digest"]


def test_the_archive_alone_gives_the_same_rows(watched: Bench, server: Server) -> None:
    server.pages["/news/1"] = [Reply(page(title="Lumbridge has a pier again"))]
    server.pages[f"{ORIGIN}/news/4417203"] = [Reply(status=304)]
    look(watched, START + timedelta(minutes=20))
    names = (t.Page, t.Match, t.Cluster, t.Release, t.Copy, t.Version, t.Rejected)
    expected = {table: rows(watched, table) for table in names}
    with watched.store() as store:
        mark_everything(store.engine)
        drain(store, watched.config, watched.sites)
    assert {table: rows(watched, table) for table in names} == expected
    (watched.folder / "tearsheet.sqlite").unlink()
    with watched.store() as store:
        drain(store, watched.config, watched.sites)
    assert {table: rows(watched, table) for table in names} == expected


def test_the_same_bytes_with_a_200_are_not_read_either(watched: Bench, server: Server) -> None:
    captured = len(rows(watched, t.Capture))
    again = look(watched, START + timedelta(minutes=20))
    assert (again.fetched, again.unchanged, again.drained.pages) == (2, 2, 0)
    assert len(rows(watched, t.Capture)) == captured + 2  # all is kept
    assert copies(watched)[ADDRESS]["last_seen"] == "2026-03-02T09:20:00Z"


def test_a_page_that_changed_is_read_and_has_two_versions(watched: Bench, server: Server) -> None:
    not_modified(server)
    server.pages["/news/1"] = Reply(page("A brass band played, and the mayor of the town gave a speech about it."))
    again = look(watched, START + timedelta(minutes=20))
    assert (again.changed, again.unchanged, again.drained.pages) == (1, 1, 1)
    assert copies(watched)[f"http://{HOST}/news/1"]["versions"] == 2
    first, second = sorted(
        (row for row in rows(watched, t.Version) if row["url"].endswith("/news/1")), key=lambda r: r["first_seen"]
    )
    assert (first["last_seen"], second["first_seen"]) == ("2026-03-02T09:00:00Z", "2026-03-02T09:20:00Z")


def test_a_page_that_is_gone_is_missing_and_then_back(watched: Bench, server: Server) -> None:
    there = server.pages["/news/1"]
    not_modified(server)
    server.pages["/news/1"] = Reply(b"gone", 410)
    look(watched, START + timedelta(minutes=20))
    copy = copies(watched)[f"http://{HOST}/news/1"]
    assert (copy["last_seen"], copy["missing_since"]) == ("2026-03-02T09:00:00Z", "2026-03-02T09:20:00Z")
    server.pages["/news/1"] = there
    look(watched, START + timedelta(hours=1))
    assert "If-None-Match" not in server.agents[-1]  # a 410 has no page to compare with
    copy = copies(watched)[f"http://{HOST}/news/1"]
    assert (copy["last_seen"], copy["missing_since"], copy["versions"]) == ("2026-03-02T10:00:00Z", None, 1)


def test_a_304_that_nobody_offered_is_no_answer(bench: Callable[..., Bench], server: Server) -> None:
    server.pages = {"/news/1": Reply(status=304)}
    assert bench(site()).run(urls=[f"http://{HOST}/news/1"]).failed == {"status:304": 1}


def test_looks_become_rarer_and_end(watched: Bench, server: Server) -> None:
    not_modified(server)
    waits = []
    for age in (timedelta(minutes=15), timedelta(hours=3), timedelta(days=89), timedelta(days=96)):
        assert look(watched, START + age).fetched == 2
        due = next(row["not_before"] for row in rows(watched, t.Frontier) if row["url"] == ADDRESS)
        waits.append(datetime.fromisoformat(due) - START - age if due else None)
    assert look(watched, START + timedelta(days=300)).fetched == 0
    assert waits == [timedelta(minutes=15), timedelta(hours=2), timedelta(days=7), None]


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Callable[..., CrawlSummary]]:
    sites = Sites(tuple(load_site(file) for file in sorted(SITES.glob("*.toml"))))
    config = AppConfig(data=str(tmp_path / "data"))
    with serving_newsroom(newsroom()) as running:

        def run(**options: Any) -> CrawlSummary:
            with Store.open(config.data_folder, config.database_url, "test") as store:
                return crawl(store, config, sites, CrawlOptions(loopback=running.loopback, **options))

        yield run


def test_a_newsroom_where_nothing_changed_costs_next_to_nothing(room: Callable[..., CrawlSummary]) -> None:
    first = room()
    again = room(due=True, clock=lambda: datetime.now(UTC) + timedelta(hours=1))
    assert first.new > 50
    assert again.fetched == again.unchanged > 25
    assert again.drained.pages == again.drained.clusters == 0
    if first.worker_seconds is not None and again.worker_seconds is not None:
        assert again.worker_seconds <= 0.05 * first.worker_seconds
