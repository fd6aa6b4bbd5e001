"""Exports say what pages reserve, and can leave them out; a report links to such a page, and does not quote it."""

from __future__ import annotations

import csv
import io
import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import insert, select

from crawler.cli.main import main
from crawler.export.rows import read_rows
from crawler.report.write import write_report
from crawler.reservations import FILE, RESERVING
from crawler.sites.load import load_sites
from storage import tables as t
from storage.lookups import reading
from tests.libraries import library

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Connection, Engine

COPY = "https://www.mexc.example/news/310001"
HOSTILE = "https://hostile.example/x?a=1&b=%22"
ORIGIN_HOST = "https://news.origin.example"
KEY = "cgtn:1JjihOzBpvi"


def reserve(engine: Engine, url: str, *claims: tuple[str, str]) -> None:
    with engine.begin() as connection:
        capture = connection.execute(select(t.Copy.capture).where(t.Copy.url == url)).scalar_one()
        _claim(connection, capture, claims)


def reserve_host(engine: Engine, host: str, *rules: str) -> None:
    with engine.begin() as connection:
        row = {
            "id": "e" * 32, "url": f"{host}{FILE}", "fetched_at": "2026-01-01T00:00:00Z",
            "payload_sha256": "e" * 64, "status": 200, "mime": "application/json", "length": 9, "origin": "crawl",
        }  # fmt: skip
        connection.execute(insert(t.Capture), [row])
        _claim(connection, "e" * 32, [("tdmrep", rule) for rule in rules])


def _claim(connection: Connection, capture: str, claims: Any) -> None:
    rows = [
        {"capture": capture, "n": 100 + n, "kind": kind, "value": value} for n, (kind, value) in enumerate(claims)
    ]
    connection.execute(insert(t.Claim), rows)


def rows(engine: Engine, kind: str, without: frozenset[str] = frozenset()) -> list[dict[str, Any]]:
    with reading(engine) as connection:
        return list(read_rows(connection, kind, without=without))


def test_rows_say_what_the_page_and_its_host_reserve(own_engine: Engine) -> None:
    reserve(own_engine, COPY, ("robots", "noarchive, noindex"))
    reserve_host(own_engine, ORIGIN_HOST, "/news/ 1")
    copies = {row["url"]: row["signals"] for row in rows(own_engine, "copies")}
    assert copies.pop(COPY) == ["noarchive", "noindex"]
    origin = next(url for url in copies if url.startswith(ORIGIN_HOST))
    assert copies.pop(origin) == ["tdm-reserved"]
    assert set(map(tuple, copies.values())) == {()}
    assert [row["signals"] for row in rows(own_engine, "releases")] == [["tdm-reserved"], []]
    articles = {row.get("url"): row.get("usageInfo", {}).get("keywords") for row in rows(own_engine, "articles")}
    assert articles[COPY] == ["noarchive", "noindex"]
    news = rows(own_engine, "ninjs")
    assert news[0]["usageTerms"] == "tdm-reserved"
    terms = {part["uri"]: part.get("usageTerms") for part in news[0]["associations"]}
    assert terms.pop(COPY) == "noarchive, noindex"
    assert set(terms.values()) == {None}


@pytest.mark.parametrize("kind", ["copies", "removed", "annotations", "articles", "ninjs"])
def test_reserved_pages_can_be_left_out(own_engine: Engine, kind: str) -> None:
    reserve(own_engine, COPY, ("tdm-reservation", "1"))
    reserve(own_engine, HOSTILE, ("robots", "noindex"))  # says nothing of texts
    whole, less = rows(own_engine, kind), rows(own_engine, kind, RESERVING)
    assert COPY in json.dumps(whole)
    assert COPY not in json.dumps(less)
    assert json.dumps(HOSTILE)[1:-8] in json.dumps(less)


def test_a_release_whose_text_is_reserved_is_left_out(own_engine: Engine) -> None:
    reserve_host(own_engine, ORIGIN_HOST, "/ 1")
    for kind in ("releases", "articles", "ninjs"):
        assert KEY in json.dumps(rows(own_engine, kind))
        assert KEY not in json.dumps(rows(own_engine, kind, RESERVING))


@pytest.mark.parametrize("form", ["jsonl", "csv", "parquet"])
def test_the_switch_works_in_every_format(
    form: str, data: Path, change: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    if form == "parquet":
        library("pyarrow")
    change(
        "INSERT INTO claim (capture, n, kind, value) "
        f"SELECT capture, 100, 'http:x-robots-tag', 'noarchive' FROM copy WHERE url = '{COPY}'"
    )
    for switch, there in (([], True), (["--leave-out-reserved"], False)):
        path = data / f"out.{form}"
        verb = ["export", "copies", "--format", form, "-o", str(path), "--data", str(data), *switch]
        assert main(verb) == 0
        assert (COPY in _urls(path, form)) is there
    assert main(["export", "overrules", "--leave-out-reserved", "--data", str(data)]) == 2
    assert "your own words" in capsys.readouterr().err
    assert main(["explain", COPY, "--data", str(data)]) == 0
    assert re.search(r"^reserved +noarchive$", capsys.readouterr().out, re.MULTILINE)


def _urls(path: Path, form: str) -> list[str]:
    if form == "parquet":
        table = library("pyarrow.parquet").read_table(path)
        assert {signal for signals in table["signals"].to_pylist() for signal in signals} <= {"noarchive"}
        return list(table["url"].to_pylist())
    text = path.read_text("utf-8")
    if form == "csv":
        return [row["url"] for row in csv.DictReader(io.StringIO(text))]
    return [json.loads(line)["url"] for line in text.splitlines()]


def test_a_report_links_and_does_not_quote(own_engine: Engine, tmp_path: Path) -> None:
    def written(form: str) -> str:
        path = tmp_path / ("report" if form == "folder" else f"report.{form}")
        write_report(own_engine, path, form, KEY, sites=load_sites())
        if form != "folder":
            return path.read_text("utf-8")
        return "".join(each.read_text("utf-8") for each in sorted(path.rglob("*.*")) if each.is_file())

    quoted = ("HYPERLINK", "Disclaimer", "Tuesday")
    before = {form: written(form) for form in ("html", "json", "csv", "md", "folder")}
    assert all(word in before["folder"] for word in quoted)
    reserve(own_engine, HOSTILE, ("robots", "noarchive"))
    with reading(own_engine) as connection:
        digest = next(c for c in read_rows(connection, "copies") if c["url"] == HOSTILE)["archive"]["sha256"]
    for form, text in before.items():
        after = written(form)
        assert not [word for word in quoted if word in after], form
        assert "hostile.example" in after
        assert form == "md" or digest in after
        assert form == "md" or "noarchive" in after
        assert text != after or form == "md"


def test_a_release_that_asks_not_to_be_quoted_has_no_excerpt(own_engine: Engine, tmp_path: Path) -> None:
    origin = next(row["url"] for row in rows(own_engine, "copies") if row["url"].startswith(ORIGIN_HOST))
    reserve(own_engine, origin, ("http:x-robots-tag", "nosnippet"))
    write_report(own_engine, tmp_path / "report", "folder", KEY, sites=load_sites())
    texts = [path.read_text("utf-8") for path in (tmp_path / "report").rglob("*.*") if path.is_file()]
    assert not any("A bridge was opened" in text for text in texts)
    assert any("asks not to be quoted: nosnippet" in text for text in texts)
