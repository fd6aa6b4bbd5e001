"""What lies near a threshold is listed, whatever came first, until a person answers."""

from __future__ import annotations

import json
import random
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from crawler import derive
from crawler.cli.main import main
from crawler.derive import drain
from crawler.match import thresholds
from crawler.match.sketch import sketch
from crawler.match.verdict import is_borderline, judge
from crawler.sites.load import load_sites
from settings.app import AppConfig, Limits
from storage import tables as t
from storage.store import Store
from tests.db.test_derive import Inline, Room
from tests.releases import page, paragraphs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

    from crawler.records import Fetched

WHOLE, SECOND, ELSE = paragraphs(11, count=10), paragraphs(21, count=10), paragraphs(12, count=8)
HARDLY, NEARLY = [*WHOLE[:5], *ELSE[:2]], [*SECOND[:4], *ELSE[4:7]]
W, H, S, N, X = (f"https://{name}.example/1" for name in ("whole", "hardly", "second", "nearly", "else"))


def pages() -> list[Fetched]:
    bodies = ((W, WHOLE), (H, HARDLY), (S, SECOND), (N, NEARLY), (X, paragraphs(99)))
    return [page(url, body, title=f"News of {url[8:12]}") for url, body in bodies]


@pytest.fixture
def opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., AbstractContextManager[Room]]:
    monkeypatch.setattr(derive, "Workers", Inline)
    sites = load_sites()

    @contextmanager
    def room(name: str) -> Iterator[Room]:
        config = AppConfig(data=str(tmp_path / name), workers=1, limits=Limits(page_seconds=10))
        with Store.open(config.data_folder, config.database_url, "test") as store:
            yield Room(store, config, sites)

    return room


@pytest.fixture
def say(opened: Callable[..., Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., Any]:
    with opened("data") as room:
        room.take(pages())

    def run(*arguments: str, code: int = 0) -> Any:
        capsys.readouterr()
        assert main([*arguments, "--data", str(tmp_path / "data"), *(["--json"] if code == 0 else [])]) == code
        told = capsys.readouterr()
        return json.loads(told.out) if code == 0 else told.err

    return run


def open_pairs(say: Callable[..., Any]) -> dict[str, bool]:
    return {row["page"]["url"]: row["same"] for row in say("review")}


def cluster(say: Callable[..., Any], url: str) -> str:
    found: str = say("explain", url)["page"]["cluster"]
    return found


def test_the_margin_tells_the_verdict() -> None:
    bodies = [WHOLE, HARDLY, NEARLY, ELSE, WHOLE[:6], [*WHOLE, *ELSE[:3]], WHOLE[5:]]
    drawn = [sketch("\n".join(body), ()) for body in bodies]
    for one in drawn:
        for other in drawn:
            verdict = judge(one, other)
            assert verdict.same == (verdict.margin >= 0)
            assert -1000 <= verdict.margin <= 1000
    assert judge(drawn[0], drawn[0]).margin == 1000
    assert is_borderline(judge(drawn[0], drawn[1]))
    assert not is_borderline(judge(drawn[0], drawn[4]))


def test_what_is_listed_does_not_depend_on_the_order(opened: Callable[..., Any]) -> None:
    with opened("batch") as room:
        room.take(pages())
        expected = room.rows()
        assert len(expected["doubt"]) == 2
    for seed in range(4):
        with opened(f"order{seed}") as room:
            for each in random.Random(seed).sample(pages(), len(pages())):
                room.take([each])
            assert room.rows() == expected


def test_a_wider_band_lists_more(opened: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(thresholds, "BAND", 0)
    with opened("none") as room:
        room.take(pages())
        with room.store.engine.connect().execution_options(reads=True) as connection:
            assert connection.execute(select(t.Doubt.text)).all() == []


def test_what_is_answered_is_not_listed_again(say: Callable[..., Any]) -> None:
    found = say("review")
    assert [abs(row["margin"]) for row in found] == sorted(abs(row["margin"]) for row in found)
    assert all(row["differs"] and row["why"] and row["page"]["title"] for row in found)
    assert open_pairs(say) == {H: True, N: False}
    assert cluster(say, H) == cluster(say, W)
    assert cluster(say, N) != cluster(say, S)
    assert say("review", H, "--other", "--why", "another story")["state"] == "holds"
    assert cluster(say, H) != cluster(say, W)
    assert H not in open_pairs(say)
    answer = say("review", N, S, "--same")
    assert (answer["kind"], answer["state"]) == ("link", "holds")
    assert cluster(say, N) == cluster(say, S)
    assert N not in open_pairs(say)
    say("process", "--all")
    assert open_pairs(say).keys().isdisjoint({H, N})
    for row in say("review", "--list"):
        say("review", "--undo", row["id"])
    assert open_pairs(say) == {H: True, N: False}


def test_confirming_what_was_decided_settles_it_too(say: Callable[..., Any]) -> None:
    before = {url: cluster(say, url) for url in (W, H, S, N)}
    say("review", H, "--same")
    say("review", N, "--other")
    assert open_pairs(say) == {}
    assert {url: cluster(say, url) for url in (W, H, S, N)} == before


def test_what_is_not_open_is_refused(say: Callable[..., Any]) -> None:
    assert "nothing is open" in say("review", X, "--same", code=1)
    assert "which page" in say("review", "--same", code=2)
    assert "nothing is open" in say("review", H, S, "--same", code=1)


def test_people_read_both_titles_and_what_differs(say: Callable[..., Any], capsys: pytest.CaptureFixture[str],
                                                  tmp_path: Path) -> None:  # fmt: skip
    assert main(["review", "--limit", "1", "--data", str(tmp_path / "data")]) == 0
    told = capsys.readouterr().out
    assert "two releases, by " in told or "one release, by " in told
    assert "“News of seco”" in told
    assert "differs" in told
    assert "2 to review, 1 shown" in told


def test_a_drain_that_is_repeated_changes_nothing(opened: Callable[..., Any]) -> None:
    with opened("twice") as room:
        room.take(pages())
        expected = room.rows()
        drain(room.store, room.config, room.sites)
        assert room.rows() == expected
