"""The verbs by which people overrule: what they answer, what they refuse, and where it is listed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import jsonschema  # type: ignore[import-untyped] # ships no types
import pytest

from crawler import derive
from crawler.cli.main import main
from crawler.export.rows import read_schema
from storage.lock import hold
from storage.store import Arrival, Store
from tests.db.test_derive import ARTICLE, ONE, SIGNED, TWO, Inline
from tests.releases import page

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

A, B, C = (f"https://{host}.example/1" for host in "abc")
KEY = "cgtn:1JjihOzBpvi"


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with an article, two copies and a story of its own."""
    monkeypatch.setattr(derive, "Workers", Inline)
    folder = tmp_path / "data"
    with Store.open(folder, f"sqlite:///{folder / 'tearsheet.sqlite'}", "test") as store:
        pages = [page(ARTICLE, ONE), page(A, SIGNED), page(B, SIGNED), page(C, TWO)]
        store.add([Arrival(each) for each in pages])
    assert main(["process", "-q", "--data", str(folder)]) == 0
    return folder


@pytest.fixture
def say(data: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    def run(*arguments: str, code: int = 0) -> str:
        capsys.readouterr()
        assert main([*arguments, "--data", str(data)]) == code
        told = capsys.readouterr()
        return told.out if code == 0 else told.err

    return run


def cluster(say: Callable[..., str], url: str) -> str:
    found: str = json.loads(say("explain", url, "--json"))["page"]["cluster"]
    return found


def test_a_page_is_taken_out_listed_everywhere_and_put_back(say: Callable[..., str], data: Path) -> None:
    told = say("unlink", A + "#top", KEY, "--why", "a column of their own", "--by", "Ada")
    identity = told.split()[0]
    assert f"{A} is no part of the release of {KEY} (Ada said so on" in told
    assert "a column of their own" in told
    assert cluster(say, A) != cluster(say, B) == cluster(say, ARTICLE)
    for listing in (
        say("link", "--list"), say("explain", A), say("show", KEY), say("export", "overrules"),
        say("report", "-o", "-"), say("report", "-o", "-", "--format", "json"),
    ):  # fmt: skip
        assert identity in listing
    (row,) = (json.loads(line) for line in say("export", "overrules").splitlines())
    jsonschema.Draft202012Validator(read_schema("overrules")).validate(row)
    assert (row["state"], row["by"], row["subject"], row["object"]) == ("holds", "Ada", A, KEY)
    assert say("process", "--all")
    assert cluster(say, A) != cluster(say, B)
    assert say("unlink", "--undo", identity)
    assert cluster(say, A) == cluster(say, B)
    assert json.loads(say("unlink", "--list", "--json"))[0]["state"] == "undone"
    assert "no decision of that id" in say("unlink", "--undo", identity, code=1)


def test_explain_as_an_object_keeps_its_schema(say: Callable[..., str]) -> None:
    say("link", C, A)
    found = json.loads(say("explain", C, "--json"))
    jsonschema.Draft202012Validator(read_schema("explain")).validate(found)
    assert [each["kind"] for each in found["decided"]] == ["link"]
    assert found["page"]["key_rung"] == "person"
    assert found["page"]["cluster"] == cluster(say, A)


def test_a_cluster_stands_for_its_founder_and_an_address_for_its_key(say: Callable[..., str]) -> None:
    told = json.loads(say("link", C, cluster(say, A), "--json"))
    assert told["object"] in {A, B, ARTICLE}
    other = ARTICLE.replace("1JjihOzBpvi", "11y2iO2mCNq")
    told = json.loads(say("unlink", A, other, "--json"))
    assert (told["object"], told["state"]) == ("cgtn:11y2iO2mCNq", "waits")


def test_an_origin_is_set_by_any_name_of_the_release(say: Callable[..., str]) -> None:
    told = json.loads(say("set-origin", cluster(say, C), "https://press.example/7", "--json"))
    assert told["state"] == "holds"
    assert "https://press.example/7" in say("show", C)
    assert json.loads(say("set-origin", KEY, A, "--json"))["state"] == "holds"
    assert json.loads(say("explain", A, "--json"))["page"]["relation"] == "origin"


def test_later_puts_down_only(say: Callable[..., str]) -> None:
    before = cluster(say, C)
    assert json.loads(say("link", C, A, "--later", "--json"))["state"] == "fails"
    assert cluster(say, C) == before
    assert "out of date" in say("runs")
    say("process")
    assert cluster(say, C) == cluster(say, A)


def test_the_newer_decision_counts_and_the_older_says_so(say: Callable[..., str]) -> None:
    older = json.loads(say("link", C, A, "--json"))["id"]
    newer = json.loads(say("unlink", C, A, "--json"))["id"]
    rows = {row["id"]: row for row in json.loads(say("link", "--list", "--json"))}
    assert (rows[older]["state"], rows[older]["against"]) == ("beaten", newer)
    assert rows[newer]["state"] == "holds"
    assert f"beaten by {newer}" in say("link", "--list")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("link", A), "which two"),
        (("link", A, A), "the same page twice"),
        (("link", "nonsense", A), "no address of a page"),
        (("unlink", A, "nonsense"), "neither an address nor a key"),
        (("unlink", A, "c0123456789abcdef"), "no cluster of that id"),
        (("set-origin", A, "nonsense"), "neither the address of an origin nor a key"),
    ],
)
def test_what_means_nothing_is_refused(say: Callable[..., str], arguments: tuple[str, ...], said: str) -> None:
    assert said in say(*arguments, code=2)


def test_the_lock_is_respected(say: Callable[..., str], data: Path) -> None:
    with hold(data, "crawl"):
        assert "holds the lock" in say("link", C, A, code=75)


def test_an_upgrade_keeps_what_was_decided(say: Callable[..., str]) -> None:
    say("unlink", A, KEY)
    say("db", "upgrade")
    assert json.loads(say("link", "--list", "--json"))[0]["state"] == "holds"


def test_another_store_takes_the_decisions_over(say: Callable[..., str], data: Path, tmp_path: Path) -> None:
    kept = tmp_path / "overrules.jsonl"
    undone = say("link", C, A).split()[0]
    say("link", "--undo", undone)
    say("unlink", A, KEY)
    say("export", "overrules", "-o", str(kept))
    expected = say("link", "--list", "--json")
    for identity in (row["id"] for row in json.loads(expected) if row["undone_at"] is None):
        say("link", "--undo", identity)
    (data / "tearsheet.sqlite").unlink()
    assert say("link", "--from", str(kept)) == "2 decisions, 2 of them new\n"
    assert say("link", "--list", "--json") == expected
    assert say("link", "--from", str(kept)) == "2 decisions, 0 of them new\n"
    assert cluster(say, A) != cluster(say, B)
    kept.write_text(kept.read_text() + "{}\n")
    assert "line 3" in say("link", "--from", str(kept), code=2)
    assert "No such file" in say("link", "--from", str(tmp_path / "none"), code=2)
