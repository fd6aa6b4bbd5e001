"""Verdicts near a threshold, each with a page of either text: read-only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from crawler.rulings import Doubt
from storage import tables as t

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from sqlalchemy import Connection


@dataclass(frozen=True, slots=True)
class Witness:
    """A page that has the text, and how many have it. `cluster` is None where a later capture has another text."""

    url: str
    title: str
    language: str
    text: str
    cluster: str | None
    pages: int


@dataclass(frozen=True, slots=True)
class DoubtRow:
    """A verdict to confirm, with a page of the text and one of the better-ranked text."""

    doubt: Doubt
    page: Witness
    other: Witness


def doubts(
    connection: Connection, urls: Collection[str] = (), *, limit: int | None = None
) -> tuple[tuple[DoubtRow, ...], int]:
    """The verdicts near a threshold, nearest first, and how many there are in all.

    With `urls`, those on texts of these addresses.
    """
    d = t.Doubt
    wanted = select(d.text, d.other, d.same, d.margin, d.cover_text, d.cover_other, d.agree, d.conflict, d.why)
    if urls:
        named = select(t.Page.text_id).where(t.Page.url.in_(urls))
        wanted = wanted.where(d.text.in_(named) | d.other.in_(named))
    rows = connection.execute(wanted.order_by(func.abs(d.margin), d.text, d.other)).all()
    shown = rows[:limit]
    pages = _witnesses(connection, sorted({row.text for row in shown} | {row.other for row in shown}), urls)
    return tuple(DoubtRow(Doubt(*row[1:]), pages[row.text], pages[row.other]) for row in shown), len(rows)


def _witnesses(connection: Connection, texts: Sequence[int], urls: Collection[str]) -> dict[int, Witness]:
    """For each text one of its pages: of these addresses if any, else the first that still has it, by address."""
    p, c = t.Page, t.Copy
    found: dict[int, Witness] = {}
    for text in texts:
        query = (
            select(p.url, p.title, p.language, p.text, c.cluster)
            .outerjoin(c, c.capture == p.capture)
            .where(p.text_id == text)
        )
        rows = sorted(
            connection.execute(query), key=lambda row: (row.url not in urls, row.cluster is None, row.url)
        )
        found[text] = Witness(*rows[0][:5], pages=len({row.url for row in rows}))
    return found
