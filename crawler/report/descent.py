"""The copying tree of a release as a tree: who most likely has the text from whom, as far as anybody knows."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from crawler.records import Parent

UNKNOWN: Final = "nobody knows"
"""The name of the root under which the copies hang whose parent is unknown."""

_KINDS: Final = {"origin": "the origin", "wire": "the wire", "outlet": "another outlet"}
_OWN: Final = frozenset({"origin", "wire"})


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a release as the tree needs it."""

    url: str
    relation: str
    parent: Parent | None


@dataclass(frozen=True, slots=True)
class Branch:
    """A page and those that have their text from it. `kind` is set on roots that are the release's own, captured
    or not; `sure` says with what confidence, and why, it hangs where it does. The unknown root has no address.
    """

    url: str
    kind: str
    sure: str
    children: tuple[Branch, ...]


def grow(pages: Sequence[Page]) -> tuple[Branch, ...]:
    """The roots with what hangs under them, by address.

    A circle, as two pages that name each other make one, is cut at its first address.
    """
    children: dict[str, list[Page]] = defaultdict(list)
    kinds: dict[str, str] = {}
    own = {page.url for page in pages if page.relation in _OWN}
    for page in sorted(pages, key=lambda page: page.url):
        if page.url in own:
            kinds[page.url] = _KINDS[page.relation]
        elif page.parent is not None:
            root = page.parent.url or ""
            children[root].append(page)
            if page.parent.kind in _OWN:
                kinds.setdefault(root, _KINDS[page.parent.kind])
    drawn: set[str] = set()
    known = {page.url for found in children.values() for page in found}
    roots = sorted(own | {url for url in children if url and url not in known})
    found = [Branch(root, kinds.get(root, ""), "", _under(root, children, drawn)) for root in roots]
    if children.get(""):
        found.append(Branch("", UNKNOWN, "", _under("", children, drawn)))
    while circle := known - drawn - own:  # two pages that name each other
        first = min(circle)
        drawn.add(first)
        found.append(Branch(first, "", "", _under(first, children, drawn)))
    return tuple(found)


def few(branches: Sequence[Branch], most: int) -> tuple[tuple[Branch, ...], int]:
    """So many of the branches, those first that others have their text from, and how many are left out."""
    kept = sorted(range(len(branches)), key=lambda n: (not branches[n].children, n))[:most]
    return tuple(branches[n] for n in sorted(kept)), len(branches) - len(kept)


def _under(url: str, children: Mapping[str, Sequence[Page]], drawn: set[str]) -> tuple[Branch, ...]:
    """What hangs under an address and is not drawn yet."""
    found = [page for page in children.get(url, ()) if page.url not in drawn]
    drawn.update(page.url for page in found)
    return tuple(Branch(page.url, "", _sure(page.parent), _under(page.url, children, drawn)) for page in found)


def _sure(parent: Parent | None) -> str:
    return f"{parent.confidence} %: {parent.why}" if parent and parent.confidence else ""
