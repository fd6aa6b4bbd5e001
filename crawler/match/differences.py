"""A copy and the text that it is held against: what is the same in both, and every difference by its class.

The classes are defined in docs/matching.md. Typography is no difference: quotes, dashes, blanks, the case of
letters, `%` for `percent`, what parts thousands.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from itertools import zip_longest
from typing import TYPE_CHECKING, Final, Literal

from crawler.clean.closing import CREDITS, closing_line
from crawler.identify.datelines import read_dateline
from crawler.identify.dates import MONTHS
from crawler.match.edits import find_edits, find_runs, says
from crawler.match.headlines import is_same_headline
from crawler.match.pairs import Pair, Place, in_order, pair_lines, pair_sentences
from crawler.match.parts import Sentence, read_marks, read_sentences, split_lines
from crawler.match.reader import Reader
from crawler.match.tokens import tokenise
from crawler.records import ATTACHING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from crawler.identify.datelines import Dateline
    from crawler.match.parts import Mark

Class = Literal[
    "headline", "number", "name", "quote", "attribution-dropped", "link-dropped", "sentence-dropped",
    "sentence-added", "wording",
]  # fmt: skip

CLASSES: Final[tuple[Class, ...]] = Class.__args__  # type: ignore[attr-defined]  # a Literal has them
"""The classes, those that matter most first."""

Counts = tuple[tuple[str, int], ...]

COMPARED: Final = ATTACHING - {"translation"}
"""Relations whose texts are compared; a text in another language differs in every word."""

_TOP: Final = 4
"""Lines among which the one with the dateline is."""

_AFTER_DATELINE: Final = " \u00a0-\u2010\u2011\u2012\u2013\u2014\u2015:/"
_SHORT: Final = 4
"""Marks of a sentence that says only who said what stands beside it."""

_LONGEST: Final = 300
"""Characters of a closing line."""


@dataclass(frozen=True, slots=True)
class Side:
    """One of two texts. `links` are its addresses, each with the name that it is compared by.

    `names` are those of the outlet, which may stand in its headlines.
    """

    title: str
    text: str
    language: str = ""
    links: tuple[tuple[str, str], ...] = ()
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Same:
    """A passage that both texts have: where it stands in either, in characters of the clean text."""

    copy: Place
    release: Place


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference: its class, where it stands in either text, and what either says there.

    `copy` is an empty place where the copy has nothing there. A headline has no place in the texts, nor has a link
    that stands behind words, nor a sentence in the text that lacks it.
    """

    kind: Class
    copy: Place | None
    release: Place | None
    said: str
    was: str


@dataclass(frozen=True, slots=True)
class Row:
    """What stands side by side: sentences of either text, or of one of them alone."""

    copy: Place | None
    release: Place | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two texts compared: passages in common, differences, and both texts side by side, as the release reads."""

    passages: tuple[Same, ...]
    differences: tuple[Difference, ...]
    rows: tuple[Row, ...]


def compare(copy: Side, release: Side) -> Comparison:
    """Hold a copy against its release."""
    pairs, edges = _pair(copy.text, release.text)
    reader = Reader(copy.text, release.text, release.language)
    found = [
        *_compare_titles(copy, release),
        *edges,
        *(difference for pair in pairs for difference in _differences(pair, reader, copy.text, release.text)),
        *_compare_links(copy, release),
    ]
    return Comparison(
        tuple(same for pair in pairs for same in _passages(pair)),
        tuple(found),
        tuple(Row(pair.copy, pair.release) for pair in pairs),
    )


def find_passages(copy: str, release: str) -> tuple[Same, ...]:
    """The passages that both texts have, as in a comparison, where nothing else of that is wanted."""
    pairs, _ = _pair(copy, release)
    return tuple(same for pair in pairs for same in _passages(pair))


def count_differences(copy: Side, release: Side) -> Counts:
    """How many differences of each class there are; a class without any is left out."""
    if (copy.title, copy.text, copy.links) == (release.title, release.text, release.links):
        return ()
    found = Counter(difference.kind for difference in compare(copy, release).differences)
    return tuple((kind, found[kind]) for kind in CLASSES if found[kind])


# ------------------------------------------------------------------------------------------------- the texts


def _pair(copy: str, release: str) -> tuple[tuple[Pair, ...], list[Difference]]:
    """Both texts in pairs, and the differences of what frames them: datelines and closing lines."""
    ours, theirs = ([Place(*place) for place in split_lines(text)] for text in (copy, release))
    equal = pair_lines(copy, release, ours, theirs)
    pairs = [Pair(ours[a], theirs[b], equal=True) for a, b in equal]
    mine = _Frame(copy, [(n, line) for n, line in enumerate(ours) if n not in {a for a, _ in equal}])
    its = _Frame(release, [(n, line) for n, line in enumerate(theirs) if n not in {b for _, b in equal}])
    edges = [*_compare_datelines(mine, its), *_compare_sources(mine, its)]
    pairs += pair_sentences(mine.sentences, its.sentences)
    for kind in ("source", "original", "pointer", "media"):
        ends = ([place for place, is_of, _ in frame.closing if is_of == kind] for frame in (mine, its))
        pairs += [_pair_closing(kind, copy, release, *places) for places in zip_longest(*ends)]
    return in_order(pairs), edges


def _pair_closing(kind: str, copy: str, release: str, ours: Place | None, theirs: Place | None) -> Pair:
    """Two closing lines of one kind. Only words of those that point somewhere are compared like any others."""
    if kind == "source" or ours is None or theirs is None:
        return Pair(ours, theirs)
    mine, its = (read_marks(text[at.start : at.end], at.start) for text, at in ((copy, ours), (release, theirs)))
    return Pair(ours, theirs, mine, its)


class _Frame:
    """The lines of a text that are not the other's: dateline and closing lines apart, the rest as sentences."""

    def __init__(self, text: str, lines: Sequence[tuple[int, Place]]) -> None:
        self.text = text
        self.dateline: tuple[Place, Dateline] | None = None
        self.closing: list[tuple[Place, str, str]] = []
        self.sentences: list[Sentence] = []
        for n, (start, end) in lines:
            line = text[start:end]
            kind = closing_line(line) if end - start <= _LONGEST else None
            if kind is not None and kind != "notice":
                self.closing.append((Place(start, end), kind, line))
                continue
            dateline = read_dateline(line) if n < _TOP and self.dateline is None else None
            if dateline is not None:
                self.dateline = (Place(start, start + len(dateline.text)), dateline)
            behind = end - len(line[len(dateline.text) :].lstrip(_AFTER_DATELINE)) if dateline else start
            first, *others = read_sentences(text, behind, end) or (Sentence(start, end, ()),)
            self.sentences += [replace(first, start=start), *others]


