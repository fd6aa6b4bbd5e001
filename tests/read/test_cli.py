"""The verbs that read: what they print, that nothing in it acts, and their exit codes."""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import jsonschema  # type: ignore[import-untyped] # ships no types
import pytest

from crawler.cli.main import main
from crawler.cli.terminal import Column, Terminal, escape, standard_output
from crawler.export.rows import read_schema

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

KEY = "cgtn:1JjihOzBpvi"
HOSTILE = "https://hostile.example/x?a=1&b=%22"
MEXC = "https://www.mexc.example/news/310001"
ACTS = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")

READING = (
    ["releases"],
    ["copies"],
    ["show", KEY],
    ["explain", HOSTILE],
    ["explain", MEXC],
    ["diff", HOSTILE],
    ["diff", "https://paper.example/opinion"],
    ["runs"],
    ["report"],
    ["export", "copies"],
    ["export", "removed"],
    ["export", "releases", "--format", "csv"],
)


class Said:
    """What one command said."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err

    @property
    def value(self) -> Any:
        return json.loads(self.out)


@pytest.fixture
def say(data: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., Said]:
    def run(*words: str) -> Said:
        capsys.readouterr()
        code = main([*words, "--data", str(data)])
        out, err = capsys.readouterr()
        return Said(code, out, err)

    return run


@pytest.mark.parametrize("words", READING, ids=" ".join)
def test_nothing_that_is_printed_acts(say: Callable[..., Said], words: list[str]) -> None:
    said = say(*words)
    assert said.code == 0, said.err
    assert said.out
    assert not ACTS.findall(said.out)
    if words[0] in {"releases", "copies", "show", "runs"} or words[-1] == MEXC:
        assert "\\n" not in said.out, "our own words are not escaped"


@pytest.mark.parametrize("words", READING[:6], ids=" ".join)
def test_json_is_one_document(say: Callable[..., Said], words: list[str]) -> None:
    assert say(*words, "--json").value


def test_releases(say: Callable[..., Said]) -> None:
    head, first, second = say("releases").out.splitlines()
    assert head.split()[:3] == ["KEY", "COPIES", "OUTLETS"]
    assert first.split()[:3] == [KEY, "4", "3"]
    assert second.startswith("c-second")
    assert [release["key"] for release in say("releases", "--json").value] == [KEY, None]


def test_copies_of_a_release(say: Callable[..., Said]) -> None:
    rows = say("copies", KEY, "--json").value
    assert {row["cluster"] for row in rows} == {"c-first"}
    jsonschema.Draft202012Validator(read_schema("copies")).validate(rows[0])
    assert len(say("copies", "--relation", "verbatim", "--json").value) == 4
    said = say("copies", "cgtn:nothing")
    assert (said.code, said.out) == (1, "")
    assert "tearsheet releases" in said.err


@pytest.mark.parametrize("named", [KEY, "c-first", "c-older", MEXC, "prn:302648123"])
def test_show_takes_any_name_of_a_release(say: Callable[..., Said], named: str) -> None:
    said = say("show", named)
    assert said.code == 0
    assert "CGTN: A bridge opens" in said.out
    assert "seg-00001.warc.gz at " in said.out
    assert "https://paper.example/opinion" in said.out
    value = say("show", named, "--json").value
    assert value["release"]["key"] == KEY
    assert [row["relation"] for row in value["linked"]] == ["citation"]


def test_show_a_page_of_no_release(say: Callable[..., Said]) -> None:
    assert "no release" in say("show", "https://a-first.example/alone").out
    assert say("show", "nothing").code == 1


@pytest.mark.parametrize("spelling", [MEXC + "#top", MEXC + "/", "http://" + MEXC[8:], MEXC[8:]])
def test_explain_takes_other_spellings(say: Callable[..., Said], spelling: str) -> None:
    assert say("explain", spelling).out.startswith(MEXC)


def test_explain_tells_why_a_page_was_rejected(say: Callable[..., Said]) -> None:
    out = say("explain", "https://wall.example/1").out
    assert "consent-wall (stage extract)" in out
    assert "the page asks for consent" in out
    assert (
        say("explain", "https://wall.example/1", "--json").value["captures"][0]["rejected"]["stage"] == "extract"
    )


def test_explain_of_an_unknown_address_helps(say: Callable[..., Said]) -> None:
    said = say("explain", "https://nowhere.example/")
    assert (said.code, said.out) == (1, "")
    assert "never seen" in said.err
    refused = say("explain", "broken.warc.gz")
    assert refused.code == 1
    assert "torn-record (cut off)" in refused.err


def test_runs(say: Callable[..., Said], change: Callable[[str], None]) -> None:
    out = say("runs").out
    assert "running, or cut short" in out
    assert "captures 11, rejected 2" in out
    change("INSERT INTO dirty (stratum, key) VALUES ('page', 'x')")
    assert say("runs", "--json").value["out_of_date"] == {"page": 1}
    assert say("runs", "--limit", "0").code == 2


def test_runs_show(say: Callable[..., Said], change: Callable[[str], None]) -> None:
    outcome = {
        "fetched": 5,
        "failed": {"timeout": 2},
        "blocked": {"blocked:robots": 1, "blocked:address.loopback": 3},
        "drained": {"pages": 4, "rejected": {"wall:consent": 1}},
        "sites": {"mirror": {"fetched": 5, "lists": 1, "listed": 9, "timeout": 2}},
        "error": "a \x1b[2J of theirs",
    }
    told = json.dumps(outcome).replace("'", "''").replace(":", "\\:")
    change(
        "INSERT INTO run (id, verb, started_at, ended_at, outcome) VALUES "
        f"('feed0123', 'crawl', '2030-01-01T00:00:00Z', '2030-01-01T00:02:05Z', '{told}')"
    )
    out = say("runs", "show", "1").out
    assert out == say("runs", "show", "feed").out == say("runs", "show").out
    assert "2m05s" in out
    assert "\x1b" not in out
    for counted in (
        "2  timeout",
        "3  blocked:address.loopback",
        "1  blocked:robots",
        "1  wall:consent",
        "2 timeout",
    ):
        assert counted in out
    assert say("runs", "show", "1", "--json").value["outcome"]["failed"] == {"timeout": 2}
    assert say("runs", "show", "99").code == 2
    assert say("runs", "show", "nothing").code == 2


def test_export_writes_the_file_and_refuses_what_is_stale(
    say: Callable[..., Said], change: Callable[[str], None], tmp_path: Path
) -> None:
    target = tmp_path / "copies.jsonl"
    assert say("export", "copies", "-o", str(target)).code == 0
    assert target.read_text("utf-8") == say("export", "copies").out
    change("INSERT INTO dirty (stratum, key) VALUES ('page', 'x')")
    said = say("export", "copies", "-o", str(target))
    assert said.code == 1
    assert "tearsheet process" in said.err
    assert say("report").code == 1
    assert say("export", "copies", "--allow-stale").out == target.read_text("utf-8")


def test_export_tells_its_schema_and_its_roles(say: Callable[..., Said]) -> None:
    assert say("export", "removed", "--schema").value == read_schema("removed")
    said = say("export", "removed", "--roles", "related, nonsense")
    assert said.code == 2
    assert "'nonsense' is none of" in said.err


def test_report_takes_its_format_from_the_name(say: Callable[..., Said], tmp_path: Path) -> None:
    assert say("report", "-o", str(tmp_path / "a.json")).code == 0
    assert json.loads((tmp_path / "a.json").read_text("utf-8"))["releases"]
    assert say("report", KEY, "-o", str(tmp_path / "a.html")).code == 0
    assert (tmp_path / "a.html").read_text("utf-8").startswith("<!doctype html>")
    assert say("report", "cgtn:nothing").code == 1
    assert say("report", "-o", str(tmp_path / "no" / "a.html")).code == 2


@pytest.mark.parametrize(
    "words", [["releases"], ["explain", "https://a.example/"], ["export", "copies"], ["report"]]
)
def test_without_a_store_the_message_says_how_to_begin(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], words: list[str]
) -> None:
    assert main([*words, "--data", str(tmp_path / "new")]) == 1
    assert "tearsheet demo" in capsys.readouterr().err
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("words", [["export"], ["export", "nonsense"], ["copies", "--relation", "x"], ["show"]])
def test_wrong_usage_is_two(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(words)
    assert stopped.value.code == 2
    assert "usage:" in capsys.readouterr().err


def test_bytes_do_not_depend_on_the_locale(data: Path) -> None:
    command = [sys.executable, "-m", "crawler", "export", "copies", "--data", str(data)]
    plain = {"PYTHONPATH": ":".join(filter(None, sys.path)), "PYTHONUTF8": "0"}
    in_c = subprocess.run(
        command, capture_output=True, check=True, env=plain | {"LC_ALL": "C", "PYTHONHASHSEED": "1"}
    )
    again = subprocess.run(command, capture_output=True, check=True, env=plain | {"PYTHONHASHSEED": "2"})
    assert in_c.stdout == again.stdout
    assert in_c.stdout.decode("utf-8")


@pytest.mark.parametrize(
    "words", [["show", "c-first", "--json"], ["show", "c-first"], ["export", "copies"]], ids=" ".join
)
def test_an_encoding_that_lacks_letters_stops_nothing(
    data: Path, change: Callable[[str], None], words: list[str]
) -> None:
    change("UPDATE page SET title = '新闻 é'")
    said = subprocess.run(
        [sys.executable, "-m", "crawler", *words, "--data", str(data)],
        capture_output=True, check=True,
        env={"PYTHONPATH": ":".join(filter(None, sys.path)), "PYTHONIOENCODING": "latin-1"},
    )  # fmt: skip
    if words[-1] != "c-first":
        assert "新闻 é" in said.stdout.decode("utf-8")


class _Screen(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_page_is_not_poured_into_a_terminal(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    screen = _Screen()
    monkeypatch.setattr(sys, "stdout", screen)
    assert main(["report", "--data", str(data)]) == 2
    assert screen.getvalue() == ""


def test_colour_only_on_a_terminal_that_wants_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setattr(sys, "stdout", io.StringIO())
    assert not standard_output().colour
    monkeypatch.setattr(sys, "stdout", _Screen())
    assert standard_output().colour
    monkeypatch.setenv("NO_COLOR", "1")
    assert not standard_output().colour


def test_a_coloured_line_holds_no_escape_of_a_page() -> None:
    screen = _Screen()
    Terminal(screen, colour=True).field("title", "a\x1b[31mb", "red")
    assert screen.getvalue() == "\x1b[2mtitle       \x1b[0m\x1b[31ma\\x1b[31mb\x1b[0m\n"


def test_wide_letters_keep_columns_aligned() -> None:
    out = io.StringIO()
    Terminal(out, colour=False).table((Column("A", 6), Column("B")), [("新闻新闻", "x"), ("ab", "y")])
    assert out.getvalue().splitlines() == ["A      B", "新闻…  x", "ab     y"]


@pytest.mark.parametrize("text", ["a\x00b", "a\rb", "a\x9b31mb", "a\u2066b", "a\U000e0041b", "a\u200bb"])
def test_escape_shows_what_would_act(text: str) -> None:
    assert "\\" in escape(text)
    assert not ACTS.findall(escape(text))


def test_joiners_stay_for_the_scripts_that_need_them() -> None:
    assert escape("می\u200cخواهم") == "می\u200cخواهم"
