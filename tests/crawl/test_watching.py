"""Watched releases: tracked, looked for again, ended, stopped; new ones of the same issuer; two runs at once."""

from __future__ import annotations

import json
import shlex
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from crawler.cli.main import build_parser, main
from crawler.errors import UsageError
from crawler.identify.issuers import issuer_of
from crawler.spiders.crawl import CrawlOptions
from crawler.spiders.watching import Tracked, Wish, look, track
from storage import tables as t
from storage.lock import hold
from tests.crawl.loopback import HOST, Bench, Reply, Server, listed, site
from tests.crawl.test_revisit import ADDRESS, ORIGIN, harbour, page

if TYPE_CHECKING:
    from collections.abc import Callable

    from crawler.spiders.crawl import CrawlSummary

ROOT = Path(__file__).parents[2]
START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SECOND = f"http://{ORIGIN}/news/4417999"


def released(number: int, subject: str, source: str) -> bytes:
    """Another release of the harbour, which came out a day later."""
    lines = (
        f"The {subject} at the mouth of the bay has been given back to the people of the town after long repairs.",
        f"Masons from three counties worked on the {subject} through two winters, and found coins in its walls.",
        f"Visitors may see the {subject} on Sundays, when a keeper tells of the wrecks that it was built after.",
        f"Original article: http://{ORIGIN}/news/{number}",
        f"SOURCE {source}",
    )
    told = "".join(f"<p>{line}</p>" for line in lines)
    time = '<meta property="article:published_time" content="2026-03-03T08:00:00Z">'
    title = f"<title>{subject.title()} given back to the town</title>"
    return f"<html><head>{title}{time}</head><body><article>{told}</article></body></html>".encode()


@pytest.fixture
def town(bench: Callable[..., Bench], server: Server) -> Bench:
    """The origin, and a site whose search finds a copy that no list names."""
    signed = page().replace(b"</article>", b"<p>SOURCE Port of Lumbridge</p></article>")
    server.pages = {f"{ORIGIN}/news/4417203": Reply(signed), "/news/1": Reply(page(title="A pier again"))}
    search = {"queries": [{"kind": "search", "url": f"http://{HOST}/?s={{title}}"}]}
    server.pages["/?s=Port%20of%20Lumbridge%20opens%20a%20new%20pier"] = listed("/news/1", "/about")
    return bench(site(discover=search), harbour(), loopback={ORIGIN: server.address}, timeout=60.0)


def tracked(bench: Bench, wish: Wish, at: datetime = START) -> Tracked:
    with bench.store() as store:
        return track(store, bench.config, bench.sites, wish, options(bench, at))


def due(bench: Bench, at: datetime) -> CrawlSummary:
    with bench.store() as store:
        return look(store, bench.config, bench.sites, options(bench, at, due=True))


def options(bench: Bench, at: datetime, *, due: bool = False) -> CrawlOptions:
    return CrawlOptions(loopback=bench.loopback, patience=0.0, clock=lambda: at, due=due)


def watches(bench: Bench) -> list[dict[str, Any]]:
    with bench.store() as store, store.engine.connect() as connection:
        query = select(t.Watch.__table__).order_by(t.Watch.url)
        return [dict(row) for row in connection.execute(query).mappings()]


def test_a_release_is_tracked_and_its_copy_found_by_a_search(town: Bench, server: Server) -> None:
    found = tracked(town, Wish(ADDRESS))
    assert found.sought is not None
    assert (found.sought.key, found.sought.url) == ("harbour:4417203", ADDRESS)
    assert (HOST, "/news/1") in server.hits
    assert (HOST, "/about") not in server.hits
    with town.store() as store, store.engine.connect() as connection:
        assert set(connection.scalars(select(t.Copy.url))) == {ADDRESS, f"http://{HOST}/news/1"}
    [watch] = watches(town)
    assert (watch["state"], watch["key"], watch["follows"]) == ("watching", "harbour:4417203", None)
    assert (watch["asked_at"], watch["next_at"]) == ("2026-03-02T09:00:00Z", "2026-03-02T09:10:00Z")
    assert found.next_at == watch["next_at"]


def test_looks_become_rarer_and_end_by_themselves(town: Bench, server: Server) -> None:
    tracked(town, Wish(ADDRESS))

    def asked() -> int:
        return sum(path.startswith("/?s=") for path in server.paths(HOST))

    before = asked()
    due(town, START + timedelta(minutes=5))
    assert asked() == before
    due(town, START + timedelta(minutes=10))
    assert asked() == before + 1
    due(town, START + timedelta(days=30))
    assert watches(town)[0]["next_at"] == "2026-04-04T09:00:00Z"
    due(town, START + timedelta(days=89))
    assert (watches(town)[0]["state"], watches(town)[0]["next_at"]) == ("ended", None)
    last = asked()
    due(town, START + timedelta(days=120))
    assert asked() == last


def test_how_long_is_said(town: Bench) -> None:
    tracked(town, Wish(ADDRESS, days=200))
    assert watches(town)[0]["until"] == "2026-09-18T09:00:00Z"
    due(town, START + timedelta(days=150))
    assert watches(town)[0]["next_at"] == "2026-08-02T09:00:00Z"  # as often as at the schedule's end


