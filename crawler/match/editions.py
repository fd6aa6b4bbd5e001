"""The states of a release's own page: what its publisher changed, and the copies that still say the old."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from crawler.match.differences import Side, compare
from crawler.match.tokens import tokenise

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from crawler.match.differences import Difference

_TELLING: Final = 4
"""Words below which an old wording proves nothing: it stands in any text."""


@dataclass(frozen=True, slots=True)
class State:
    """One state of the release's page: when it was first seen so, and its text."""

    seen: str | None
    title: str
    text: str
    language: str


@dataclass(frozen=True, slots=True)
class Edition:
    """A later state: what it changed of the one before, and the copies, by address, that still say the old."""

    seen: str | None
    changes: tuple[Difference, ...]
    behind: tuple[str, ...]


def tell_editions(states: Sequence[State], copies: Sequence[tuple[str, str]]) -> tuple[Edition, ...]:
    """What was changed from state to state, oldest first. `copies` are addresses with their clean texts.

    A copy is behind where it has the whole of a sentence that the new state dropped or changed. The first state
    has nothing before it and is left out.
    """
    texts = [(url, _joined(text)) for url, text in copies]
    return tuple(_edition(before, after, texts) for before, after in pairwise(states))


def _edition(before: State, after: State, copies: Sequence[tuple[str, str]]) -> Edition:
    found = compare(
        Side(after.title, after.text, after.language), Side(before.title, before.text, before.language)
    ).differences
    new = _joined(after.text)
    old = {line for line in _old_sentences(before.text, found) if line not in new}
    behind = tuple(sorted(url for url, text in copies if any(line in text for line in old)))
    return Edition(after.seen, found, behind)


def _old_sentences(text: str, changes: Sequence[Difference]) -> Iterator[str]:
    """What of the old text is no longer said: each changed place with the words around it."""
    for change in changes:
        if change.release is None or change.kind == "headline":
            continue
        start, end = change.release
        line = text[text.rfind("\n", 0, start) + 1 : (text.find("\n", end) + 1 or len(text) + 1) - 1]
        said = text[start:end] if change.kind == "sentence-dropped" else line
        if len(tokenise(said)) >= _TELLING:
            yield _joined(said)


def _joined(text: str) -> str:
    """A text as its words, set off by blanks: one is part of another where the words are."""
    return f" {' '.join(tokenise(text))} "
