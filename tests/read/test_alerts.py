"""What follows from a store, noted once and sent until it has arrived; on both databases."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import func, select, update

from crawler.cli.alerting import alert, gather
from crawler.cli.main import main
from crawler.records import stamp
from crawler.sites.load import Sites
from settings.alerts import Alerts
from settings.app import AppConfig
from storage import tables as t
from storage import watches
from storage.alerts import CARRIED
from storage.archive import Archive
from storage.faults import Faults
from storage.lookups import copies, reading, releases
from storage.store import Store
from tests.crawl.loopback import Server, serving, site

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy import Engine

    from storage.rows import ReleaseRow

NOW = datetime(2030, 1, 1, tzinfo=UTC)
NOBODY = Sites(())


class Hook:
    """A webhook that keeps what it got, or fails."""

    def __init__(self, server: Server) -> None:
        self.server, self.got, self.status = server, list[dict[str, Any]](), 200
        server.pages["/hook"] = self._answer
        self.config = AppConfig(alerts=Alerts(webhook=f"http://{server.address}/hook", timeout=10.0))

    def _answer(self, handler: Any) -> None:
        body = json.loads(handler.rfile.read(int(handler.headers["Content-Length"])))
        if self.status == 200:
            self.got += body["alerts"]
        handler.wfile.write(f"HTTP/1.1 {self.status} x\r\nContent-Length: 0\r\n\r\n".encode())

    def kinds(self) -> set[str]:
        return {each["kind"] for each in self.got}


@pytest.fixture
def hook() -> Iterator[Hook]:
    with serving() as server:
        yield Hook(server)


@pytest.fixture
def store(own_engine: Engine, tmp_path: Path) -> Store:
    ticking = iter(range(10_000))
    return Store(own_engine, Archive(tmp_path / "x"), Faults({}), lambda: NOW + timedelta(seconds=next(ticking)))


def since(store: Store, when: str) -> None:
    """Say that alerts were switched on then."""
    with store.engine.begin() as connection:
        connection.execute(update(t.Alert).where(t.Alert.kind == "begin").values(made_at=when))


def count(store: Store, *where: Any) -> int:
    with store.engine.begin() as connection:
        query = select(func.count()).select_from(t.Alert).where(t.Alert.kind != "begin", *where)
        return connection.scalar(query) or 0


def test_nobody_to_tell_is_nothing_to_note(store: Store) -> None:
    assert alert(store, AppConfig(), NOBODY)
    with store.engine.begin() as connection:
        assert connection.scalar(select(func.count()).select_from(t.Alert)) == 0


def test_what_was_there_before_is_not_told(store: Store, hook: Hook) -> None:
    assert alert(store, hook.config, NOBODY)
    assert not hook.got


def test_copies_are_told_once(store: Store, hook: Hook) -> None:
    alert(store, hook.config, NOBODY)
    since(store, "2000-01-01T00:00:00Z")
    assert alert(store, hook.config, NOBODY)
    assert hook.kinds() >= {"copy", "altered"}
    assert len({each["id"] for each in hook.got}) == len(hook.got) > 0
    told = len(hook.got)
    assert alert(store, hook.config, NOBODY)
    assert len(hook.got) == told


def test_only_the_releases_that_are_named(store: Store, hook: Hook) -> None:
    alert(store, hook.config, NOBODY)
    since(store, "2000-01-01T00:00:00Z")
    named = Alerts(webhook=hook.config.alerts.webhook, releases=("nobody:1",))
    assert alert(store, AppConfig(alerts=named), NOBODY)
    assert not hook.got


def told_of(store: Store, hook: Hook, **alerts: Any) -> set[str]:
    """The releases that are told of."""
    alert(store, hook.config, NOBODY)
    since(store, "2000-01-01T00:00:00Z")
    assert alert(store, AppConfig(alerts=Alerts(webhook=hook.config.alerts.webhook, **alerts)), NOBODY)
    return {each["release"] for each in hook.got}


def carried(store: Store) -> ReleaseRow:
    """The release that has copies."""
    with reading(store.engine) as connection:
        keys = {row.key for row in copies(connection) if row.relation in CARRIED}
        return next(row for row in releases(connection) if row.url and row.key in keys)


@pytest.mark.parametrize("by", ["key", "url", "cluster"])
def test_a_release_is_named_by_its_key_or_any_of_its_addresses(store: Store, hook: Hook, by: str) -> None:
    release = carried(store)
    assert told_of(store, hook, releases=("nobody:1", getattr(release, by))) == {release.key}


@pytest.mark.parametrize("state", [watches.WATCHING, watches.ENDED, watches.STOPPED])
def test_the_watched_releases_alone(store: Store, hook: Hook, state: str) -> None:
    one = carried(store)
    row = {"title": "x", "since": stamp(NOW), "until": stamp(NOW), "follows": None, "why": "named"}
    later = {"asked_at": None, "next_at": None}
    with store.engine.begin() as connection:
        watches.save(connection, {"url": one.url, "key": None, "state": state, **row, **later})
    assert told_of(store, hook, watched=True) == (set() if state == watches.STOPPED else {one.key})


def test_nothing_watched_is_nothing_to_tell(store: Store, hook: Hook) -> None:
    assert told_of(store, hook, watched=True) == set()


def test_what_cannot_be_sent_waits_with_its_reason_and_without_the_secret(store: Store, hook: Hook) -> None:
    alert(store, hook.config, NOBODY)
    since(store, "2000-01-01T00:00:00Z")
    hook.status = 500
    assert not alert(store, hook.config, NOBODY)
    waiting = count(store, t.Alert.posted_at.is_(None))
    assert waiting == count(store, t.Alert.fault == "webhook: status 500") > 0
    hook.status = 200
    assert alert(store, hook.config, NOBODY)
    assert len(hook.got) == waiting
    assert count(store, t.Alert.posted_at.is_(None)) == count(store, t.Alert.fault.is_not(None)) == 0


def test_what_a_crash_left_out_is_sent_by_the_next_run(store: Store, hook: Hook) -> None:
    alert(store, hook.config, NOBODY)
    since(store, "2000-01-01T00:00:00Z")
    gather(store, hook.config, NOBODY)  # and then it died
    assert alert(store, hook.config, NOBODY)
    assert len(hook.got) == count(store)


def test_a_widget_that_came_back(store: Store, hook: Hook) -> None:
    with store.engine.begin() as connection:
        copy = connection.execute(
            select(t.Copy.url, t.Copy.capture, t.Copy.site).where(t.Copy.site.is_not(None)).limit(1)
        ).one()
        connection.execute(
            update(t.Page).where(t.Page.capture == copy.capture).values(text="A pier\nYou may also like: x")
        )
        connection.execute(
            update(t.Recalled).where(t.Recalled.capture == copy.capture).values(text="You may also like")
        )
    known = Sites((site(copy.site, assertions={"never": ["You May Also Like"]}),))
    alert(store, hook.config, known)
    since(store, "2000-01-01T00:00:00Z")
    assert alert(store, hook.config, known)
    assert [each["subject"] for each in hook.got if each["kind"] == "widget"] == [copy.url]


def ran(store: Store, *listed: int | None) -> None:
    """Runs of a crawl, oldest first: how many addresses the lists named, None where none was read."""
    with store.engine.begin() as connection:
        connection.execute(t.Run.__table__.delete())  # type: ignore[attr-defined]
        for n, found in enumerate(listed):
            counts = {"lists": 1, "listed": found} if found is not None else {"fetched": 1}
            moment = f"2029-01-01T00:00:{n:02}Z"
            connection.execute(
                t.Run.__table__.insert().values(  # type: ignore[attr-defined]
                    id=f"{n:032}", verb="crawl", started_at=moment, ended_at=moment,
                    outcome={"sites": {"mirror": counts}},
                )
            )  # fmt: skip


@pytest.mark.parametrize(
    ("listed", "told"),
    [
        ((5, 5, 5, 0), 1),
        ((5, 5, 0), 0),
        ((5, 0, 5, 0), 0),
        ((5, 5, 5, 0, 0), 0),  # it was told the first time
        ((5, 5, 5, None), 0),
        ((5, 5, None, 5, 0), 1),
        ((5, 5, 5, 2), 1),
        ((5, 5, 2, 2), 0),
        ((2,), 1),
    ],
)
def test_a_site_that_gives_less(store: Store, hook: Hook, listed: tuple[int | None, ...], told: int) -> None:
    ran(store, *listed)
    known = Sites((site("mirror", assertions={"min_listed": 3}),)) if 2 in listed else NOBODY
    assert alert(store, hook.config, known)
    assert [each["kind"] for each in hook.got] == ["yield"] * told


def test_the_verb_lists_them(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["alerts", "--data", str(data)]) == 0
    assert "no alerts" in capsys.readouterr().out
    assert main(["alerts", "--send", "--data", str(data)]) == 2
    assert "[alerts]" in capsys.readouterr().err
