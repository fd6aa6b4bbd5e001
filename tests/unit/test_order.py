"""The election gives the same stars for every order, batching and after deletions, as from scratch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.match.elect import elect
from crawler.match.sketch import sketch
from crawler.records import Found, Sketch
from tests.releases import paragraphs

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from crawler.rulings import Placed

FAMILIES = [paragraphs(seed, count=5, sentences=2) for seed in range(3)]
KEYS = ("", "cgtn:x", "cgtn:y", "prnewswire:1")
pieces = st.tuples(st.integers(0, 2), st.integers(0, 3), st.integers(1, 5))
texts = st.tuples(
    st.lists(pieces, min_size=1, max_size=2), st.sampled_from(KEYS), st.sampled_from(("", "", "1", "2"))
)


def draw(value: tuple[list[tuple[int, int, int]], str, str]) -> Sketch:
    """A text out of pieces of a few releases, and perhaps a key and an item id."""
    lines = [line for family, start, size in value[0] for line in FAMILIES[family][start : start + size]]
    scheme, _, key = value[1].partition(":")
    found = [Found(scheme, key, 1, "trailer", "https://x.example", 0, "")] if scheme else []
    hints = [Found("newsitem", value[2], 3, "body", "https://x.example", 0, "")] if value[2] else []
    return sketch("\n".join(lines), found, hints)


class Memory:
    """A field without a database: every better pivot is a candidate, every worse text is touched."""

    def __init__(self) -> None:
        self.known: dict[int, Sketch] = {}
        self.used: set[int] = set()
        self.stars: dict[int, int] = {}
        self.under: dict[int, int] = {}

    def text(self, text: int) -> Sketch | None:
        return self.known.get(text)

    def is_used(self, text: int) -> bool:
        return text in self.used

    def star(self, text: int) -> int | None:
        return self.stars.get(text)

    def pivot(self, text: int) -> int | None:
        return self.under.get(text)

    def candidates(self, sketch: Sketch) -> Sequence[int]:
        return sorted(t for t, star in self.stars.items() if t == star and t < sketch.id)

    def touched(self, sketch: Sketch) -> Iterable[int]:
        return [text for text in self.under if text > sketch.id]

    def place(self, sketch: Sketch, placed: Placed) -> None:
        self.stars[sketch.id] = placed.star
        self.under[sketch.id] = placed.pivot

    def remove(self, sketch: Sketch) -> None:
        self.stars.pop(sketch.id, None)
        self.under.pop(sketch.id, None)
        self.known.pop(sketch.id, None)


def arrive(field: Memory, batch: Iterable[Sketch]) -> None:
    for text in batch:
        field.known[text.id] = text
        field.used.add(text.id)
        list(elect(field, [text.id]))


def leave(field: Memory, batch: Iterable[Sketch]) -> None:
    gone = [text.id for text in batch]
    field.used -= set(gone)
    list(elect(field, gone))


def from_scratch(all_of_them: Iterable[Sketch]) -> dict[int, int]:
    field = Memory()
    field.known = {text.id: text for text in all_of_them}
    field.used = set(field.known)
    list(elect(field, field.known))
    return field.under


@settings(max_examples=60, deadline=None)
@given(st.lists(texts, min_size=2, max_size=9), st.lists(texts, max_size=4), st.randoms(use_true_random=False))
def test_every_order_gives_the_stars_of_a_batch(staying: list, leaving: list, chance: object) -> None:  # type: ignore[type-arg] # hypothesis makes them
    stay = {text.id: text for text in map(draw, staying)}
    leave_later = [text for text in map(draw, leaving) if text.id not in stay]
    expected = from_scratch(stay.values())
    everyone = [*stay.values(), *leave_later]
    chance.shuffle(everyone)  # type: ignore[attr-defined]  # a random.Random
    field = Memory()
    arrive(field, everyone)
    leave(field, leave_later)
    assert field.under == expected


@settings(max_examples=40, deadline=None)
@given(st.lists(texts, min_size=2, max_size=9))
def test_stars_do_not_chain(given_texts: list) -> None:  # type: ignore[type-arg] # hypothesis makes them
    stars = from_scratch(map(draw, given_texts))
    for text, pivot in stars.items():
        assert stars[pivot] == pivot
        assert pivot <= text


def test_a_bridge_joins_one_star_and_merges_none() -> None:
    whole = "\n".join
    one, two = sketch(whole(FAMILIES[0]), ()), sketch(whole(FAMILIES[1]), ())
    copies = [sketch(whole(lines[:4]), ()) for lines in FAMILIES[:2]]
    bridge = sketch(whole([*FAMILIES[0][:3], *FAMILIES[1][:3]]), ())
    for order in ([one, two, *copies, bridge], [bridge, *copies, two, one]):
        field = Memory()
        arrive(field, order)
        assert field.under[one.id] != field.under[two.id]
        assert [field.under[c.id] for c in copies] == [field.under[one.id], field.under[two.id]]
