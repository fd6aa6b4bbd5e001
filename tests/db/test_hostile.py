"""Pages made to hang, swell or crash what reads them: each has its reason, and no other page notices."""

from __future__ import annotations

import os
import signal
import time
from collections import Counter
from concurrent.futures import TimeoutError as FutureTimeout
from pathlib import Path

import pytest
from sqlalchemy import select

from crawler.derive import drain, read_alone, read_capture
from crawler.flow import Read, read_page
from crawler.records import Fetched, Location, PageRead, Rejected
from crawler.sites.load import load_sites
from crawler.workers import Expired, Workers
from settings.app import AppConfig, Limits
from storage import tables as t
from storage.archive import Archive
from storage.store import Arrival, Store
from storage.warc import read
from tests.releases import page, paragraphs

HTML = (("Content-Type", "text/html"),)
MEMORY = 1024 * 1024 * 1024
SECONDS = 2.0

HOSTILE = {
    "attributes": "<p " + "".join(f"a{n}=1 " for n in range(80_000)) + ">x</p>",
    "tables": "<table>" + "<tr><td colspan=100 rowspan=100>x</td></tr>" * 200 + "</table>",
    "tags": "<p><b>x" * 300_000,
    "nested": "<div>" * 200_000 + "x",
    "one text": "<p>" + "x" * 11_000_000,
    "breaks": "<br>" * 1_000_000,
    "links": "<a href=/x>y</a> " * 100_000,
    "signs": "<p>" + "<&" * 1_000_000,
    "paragraphs": "<p>The port opened its new pier on Monday, as its operator said to the press at noon.</p>"
    * 40_000,
    "metas": "<meta name=a content=b>" * 100_000,
}


def sleep(seconds: float) -> None:
    time.sleep(seconds)


def crash() -> None:
    os.kill(os.getpid(), signal.SIGSEGV)


def leave() -> None:
    os._exit(3)


def swell() -> int:
    return len(bytearray(4 * MEMORY))


def work(n: int) -> int:
    return n + 1


def test_a_task_that_fails_takes_none_with_it() -> None:
    with Workers(2, 2.0, MEMORY) as workers:
        before = [workers.submit(work, n) for n in range(5)]
        asleep, crashed = workers.submit(sleep, 60), workers.submit(crash)
        swollen, left = workers.submit(swell), workers.submit(leave)
        after = [workers.submit(work, n) for n in range(5)]
        assert [future.result(30) for future in before + after] == [1, 2, 3, 4, 5] * 2
        with pytest.raises((TimeoutError, FutureTimeout)):
            asleep.result(30)
        with pytest.raises(Expired):
            crashed.result(30)
        with pytest.raises(MemoryError):
            swollen.result(30)
        with pytest.raises(Expired):
            left.result(30)


def test_a_worker_is_renewed_after_so_many_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crawler.workers._TASKS_A_WORKER", 3)
    with Workers(1, SECONDS, MEMORY) as workers:
        futures = [workers.submit(os.getpid) for _ in range(12)]
        who = [future.result(30) for future in futures]
    assert len(set(who)) == 4
    assert max(Counter(who).values()) == 3


def test_hostile_pages_each_have_an_end_and_the_others_are_read(tmp_path: Path) -> None:
    limits = Limits(page_seconds=SECONDS, memory_bytes=MEMORY)
    config = AppConfig(data=str(tmp_path / "data"), workers=2, limits=limits)
    hostile = [
        Fetched(f"https://evil.example/{name.replace(' ', '-')}", None, 200, HTML, f"<html><body>{body}".encode())
        for name, body in HOSTILE.items()
    ]
    good = [page(f"https://good{n}.example/", paragraphs(n)) for n in range(6)]
    mixed = [each for pair in zip(hostile, [*good, *[None] * len(hostile)], strict=False) for each in pair if each]
    started = time.monotonic()
    with Store.open(config.data_folder, config.database_url, "test") as store:
        store.add([Arrival(each) for each in mixed])
        drained = drain(store, config, load_sites())
        with store.engine.connect().execution_options(reads=True) as connection:
            read = set(connection.scalars(select(t.Page.url)))
            refused = {
                row.url: row.reason
                for row in connection.execute(
                    select(t.Capture.url, t.Rejected.reason).join(t.Rejected, t.Rejected.capture == t.Capture.id)
                )
            }
            left = connection.scalars(select(t.Dirty.key)).all()
    assert time.monotonic() - started < 120  # a bound, however slow the machine
    assert {each.url for each in good} <= read, {k: v for k, v in refused.items() if "good" in k}
    assert {each.url for each in hostile} == (read | refused.keys()) - {each.url for each in good}
    assert refused["https://evil.example/nested"] in {"limit:markup", "limit:time"}
    assert refused["https://evil.example/one-text"] in {"limit:markup", "limit:time"}
    assert "error" not in refused.values(), refused
    assert drained.pages + sum(drained.rejected.values()) == len(mixed)
    assert left == []


