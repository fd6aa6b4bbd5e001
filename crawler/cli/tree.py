"""The copying tree of a release as lines of a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crawler.report.descent import Page, grow

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from crawler.report.descent import Branch
    from storage.rows import CopyRow


def draw_tree(copies: Sequence[CopyRow]) -> Iterator[tuple[str, str]]:
    """The lines of the tree, each with the reason why it hangs where it does."""
    pages = [Page(copy.url, copy.relation, copy.match.parent if copy.match else None) for copy in copies]
    for root in grow(pages):
        yield ", ".join(filter(None, (root.kind, root.url))), ""
        yield from _branches(root.children, "")


def _branches(found: Sequence[Branch], stem: str) -> Iterator[tuple[str, str]]:
    for n, branch in enumerate(found):
        last = n == len(found) - 1
        yield f"{stem}{'└─' if last else '├─'} {branch.url}", branch.sure
        yield from _branches(branch.children, stem + ("   " if last else "│  "))
