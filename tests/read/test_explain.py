"""`explain`: what it prints for people and for programs, at any width, of any page."""

from __future__ import annotations

import io
import json
import re
import sys
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import jsonschema  # type: ignore[import-untyped] # ships no types
import pytest

from crawler.cli.blocks import print_blocks
from crawler.cli.main import main
from crawler.cli.terminal import Terminal, measure
from crawler.export.blocks import Placed, place_blocks, visible_text
from crawler.export.recollections import recall_values
from crawler.export.rows import read_schema
from crawler.export.rules import tell_rule
from crawler.records import KEPT_ROLES, Block, Decision, Owner, Role
from storage.pages import pack_blocks
from storage.rows import CopyRow, Evidence, Recollection

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

KEY = "cgtn:1JjihOzBpvi"
MEXC = "https://www.mexc.example/news/310001"
HOSTILE = "https://hostile.example/x?a=1&b=%22"
ALONE = "https://a-first.example/alone"
WALL = "https://wall.example/1"
ACTS = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")


@pytest.fixture
def explain(data: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """What `explain` prints."""

    def run(*words: str) -> str:
        capsys.readouterr()
        code = main(["explain", *words, "--data", str(data)])
        out, err = capsys.readouterr()
        assert code == 0, err
        return out

    return run


# ------------------------------------------------------------------------------------------- a stored page, told


def test_it_shows_what_decided(explain: Callable[..., str]) -> None:
    out = explain(MEXC)
    assert "decided by  origin-id" in out
    assert re.search(rf"1 origin +{KEY} +trailer, block 2 +decided\n +“View original content:", out)
    assert re.search(r"2 wire +prn:302648123 +trailer, block 2 +no say", out)
    assert re.search(r"5 words +- +the clean text +agrees\n +100 % of the release is on this page", out)
    assert re.search(r"canonical +this page +https://www.mexc.example", out)
    assert "seg-00001.warc.gz at 1800, 900 bytes" in out


def test_it_marks_what_is_kept_and_says_why(explain: Callable[..., str]) -> None:
    out = explain(MEXC)
    assert "3 kept (+), 2 removed (-)" in out
    assert re.search(r"\(is running text of the release\)\n\+ +0  body +BEIJING", out)
    assert out.count("(is running text of the release)") == 1
    assert re.search(r"\(heads a list of other stories or another widget\)\n- +3  related +Related stories", out)
    assert re.search(r"\(is the headline, which is a field of its own\)\n= +5  title +CGTN: A bridge", out)
    assert "+ kept   - removed   = the headline" in out


def test_it_names_a_key_that_disagrees(explain: Callable[..., str], change: Callable[[str], None]) -> None:
    change(f"UPDATE match SET key = 'cgtn:other' WHERE url = '{MEXC}'")
    out = explain(MEXC)
    assert re.search(rf"1 origin +{KEY} +trailer, block 2 +DISAGREES", out)
    assert "disagrees   rung 1 origin" in out
    value = json.loads(explain(MEXC, "--json"))
    assert [key["standing"] for key in value["keys"]] == ["disagrees", None]
    assert value["decision"]["disagreed"] == [1]


@pytest.mark.parametrize("columns", [80, 132, 200])
@pytest.mark.parametrize("url", [MEXC, HOSTILE, ALONE, WALL])
def test_it_fits_the_terminal_but_for_addresses(
    explain: Callable[..., str], monkeypatch: pytest.MonkeyPatch, url: str, columns: int
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    for whole in ([], ["--full"]):
        wide = [line for line in explain(url, *whole).splitlines() if measure(line) > columns]
        assert [line for line in wide if "://" not in line and "HYPERLINK" not in line] == []


def test_nothing_of_a_hostile_page_acts_and_all_of_it_shows(explain: Callable[..., str]) -> None:
    out = explain(HOSTILE, "--full")
    assert not ACTS.findall(out)
    assert "\\x1b[2J" in out
    assert "\\u202e" in out
    assert "javascript:alert(document.domain)" in out


def test_colour_only_where_it_is_wanted(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Screen(io.StringIO):
        def isatty(self) -> bool:
            return True

    def shown(**environment: str) -> str:
        screen = Screen()
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr(sys, "stdout", screen)
        assert main(["explain", HOSTILE, "--data", str(data)]) == 0
        return screen.getvalue()

    monkeypatch.delenv("NO_COLOR", raising=False)
    coloured = shown()
    assert "\x1b[32m+" in coloured
    assert not ACTS.findall(re.sub("\x1b\\[[0-9]+m", "", coloured)), "no escape but our own"
    assert not ACTS.findall(shown(NO_COLOR="1"))


# ----------------------------------------------------------------------------------------------- for programs


@pytest.mark.parametrize("url", [MEXC, HOSTILE, ALONE, WALL, "https://paper.example/opinion"])
def test_the_object_keeps_its_schema(explain: Callable[..., str], url: str) -> None:
    schema = json.loads(explain("--schema"))
    assert schema == read_schema("explain")
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    value = json.loads(explain(url, "--json"))
    validator.validate(value)
    assert tuple(value) == tuple(schema["properties"])
    wrong: tuple[dict[str, Any], ...] = ({"surprise": 1}, {"page": {"url": url}}, {"captures": []})
    for broken in wrong:
        with pytest.raises(jsonschema.ValidationError):
            validator.validate(value | broken)


def test_the_object_says_the_same(explain: Callable[..., str]) -> None:
    value = json.loads(explain(MEXC, "--json"))
    assert [(b["role"], b["kept"]) for b in value["blocks"][-3:]] == [
        ("related", False),
        ("ticker", False),
        ("title", False),
    ]
    assert value["blocks"][-3]["reason"] == "heads a list of other stories or another widget"
    assert [key["standing"] for key in value["keys"]] == ["decided", None]
    assert (value["decision"]["rung"], value["decision"]["words"]) == (1, "agrees")
    assert value["claims"][0]["points_to"] == "itself"
    assert value["captures"][0]["location"] == {"file": "seg-00001.warc.gz", "offset": 1800, "length": 900}
    text = "\n".join(block["text"] for block in value["blocks"])
    assert all(text[block["start"] : block["end"]] == block["text"] for block in value["blocks"])


def test_a_page_that_was_rejected_has_no_decision(explain: Callable[..., str]) -> None:
    assert "consent-wall (stage extract)" in explain(WALL)
    assert "the page asks for consent" in explain(WALL)
    value = json.loads(explain(WALL, "--json"))
    assert (value["page"], value["decision"], value["blocks"]) == (None, None, [])
    assert value["captures"][0]["rejected"]["stage"] == "extract"


@pytest.mark.parametrize("spelling", [MEXC + "#top", MEXC + "/", "http://" + MEXC[8:], MEXC[8:]])
def test_it_takes_other_spellings(explain: Callable[..., str], spelling: str) -> None:
    assert explain(spelling).startswith(MEXC)


def test_an_unknown_address_helps(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "https://nowhere.example/", "--data", str(data)]) == 1
    assert "never seen" in capsys.readouterr().err
    assert main(["explain", "broken.warc.gz", "--data", str(data)]) == 1
    assert "torn-record (cut off)" in capsys.readouterr().err
    assert main(["explain", "--data", str(data)]) == 2
    assert "which page?" in capsys.readouterr().err


# ------------------------------------------------------------------------------------------ the page, its blocks

Line = tuple[Role, str, str]


def copy_of(lines: Sequence[Line]) -> CopyRow:
    blocks = [Block(n, text, "p", f"/html/body/p[{n + 1}]", 0, 0) for n, (_, _, text) in enumerate(lines)]
    decisions = [Decision(n, role, rule) for n, (role, rule, _) in enumerate(lines)]
    more: dict[str, Any] = dict.fromkeys(("site", "published_at", "first_seen", "last_seen", "captured_at"))
    more |= dict.fromkeys(("release", "key", "match", "place"))
    return CopyRow(
        url=MEXC, capture="0" * 32, cluster="c", family="f", title="", text="", language="en", versions=1,
        payload_sha256="0" * 64, rules="r", blocks=pack_blocks(blocks, decisions), **more,
    )  # fmt: skip


def shown(lines: Sequence[Line], *, columns: int = 80, whole: bool = False) -> str:
    out = io.StringIO()
    print_blocks(Terminal(out, colour=False, columns=columns), place_blocks(copy_of(lines)), whole=whole)
    return out.getvalue()


MENU: Line = ("navigation", "above-release", "Menu entry")
BODY: Line = ("body", "body", "The bridge was opened on Monday, and everybody who could walk came to see it. " * 4)
FOOT: Line = ("navigation", "below-trailer", "Imprint")


def test_a_long_page_is_shortened_around_the_release_and_whole_on_demand() -> None:
    lines = [MENU] * 150 + [BODY] * 3 + [FOOT] * 90
    out = shown(lines)
    assert "… 140 blocks of navigation (stands above the release)" in out
    assert "… 80 blocks of navigation" in out
    assert "240 blocks are folded" in out
    assert out.count("+  15") == 3
    assert len(out.splitlines()) < 25
    whole = shown(lines, whole=True)
    assert whole.count("Menu entry") == 150
    assert re.sub(r"\n +", " ", whole).count("came to see it.") == 12
    assert "folded" not in whole


def test_no_kept_block_is_ever_folded() -> None:
    lines = [BODY, *[MENU] * 60, BODY, *[MENU] * 60, ("title", "title", "A bridge opens")]
    out = shown(lines)
    assert "+    0" in out
    assert "+   61" in out
    assert "=  122" in out


def test_a_long_list_is_told_by_its_beginning() -> None:
    item: Line = ("related", "under:you may also like", "Another story")
    out = shown([BODY, ("related", "heading", "You May Also Like"), *[item] * 9, BODY])
    assert out.count("Another story") == 3
    assert "… 6 more blocks of related" in out


def test_a_heading_is_named_as_the_page_writes_it() -> None:
    item: Line = ("related", "under:you may also like", "Another story")
    out = shown([BODY, ("related", "heading", "You May Also Like:"), item, item, BODY])
    assert out.count("(stands under the heading “You May Also Like:”)") == 1
    assert "(stands under the heading “you may also like”)" in shown([BODY, item]), "no such heading any more"


def test_an_addition_is_neither_kept_nor_removed_in_silence() -> None:
    block = Block(1, "The bridge, seen by our reporter.", "p", "/html/body/p[2]", 1000, 0)
    reason = tell_rule("memory:addition")
    added = Placed(block, "addition", "memory:addition", reason, 0, len(block.text))
    screen = io.StringIO()
    print_blocks(Terminal(screen, colour=False), [*place_blocks(copy_of([BODY])), *[added] * 9], whole=False)
    out = screen.getvalue()
    assert len(re.findall(r"~ +1  addition +The bridge, seen", out)) == 9
    assert re.search(r"~ +1  addition +The bridge, seen", out)
    assert "(stands in this outlet's copy of the release alone" in out


def test_memory_says_how_often_and_a_box_counts_by_its_heading() -> None:
    paths = ("div[1]/p[1]", "div[1]/p[2]", "aside[1]/h4[1]", "aside[1]/p[1]", "aside[2]/h4[1]", "div[1]/p[3]")
    lines = (
        "The bridge was opened.",
        "A road opens soon, they said",
        "Our desk",
        "A story",
        "Our other desk",
        "So be it.",
    )
    rules = ("body", "memory:owned", "memory:site", "memory:container", "memory:site", "memory:sibling")
    blocks = [Block(n, lines[n], "p", f"/html/body/{paths[n]}", 0, 0) for n in range(6)]
    changes = tuple(Decision(n, "other", rules[n]) for n in range(1, 6))
    copy = replace(
        copy_of([]), changes=changes, blocks=pack_blocks(blocks, [Decision(n, "body", "body") for n in range(6)])
    )
    recalled = {1: (1, 1), 2: (7, 0), 3: (1, 0), 4: (3, 0), 5: (1, 4)}
    owner = Owner(1, ("a", "road", "opens", "soon", "they", "said", "and", "more"), ("The road",))
    found = Evidence(
        MEXC, (), copy, None, None, (), (), (), {n: Recollection(*r) for n, r in recalled.items()}, (owner,)
    )
    assert [each.reason for each in place_blocks(copy, recall_values(found))] == [
        "is running text of the release",
        "is the text of another page: “The road”",
        "is shown by this site under 7 releases, and no other site's copy of this one has it",
        "stands in a box that this site shows under 7 releases",
        "is shown by this site under 3 releases, and no other site's copy of this one has it",
        "is the release's: 4 other sites' copies of it carry it too",
    ]
    assert (
        place_blocks(copy)[2].reason
        == "is shown by this site under other releases too, and no other site's copy of this one has it"
    )


@pytest.mark.parametrize("columns", [60, 80, 120])
def test_every_line_fits_and_wide_letters_count_twice(columns: int) -> None:
    wide: Line = ("body", "body", "大桥于周一开通。" * 40)
    long: Line = ("related", "under:" + "x" * 40, "y" * 300)
    lines = [MENU, wide, long, ("trailer", "trailer:source", "SOURCE\nCGTN")]
    for whole in (False, True):
        said = shown(lines, columns=columns, whole=whole).splitlines()
        assert [line for line in said if measure(line) > columns] == []
    assert "大桥于周一开通。" * 40 in re.sub(r"\n +", "", shown(lines, columns=columns, whole=True))


def test_a_page_that_is_one_endless_word_takes_no_time() -> None:
    endless: Line = ("body", "body", "新" * 200_000)
    began = time.monotonic()
    assert len(shown([endless]).splitlines()) < 10
    whole = shown([endless], whole=True)
    assert time.monotonic() - began < 20  # a second on an idle machine; minutes where each line costs the rest
    assert sum(map(len, re.findall("新+", whole))) == 200_000


def test_a_page_of_lists_whose_headings_are_gone_takes_no_time() -> None:
    lines: list[Line] = [("related", f"under:list {n // 4}", f"Story {n} of the town") for n in range(20_000)]
    began = time.monotonic()
    assert len(place_blocks(copy_of(lines))) == 20_000
    assert time.monotonic() - began < 20  # a second on an idle machine; minutes where each looks for its heading


def test_positions_are_those_of_the_visible_text() -> None:
    placed = place_blocks(copy_of([MENU, BODY, ("trailer", "trailer:source", "SOURCE\nCGTN 🌉"), FOOT]))
    text = visible_text(placed)
    assert [text[each.start : each.end] for each in placed] == [each.block.text for each in placed]
    assert placed[-1].end == len(text)
    assert [each.is_kept for each in placed] == [each.role in KEPT_ROLES for each in placed]
