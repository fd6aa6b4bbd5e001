"""Releases in two languages, and the vectors that found them. Within the caller's transaction."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import delete, func, or_, select

from storage import tables as t
from storage.batches import delete_in, insert_rows, rows_in
from storage.rows import TranslationRow
from storage.spoken import Translation, Vector

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from sqlalchemy import Connection


class Telling(NamedTuple):
    """A cluster by what tells its language and day; `day` is None where no page says when."""

    cluster: str
    capture: str
    key: str | None
    language: str
    day: str | None


def tellings(connection: Connection) -> list[Telling]:
    """Every cluster, by id."""
    c, r, p = t.Cluster, t.Release, t.Page
    said = func.coalesce(r.published_at, p.published_at, t.Capture.fetched_at)
    rows = connection.execute(
        select(c.id, c.canonical, r.key, p.language, func.substr(said, 1, 10))
        .join(p, p.capture == c.canonical)
        .join(t.Capture, t.Capture.id == c.canonical)
        .outerjoin(r, r.cluster == c.id)
        .order_by(c.id)
    )
    return [Telling(*row) for row in rows]


def texts_of(connection: Connection, captures: Sequence[str]) -> dict[str, Any]:
    """Address, family, title, text and links of these pages, by capture."""
    p, r = t.Page, t.Recalled
    wanted = select(
        p.capture, p.url, p.family, p.title, p.links, func.coalesce(r.text, p.text).label("text")
    ).outerjoin(r, r.capture == p.capture)
    return {row.capture: row for row in rows_in(connection, wanted, p.capture, captures)}


def encode_all(
    connection: Connection, texts: Mapping[str, str], model: str, encode: Callable[[str], bytes]
) -> dict[str, bytes]:
    """The vector of each text; kept ones are not made again, those of texts that are gone are dropped."""
    id_of = {name: hashlib.sha256(f"{model}\n{text}".encode()).hexdigest() for name, text in texts.items()}
    known = {row.id: row.numbers for row in connection.execute(select(Vector.id, Vector.numbers))}
    new = {i: texts[name] for name, i in sorted(id_of.items()) if i not in known}
    made = {i: encode(text) for i, text in new.items()}
    insert_rows(connection, Vector, [{"id": i, "numbers": numbers} for i, numbers in made.items()])
    delete_in(connection, Vector, "id", sorted(known.keys() - set(id_of.values())))
    return {name: (known | made)[i] for name, i in id_of.items()}


def replace_all(connection: Connection, rows: Sequence[dict[str, Any]]) -> None:
    """Write the translations that there are now."""
    connection.execute(delete(Translation))
    insert_rows(connection, Translation, rows)


def others(connection: Connection, cluster: str) -> tuple[TranslationRow, ...]:
    """The clusters that say the same as this one in another language, linked ones first."""
    x, c, p = Translation, t.Cluster, t.Page
    rows = connection.execute(
        select(p.url, p.title, p.language, c.id, (x.of == c.id).label("earlier"), x.sure, x.cosine, x.margin,
               x.figures, x.evidence)
        .select_from(x)
        .join(c, c.id.in_((x.cluster, x.of)) & (c.id != cluster))
        .join(p, p.capture == c.canonical)
        .where(or_(x.cluster == cluster, x.of == cluster))
        .order_by(x.sure.desc(), x.cosine.desc(), c.id)
    )  # fmt: skip
    return tuple(TranslationRow(*row[:4], bool(row[4]), *row[5:9], tuple(row[9])) for row in rows)
