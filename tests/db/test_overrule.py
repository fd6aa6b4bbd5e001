"""What people decide holds whatever came first, pages or decisions; taken back, everything is as it was."""

from __future__ import annotations

import random
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import func, select

from crawler import derive
from crawler.derive import drain, mark_everything
from crawler.overruling import decide, take_back
from crawler.sites.load import load_sites
from settings.app import AppConfig, Limits
from storage import tables as t
from storage.overrules import overrules
from storage.store import Store
from tests.db.test_derive import ARTICLE, ONE, SIGNED, TWO, Inline, Room, newsroom
from tests.releases import page, paragraphs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

    from crawler.rulings import Overrule, OverruleKind

KEY = "cgtn:1JjihOzBpvi"


class Desk(Room):
    """A data folder and a person who decides."""

    def say(self, kind: OverruleKind, subject: str, object_: str) -> Overrule:
        said = decide(self.store, kind, subject, object_, by="me", why="because")
        drain(self.store, self.config, self.sites)
        return said

    def undo(self, identity: str) -> None:
        assert take_back(self.store, identity)
        drain(self.store, self.config, self.sites)

    def of(self, *hosts: str) -> list[str]:
        clusters = self.clusters()
        return [clusters[host if "://" in host else f"https://{host}.example/1"] for host in hosts]

    def release(self, url: str) -> Any:
        (cluster,) = self.of(url)
        with self.store.engine.connect().execution_options(reads=True) as connection:
            return connection.execute(select(t.Release.__table__).where(t.Release.cluster == cluster)).first()


@pytest.fixture
def opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., AbstractContextManager[Desk]]:
    monkeypatch.setattr(derive, "Workers", Inline)
    sites = load_sites()

    @contextmanager
    def desk(name: str, url: str = "") -> Iterator[Desk]:
        config = AppConfig(data=str(tmp_path / name), database=url, workers=1, limits=Limits(page_seconds=10))
        with Store.open(config.data_folder, config.database_url, "test") as store:
            yield Desk(store, config, sites)

    return desk


def some_decisions(chance: random.Random) -> list[tuple[OverruleKind, str, str]]:
    urls = sorted({each.url for each in newsroom()})
    kinds: list[OverruleKind] = ["link", "link", "unlink", "unlink", "apart", "origin"]
    drawn = ((chance.choice(kinds), chance.sample([*urls, KEY], 2)) for _ in range(5))
    return [(kind, one, other) for kind, (one, other) in drawn]


@pytest.mark.parametrize("seed", range(6))
def test_any_order_of_pages_and_decisions_gives_one_outcome(opened: Any, seed: int) -> None:
    chance = random.Random(seed)
    said = some_decisions(chance)
    with opened("batch") as room:
        room.take(newsroom())
        before = room.rows()
        ids = [room.say(*one).id for one in said]
        expected = room.rows()
        mark_everything(room.store.engine)
        drain(room.store, room.config, room.sites)
        assert room.rows() == expected
        assert expected["dirty"] == []
        for identity in chance.sample(ids, len(ids)):
            room.undo(identity)
        assert room.rows() == before
    for turn in range(2):
        pages = chance.sample(newsroom(), len(newsroom()))
        places = sorted(chance.randint(0, len(pages)) for _ in said)
        with opened(f"order{turn}") as room:
            for n in range(len(pages) + 1):
                for one, place in zip(said, places, strict=True):
                    if place == n:
                        room.say(*one)
                room.take(pages[n : n + 1])
            assert room.rows() == expected


def test_taking_pages_away_leaves_what_was_decided_of_the_others(opened: Any) -> None:
    said = some_decisions(random.Random(3))
    everything = newsroom()
    with opened("never") as room:
        room.take(everything[:7])
        for one in said:
            room.say(*one)
        expected = room.rows()
        room.take(everything[7:])
        room.drop([each for each in everything[7:] if each.url not in {known.url for known in everything[:7]}])
        assert room.rows() == expected


def test_a_copy_that_is_taken_out_leaves_alone_and_names_nothing(opened: Any) -> None:
    with opened("out") as room:
        room.take([page(ARTICLE, ONE), *(page(f"https://{host}.example/1", SIGNED) for host in "abc")])
        assert len(set(room.of(ARTICLE, "a", "b", "c"))) == 1
        said = room.say("unlink", "https://a.example/1", KEY)
        out, *others = room.of("a", ARTICLE, "b", "c")
        assert len(set(others)) == 1
        assert out not in others
        match = room.match("https://a.example/1")
        assert (match.relation, match.release, match.key) == ("unrelated", None, None)
        room.undo(said.id)
        assert len(set(room.of(ARTICLE, "a", "b", "c"))) == 1


