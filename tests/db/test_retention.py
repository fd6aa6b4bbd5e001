"""Records that were kept for long enough go; what was derived of them stays, and nothing takes that for damage."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from crawler.cli.main import main
from crawler.derive import drain
from crawler.sites.load import load_sites
from settings.app import AppConfig
from storage.store import Arrival, Store
from storage.warc import build
from tests.db.test_takedown import records
from tests.releases import page, paragraphs

if TYPE_CHECKING:
    from pathlib import Path

STORY = paragraphs(11)
OLD, YOUNG = "2020-01-01T08:00:00Z", "2099-01-01T08:00:00Z"
PAGES = [
    page("https://a.example/1", STORY, at=OLD),
    page("https://b.example/1", [*STORY[:-1], "A line of its own was added here by the outlet."], at=OLD),
    page("https://c.example/1", STORY, at=YOUNG),
    page("https://d.example/1", STORY, at=None),
]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    config = AppConfig(data=str(folder), workers=1)
    with Store.open(folder, config.database_url, "test", segment_bytes=2000) as store:
        store.add([Arrival(each) for each in PAGES])
        drain(store, config, load_sites())
    (tmp_path / "config.toml").write_text("[retention]\ndays = 365\n")
    return folder


def verb(data: Path, *words: str) -> list[str]:
    return [*words, "--data", str(data), "--config", str(data.parent / "config.toml")]


def rows(data: Path, capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    found = {}
    for kind in ("copies", "releases", "removed"):
        capsys.readouterr()
        assert main(verb(data, "export", kind)) == 0
        found[kind] = capsys.readouterr().out
    return found


def left(data: Path) -> list[str]:
    return sorted(url for kind, url in records(data) if kind == "response" and url)


def test_old_records_go_and_the_rows_stay(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = rows(data, capsys)
    assert main(verb(data, "purge", "--expired", "--dry-run", "--json")) == 0
    assert json.loads(capsys.readouterr().out) == {"captures": 2, "done": False}
    assert len(left(data)) == 4
    assert main(verb(data, "purge", "--expired")) == 0
    assert "2 captures have lost their records; their rows stay" in capsys.readouterr().out
    assert left(data) == ["https://c.example/1", "https://d.example/1"]  # one has no time to go by
    assert [kind for kind, _ in records(data)].count("metadata") == 2
    assert rows(data, capsys) == before
    assert main(verb(data, "db", "check")) == 0
    assert "all well" in capsys.readouterr().out
    assert main(verb(data, "explain", "https://a.example/1")) == 0
    assert "expired" in capsys.readouterr().out
    assert main(verb(data, "purge", "--expired", "--quiet")) == 0  # once more, as cron does
    assert main(verb(data, "process", "--all", "--quiet")) == 0  # what cannot be read again stays as it was
    assert rows(data, capsys) == before
    assert main(verb(data, "runs", "--json")) == 0
    assert '"expired": 2' in capsys.readouterr().out


def test_what_nobody_has_read_yet_is_kept(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = AppConfig(data=str(data), workers=1)
    with Store.open(data, config.database_url, "test") as store:
        store.add([Arrival(page("https://e.example/1", STORY, at=OLD))])
    assert main(verb(data, "purge", "--expired")) == 0
    assert "2 captures" in capsys.readouterr().out
    assert main(verb(data, "process", "--quiet")) == 0
    assert main(verb(data, "purge", "--expired")) == 0
    assert "1 captures" in capsys.readouterr().out


def test_what_is_taken_in_again_is_there_again(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(verb(data, "purge", "--expired", "--quiet")) == 0
    (tmp_path / "again.warc.gz").write_bytes(build(PAGES[0]))
    assert main(verb(data, "ingest", str(tmp_path / "again.warc.gz"), "--quiet")) == 0
    assert "https://a.example/1" in left(data)
    assert main(verb(data, "db", "check", "--quiet")) == 0
    assert main(verb(data, "explain", "https://a.example/1")) == 0
    assert "expired" not in capsys.readouterr().out


@pytest.mark.parametrize("fault", ["rewriting", "rewritten"])
def test_a_death_on_the_way_is_finished_by_the_next_time(
    data: Path, capsys: pytest.CaptureFixture[str], fault: str
) -> None:
    before = rows(data, capsys)
    died = subprocess.run(
        [sys.executable, "-m", "crawler", *verb(data, "purge", "--expired")],
        env={**os.environ, "TEARSHEET_FAULT": fault},
        capture_output=True,
        check=False,
    )
    assert died.returncode == 137, died.stderr
    assert main(verb(data, "process", "--quiet")) == 0
    assert main(verb(data, "db", "check", "--quiet")) == 0
    assert main(verb(data, "purge", "--expired", "--quiet")) == 0
    assert left(data) == ["https://c.example/1", "https://d.example/1"]
    assert rows(data, capsys) == before
    assert main(verb(data, "db", "check", "--quiet")) == 0


def test_without_a_period_nothing_goes(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["purge", "--expired", "--data", str(data)]) == 2
    assert "[retention]" in capsys.readouterr().err
    assert main(verb(data, "purge", "--expired", "--host", "a.example")) == 2
    assert len(left(data)) == 4
