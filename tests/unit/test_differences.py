"""What differs between a copy and its release: planted changes are found as what they are, typography is none."""

from __future__ import annotations

import random
import sys
from collections import Counter

import pytest

from crawler.match.differences import CLASSES, Comparison, Side, compare, count_differences
from crawler.match.parts import read_marks
from tests import match_copies

FLOOR = 0.95
COPIES = 60
"""Copies in each language. Each has up to five changes."""

RELEASE = """\
BEIJING, Dec. 22, 2025 /Wire Example/ -- The Harbour Bridge opened on Monday. It took 11,000 workers six years, \
according to the Ministry of Works.
"We built it in the rain," said Maria Lopez, the mayor of Aldport. The bridge carries 5 million cars a year.
The toll is 11.5 percent lower than before. Nobody complained about it so far.
For more information, please click: https://news.example/a.html
SOURCE Aldport Authority"""
LINKS = (("news.example/a.html", "https://news.example/a.html"),)


def told(copy: str, *, title: str = "A bridge opens", links: tuple[tuple[str, str], ...] = LINKS) -> list[str]:
    """The differences of a copy of the release, in words."""
    found = compare(Side(title, copy, "en", links), Side("A bridge opens", RELEASE, "en", LINKS))
    holds(found, copy, RELEASE)
    return [f"{d.kind}: {d.was} > {d.said}" for d in found.differences]


def holds(found: Comparison, copy: str, release: str) -> None:
    """Places are those of the texts, and the rows hold all of either text once."""
    for difference in found.differences:
        if difference.copy and difference.kind != "headline":
            assert copy[slice(*difference.copy)] == difference.said
        if difference.release:
            assert release[slice(*difference.release)] == difference.was
    ours = [row.copy for row in found.rows if row.copy]
    theirs = [row.release for row in found.rows if row.release]
    for text, places in ((copy, ours), (release, theirs)):
        shown = "".join(text[slice(*place)] for place in sorted(places))
        assert "".join(shown.split()) == "".join(text.split())


# ---------------------------------------------------------------------------------------------- planted changes


def test_planted_changes_are_found_as_what_they_are() -> None:
    planted, found, right = Counter[str](), Counter[str](), Counter[str]()
    for language in match_copies.LINES:
        for seed in range(COPIES):
            copy, release, changes = make(seed, language)
            comparison = compare(copy, release)
            holds(comparison, copy.text, release.text)
            planted.update(change.kind for change in changes)
            found.update(difference.kind for difference in comparison.differences)
            right.update(hits(comparison, changes))
    table = [f"{'class':<20} {'planted':>7} {'recall':>7} {'precision':>9}"]
    for kind in CLASSES:
        recall, precision = right[kind] / planted[kind], right[kind] / found[kind]
        table.append(f"{kind:<20} {planted[kind]:>7} {recall:>7.3f} {precision:>9.3f}")
    sys.stdout.write("\n".join(["", *table, ""]))
    assert set(planted) == set(CLASSES)
    for kind in CLASSES:
        assert right[kind] >= FLOOR * planted[kind], f"{kind}: changes are missed"
        assert right[kind] >= FLOOR * found[kind], f"{kind}: what was not changed is told"


def make(seed: int, language: str) -> tuple[Side, Side, list[match_copies.Planted]]:
    """A copy in another typography with some changes, its release, and what was changed."""
    chance = random.Random(f"copy {seed} {language}")
    release = match_copies.write(seed, language)
    copy = match_copies.copy_of(release)
    for kind in chance.choices(CLASSES, k=chance.randint(0, 5)):
        match_copies.plant(copy, kind, chance)
    return copy.side(chance), release.side(), copy.planted


def hits(comparison: Comparison, changes: list[match_copies.Planted]) -> list[str]:
    """The classes of the changes that were found, in the right place: the words before or after stand in it."""
    left = list(comparison.differences)
    found: list[str] = []
    for change in changes:
        for difference in left:
            here = overlap(difference.was, change.was) or overlap(difference.said, change.said)
            if difference.kind == change.kind and here:
                left.remove(difference)
                found.append(change.kind)
                break
    return found


def overlap(one: str, other: str) -> bool:
    """Whether one of two texts is a part of the other, whatever their typography."""
    first, second = (" ".join(mark.symbol for mark in read_marks(text)) or text for text in (one, other))
    return bool(first) and bool(second) and (first in second or second in first)


# -------------------------------------------------------------------------------------------------- one by one


def test_typography_is_no_difference() -> None:
    copy = (
        RELEASE.replace('"We', "\u201cWe").replace('rain,"', "rain\u201d,").replace("11,000", "11\u202f000")
        .replace(" percent", "%").replace("Dec. 22", "December 22").replace(" -- ", " \u2014 ")
        .replace(" Nobody", "\nNobody").replace("Aldport.", "Ald\u00adport.")
    )  # fmt: skip
    assert told(copy, title="ALDPORT AUTHORITY: A Bridge Opens") == []


@pytest.mark.parametrize(
    ("was", "said", "expected"),
    [
        ("11.5 percent", "12.5 percent", "number: 11.5 > 12.5"),
        ("5 million", "5 billion", "number: million > billion"),
        ("Monday", "Tuesday", "number: Monday > Tuesday"),
        ("six years", "seven years", "number: six > seven"),
        ("Maria Lopez", "Maria Ortega", "name: Lopez > Ortega"),
        ("mayor of Aldport", "mayor of Brenwick", "name: Aldport > Brenwick"),
        ("in the rain", "in the deepest snow", "quote: rain > deepest snow"),
        ("lower than before", "higher than before", "wording: lower > higher"),
        (", according to the Ministry of Works", "", "attribution-dropped: according to the Ministry of Works > "),
        ("\nSOURCE Aldport Authority", "", "attribution-dropped: SOURCE Aldport Authority > "),
        (" Nobody complained about it so far.", "", "sentence-dropped: Nobody complained about it so far. > "),
        (" Nobody", " Gulls circled over it all day. Nobody",
         "sentence-added:  > Gulls circled over it all day."),
    ],
)  # fmt: skip
def test_one_change_is_one_difference(was: str, said: str, expected: str) -> None:
    assert was in RELEASE
    assert told(RELEASE.replace(was, said)) == [expected]


