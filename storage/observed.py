"""The tables of what was observed: captures and where they lie, leads, the frontier, runs, refusals."""

from __future__ import annotations

from sqlalchemy import JSON, BigInteger, Boolean, Index, Integer, MetaData, String, Text, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    """Root of the mapped classes; constraint names are fixed so that migrations can name them."""

    metadata = MetaData(naming_convention={"ix": "ix_%(table_name)s_%(column_0_name)s", "pk": "pk_%(table_name)s"})


class Capture(Base):
    """One archived response."""

    __tablename__ = "capture"
    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    url: Mapped[str] = mapped_column(Text)
    fetched_at: Mapped[str | None] = mapped_column(String(20))
    status: Mapped[int] = mapped_column(Integer)
    mime: Mapped[str] = mapped_column(Text)
    payload_sha256: Mapped[str] = mapped_column(String(64))
    length: Mapped[int] = mapped_column(Integer)
    origin: Mapped[str] = mapped_column(String(16))  # crawl or ingest
    peer: Mapped[str | None] = mapped_column(Text)
    flags: Mapped[str | None] = mapped_column(Text)  # truncated=…, retried, …
    __table_args__ = (
        Index("ix_capture_url", "url", "fetched_at"),
        Index("ix_capture_payload", "payload_sha256", "url"),
    )


class Location(Base):
    """Where the capture's record lies. A rewritten archive moves it; nothing derived depends on it."""

    __tablename__ = "location"
    capture: Mapped[str] = mapped_column(String(32), primary_key=True)
    file: Mapped[str] = mapped_column(Text)
    offset: Mapped[int] = mapped_column(BigInteger)
    length: Mapped[int] = mapped_column(BigInteger)
    __table_args__ = (Index("ix_location_place", "file", "offset", unique=True),)


class Segment(Base):
    """An archive file; a closed one is immutable and has its digest."""

    __tablename__ = "segment"
    file: Mapped[str] = mapped_column(Text, primary_key=True)
    closed: Mapped[bool] = mapped_column(Boolean, default=False)
    bytes: Mapped[int] = mapped_column(BigInteger, default=0)
    sha256: Mapped[str | None] = mapped_column(String(64))


class Lead(Base):
    """Why a URL was put on the frontier; one row for each source that named it."""

    __tablename__ = "lead"
    url_key: Mapped[str] = mapped_column(String(32), primary_key=True)
    source: Mapped[str] = mapped_column(Text, primary_key=True)
    why: Mapped[str] = mapped_column(Text)
    release_hint: Mapped[str | None] = mapped_column(Text)
    seen_at: Mapped[str] = mapped_column(String(20))


_READY = text("state = 'queued' AND breaks = 0")
_FAILING = text("state = 'queued' AND reason IS NOT NULL")


class Frontier(Base):
    """A URL to fetch and how that stands: queued, leased, archived, done, failed or blocked."""

    __tablename__ = "frontier"
    url_key: Mapped[str] = mapped_column(String(32), primary_key=True)
    url: Mapped[str] = mapped_column(Text)
    host: Mapped[str] = mapped_column(Text, index=True)
    site: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(String(16))
    lane: Mapped[int] = mapped_column(Integer, default=0)  # 0: may lead to others, 1: an item
    state: Mapped[str] = mapped_column(String(16))
    depth: Mapped[int] = mapped_column(Integer, default=0)
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    breaks: Mapped[int] = mapped_column(Integer, default=0)  # leases that a crash broke
    alone: Mapped[int] = mapped_column(Integer, default=0)  # of them, those where nothing else was under way
    not_before: Mapped[str | None] = mapped_column(String(20))
    leased_by: Mapped[str | None] = mapped_column(Text)
    reason: Mapped[str | None] = mapped_column(Text)
    capture: Mapped[str | None] = mapped_column(String(32))
    __table_args__ = (
        Index(  # few, and asked for apart
            "ix_frontier_suspect",
            "state",
            "site",
            "breaks",
            sqlite_where=breaks > 0,
            postgresql_where=breaks > 0,
        ),
        Index("ix_frontier_failing", "state", "site", sqlite_where=_FAILING, postgresql_where=_FAILING),
        Index("ix_frontier_state", "state", "site", "not_before"),
        Index(  # what may be leased, in the order in which it is (storage.ready)
            "ix_frontier_ready",
            "site",
            "host",
            "lane",
            "depth",
            "url_key",
            "not_before",
            sqlite_where=_READY,
            postgresql_where=_READY,
        ),
    )


class Host(Base):
    """What a host asked of us: not before when, and why."""

    __tablename__ = "host"
    name: Mapped[str] = mapped_column(Text, primary_key=True)
    not_before: Mapped[str | None] = mapped_column(String(20))
    reason: Mapped[str | None] = mapped_column(Text)


class Watch(Base):
    """A release that is looked for at `next_at`, until `until`; `follows` is the issuer whose new ones are too."""

    __tablename__ = "watch"
    url: Mapped[str] = mapped_column(Text, primary_key=True)  # as it was named
    key: Mapped[str | None] = mapped_column(Text)
    title: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(16))  # watching, ended or stopped
    since: Mapped[str] = mapped_column(String(20))  # when it came out
    until: Mapped[str] = mapped_column(String(20))
    follows: Mapped[str | None] = mapped_column(Text)
    why: Mapped[str] = mapped_column(Text)
    asked_at: Mapped[str | None] = mapped_column(String(20))
    next_at: Mapped[str | None] = mapped_column(String(20))


class Run(Base):
    """One run of a command, and what came of it."""

    __tablename__ = "run"
    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    verb: Mapped[str] = mapped_column(String(16))
    started_at: Mapped[str] = mapped_column(String(20))
    ended_at: Mapped[str | None] = mapped_column(String(20))
    outcome: Mapped[dict[str, object] | None] = mapped_column(JSON)


class Refused(Base):
    """Input that never became a capture: a missing file, a torn record, a blocked address."""

    __tablename__ = "refused"
    source: Mapped[str] = mapped_column(Text, primary_key=True)  # file or URL
    place: Mapped[str] = mapped_column(Text, primary_key=True)  # byte offset, hop, or empty
    reason: Mapped[str] = mapped_column(Text, primary_key=True)
    detail: Mapped[str] = mapped_column(Text)
    seen_at: Mapped[str] = mapped_column(String(20))


class Takedown(Base):
    """What must not be kept: an address (`value` is its key on the frontier) or a host with all its names."""

    __tablename__ = "takedown"
    kind: Mapped[str] = mapped_column(String(8), primary_key=True)
    value: Mapped[str] = mapped_column(Text, primary_key=True)
    shown: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
    at: Mapped[str] = mapped_column(String(20))


class Doomed(Base):
    """A capture that is to be purged and is not yet."""

    __tablename__ = "doomed"
    capture: Mapped[str] = mapped_column(String(32), primary_key=True)
    reason: Mapped[str] = mapped_column(Text)


class Rewriting(Base):
    """An archive file whose successor counts already, and whose own bytes still have to go."""

    __tablename__ = "rewriting"
    old: Mapped[str] = mapped_column(Text, primary_key=True)
    new: Mapped[str] = mapped_column(Text)
