"""The quality benchmark, held against a few invented pages, so that it still runs when it is needed."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from tests.benchmarks import measure
from tests.benchmarks.corpora import ALL, Corpus, Page
from tests.benchmarks.extractors import BARE, EXTRACTORS, Extractor, extract_pages
from tests.benchmarks.glue import ORIGIN
from tests.benchmarks.measure import OURS, Run, figures, run_systems, worse_pages
from tests.benchmarks.standin import folder
from tests.benchmarks.standin.tools import score as scorer

ROOT = Path(__file__).parents[2]


@pytest.fixture
def shared(tmp_path: Path) -> Path:
    folder.make(tmp_path / "shared")
    return tmp_path / "shared"


def run(*words: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(ROOT / "tests" / "benchmarks" / "quality.py"), *map(str, words)]
    return subprocess.run(command, check=False, capture_output=True, text=True, timeout=120)


def test_everything_is_measured(shared: Path) -> None:
    done = run(shared, "--seed-page", "--worse", "--json")
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    rows = {(row["corpus"], row["system"]): row for row in said["rows"]}
    corpora = ["pages", "syndication 7", "html", "seed flat"]
    assert list(dict.fromkeys(row["corpus"] for row in said["rows"])) == corpora
    for corpus in corpora:
        assert rows[corpus, OURS]["figures"]["f1"] > 0.98, corpus
    copies = rows["syndication 7", OURS]["figures"]
    assert tuple(copies) == ALL
    assert (copies["pages"], copies["key_accuracy"], copies["missed"], copies["false"]) == (4, 1.0, 0, 0)
    assert rows["seed flat", OURS]["figures"]["key_accuracy"] == 1.0
    assert rows["seed flat", OURS]["time"] is None
    assert rows["pages", BARE]["time"] == 1.0
    for extractor in EXTRACTORS:
        row = rows["pages", extractor.name]
        assert row["figures"] or row["note"] == f"not installed: pip install {extractor.package}"
        assert not row["figures"] or row["figures"]["recall"] > 0.5, row
    assert all(page["f1"] < page["bare"] for page in said["worse"])


def test_a_quick_look_is_a_table_and_says_what_is_not_there(shared: Path) -> None:
    (shared / "data" / "html" / "gold.json").unlink()
    done = run(shared, "--only", "html", "pages", "--pages", 2, "--systems", OURS, BARE, "--worse")
    assert done.returncode == 2, done.stderr
    table = [[cell.strip() for cell in line.split("|")[1:-1]] for line in done.stdout.splitlines() if "|" in line]
    assert table[0] == ["corpus", "system", "pages", "f1", "precision", "recall", "false", "time", "note"]
    assert [row[:3] for row in table[2:]] == [["pages", OURS, "2"], ["pages", BARE, "2"], ["html", "", ""]]
    assert [row[6:8] for row in table[3:]] == [["", "1.00"], ["", ""]]
    assert table[4][-1] == f"not there: {shared / 'data/html/gold.json'}"
    assert "pages are worse than bare trafilatura's" in done.stdout


def test_a_builder_that_fails_is_a_failed_run(shared: Path) -> None:
    done = run(shared, "--only", "syndication", "--releases", 13, "--systems", OURS)
    assert done.returncode == 1
    assert "its builder failed: exit 1" in done.stdout


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["nowhere"], "no tools/score.py there"),
        (["{shared}", "--words", "nowhere.json"], "no such file"),
        (["{shared}", "--worse", "--systems", OURS], "both must run"),
        (["{shared}", "--pages", "0"], "0 is not above zero"),
    ],
)
def test_wrong_usage(shared: Path, words: list[str], message: str) -> None:
    done = run(*(word.format(shared=shared) for word in words))
    assert done.returncode == 2
    assert message in done.stderr


def one_page(text: str) -> Corpus:
    truth: tuple[dict[str, Any], ...] = (
        {"url": "https://a.example/", "release": None, "text": text, "widgets": []},
    )
    return Corpus("pages", Path("pages.warc.gz"), None, (Page("https://a.example/", ""),), truth, ALL)


def test_a_package_that_is_not_installed_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(measure, "installed", lambda *_: "")
    corpus = one_page("one two")
    rows = figures(corpus, run_systems(corpus, ["newspaper4k", "readability-lxml"]), scorer)
    assert [(row.system, dict(row.figures), row.note) for row in rows] == [
        ("readability-lxml", {}, "not installed: pip install readability-lxml"),
        ("newspaper4k", {}, "not installed: pip install newspaper4k"),
    ]


def test_pages_that_got_worse_are_listed() -> None:
    corpus = one_page("one two three four")
    ours = Run(OURS, ({"url": "https://a.example/", "text": "one two three five"},), ALL)
    bare = Run(BARE, ({"url": "https://a.example/", "text": "one two three four"},), ALL)
    (listed,) = worse_pages(corpus, (ours, bare), scorer)
    assert (listed.f1, listed.bare) == (0.75, 1.0)
    assert worse_pages(corpus, (bare, Run(OURS, bare.pages, ALL)), scorer) == ()
    assert worse_pages(corpus, (bare,), scorer) == ()


def hang(html: str, url: str) -> str:
    time.sleep(60)
    return html


def fail(html: str, url: str) -> str:
    raise LookupError(url)


def test_an_extractor_that_hangs_or_fails_costs_that_page() -> None:
    pages = (Page("https://a.example/", "<p>One</p>"),)
    odd = (Extractor("hangs", "hangs", "hangs", hang), Extractor("fails", "fails", "fails", fail))
    found = extract_pages(pages, odd, seconds=2.0)
    assert found["hangs"][0].failure == "took too long"
    assert found["fails"][0].failure == "LookupError"
    assert found["hangs"][0].text is None


@pytest.mark.parametrize(
    "url", [folder.origin(1), "https://newsus.cgtn.com/news/2024-05-03/-A-b--1tk9Qz0aBcd/p.html"]
)
def test_the_glue_finds_an_origin_in_a_text(url: str) -> None:
    assert ORIGIN.findall(f"For more: {url}\nSOURCE CGTN") == [url]
