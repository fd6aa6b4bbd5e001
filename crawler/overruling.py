"""What people decide: put down here, handed to the strata as pages that are taken out and texts that are bound."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from crawler.identify.keys import naming
from crawler.match.overrule import is_address, resolve, rule
from crawler.match.sketch import detach, key_hash
from crawler.records import PageRead
from storage import dirty, overrules
from storage.engine import storable, transact

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy import Connection

    from crawler.match.overrule import Decided
    from crawler.records import Rejected
    from crawler.rulings import Overrule, OverruleKind, Ruling
    from storage.store import Store

NO_TEXT = "0"
"""The id of no text: marked so that the texts are looked at though none of them changed."""


def decide(store: Store, kind: OverruleKind, subject: str, object_: str, *, by: str, why: str) -> Overrule:
    """Put a decision down, and out of date what it concerns: the next drain goes by it."""
    now = store.now()

    def work(connection: Connection) -> Overrule:
        before = decided(connection)
        written = overrules.add(connection, kind, subject, object_, at=now, by=by, why=why)
        _note(connection, before, decided(connection))
        return written

    return transact(store.engine, work)


def restore(store: Store, decisions: Sequence[Overrule]) -> int:
    """Put down what was decided in another store, in that order; how many of the decisions were not here yet."""

    def work(connection: Connection) -> int:
        before = decided(connection)
        new = overrules.restore(connection, decisions)
        _note(connection, before, decided(connection))
        return new

    return transact(store.engine, work)


def take_back(store: Store, identity: str) -> bool:
    """Undo a decision, and put out of date what it concerned; False where there is none of that id."""
    now = store.now()

    def work(connection: Connection) -> bool:
        before = decided(connection)
        done = overrules.undo(connection, identity, now)
        _note(connection, before, decided(connection))
        return done

    return transact(store.engine, work)


def decided(connection: Connection) -> Decided:
    """The decisions that count now."""
    return resolve(overrules.overrules(connection))


def rulings(connection: Connection) -> dict[int, Ruling]:
    """What the decisions that count say of the texts that are stored."""
    now = decided(connection)
    names = now.group.keys() | now.apart.keys()
    return rule(now, _carriers(connection, names)) if names else {}


def take_out(
    connection: Connection, read: Sequence[tuple[str, PageRead | Rejected]]
) -> Sequence[tuple[str, PageRead | Rejected]]:
    """The pages as they were read; those that a person took out of a release have a text of their own."""
    out = decided(connection).out
    if not out:
        return read
    return [
        (capture, _alone(page) if isinstance(page, PageRead) and storable(page.url) in out else page)
        for capture, page in read
    ]


def _alone(page: PageRead) -> PageRead:
    own = naming([key for key in page.keys if key.where == "url"], page.tier)
    return replace(page, sketch=detach(page.sketch, page.url, [f"{key.scheme}:{key.value}" for key in own]))


def _note(connection: Connection, before: Decided, after: Decided) -> None:
    """Put out of date what another set of decisions concerns."""
    dirty.mark(connection, "page", overrules.captures_of(connection, before.out ^ after.out))
    if (before.group, before.linked, before.apart) != (after.group, after.linked, after.apart):
        dirty.mark(connection, "text", [NO_TEXT])
    subjects = {one.subject for one in set(before.origins) ^ set(after.origins)}
    texts = set().union(*_carriers(connection, subjects).values()) if subjects else set()
    dirty.mark(connection, "cluster", map(str, overrules.pivots_of(connection, texts)))


def _carriers(connection: Connection, names: Iterable[str]) -> dict[str, set[int]]:
    urls = sorted(name for name in names if is_address(name))
    keys: dict[str, int] = {name: key_hash(name) for name in sorted(names) if not is_address(name)}
    return overrules.carriers(connection, urls, keys)
