"""What is reserved of the pages that copies show: their own claims, and what the files of their hosts say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select

from crawler.records import Claim
from crawler.reservations import FILE, KINDS, RULE, file_of, read_signals
from storage import tables as t
from storage.batches import rows_in, scalars_in
from storage.dirty import mark_rows
from storage.seen import TELLING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy import Connection

    from crawler.reservations import Signal


def signals_of(connection: Connection, pages: Sequence[tuple[str, str]]) -> dict[str, tuple[Signal, ...]]:
    """What is reserved of each page, by its capture; `pages` are (url, capture)."""
    claims: dict[str, list[Claim]] = {}
    c = t.Claim
    wanted = select(c.capture, c.kind, c.value).where(c.kind.in_(KINDS)).order_by(c.capture, c.n)
    for row in rows_in(connection, wanted, c.capture, sorted({capture for _, capture in pages})):
        claims.setdefault(row.capture, []).append(Claim(row.kind, row.value))
    rules = rules_of(connection, sorted(set(filter(None, (file_of(url) for url, _ in pages)))))
    return {
        capture: read_signals(url, claims.get(capture, ()), rules.get(file_of(url) or "", ()))
        for url, capture in pages
    }


def mark_hosts(connection: Connection, urls: Iterable[str]) -> None:
    """Note that the rows of a host's pages may say something else, where one of the addresses is its file's."""
    for origin in sorted({url.removesuffix(FILE) for url in urls if url.endswith(FILE)}):
        c, k = t.Copy, t.Cluster
        pages = select(c.url, c.capture).where(c.url.startswith(f"{origin}/", autoescape=True))
        found = connection.execute(pages).all()
        mark_rows(connection, "copies", [row.url for row in found])
        standing = scalars_in(connection, select(k.id), k.canonical, [row.capture for row in found])
        mark_rows(connection, "releases", standing)


def rules_of(connection: Connection, files: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """The rules of these files as they were last seen; a file that is gone has none.

    A capture that only repeats the one before it was not read: the rules are those of any with its payload.
    """
    c, claim = t.Capture, t.Claim
    seen = select(c.url, c.payload_sha256).where(c.status.in_(TELLING))
    seen = seen.order_by(func.coalesce(c.fetched_at, ""), c.id)
    payloads = {row.url: row.payload_sha256 for row in rows_in(connection, seen, c.url, files)}
    said = select(c.url, c.payload_sha256, c.id, claim.value).join(claim, claim.capture == c.id)
    found: dict[str, dict[str, list[str]]] = {}
    said = said.where(claim.kind == RULE).order_by(c.id, claim.n)
    for row in rows_in(connection, said, c.url, sorted(payloads)):
        if row.payload_sha256 == payloads[row.url]:
            found.setdefault(row.url, {}).setdefault(row.id, []).append(row.value)
    return {url: tuple(next(iter(rules.values()))) for url, rules in found.items()}
