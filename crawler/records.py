"""The values that pass between stages, frozen, in flow order. This module imports nothing of ours."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

import msgspec

Tier = Literal["origin", "wire", "copy", "index"]
LeadKind = Literal[
    "item", "listing", "feed", "sitemap", "search", "wordpress", "newsrss", "gdelt", "gal",
    "cdx", "memento", "collections", "ccpages", "ccindex", "warc", "ccnews", "bulk",
]  # fmt: skip
Role = Literal[
    "title", "body", "subhead", "quote", "about", "contact", "trailer",
    "duplicate-lead", "ticker", "related", "disclaimer", "share", "newsletter", "navigation", "byline-box",
    "advert", "comments", "attribution-footer", "read-more", "addition", "other",
]  # fmt: skip
Relation = Literal[
    "origin", "wire", "verbatim", "truncated", "excerpt", "edited", "expanded", "translation",
    "paraphrase", "citation", "sibling", "unrelated",
]  # fmt: skip

KEPT_ROLES: frozenset[str] = frozenset({"body", "subhead", "quote", "about", "contact", "trailer"})
"""Roles whose blocks are the release; every other block goes to the ledger (`title` is a field of its own)."""

ISSUER_ROLES: frozenset[str] = frozenset({"about", "contact", "trailer"})
"""Roles of what an issuer repeats under its releases."""

ATTACHING: frozenset[str] = frozenset(
    {"origin", "wire", "verbatim", "truncated", "excerpt", "edited", "expanded", "translation"}
)
"""Relations that make a page a copy of its release; the others only link to it."""


@dataclass(frozen=True, slots=True)
class Lead:
    """A URL worth fetching and why. `release_hint` is the key of the release it should be a copy of."""

    url: str
    site: str
    source: str
    why: str
    kind: LeadKind = "item"
    release_hint: str | None = None


@dataclass(frozen=True, slots=True)
class Fetched:
    """One HTTP response as it came from the network, before anything looked at it.

    `body` is the payload byte for byte, content-coding still applied; `fetched_at` as `stamp` writes it, or None.
    """

    url: str
    fetched_at: str | None
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    peer: str | None = None
    truncated: str | None = None


@dataclass(frozen=True, slots=True)
class Capture:
    """One archived response: evidence, never changed. `id` follows from (url, fetched_at, payload_sha256)."""

    id: str
    url: str
    fetched_at: str | None
    status: int
    mime: str
    payload_sha256: str
    length: int


def stamp(moment: datetime) -> str:
    """A moment as all of us write it: UTC, to the second, `2025-12-22T07:16:09Z`; as text these sort by time."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def capture_id(url: str, fetched_at: str | None, payload_sha256: str) -> str:
    """The natural key of a capture, 32 hex digits: the same observation has the same id wherever it is read."""
    return hashlib.sha256("\n".join((url, fetched_at or "", payload_sha256)).encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class Location:
    """Where a capture's record lies: archive file name, offset and length of its gzip member, in bytes."""

    file: str
    offset: int
    length: int


@dataclass(frozen=True, slots=True)
class Rejected:
    """An expected end: `stage` gave the capture up for `reason` (a short fixed word such as `limit:body`)."""

    stage: str
    reason: str
    detail: str = ""
    claims: tuple[Claim, ...] = ()


class Block(msgspec.Struct, frozen=True, gc=False):
    """A paragraph-sized piece of a page. A struct and not a dataclass: a page has hundreds, made in C.

    `n` is its place, `path` its element path, `kept` the share of it that trafilatura kept and `linked` that in
    links (per mille), `hints` the class and id words around it, `links` and `images` addresses as written.
    """

    n: int
    text: str
    tag: str
    path: str
    kept: int
    linked: int
    hints: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    images: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Claim:
    """What a page says about itself (`canonical`, `og:url`, `original-source`, …): stored, never believed."""

    kind: str
    value: str


@dataclass(frozen=True, slots=True)
class Page:
    """One capture, read: its blocks in document order and what its head says."""

    url: str
    title: str
    language: str
    published_at: str | None
    claims: tuple[Claim, ...]
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """A key and where it stood: `scheme:value`, the rung of the ladder, the place, the string as quoted.

    `where` is `trailer` (the release's own closing lines), `body` (running text), `url` (the page's address), or
    `signed`: closing lines below a text that is not the release's, as only the summing up can know.
    `url` is the address that carried the key, canonical; `block` is -1 for the page's own address.
    """

    scheme: str
    value: str
    rung: int
    where: Literal["trailer", "body", "url", "signed"]
    url: str
    block: int
    quoted: str


class Decision(msgspec.Struct, frozen=True, gc=False):
    """The role of one block and the rule that gave it; one for each block, so a struct as well."""

    block: int
    role: Role
    rule: str


class Sighting(msgspec.Struct, frozen=True, gc=False):
    """A block that is, or could be, the release: a hash of its folded words, their number, and its role."""

    block: int
    hash: int
    size: int
    role: Role


@dataclass(frozen=True, slots=True)
class Draft:
    """The release as one page alone shows it: roles, keys, clean text (blocks joined by newlines), the dateline as
    written, and addresses, each behind the name that it is compared by.
    """

    title: str
    text: str
    language: str
    dateline: str | None
    decisions: tuple[Decision, ...]
    keys: tuple[Found, ...]
    links: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Sketch:
    """What matching knows of a text. `id` sorts by rank: the smaller id is the better representative.

    `words` are tokens joined by blanks, `keys` those in the release's trailer and, each after a `~`, item ids that
    only hint at it, `hashes` winnowed fingerprints (signed 64 bit), `opening` those of the text's beginning.
    """

    id: int
    digest: str
    words: str
    keys: tuple[str, ...]
    hashes: tuple[int, ...]
    opening: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Parent:
    """From whom a copy most likely has its text, with the confidence in per cent and a reason for people."""

    kind: Literal["origin", "wire", "outlet", "unknown"]
    url: str | None
    confidence: int
    why: str


@dataclass(frozen=True, slots=True)
class Match:
    """How a copy relates to its release; coverages are per mille, `against` is the capture it was held against."""

    relation: Relation
    cover_copy: int
    cover_release: int
    rung: str
    why: str
    evidence: tuple[str, ...] = ()
    contradictions: tuple[str, ...] = ()
    against: str | None = None
    differences: tuple[tuple[str, int], ...] = ()
    parent: Parent | None = None


@dataclass(frozen=True, slots=True)
class PageRead:
    """One page through the page stages, as it is stored: `blocks` is the packed list with the roles.

    `removed` is the ledger: blocks in or under the text that are not the release; memory goes by `sightings`.
    """

    url: str
    site: str | None
    family: str
    tier: Tier
    title: str
    language: str
    published_at: str | None
    dateline: str | None
    text: str
    claims: tuple[Claim, ...]
    keys: tuple[Found, ...]
    links: tuple[tuple[str, str], ...]
    sketch: Sketch
    blocks: bytes
    removed: tuple[tuple[Block, Decision], ...]
    sightings: tuple[Sighting, ...]
    rules: str


@dataclass(frozen=True, slots=True)
class Member:
    """One page of a cluster: `words`, `keys` and `sightings` are its text's, `found` and `claims` the page's."""

    capture: str
    url: str
    fetched_at: str | None
    site: str | None
    family: str
    tier: Tier
    title: str
    language: str
    published_at: str | None
    text: str
    text_id: int
    words: str
    keys: tuple[str, ...]
    found: tuple[Found, ...]
    claims: tuple[Claim, ...]
    newest: bool  # no later capture of its URL is known
    sightings: tuple[Sighting, ...] = ()
    links: tuple[tuple[str, str], ...] = ()
    linked: bool = False  # a person put it there
    cut: bool = False  # its response broke off, or may have


@dataclass(frozen=True, slots=True)
class Seen:
    """How a site shows a block: under how many releases, and how many families show it, both clamped."""

    releases: int
    families: int


@dataclass(frozen=True, slots=True)
class Owner:
    """A text that stands for a release or story: its first words, and the titles of its pages."""

    text: int
    words: tuple[str, ...]
    titles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Recalled:
    """What memory changed on one page: the decisions that differ from its draft, and what follows from them.

    `removed` is the page's ledger, `text` its clean text; `told` sketches what it says, additions included.
    """

    capture: str
    changes: tuple[Decision, ...]
    removed: tuple[tuple[Block, Decision], ...]
    text: str
    told: Sketch
    links: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Release:
    """What a cluster says together. `supports` are how many families show each line of the text, of how many."""

    key: str | None
    url: str | None
    wire_urls: tuple[str, ...]
    title: str
    text: str
    language: str
    published_at: str | None
    copies: int
    families: int
    first_copy_at: str | None
    supports: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Summary:
    """A cluster summed up: `canonical` stands for it, and each URL's newest capture has a match."""

    id: str
    founder: str
    canonical: str
    pages: int
    families: int
    release: Release | None
    matches: tuple[tuple[str, Match, str | None, str | None], ...]
