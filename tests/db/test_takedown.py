"""What is purged is gone from archive, database and exports, whenever the process dies, and stays out."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from warcio.archiveiterator import ArchiveIterator

from crawler.cli.main import main
from crawler.derive import drain
from crawler.fetch.takedowns import Takedowns, of_host, of_url
from crawler.sites.load import load_sites
from settings.app import AppConfig
from storage.store import Arrival, Store
from storage.warc import build
from tests.releases import page, paragraphs

if TYPE_CHECKING:
    from pathlib import Path

ARTICLE = "https://news.cgtn.com/news/2025-12-22/A-bridge-opens-1JjihOzBpvi/p.html"
STORY = paragraphs(11)
GONE = "https://a.example/1"
STAYS = "https://b.example/1"
LATER = "2025-12-24T09:00:00Z"
MARK = "Zyxomma petiolatum was seen at the lake"
PAGES = [
    page(ARTICLE, STORY, title="A bridge opens"),
    page(GONE, [*STORY, MARK], title="A bridge opens, they say"),
    page(STAYS, STORY, title="Bridge opens"),
    page(GONE, STORY[1:], title="A bridge opens, they say", at=LATER),
    page("https://www.c.example/1", [MARK, *paragraphs(40)]),
]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    config = AppConfig(data=str(folder), workers=1)
    for part in (PAGES[:3], PAGES[3:]):
        with Store.open(folder, config.database_url, "test", segment_bytes=2000) as store:
            store.add([Arrival(each) for each in part])
            drain(store, config, load_sites())
    return folder


def rows(data: Path, capsys: pytest.CaptureFixture[str]) -> dict[str, dict[str, Any]]:
    capsys.readouterr()
    assert main(["export", "copies", "--data", str(data)]) == 0
    return {row["url"]: row for row in map(json.loads, capsys.readouterr().out.splitlines())}


def records(data: Path) -> list[tuple[str, str | None]]:
    """Type and address of every record of the archive, in order."""
    found: list[tuple[str, str | None]] = []
    for path in sorted((data / "archive").glob("seg-*.warc.gz*")):
        if path.name.endswith((".gz", ".open")):
            with path.open("rb") as file:
                found += [
                    (record.rec_type, record.rec_headers.get_header("WARC-Target-URI"))
                    for record in ArchiveIterator(file, check_digests="raise")
                ]
    return found


def is_clean(data: Path) -> None:
    """Nothing of what was purged is in any file, and archive and database agree."""
    for path in data.rglob("*"):
        if path.is_file() and not path.name.endswith((".gz", ".open")):
            assert MARK.encode() not in path.read_bytes(), path
            assert b"zyxomma" not in path.read_bytes(), path
    assert main(["db", "check", "--data", str(data), "--quiet"]) == 0


def test_a_purged_page_is_gone_and_the_others_stay(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = rows(data, capsys)
    assert (
        main(
            ["purge", f"{GONE}?utm_source=x#top", "--host", "c.example", "--why", "asked to", "--data", str(data)]
        )
        == 0
    )
    assert "3 captures are gone" in capsys.readouterr().out
    after = rows(data, capsys)
    assert after.keys() == before.keys() - {GONE, "https://www.c.example/1"}
    assert {url: row["text"] for url, row in after.items()} == {url: before[url]["text"] for url in after}
    kept = [url for kind, url in records(data) if kind == "response"]
    assert sorted(filter(None, kept)) == sorted([ARTICLE, STAYS])
    assert [kind for kind, _ in records(data)].count("metadata") == 3
    is_clean(data)
    assert main(["explain", GONE, "--data", str(data)]) == 1


def test_a_dry_run_changes_nothing(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = rows(data, capsys)
    assert main(["purge", GONE, "--dry-run", "--json", "--data", str(data)]) == 0
    assert json.loads(capsys.readouterr().out) == {"captures": 2, "done": False}
    assert rows(data, capsys) == before
    assert main(["purge", GONE, "--data", str(data)]) == 2
    assert "--why" in capsys.readouterr().err


def test_what_was_taken_down_is_not_taken_in_again(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["purge", GONE, "--why", "asked to", "--data", str(data), "--quiet"]) == 0
    (tmp_path / "again.warc.gz").write_bytes(b"".join(build(each) for each in PAGES))
    assert main(["ingest", str(tmp_path / "again.warc.gz"), "--data", str(data), "--json"]) == 3
    assert json.loads(capsys.readouterr().out)["reasons"] == {"takedown": 2}
    assert GONE not in rows(data, capsys)
    assert main(["purge", "--list", "--json", "--data", str(data)]) == 0
    (entry,) = json.loads(capsys.readouterr().out)
    assert (entry["kind"], entry["shown"], entry["reason"]) == ("url", GONE, "asked to")
    assert main(["purge", "--allow", GONE, "--data", str(data)]) == 0
    assert main(["ingest", str(tmp_path / "again.warc.gz"), "--data", str(data), "--quiet"]) == 0
    assert GONE in rows(data, capsys)


@pytest.mark.parametrize("fault", ["purging", "rewriting", "rewriting:2", "rewritten", "rewritten:2"])
def test_a_death_on_the_way_is_finished_by_the_next_start(
    data: Path, capsys: pytest.CaptureFixture[str], fault: str
) -> None:
    before = rows(data, capsys)
    command = ["purge", GONE, "--host", "c.example", "--why", "asked to", "--data", str(data)]
    died = subprocess.run(
        [sys.executable, "-m", "crawler", *command],
        env={**os.environ, "TEARSHEET_FAULT": fault},
        capture_output=True,
        check=False,
    )
    assert died.returncode == 137, died.stderr
    assert main(["process", "--data", str(data), "--quiet"]) == 0
    after = rows(data, capsys)
    assert after.keys() == before.keys() - {GONE, "https://www.c.example/1"}
    assert sorted(url for kind, url in records(data) if kind == "response" and url) == sorted([ARTICLE, STAYS])
    assert not list((data / "archive").glob("*.draft"))
    is_clean(data)


CONTACT = "Contact: <b>Jane</b>\n Do&euml;, press office of the port, answers questions on weekdays."


def test_whoever_is_named_is_forgotten(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """In a text, in markup, in a byline that is cut, in a list that is no page; her namesakes stay."""
    named = [
        page("https://d.example/1", [*paragraphs(51), CONTACT]),
        page("https://e.example/1", paragraphs(52), head='<meta name="author" content="JANE  DO&Euml;">'),
        page("https://f.example/1", paragraphs(53), title="Jane Doë opens the pier"),
    ]
    others = [
        page("https://g.example/1", [*paragraphs(54), "Jane Doëring and Mary Jane saw a doë there."]),
        page("https://h.example/1", [*paragraphs(55), "\u738b\u5c0f\u660e\u8bf4\u6865\u5df2\u5f00\u901a\u3002"]),
    ]
    feed = replace(named[0], url="https://i.example/feed", headers=(("Content-Type", "application/rss+xml"),))
    config = AppConfig(data=str(data), workers=1)
    with Store.open(data, config.database_url, "test") as store:
        store.add([Arrival(each) for each in (*named, *others, feed)])
        drain(store, config, load_sites())
    before = rows(data, capsys)
    verb = ["purge", "--data", str(data), "--name", "jane doë"]
    assert main([*verb, "--dry-run", "--json"]) == 0
    urls = [each.url for each in named]
    assert json.loads(capsys.readouterr().out) == {"captures": 4, "done": False, "pages": urls}
    assert main([*verb, "--why", "article 17"]) == 0
    assert "4 captures are gone" in capsys.readouterr().out
    assert rows(data, capsys).keys() == before.keys() - set(urls)
    for path in data.rglob("*"):
        if path.is_file() and not path.name.endswith((".gz", ".open")):
            assert "Jane Doë opens".encode() not in path.read_bytes(), path
    assert not {url for kind, url in records(data) if kind == "response"} & {*urls, feed.url}
    assert main(["purge", "--list", "--json", "--data", str(data)]) == 0
    assert [each["shown"] for each in json.loads(capsys.readouterr().out)] == urls  # a feed may be asked for again
    assert main(["purge", "--data", str(data), "--name", "\u738b\u5c0f\u660e", "--why", "asked"]) == 0
    assert "names them: https://h.example/1\n1 captures are gone" in capsys.readouterr().out
    assert main([*verb[:-1], "Jane", "--why", "asked"]) == 2
    is_clean_archive(data)


def is_clean_archive(data: Path) -> None:
    assert main(["db", "check", "--data", str(data), "--quiet"]) == 0


def test_one_capture_alone_can_go(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = rows(data, capsys)[GONE]
    assert before["captured_at"] == LATER
    verb = ["purge", "--data", str(data), "--capture"]
    assert main([*verb, before["archive"]["record"], "--why", "taken by mistake"]) == 0
    assert "1 captures are gone" in capsys.readouterr().out
    after = rows(data, capsys)[GONE]
    assert after["captured_at"] != LATER
    assert (before["versions"], after["versions"]) == (2, 1)
    assert main(["purge", "--list", "--json", "--data", str(data)]) == 0
    assert json.loads(capsys.readouterr().out) == []
    assert main([*verb, before["archive"]["record"], "--why", "again"]) == 2
    assert "is the id of none" in capsys.readouterr().err
    is_clean_archive(data)


def test_a_host_is_meant_with_all_its_names() -> None:
    url, host = of_url("https://a.example/x?b=1", "", ""), of_host("WWW.C.example.", "", "")
    listed = Takedowns(frozenset({url.value}), frozenset({host.value}))
    for spelled in (
        "https://a.example/x?b=1&utm_source=y#z",
        "http://c.example/",
        "https://news.C.example:8080/a",
    ):
        assert listed.forbids(spelled), spelled
    for spelled in ("https://a.example/x", "https://notc.example/", "https://c.example.org/", "not an address"):
        assert not listed.forbids(spelled), spelled
