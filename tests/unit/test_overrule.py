"""People's decisions: the newest of two that contradict each other counts, and texts stand where they say."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.match.elect import elect
from crawler.match.overrule import Decided, resolve, rule
from crawler.match.sketch import detach, names, sketch
from crawler.records import Found, Sketch
from crawler.rulings import LINKED, Overrule, Ruling
from tests.releases import paragraphs

if TYPE_CHECKING:
    import random
    from collections.abc import Iterable, Mapping, Sequence

    from crawler.rulings import OverruleKind, Placed

PAGES = tuple(f"https://{host}.example/1" for host in "abcdef")
KEY = "cgtn:x"
LINES = [paragraphs(seed, count=5, sentences=2) for seed in range(2)]
decisions = st.lists(
    st.tuples(
        st.sampled_from(("link", "unlink", "apart")), st.sampled_from(PAGES), st.sampled_from((*PAGES, KEY))
    ),
    max_size=5,
)
wordings = st.lists(st.tuples(st.integers(0, 1), st.integers(0, 2), st.booleans()), min_size=6, max_size=6)


def say(kind: OverruleKind, subject: str, object_: str, n: int = 1) -> Overrule:
    return Overrule(f"id{n}", n, kind, subject, object_, "2026-01-01T00:00:00Z", "me", "because")


def draw(wording: tuple[int, int, bool]) -> Sketch:
    """A text: one of two releases, some lines shorter, perhaps with the key."""
    release, missing, named = wording
    found = [Found("cgtn", "x", 1, "trailer", "https://o.example", 0, "")] if named else []
    return sketch("\n".join(LINES[release][: 5 - missing]), found)


class Desk:
    """Texts of pages, decisions, and the election without a database: every worse-ranked text is touched."""

    def __init__(self) -> None:
        self.pages: dict[str, Sketch] = {}
        self.said: list[Overrule] = []
        self.placed: dict[int, Placed] = {}
        self.known: dict[int, Sketch] = {}
        self.told: dict[int, Ruling] = {}

    def text(self, text: int) -> Sketch | None:
        return self.known.get(text)

    def is_used(self, text: int) -> bool:
        return any(found.id == text for found in self.texts().values())

    def star(self, text: int) -> int | None:
        return self.placed[text].star if text in self.placed else None

    def pivot(self, text: int) -> int | None:
        return self.placed[text].pivot if text in self.placed else None

    def candidates(self, sketch: Sketch) -> Sequence[int]:
        return sorted(text for text, at in self.placed.items() if at.star == text and text < sketch.id)

    def touched(self, sketch: Sketch) -> Iterable[int]:
        return [text for text in self.placed if text > sketch.id]

    def place(self, sketch: Sketch, placed: Placed) -> None:
        self.placed[sketch.id] = placed

    def remove(self, sketch: Sketch) -> None:
        self.placed.pop(sketch.id, None)
        self.known.pop(sketch.id, None)

    def texts(self) -> dict[str, Sketch]:
        out = resolve(self.said).out
        return {url: detach(text, url, ()) if url in out else text for url, text in self.pages.items()}

    def drain(self) -> None:
        """What the strata do: rulings first, then the texts that are new, gone or told otherwise than before."""
        texts = self.texts()
        dirty = {text.id for text in texts.values()} ^ set(self.known)
        self.known.update((text.id, text) for text in texts.values())
        carriers: dict[str, set[int]] = defaultdict(set)
        for url, text in texts.items():
            for name in (url, *names(text.keys)):
                carriers[name].add(text.id)
        told = rule(resolve(self.said), carriers)
        dirty |= {text for text in told.keys() | self.told.keys() if told.get(text) != self.told.get(text)}
        self.told = told
        list(elect(self, dirty, told))

    def clusters(self) -> dict[str, int]:
        return {url: self.placed[text.id].pivot for url, text in self.texts().items()}


def desk(pages: Mapping[str, Sketch], said: Iterable[Overrule] = ()) -> Desk:
    made = Desk()
    made.pages, made.said = dict(pages), list(said)
    made.drain()
    return made


@settings(max_examples=150, deadline=None)
@given(wordings, decisions, st.randoms(use_true_random=False))
def test_pages_and_decisions_in_any_order_give_the_clusters_of_a_batch(
    wording: list[tuple[int, int, bool]], decided: list[tuple[OverruleKind, str, str]], chance: random.Random
) -> None:
    pages = dict(zip(PAGES, map(draw, wording), strict=True))
    said = [say(*one, n=n) for n, one in enumerate(decided, 1) if one[1] != one[2]]
    expected = desk(pages, said)
    events: list[tuple[str, Sketch] | Overrule] = [*pages.items(), *said]
    chance.shuffle(events)
    late = Desk()
    for event in events:
        if isinstance(event, Overrule):
            late.said.append(event)
        else:
            late.pages[event[0]] = event[1]
        late.drain()
    assert late.placed == expected.placed
    for one in [*said]:
        late.said.remove(one)
        late.drain()
    assert late.placed == desk(pages).placed


@settings(max_examples=150, deadline=None)
@given(wordings, decisions)
def test_what_counts_holds(
    wording: list[tuple[int, int, bool]], decided: list[tuple[OverruleKind, str, str]]
) -> None:
    pages = dict(zip(PAGES, map(draw, wording), strict=True))
    said = [say(*one, n=n) for n, one in enumerate(decided, 1) if one[1] != one[2]]
    found = desk(pages, said)
    if not said:
        return
    newest, of = said[-1], found.clusters()
    if newest.object == KEY or found.texts()[newest.subject].id == found.texts()[newest.object].id:
        return
    assert (of[newest.subject] == of[newest.object]) == (newest.kind == "link")


def test_a_page_that_is_taken_out_leaves_alone_though_others_have_its_words() -> None:
    one, two, three = PAGES[:3]
    same = draw((0, 0, True))
    of = desk({one: same, two: same, three: same}, [say("unlink", two, one)]).clusters()
    assert of[one] == of[three] != of[two]


def test_no_text_follows_a_page_that_was_taken_out() -> None:
    one, two, three = PAGES[:3]
    near = draw((0, 1, False))
    pages = {one: draw((0, 0, True)), two: near, three: draw((0, 2, False))}
    before = desk(pages).clusters()
    assert len(set(before.values())) == 1
    of = desk(pages, [say("unlink", two, KEY)]).clusters()
    assert of[three] == of[one] == before[one]
    assert of[two] not in before.values()


def test_what_follows_a_text_goes_along_when_it_is_linked() -> None:
    first, second, third, fourth = PAGES[:4]
    pages = {first: draw((0, 0, True)), second: draw((0, 1, False)),
             third: draw((1, 0, False)), fourth: draw((1, 1, False))}  # fmt: skip
    apart = desk(pages).clusters()
    assert apart[first] == apart[second] != apart[third] == apart[fourth]
    found = desk(pages, [say("link", third, first)])
    assert set(found.clusters().values()) == {apart[first]}
    assert found.placed[pages[third].id].why == LINKED
    assert found.placed[pages[fourth].id].star == pages[third].id


def test_a_text_that_follows_goes_alone_when_it_is_linked() -> None:
    first, second, third = PAGES[:3]
    pages = {first: draw((0, 0, True)), second: draw((1, 0, False)), third: draw((1, 1, False))}
    of = desk(pages, [say("link", third, first)]).clusters()
    assert of[third] == of[first] != of[second]


@pytest.mark.parametrize(("newer", "together"), [("link", True), ("unlink", False), ("apart", False)])
def test_the_newest_of_two_that_contradict_each_other_counts(newer: OverruleKind, together: bool) -> None:
    one, two = PAGES[:2]
    older: OverruleKind = "unlink" if newer == "link" else "link"
    said = [say(newer, one, two, 2), say(older, two, one, 1)]
    decided = resolve(said)
    assert decided.beaten == {"id1": "id2"}
    of = desk({one: draw((0, 0, False)), two: draw((0, 1, False))}, said).clusters()
    assert (of[one] == of[two]) is together


def test_links_contradict_through_others() -> None:
    a, b, c = PAGES[:3]
    decided = resolve([say("link", a, b, 3), say("link", b, c, 2), say("unlink", c, a, 1)])
    assert decided.beaten == {"id1": "id3"}
    decided = resolve([say("unlink", c, a, 3), say("link", a, b, 2), say("link", b, c, 1)])
    assert decided.beaten == {"id1": "id3"}
    assert decided.out == {c}


def test_nothing_decided_says_nothing() -> None:
    assert resolve([]) == Decided()
    assert rule(Decided(), {PAGES[0]: [1]}) == {}
