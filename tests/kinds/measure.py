"""How many copies of each kind the matching finds, and what it merges that is no copy: measured and as a table.

Sketches, postings, candidates, verdicts and election are the program's own, on a database in memory.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from crawler.match import thresholds as t
from crawler.match.elect import elect
from crawler.match.sketch import key_hash, sketch
from crawler.records import Found as Key
from crawler.records import PageRead, Sketch
from storage import tables
from storage.engine import open_engine, transact
from storage.field import Texts
from storage.pages import save_pages
from tests.kinds.copies import KINDS, OTHERS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import Connection

    from tests.kinds.copies import Text


@dataclass(frozen=True, slots=True)
class Found:
    """Of a kind of copies those that stand with their release; of a kind of others those that stand with one."""

    found: int
    of: int

    @property
    def share(self) -> float:
        """To four places, down."""
        return self.found * 10_000 // max(1, self.of) / 10_000


def measure(texts: Sequence[Text], under: Sequence[object]) -> dict[str, Found]:
    """Count by kind; `under` names the group of each text."""
    home = {text.release: group for text, group in zip(texts, under, strict=True) if text.kind == "release"}
    founders: defaultdict[object, set[str]] = defaultdict(set)
    for text, group in zip(texts, under, strict=True):
        if text.kind in {"release", "same template"}:
            founders[group].add(text.release)
    found: Counter[str] = Counter()
    total: Counter[str] = Counter()
    for text, group in zip(texts, under, strict=True):
        kind = "same issuer" if text.kind == "release" else text.kind
        total[kind] += 1
        if kind in KINDS:
            found[kind] += group == home[text.release]
        else:
            found[kind] += len(founders[group] - {text.release if kind != "quoted" else ""}) > 0
    return {kind: Found(found[kind], total[kind]) for kind in (*KINDS, *OTHERS)}


def place(texts: Sequence[Text], *, named: bool = False) -> list[int]:
    """The pivot of each text, as the program elects them; `named`: every release names a key, and no copy does."""
    sketches = [sketch(text.text, _key(text) if named else ()) for text in texts]
    engine = open_engine("sqlite://")
    tables.Base.metadata.create_all(engine)

    def placed(connection: Connection) -> dict[int, int]:
        save_pages(connection, [(f"{n:032}", _page(n, drawn)) for n, drawn in enumerate(sketches)])
        waiting = sorted({drawn.id for drawn in sketches})
        field = Texts(
            connection, waiting, representatives=t.REPRESENTATIVES, common=t.COMMON, shared=t.SHARED,
            limit=t.CANDIDATES, key_hash=key_hash,
        )  # fmt: skip
        for _ in elect(field, waiting):
            pass
        field.write()
        rows = connection.execute(select(tables.DistinctText.id, tables.DistinctText.pivot))
        return {row.id: row.pivot for row in rows}

    pivots = transact(engine, placed)
    return [pivots[drawn.id] for drawn in sketches]


def _key(text: Text) -> tuple[Key, ...]:
    url = f"https://wire.example/{text.release.replace(' ', '-')}"
    return (Key("wire", text.release, 1, "trailer", url, 0, url),) if text.kind == "release" else ()


def table(columns: Mapping[str, Mapping[str, Found]]) -> str:
    """A row a kind, a column a system: shares found of copies, and counts of others merged."""
    lines = [f"{'':24}" + "".join(f"{name:>20}" for name in columns)]
    for kind in (*KINDS, *OTHERS):
        cells = [column[kind] for column in columns.values()]
        said = [f"{c.share:.4f}" if kind in KINDS else f"{c.found} of {c.of}" for c in cells]
        lines.append(f"{kind:24}" + "".join(f"{cell:>20}" for cell in said))
    return "\n".join(lines)


def _page(n: int, drawn: Sketch) -> PageRead:
    return PageRead(
        url=f"https://s{n}.example/", site=None, family=f"s{n}.example", tier="copy", title="", language="en",
        published_at=None, dateline=None, text="", claims=(), keys=(), sketch=drawn, blocks=b"", removed=(),
        sightings=(), rules="", links=(),
    )  # fmt: skip
