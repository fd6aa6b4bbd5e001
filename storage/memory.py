"""What sites show again and again, and whose beginning a text shares. Within the caller's transaction.

A block counts once for each family and release. Counts are clamped: a row says "more than once" or "often", and
changes only while a block is new to the site, so that a page does not put out of date all pages before it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any, Final

import msgspec
import numpy as np
from sqlalchemy import bindparam, delete, func, select

from crawler.records import Owner, Seen, Sighting
from crawler.rulings import TAKEN_OUT
from storage import tables as t
from storage.batches import PER_STATEMENT, bind_mark, insert_plain, insert_rows, scalars_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from sqlalchemy import Connection

_RELEASES: Final = 3
_FAMILIES: Final = 2
_SHARED: Final = 2
"""Fingerprints of a beginning that a text must share for its owner to be looked at."""

_SHOWN: Final = ("shown_hash", "shown_family", "shown_text", "shown_capture")
_FORGET: Final = delete(t.Sighting.__table__).where(  # type: ignore[arg-type]  # a mapped class's table is a Table
    *(column == bindparam(name) for column, name in zip(t.Sighting.__table__.primary_key, _SHOWN, strict=True))
)

_HEAD: Final = 4000
"""Characters of an owner's words that a teaser is compared with."""


def pack_sightings(sightings: Sequence[Sighting]) -> bytes:
    """Sightings, small enough to keep for every page."""
    return msgspec.msgpack.encode([(s.block, s.hash, s.size, s.role) for s in sightings])


def unpack_sightings(packed: bytes) -> tuple[Sighting, ...]:
    """The sightings of a page, in order."""
    return tuple(Sighting(*cells) for cells in msgspec.msgpack.decode(packed)) if packed else ()


def save_sightings(
    connection: Connection, before: Sequence[Mapping[Any, Any]], after: Sequence[Mapping[Any, Any]]
) -> set[int]:
    """Replace what these pages show; the blocks that some page no longer shows as it did.

    `before` are the rows of the pages as they were, `after` those that are being written.
    """
    old, new = set(_shown(before)), set(_shown(after))
    gone, fresh = sorted(old - new), sorted(new - old)
    if gone:
        connection.execute(_FORGET, [dict(zip(_SHOWN, row, strict=True)) for row in gone])
    insert_plain(connection, t.Sighting, fresh)
    return {row[0] for row in gone}


def _shown(pages: Iterable[Mapping[Any, Any]]) -> Iterator[tuple[int, str, int, str]]:
    for page in pages:
        for sighting in unpack_sightings(page["sightings"]):
            yield sighting.hash, page["family"], page["text_id"], page["capture"]


# ------------------------------------------------------------------------------------------------ site memory


def remember(connection: Connection, keys: Sequence[str], reserved: frozenset[str]) -> set[int]:
    """Count the blocks that these keys of the stratum name; the pivots for whose pages that changed something.

    A key is a text's id, for the blocks of its pages, or `block` and a hash. `reserved` are the families of
    origins and wires: of them nothing is learned, since what they repeat is their own.
    """
    hashes = _blocks(connection, keys)
    counted = _count(connection, hashes, reserved)
    known = {(row.hash, row.family): (row.releases, row.families) for row in _rows_of(connection, hashes)}
    changed = {pair for pair in known.keys() | counted.keys() if known.get(pair) != counted.get(pair)}
    for hashed, family in sorted(changed & known.keys()):
        connection.execute(delete(t.Memory).where(t.Memory.hash == hashed, t.Memory.family == family))
    insert_rows(connection, t.Memory, [
        {"hash": pair[0], "family": pair[1], "releases": counted[pair][0], "families": counted[pair][1]}
        for pair in sorted(changed & counted.keys())
    ])  # fmt: skip
    return _pivots_showing(connection, changed)


def _blocks(connection: Connection, keys: Sequence[str]) -> list[int]:
    texts = [int(key) for key in keys if not key.startswith("block ")]
    hashes = {int(key.removeprefix("block ")) for key in keys if key.startswith("block ")}
    for packed in scalars_in(connection, select(t.Page.sightings), t.Page.text_id, texts):
        hashes.update(sighting.hash for sighting in unpack_sightings(packed))
    return sorted(hashes)


def _count(
    connection: Connection, hashes: Sequence[int], reserved: frozenset[str]
) -> dict[tuple[int, str], tuple[int, int]]:
    """Releases and families of each (block, family) that shows it under several releases, clamped.

    A page that a person took out of a release is not counted: it has that release's words.
    """
    s, x = t.Sighting, t.DistinctText
    releases, families = func.count(x.pivot.distinct()), func.count(s.family.distinct())
    counted: dict[tuple[int, str], tuple[int, int]] = {}
    for at in range(0, len(hashes), PER_STATEMENT):
        here = s.hash.in_(hashes[at : at + PER_STATEMENT])
        shown = connection.execute(
            select(s.hash, s.family, releases)
            .join(x, x.id == s.text)
            .where(here, s.text < TAKEN_OUT, s.family.not_in(reserved))
            .group_by(s.hash, s.family)
            .having(releases > 1)
        ).all()
        several = {row.hash for row in shown}
        wide: dict[int, int] = {}
        if several:
            everywhere = select(s.hash, families).where(s.hash.in_(several)).group_by(s.hash)
            wide = {row[0]: row[1] for row in connection.execute(everywhere)}
        for hashed, family, count in shown:
            counted[hashed, family] = (min(count, _RELEASES), min(wide[hashed], _FAMILIES))
    return counted


def _rows_of(connection: Connection, hashes: Sequence[int]) -> Iterator[Any]:
    m = t.Memory
    for at in range(0, len(hashes), PER_STATEMENT):
        part = hashes[at : at + PER_STATEMENT]
        yield from connection.execute(select(m.hash, m.family, m.releases, m.families).where(m.hash.in_(part)))


