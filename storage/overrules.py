"""What people decided, as rows, and which texts that concerns. Within the caller's transaction."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from sqlalchemy import delete, func, select, update

from crawler.rulings import Overrule, Ruling
from storage import tables as t
from storage.batches import delete_in, insert_rows, scalars_in
from storage.engine import insert_missing, storable

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sqlalchemy import Connection

    from crawler.rulings import OverruleKind


def overrules(connection: Connection, *, undone: bool = False) -> tuple[Overrule, ...]:
    """All that is decided, oldest first; with `undone`, what was taken back too."""
    o = t.Overrule
    wanted = select(o.id, o.n, o.kind, o.subject, o.object, o.at, o.by, o.why, o.undone_at).order_by(o.n, o.id)
    if not undone:
        wanted = wanted.where(o.undone_at.is_(None))
    return tuple(Overrule(**row) for row in connection.execute(wanted).mappings())


def add(
    connection: Connection, kind: OverruleKind, subject: str, object_: str, *, at: str, by: str, why: str
) -> Overrule:
    """Write a decision down. The same one twice in one second is one; after an undo it counts again, as newest."""
    o = t.Overrule
    subject, object_ = storable(subject), storable(object_)
    identity = hashlib.sha256("\n".join((kind, subject, object_, at)).encode()).hexdigest()[:8]
    known = connection.execute(select(o.n, o.undone_at).where(o.id == identity)).first()
    n = (connection.scalar(select(func.max(o.n))) or 0) + 1
    if known is not None and known.undone_at is None:
        n = known.n
    if known is not None:
        connection.execute(delete(o).where(o.id == identity))
    row = Overrule(identity, n, kind, subject, object_, at, storable(by), storable(why))
    insert_missing(connection, o, [{name: getattr(row, name) for name in Overrule.__slots__}])
    return row


def restore(connection: Connection, decisions: Sequence[Overrule]) -> int:
    """Write decisions of another store down, in their order, behind those that are here; how many were new."""
    o = t.Overrule
    last = connection.scalar(select(func.max(o.n))) or 0
    known = {one.id for one in overrules(connection, undone=True)}
    new = [one for one in decisions if one.id not in known]
    insert_missing(connection, o, [
        {name: getattr(one, name) for name in Overrule.__slots__} | {"n": last + at}
        for at, one in enumerate(new, 1)
    ])  # fmt: skip
    return len(new)


def undo(connection: Connection, identity: str, at: str) -> bool:
    """Take a decision back; it stays on record. False where there is none of that id that counts."""
    o = t.Overrule
    done = connection.execute(
        update(o).where(o.id == identity, o.undone_at.is_(None)).values(undone_at=at).returning(o.id)
    )
    return done.first() is not None


def captures_of(connection: Connection, urls: Iterable[str]) -> list[str]:
    """The captures of these addresses."""
    return scalars_in(connection, select(t.Capture.id), t.Capture.url, sorted(urls))


def is_captured(connection: Connection, url: str) -> bool:
    """Whether the address was ever captured, in this spelling."""
    return connection.scalar(select(t.Capture.id).where(t.Capture.url == storable(url)).limit(1)) is not None


def founding_page(connection: Connection, cluster: str) -> str | None:
    """The address of the page that a cluster was founded by, also where it has another id by now."""
    for table, column in ((t.Cluster, t.Cluster.id), (t.Alias, t.Alias.old)):
        wanted = select(t.Capture.url).join(table, table.founder == t.Capture.id)
        found = connection.scalar(wanted.where(column == cluster))
        if found is not None:
            return found
    return None


def carriers(connection: Connection, urls: Sequence[str], keys: Mapping[str, int]) -> dict[str, set[int]]:
    """For each name the texts of its page, or those that have its key; `keys` are given with their postings."""
    found: dict[str, set[int]] = {}
    p, x = t.Page, t.DistinctText
    new = select(x.id, x.keys).where(x.pivot.is_(None))  # these have no postings yet
    waiting = connection.execute(new).all() if keys else ()
    for url in urls:
        found[url] = set(connection.scalars(select(p.text_id).where(p.url == url)))
    for key, hashed in keys.items():
        used = select(p.capture).where(p.text_id == x.id).exists()
        wanted = select(x.id).join(t.Posting, t.Posting.text == x.id)
        named = wanted.where(t.Posting.hash == hashed, t.Posting.pivot.in_((False, True)), used)
        found[key] = set(connection.scalars(named)) | {row.id for row in waiting if key in row.keys}
    return found


def save_rulings(connection: Connection, rulings: Mapping[int, Ruling]) -> set[int]:
    """Replace what is said of texts; those of which something else is said than before."""
    r = t.Ruling
    before = {
        row.text: Ruling(row.leader, row.since, tuple((text, n) for text, n in row.closed))
        for row in connection.execute(select(r.text, r.leader, r.since, r.closed))
    }
    changed = {text for text in before.keys() | rulings.keys() if before.get(text) != rulings.get(text)}
    delete_in(connection, r, "text", sorted(changed))
    insert_rows(connection, r, [
        {"text": text, "leader": said.leader, "since": said.since, "closed": [list(pair) for pair in said.closed]}
        for text, said in sorted(rulings.items())
        if text in changed
    ])  # fmt: skip
    return changed


def evidence_under(connection: Connection, pivots: Iterable[int]) -> set[str]:
    """The strings of evidence of the copies under these pivots."""
    m, c, k = t.Match, t.Copy, t.Cluster
    wanted = select(m.evidence).join(c, c.url == m.url).join(k, k.id == c.cluster)
    found = scalars_in(connection, wanted, k.pivot, sorted(pivots))
    return {line for lines in found for line in lines}


def pivots_of(connection: Connection, texts: Iterable[int]) -> set[int]:
    """The pivots under which these texts stand."""
    x = t.DistinctText
    wanted = select(x.pivot).where(x.pivot.is_not(None))
    return set(scalars_in(connection, wanted, x.id, sorted(texts)))
