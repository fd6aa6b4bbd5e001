"""Report, API, exports and database count alike over real pages, and every row opens as a capture."""

from __future__ import annotations

import csv
import io
import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import func, select
from starlette.testclient import TestClient

from crawler.cli.main import main
from crawler.demo.newsroom import newsroom
from crawler.records import ATTACHING, Fetched
from crawler.report.gather import gather
from crawler.sites.load import load_sites
from crawler.web.app import Serving, make_app
from settings.app import AppConfig
from storage import tables as t
from storage.archive import Archive
from storage.engine import open_engine
from storage.lookups import reading
from storage.warc import build

if TYPE_CHECKING:
    from pathlib import Path

CARRIED = ATTACHING - {"origin", "wire"}


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the sample newsroom in it."""
    folder = tmp_path_factory.mktemp("newsroom")
    members = [
        build(Fetched(f"http://{s.host}{s.path}", "2026-11-24T03:17:56Z", a.status, a.headers, a.body))
        for s in newsroom().served
        for a in s.answers[-1:]
    ]
    (folder / "newsroom.warc.gz").write_bytes(b"".join(members))
    assert main(["ingest", str(folder / "newsroom.warc.gz"), "--data", str(folder / "data"), "--quiet"]) == 0
    return folder / "data"


def written(store: Path, tmp_path: Path, name: str, *words: str) -> str:
    assert main([*words, "-o", str(tmp_path / name), "--data", str(store), "--quiet"]) == 0
    return (tmp_path / name).read_text("utf-8")


def test_every_count_is_the_same_everywhere(store: Path, tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{store / 'tearsheet.sqlite'}")
    with reading(engine) as connection:
        report = gather(connection)
        match, copy = t.Match, t.Copy
        rows = connection.execute(
            select(copy.cluster, copy.family, func.count())
            .join(match, match.url == copy.url)
            .where(match.relation.in_(CARRIED))
            .group_by(copy.cluster, copy.family)
        ).all()
        blocks = connection.scalar(
            select(func.count()).select_from(t.Removed).join(copy, copy.capture == t.Removed.capture)
            .join(t.Release, t.Release.cluster == copy.cluster).where(t.Removed.role != "title")
        )  # fmt: skip
    stored = {cluster: (0, set[str]()) for cluster, _, _ in rows}
    for cluster, family, count in rows:
        stored[cluster] = (stored[cluster][0] + count, stored[cluster][1] | {family})
    said = json.loads(written(store, tmp_path, "report.json", "report"))
    lines = list(csv.DictReader(io.StringIO(written(store, tmp_path, "report.csv", "report"))))
    exported = [json.loads(row) for row in written(store, tmp_path, "c.jsonl", "export", "copies").splitlines()]
    released = [json.loads(row) for row in written(store, tmp_path, "r.jsonl", "export", "releases").splitlines()]
    serving = Serving(AppConfig(), load_sites(), frozenset({"127.0.0.1"}))
    client = TestClient(make_app(serving, engine), base_url="http://127.0.0.1")
    asked = client.get("/api/v1/releases?limit=200").json()["items"]
    copies = client.get("/api/v1/copies?limit=200").json()["items"]
    html = written(store, tmp_path, "report.html", "report")

    clusters = {story.cluster for story in report.stories}
    whole = sum(count for cluster, (count, _) in stored.items() if cluster in clusters)
    assert whole > 20
    assert report.copies == said["copies"] == whole
    assert sum(row["relation"] in CARRIED for row in lines) == whole
    assert sum(row["relation"] in CARRIED and row["cluster"] in clusters for row in exported) == whole
    assert sum(row["relation"] in CARRIED and row["cluster"] in clusters for row in copies) == whole
    assert sum(release["copies"] for release in released) == sum(release["copies"] for release in asked) == whole
    assert f"<b>{whole}</b><span>copies</span>" in html
    assert html.count("<tr data-relation=") == sum(len(s.copies) + len(s.linked) for s in report.stories)
    for of in (released, asked):
        assert {row["cluster"]: row["families"] for row in of} == {
            cluster: len(families) for cluster, (_, families) in stored.items() if cluster in clusters
        }
    outlets = {family for cluster, (_, families) in stored.items() if cluster in clusters for family in families}
    assert report.outlets == said["outlets"] == len(outlets) == len(said["overview"]["outlets"])
    assert report.removed == said["removed"] == blocks
    engine.dispose()


def test_every_row_of_the_report_opens_as_a_capture(
    store: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = {row["record"]: row for row in csv.DictReader(io.StringIO(written(store, tmp_path, "r.csv", "report")))}
    shown = set(re.findall(r"capture <code>([0-9a-f]{12})</code>", written(store, tmp_path, "r.html", "report")))
    assert {record[:12] for record, row in rows.items() if row["relation"] in CARRIED} <= shown
    assert len(rows) > 20
    capsys.readouterr()
    for name in sorted(shown | set(rows)):
        assert main(["show", name, "--json", "--data", str(store)]) == 0, name
        value: dict[str, Any] = json.loads(capsys.readouterr().out)
        assert value["capture"].startswith(name)
        assert (value["whole"], value["fault"]) == (True, None)
        if name in rows:
            assert (value["url"], value["sha256"]) == (rows[name]["url"], rows[name]["sha256"])
            assert value["text"]


def test_a_record_that_is_damaged_or_gone_is_told(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    engine = open_engine(f"sqlite:///{store / 'tearsheet.sqlite'}")
    with reading(engine) as connection:
        place = connection.execute(select(t.Location).order_by(t.Location.offset.desc())).first()
    engine.dispose()
    assert place is not None
    archive = Archive(AppConfig(data=str(store)).archive_folder).path(place.file)
    before = archive.read_bytes()
    damaged = bytearray(before)
    damaged[place.offset + place.length // 2] ^= 0xFF
    for data, words in ((bytes(damaged), "record"), (before[: place.offset + 5], "shorter")):
        archive.write_bytes(data)
        assert main(["show", place.capture, "--data", str(store)]) == 1
        assert words in capsys.readouterr().out
    archive.write_bytes(before)
    assert main(["show", place.capture[:12], "--data", str(store)]) == 0
    assert "whole, with the digest that was stored" in capsys.readouterr().out
    assert main(["show", "0" * 12, "--data", str(store)]) == 1
