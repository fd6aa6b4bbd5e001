"""When exported rows last changed: increments give what a whole export gives, and nothing new is no increment."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import text

from crawler.derive import drain, mark_everything
from crawler.errors import TearsheetError
from crawler.export.increments import NAMES, position_of, read_increment
from crawler.export.rows import read_rows
from crawler.records import Fetched
from crawler.reservations import file_of
from storage import revisions
from storage.browse import search_releases
from storage.engine import upgrade
from storage.lookups import dirty, reading
from tests.db.test_derive import ARTICLE, SIGNED, newsroom
from tests.db.test_overrule import KEY, opened, some_decisions
from tests.releases import page

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.db.test_overrule import Desk

__all__ = ["opened"]  # a fixture


class Mirror:
    """A program that keeps the rows of one kind by increments alone."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self.marker: str | None = None
        self.rows: dict[str, list[dict[str, Any]]] = {}

    def follow(self, desk: Desk, *, twice: bool = False) -> int:
        """Take what is new; how many lines that were."""
        key, lines = NAMES[self.kind][1], 0
        with reading(desk.store.engine) as connection:
            after = position_of(connection, self.marker) if self.marker else 0
            for _ in range(2 if twice else 1):
                lines = self._apply(key, read_increment(connection, self.kind, after))
            self.marker = revisions.newest(connection)
        return lines

    def _apply(self, key: str, lines: Any) -> int:
        count = 0
        for line in lines:
            count += 1
            if line.get("gone"):
                self.rows.pop(line[key], None)
            elif self.kind == "removed":
                self.rows.setdefault(line[key], []).append(line)
            else:
                self.rows[line[key]] = [line]
        return count

    def check(self, desk: Desk) -> None:
        with reading(desk.store.engine) as connection:
            whole = list(read_rows(connection, self.kind))
        key = NAMES[self.kind][1]
        assert [row for name in sorted(self.rows) for row in self.rows[name]] == sorted(
            whole, key=lambda row: row[key]
        )


def steps(chance: random.Random) -> list[tuple[str, Any]]:
    """What may befall a store, in some order: pages that come, change, vanish, are purged, are decided about."""
    pages = chance.sample(newsroom(), len(newsroom()))
    later = [
        Fetched(each.url, "2025-12-25T08:00:00Z", 404, (("Content-Type", "text/html"),), b"<p>gone</p>")
        for each in chance.sample(pages, 2)
    ]
    again = [Fetched(each.url, "2025-12-26T08:00:00Z", 200, each.headers, each.body) for each in pages[:3]]
    cut = [
        ("take", pages[:5]),
        ("take", pages[5:]),
        ("take", later),
        ("take", again),
        ("take", [page("https://j.example/9", SIGNED, at="2025-12-20T00:00:00Z")]),  # an earlier founder
        ("drop", chance.sample(pages, 2)),
        ("drop", [each for each in pages if each.url == ARTICLE]),
        ("take", chance.sample(pages, 4)),
        *(("say", one) for one in some_decisions(chance)),
    ]
    return [cut[0], *chance.sample(cut[1:], len(cut) - 1)]


def do(desk: Desk, what: str, subject: Any) -> None:
    match what:
        case "take":
            desk.take(subject)
        case "drop":
            desk.drop(subject)
        case _:
            desk.say(*subject)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("backend", ["sqlite", "postgresql"])
def test_increments_add_up_to_the_whole(
    opened: Any, backend: str, seed: int, request: pytest.FixtureRequest
) -> None:
    url = request.getfixturevalue("postgres_url") if backend == "postgresql" else ""
    chance = random.Random(seed)
    with opened("followed", url) as desk:
        prompt, lazy = ([Mirror(kind) for kind in NAMES] for _ in range(2))
        for what, subject in steps(chance):
            do(desk, what, subject)
            for mirror in (*prompt, *(each for each in lazy if chance.random() < 0.3)):
                mirror.follow(desk, twice=chance.random() < 0.3)
                mirror.check(desk)
        for mirror in lazy:
            mirror.follow(desk)
            mirror.check(desk)


def test_deriving_the_same_again_changes_no_number(opened: Any) -> None:
    with opened("again") as desk:
        desk.take(newsroom())
        said = desk.say("unlink", "https://a.example/1", KEY)
        mirrors = [Mirror(kind) for kind in NAMES]
        assert all([mirror.follow(desk) for mirror in mirrors])  # noqa: C419 (each is to follow)
        marker = mirrors[0].marker
        mark_everything(desk.store.engine)
        drain(desk.store, desk.config, desk.sites)
        desk.take(newsroom())
        assert [mirror.follow(desk) for mirror in mirrors] == [0] * len(mirrors)
        assert mirrors[0].marker == marker
        desk.undo(said.id)
        assert all([mirror.follow(desk) for mirror in mirrors])  # noqa: C419
        for mirror in mirrors:
            mirror.check(desk)


