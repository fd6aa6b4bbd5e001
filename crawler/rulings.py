"""The values of what people decide and where texts stand: like the records, they import nothing of ours."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Final, Literal

OverruleKind = Literal["link", "unlink", "apart", "origin"]

LINKED: Final = "a person said that they are one release"
"""Why a text stands where a person put it."""


TAKEN_OUT: Final = 1 << 62 | 127 << 55
"""From here on ids of texts are of pages that a person took out of a release: they rank behind all others."""


def cluster_id(founder: str) -> str:
    """The id of the cluster whose earliest capture is this one."""
    return "c" + hashlib.sha256(founder.encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Overrule:
    """What a person decided. `subject` and `object` name pages by address, or a release by key.

    `link`: they are one release. `unlink`: the page `subject` is no part of the other's release. `apart`: their
    texts are two releases. `origin`: the release of `subject` is the one of the address or key `object`. Of two
    that contradict each other the one with the greater `n` counts.
    """

    id: str
    n: int
    kind: OverruleKind
    subject: str
    object: str
    at: str
    by: str
    why: str
    undone_at: str | None = None


@dataclass(frozen=True, slots=True)
class Ruling:
    """What people's overrules say of one text.

    `leader` is the best-ranked text that it is one release with, None where it is that itself or where nobody
    said so, and `since` the number of the newest overrule that says it. `closed` are the texts in whose clusters
    it must not stand, each with the number of the overrule.
    """

    leader: int | None = None
    since: int = 0
    closed: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Holding:
    """How a cluster names a key in one language: by how many families, and whether the key's own page is there."""

    pivot: int
    language: str
    families: int
    home: bool


@dataclass(frozen=True, slots=True)
class Doubt:
    """A verdict on a text and a better-ranked one, `other`, for a person to confirm: it lies near a threshold.

    `margin` says how near, from 0 to 1000 where they were called one release and less than 0 where not; coverages
    are per mille of either text.
    """

    other: int
    same: bool
    margin: int
    cover_text: int
    cover_other: int
    agree: int
    conflict: int
    why: str


@dataclass(frozen=True, slots=True)
class Placed:
    """Where the election puts a text: the text that it follows by its words (itself where it follows none), the
    pivot of its cluster, and why.

    A text that follows none and has another pivot was put there by a person, and takes along what follows it.
    `doubts` are the verdicts by which it was put there that a person should confirm.
    """

    star: int
    pivot: int
    why: str
    doubts: tuple[Doubt, ...] = ()
