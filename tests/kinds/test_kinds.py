"""Copies of twelve kinds and three kinds of others: no share falls below its floor, nothing more is merged."""

from __future__ import annotations

from tests.kinds.copies import KINDS, OTHERS, labelled
from tests.kinds.gate import figures, load_floors, measured, raised, worse
from tests.kinds.measure import Found, measure, table
from tests.kinds.prose import FORMS, form, issuer, story


def test_no_figure_is_worse_than_its_floor() -> None:
    found = measured()
    print("\n" + table(found))  # noqa: T201 (shown with -s, and where the test fails)
    floors, now = load_floors(), figures(found)
    assert {name: set(column) for name, column in floors.items()} == {n: {*KINDS, *OTHERS} for n in now}
    assert [(n, k) for n, column in now.items() for k in column if worse(column[k], floors[n][k], k)] == []


def test_floors_are_raised_and_never_lowered() -> None:
    floors = {"alone": {"mixed": 0.5, "verbatim": 1.0, "quoted": 2.0}}
    now = {"alone": {"mixed": 0.6, "verbatim": 0.9, "quoted": 3.0}}
    assert raised(floors, now) == {"alone": {"mixed": 0.6, "verbatim": 1.0, "quoted": 2.0}}
    assert raised({}, now) == now
    assert raised(floors, floors) == floors


def test_a_group_of_everything_finds_all_and_merges_all() -> None:
    texts = tuple(labelled(4, 3))
    together = measure(texts, [0] * len(texts))
    apart = measure(texts, range(len(texts)))
    assert all(found == Found(found.of, found.of) for found in together.values())
    assert all(found.found == 0 for found in apart.values())
    assert min(found.of for found in together.values()) >= 4


def test_the_same_seed_gives_the_same_text_and_another_one_another() -> None:
    by = issuer(1)
    assert story(1, by) == story(1, by)
    assert story(1, by).news[0] != story(2, by).news[0]
    assert issuer(1).about != issuer(2).about
    for kind in FORMS:
        one, other = form(kind, 1, by).text.split(), form(kind, 2, by).text.split()
        assert one != other
        assert sum(word in other for word in one) > len(one) * 3 // 4