def test_only_what_says_something_else_is_new(opened: Any) -> None:
    with opened("one") as desk:
        desk.take(newsroom())
        copies, releases = Mirror("copies"), Mirror("releases")
        copies.follow(desk)
        releases.follow(desk)
        seen = [each for each in newsroom() if each.url == "https://g.example/1"]
        desk.take([Fetched(each.url, "2026-01-05T00:00:00Z", 200, each.headers, each.body) for each in seen])
        assert (copies.follow(desk), releases.follow(desk)) == (1, 0)
        assert copies.rows["https://g.example/1"][0]["last_seen"] == "2026-01-05T00:00:00Z"


def test_a_marker_of_another_store_is_told(opened: Any) -> None:
    markers: list[str] = []
    for name in ("here", "there"):
        with opened(name) as desk:
            desk.take(newsroom()[:3])
            with reading(desk.store.engine) as connection:
                markers.append(revisions.newest(connection) or "")
                assert position_of(connection, markers[-1]) > 0
                for other in (*markers[:-1], "0-00000000", "999999-00000000"):
                    with pytest.raises(TearsheetError, match="everything anew"):
                        position_of(connection, other)
                inside = revisions.marker_at(connection, 1)
                assert position_of(connection, inside) == 1


@pytest.mark.parametrize("backend", ["sqlite", "postgresql"])
def test_a_store_from_before_is_numbered_by_its_next_drain(
    opened: Any, backend: str, request: pytest.FixtureRequest
) -> None:
    url = request.getfixturevalue("postgres_url") if backend == "postgresql" else ""
    with opened("before", url) as desk:
        desk.take(newsroom())
        with desk.store.engine.begin() as connection:
            for table in ("revision", "marker", *(["searched"] if backend == "sqlite" else []), "searchable"):
                connection.execute(text(f"DROP TABLE {table}"))
            for index in ("ix_copy_capture", "ix_match_release", "ix_match_key"):
                connection.execute(text(f"DROP INDEX {index}"))
            connection.execute(text("UPDATE alembic_version SET version_num = '0003'"))
        upgrade(desk.store.engine)
        with reading(desk.store.engine) as connection:
            assert revisions.newest(connection) is None
            waiting = dirty(connection)
        assert waiting.keys() == {"row"}
        drain(desk.store, desk.config, desk.sites)
        for mirror in map(Mirror, NAMES):
            assert mirror.follow(desk) > 0
            mirror.check(desk)
        with reading(desk.store.engine) as connection:
            assert search_releases(connection, "bridge")


def test_a_removed_row_goes_with_its_page(opened: Any) -> None:
    with opened("gone") as desk:
        desk.take(newsroom())
        copies = Mirror("copies")
        copies.follow(desk)
        desk.drop([page("https://b.example/1", SIGNED)])
        assert "https://b.example/1" in copies.rows
        assert {"url": "https://b.example/1", "gone": True} in _lines(desk, copies)
        copies.follow(desk)
        assert "https://b.example/1" not in copies.rows


def _lines(desk: Desk, mirror: Mirror) -> Sequence[dict[str, Any]]:
    with reading(desk.store.engine) as connection:
        return list(read_increment(connection, mirror.kind, position_of(connection, mirror.marker or "")))


def test_what_a_host_reserves_later_is_news_of_its_pages_alone(opened: Any) -> None:
    said = b'[{"location": "/", "tdm-reservation": 1}]'
    rules = Fetched(str(file_of(ARTICLE)), "2025-12-27T08:00:00Z", 200, (), said)
    gone = Fetched(rules.url, "2025-12-28T08:00:00Z", 404, (), b"none")
    with opened("reserved") as desk:
        desk.take(newsroom())
        mirrors = [Mirror("copies"), Mirror("releases")]
        assert all([mirror.follow(desk) for mirror in mirrors])  # noqa: C419 (each is to follow)
        for each in (rules, gone):
            desk.take([each])
            assert [mirror.follow(desk) for mirror in mirrors] == [1, 1]
            for mirror in mirrors:
                mirror.check(desk)
            signals = [row["signals"] for row in mirrors[0].rows[ARTICLE]]
            assert signals == ([["tdm-reserved"]] if each is rules else [[]])