def test_linked_pages_are_one_release_and_a_person_decided_it(opened: Any) -> None:
    with opened("linked") as room:
        room.take([page(ARTICLE, ONE), page("https://a.example/1", TWO), page("https://b.example/1", TWO[:5])])
        assert len(set(room.of(ARTICLE, "a"))) == 2
        room.say("link", "https://a.example/1", KEY)
        assert len(set(room.of(ARTICLE, "a", "b"))) == 1
        match = room.match("https://a.example/1")
        assert (match.rung, match.relation, match.release) == ("person", "edited", ARTICLE)
        assert room.match("https://b.example/1").rung != "person"
        assert room.match(ARTICLE).rung == "origin-id"


def test_a_person_names_the_origin_and_what_disagrees_is_listed(opened: Any) -> None:
    ours = "https://press.example/releases/7"
    with opened("origin") as room:
        room.take([page(ours, ONE), *(page(f"https://{host}.example/1", SIGNED) for host in "ab")])
        assert room.release(ours).key == KEY
        said = room.say("origin", "https://a.example/1", ours)
        release, match = room.release(ours), room.match("https://a.example/1")
        assert (release.key, release.url) == (None, ours)
        assert (match.rung, match.release) == ("person", ours)
        assert match.contradictions == [f"its trailer names {KEY}"]
        assert "person: me said so" in match.evidence[0]
        assert room.match(ours).relation == "origin"
        room.say("origin", "https://b.example/1", "cgtn:11y2iO2mCNq")
        assert room.release(ours).key == "cgtn:11y2iO2mCNq"
        with room.store.engine.connect().execution_options(reads=True) as connection:
            room_has = [one.id for one in overrules(connection)]
        for identity in room_has:
            room.undo(identity)
        assert room.release(ours).key == KEY
        assert said.id in room_has


def test_a_page_in_another_language_that_is_linked_is_a_translation(opened: Any) -> None:
    other = ["桥梁在星期一开通，工程师们说用了六年时间，最后一颗螺栓是在雨中拧紧的。" * 12]
    with opened("languages") as room:
        room.take([page(ARTICLE, ONE), page("https://a.example/1", other)])
        room.say("link", "https://a.example/1", ARTICLE)
        match = room.match("https://a.example/1")
        assert (match.relation, match.release, match.rung) == ("translation", ARTICLE, "person")


def test_pages_of_one_site_keep_their_text_when_one_is_taken_out(opened: Any) -> None:
    first, second, third = (f"https://a.example/{n}" for n in (1, 2, 3))
    with opened("site") as room:
        room.take([page(first, ONE), page(second, ONE), page(third, ONE), page("https://b.example/1", TWO)])
        before = {row[0]: row[1] for row in texts(room)}
        room.say("unlink", second, first)
        room.say("unlink", third, first)
        room.say("unlink", third, second)
        assert len(set(room.of(first, second, third))) == 3
        assert {row[0]: row[1] for row in texts(room)} == before
        assert room.rows()["memory"] == []


def texts(room: Desk) -> list[Any]:
    """Every page's address and clean text, memory's changes included."""
    with room.store.engine.connect().execution_options(reads=True) as connection:
        wanted = select(t.Page.url, func.coalesce(t.Recalled.text, t.Page.text))
        return list(connection.execute(wanted.outerjoin(t.Recalled, t.Recalled.capture == t.Page.capture)))


def test_a_server_gives_the_rows_of_a_file_with_decisions_too(opened: Any, postgres_url: str) -> None:
    said = some_decisions(random.Random(1))
    with opened("file") as room:
        room.take(newsroom())
        for one in said:
            room.say(*one)
        expected = room.rows()
    with opened("server", postgres_url) as room:
        for one in said:
            room.say(*one)
        for each in reversed(newsroom()):
            room.take([each])
        assert room.rows() == expected


def test_crowded_fingerprints_change_nothing(opened: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from crawler.match import thresholds

    monkeypatch.setattr(thresholds, "COMMON", 2)
    monkeypatch.setattr(thresholds, "REPRESENTATIVES", 2)
    monkeypatch.setattr(thresholds, "CANDIDATES", 3)
    closing = paragraphs(77, count=3)
    crowd = [page(f"https://x{n}.example/1", [*paragraphs(100 + n // 2, count=4), *closing]) for n in range(10)]
    urls = [each.url for each in crowd]
    said: list[tuple[OverruleKind, str, str]] = [
        ("link", urls[0], urls[4]), ("unlink", urls[7], urls[6]), ("link", urls[8], urls[1]),
        ("apart", urls[2], urls[3]),
    ]  # fmt: skip
    rows = []
    for turn in range(3):
        chance = random.Random(turn)
        places = sorted(chance.sample(range(len(crowd)), len(said)))
        events: list[Any] = chance.sample(crowd, len(crowd))
        for place, one in zip(reversed(places), reversed(said), strict=True):
            events.insert(place, one)
        with opened(f"crowd{turn}") as room:
            for event in events:
                if isinstance(event, tuple):
                    room.say(*event)
                else:
                    room.take([event])
            rows.append(room.rows())
    assert rows[0] == rows[1] == rows[2]
