"""The copying tree of a release as lines: who most likely has the text from whom."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from storage.rows import CopyRow

_KINDS = {"origin": "the origin", "wire": "the wire", "outlet": "another outlet"}


def draw_tree(copies: Sequence[CopyRow]) -> Iterator[tuple[str, str]]:
    """The lines of the tree, each with the reason why it hangs where it does.

    Origin and wire are roots, captured or not; under "nobody knows" hang the copies whose parent is unknown. A
    circle, as two pages that name each other make one, is cut at its first address.
    """
    children: dict[str, list[CopyRow]] = defaultdict(list)
    names: dict[str, str] = {}
    own = {copy.url for copy in copies if copy.relation in {"origin", "wire"}}
    for copy in sorted(copies, key=lambda copy: copy.url):
        parent = copy.match.parent if copy.match else None
        if copy.url in own:
            names[copy.url] = f"{_KINDS[copy.relation]}, {copy.url}"
        elif parent is not None:
            root = parent.url or ""
            children[root].append(copy)
            if parent.kind in {"origin", "wire"}:
                names.setdefault(root, f"{_KINDS[parent.kind]}, {root}")
    drawn: set[str] = set()
    known = {copy.url for found in children.values() for copy in found}
    for root in sorted(own | {url for url in children if url and url not in known}):
        yield names.get(root, root), ""
        yield from _branches(root, children, "", drawn)
    if children.get(""):
        yield "nobody knows", ""
        yield from _branches("", children, "", drawn)
    while circle := known - drawn - own:  # two pages that name each other
        first = min(circle)
        drawn.add(first)
        yield first, ""
        yield from _branches(first, children, "", drawn)


def _branches(
    url: str, children: Mapping[str, Sequence[CopyRow]], stem: str, drawn: set[str]
) -> Iterator[tuple[str, str]]:
    """What hangs under an address and is not drawn yet."""
    found = [copy for copy in children.get(url, ()) if copy.url not in drawn]
    drawn.update(copy.url for copy in found)
    for n, copy in enumerate(found):
        last = n == len(found) - 1
        parent = copy.match.parent if copy.match else None
        sure = f"{parent.confidence} %: {parent.why}" if parent and parent.confidence else ""
        yield f"{stem}{'└─' if last else '├─'} {copy.url}", sure
        yield from _branches(copy.url, children, stem + ("   " if last else "│  "), drawn)
