"""The search finds what releases say now, in any script, and takes nothing for its index's own syntax."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text

from crawler.cli.main import main
from crawler.derive import drain, mark_everything
from crawler.sites.load import load_sites
from settings.app import AppConfig
from storage import tables as t
from storage.browse import search_releases
from storage.lookups import reading
from storage.search import terms
from storage.store import Arrival, Store
from tests.db.test_derive import ARTICLE, newsroom
from tests.db.test_overrule import opened, some_decisions
from tests.releases import page, paragraphs

if TYPE_CHECKING:
    from pathlib import Path

    from tests.db.test_overrule import Desk

__all__ = ["opened"]  # a fixture

PARAGRAPHS = [
    "北京市的一座新大桥今天正式通车，连接两个山谷，工程师们花了六年时间才把它建成。",
    "项目负责人表示，这座大桥将使两地之间的旅行时间缩短一半，并带动当地旅游业的发展。",
    "当地居民说，他们早就盼望着这一天，孩子们以后上学再也不用绕远路了，老人看病也方便。",
]


def found(desk: Desk, words: str) -> list[str]:
    with reading(desk.store.engine) as connection:
        return search_releases(connection, words)


def check(desk: Desk) -> None:
    """The index has each release with the terms of its text, and nothing else."""
    with reading(desk.store.engine) as connection:
        releases = connection.execute(select(t.Release.cluster, t.Release.title, t.Release.text)).all()
        indexed = set(connection.scalars(select(t.Searchable.cluster)))
        assert indexed == {row.cluster for row in releases}
        for row in releases:
            said = list(terms(f"{row.title} {row.text}"))
            asked = " ".join(random.Random(row.cluster).sample(said, 4))
            assert row.cluster in search_releases(connection, asked)
        if connection.dialect.name == "sqlite":
            connection.execute(text("SELECT count(*) FROM searched WHERE searched MATCH 'the'")).one()


@pytest.mark.parametrize("backend", ["sqlite", "postgresql"])
def test_the_index_follows_what_is_derived(opened: Any, backend: str, request: pytest.FixtureRequest) -> None:
    url = request.getfixturevalue("postgres_url") if backend == "postgresql" else ""
    chance = random.Random(1)
    with opened("searched", url) as desk:
        desk.take(newsroom()[:6])
        check(desk)
        word = "opens"
        assert len(found(desk, word)) == 1
        assert found(desk, word.upper()) == found(desk, word)
        assert set(found(desk, word[:4])) >= set(found(desk, word))
        assert found(desk, f"{word} zzzz") == []
        desk.take(newsroom()[6:])
        check(desk)
        for one in some_decisions(chance):
            desk.say(*one)
            check(desk)
        desk.drop([each for each in newsroom() if each.url == ARTICLE])
        check(desk)
        mark_everything(desk.store.engine)
        drain(desk.store, desk.config, desk.sites)
        check(desk)
        urls = {each.url for each in newsroom()}
        desk.drop([each for each in newsroom() if each.url in urls])
        assert found(desk, word) == []
        check(desk)


@pytest.mark.parametrize("backend", ["sqlite", "postgresql"])
def test_scripts_without_spaces_are_found_by_any_part(
    opened: Any, backend: str, request: pytest.FixtureRequest
) -> None:
    url = request.getfixturevalue("postgres_url") if backend == "postgresql" else ""
    with opened("chinese", url) as desk:
        desk.take(
            [
                *(page(f"https://{host}.example/1", PARAGRAPHS, title="新大桥通车") for host in "ab"),
                page(ARTICLE, paragraphs(11), title="Café opens"),
            ]
        )
        (chinese,) = found(desk, "北京")
        (english,) = found(desk, "CAFE")
        assert chinese != english
        for words in (
            "大桥",
            "北京市",
            "桥",
            "通车",
            "旅游业 工程师",
            "北京市的一座新大桥",
            "新大桥 通",
            "工程师们花了六年",
        ):
            assert found(desk, words) == [chinese], words
        for words in ("上海", "北京 opens", "桥北"):
            assert found(desk, words) == [], words
        assert found(desk, "café") == found(desk, "Caf") == [english]


@pytest.fixture(scope="module")
def desk_of_any_words(tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder = tmp_path_factory.mktemp("words")
    config = AppConfig(data=str(folder / "data"), workers=1)
    with Store.open(config.data_folder, config.database_url, "test") as store:
        store.add([Arrival(page(ARTICLE, paragraphs(11), title="A bridge opens"))])
        drain(store, config, load_sites())
        yield store


HOSTILE = st.one_of(
    st.text(max_size=60),
    st.lists(
        st.sampled_from(
            ["AND", "OR", "NOT", "NEAR(a b)", '"', "'", "*", "^", "-", "+", ":", "(", ")", "{terms}", "terms:",
             "&", "|", "!", "<->", ":*", "\\", "%", "_", "--", ";", "bridge", "\x00", "北"]
        ),
        max_size=12,
    ).map(" ".join),
)  # fmt: skip


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(words=HOSTILE)
def test_no_question_is_a_query(desk_of_any_words: Store, words: str) -> None:
    with reading(desk_of_any_words.engine) as connection:
        answer = search_releases(connection, words)
    assert len(answer) <= 1
    if not list(terms(words)):
        assert answer == []


def test_what_was_purged_is_in_no_page_of_the_index(tmp_path: Path) -> None:
    config = AppConfig(data=str(tmp_path / "data"), workers=1)
    pages = [page(ARTICLE, [*paragraphs(11), "Zyxomma petiolatum was seen at the lake."], title="A bridge opens")]
    pages += [page(f"https://{host}.example/1", paragraphs(12), title="Other") for host in "ab"]
    with Store.open(config.data_folder, config.database_url, "test") as store:
        store.add([Arrival(each) for each in pages])
        drain(store, config, load_sites())
    files = [path for path in (tmp_path / "data").glob("*.sqlite*") if path.is_file()]
    assert any(b"yxomma" in path.read_bytes() for path in files)
    assert main(["purge", ARTICLE, "--why", "asked to", "--data", str(tmp_path / "data")]) == 0
    files = [path for path in (tmp_path / "data").glob("*.sqlite*") if path.is_file()]
    assert not any(b"yxomma" in path.read_bytes() for path in files)