def test_new_releases_of_a_followed_issuer_start_watches(town: Bench, server: Server) -> None:
    found = tracked(town, Wish(ADDRESS, issuer=""))
    assert found.follows == "Port of Lumbridge"
    server.pages[f"{ORIGIN}/news/4417999"] = Reply(released(4417999, "lighthouse", "PORT OF Lumbridge"))
    other = (
        b"<p>The ferry line has new owners, who promise more crossings and no higher fares until next year.</p>"
    )
    there = b"<p>Original article: http://www.harbour.test/news/4418000</p><p>SOURCE Ferries of Varrock</p>"
    server.pages[f"{ORIGIN}/news/4418000"] = Reply(b"<html><body><article>" + other * 2 + there)
    at = START + timedelta(days=2)
    town.run(urls=[SECOND, f"http://{ORIGIN}/news/4418000"], clock=lambda: at, derives=True, patience=0.0)
    due(town, at)
    first, second = watches(town)
    assert (first["url"], second["url"], second["why"]) == (ADDRESS, SECOND, "follows Port of Lumbridge")
    assert second["state"] == "watching"
    due(town, at + timedelta(minutes=1))
    assert watches(town)[1]["asked_at"] == "2026-03-04T09:01:00Z"


def test_what_cannot_be_tracked(town: Bench) -> None:
    missing = tracked(town, Wish(f"http://{ORIGIN}/news/77"))
    assert (missing.sought, missing.fault) == (None, "status:404")
    assert watches(town) == []
    with pytest.raises(UsageError, match="loopback"):
        tracked(town, Wish("http://127.0.0.1/"))


@pytest.mark.parametrize(
    ("text", "issuer"),
    [
        ("A.\nSOURCE CGTN", "CGTN"),
        ("A.\nSource:  Port  of Lumbridge \nhttp://a.example/", "Port of Lumbridge"),
        ("Sources say that it rains.\nresource CGTN", None),
        ("SOURCE CGTN" + "\nmore" * 30, None),
        ("", None),
    ],
)
def test_issuers(text: str, issuer: str | None) -> None:
    assert issuer_of(text) == issuer


def test_watches_are_listed_and_stopped(town: Bench, capsys: pytest.CaptureFixture[str]) -> None:
    tracked(town, Wish(ADDRESS))
    data = ["--data", str(town.folder)]
    assert main(["watch", "--json", *data]) == 0
    assert [row["key"] for row in json.loads(capsys.readouterr().out)] == ["harbour:4417203"]
    assert main(["watch", "--stop", "harbour:4417203", *data]) == 0
    assert main(["watch", *data]) == 0
    assert "stopped" in capsys.readouterr().out
    assert main(["watch", "--stop", "harbour:4417203", *data]) == 1
    assert "no such watch runs" in capsys.readouterr().err


# --------------------------------------------------------------------------------------------- two at once


@pytest.mark.parametrize(
    "words",
    [["crawl", "--due"], ["track", "http://www.example.org/a"], ["watch", "--stop", "a:1"], ["process"]],
)
def test_the_second_run_says_who_holds_the_lock(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], words: list[str]
) -> None:
    with hold(tmp_path, "crawl"):
        assert main([*words, "--data", str(tmp_path)]) == 75
    assert "`crawl` (process " in capsys.readouterr().err


def test_a_timer_may_take_a_held_lock_for_done(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with hold(tmp_path, "track"):
        assert main(["crawl", "--due", "--skip-locked", "--data", str(tmp_path)]) == 0
    assert "`track` (process " in capsys.readouterr().err


def test_a_schedule_runs_says_what_is_next_and_ends_in_order(tmp_path: Path) -> None:
    (tmp_path / "sites").mkdir()
    (tmp_path / "sites" / "quiet.toml").write_text(
        'name = "quiet"\ntitle = "Quiet"\ntier = "copy"\nhosts = ["www.quiet.test"]\nitems = ["/{id:digits}"]\n'
    )
    words = [
        sys.executable,
        "-m",
        "crawler",
        "schedule",
        "--every",
        "1h",
        "--site",
        "quiet",
        "--data",
        str(tmp_path),
    ]
    with subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        said = [child.stdout.readline(), child.stdout.readline()]
        second = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
        child.send_signal(signal.SIGTERM)
        rest, err = child.communicate(timeout=120)
    assert (second.returncode, "`schedule` (process " in second.stderr) == (75, True)
    assert "0 pages fetched" in said[0]
    assert " done; next at 20" in said[1]
    assert (child.returncode, rest, err) == (0, "schedule: ended by a signal\n", "")


@pytest.mark.parametrize("unit", ["tearsheet.service", "tearsheet-schedule.service"])
def test_the_shipped_units_are_understood_and_shut_in(unit: str) -> None:
    lines = (ROOT / "docs" / "systemd" / unit).read_text("utf-8").splitlines()
    values = dict(line.split("=", 1) for line in lines if "=" in line and not line.startswith("#"))
    verb, *rest = shlex.split(values["ExecStart"])[1:]
    assert build_parser(verb).parse_args([verb, *rest]).config == Path("/srv/tearsheet/tearsheet.toml")
    assert {"localhost", "link-local", "multicast", "10.0.0.0/8", "fc00::/7"} <= set(
        values["IPAddressDeny"].split()
    )
    assert (values["ProtectSystem"], values["NoNewPrivileges"]) == ("strict", "yes")
