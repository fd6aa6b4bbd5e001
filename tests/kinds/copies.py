"""Copies of releases in twelve kinds, and three kinds of pages that are no copies, for measuring the matching.

What a site may do to a text before it is matched; the pages around it are measured elsewhere.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from tests.kinds.prose import FORMS, Issuer, Story, form, issuer, story, words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

_A_LEAD: Final = 40
_JUNK: Final = (
    "Read also:", "More on this:", "Most read:", "In pictures:", "Sponsored:", "Watch:", "Related:",
    "Share this", "Sign up for", "Listen:", "Next:", "Live:", "Opinion:", "Updated:", "Chosen:", "Get the app",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Text:
    """A text of a labelled set: what it is, and the name of the release that it is, or is no copy of."""

    kind: str
    release: str
    text: str


def verbatim(of: Story, chance: random.Random) -> str:
    return of.text


def retitled(of: Story, chance: random.Random) -> str:
    """With a headline and a line of the site's own at its top."""
    return "\n".join((*_opening(chance), of.text))


def widgets(of: Story, chance: random.Random) -> str:
    """With rows of teasers between its paragraphs."""
    return _with_junk([*of.news, *of.issuer.about], chance)


def no_boilerplate(of: Story, chance: random.Random) -> str:
    return "\n".join(of.news)


def edited(share: float) -> Callable[[Story, random.Random], str]:
    """With that share of its words changed: others put for them, left out, or put in."""

    def edit(of: Story, chance: random.Random) -> str:
        return _edit(of.text, share, chance)

    return edit


def first(share: float) -> Callable[[Story, random.Random], str]:
    """The first part of all its words."""

    def cut(of: Story, chance: random.Random) -> str:
        whole = of.text.split(" ")
        return " ".join(whole[: int(len(whole) * share)])

    return cut


def lead(of: Story, chance: random.Random) -> str:
    """Forty words of it; every second time below a headline of the site's own."""
    part = " ".join(of.text.split()[:_A_LEAD])
    return "\n".join((_opening(chance)[0], part)) if chance.random() < 0.5 else part


def abridged(of: Story, chance: random.Random) -> str:
    """Every third sentence left out."""
    start = chance.randrange(3)
    sentences = of.text.replace("\n", " \n").split(". ")
    return ". ".join(s for n, s in enumerate(sentences) if n % 3 != start)


def mixed(of: Story, chance: random.Random) -> str:
    """Half of it, under a headline of the site's own, edited, with teasers between."""
    half = first(0.5)(of, chance)
    lines = _edit(half, 0.05, chance).split("\n")
    return "\n".join((*_opening(chance), _with_junk(lines, chance)))


KINDS: Final[dict[str, Callable[[Story, random.Random], str]]] = {
    "verbatim": verbatim,
    "retitled": retitled,
    "widgets inside": widgets,
    "boilerplate removed": no_boilerplate,
    "3 % edited": edited(0.03),
    "10 % edited": edited(0.10),
    "20 % edited": edited(0.20),
    "first half": first(0.5),
    "first quarter": first(0.25),
    "lead only": lead,
    "abridged": abridged,
    "mixed": mixed,
}
OTHERS: Final = ("same issuer", "same template", "quoted")


def labelled(releases: int, seed: int) -> Iterator[Text]:
    """So many releases by a tenth as many issuers, a copy of each kind of each, and what is no copy.

    Of "same issuer" the releases themselves are the test: each is held against the others.
    """
    issuers = [issuer(1000 * seed + n) for n in range(max(2, releases // 10))]
    stories = [story(100_000 * seed + n, issuers[n % len(issuers)]) for n in range(releases)]
    for n, each in enumerate(stories):
        name = f"story {n}"
        yield Text("release", name, each.text)
        for kind, make in KINDS.items():
            yield Text(kind, name, make(each, random.Random(f"{seed} {n} {kind}")))
        yield Text("quoted", name, _quoting(each, story(100_000 * seed + 50_000 + n, issuers[n % len(issuers)])))
    yield from _forms(issuers, max(1, releases // len(issuers)), seed)


def _forms(issuers: Sequence[Issuer], times: int, seed: int) -> Iterator[Text]:
    for n, by in enumerate(issuers):
        for time in range(times):
            kind = tuple(FORMS)[(n + time // 2) % len(FORMS)]
            filled = form(kind, 10_000 * seed + 100 * n + time, by)
            yield Text("same template", f"{kind} {n} {time}", filled.text)


def _quoting(of: Story, article: Story) -> str:
    """An article of its own that has a paragraph of the release in its middle."""
    quoted = max(of.news[1:], key=len)
    middle = len(article.news) // 2
    return "\n".join((*article.news[:middle], quoted, *article.news[middle:]))


def _opening(chance: random.Random) -> tuple[str, str]:
    told = " ".join(chance.sample(words(), 7))
    return told.capitalize(), f"By our correspondent in {chance.choice(words())}, updated at noon"


def _with_junk(lines: Sequence[str], chance: random.Random) -> str:
    mixed_in: list[str] = []
    every = max(1, len(lines) // 3)
    for n, line in enumerate(lines):
        mixed_in.append(line)
        if n % every == every - 1:
            mixed_in += [
                f"{chance.choice(_JUNK)} {' '.join(chance.sample(words(), chance.randint(5, 14)))}"
                for _ in range(3)
            ]
    return "\n".join(mixed_in)


def _edit(text: str, share: float, chance: random.Random) -> str:
    others = words()
    out: list[str] = []
    for word in text.split(" "):
        if chance.random() >= share:
            out.append(word)
            continue
        how = chance.random()
        if how < 0.6:
            out.append(chance.choice(others))
        elif how < 0.8:
            out += [word, chance.choice(others)]
    return " ".join(out)
