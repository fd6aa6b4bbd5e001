"""The tables. Observed rows are never changed; derived rows are a function of them and are replaced whole.

Times are UTC text to the second (`2025-12-22T07:16:09Z`): they sort, and read the same in every database.
Identity is natural keys throughout, so every write can be repeated.
"""

from __future__ import annotations

from sqlalchemy import JSON, BigInteger, Boolean, Index, Integer, LargeBinary, String, Text
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from storage.observed import (
    Base,
    Capture,
    Doomed,
    Frontier,
    Host,
    Lead,
    Location,
    Refused,
    Rewriting,
    Run,
    Segment,
    Takedown,
    Watch,
)
from storage.outbox import Alert
from storage.people import Change, Doubt, Overrule, Ruling
from storage.spoken import Translation, Vector

__all__ = [
    "Alert", "Alias", "Base", "Capture", "Change", "Claim", "Cluster", "Copy", "Dirty", "DistinctText", "Doomed",
    "Doubt", "Frontier", "Host", "Lead", "Location", "Marker", "Match", "Memory", "Opening", "Overrule", "Page",
    "PageKey", "Posting", "Recalled", "Refused", "Rejected", "Release", "Removed", "Revision", "Rewriting",
    "Ruling", "Run", "Searchable", "Segment", "Sighting", "Takedown", "Translation", "Vector", "Version", "Watch",
]  # fmt: skip

# ------------------------------------------------------------------------------------- derived, page stages


class Page(Base):
    """One capture, read and cleaned on its own. `blocks` is the packed list of blocks with their roles."""

    __tablename__ = "page"
    capture: Mapped[str] = mapped_column(String(32), primary_key=True)
    url: Mapped[str] = mapped_column(Text, index=True)
    site: Mapped[str | None] = mapped_column(Text)
    family: Mapped[str] = mapped_column(Text)
    tier: Mapped[str] = mapped_column(String(8))
    title: Mapped[str] = mapped_column(Text)
    language: Mapped[str] = mapped_column(String(16))
    published_at: Mapped[str | None] = mapped_column(String(32))
    dateline: Mapped[str | None] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text)
    text_id: Mapped[int] = mapped_column(BigInteger, index=True)
    blocks: Mapped[bytes] = mapped_column(LargeBinary)
    sightings: Mapped[bytes] = mapped_column(LargeBinary, default=b"")  # packed: the blocks that memory goes by
    links: Mapped[list[list[str]]] = mapped_column(JSON, default=list)  # [name, address] of those in the release
    rules: Mapped[str] = mapped_column(String(16))


class PageKey(Base):
    """A key found in a page's release, with its rung and place."""

    __tablename__ = "page_key"
    capture: Mapped[str] = mapped_column(String(32), primary_key=True)
    n: Mapped[int] = mapped_column(Integer, primary_key=True)  # reading order
    scheme: Mapped[str] = mapped_column(Text)
    value: Mapped[str] = mapped_column(Text)
    rung: Mapped[int] = mapped_column(Integer)
    place: Mapped[str] = mapped_column(String(8))
    url: Mapped[str] = mapped_column(Text)
    block: Mapped[int] = mapped_column(Integer)
    quoted: Mapped[str] = mapped_column(Text)
    __table_args__ = (Index("ix_page_key_value", "scheme", "value"),)


class Claim(Base):
    """What a page says about itself."""

    __tablename__ = "claim"
    capture: Mapped[str] = mapped_column(String(32), primary_key=True)
    n: Mapped[int] = mapped_column(Integer, primary_key=True)
    kind: Mapped[str] = mapped_column(Text)
    value: Mapped[str] = mapped_column(Text)


class Removed(Base):
    """The ledger: a block that is not the release, with its role and the rule that said so, memory's included."""

    __tablename__ = "removed"
    capture: Mapped[str] = mapped_column(String(32), primary_key=True)
    block: Mapped[int] = mapped_column(Integer, primary_key=True)
    role: Mapped[str] = mapped_column(String(24))
    rule: Mapped[str] = mapped_column(Text)
    path: Mapped[str] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text)


class Sighting(Base):
    """A block that a page shows, by the hash of its words: what memory counts."""

    __tablename__ = "sighting"
    hash: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    family: Mapped[str] = mapped_column(Text, primary_key=True)
    text: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    capture: Mapped[str] = mapped_column(String(32), primary_key=True)
    __table_args__ = ({"sqlite_with_rowid": False},)


