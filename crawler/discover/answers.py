"""What passes between a source and the frontier: what was asked, what the answer names, what came of it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qs, urlencode, urlsplit

from crawler.records import Rejected

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crawler.records import Fetched, Lead, LeadKind

PASSING: Final = "passing"
"""The reason of a refusal that will be over later: the host is left alone for a while and asked again."""

_SHOWN: Final = 200
_PASSING = re.compile(
    r"limit(?:ing)? (?:your )?requests|too many|rate.?limit|throttl|slow ?down|try(?:ing)? again|temporar"
    r"|overload|time[d -]?out|unavailable|busy",
    re.IGNORECASE,
)
_TAG = re.compile(r"<[^>]{0,500}>")


@dataclass(frozen=True, slots=True)
class Asked:
    """What an answer is read with: `hint` is the release that was asked for, `strangers` how many pages on hosts
    without a site file it may name, `wanted` the titles of watched releases, each with its key.
    """

    kind: LeadKind
    depth: int
    limit: int
    hint: str | None = None
    strangers: int = 0
    wanted: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Named:
    """An address that an answer names, as written. `exact`: the answer means this very page, whatever its form;
    without that it must fit `items` of its site.
    """

    kind: LeadKind
    href: str
    words: str = ""
    exact: bool = False
    hint: str | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """What came of an answer: leads; `held`, a response that it holds, with its record where it has one; `fault`
    is why there is not more.
    """

    leads: tuple[Lead, ...] = ()
    held: Fetched | None = None
    member: bytes | None = None
    fault: Rejected | None = None


def refusal(body: bytes) -> Rejected:
    """An answer in words where data should be: whether it passes, and what it says.

    >>> refusal(b"Please limit requests to one every 5 seconds.").reason, refusal(b"Query too short.").reason
    ('passing', 'refused')
    """
    text = " ".join(_TAG.sub(" ", body[:4000].decode("utf-8", "replace")).split())
    if not text:
        return Rejected("discover", "empty", "no bytes")
    return Rejected("discover", PASSING if _PASSING.search(text[:1000]) else "refused", text[:_SHOWN])


def noted(url: str, note: Mapping[str, str]) -> str:
    """An address with a note for the reader of its answer. It stands behind the `#`, so it is never sent.

    >>> noted("https://e.example/a", {"bytes": "0-9"})
    'https://e.example/a#bytes=0-9'
    """
    return f"{url.partition('#')[0]}#{urlencode(note)}"


def note_of(url: str) -> dict[str, str]:
    """The note behind an address."""
    said = parse_qs(urlsplit(url).fragment, max_num_fields=20)
    return {name: values[-1] for name, values in said.items()}
