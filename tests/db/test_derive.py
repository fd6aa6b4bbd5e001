"""Derived rows follow from the captures alone: not from order or batches, nor from what has gone again."""

from __future__ import annotations

import random
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import delete, func, select, update

from crawler import derive
from crawler.derive import drain, mark_everything
from crawler.match import thresholds
from crawler.records import Fetched, Rejected
from crawler.sites.load import Sites, load_sites
from settings.app import AppConfig, Limits
from storage import tables as t
from storage.dirty import mark
from storage.engine import transact
from storage.pages import save_pages
from storage.store import Arrival, Store
from tests.releases import page, paragraphs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path

    from sqlalchemy import Engine

ARTICLE = "https://news.cgtn.com/news/2025-12-22/A-bridge-opens-1JjihOzBpvi/p.html"
SAME_FOR_ALL_ORDERS = (
    t.Capture, t.Page, t.PageKey, t.Claim, t.Removed, t.Rejected, t.DistinctText, t.Posting, t.Cluster, t.Release,
    t.Copy, t.Match, t.Version, t.Dirty, t.Sighting, t.Opening, t.Memory, t.Recalled, t.Ruling, t.Doubt,
)  # fmt: skip

ONE, TWO, THREE = paragraphs(11), paragraphs(12), paragraphs(13)
SIGNED = [f"BEIJING, Dec. 22, 2025 /PRNewswire/ -- {ONE[0]}", *ONE[1:], f"View original content: {ARTICLE}",
          "SOURCE CGTN"]  # fmt: skip


def newsroom() -> list[Fetched]:
    """Two releases with their copies, one that changed, a bridge between the two, a story of its own, a wall."""
    later = "2025-12-23T09:00:00Z"
    lying = '<link rel="canonical" href="https://www.reuters.com/a">'
    return [
        page(ARTICLE, ONE, title="A bridge opens"),
        page("https://a.example/1", SIGNED, title="CGTN: A bridge opens"),
        page("https://b.example/1", SIGNED[:4], title="Bridge opens"),
        page("https://c.example/1", [*SIGNED[:3], "Staff wrote this line themselves.", *SIGNED[3:]], head=lying),
        page("https://d.example/1", TWO, at=None),
        page("https://e.example/1", TWO, title="Another"),
        page("https://e.example/1", [*TWO[:5], THREE[0]], title="Another", at=later),
        page("https://f.example/1", [*ONE[:4], *TWO[:4]], title="Both"),
        page("https://g.example/1", THREE),
        page("https://g.example/2", [*THREE[:3], f"As {ARTICLE} said.", *THREE[3:]]),
        Fetched("https://h.example/1", later, 404, (("Content-Type", "text/html"),), b"<p>gone</p>"),
        page("https://i.example/1", ["Please log in to continue reading."]),
    ]


class Inline:
    """The workers without processes: the test is about rows, and a pool takes a second to start."""

    def __init__(self, *_: object) -> None: ...

    def submit(self, function: Callable[..., Any], *args: Any) -> Future[Any]:
        future: Future[Any] = Future()
        try:
            future.set_result(function(*args))
        except Exception as error:
            future.set_exception(error)
        return future

    def __enter__(self) -> Inline:
        return self

    def __exit__(self, *_: object) -> None: ...


class Room:
    """One data folder and what a test does with it."""

    def __init__(self, store: Store, config: AppConfig, sites: Sites) -> None:
        self.store, self.config, self.sites = store, config, sites

    def take(self, fetched: Sequence[Fetched]) -> None:
        self.store.add([Arrival(each) for each in fetched])
        drain(self.store, self.config, self.sites)

    def drop(self, fetched: Sequence[Fetched]) -> None:
        """Remove captures as a takedown does: the page first, then the observation."""
        urls = [each.url for each in fetched]

        def gone(connection: Any) -> None:
            ids = list(connection.scalars(select(t.Capture.id).where(t.Capture.url.in_(urls))))
            save_pages(connection, [(capture, Rejected("purge", "removed")) for capture in ids])
            for table, column in ((t.Rejected, t.Rejected.capture), (t.Capture, t.Capture.id)):
                connection.execute(delete(table).where(column.in_(ids)))
            connection.execute(delete(t.Location).where(t.Location.capture.in_(ids)))

        transact(self.store.engine, gone)
        drain(self.store, self.config, self.sites)

    def rows(self) -> dict[str, list[tuple[Any, ...]]]:
        return rows_of(self.store.engine)

    def clusters(self) -> dict[str, str]:
        with self.store.engine.connect().execution_options(reads=True) as connection:
            return {row.url: row.cluster for row in connection.execute(select(t.Copy.url, t.Copy.cluster))}

    def match(self, url: str) -> Any:
        with self.store.engine.connect().execution_options(reads=True) as connection:
            return connection.execute(select(t.Match.__table__).where(t.Match.url == url)).one()


