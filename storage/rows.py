"""The frozen values that `storage.lookups` and `storage.evidence` answer with: rows joined, free of the ORM."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from crawler.records import Block, Claim, Decision, Found, Location, Match, Owner
    from crawler.reservations import Signal


@dataclass(frozen=True, slots=True)
class ReleaseRow:
    """A release. `url` is its canonical address, None where no origin and no wire is known.

    `supports` says of each line of the text how many families show it, and of how many; `signals` are what the
    page reserves whose text stands for it.
    """

    cluster: str
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
    signals: tuple[Signal, ...] = ()


@dataclass(frozen=True, slots=True)
class CopyRow:
    """One URL that carries text, as its newest capture shows it.

    `release` and `key` are what `match` relates it to; `removed` counts its ledger by role, `blocks` is the
    packed list of its blocks (None unless asked for) and `changes` what memory changed of their roles; `signals`
    are what the page and its host reserve.
    """

    url: str
    capture: str
    cluster: str
    site: str | None
    family: str
    title: str
    text: str
    language: str
    published_at: str | None
    first_seen: str | None
    last_seen: str | None
    versions: int
    captured_at: str | None
    payload_sha256: str
    rules: str
    release: str | None
    key: str | None
    match: Match | None
    place: Location | None
    removed: dict[str, int] = field(default_factory=dict)
    blocks: bytes | None = None
    changes: tuple[Decision, ...] = ()
    missing_since: str | None = None
    signals: tuple[Signal, ...] = ()

    @property
    def relation(self) -> str:
        """The relation to the release; `unrelated` where none was derived."""
        return self.match.relation if self.match else "unrelated"


@dataclass(frozen=True, slots=True)
class RemovedRow:
    """One block of the ledger of a copy's newest capture."""

    url: str
    capture: str
    site: str | None
    family: str
    cluster: str
    block: int
    role: str
    rule: str
    path: str
    text: str
    captured_at: str | None
    rules: str


@dataclass(frozen=True, slots=True)
class RunRow:
    """One run of a command. `outcome` is what it noted about itself, None while it runs or where it was cut."""

    id: str
    verb: str
    started_at: str
    ended_at: str | None
    outcome: dict[str, object] | None


@dataclass(frozen=True, slots=True)
class Tally:
    """How often something ended in one way."""

    stage: str
    reason: str
    count: int
    example: str


@dataclass(frozen=True, slots=True)
class Holdings:
    """What the store holds: captures, addresses, and between when they were taken."""

    captures: int
    urls: int
    first_at: str | None
    last_at: str | None


@dataclass(frozen=True, slots=True)
class Observation:
    """One capture of the address, where its record lies, and the reason if it was given up as a page."""

    capture: str
    fetched_at: str | None
    status: int
    mime: str
    payload_sha256: str
    length: int
    origin: str
    flags: str | None
    place: Location | None
    stage: str | None
    reason: str | None
    detail: str | None


@dataclass(frozen=True, slots=True)
class VersionRow:
    """A run of captures with one clean text."""

    first_capture: str
    last_capture: str
    first_seen: str | None
    last_seen: str | None
    text_sha256: str


@dataclass(frozen=True, slots=True)
class Recollection:
    """What is known of a block that memory decided on, counted when it is asked for and never stored.

    `releases`: under how many its site shows it; `families`: how many others' copies of the release carry it.
    """

    releases: int
    families: int


@dataclass(frozen=True, slots=True)
class TranslationRow:
    """A cluster that says the same in another language, and the figures that say so, per mille.

    `earlier`: it is the one that the page's own cluster is a translation of. `sure`: linked, else to be looked at.
    """

    url: str
    title: str
    language: str
    cluster: str
    earlier: bool
    sure: bool
    cosine: int
    margin: int
    figures: int
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Evidence:
    """All that is known of an address whose response was archived.

    `copy` is None where every capture was given up or nothing is derived yet; then it has neither keys nor
    claims. `release` is the release that the page's own cluster is, with the beginning of its text.
    `recollections` has an entry for each block that memory decided on, `owners` the texts that may own some.
    """

    url: str
    observations: tuple[Observation, ...]
    copy: CopyRow | None
    release: ReleaseRow | None
    dateline: str | None
    keys: tuple[Found, ...]
    claims: tuple[Claim, ...]
    versions: tuple[VersionRow, ...]
    recollections: dict[int, Recollection] = field(default_factory=dict)
    owners: tuple[Owner, ...] = ()
    translations: tuple[TranslationRow, ...] = ()


@dataclass(frozen=True, slots=True)
class Pending:
    """What is known of an address that was never archived: where it stands, who named it and why, refusals."""

    state: str | None
    reason: str | None
    leads: tuple[tuple[str, str], ...]
    refusals: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class TextRow:
    """What one capture says: its title and clean text, and its blocks with role and rule as finally decided."""

    url: str
    capture: str
    family: str
    title: str
    language: str
    text: str
    captured_at: str | None
    blocks: tuple[tuple[Block, str, str], ...]
