"""`diff`: a copy beside its release, in a terminal, as a page and as an object."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from typing import TYPE_CHECKING

import jsonschema  # type: ignore[import-untyped] # ships no types
import pytest

from crawler.cli.main import main
from crawler.cli.reading import open_store
from crawler.cli.terminal import measure
from crawler.export.comparison import tell_counts
from crawler.export.rows import read_schema
from crawler.match.differences import CLASSES
from crawler.report.beside import LEGEND
from settings.app import AppConfig, load_config
from storage.lookups import copies, reading
from storage.warc import build
from tests.releases import page, paragraphs

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from storage.rows import CopyRow

ORIGIN = "https://news.origin.example/news/2025-12-22/a-bridge-opens-1JjihOzBpvi/p.html"
HOSTILE = "https://hostile.example/x?a=1&b=%22"
CITING = "https://paper.example/opinion"
ALONE = "https://a-first.example/alone"


@pytest.fixture
def diff(data: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """Runs the verb, which must succeed, and answers what it printed."""

    def run(*words: str) -> str:
        capsys.readouterr()
        assert main(["diff", *words, "--data", str(data)]) == 0
        return capsys.readouterr().out

    return run


# ---------------------------------------------------------------------------------------------- the terminal


def test_it_says_what_differs_and_against_what(diff: Callable[..., str]) -> None:
    said = diff(HOSTILE)
    assert re.search(rf"^against +{re.escape(ORIGIN)} \(captured 2025-12-22 07:16\)$", said, re.MULTILINE)
    assert re.search("^differences 1 headline changed, 1 figure changed, 1 sentence added", said, re.MULTILINE)
    assert "[-Monday-]" in said
    assert "{+Tuesday+}" in said


@pytest.mark.parametrize("columns", [60, 100, 160])
def test_two_columns_where_there_is_room(
    diff: Callable[..., str], monkeypatch: pytest.MonkeyPatch, columns: int
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    said = diff(HOSTILE).partition("The release")[2]
    assert max(map(measure, said.splitlines())) <= columns
    beside = re.search(r"\[-Monday-\].* \| .*\{\+Tuesday\+\}", said) is not None
    assert beside == (columns >= 100)


def test_what_is_the_same_is_folded_unless_asked_for(diff: Callable[..., str]) -> None:
    long = diff(HOSTILE, "--full")
    assert "SOURCE CGTN" in long
    assert "the same" not in long.partition("= the same")[2]


def test_nothing_of_a_page_acts(diff: Callable[..., str]) -> None:
    said = diff(HOSTILE)
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]", said)
    assert "\\x1b" in said


def test_a_page_of_no_release_says_so_and_shows_the_nearest(diff: Callable[..., str]) -> None:
    said = diff(CITING)
    assert "attached to no release" in said
    assert re.search(rf"^nearest +{re.escape(ORIGIN)}", said, re.MULTILINE)
    alone = diff(ALONE)
    assert "attached to no release, and no release shares enough" in " ".join(alone.split())


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (["https://nobody.example/1"], 2, "never seen"),
        ([], 2, "which page"),
        ([HOSTILE, "--html", "--json"], 2, "not both"),
        (["https://wall.example/1"], 1, "consent-wall"),
    ],
)
def test_what_cannot_be_compared_is_told(
    data: Path, capsys: pytest.CaptureFixture[str], words: list[str], code: int, says: str
) -> None:
    assert main(["diff", *words, "--data", str(data)]) == code
    assert says in capsys.readouterr().err


# ------------------------------------------------------------------------------------------------- the object


@pytest.mark.parametrize("url", [HOSTILE, CITING, ALONE, ORIGIN])
def test_the_object_keeps_its_schema(diff: Callable[..., str], url: str) -> None:
    value = json.loads(diff(url, "--json"))
    schema = json.loads(diff("--schema"))
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.Draft202012Validator(schema).validate(value)
    assert schema == read_schema("diff")
    for each in value["differences"]:
        for side, words in (("copy", "said"), ("release", "was")):
            text = value["copy" if side == "copy" else "against"]["text"]
            if each[side]:
                assert text[each[side]["start"] : each[side]["end"]] == each[words]
    for each in value["passages"]:
        ours, theirs = (
            value[name]["text"][each[side]["start"] : each[side]["end"]]
            for name, side in (("copy", "copy"), ("against", "release"))
        )
        assert ours.casefold() == theirs.casefold()


# --------------------------------------------------------------------------------------------------- the page


def test_the_page_needs_nothing_and_nothing_in_it_acts(diff: Callable[..., str], tmp_path: Path) -> None:
    path = tmp_path / "diff.html"
    diff(HOSTILE, "--html", "-o", str(path))
    said = path.read_text("utf-8")
    assert "<script" not in said.lower()
    assert "&lt;script&gt;alert(3)&lt;/script&gt;" in said
    assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e]", said)
    assert not re.search(
        r"<[^>]*\b(?:src|data|action|style|on\w+)=|url\(|@import|<(?:link|img|iframe|form)\b", said
    )
    style = re.search(r"<style>(.*?)</style>", said, re.DOTALL)
    assert style is not None
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    assert f"default-src 'none'; style-src 'sha256-{digest}'" in said.replace("&#39;", "'")
    assert '<del title="number">Monday</del>' in said
    assert '<ins title="number">Tuesday</ins>' in said
    assert "prefers-color-scheme: dark" in style[1]
    assert 'name="viewport"' in said


def test_every_class_is_explained_and_counted_in_words() -> None:
    assert [name for name, _ in LEGEND] == list(CLASSES)
    assert tell_counts(dict.fromkeys(CLASSES, 2)).count(",") == len(CLASSES) - 1


# ------------------------------------------------------------------------------------- what derivation stores


@pytest.fixture(scope="module")
def derived(tmp_path_factory: pytest.TempPathFactory) -> AppConfig:
    """A store of three pages with one text and one that changed it."""
    folder = tmp_path_factory.mktemp("diff")
    lines = paragraphs(5)
    changed = [*lines[:2], lines[2].replace(lines[2].split(". ")[0] + ". ", ""), *lines[3:]]
    figure = re.search(r"\d+", changed[4])
    assert figure is not None
    changed[4] = changed[4].replace(figure[0], str(int(figure[0]) + 11), 1)
    pages = [page(f"https://{name}.example/news/1", lines, title="A canal reopens") for name in ("a", "b", "c")]
    pages.append(page("https://d.example/news/1", changed, title="A canal reopens at last"))
    (folder / "pages.warc.gz").write_bytes(b"".join(map(build, pages)))
    assert main(["ingest", str(folder / "pages.warc.gz"), "--quiet", "--data", str(folder / "data")]) == 0
    return load_config(None, {"data": str(folder / "data")})


def rows(config: AppConfig) -> dict[str, CopyRow]:
    with open_store(config) as engine, reading(engine) as connection:
        return {row.url: row for row in copies(connection)}


def test_the_row_counts_what_the_verb_shows(derived: AppConfig, capsys: pytest.CaptureFixture[str]) -> None:
    found = rows(derived)
    for url, row in found.items():
        capsys.readouterr()
        assert main(["diff", url, "--json", "--data", str(derived.data_folder)]) == 0
        value = json.loads(capsys.readouterr().out)
        assert row.match is not None
        assert value["counts"] == dict(row.match.differences)
        assert value["against"] is None or value["against"]["record"] == row.match.against
    changed = found["https://d.example/news/1"].match
    assert changed is not None
    assert dict(changed.differences) == {"headline": 1, "number": 1, "sentence-dropped": 1}
    assert all(row.match and not row.match.differences for url, row in found.items() if "//d." not in url)
