"""What a run found, in the numbers that fit on one screen."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from sqlalchemy import select

from crawler.records import ATTACHING
from storage import lookups
from storage import tables as t

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from crawler.demo.newsroom import Newsroom
    from crawler.demo.server import Requests

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Carried:
    """One release: `copies` counts its copies by relation, `outlets` the families that carry them."""

    title: str
    key: str | None
    outlets: int
    copies: tuple[tuple[str, int], ...]

    @property
    def total(self) -> int:
        """How many copies there are."""
        return sum(count for _, count in self.copies)


@dataclass(frozen=True, slots=True)
class Findings:
    """All that was found. `cut` counts removed blocks by role and rule, `linked` pages that only cite."""

    releases: tuple[Carried, ...]
    linked: tuple[tuple[str, int], ...]
    others: int
    cut: tuple[tuple[tuple[str, str], int], ...]
    rejected: tuple[tuple[str, int], ...]


def gather_findings(connection: Connection, newsroom: Newsroom) -> Findings:
    """Read the derived rows; releases with most copies first.

    Lists and robots.txt are left out of what was rejected: nobody expects a text there.
    """
    relations: dict[str, Counter[str]] = {}
    linked: Counter[str] = Counter()
    for copy in lookups.copies(connection, texts="excerpt"):
        relation = copy.match.relation if copy.match else ""
        if relation in ATTACHING - {"origin", "wire"}:
            relations.setdefault(copy.cluster, Counter())[relation] += 1
        elif relation in lookups.LINKING:
            linked[relation] += 1
    releases = [
        Carried(row.title, row.key, row.families, _counted(relations.get(row.cluster, Counter())))
        for row in lookups.releases(connection, texts="excerpt")
    ]
    cut = Counter((row.role, row.rule) for row in lookups.removed(connection))
    return Findings(
        tuple(sorted(releases, key=lambda carried: (-carried.total, carried.title))),
        _counted(linked),
        _others(connection, newsroom),
        _counted(cut),
        _counted(_rejected(connection, newsroom)),
    )


def _others(connection: Connection, newsroom: Newsroom) -> int:
    """How many stories have a text of their own and name no release."""
    stories = {truth.url for truth in newsroom.truth}
    return sum(
        1
        for copy in lookups.copies(connection, texts="excerpt")
        if copy.url in stories and copy.release is None and copy.relation not in lookups.LINKING
    )


def _rejected(connection: Connection, newsroom: Newsroom) -> Counter[str]:
    """The stories without a text by reason; one that was had at a later attempt is none."""
    stories = {truth.url for truth in newsroom.truth}
    query = (
        select(t.Capture.url, t.Rejected.reason)
        .join(t.Rejected, t.Rejected.capture == t.Capture.id)
        .outerjoin(t.Copy, t.Copy.url == t.Capture.url)
        .where(t.Copy.url.is_(None))
        .distinct()
    )
    return Counter(reason for url, reason in connection.execute(query) if url in stories)


def waited_for(newsroom: Newsroom, requests: Requests) -> tuple[str, ...]:
    """The hosts that were busy at first and answered when they were asked again."""
    return tuple(
        served.host
        for served in newsroom.served
        if len(served.answers) > 1 and requests.of_host(served.host).get(served.path, 0) >= len(served.answers)
    )


def _counted(counts: Counter[T]) -> tuple[tuple[T, int], ...]:
    return tuple(sorted(counts.items(), key=lambda item: (-item[1], str(item[0]))))
