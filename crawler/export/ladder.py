"""The identity ladder of one page: every key with the rung that it is on, and whether it decided, agrees or not.

So are the page's words, the last rung, and what the page claims about itself, which is on no rung.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal
from urllib.parse import urljoin

from crawler.export.form import percent
from crawler.identify.keys import NAMING, key_of_url
from crawler.identify.moments import made_at
from crawler.match.rungs import TITLE, WORDS
from crawler.match.thresholds import NAMED
from crawler.records import ATTACHING
from crawler.urls import url_key

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crawler.records import Claim, Found
    from crawler.sites.load import Sites
    from storage.rows import CopyRow, Evidence

Standing = Literal["decided", "agrees", "disagrees"]
Target = Literal["release", "another-release", "itself", "elsewhere"]


_STANDINGS: Final[dict[bool | None, Standing | None]] = {True: "agrees", False: "disagrees", None: None}


@dataclass(frozen=True, slots=True)
class Step:
    """A key on its rung. `made_at` is when its id was made, where it tells.

    `standing` is None where it has no say: an item's id, or a key in running text that is another release's.
    """

    key: Found
    made_at: str | None
    standing: Standing | None


@dataclass(frozen=True, slots=True)
class Ladder:
    """A page's steps, strongest rung first, and its last rung: how the words stand, and what they have in common.

    `words` is None where no other page has them, `title` where title and day decided nothing.
    """

    steps: tuple[Step, ...]
    words: Standing | None
    shared: str
    title: Standing | None = None

    @property
    def decided(self) -> int | None:
        """The rung that decided."""
        rungs = [step.key.rung for step in self.steps if step.standing == "decided"]
        rungs += [rung for rung, says in ((TITLE, self.title), (WORDS, self.words)) if says == "decided"]
        return min(rungs, default=None)

    @property
    def disagreed(self) -> tuple[int, ...]:
        """The rungs that say otherwise."""
        rungs = {step.key.rung for step in self.steps if step.standing == "disagrees"}
        return tuple(sorted(rungs | ({WORDS} if self.words == "disagrees" else set())))


@dataclass(frozen=True, slots=True)
class Weighed:
    """A claim of the page about itself, the key that it names if any, and where it points; None: at no address."""

    claim: Claim
    key: str | None
    target: Target | None

    @property
    def agrees(self) -> bool | None:
        """Whether it says the release that the page was put to, another one, or (None) neither."""
        return {"release": True, "another-release": False}.get(self.target or "")


def climb(found: Evidence, sites: Sites) -> Ladder:
    """A page's ladder; within a rung keys come in reading order.

    The release's keys are its own and those of its wires' addresses. A key agrees where it is one of these and
    disagrees where it is another of the same scheme; it decided where no stronger one agrees, unless the words
    decided.
    """
    copy = found.copy
    if copy is None:
        return Ladder((), None, "")
    ours = _keys_of_release(found, sites)
    naming = {key for key in found.keys if key.where != "body" or copy.relation == "citation"}
    agreeing = [key.rung for key in naming if _agrees(key, ours)]
    words, shared = _words(copy)
    by = copy.match.rung if copy.match else ""
    decided = 0 if words == "decided" or by == "person" else min(agreeing, default=0)
    shown = "\n".join(copy.match.evidence) if copy.match and by == "item-id" else ""
    steps = []
    for key in sorted(found.keys, key=lambda key: key.rung):
        standing = _STANDINGS[_agrees(key, ours)]
        if standing == "agrees" and key.rung == decided and key in naming:
            standing = "decided"
        elif key.rung > NAMING and key.quoted in shown:
            standing = "decided"  # another page of the release has it too
        steps.append(Step(key, made_at(key, sites), standing))
    return Ladder(tuple(steps), words, shared, "decided" if by == "title-day" else None)


def weigh_claims(found: Evidence, sites: Sites) -> tuple[Weighed, ...]:
    """What the page says about itself, held against the release that it was put to."""
    ours = _keys_of_release(found, sites)
    release = found.copy.release if found.copy else None
    return tuple(_weigh(claim, found.url, ours, release, sites) for claim in found.claims)


def _keys_of_release(found: Evidence, sites: Sites) -> dict[str, str]:
    """The release's keys, by scheme."""
    wires = found.release.wire_urls if found.release else ()
    keys = [key_of_url(url, sites) for url in wires]
    ours = {key.scheme: key.value for key in keys if key}
    if found.copy and found.copy.key:
        scheme, _, value = found.copy.key.partition(":")
        ours[scheme] = value
    return ours


def _agrees(key: Found, ours: Mapping[str, str]) -> bool | None:
    """Whether the key is the release's, None where it has no say. Running text names, and does not contradict."""
    if key.rung > NAMING or key.scheme not in ours:
        return None
    if ours[key.scheme] == key.value:
        return True
    return None if key.where == "body" else False


def _words(copy: CopyRow) -> tuple[Standing | None, str]:
    """How the text stands: it agrees where enough of either is the other's for two texts that name one key."""
    match = copy.match
    if match is None or copy.relation not in ATTACHING:
        return None, ""
    shared = (
        f"{percent(match.cover_release)} of the release is on this page; "
        f"{percent(match.cover_copy)} of this page's text is the release"
    )
    if match.rung == "text":
        return "decided", shared
    return "agrees" if max(match.cover_copy, match.cover_release) >= NAMED else "disagrees", shared


def _weigh(claim: Claim, url: str, ours: Mapping[str, str], release: str | None, sites: Sites) -> Weighed:
    address = urljoin(url, claim.value) if claim.value.startswith("/") else claim.value
    if not address.lower().startswith(("http://", "https://")):
        return Weighed(claim, None, None)
    key = key_of_url(address, sites)
    name = f"{key.scheme}:{key.value}" if key else None
    if key and key.rung <= NAMING and key.scheme in ours:
        return Weighed(claim, name, "release" if ours[key.scheme] == key.value else "another-release")
    if _same_address(address, release):
        return Weighed(claim, name, "release")
    return Weighed(claim, name, "itself" if _same_address(address, url) else "elsewhere")


def _same_address(one: str, other: str | None) -> bool:
    try:
        return other is not None and url_key(one) == url_key(other)
    except ValueError:  # a claim may be anything
        return False
