"""The texts and their postings, as the election sees them: fingerprints in SQL, counted over representatives.

Only texts that represent a release (pivots) are looked at as candidates, and no release can count itself out of
the index by having many copies. A fingerprint that many better-ranked pivots have is boilerplate to a text: it
counts only where the text begins with it, and then for the best-ranked of them.

Who is in sight of whom follows from better-ranked texts alone, as the election needs it. With it an issuer's
thousandth release costs no more than its tenth: what stands below all of them is looked at by none.
"""

from __future__ import annotations

import sys
from bisect import bisect_left, insort
from collections import Counter, OrderedDict
from functools import lru_cache
from math import log2
from typing import TYPE_CHECKING, Final

from sqlalchemy import bindparam, delete, select, update

from storage import tables as t
from storage.batches import bind_mark, delete_in, insert_plain, insert_rows
from storage.clusters import load_texts
from storage.memory import pivots_sharing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from sqlalchemy import Connection

    from crawler.records import Sketch
    from crawler.rulings import Placed
    from storage.clusters import Standing

_AT_ONCE: Final = 60
_KEPT_TEXTS: Final = 2048
_KEPT_HASHES: Final = 200_000
_AHEAD: Final = 64
_STEPS: Final = 2
"""Steps an octave in which numbers of shared fingerprints are told apart."""
_PLACE: Final = (
    update(t.DistinctText.__table__)  # type: ignore[arg-type]  # a mapped class's table is a Table
    .where(t.DistinctText.id == bindparam("text"))
    .values(star=bindparam("follows"), pivot=bindparam("under"), why=bindparam("said"))
)