def test_a_dateline_is_compared_by_day_place_and_wire() -> None:
    dateline = "BEIJING, Dec. 22, 2025 /Wire Example/"
    changed = [
        "BEIJING, Dec. 21, 2025 /Wire Example/",
        "TIANJIN, Dec. 22, 2025 /Wire Example/",
        "BEIJING, Dec. 22, 2025",
    ]
    kinds = ["number", "name", "attribution-dropped"]
    assert [told(RELEASE.replace(dateline, each)) for each in changed] == [
        [f"{kind}: {dateline} > {each}"] for kind, each in zip(kinds, changed, strict=True)
    ]
    assert told(RELEASE.replace(f"{dateline} -- ", "")) == [f"attribution-dropped: {dateline} > "]


def test_a_sentence_that_moved_is_no_difference() -> None:
    lines = RELEASE.split("\n")
    assert told("\n".join([lines[0], lines[2], lines[1], *lines[3:]])) == []


def test_an_address_is_dropped_only_where_no_link_has_it() -> None:
    copy = RELEASE.replace("\nFor more information, please click: https://news.example/a.html", "")
    assert told(copy) == []
    assert told(copy, links=()) == ["link-dropped: https://news.example/a.html > "]


@pytest.mark.parametrize(
    ("title", "differs"),
    [
        ("A Bridge Opens | Ledger", False),
        ("A bridge opens \u2026", False),
        ("A bridge op\u00adens", False),
        ("Update: a bridge opens", True),
        ("A bridge closes", True),
        ("", False),
    ],
)
def test_a_headline_differs_where_its_words_do(title: str, differs: bool) -> None:
    copy = Side(title, RELEASE, "en", LINKS, ("ledger.example",))
    counts = count_differences(copy, Side("A bridge opens", RELEASE, "en", LINKS))
    assert counts == ((("headline", 1),) if differs else ())


def test_german_nouns_are_no_names() -> None:
    release = Side("T", "Die alte Brücke im Hafen trägt den Namen von Maria Lopez aus Aldport.", "de")
    copy = Side("T", "Die alte Brücke im Bahnhof trägt den Namen von Maria Ortega aus Brenwick.", "de")
    assert [d.kind for d in compare(copy, release).differences] == ["wording", "name", "name"]


@pytest.mark.parametrize(
    ("language", "release", "copy", "expected"),
    [
        ("en", "Sales rose in Q3, she told us.", "Sales rose in Q4, she told us.", "number: Q3 > Q4"),
        ("en", "ACME sold the old cranes.", "NORDEX sold the old cranes.", "name: ACME > NORDEX"),
        ("en", "He said: \u2018We won\u2019t leave here.\u2019", "He said: \u2018We won\u2019t sail here.\u2019",
         "quote: leave > sail"),
        ("hi", "मंत्री ने कहा कि नया पुल बन गया है।", "कि नया पुल बन गया है।", "attribution-dropped: मंत्री ने कहा > "),
        ("hi", "पुल बन गया है। लोग बहुत खुश हैं।", "पुल बन गया है।", "sentence-dropped: लोग बहुत खुश हैं। > "),
        ("ar", "افتتح الجسر الجديد اليوم، وفقا للوزارة.", "افتتح الجسر الجديد اليوم.",
         "attribution-dropped: وفقا للوزارة > "),
        ("ja", "橋は完成したと、市長は述べた。費用は12億円。", "橋は完成したと、市長は述べた。費用は13億円。",
         "number: 12 > 13"),
        ("fr", "Le pont coûte 12,5 millions, a déclaré la ministre.", "Le pont coûte 12,5 millions.",
         "attribution-dropped: a déclaré la ministre > "),
        ("ru", "Мост открыли в понедельник, сообщила мэрия.", "Мост открыли во вторник, сообщила мэрия.",
         "number: в понедельник > во вторник"),
    ],
)  # fmt: skip
def test_other_languages(language: str, release: str, copy: str, expected: str) -> None:
    found = compare(Side("T", copy, language), Side("T", release, language)).differences
    assert [f"{d.kind}: {d.was} > {d.said}" for d in found] == [expected]


def test_a_word_of_a_script_without_case_is_wording() -> None:
    release, copy = (
        Side("T", f"{city}的新桥于{day}开通。", "zh") for city, day in (("北京", "星期一"), ("上海", "星期二"))
    )
    assert [(d.kind, d.was, d.said) for d in compare(copy, release).differences] == [
        ("wording", "北京", "上海"),
        ("number", "一", "二"),
    ]


def test_nothing_is_said_of_texts_that_are_the_same() -> None:
    side = Side("A bridge opens", RELEASE, "en", LINKS)
    assert count_differences(side, side) == ()
    assert compare(side, side).differences == ()
    assert compare(Side("", ""), Side("", "")).rows == ()


def test_two_long_texts_without_a_word_in_common_take_no_time() -> None:
    copy = "\n".join(f"Alpha{n} beta{n} gamma{n}." for n in range(3000))
    release = "\n".join(f"Delta{n} epsilon{n} zeta{n}." for n in range(3000))
    counts = dict(count_differences(Side("T", copy), Side("T", release)))
    assert counts == {"sentence-dropped": 3000, "sentence-added": 3000}