class Rejected(Base):
    """A capture that is no page of text, and why."""

    __tablename__ = "rejected"
    capture: Mapped[str] = mapped_column(String(32), primary_key=True)
    stage: Mapped[str] = mapped_column(String(16))
    reason: Mapped[str] = mapped_column(Text)
    detail: Mapped[str] = mapped_column(Text)


# -------------------------------------------------------------------------------------- derived, set stages


class DistinctText(Base):
    """A distinct text with its trailer keys. Ids sort by rank; `pivot` is the text it is clustered under.

    `star` is the text that it follows by its words; where that one is in another cluster, a person said so.
    """

    __tablename__ = "text"
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    digest: Mapped[str] = mapped_column(String(64))
    words: Mapped[str] = mapped_column(Text)
    keys: Mapped[list[str]] = mapped_column(JSON)
    hashes: Mapped[bytes] = mapped_column(LargeBinary)  # little-endian signed 64 bit, sorted
    opening: Mapped[bytes] = mapped_column(LargeBinary, default=b"")  # likewise, of the text's beginning
    star: Mapped[int | None] = mapped_column(BigInteger)
    pivot: Mapped[int | None] = mapped_column(BigInteger, index=True)
    why: Mapped[str] = mapped_column(Text, default="")


class Posting(Base):
    """One fingerprint of one text; `pivot` says whether that text follows none: others may follow it."""

    __tablename__ = "posting"
    hash: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    pivot: Mapped[bool] = mapped_column(Boolean, primary_key=True)
    text: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    __table_args__ = ({"sqlite_with_rowid": False},)


class Opening(Base):
    """One fingerprint of a text's beginning: by these a teaser of it is known on another page."""

    __tablename__ = "opening"
    hash: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    text: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    __table_args__ = ({"sqlite_with_rowid": False},)


class Memory(Base):
    """A block that a family shows under more than one release; counts are clamped, so that they settle."""

    __tablename__ = "memory"
    hash: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    family: Mapped[str] = mapped_column(Text, primary_key=True)
    releases: Mapped[int] = mapped_column(Integer)
    families: Mapped[int] = mapped_column(Integer)
    __table_args__ = ({"sqlite_with_rowid": False},)


class Recalled(Base):
    """What memory changed on a page: the decisions that differ from the draft's, and the text that follows."""

    __tablename__ = "recalled"
    capture: Mapped[str] = mapped_column(String(32), primary_key=True)
    changes: Mapped[list[list[object]]] = mapped_column(JSON)  # [block, role, rule]
    text: Mapped[str] = mapped_column(Text)
    digest: Mapped[str] = mapped_column(String(64))


class Cluster(Base):
    """A group of pages with one text. `id` follows from its earliest capture, never from a key."""

    __tablename__ = "cluster"
    id: Mapped[str] = mapped_column(String(20), primary_key=True)
    pivot: Mapped[int] = mapped_column(BigInteger, unique=True)
    founder: Mapped[str] = mapped_column(String(32))  # the capture that the id follows from
    canonical: Mapped[str] = mapped_column(String(32))  # the capture whose text stands for the release
    pages: Mapped[int] = mapped_column(Integer)
    families: Mapped[int] = mapped_column(Integer)


class Release(Base):
    """A cluster that is a release: it has a key, or several families carry it."""

    __tablename__ = "release"
    cluster: Mapped[str] = mapped_column(String(20), primary_key=True)
    key: Mapped[str | None] = mapped_column(Text, index=True)
    url: Mapped[str | None] = mapped_column(Text)
    wire_urls: Mapped[list[str]] = mapped_column(JSON)
    title: Mapped[str] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text)
    language: Mapped[str] = mapped_column(String(16))
    published_at: Mapped[str | None] = mapped_column(String(32))
    copies: Mapped[int] = mapped_column(Integer)
    families: Mapped[int] = mapped_column(Integer)
    first_copy_at: Mapped[str | None] = mapped_column(String(20))
    supports: Mapped[list[list[int]]] = mapped_column(
        JSON, default=list
    )  # for each line: families that show it, of all