class Texts:
    """The field of the election, within one transaction; `write` must be called at its end.

    `waiting` are the texts that will be looked at, in the order of their ids. `common` is of how many releases a
    fingerprint is boilerplate; of those that begin with one, `representatives` are looked at, no fewer than that.
    `shared` is how many fingerprints make a candidate, `limit` how many candidates a text has at most; `key_hash`
    gives the posting of a key, which is enough by itself.
    """

    def __init__(
        self,
        connection: Connection,
        waiting: Sequence[int],
        *,
        representatives: int,
        common: int,
        shared: int,
        limit: int,
        key_hash: Callable[[str], int],
    ) -> None:
        self._connection = connection
        self._waiting = waiting
        self._representatives = representatives
        self._common = common
        self._shared = shared
        self._limit = limit
        self._key_hash = key_hash
        self._texts: OrderedDict[int, Standing] = OrderedDict()
        self._placed: dict[int, Placed] = {}
        self._turned: list[tuple[int, ...]] = []
        self._first: dict[int, list[int]] = {}
        placed = select(t.DistinctText.id).where(t.DistinctText.pivot.is_not(None))
        self._last_placed = connection.scalar(placed.order_by(t.DistinctText.id.desc()).limit(1)) or 0

    def text(self, text: int) -> Sketch | None:
        """The text of that id, or None where there is none."""
        known = self._known(text)
        return known.sketch if known else None

    def is_used(self, text: int) -> bool:
        """Whether a page still has this text."""
        known = self._known(text)
        return known is not None and known.used

    def star(self, text: int) -> int | None:
        """The text that it follows, or None where it was never placed."""
        if text in self._placed:
            return self._placed[text].star
        known = self._known(text)
        return known.star if known else None

    def pivot(self, text: int) -> int | None:
        """The pivot that the text stands under, or None where it was never placed."""
        if text in self._placed:
            return self._placed[text].pivot
        known = self._known(text)
        return known.pivot if known else None

    def write(self) -> set[int]:
        """Write where the texts were put; the pivots with a text that begins as one that turned representative.

        Or ceased to be one: in both cases it is another question whose text a teaser is.
        """
        rows = [
            {"text": text, "follows": placed.star, "under": placed.pivot, "said": placed.why}
            for text, placed in self._placed.items()
        ]
        if rows:
            self._connection.execute(_PLACE, rows)
            delete_in(self._connection, t.Doubt, "text", list(self._placed))
            insert_rows(self._connection, t.Doubt, [
                {"text": text, **{name: getattr(doubt, name) for name in doubt.__slots__}}
                for text, placed in self._placed.items()
                for doubt in placed.doubts
            ])  # fmt: skip
        self._placed.clear()
        return pivots_sharing(self._connection, self._turned)

    def _known(self, text: int) -> Standing | None:
        """A text as it is stored; the next that wait are read along with it."""
        if text not in self._texts:
            at = bisect_left(self._waiting, text)
            ahead = self._waiting[at : at + _AHEAD]
            self._fetch(ahead if text in ahead[:1] else [text])
        else:
            self._texts.move_to_end(text)
        return self._texts.get(text)

    def _fetch(self, texts: Sequence[int]) -> None:
        """Read those of the texts that are not known yet, in one go."""
        new = [text for text in texts if text not in self._texts]
        if new:
            self._texts.update((found.sketch.id, found) for found in load_texts(self._connection, new))
            while len(self._texts) > _KEPT_TEXTS:
                self._texts.popitem(last=False)

    def candidates(self, sketch: Sketch) -> Sequence[int]:
        """Better-ranked pivots that share a key or enough fingerprints, those that share most first.

        Where they share about as many, the better-ranked one comes first: a page with a teaser of the release may
        share one more than the release itself, and one that names a key is worth more than it.
        """
        self._load(sketch.hashes)
        named = {self._key_hash(key) for key in sketch.keys}
        telling = named.union(sketch.opening)
        counts: Counter[int] = Counter()
        for hashed in sketch.hashes:
            first = self._first[hashed]
            better = bisect_left(first, sketch.id)
            if better < self._common or hashed in telling:
                for pivot in first[: min(better, self._representatives)]:
                    counts[pivot] += self._shared if hashed in named else 1
        enough = [(-int(_STEPS * log2(count)), pivot) for pivot, count in counts.items() if count >= self._shared]
        chosen = [pivot for _, pivot in sorted(enough)[: self._limit]]
        self._fetch(chosen)
        return chosen

    def touched(self, sketch: Sketch) -> Iterable[int]:
        """Worse-ranked texts for which it matters whether this text is a pivot.

        It can attract those that share enough with it; and of a fingerprint that has as many representatives as
        are looked at, it can make boilerplate for some, or crowd another pivot out of the sight of those that
        begin with it.
        """
        if sketch.id >= self._last_placed:
            return ()  # texts are looked at in the order of rank: whatever ranks below has not been placed yet
        self._load(sketch.hashes)
        named = {self._key_hash(key) for key in sketch.keys}
        counts: Counter[int] = Counter()
        few: list[int] = []
        decides = dict.fromkeys(named, sketch.id)  # behind that rank the fingerprint alone is enough
        for hashed in sketch.hashes:
            others = [pivot for pivot in self._first[hashed] if pivot != sketch.id]
            better = bisect_left(others, sketch.id)
            if better < self._common and len(others) >= self._common - 1:
                decides.setdefault(hashed, max((sketch.id, *others[: self._common - 1])))
            if better >= self._representatives:
                continue
            if len(others) < self._common:
                few.append(hashed)
                continue
            counts.update(self._sighting(hashed, others, sketch.id, decides.get(hashed, sys.maxsize)))
        for hashed, other in self._having(few, sketch.id, sys.maxsize):
            counts[other] += self._shared if other > decides.get(hashed, sys.maxsize) else 1
        found = {other for other, count in counts.items() if count >= self._shared}
        self._fetch(sorted(found)[:_AHEAD])
        return found

    def _sighting(self, hashed: int, others: Sequence[int], text: int, decides: int) -> dict[int, int]:
        """What a fingerprint that is common counts to those behind the text for which it matters."""
        last = others[self._common - 1]
        crowds = others[self._representatives - 1] if len(others) >= self._representatives else sys.maxsize
        found = {
            other: self._shared if other > crowds else 1 for other in self._beginning_with(hashed, max(text, last))
        }
        upto = sys.maxsize if decides == text else last
        found.update(
            (other, self._shared if other > decides else 1) for _, other in self._having([hashed], text, upto)
        )
        return found

    def place(self, sketch: Sketch, placed: Placed) -> None:
        """Put the text there, and its fingerprints among those of the representatives or not."""
        before = self.star(sketch.id)
        self._placed[sketch.id] = placed
        is_pivot = placed.star == sketch.id
        if before is None:
            insert_plain(self._connection, t.Posting, [(hashed, is_pivot, sketch.id) for hashed in sketch.hashes])
        if (before == sketch.id) != is_pivot:
            self._turned.append(sketch.opening)
            self._note(sketch, is_pivot=is_pivot)
            if before is not None:
                self._turn(sketch, is_pivot=is_pivot)

    def remove(self, sketch: Sketch) -> None:
        """Forget a text that no page has."""
        if self.star(sketch.id) == sketch.id:
            self._turned.append(sketch.opening)
        self._note(sketch, is_pivot=False)
        opening = t.Opening
        self._connection.execute(
            delete(opening).where(opening.hash.in_(sketch.opening), opening.text == sketch.id)
        )
        posting = t.Posting
        for at in range(0, len(sketch.hashes), _AT_ONCE):
            part = sketch.hashes[at : at + _AT_ONCE]
            self._connection.execute(
                delete(posting).where(
                    posting.hash.in_(part), posting.pivot.in_((False, True)), posting.text == sketch.id
                )
            )
        self._connection.execute(delete(t.Doubt).where(t.Doubt.text == sketch.id))
        self._connection.execute(delete(t.DistinctText).where(t.DistinctText.id == sketch.id))
        self._texts.pop(sketch.id, None)
        self._placed.pop(sketch.id, None)

    def _turn(self, sketch: Sketch, *, is_pivot: bool) -> None:
        """Put a text's fingerprints among those of the pivots, or of the others."""
        posting = t.Posting
        for at in range(0, len(sketch.hashes), _AT_ONCE):
            part = sketch.hashes[at : at + _AT_ONCE]
            self._connection.execute(
                update(posting)
                .where(posting.hash.in_(part), posting.pivot == (not is_pivot), posting.text == sketch.id)
                .values(pivot=is_pivot)
            )

    def _load(self, hashes: Sequence[int]) -> None:
        """Read the first pivots of the fingerprints that are not known yet: copies share most of theirs.

        One more than are looked at: the one that moves up where another is left out.
        """
        if len(self._first) > _KEPT_HASHES:
            self._first.clear()
        new = [hashed for hashed in hashes if hashed not in self._first]
        self._first.update((hashed, []) for hashed in new)
        for at in range(0, len(new), _AT_ONCE):
            part = new[at : at + _AT_ONCE]
            statement = _first_pivots(len(part), self._representatives + 1, bind_mark(self._connection))
            for hashed, pivot in self._connection.exec_driver_sql(statement, tuple(part)):
                self._first[hashed].append(pivot)

    def _having(self, hashes: Sequence[int], above: int, last: int) -> Iterable[tuple[int, int]]:
        """(fingerprint, text) of the placed texts behind a rank, up to another one, that have one of them."""
        for at in range(0, len(hashes), _AT_ONCE):
            part = hashes[at : at + _AT_ONCE]
            statement = _texts_having(len(part), bind_mark(self._connection))
            yield from self._connection.exec_driver_sql(statement, (*part, above, last))

    def _beginning_with(self, hashed: int, above: int) -> Iterable[int]:
        """The texts behind a rank that begin with the fingerprint."""
        mark = bind_mark(self._connection)
        statement = f"SELECT text FROM opening WHERE hash = {mark} AND text > {mark}"  # noqa: S608 (marks)
        return self._connection.exec_driver_sql(statement, (hashed, above)).scalars()

    def _note(self, sketch: Sketch, *, is_pivot: bool) -> None:
        """Keep the first pivots true: put a new one in; forget the lists that lose one, others may move up."""
        for hashed in sketch.hashes:
            if not is_pivot:
                self._first.pop(hashed, None)
            elif hashed in self._first:
                insort(self._first[hashed], sketch.id)
                del self._first[hashed][self._representatives + 1 :]


@lru_cache(maxsize=256)
def _first_pivots(hashes: int, limit: int, mark: str) -> str:
    """One statement that reads the first pivots of so many fingerprints, each from the index's own order."""
    part = (
        f"SELECT * FROM (SELECT hash, text FROM posting WHERE hash = {mark} AND pivot = true"  # noqa: S608 (marks)
        f" ORDER BY text LIMIT {limit}) AS p"
    )
    return " UNION ALL ".join(f"{part}{n}" for n in range(hashes))


@lru_cache(maxsize=256)
def _texts_having(hashes: int, mark: str) -> str:
    """One statement that reads which texts in a range of ranks have one of so many fingerprints."""
    return (
        f"SELECT hash, text FROM posting WHERE hash IN ({', '.join([mark] * hashes)})"  # noqa: S608 (marks)
        f" AND pivot IN (false, true) AND text > {mark} AND text <= {mark}"
    )
