"""The field on a database: whatever the order of arrival, texts stand where they stand when all come at once."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import delete, select

from crawler.match.elect import elect
from crawler.match.sketch import key_hash, sketch
from crawler.records import Found
from storage import tables as t
from storage.batches import insert_rows
from storage.engine import open_engine, prepare
from storage.field import Texts
from storage.pages import save_texts
from tests.releases import paragraphs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from crawler.records import Sketch

NEWS = [paragraphs(seed, count=4, sentences=2) for seed in range(8)]
ABOUT = [paragraphs(100 + seed, count=1, sentences=3) for seed in range(2)]


def draw(chance: random.Random) -> Sketch:
    """A whole release, a part of it, or of two, above an issuer's boilerplate or below it."""
    news = chance.choice(NEWS)
    lines = list(chance.choice((news, news, news[:2], news[2:], [*news[:2], *chance.choice(NEWS)[:3]])))
    about = chance.choice(ABOUT)
    lines = chance.choice(([*lines, *about], [*lines, *about], lines, [*about, *lines]))
    key = chance.choice(("", "", "", "x", "y"))
    keys = [Found("wire", key, 1, "trailer", "https://w.example", 0, "")] if key else []
    return sketch("\n".join(lines), keys)


def arrive(connection: Connection, texts: Sequence[Sketch], common: int, representatives: int) -> None:
    insert_rows(connection, t.Page, [
        {"capture": f"{drawn.id:032}", "url": str(drawn.id), "family": "f", "tier": "copy", "title": "",
         "language": "en", "text": "", "text_id": drawn.id, "blocks": b"", "rules": ""}
        for drawn in texts
    ])  # fmt: skip
    save_texts(connection, texts)
    place(connection, [drawn.id for drawn in texts], common, representatives)


def place(connection: Connection, ids: Sequence[int], common: int, representatives: int) -> None:
    field = Texts(
        connection, sorted(ids), representatives=representatives, common=common, shared=2, limit=24,
        key_hash=key_hash,
    )  # fmt: skip
    for _ in elect(field, ids):
        pass
    field.write()


def leave(connection: Connection, texts: Sequence[Sketch], common: int, representatives: int) -> None:
    ids = [drawn.id for drawn in texts]
    connection.execute(delete(t.Page).where(t.Page.text_id.in_(ids)))
    place(connection, ids, common, representatives)


def stand(connection: Connection) -> dict[str, list[tuple[object, ...]]]:
    """Where the texts are, what is in doubt, and what is in the index."""
    x, d, p = t.DistinctText, t.Doubt, t.Posting
    asked = {
        "texts": select(x.id, x.star, x.pivot, x.why).order_by(x.id),
        "doubts": select(*d.__table__.columns).order_by(d.text, d.other),
        "postings": select(p.hash, p.pivot, p.text).order_by(p.hash, p.text),
    }
    return {name: [tuple(row) for row in connection.execute(query)] for name, query in asked.items()}


@pytest.mark.parametrize(("common", "representatives"), [(1, 2), (2, 2), (2, 4), (4, 16)])
@pytest.mark.parametrize("seed", range(2))
def test_every_order_of_arrival_gives_one_outcome(seed: int, common: int, representatives: int) -> None:
    chance = random.Random(seed)
    texts = list({drawn.id: drawn for drawn in (draw(chance) for _ in range(40))}.values())
    gone = texts[::6]
    outcomes = []
    for size in (len(texts), 1, 5):
        engine = open_engine("sqlite://")
        prepare(engine)
        with engine.begin() as connection:
            order = chance.sample(texts, len(texts))
            if size == len(texts):
                order = [drawn for drawn in order if drawn not in gone]
            for first in range(0, len(order), size):
                arrive(connection, order[first : first + size], common, representatives)
            if size < len(texts):
                leave(connection, gone, common, representatives)
            outcomes.append(stand(connection))
        engine.dispose()
    assert outcomes[1] == outcomes[0]
    assert outcomes[2] == outcomes[0]
    assert len({pivot for _, _, pivot, _ in outcomes[0]["texts"]}) < len(outcomes[0]["texts"])
