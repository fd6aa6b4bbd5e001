"""Invented press releases: issuers with a boilerplate of their own, stories with names, words and figures.

The same seed gives the same text. A story keeps to its own people, places and things, as a release does, so that
two stories share the language and little else.
"""

from __future__ import annotations

import random
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_DATA: Final = tomllib.loads(Path(__file__).with_name("prose.toml").read_text("utf-8"))
_SYLLABLES, _GIVEN, _ENDS, _NAMES, _THINGS, _TRAITS, _DEEDS, _PEOPLE = (
    _DATA[name].split()
    for name in ("syllables", "given", "endings", "forms", "things", "traits", "deeds", "people")
)
_MONTHS: Final = "January February March April May June July August September October November December".split()
FORMS: Final[dict[str, list[str]]] = _DATA["filled"]
"""Releases that are filled in with other figures, days, places or guests each time."""


@dataclass(frozen=True, slots=True)
class Issuer:
    """Who publishes: `about` stands under all its releases, `name` and `person` in their texts."""

    name: str
    home: str
    person: str
    about: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Story:
    """A release: its title, the paragraphs of its news, and its issuer's paragraphs below."""

    issuer: Issuer
    title: str
    news: tuple[str, ...]

    @property
    def text(self) -> str:
        """The whole of it, a paragraph a line."""
        return "\n".join((*self.news, *self.issuer.about))


def issuer(seed: int) -> Issuer:
    """The issuer of that number; every second one warns of what may happen below its releases."""
    chance = random.Random(f"issuer {seed}")
    words = _words(chance)
    words["org"] = f"{_name(chance)} {chance.choice(_NAMES)}"
    words["home"] = words["place"]
    about = tuple(line.format(**words) for line in (*_DATA["about"], *(_DATA["warning"] if seed % 2 else ())))
    return Issuer(words["org"], words["home"], words["person2"], about)


def story(seed: int, by: Issuer) -> Story:
    """One release, 250 to 550 words of news."""
    chance = random.Random(f"story {seed}")
    own = _words(chance)
    things, traits, deeds, people = (chance.sample(of, 9) for of in (_THINGS, _TRAITS, _DEEDS, _PEOPLE))
    lines = chance.sample(_DATA["lines"], chance.randint(15, 30))

    def said(line: str) -> str:
        fresh = {
            "thing": chance.choice(things[:3]), "other": chance.choice(things[3:]),
            "trait": chance.choice(traits[:5]),
            "trait2": chance.choice(traits[5:]), "deed": chance.choice(deeds), "people": chance.choice(people),
        }  # fmt: skip
        return line.format(**{**own, **_figures(chance), **fresh})

    sentences = [said(line) for line in lines]
    month, day = chance.choice(_MONTHS), chance.randint(1, 28)
    sentences[0] = f"{by.home.upper()}, {month} {day}, 2025 -- {by.name} said today: {sentences[0]}"
    news: list[str] = []
    while sentences:
        size = chance.choice((1, 2, 2, 3))
        news.append(" ".join(sentences[:size]))
        del sentences[:size]
    return Story(by, said(chance.choice(_DATA["titles"])), tuple(news))


def form(kind: str, seed: int, by: Issuer) -> Story:
    """A release that is filled in, of one of the `FORMS`; another seed, other figures, days, places and guests."""
    chance = random.Random(f"{kind} {seed}")
    same = _words(random.Random(f"form {by.name}"))
    words = {**same, **_figures(chance), **{f"n{n}": str(chance.randint(11, 9999)) for n in range(1, 13)}}
    words |= {"org": by.name, "person": by.person, "nth": chance.choice(("first", "second", "third", "fourth"))}
    words |= {"guest": f"{chance.choice(_GIVEN)} {_name(chance)}", "event": f"{_name(chance)} Days"}
    words |= {"place": _name(chance) + chance.choice(_ENDS), "date2": _figures(chance)["date"]}
    return Story(by, f"{by.name}: {kind}", tuple(line.format(**words) for line in FORMS[kind]))


def words() -> tuple[str, ...]:
    """Words that an editor may put for others."""
    return (*_THINGS, *_TRAITS, *_DEEDS, *_PEOPLE)


def _words(chance: random.Random) -> dict[str, str]:
    """What stays the same throughout one text."""
    return {
        **_figures(chance),
        "a": chance.choice(("A new", "The second", "An old", "The last", "Another")),
        "place": _name(chance) + chance.choice(_ENDS),
        "place2": _name(chance) + chance.choice(_ENDS),
        "person": f"{chance.choice(_GIVEN)} {_name(chance)}",
        "person2": f"{chance.choice(_GIVEN)} {_name(chance)}",
        "thing": chance.choice(_THINGS), "other": chance.choice(_THINGS), "trait": chance.choice(_TRAITS),
        "trait2": chance.choice(_TRAITS), "deed": chance.choice(_DEEDS), "people": chance.choice(_PEOPLE),
    }  # fmt: skip


def _figures(chance: random.Random) -> dict[str, str]:
    day = f"{chance.choice(_MONTHS)} {chance.randint(1, 28)}"
    return {
        "n": str(chance.randint(21, 9999)), "p": str(chance.randint(11, 97)), "q": str(chance.randint(3, 30)),
        "p2": str(chance.randint(2, 9)), "y": str(chance.randint(1901, 2023)),
        "y2": str(chance.randint(2026, 2040)), "date": day,
    }  # fmt: skip


def _name(chance: random.Random) -> str:
    return "".join(chance.sample(_SYLLABLES, chance.choice((2, 2, 3)))).title()
