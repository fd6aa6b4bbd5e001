"""What to look for of a release: the sentence that the wire put before it, a rare one of its body, title words.

All of it is deterministic: the same text gives the same phrases, so a question that was asked is known again.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from crawler.identify.datelines import read_dateline
from crawler.match.parts import split_sentences
from crawler.match.tokens import ALONE, is_alone

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_SHORTEST: Final = 8
_LONGEST: Final = 12
"""Words of a sentence that is looked for: fewer are said elsewhere too, more are more often touched up."""

_RUN: Final = range(3, 9)
"""Words of a phrase where the short ones are not allowed; fewer say nothing."""

_LETTERS: Final = 3
_DENSE: Final = range(8, 25)
"""Characters of what is looked for, in scripts that part no words."""

_TITLE_WORDS: Final = 4
_LINES: Final = 200
_WORD = re.compile(rf"[^\W_{ALONE}]+(?:['\u2019-][^\W_{ALONE}]+)*")
_WORDS_ONLY = re.compile(r"[^\W_]+")
_CLAUSE = re.compile(r"[\u3000-\u303f\uff00-\uff0f\uff1a-\uff1f\s\u201c\u201d\u2018\u2019\"'()]+")
_LINKED = re.compile(r"https?://|www\.|@")
_ABOUT = re.compile(r"(?:about|contact|media contact|source)\b", re.IGNORECASE)
_WIRE_PREFIX = re.compile(r"^[A-Z][\w&. ]{1,24}: (?=\S)")
_MARKS: Final = '"\u201c\u201d\u201e\u00ab\u00bb\u2018\u2019'
_COMMON: Final = frozenset(
    "a about after again all also an and any are as at be because been before being between both but by can "
    "could day did do does during each even every few first for from further good great had has have he her here "
    "his how if in into is it its just last like made make many may more most much new no not now of on one only "
    "or other our out over own people said same says she should since so some still such than that the their them "
    "then there these they this those through time to two under until up very was way we were what when where "
    "which while who will with world would year years you your company global international market industry "
    "china chinese country countries according including development".split()
)
"""Words that every other release has; those of other languages are told by being short."""


@dataclass(frozen=True, slots=True)
class Phrases:
    """What to look for. `sentences` are for exact search in whole sentences, `runs` for services that refuse words
    of fewer than three letters; `words` stand in the addresses that blogs make of a title.
    """

    sentences: tuple[str, ...]
    runs: tuple[str, ...]
    title: str
    words: tuple[str, ...]


def pick_phrases(title: str, text: str) -> Phrases:
    """The phrases of a release: of its lead first, then of its body, then of its title.

    >>> lead = "BEIJING, Dec. 22, 2025 /PRNewswire/ -- CGTN published an article on how the valley's new bridge "
    >>> pick_phrases("CGTN: A bridge opens in the valley", lead + "changed the lives of ferrymen there.").sentences
    ("CGTN published an article on how the valley's new bridge changed the",)
    """
    lines = [line for line in text.split("\n")[:_LINES] if line.strip() and not _LINKED.search(line)]
    lead = next((first for line in lines if (first := _lead(line))), "")
    body = list(_body(lines, lead))
    rare = max(body, key=_rarity, default="")  # the first of several
    bare = bare_title(title)
    sentences = tuple(dict.fromkeys(filter(None, (_head(lead), _window(rare)))))
    runs = tuple(dict.fromkeys(filter(None, map(_run, (lead, rare, bare)))))
    return Phrases(sentences, runs, _plain(bare), _rare_words(bare))


def bare_title(title: str) -> str:
    """A title without the issuer's name that a wire puts before it, and without quotation marks at its ends.

    >>> bare_title("CGTN: \u201cA bridge opens today\u201d")
    'A bridge opens today'
    """
    title = title.strip()
    bare = _WIRE_PREFIX.sub("", title, count=1)
    return (bare if len(bare.split()) > _RUN.start else title).strip(_MARKS + " ")


def _lead(line: str) -> str:
    """The first sentence of a line that may be the lead: behind its dateline, if it has one."""
    dateline = read_dateline(line)
    if dateline is not None:
        line = line[len(dateline.text) :].lstrip(" -\u2013\u2014:/")
    spans = split_sentences(line)
    first = line[slice(*spans[0])] if spans else ""
    return first if _size(first) >= _SHORTEST else ""


def _body(lines: Sequence[str], lead: str) -> Iterator[str]:
    """Sentences of the running text behind the lead; what an issuer says under all its releases is left out."""
    for line in lines:
        if _ABOUT.match(line):
            return
        for start, end in split_sentences(line):
            sentence = line[start:end]
            if _size(sentence) >= _SHORTEST and sentence not in lead and lead not in line[: end + 1]:
                yield sentence


def _size(sentence: str) -> int:
    """How many words it has, or as many as its characters count for."""
    dense = sum(map(is_alone, sentence)) >= _DENSE.start
    return _SHORTEST if dense else len(_WORD.findall(sentence))


def _rarity(words: str) -> int:
    """How many letters its uncommon words have: the best measure of rareness that needs no corpus."""
    window = _window(words)
    return sum(map(is_alone, window)) + sum(_weight(word) for word in _WORD.findall(window))


def _weight(word: str) -> int:
    folded = word.casefold()
    return 0 if folded in _COMMON or len(folded) < 4 else min(len(folded), 12)


def _head(sentence: str) -> str:
    """The beginning of the lead, which names who published what."""
    if not _WORD.search(sentence) or any(map(is_alone, sentence)):
        return _clause(sentence)
    hits = list(_WORD.finditer(sentence))[:_LONGEST]
    return _quotable(sentence[hits[0].start() : hits[-1].end()])


def _window(sentence: str) -> str:
    """Its rarest twelve words, or the whole of it."""
    hits = list(_WORD.finditer(sentence))
    if any(map(is_alone, sentence)) or not hits:
        return _clause(sentence)
    places = range(max(1, len(hits) - _LONGEST + 1))
    best = max(places, key=lambda n: sum(_weight(hit[0]) for hit in hits[n : n + _LONGEST]))
    chosen = hits[best : best + _LONGEST]
    return _quotable(sentence[chosen[0].start() : chosen[-1].end()])


def _clause(sentence: str) -> str:
    """The longest piece between two signs, in scripts that part no words; empty where all are too short."""
    pieces = [piece[: _DENSE.stop - 1] for piece in _CLAUSE.split(sentence)]
    best = max(pieces, key=len, default="")
    return best if len(best) in _DENSE else ""


def _run(sentence: str) -> str:
    """The weightiest run of words that are all long enough to be asked for."""
    if any(map(is_alone, sentence)):
        return _clause(sentence)
    best, weight = "", 0
    run: list[str] = []
    for word in [*_WORDS_ONLY.findall(sentence), ""]:
        if len(word) >= _LETTERS:
            run.append(word)
            continue
        for first in range(max(1, len(run) - _RUN.stop + 2)):
            part = run[first : first + _RUN.stop - 1]
            heavy = sum(map(_weight, part))
            if len(part) >= _RUN.start and heavy > weight:
                best, weight = " ".join(part), heavy
        run = []
    return best


def _quotable(words: str) -> str:
    """The words without the marks that would end a quotation."""
    return " ".join(words.translate({ord(mark): " " for mark in '"\u201c\u201d\u201e\u00ab\u00bb'}).split())


def _plain(title: str) -> str:
    return " ".join(_WORD.findall(title)[:_LONGEST]) or title[: _DENSE.stop]


def _rare_words(title: str) -> tuple[str, ...]:
    """Words of the title as they stand in an address: plain letters, uncommon, in their order."""
    plain = [word.lower() for word in _WORDS_ONLY.findall(title) if word.isascii()]
    return tuple(word for word in plain if _weight(word))[:_TITLE_WORDS]