class Copy(Base):
    """One URL that carries text, as its newest capture shows it, and how it relates to its release."""

    __tablename__ = "copy"
    url: Mapped[str] = mapped_column(Text, primary_key=True)
    capture: Mapped[str] = mapped_column(String(32), index=True)
    cluster: Mapped[str] = mapped_column(String(20), index=True)
    site: Mapped[str | None] = mapped_column(Text)
    family: Mapped[str] = mapped_column(Text)
    first_seen: Mapped[str | None] = mapped_column(String(20))
    last_seen: Mapped[str | None] = mapped_column(String(20))
    missing_since: Mapped[str | None] = mapped_column(String(20))  # since when it answers 404 or 410
    versions: Mapped[int] = mapped_column(Integer)


class Match(Base):
    """The relation of a copy to its release, with the evidence that decided it."""

    __tablename__ = "match"
    url: Mapped[str] = mapped_column(Text, primary_key=True)
    release: Mapped[str | None] = mapped_column(Text, index=True)
    key: Mapped[str | None] = mapped_column(Text, index=True)
    relation: Mapped[str] = mapped_column(String(16))
    cover_copy: Mapped[int] = mapped_column(Integer)
    cover_release: Mapped[int] = mapped_column(Integer)
    rung: Mapped[str] = mapped_column(Text)
    why: Mapped[str] = mapped_column(Text)
    evidence: Mapped[list[str]] = mapped_column(JSON)
    contradictions: Mapped[list[str]] = mapped_column(JSON)
    against: Mapped[str | None] = mapped_column(String(32))  # the capture whose text the copy was held against
    parent: Mapped[dict[str, object] | None] = mapped_column(
        JSON(none_as_null=True)
    )  # from whom the copy has its text
    differences: Mapped[dict[str, int]] = mapped_column(
        JSON, default=dict
    )  # by class; one without any is left out


class Version(Base):
    """A run of captures of one copy with the same clean text."""

    __tablename__ = "version"
    url: Mapped[str] = mapped_column(Text, primary_key=True)
    first_capture: Mapped[str] = mapped_column(String(32), primary_key=True)
    last_capture: Mapped[str] = mapped_column(String(32))
    first_seen: Mapped[str | None] = mapped_column(String(20))
    last_seen: Mapped[str | None] = mapped_column(String(20))
    text_sha256: Mapped[str] = mapped_column(String(64))


# ----------------------------------------------------------------------------------------- work and journal


class Dirty(Base):
    """What is out of date: a capture to read (`page`), a text to place (`text`), one whose blocks are to be
    remembered (`memory`), a cluster to sum up (`cluster`), an address that was seen again as it was (`seen`), and
    what clusters say the same in two languages (`language`); at last an exported row that was written anew and
    may say something else now (`row`).
    """

    __tablename__ = "dirty"
    stratum: Mapped[str] = mapped_column(String(8), primary_key=True)
    key: Mapped[str] = mapped_column(Text, primary_key=True)


class Revision(Base):
    """An exported row and the number under which it last changed: a copy by its address, a release by its cluster.

    `digest` is of what it says, and empty where it is gone: then the number is that of its going.
    """

    __tablename__ = "revision"
    kind: Mapped[str] = mapped_column(String(8), primary_key=True)
    name: Mapped[str] = mapped_column(Text, primary_key=True)
    n: Mapped[int] = mapped_column(BigInteger)
    digest: Mapped[str] = mapped_column(String(64))
    __table_args__ = (Index("ix_revision_n", "kind", "n", unique=True),)


class Marker(Base):
    """The last number of a batch of revisions, and the word by which it is known that this store gave it out."""

    __tablename__ = "marker"
    n: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    word: Mapped[str] = mapped_column(String(8))


class Searchable(Base):
    """A release's distinct terms, for `storage.search`; SQLite's index beside it follows by triggers."""

    __tablename__ = "searchable"
    n: Mapped[int] = mapped_column(Integer, primary_key=True)
    cluster: Mapped[str] = mapped_column(String(20), unique=True)
    terms: Mapped[str] = mapped_column(Text().with_variant(TSVECTOR, "postgresql"))
    __table_args__ = (Index("ix_searchable_terms", "terms", postgresql_using="gin").ddl_if(dialect="postgresql"),)


class Alias(Base):
    """A cluster id that once was; its founding capture tells where its pages are now."""

    __tablename__ = "alias"
    old: Mapped[str] = mapped_column(String(20), primary_key=True)
    founder: Mapped[str] = mapped_column(String(32))
    at: Mapped[str] = mapped_column(String(20))