def rows_of(engine: Engine) -> dict[str, list[tuple[Any, ...]]]:
    """Every row that must be the same, in one order."""
    with engine.connect().execution_options(reads=True) as connection:
        return {
            table.__tablename__: sorted(
                (tuple(row) for row in connection.execute(select(table.__table__))), key=repr
            )
            for table in SAME_FOR_ALL_ORDERS
        }


@pytest.fixture
def opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], AbstractContextManager[Room]]:
    from contextlib import contextmanager

    monkeypatch.setattr(derive, "Workers", Inline)
    sites = load_sites()

    @contextmanager
    def room(name: str, url: str = "") -> Iterator[Room]:
        config = AppConfig(data=str(tmp_path / name), database=url, workers=1, limits=Limits(page_seconds=10))
        with Store.open(config.data_folder, config.database_url, "test") as store:
            yield Room(store, config, sites)

    return room


def test_any_order_and_batching_gives_the_rows_of_one_batch(opened: Any) -> None:
    everything = newsroom()
    with opened("batch") as room:
        room.take(everything)
        expected = room.rows()
        assert len(expected["page"]) == 10
        assert len(expected["release"]) >= 2
        assert expected["dirty"] == []
    for seed in range(4):
        chance = random.Random(seed)
        order = chance.sample(everything, len(everything))
        with opened(f"order{seed}") as room:
            while order:
                size = chance.choice((1, 2, 5))
                room.take(order[:size])
                del order[:size]
            assert room.rows() == expected


def test_taking_in_twice_and_deriving_again_change_nothing(opened: Any) -> None:
    everything = newsroom()
    with opened("twice") as room:
        room.take(everything)
        expected = room.rows()
        room.take(everything)
        assert room.rows() == expected
        mark_everything(room.store.engine)
        drain(room.store, room.config, room.sites)
        assert room.rows() == expected


def test_removing_captures_restores_what_was_before(opened: Any) -> None:
    everything = newsroom()
    for seed in range(3):
        chance = random.Random(seed)
        urls = sorted({each.url for each in everything})
        gone = set(chance.sample(urls, 4))
        first = [each for each in everything if each.url not in gone]
        second = [each for each in everything if each.url in gone]
        with opened(f"gone{seed}") as room:
            room.take(first)
            expected = room.rows()
            room.take(second)
            assert room.rows() != expected
            room.drop(second)
            assert room.rows() == expected


