"""The takedown list as a run holds it: what must be neither fetched nor taken in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from crawler.fetch.addresses import host_of
from crawler.urls import url_key
from storage.takedown import Taken, taken_down

if TYPE_CHECKING:
    from sqlalchemy import Connection


@dataclass(frozen=True, slots=True)
class Takedowns:
    """Keys of addresses, and hosts with all their names."""

    keys: frozenset[str] = frozenset()
    hosts: frozenset[str] = frozenset()

    def forbids(self, url: str) -> bool:
        """Whether the address is on the list, in any spelling, or its host.

        >>> Takedowns(hosts=frozenset({"a.example"})).forbids("https://www.A.example/x")
        True
        """
        if not (self.keys or self.hosts):
            return False
        labels = host_of(url).split(".")
        if any(".".join(labels[n:]) in self.hosts for n in range(len(labels))):
            return True
        try:
            return url_key(url) in self.keys
        except ValueError:
            return False


def read_takedowns(connection: Connection) -> Takedowns:
    """The list as it stands."""
    found = taken_down(connection)
    return Takedowns(
        frozenset(each.value for each in found if each.kind == "url"),
        frozenset(each.value for each in found if each.kind == "host"),
    )


def of_url(url: str, why: str, at: str) -> Taken:
    """The entry for an address.

    Raises:
        ValueError: it is none.

    """
    return Taken("url", url_key(url), url, why, at)


def of_host(host: str, why: str, at: str) -> Taken:
    """The entry for a host."""
    name = host.lower().rstrip(".").removeprefix("www.")
    return Taken("host", name, name, why, at)