def test_a_page_over_the_limit_is_refused_alone() -> None:
    config = AppConfig(limits=Limits(page_bytes=1024))
    found = read_alone(page("https://a.example/", paragraphs(1)), load_sites(), config)
    assert isinstance(found, Rejected)
    assert found.reason == "limit:body"


def test_the_same_page_ten_times_in_any_company_is_the_same_value() -> None:
    sites = load_sites()
    first = read_page(page("https://a.example/", paragraphs(1)), sites, 1 << 24)
    assert isinstance(first, Read)
    for n in range(10):
        read_page(page(f"https://b{n}.example/", paragraphs(n)), sites, 1 << 24)
        assert read_page(page("https://a.example/", paragraphs(1)), sites, 1 << 24) == first


@pytest.mark.parametrize(
    "text",
    [
        "a\u0301" * 20_000,
        "\u202e".join("The bridge opened on Monday, said the mayor, and the first bus crossed it at noon."),
        "\u200b".join("The bridge opened on Monday, said the mayor, and the first bus crossed it at noon."),
        "The bridge &#0; &#xD800; &#xFFFE; \x85 opened on Monday, said the mayor of the town, at noon. " * 3,
    ],
)
def test_odd_characters_are_read_and_can_be_stored(text: str) -> None:
    found = read_page(page("https://a.example/", [text, *paragraphs(3)]), load_sites(), 1 << 24)
    assert isinstance(found, Read)
    found.draft.text.encode("utf-8")
    assert "\0" not in found.draft.text


def read_or_die(folder: str, location: Location, packed: bytes, page_bytes: int) -> PageRead | Rejected:
    """As the pipeline reads a page, but for two of them: their worker is killed, twice or always."""
    url = read(Archive(Path(folder)).read(location)).url
    tries = Path(folder, f"tries-{url.rpartition('/')[2]}")
    if "good" not in url:
        died = len(tries.read_text()) if tries.exists() else 0
        tries.write_text("x" * (died + 1))
        if "always" in url or died < 2:
            os.kill(os.getpid(), signal.SIGKILL)
    return read_capture(folder, location, packed, page_bytes)


def test_a_page_whose_worker_was_killed_is_tried_again_and_then_set_aside(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = AppConfig(data=str(tmp_path / "data"), workers=2)
    names = ("good1", "twice", "good2", "always", "good3")
    monkeypatch.setattr("crawler.derive.read_capture", read_or_die)
    with Store.open(config.data_folder, config.database_url, "test") as store:
        store.add([Arrival(page(f"https://a.example/{name}", paragraphs(n))) for n, name in enumerate(names)])
        drain(store, config, load_sites())
        with store.engine.connect().execution_options(reads=True) as connection:
            pages = set(connection.scalars(select(t.Page.url)))
            refused = connection.execute(select(t.Rejected.reason, t.Rejected.detail)).all()
    assert pages == {f"https://a.example/{name}" for name in names if name != "always"}
    assert [(row.reason, "the worker died" in row.detail) for row in refused] == [("crash", True)]
    tries = {path.name: len(path.read_text()) for path in config.archive_folder.glob("tries-*")}
    assert tries == {"tries-twice": 3, "tries-always": 3}