def _pivots_showing(connection: Connection, pairs: set[tuple[int, str]]) -> set[int]:
    s, x = t.Sighting, t.DistinctText
    hashes = sorted({hashed for hashed, _ in pairs})
    found: set[int] = set()
    for at in range(0, len(hashes), PER_STATEMENT):
        rows = connection.execute(
            select(s.hash, s.family, x.pivot)
            .join(x, x.id == s.text)
            .where(s.hash.in_(hashes[at : at + PER_STATEMENT]), x.pivot.is_not(None))
            .distinct()
        )
        found.update(row.pivot for row in rows if (row.hash, row.family) in pairs)
    return found


def seen(connection: Connection, hashes: Sequence[int]) -> dict[str, dict[int, Seen]]:
    """What is remembered of these blocks, by family and block."""
    found: dict[str, dict[int, Seen]] = defaultdict(dict)
    for row in _rows_of(connection, hashes):
        found[row.family][row.hash] = Seen(row.releases, row.families)
    return found


def count_releases(connection: Connection, family: str, hashes: Sequence[int]) -> dict[int, int]:
    """Under how many releases a family shows each of these blocks, counted now, for people."""
    s, x = t.Sighting, t.DistinctText
    rows = connection.execute(
        select(s.hash, func.count(x.pivot.distinct()))
        .join(x, x.id == s.text)
        .where(s.family == family, s.hash.in_(hashes))
        .group_by(s.hash)
    )
    return {row[0]: row[1] for row in rows}


def count_carriers(connection: Connection, cluster: str, family: str, hashes: Sequence[int]) -> dict[int, int]:
    """How many other families' copies of a cluster carry each of these blocks, counted now, for people."""
    s, c = t.Sighting, t.Copy
    rows = connection.execute(
        select(s.hash, func.count(s.family.distinct()))
        .join(c, c.capture == s.capture)
        .where(c.cluster == cluster, s.family != family, s.hash.in_(hashes))
        .group_by(s.hash)
    )
    return {row[0]: row[1] for row in rows}


# -------------------------------------------------------------------------------------------------- ownership


def owners(connection: Connection, pivots: Sequence[int]) -> dict[int, tuple[Owner, ...]]:
    """For each text under these pivots the representatives of other releases whose beginning it shares."""
    mine = _fingerprints(connection, pivots)
    beginnings: dict[int, list[int]] = defaultdict(list)
    wanted = sorted(set().union(*(hashes for _, hashes in mine.values()))) if mine else []
    mark = bind_mark(connection)
    for at in range(0, len(wanted), PER_STATEMENT):
        part = wanted[at : at + PER_STATEMENT]
        statement = (  # hundreds of values for each page: taken by the driver as they are
            "SELECT o.hash, o.text FROM opening AS o JOIN text AS x ON x.id = o.text AND x.pivot = x.id"  # noqa: S608 (marks)
            f" WHERE o.hash IN ({', '.join([mark] * len(part))})"
        )
        for hashed, text in connection.exec_driver_sql(statement, tuple(part)):
            beginnings[hashed].append(text)
    shared = {
        text: Counter(owner for hashed in hashes & beginnings.keys() for owner in beginnings[hashed])
        for text, (_, hashes) in mine.items()
    }
    chosen = {
        text: sorted(owner for owner, n in counts.items() if n >= _SHARED and owner != mine[text][0])
        for text, counts in shared.items()
    }
    told = _owners(connection, sorted({owner for found in chosen.values() for owner in found}))
    return {text: tuple(told[owner] for owner in found) for text, found in chosen.items() if found}


def _fingerprints(connection: Connection, pivots: Sequence[int]) -> dict[int, tuple[int, frozenset[int]]]:
    x = t.DistinctText
    rows = connection.execute(select(x.id, x.pivot, x.hashes).where(x.pivot.in_(pivots)))
    return {row.id: (row.pivot, frozenset(np.frombuffer(row.hashes, dtype="<i8").tolist())) for row in rows}


def _owners(connection: Connection, texts: Sequence[int]) -> dict[int, Owner]:
    x, p = t.DistinctText, t.Page
    titles: dict[int, set[str]] = defaultdict(set)
    words: dict[int, str] = {}
    for at in range(0, len(texts), PER_STATEMENT):
        part = texts[at : at + PER_STATEMENT]
        for row in connection.execute(select(x.id, func.substr(x.words, 1, _HEAD)).where(x.id.in_(part))):
            words[row[0]] = row[1]
        for row in connection.execute(select(p.text_id, p.title).where(p.text_id.in_(part)).distinct()):
            titles[row.text_id].add(row.title)
    # split at any blanks, not at each: a text that is cut after one would end in an empty word
    return {text: Owner(text, tuple(words[text].split()), tuple(sorted(titles[text]))) for text in texts}


def pivots_sharing(connection: Connection, openings: Sequence[Sequence[int]]) -> set[int]:
    """The pivots under which a text stands that shares enough of one of these beginnings."""
    mark = bind_mark(connection)
    found: set[int] = set()
    for opening in openings:
        statement = (  # once for each text that is placed: written out, for it is not worth compiling
            "SELECT x.pivot FROM posting AS p JOIN text AS x ON x.id = p.text"  # noqa: S608 (marks)
            f" WHERE p.hash IN ({', '.join([mark] * len(opening)) or 'NULL'}) AND p.pivot IN (false, true)"
            f" AND x.pivot IS NOT NULL GROUP BY p.text, x.pivot HAVING count(*) >= {_SHARED}"
        )
        found.update(connection.exec_driver_sql(statement, tuple(opening)).scalars())
    return found