def _compare_datelines(copy: _Frame, release: _Frame) -> Iterator[Difference]:
    if release.dateline is None:
        return
    place, its = release.dateline
    if copy.dateline is None:
        yield Difference("attribution-dropped", None, place, "", its.text)
        return
    where, mine = copy.dateline
    if its.wire and not mine.wire:
        yield Difference("attribution-dropped", where, place, mine.text, its.text)
    if _is_other_day(mine, its):
        yield Difference("number", where, place, mine.text, its.text)
    if _words(mine.place) != _words(its.place):
        yield Difference("name", where, place, mine.text, its.text)


def _is_other_day(mine: Dateline, its: Dateline) -> bool:
    """Whether two datelines have other days; a date that one of them writes without its year may be any year's."""
    if mine.date and its.date:
        length = min(len(mine.date), len(its.date)) - len("--")
        return mine.date[-length:] != its.date[-length:]
    return sorted(filter(str.isdigit, tokenise(mine.text))) != sorted(filter(str.isdigit, tokenise(its.text)))


def _words(place: str) -> list[str]:
    """The words of a place; the month of a date that could not be read is none."""
    return [word for word in tokenise(place) if not word.isdigit() and word not in MONTHS]


def _compare_sources(copy: _Frame, release: _Frame) -> Iterator[Difference]:
    mine, its = ([(p, line) for p, kind, line in side.closing if kind in CREDITS] for side in (copy, release))
    for n, (place, line) in enumerate(its):
        if n >= len(mine):
            yield Difference("attribution-dropped", None, place, "", line)
        elif tokenise(line) != tokenise(mine[n][1]):
            yield Difference("name", mine[n][0], place, mine[n][1], line)


def _differences(pair: Pair, reader: Reader, copy: str, release: str) -> Iterator[Difference]:
    """What differs in one pair."""
    if pair.equal:
        return
    if pair.copy is None or pair.release is None:
        yield from _lone(pair, copy, release)
        return
    for edit in find_edits(pair, reader, copy, release):
        mine, its = _around(edit.copy), _around(edit.release)
        yield Difference(edit.kind, mine or Place(edit.at, edit.at), its, _quote(copy, mine), _quote(release, its))


def _lone(pair: Pair, copy: str, release: str) -> Iterator[Difference]:
    """A sentence that one text alone has. The lines that close a release are compared by themselves."""
    if pair.release is not None and pair.release_marks:
        was = _quote(release, pair.release)
        credit = closing_line(was) in CREDITS or (len(pair.release_marks) <= _SHORT and says(pair.release_marks))
        yield Difference("attribution-dropped" if credit else "sentence-dropped", None, pair.release, "", was)
    elif pair.copy is not None and pair.copy_marks:
        yield Difference("sentence-added", pair.copy, None, _quote(copy, pair.copy), "")


def _around(marks: Sequence[Mark]) -> Place | None:
    return Place(marks[0].start, marks[-1].end) if marks else None


def _quote(text: str, place: Place | None) -> str:
    return text[place.start : place.end] if place else ""


def _passages(pair: Pair) -> Iterator[Same]:
    """What a pair has in common, as runs of equal marks."""
    if pair.copy is None or pair.release is None:
        return
    if pair.equal:
        yield Same(pair.copy, pair.release)
        return
    for a, b, size in find_runs(pair):
        ours, theirs = pair.copy_marks[a : a + size], pair.release_marks[b : b + size]
        yield Same(Place(ours[0].start, ours[-1].end), Place(theirs[0].start, theirs[-1].end))


# -------------------------------------------------------------------------------------- headlines and links


def _compare_titles(copy: Side, release: Side) -> Iterator[Difference]:
    names = (copy.text, release.text, *copy.names, *release.names)
    if copy.title and release.title and not is_same_headline(copy.title, release.title, names):
        yield Difference("headline", None, None, copy.title, release.title)


def _compare_links(copy: Side, release: Side) -> Iterator[Difference]:
    """Addresses of the release that the copy does not have, each once."""
    there = {name for name, _ in copy.links}
    for name, address in dict(release.links).items():
        if name not in there:
            at = release.text.find(address)
            place = Place(at, at + len(address)) if at >= 0 else None
            yield Difference("link-dropped", None, place, "", address)
