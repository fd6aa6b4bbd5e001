"""The vocabulary: its tables are well written, and lines in many languages and spellings are found in it."""

from __future__ import annotations

import re
import time
from typing import get_args

import pytest

from crawler.clean import words
from crawler.clean.cues import Cues
from crawler.clean.words import bare, fold, load, phrases, spell, squeeze
from crawler.records import Role

CHOICE = re.compile(r"\([^()]*\)")
LANGUAGES = "en fr de es pt it nl sv no da fi pl cs ru uk tr ar he fa hi id ms vi th zh ja ko el ro hu".split()


@pytest.mark.parametrize("name", ["headings", "lines", "cues"])
def test_every_phrase_can_be_read(name: str) -> None:
    for kind, table in load(name).items():
        for phrase in phrases(table):
            rest = CHOICE.sub("", phrase)
            assert not set("()|") & set(rest), f"{kind}: {phrase}: a choice is open, or stands in another"
            assert not phrase.strip().startswith("…"), f"{kind}: {phrase}: a gap stands between words"
            assert name == "cues" or "…" not in phrase, f"{kind}: {phrase}: only cues have gaps"
            assert any(spell(phrase.replace("…", " "))), f"{kind}: {phrase}: no word"


def test_headings_are_roles_and_in_all_languages() -> None:
    tables = load("headings")
    assert set(tables) - {"starts"} <= set(get_args(Role))
    for kind in ("related", "comments", "newsletter"):
        assert set(LANGUAGES) <= set(tables[kind])


def test_no_single_sign_is_a_heading() -> None:
    assert "" not in words.HEADINGS | {}
    assert "" not in words.POINTERS | words.READ_MORE | words.SHARE | words.ADVERTS
    assert all(len(line) > 1 for line in words.HEADINGS)


def test_a_line_is_bare_of_accents_and_marks() -> None:
    assert bare("Également À LIRE →") == "egalement a lire"
    assert bare("İLGİLİ haberler") == bare("ilgili HABERLER")
    assert bare("اقرأ أيضًا") == bare("اقرا ايضا")
    assert fold("é") == "é"
    assert squeeze("(3) Comments") == squeeze("COMMENTS") == "comments"


@pytest.mark.parametrize(
    ("phrase", "line", "found"),
    [
        ("no … liability", "we take no kind of liability", True),
        ("no … liability", "liability? no", False),
        ("no … liability", "no " + "word " * 20 + "liability", False),
        ("(a|b c) d", "x b c d", True),
        ("(a|b c) d", "x b d", False),
        ("(a|) d", "d", True),
        ("不构成 … 建议", "本文不构成任何投资建议", True),
        ("不构成 … 建议", "本文构成建议", False),
        ("면책", "이 면책조항은", True),
    ],
)
def test_cues_are_rows_of_words_with_gaps(phrase: str, line: str, found: bool) -> None:
    assert Cues([phrase], bare).found_in(bare(line)) is found


def test_cues_are_fast_on_anything() -> None:
    started = time.process_time()
    for line in ("no " * 20_000, "views not " * 10_000, "不" * 20_000, "the content is " * 5_000):
        for cues in (words.CARRIER, words.DISCLAIMERS, words.NEWSLETTER, words.ORIGIN):
            cues.found_in(bare(line))
    assert time.process_time() - started < 20
