"""A host in other scripts is shown as it is looked up too: no letter passes for another."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from crawler.cli.main import main
from crawler.report.gather import gather
from crawler.report.packed import pack_rows
from crawler.report.write import write_report
from crawler.sites.load import Sites, load_sites
from crawler.urls import ascii_host
from crawler.web.app import Serving, make_app
from settings.app import AppConfig
from storage import tables as t
from storage.engine import open_engine
from storage.lookups import reading

if TYPE_CHECKING:
    from pathlib import Path

COPY = "https://coins.example/a-bridge"
FALSE = "https://\N{CYRILLIC SMALL LETTER ES}oins.example/a-bridge"
NAME = "xn--oins-k6d.example"
KEY = "cgtn:1JjihOzBpvi"


@pytest.fixture
def passing(data: Path, change: Any) -> Path:
    """The store, with a copy on a host that looks like another one."""
    for table in ("copy", "match", "capture", "page", "version"):
        change(f"UPDATE {table} SET url = '{FALSE}' WHERE url = '{COPY}'")
    return data


def test_the_terminal_shows_it_beside_the_address(passing: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", FALSE, "--data", str(passing)]) == 0
    assert capsys.readouterr().out.startswith(f"{FALSE} [{NAME}]\n")
    assert main(["copies", KEY, "--data", str(passing)]) == 0
    assert NAME in capsys.readouterr().out
    assert main(["copies", KEY, "--json", "--data", str(passing)]) == 0
    out = capsys.readouterr().out
    assert FALSE in out  # rows for programs have the address as captured
    assert NAME not in out


def test_report_and_dashboard_show_it_in_the_place_of_the_host(passing: Path, tmp_path: Path) -> None:
    store = open_engine(f"sqlite:///{passing / 'tearsheet.sqlite'}")
    write_report(store, tmp_path / "report.html", "html", KEY, sites=load_sites())
    serving = Serving(AppConfig(), load_sites(), frozenset({"127.0.0.1"}))
    client = TestClient(make_app(serving, store), base_url="http://127.0.0.1:8500")
    with reading(store) as connection:
        cluster = connection.scalars(select(t.Copy.cluster).where(t.Copy.url == FALSE)).one()
        rows = [each for each in gather(connection, KEY).stories[0].copies if each.url == FALSE]
    pages = ((tmp_path / "report.html").read_text("utf-8"), client.get(f"/releases/{cluster}").text)
    for text in pages:
        assert f"<bdi>{NAME}</bdi>" in text
        assert not re.search(r">[^<]*\u0441oins", text)
    assert NAME in pack_rows(rows, {}, {})


def test_outlets_are_told_apart_by_the_name_that_is_looked_up() -> None:
    assert Sites(()).family_of(FALSE) == NAME == ascii_host("\u0441oins.example")
    assert Sites(()).family_of(COPY) == "coins.example"
