"""Text to sketch: the fingerprints that find its copies, and an id that sorts by rank."""

from __future__ import annotations

import hashlib
import math
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import numpy as np

from crawler.identify.keys import NAMING
from crawler.match.tokens import are_alone, is_alone, tokenise
from crawler.records import Sketch
from crawler.rulings import TAKEN_OUT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from crawler.records import Found

_WORDS_A_SHINGLE: Final = 5
_CHARACTERS_A_SHINGLE: Final = 9
_WINDOW: Final = 16
"""A wider one finds no fewer copies, and fewer of the short teasers on other pages (docs/benchmarks.md)."""
_NARROW: Final = 8
"""The window in a text's beginning: of a copy of the first forty words there must be enough to find it by."""
_FACTOR: Final = np.uint64(0x9E3779B97F4A7C15)
HINT: Final = "~"
"""How a key begins that only hints at a release: an item id that copies share, but that names none."""

_MAX_TOKENS: Final = 60_000
_STEPS: Final = 4
_SIZES: Final = 128
_OPENING: Final = 80
"""Shingles of a text's beginning, by which a teaser of it is known."""
_VERSION: Final = 2
"""To be raised where texts get other fingerprints: they are other texts then, and old meets new nowhere."""


def sketch(text: str, keys: Sequence[Found], hints: Sequence[Found] = ()) -> Sketch:
    """Sketch a clean text with the keys that name it and the item ids that hint at its release.

    The id orders texts by how well they can stand for a release: those with a key first, then the longer ones
    (in steps of a quarter octave, so that a few words more do not rule), then by digest. It follows from text
    and keys alone, so that nothing that arrives later can change a rank.
    """
    tokens = tokenise(text)[:_MAX_TOKENS]
    words = " ".join(tokens)
    named = {f"{key.scheme}:{key.value}" for key in keys if key.rung <= NAMING}
    known = (*sorted(named), *sorted({f"{HINT}{key.scheme}:{key.value}" for key in hints}))
    digest = hashlib.sha256("\n".join((words, *known)).encode()).hexdigest()
    size = min(_SIZES - 1, int(_STEPS * math.log2(len(tokens) + 1)))
    rank = (0 if named else 1) << 62 | (_SIZES - 1 - size) << 55
    shingles = _shingles(tokens)
    first = _winnowed(shingles[:_OPENING], _NARROW)
    hashes = sorted(_winnowed(shingles, _WINDOW) | first | {key_hash(key) for key in known})
    opening = sorted(_winnowed(shingles[:_OPENING], _WINDOW))
    return Sketch(rank | _low(digest), digest, words, known, tuple(hashes), tuple(opening))


def detach(told: Sketch, url: str, keys: Sequence[str]) -> Sketch:
    """The sketch of a page that a person took out of a release: a text of its own, though others have the words.

    It ranks behind all others, so that no text follows it, and has only those of the names that are in `keys`.
    """
    gone = {key for key in names(told.keys) if key not in keys}
    digest = hashlib.sha256(f"{url}\n{told.digest}".encode()).hexdigest()
    return replace(
        told,
        id=TAKEN_OUT | _low(digest),
        keys=tuple(key for key in told.keys if key not in gone),
        hashes=tuple(hashed for hashed in told.hashes if hashed not in {key_hash(key) for key in gone}),
        opening=(),
    )


def _low(digest: str) -> int:
    """The last 55 bits of the id of a text with that digest."""
    return int(hashlib.sha256(f"{_VERSION} {digest}".encode()).hexdigest()[:14], 16) >> 1


def names(keys: Sequence[str]) -> tuple[str, ...]:
    """Of a sketch's keys those that name a release."""
    return tuple(key for key in keys if not key.startswith(HINT))


def key_hash(key: str) -> int:
    """The posting of a key: texts that have it in common are candidates though they share no words.

    Of 64 bits, unlike those of words: who names a key is told by its posting alone.
    """
    return int.from_bytes(hashlib.blake2b(b"key " + key.encode(), digest_size=8).digest(), "little", signed=True)


def _winnowed(shingles: NDArray[np.uint64], size: int) -> frozenset[int]:
    """The least of every so many neighbouring hashes (Schleimer et al. 2003), as signed 32 bit.

    Two must be shared, and words decide: what a chance meeting costs is a look, what longer ones cost is disk.
    """
    if not len(shingles):
        return frozenset()
    window = min(size, len(shingles))
    lowest = np.lib.stride_tricks.sliding_window_view(shingles, window).min(axis=1)
    return frozenset((np.unique(lowest) >> np.uint64(32)).astype(np.uint32).view(np.int32).tolist())


def _shingles(tokens: tuple[str, ...]) -> NDArray[np.uint64]:
    """The hashes of so many tokens in a row at each place, in order: of nine where one of the first five is a
    character of a script without blanks, so that a text in two languages has the shingles of either.
    """
    hashes = np.fromiter(map(_token_hash, tokens), dtype=np.uint64, count=len(tokens))
    words = _in_a_row(hashes, _WORDS_A_SHINGLE)
    if not len(words) or not are_alone(tokens):
        return words
    alone = np.fromiter(map(is_alone, tokens), dtype=bool, count=len(tokens))
    touched = np.lib.stride_tricks.sliding_window_view(alone, _WORDS_A_SHINGLE).any(axis=1)
    characters = _in_a_row(hashes, _CHARACTERS_A_SHINGLE)
    fits = touched & (np.arange(len(words)) < len(characters))
    words[fits] = characters[np.flatnonzero(fits)]
    return words[fits | ~touched]


def _in_a_row(hashes: NDArray[np.uint64], size: int) -> NDArray[np.uint64]:
    count = max(0, len(hashes) - size + 1)
    mixed = np.zeros(count, dtype=np.uint64)
    for at in range(size):
        mixed = mixed * _FACTOR + hashes[at : at + count]
    mixed ^= mixed >> np.uint64(29)
    mixed *= np.uint64(0xBF58476D1CE4E5B9)
    return mixed ^ (mixed >> np.uint64(32))


@lru_cache(maxsize=50_000)
def _token_hash(token: str) -> int:
    return int.from_bytes(hashlib.blake2b(token.encode(), digest_size=8).digest(), "little")
