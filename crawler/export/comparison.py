"""A stored copy held against its release: what `diff` shows, and prints as `schemas/diff-1.json` says."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any, Final, Literal

from crawler.export.rows import share
from crawler.identify.links import find_links
from crawler.match.differences import CLASSES, Side, compare
from crawler.match.thresholds import SHARED
from crawler.records import ATTACHING, Decision
from storage import lookups
from storage.compared import find_named, find_nearest, read_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sqlalchemy import Connection

    from crawler.match.differences import Class, Comparison, Difference
    from crawler.match.pairs import Place
    from crawler.sites.load import Sites
    from storage.rows import CopyRow, TextRow

Standing = Literal["attached", "itself", "nearest", "none"]
"""What a page is held against: the text of its release, itself (it is that text), the nearest release, nothing."""

_SAID: Final[Mapping[str, tuple[str, str]]] = {
    "headline": ("headline changed", "headlines changed"),
    "number": ("figure changed", "figures changed"),
    "name": ("name changed", "names changed"),
    "quote": ("quote changed", "quotes changed"),
    "attribution-dropped": ("attribution dropped", "attributions dropped"),
    "link-dropped": ("link dropped", "links dropped"),
    "sentence-dropped": ("sentence dropped", "sentences dropped"),
    "sentence-added": ("sentence added", "sentences added"),
    "wording": ("other change of words", "other changes of words"),
}

Fragment = tuple[str, str]
"""A piece of a text and the class of the difference that it is, or empty."""


@dataclass(frozen=True, slots=True)
class Held:
    """A copy and the text that it is held against, with what came of it; nothing where there is no such text."""

    copy: CopyRow
    mine: TextRow
    its: TextRow | None
    standing: Standing
    comparison: Comparison | None


@dataclass(frozen=True, slots=True)
class Beside:
    """What stands side by side, in fragments; `kinds` are the classes of the differences in it."""

    release: tuple[Fragment, ...]
    copy: tuple[Fragment, ...]
    kinds: tuple[str, ...]


def hold(connection: Connection, copy: CopyRow, sites: Sites) -> Held:
    """Hold a copy against the text that its relation was told from, or else against the nearest release's."""
    mine = read_text(connection, copy.capture)
    if mine is None:
        raise LookupError(copy.url)  # a copy's capture is a page: the tables say so
    attached = copy.match is not None and copy.relation in ATTACHING
    against = copy.match.against if copy.match else None
    standing: Standing = "attached"
    if against == copy.capture and attached:
        standing = "itself"
    elif against is None or not attached:
        standing = "nearest"
        against = against or (find_named(connection, copy.key) if copy.key else None)
        against = against or find_nearest(connection, copy.capture, SHARED)
    its = read_text(connection, against) if against and against != copy.capture else None
    if standing == "nearest" and its is None:
        standing = "none"
    comparison = compare(_side(mine, sites), _side(its, sites)) if its else None
    return Held(copy, mine, its, standing, comparison)


def hold_copies(connection: Connection, cluster: str, sites: Sites, most: int) -> Iterator[Held]:
    """The first copies of a cluster, by address, each held against its release."""
    for copy in islice(lookups.copies(connection, cluster=cluster), most):
        yield hold(connection, copy, sites)


def _side(row: TextRow, sites: Sites) -> Side:
    blocks = [block for block, _, _ in row.blocks]
    decisions = [Decision(block.n, role, rule) for block, role, rule in row.blocks]  # type: ignore[arg-type]  # roles as stored
    return Side(row.title, row.text, row.language, find_links(row.url, blocks, decisions, sites), (row.family,))


def tell_counts(counts: Mapping[str, int]) -> str:
    """How many differences of each class there are, in a few words.

    >>> tell_counts({"number": 2, "name": 1})
    '2 figures changed, 1 name changed'
    """
    told = ((kind, counts[kind]) for kind in CLASSES if counts.get(kind))
    return ", ".join(f"{count} {_SAID[kind][count != 1]}" for kind, count in told)


def count(held: Held) -> dict[str, int]:
    """The differences by class."""
    found = (
        Counter(difference.kind for difference in held.comparison.differences) if held.comparison else Counter()
    )
    return {kind: found[kind] for kind in CLASSES if found[kind]}


def lay_beside(held: Held) -> tuple[Beside, ...]:
    """Both texts side by side, in the order of the release."""
    if held.comparison is None or held.its is None:
        return ()
    rows = []
    differences = held.comparison.differences
    for row in held.comparison.rows:
        here = [d for d in differences if _is_in(d.release, row.release) or _is_in(d.copy, row.copy)]
        release = _fragments(held.its.text, row.release, [(d.release, d.kind) for d in here])
        copy = _fragments(held.mine.text, row.copy, [(d.copy, d.kind) for d in here])
        rows.append(Beside(release, copy, tuple(dict.fromkeys(d.kind for d in here))))
    return tuple(rows)


def apart(held: Held) -> tuple[Difference, ...]:
    """The differences that stand in neither text: the headline's, and links behind words."""
    found = held.comparison.differences if held.comparison else ()
    return tuple(d for d in found if d.kind in {"headline", "link-dropped"})


def _is_in(place: Place | None, row: Place | None) -> bool:
    return place is not None and row is not None and row.start <= place.start and place.end <= row.end


def _fragments(text: str, row: Place | None, marked: Sequence[tuple[Place | None, Class]]) -> tuple[Fragment, ...]:
    return tuple(_cut(text, row, marked)) if row else ()


def _cut(text: str, row: Place, marked: Sequence[tuple[Place | None, Class]]) -> Iterator[Fragment]:
    at = row.start
    places = sorted((place, kind) for place, kind in marked if place and place.start < place.end)
    for place, kind in places:
        if at <= place.start and place.end <= row.end:
            if at < place.start:
                yield text[at : place.start], ""
            yield text[place.start : place.end], kind
            at = place.end
    if at < row.end:
        yield text[at : row.end], ""


# ----------------------------------------------------------------------------------------------- for programs


def comparison_object(held: Held) -> dict[str, Any]:
    """The comparison as one object."""
    match, comparison = held.copy.match, held.comparison
    differences = comparison.differences if comparison else ()
    passages = comparison.passages if comparison else ()
    attached = match is not None and held.standing in {"attached", "itself"}
    return {
        "url": held.copy.url,
        "relation": held.copy.relation,
        "release": held.copy.release if held.copy.relation in ATTACHING else None,
        "key": held.copy.key,
        "held_against": held.standing,
        "coverage": {"copy": share(match.cover_copy), "release": share(match.cover_release)}
        if match and attached
        else None,
        "copy": _text_object(held.mine),
        "against": _text_object(held.its) if held.its else None,
        "counts": count(held),
        "differences": [
            {"class": d.kind, "was": d.was, "said": d.said, "release": _place(d.release), "copy": _place(d.copy)}
            for d in differences
        ],
        "passages": [{"release": _place(same.release), "copy": _place(same.copy)} for same in passages],
    }


def _text_object(row: TextRow) -> dict[str, Any]:
    return {
        "url": row.url,
        "record": row.capture,
        "captured_at": row.captured_at,
        "title": row.title,
        "language": row.language,
        "text": row.text,
    }


def _place(place: Place | None) -> dict[str, int] | None:
    return {"start": place.start, "end": place.end} if place else None
