"""A person answers a review in the dashboard: the same decision as in a terminal, for whoever knows the token."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from crawler.derive import drain
from crawler.sites.load import load_sites
from crawler.web.app import Serving, make_app
from settings.app import AppConfig
from storage import tables as t
from storage.engine import open_engine
from storage.store import Arrival, Store
from tests.db.test_review import H, N, S, W, pages

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TOKEN = "a token that nobody guesses"
BASE = "http://127.0.0.1:8765"


@pytest.fixture
def config(tmp_path: Path) -> AppConfig:
    found = AppConfig(data=str(tmp_path / "data"), workers=1)
    with Store.open(found.data_folder, found.database_url, "test") as store:
        store.add([Arrival(each) for each in pages()])
        drain(store, found, load_sites())
    return found


@contextmanager
def dashboard(config: AppConfig, token: str = TOKEN) -> Iterator[TestClient]:
    engine = open_engine(config.database_url)
    serving = Serving(config, load_sites(), frozenset({"127.0.0.1"}), token)
    yield TestClient(make_app(serving, engine), base_url=BASE, follow_redirects=False)
    engine.dispose()


def clusters(config: AppConfig) -> dict[str, str]:
    engine = open_engine(config.database_url)
    with engine.connect().execution_options(reads=True) as connection:
        found = {row.url: row.cluster for row in connection.execute(select(t.Copy.url, t.Copy.cluster))}
    engine.dispose()
    return found


def test_an_answer_is_put_down_and_followed(config: AppConfig) -> None:
    with dashboard(config) as client:
        shown = client.get("/review").text
        assert shown.count('<form method="post"') == 2
        apart = {"subject": H, "object": W, "answer": "apart", "token": TOKEN, "why": "another story"}
        answer = client.post("/review", data=apart, headers={"Origin": BASE, "Sec-Fetch-Site": "same-origin"})
        assert (answer.status_code, answer.headers["location"]) == (303, "/review?said=1")
        assert "Put down" in client.get(answer.headers["location"]).text
        assert client.get("/review").text.count('<form method="post"') == 1
        same = {"subject": N, "object": S, "answer": "link", "token": TOKEN}
        assert client.post("/review", data=same).status_code == 303
        assert client.get("/review").text.count('<form method="post"') == 0
    found = clusters(config)
    assert found[H] != found[W]
    assert found[N] == found[S]


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"token": "wrong"}, 403),
        ({"token": ""}, 403),
        ({"answer": "drop table"}, 422),
        ({"subject": "https://nobody.example/"}, 422),
        ({"object": H}, 422),
    ],
)
def test_what_is_no_answer_changes_nothing(config: AppConfig, change: dict[str, str], status: int) -> None:
    before = clusters(config)
    form = {"subject": H, "object": W, "answer": "apart", "token": TOKEN} | change
    with dashboard(config) as client:
        assert client.post("/review", data=form).status_code == status
    assert clusters(config) == before


def test_a_run_that_holds_the_lock_is_waited_for(config: AppConfig) -> None:
    form = {"subject": H, "object": W, "answer": "apart", "token": TOKEN}
    with dashboard(config) as client, Store.open(config.data_folder, config.database_url, "crawl"):
        answer = client.post("/review", data=form)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "60")


def test_without_a_token_there_is_no_form(config: AppConfig) -> None:
    form = {"subject": H, "object": W, "answer": "apart", "token": ""}
    with dashboard(config, token="") as client:
        assert "<form method" not in client.get("/review").text
        assert client.post("/review", data=form).status_code == 403
