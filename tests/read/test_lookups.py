"""Lookups answer with values, in one order, on both databases."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import Engine, delete, insert, text, update

from crawler.discover.queries import queries
from crawler.sites.load import load_sites
from crawler.spiders.seeking import find_sought
from storage import lookups
from storage import tables as t
from storage.engine import open_engine
from storage.evidence import evidence, pending

if TYPE_CHECKING:
    from pathlib import Path

KEY = "cgtn:1JjihOzBpvi"
ORIGIN = "https://news.origin.example/news/2025-12-22/a-bridge-opens-1JjihOzBpvi/p.html"
MEXC = "https://www.mexc.example/news/310001"


def test_releases_with_a_key_come_first(engine: Engine) -> None:
    with lookups.reading(engine) as connection:
        found = list(lookups.releases(connection))
    assert [release.key for release in found] == [KEY, None]
    assert found[0].wire_urls[0].startswith("https://www.wire.example/")


def test_copies_come_by_code_point_with_their_ledger_counted(engine: Engine) -> None:
    with lookups.reading(engine) as connection:
        found = list(lookups.copies(connection))
    urls = [copy.url for copy in found]
    assert urls == sorted(urls)
    assert len(urls) == 10
    by_url = {copy.url: copy for copy in found}
    assert by_url[MEXC].removed == {"related": 1, "ticker": 1}
    assert by_url[MEXC].place is not None
    assert by_url[ORIGIN].removed == {}
    assert by_url["https://a-first.example/alone"].match is None
    assert by_url["https://a-first.example/alone"].relation == "unrelated"


def test_an_excerpt_is_the_beginning(own_engine: Engine) -> None:
    with own_engine.begin() as connection:
        connection.execute(update(t.Page).values(text="é" * 1000))
    with lookups.reading(own_engine) as connection:
        assert {len(copy.text) for copy in lookups.copies(connection, texts="excerpt")} == {lookups.EXCERPT}


@pytest.mark.parametrize(
    ("named", "cluster"),
    [
        (KEY, "c-first"),
        (ORIGIN, "c-first"),
        (MEXC, "c-first"),
        ("c-first", "c-first"),
        ("c-older", "c-first"),
        ("prn:302648123", "c-first"),
        ("c-alone", None),
        ("https://a-first.example/alone", "c-alone"),
        ("cgtn:nothing", None),
        ("", None),
        ("'; DROP TABLE copy; --", None),
    ],
)
def test_a_release_is_found_by_any_of_its_names(engine: Engine, named: str, cluster: str | None) -> None:
    with lookups.reading(engine) as connection:
        assert lookups.find_cluster(connection, named) == cluster


def test_pages_that_only_link_are_found_beside_the_release(engine: Engine) -> None:
    with lookups.reading(engine) as connection:
        (release,) = lookups.releases(connection, cluster="c-first")
        assert [copy.relation for copy in lookups.linking(connection, release)] == ["citation"]
        assert lookups.unattached(connection) == (1, 1)


def test_a_reader_sees_one_state(own_engine: Engine) -> None:
    with lookups.reading(own_engine) as connection:
        before = len(list(lookups.copies(connection)))
        with own_engine.begin() as writer:
            writer.execute(delete(t.Copy))
        assert len(list(lookups.copies(connection))) == before
    with lookups.reading(own_engine) as connection:
        assert list(lookups.copies(connection)) == []


def test_tallies_and_holdings(engine: Engine) -> None:
    with lookups.reading(engine) as connection:
        assert [(tally.reason, tally.count) for tally in lookups.rejections(connection)] == [("consent-wall", 2)]
        assert [tally.example for tally in lookups.refusals(connection)] == ["broken.warc.gz"]
        assert lookups.holdings(connection).captures == 12
        assert lookups.dirty(connection) == {}
        assert [run.verb for run in lookups.runs(connection, 5)] == ["process", "crawl"]


def test_evidence_of_a_page(engine: Engine) -> None:
    with lookups.reading(engine) as connection:
        found = evidence(connection, ("https://nowhere.example/", MEXC))
    assert found is not None
    assert found.url == MEXC
    assert [(key.scheme, key.rung) for key in found.keys] == [("cgtn", 1), ("prn", 2)]
    assert found.claims[0].kind == "canonical"
    assert found.copy is not None
    assert found.copy.blocks is not None
    assert len(found.observations) == len(found.versions) == 1
    assert found.observations[0].place is not None


def test_evidence_of_a_rejected_page_says_why(engine: Engine) -> None:
    with lookups.reading(engine) as connection:
        found = evidence(connection, ("https://wall.example/1",))
    assert found is not None
    assert found.copy is None
    assert found.observations[0].reason == "consent-wall"


def test_an_address_that_waits_or_was_refused(own_engine: Engine) -> None:
    with own_engine.begin() as connection:
        connection.execute(
            insert(t.Frontier).values(
                url_key="k", url="https://q.example/", host="q.example", site="q", kind="item", state="failed",
                depth=0, attempts=3, breaks=0, reason="timeout",
            )
        )  # fmt: skip
    with lookups.reading(own_engine) as connection:
        known = pending(connection, ("https://q.example/",), ("k",))
        assert known is not None
        assert (known.state, known.reason) == ("failed", "timeout")
        refused = pending(connection, ("broken.warc.gz",), ())
        assert refused is not None
        assert refused.refusals == (("torn-record", "cut off"),)
        assert pending(connection, ("https://nowhere.example/",), ()) is None


def test_reading_takes_no_write_lock(data: Path) -> None:
    found = open_engine(f"sqlite:///{data / 'tearsheet.sqlite'}", busy_seconds=0.1)
    with found.begin() as writer:
        writer.execute(text("UPDATE run SET verb = 'x'"))
        with lookups.reading(found) as connection:
            assert [run.verb for run in lookups.runs(connection, 1)] == ["process"]
    found.dispose()


def test_a_release_is_sought_by_what_is_known_of_it(engine: Engine) -> None:
    with lookups.reading(engine) as connection:
        sought = find_sought(connection, KEY)
        assert find_sought(connection, "cgtn:none") is None
    assert sought is not None
    assert sought.url == ORIGIN
    assert sought.title
    assert sought.text
    asked = queries(sought, load_sites(), datetime(2026, 1, 1, tzinfo=UTC))
    assert {lead.release_hint for lead in asked} == {KEY}
    assert {"gdelt", "wayback"} <= {lead.site for lead in asked}
