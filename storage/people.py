"""The tables of what people decide, what it says of texts, what they are asked, and what became of clusters."""

from __future__ import annotations

from sqlalchemy import JSON, BigInteger, Boolean, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from storage.observed import Base


class Overrule(Base):
    """What a person decided of two pages, or of a page and a release; kept when everything is derived again.

    `subject` and `object` are addresses or keys; `n` counts up: of two that contradict each other the later holds.
    """

    __tablename__ = "overrule"
    id: Mapped[str] = mapped_column(String(16), primary_key=True)
    n: Mapped[int] = mapped_column(Integer)
    kind: Mapped[str] = mapped_column(String(8))  # link, unlink, apart, origin
    subject: Mapped[str] = mapped_column(Text)
    object: Mapped[str] = mapped_column(Text)
    at: Mapped[str] = mapped_column(String(20))
    by: Mapped[str] = mapped_column(Text)
    why: Mapped[str] = mapped_column(Text)
    undone_at: Mapped[str | None] = mapped_column(String(20))


class Change(Base):
    """What became of clusters: a journal, which no derived row goes by."""

    __tablename__ = "change"
    seq: Mapped[int] = mapped_column(Integer, primary_key=True)
    at: Mapped[str] = mapped_column(String(20))
    what: Mapped[str] = mapped_column(String(8))  # merge, split, renamed, gone
    cluster: Mapped[str] = mapped_column(String(20), index=True)
    other: Mapped[str | None] = mapped_column(String(20), index=True)
    why: Mapped[str] = mapped_column(Text)


class Doubt(Base):
    """A verdict near a threshold, on a text and a better-ranked one: for a person to confirm."""

    __tablename__ = "doubt"
    text: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    other: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    same: Mapped[bool] = mapped_column(Boolean)
    margin: Mapped[int] = mapped_column(Integer)
    cover_text: Mapped[int] = mapped_column(Integer)
    cover_other: Mapped[int] = mapped_column(Integer)
    agree: Mapped[int] = mapped_column(Integer)
    conflict: Mapped[int] = mapped_column(Integer)
    why: Mapped[str] = mapped_column(Text)


class Ruling(Base):
    """What people's overrules say of one text, as the election was last told."""

    __tablename__ = "ruling"
    text: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    leader: Mapped[int | None] = mapped_column(BigInteger)
    since: Mapped[int] = mapped_column(Integer)
    closed: Mapped[list[list[int]]] = mapped_column(JSON)  # [text, number of the overrule]
