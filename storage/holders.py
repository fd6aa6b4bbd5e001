"""Under which clusters a key is named, and by how many: what tells a release from a text that only signs with it.

Read from pages and from where their texts stand, never from clusters as they were summed up. Within the caller's
transaction.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import func, select

from crawler.rulings import Holding
from storage import tables as t
from storage.batches import rows_in, scalars_in

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sqlalchemy import Connection


_TEXT: Final = (
    t.DistinctText.id.label("text"),
    t.DistinctText.pivot,
    (func.length(t.DistinctText.words) - func.length(func.replace(t.DistinctText.words, " ", "")) + 1).label(
        "tokens"
    ),
)


def holdings(connection: Connection, keys: Mapping[str, int], least: int) -> dict[str, tuple[Holding, ...]]:
    """Who holds each key, where more than one cluster names it; `keys` are given with their postings.

    Texts of fewer than `least` tokens say nothing of what the release's text is.
    """
    of = {hashed: key for key, hashed in keys.items()}
    named: dict[int, set[int]] = defaultdict(set)
    for row in _naming(connection, sorted(of), t.DistinctText.pivot):
        named[row.hash].add(row.pivot)
    several = sorted(hashed for hashed, pivots in named.items() if len(pivots) > 1)
    told = [row for row in _naming(connection, several, *_TEXT) if row.tokens >= least]
    pages = _pages(connection, sorted({row.text for row in told}))
    homes_of = [p.capture for found in pages.values() for p in found if p.tier != "copy"]
    own = set(_own_addresses(connection, homes_of))
    families: dict[tuple[str, int, str], set[str]] = defaultdict(set)
    homes: set[tuple[str, int, str]] = set()
    for row in told:
        for page in pages.get(row.text, ()):
            place = (of[row.hash], row.pivot, page.language)
            families[place].add(page.family)
            if (page.capture, of[row.hash]) in own:
                homes.add(place)
    found: dict[str, list[Holding]] = defaultdict(list)
    for place in sorted(families):
        key, pivot, language = place
        found[key].append(Holding(pivot, language, len(families[place]), place in homes))
    return {key: tuple(each) for key, each in found.items()}


def pivots_naming(connection: Connection, hashes: Sequence[int]) -> set[int]:
    """The pivots of the texts that have one of these keys' postings."""
    return {row.pivot for row in _naming(connection, hashes, t.DistinctText.pivot)}


def keys_of(connection: Connection, texts: Sequence[int]) -> set[str]:
    """The keys of these texts."""
    found = scalars_in(connection, select(t.DistinctText.keys), t.DistinctText.id, texts)
    return {key for keys in found for key in keys}


def _naming(connection: Connection, hashes: Sequence[int], *columns: Any) -> Iterator[Any]:
    """Each posting of a key with what these columns say of a text that has it; equal rows once."""
    posting, x = t.Posting, t.DistinctText
    wanted = select(posting.hash, *columns).join(x, x.id == posting.text).distinct()
    placed = wanted.where(posting.pivot.in_((False, True)), x.pivot.is_not(None))
    return rows_in(connection, placed, posting.hash, hashes)


def _pages(connection: Connection, texts: Sequence[int]) -> dict[int, list[Any]]:
    p = t.Page
    wanted = select(p.text_id, p.capture, p.language, p.family, p.tier)
    found: dict[int, list[Any]] = defaultdict(list)
    for row in rows_in(connection, wanted, p.text_id, texts):
        found[row.text_id].append(row)
    return found


def _own_addresses(connection: Connection, captures: Sequence[str]) -> Iterator[tuple[str, str]]:
    """The keys that pages have in their own addresses, each behind its page."""
    k = t.PageKey
    wanted = select(k.capture, k.scheme, k.value).where(k.place == "url")
    for row in rows_in(connection, wanted, k.capture, captures):
        yield row.capture, f"{row.scheme}:{row.value}"
