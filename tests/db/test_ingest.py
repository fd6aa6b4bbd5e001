from __future__ import annotations

import json
import os
import shutil
import sqlite3
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from crawler.cli.main import main
from storage import tables as t
from storage.engine import open_engine
from storage.warc import build, unpack
from tests.db.folders import Folder, count, page, sound

if TYPE_CHECKING:
    from pathlib import Path


pytestmark = pytest.mark.usefixtures("undrained")


@pytest.fixture
def warc(tmp_path: Path) -> Path:
    path = tmp_path / "crawl.warc.gz"
    path.write_bytes(b"".join(build(page(n)) for n in range(70)))
    return path


def ingest(folder: Folder, *arguments: object) -> int:
    return main(["ingest", *map(str, arguments), "--data", str(folder.path)])


def rows(folder: Folder, *columns: Any) -> list[tuple[Any, ...]]:
    engine = open_engine(folder.url)
    try:
        with engine.connect().execution_options(reads=True) as connection:
            return [tuple(row) for row in connection.execute(select(*columns))]
    finally:
        engine.dispose()


def test_a_warc_is_taken_in_and_summed_up(folder: Folder, warc: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert ingest(folder, warc) == 0
    out, err = capsys.readouterr()
    assert out == "70 pages read: 70 new, 0 known, 0 refused\n  no text, type:pdf: 2\n"
    assert err == ""
    with folder.open() as store:
        assert sound(store).captures == 70
        assert count(store.engine, t.Dirty) == 70
    assert set(rows(folder, t.Capture.origin)) == {("ingest",)}


def test_the_same_again_writes_nothing(folder: Folder, warc: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ingest(folder, warc)
    capsys.readouterr()
    before = folder.segment().read_bytes()
    assert ingest(folder, warc, "--json") == 0
    summary = json.loads(capsys.readouterr().out)
    assert (summary["pages"], summary["new"], summary["known"]) == (70, 0, 70)
    assert summary["derived"]["rejected"] == {"type:pdf": 2}
    assert folder.segment().read_bytes() == before
    runs = rows(folder, t.Run.verb, t.Run.outcome)
    assert len(runs) == 2
    assert ("ingest", summary) in runs


def test_a_page_with_its_address(folder: Folder, tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text("<link rel=canonical href=http://elsewhere/><p>x")
    assert ingest(folder, tmp_path / "a.html", "--url", "https://news.example/a") == 0
    assert ingest(folder, tmp_path / "a.html", "--url", "https://news.example/a") == 0
    found = rows(folder, t.Capture.url, t.Capture.fetched_at, t.Capture.mime, t.Capture.status)
    assert found == [("https://news.example/a", None, "text/html", 0)]


def test_bad_input_is_noted_and_the_rest_goes_on(
    folder: Folder, warc: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "cut.warc.gz").write_bytes(build(page(100)) + build(page(101))[:-20])
    (tmp_path / "old.arc").write_bytes(b"filedesc://old.arc 0.0.0.0 20250101000000 text/plain 10\n")
    (tmp_path / "esc\x1b[2J.html").write_text("<p>x")
    paths = [
        tmp_path / "missing",
        tmp_path / "cut.warc.gz",
        tmp_path / "old.arc",
        tmp_path / "esc\x1b[2J.html",
        warc,
    ]
    assert ingest(folder, *paths) == 3
    out, err = capsys.readouterr()
    assert out.startswith("71 pages read: 71 new, 0 known, 4 refused\n")
    assert len(err.splitlines()) == 4
    assert "\x1b" not in err
    assert "warcio recompress" in err
    found = rows(folder, t.Refused.source, t.Refused.reason)
    assert {reason for _, reason in found} == {"missing", "truncated", "unsupported:arc", "no-address"}
    assert (str(tmp_path / "missing"), "missing") in found


def test_wrong_usage_is_told_before_anything_is_made(
    folder: Folder, warc: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.html").write_text("<p>x")
    wrong: list[tuple[list[object], str]] = [
        ([tmp_path / "missing"], "no such file"),
        ([tmp_path / "a.html"], "add --url URL"),
        ([tmp_path / "a.html", "--url", "ftp://a/"], "no address of the web"),
        ([tmp_path / "a.html", "--url", "http://[bad"], "no address of the web"),
        ([tmp_path / "a.html", warc, "--url", "http://a/"], "one HTML file"),
        ([warc, "--url", "http://a/"], "its own address"),
    ]
    for arguments, said in wrong:
        assert ingest(folder, *arguments) == 2
        err = capsys.readouterr().err
        assert said in err
        assert len(err.splitlines()) == 1
    assert not folder.path.exists()


def test_a_run_that_is_locked_out_says_by_whom(
    folder: Folder, warc: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with folder.open("crawl"):
        assert ingest(folder, warc) == 75
    assert f"`crawl` (process {os.getpid()}" in capsys.readouterr().err


def test_a_database_of_another_program_is_left_alone(
    folder: Folder, warc: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = tmp_path / "other.sqlite"
    connection = sqlite3.connect(other)
    connection.execute("CREATE TABLE recipes (id)")
    connection.close()
    assert ingest(folder, warc, "--db", f"sqlite:///{other}") == 1
    assert "another program" in capsys.readouterr().err


def test_the_whole_on_a_server(folder: Folder, warc: Path, postgres_url: str) -> None:
    assert ingest(folder, warc, "--db", postgres_url) == 0
    assert main(["db", "check", "--data", str(folder.path), "--db", postgres_url]) == 0


def test_db_check_and_upgrade(folder: Folder, warc: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ingest(folder, warc)
    data = ["--data", str(folder.path)]
    capsys.readouterr()
    assert main(["db", "check", *data]) == 0
    assert "70 captures in 1 files" in capsys.readouterr().out
    assert main(["db", "upgrade", *data]) == 0
    assert "was at this version already" in capsys.readouterr().out
    content = bytearray(folder.segment().read_bytes())
    content[len(content) // 2] ^= 255
    folder.segment().write_bytes(content)
    assert main(["db", "check", "--json", *data]) == 1
    assert json.loads(capsys.readouterr().out)["problems"]
    shutil.rmtree(folder.path)
    assert main(["db", "check", *data]) == 1
    assert not folder.path.exists()
    assert main(["db", "upgrade", *data]) == 0
    assert "was empty" in capsys.readouterr().out


def test_memory_does_not_grow_with_the_input(folder: Folder, tmp_path: Path) -> None:
    import tracemalloc

    plain = tmp_path / "big.warc"
    with plain.open("wb") as file:
        for n in range(1500):
            file.write(unpack(build(page(n, body=b"<p>%d</p>" % n * 2000))))
    (tmp_path / "small.warc").write_bytes(unpack(build(page(9999))))
    ingest(folder, tmp_path / "small.warc")
    tracemalloc.start()
    assert ingest(folder, plain) == 0
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert plain.stat().st_size > 20_000_000
    assert peak < 6_000_000