def test_order_holds_where_fingerprints_are_crowded(opened: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(thresholds, "COMMON", 2)
    monkeypatch.setattr(thresholds, "REPRESENTATIVES", 2)
    monkeypatch.setattr(thresholds, "CANDIDATES", 3)
    closing = paragraphs(77, count=3)
    crowd = [page(f"https://x{n}.example/", [*paragraphs(100 + n // 2, count=4), *closing]) for n in range(12)]
    crowd += [page(f"https://y{n}.example/", paragraphs(100 + n, count=3)) for n in range(6)]
    with opened("crowd") as room:
        room.take(crowd)
        expected = room.rows()
    for seed in range(3):
        order = random.Random(seed).sample(crowd, len(crowd))
        with opened(f"crowd{seed}") as room:
            for at in range(0, len(order), 3):
                room.take(order[at : at + 3])
            assert room.rows() == expected


def test_a_page_that_changes_gets_a_second_version(opened: Any) -> None:
    first, same, changed = (
        page("https://a.example/1", body, at=f"2025-12-2{day}T07:00:00Z")
        for day, body in ((2, ONE), (3, ONE), (4, [*ONE[:3], *ONE[4:]]))
    )
    with opened("versions") as room:
        room.take([first])
        room.take([same])
        assert [row[3:5] for row in room.rows()["version"]] == [("2025-12-22T07:00:00Z", "2025-12-23T07:00:00Z")]
        room.take([changed])
        assert len(room.rows()["version"]) == 2
        (copy,) = room.rows()["copy"]
        assert copy[-4:] == ("2025-12-22T07:00:00Z", "2025-12-24T07:00:00Z", None, 2)


def test_a_page_that_answers_404_is_missing_since_then_and_no_longer_when_it_is_back(opened: Any) -> None:
    def gone(day: int) -> Fetched:
        return Fetched(
            "https://a.example/1", f"2025-12-2{day}T07:00:00Z", 404, (("Content-Type", "text/html"),), b"-"
        )

    here = [page("https://a.example/1", ONE, at=f"2025-12-2{day}T07:00:00Z") for day in (2, 7)]
    with opened("missing") as room:
        room.take([here[0]])
        room.take([gone(4)])
        room.take([gone(3), gone(5)])
        (copy,) = room.rows()["copy"]
        assert copy[-4:] == ("2025-12-22T07:00:00Z", "2025-12-22T07:00:00Z", "2025-12-23T07:00:00Z", 1)
        room.take([here[1]])
        (copy,) = room.rows()["copy"]
        assert copy[-4:] == ("2025-12-22T07:00:00Z", "2025-12-27T07:00:00Z", None, 1)


def test_a_copy_of_the_state_before_a_correction_is_verbatim_of_that_state(opened: Any) -> None:
    corrected = [*ONE[:2], *paragraphs(99, count=1), *ONE[3:]]
    with opened("corrected") as room:
        title = "A bridge opens in the valley"
        room.take([page(ARTICLE, ONE, title=title), page("https://a.example/1", ONE, title=title)])
        later = page(ARTICLE, corrected, title=title, at="2025-12-25T07:00:00Z")
        room.take([later, page("https://b.example/1", corrected, title=title)])
        assert {room.match(f"https://{host}.example/1").relation for host in "ab"} == {"verbatim"}
        (release,) = room.rows()["release"]
        assert "\n".join(corrected) in release


def test_an_older_capture_that_arrives_late_is_not_the_newest(opened: Any) -> None:
    old = page("https://a.example/1", ONE, at="2025-01-01T00:00:00Z")
    new = page("https://a.example/1", TWO, at="2025-12-01T00:00:00Z")
    with opened("forth") as forth, opened("back") as back:
        forth.take([old])
        forth.take([new])
        back.take([new])
        back.take([old])
        assert forth.rows() == back.rows()
        assert len(forth.rows()["copy"]) == 1


def test_the_newsroom_is_told_apart(opened: Any) -> None:
    with opened("apart") as room:
        room.take(newsroom())
        of = room.clusters()
        bridge = [of[f"https://{host}.example/1"] for host in "abc"]
        assert set(bridge) == {of[ARTICLE]}
        assert of["https://d.example/1"] == of["https://e.example/1"] != of[ARTICLE]
        assert room.match("https://a.example/1").key == "cgtn:1JjihOzBpvi"
        assert room.match("https://a.example/1").release == ARTICLE
        assert room.match("https://b.example/1").relation == "truncated"
        assert room.match(ARTICLE).relation == "origin"


def test_a_lie_in_the_head_attaches_nothing(opened: Any) -> None:
    claim = f'<link rel=canonical href="{ARTICLE}"><meta property="og:url" content="{ARTICLE}">'
    with opened("lie") as room:
        room.take([page(ARTICLE, ONE), page("https://liar.example/1", TWO, head=claim)])
        match = room.match("https://liar.example/1")
        assert (match.relation, match.release) == ("unrelated", None)
        assert room.clusters()["https://liar.example/1"] != room.clusters()[ARTICLE]


def test_a_lie_beside_a_true_copy_is_a_contradiction(opened: Any) -> None:
    other = ARTICLE.replace("1JjihOzBpvi", "11y2iO2mCNq")
    with opened("contradiction") as room:
        head = f'<link rel=canonical href="{other}">'
        room.take([page(ARTICLE, ONE), page("https://a.example/1", SIGNED, head=head)])
        match = room.match("https://a.example/1")
        assert match.release == ARTICLE
        assert len(match.contradictions) == 1


def test_one_changed_figure_stays_with_the_release(opened: Any) -> None:
    figure = next(word for word in " ".join(ONE).split() if word.isdigit())
    changed = [line.replace(figure, "31337") for line in ONE]
    with opened("figure") as room:
        room.take([page(ARTICLE, ONE), page("https://a.example/1", changed)])
        match = room.match("https://a.example/1")
        assert match.release == ARTICLE
        assert match.relation in {"verbatim", "edited"}


def test_siblings_and_boilerplate_stay_apart(opened: Any) -> None:
    closing = [*paragraphs(55, count=4)]
    with opened("siblings") as room:
        room.take([page(f"https://s{n}.example/", [*paragraphs(60 + n, count=2), *closing]) for n in range(6)])
        assert len(set(room.clusters().values())) == 6


def test_a_server_gives_the_rows_of_a_file(opened: Any, postgres_url: str) -> None:
    everything = newsroom()
    with opened("file") as room:
        room.take(everything)
        expected = room.rows()
    with opened("server", postgres_url) as room:
        for each in reversed(everything):
            room.take([each])
        assert room.rows() == expected


def test_nothing_is_left_waiting(opened: Any) -> None:
    with opened("left") as room:
        room.take(newsroom())
        transact(room.store.engine, lambda connection: mark(connection, "text", ["12345"]))
        transact(room.store.engine, lambda connection: mark(connection, "cluster", ["12345"]))
        drain(room.store, room.config, room.sites)
        with room.store.engine.connect().execution_options(reads=True) as connection:
            assert connection.scalar(select(func.count()).select_from(t.Dirty)) == 0


def test_a_capture_whose_record_is_lost_has_a_reason_and_does_not_wait_for_ever(opened: Any) -> None:
    lost, torn, whole = (page(f"https://{host}.example/1", ONE) for host in ("lost", "torn", "whole"))
    with opened("lost") as room:
        room.take([lost, torn, whole])
        with room.store.engine.connect().execution_options(reads=True) as connection:
            of = {row.url: row.id for row in connection.execute(select(t.Capture.url, t.Capture.id))}

        def damage(connection: Any) -> None:
            connection.execute(delete(t.Location).where(t.Location.capture == of[lost.url]))
            connection.execute(update(t.Location).where(t.Location.capture == of[torn.url]).values(offset=1))

        transact(room.store.engine, damage)
        mark_everything(room.store.engine)
        drain(room.store, room.config, room.sites)
        rows = room.rows()
        assert rows["dirty"] == []
        assert {row[0]: row[2] for row in rows["rejected"]} == {of[lost.url]: "missing", of[torn.url]: "error"}
        assert [row[0] for row in rows["copy"]] == [whole.url]


def test_a_translation_with_the_key_is_attached_as_one_and_a_forged_key_is_not(opened: Any) -> None:
    from tests.unit.test_match import ENGLISH, SPANISH

    closing = [f"View original content: {ARTICLE}", "SOURCE CGTN"]
    with opened("translation") as room:
        room.take([
            page(ARTICLE, ENGLISH, title="A quay opens in the port"),
            page("https://es.example/1", [*SPANISH, *closing], title="Un nuevo muelle en el puerto"),
            page("https://forger.example/1", [*TWO, *closing], title="Another story"),
        ])  # fmt: skip
        assert room.match("https://es.example/1").relation == "translation"
        assert room.match("https://es.example/1").release == ARTICLE
        assert room.clusters()["https://forger.example/1"] != room.clusters()[ARTICLE]
