"""A bundle of evidence is whole, the same each time, and as good as the archive: it can be taken in again."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from typing import TYPE_CHECKING, Any

import pytest
from warcio.archiveiterator import ArchiveIterator

from crawler.cli.main import main
from crawler.derive import drain
from crawler.sites.load import load_sites
from settings.app import AppConfig
from storage.store import Arrival, Store
from tests.releases import page, paragraphs

if TYPE_CHECKING:
    from pathlib import Path

ARTICLE = "https://news.cgtn.com/news/2025-12-22/A-bridge-opens-1JjihOzBpvi/p.html"
STORY = paragraphs(11)
SIGNED = [*STORY, f"View original content: {ARTICLE}", "SOURCE CGTN"]
COPY = "https://a.example/1"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A release with one copy that was captured twice, and a story of its own."""
    folder = tmp_path / "data"
    config = AppConfig(data=str(folder))
    pages = [
        page(ARTICLE, STORY, title="A bridge opens"),
        page(COPY, SIGNED, title="A bridge opens, they say"),
        page(COPY, SIGNED[1:], title="A bridge opens, they say", at="2025-12-24T09:00:00Z"),
        page("https://b.example/1", paragraphs(12)),
    ]
    with Store.open(folder, config.database_url, "test") as store:
        store.add([Arrival(each) for each in pages])
        drain(store, config, load_sites())
    return folder


def bundle(data: Path, *more: str) -> tuple[int, zipfile.ZipFile]:
    target = data.parent / "evidence.wacz"
    code = main(["bundle", ARTICLE, "-o", str(target), "--data", str(data), "--quiet", *more])
    return code, zipfile.ZipFile(io.BytesIO(target.read_bytes()))


def manifest(box: zipfile.ZipFile) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(box.read("datapackage.json"))
    return found


def test_every_file_has_the_digest_that_the_manifest_states(data: Path) -> None:
    code, box = bundle(data)
    assert code == 0
    resources = manifest(box)["resources"]
    for each in resources:
        content = box.read(each["path"])
        assert (each["hash"], each["bytes"]) == (f"sha256:{hashlib.sha256(content).hexdigest()}", len(content))
    named = {each["path"] for each in resources} | {"datapackage.json", "datapackage-digest.json"}
    assert named == set(box.namelist())
    seal = json.loads(box.read("datapackage-digest.json"))
    assert seal["hash"] == f"sha256:{hashlib.sha256(box.read('datapackage.json')).hexdigest()}"


def test_it_holds_every_capture_of_the_release_and_no_other(data: Path) -> None:
    _, box = bundle(data)
    warc = box.read("archive/data.warc.gz")
    records = [
        (record.rec_headers.get_header("WARC-Target-URI"), record.rec_headers.get_header("WARC-Date"))
        for record in ArchiveIterator(io.BytesIO(warc), check_digests="raise")
        if record.rec_type == "response"
    ]
    assert [url for url, _ in records] == [COPY, COPY, ARTICLE]
    assert records[1][1] == "2025-12-24T09:00:00Z"
    for line in box.read("indexes/index.cdx").decode().splitlines():
        about = json.loads(line.split(" ", 2)[2])
        start = int(about["offset"])
        member = warc[start : start + int(about["length"])]
        (record,) = ArchiveIterator(io.BytesIO(member))
        assert record.rec_headers.get_header("WARC-Target-URI") == about["url"]
    rows = [json.loads(line) for line in box.read("copies.jsonl").decode().splitlines()]
    assert {row["url"] for row in rows} == {ARTICLE, COPY}
    for row in rows:
        assert box.read(f"texts/{row['archive']['record']}.txt").decode() == row["text"]
        assert json.loads(box.read(f"differences/{row['archive']['record']}.json"))["url"] == row["url"]


def test_two_bundles_of_one_state_are_equal(data: Path) -> None:
    _, one = bundle(data)
    _, other = bundle(data)
    assert [one.read(name) for name in one.namelist()] == [other.read(name) for name in other.namelist()]
    assert [each.date_time for each in one.infolist()] == [each.date_time for each in other.infolist()]


def test_it_can_be_taken_in_again(data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, box = bundle(data)
    (tmp_path / "back.warc.gz").write_bytes(box.read("archive/data.warc.gz"))
    assert main(["ingest", str(tmp_path / "back.warc.gz"), "--data", str(tmp_path / "other"), "--quiet"]) == 0
    capsys.readouterr()
    assert main(["export", "copies", "--data", str(tmp_path / "other")]) == 0
    again = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert again == [json.loads(line) for line in box.read("copies.jsonl").decode().splitlines()]


def test_a_damaged_record_is_left_out_and_named(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (segment,) = (data / "archive").glob("*.open")
    content = bytearray(segment.read_bytes())
    content[-200:-150] = bytes(50)  # in the last record: the lone story's
    segment.write_bytes(content)
    assert bundle(data)[0] == 0
    content[-len(content) // 2 :] = bytes(len(content) // 2)
    segment.write_bytes(content)
    code, box = bundle(data)
    assert code == 3
    missing = manifest(box)["missing"]
    assert missing
    assert all(each["record"] in capsys.readouterr().err for each in missing[:1])
    assert len(box.read("indexes/index.cdx").splitlines()) == 3 - len(missing)


def test_a_page_that_nobody_copied_is_no_release(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = data.parent / "evidence.wacz"
    assert main(["bundle", "https://b.example/1", "-o", str(target), "--data", str(data)]) == 1
    assert "no release" in capsys.readouterr().err
    assert not target.exists()
