"""What a release's own pages changed since they were first seen, for `show`, and who still says the old."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crawler.cli.terminal import day, shorten
from crawler.match.editions import State, tell_editions
from storage.evidence import states
from storage.lookups import copies

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from crawler.cli.terminal import Terminal
    from crawler.match.editions import Edition
    from storage.rows import CopyRow

Changed = tuple[tuple[str, "Edition"], ...]
"""Later states of the origin's and the wire's pages, each with the page's address."""

_OWN = frozenset({"origin", "wire"})
_WIDTH = 160


def read_editions(connection: Connection, cluster: str, pages: Sequence[CopyRow]) -> Changed:
    """The later states of a release's own pages among `pages`, held against the copies that are known now.

    Whole texts are read only where a page has more than one state.
    """
    edited = [page.url for page in pages if page.relation in _OWN and page.versions > 1]
    if not edited:
        return ()
    carried = [(copy.url, copy.text) for copy in copies(connection, cluster=cluster) if copy.relation not in _OWN]
    return tuple(
        (url, edition)
        for url in edited
        for edition in tell_editions([State(*state) for state in states(connection, url)], carried)
    )


def print_editions(terminal: Terminal, changed: Changed) -> None:
    """Print every later state: when it was first seen, what it changed, and the copies that are behind."""
    for url, edition in changed:
        terminal.heading(f"Changed at the source, seen {day(edition.seen)}")
        terminal.field("page", url)
        for change in edition.changes:
            was, said = (shorten(text, _WIDTH) or "nothing" for text in (change.was, change.said))
            terminal.field("was", f"{was} ({change.kind})")
            terminal.field("is", said)
        for behind in edition.behind:
            terminal.field("still old", behind)


def editions_object(changed: Changed) -> list[dict[str, Any]]:
    """The same for programs."""
    return [
        {
            "url": url,
            "seen": edition.seen,
            "changes": [_change(change.kind, change.was, change.said) for change in edition.changes],
            "behind": list(edition.behind),
        }
        for url, edition in changed
    ]


def _change(kind: str, was: str, said: str) -> dict[str, str]:
    return {"class": kind, "was": was, "is": said}
