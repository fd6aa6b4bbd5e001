"""Below the names of the ladder: item ids that pages have in common, and a title with its dateline's day.

They put no page to a release by themselves: the words have to agree first. Then they say what it was told by.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from crawler.identify.datelines import read_dateline
from crawler.identify.keys import NAMING
from crawler.match.sketch import HINT
from crawler.match.tokens import tokenise

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from crawler.records import Member

ITEM: Final = 3
TITLE: Final = 4
WORDS: Final = 5

_ISSUER = re.compile(r"[^\s:]{2,30}: ")
_TITLE_LEAST: Final = 4
"""Words of a title that is no one else's by chance."""
_DAY: Final = 5


@dataclass(frozen=True, slots=True)
class Common:
    """What pages have in common: the addresses that have each item id, the families that have each title and day.

    `usual` is, for each scheme of which a release has one id, the one that most families have.
    """

    items: Mapping[str, frozenset[str]]
    titles: Mapping[tuple[str, str], frozenset[str]]
    usual: Mapping[str, str]


def gather(members: Sequence[Member]) -> Common:
    """Look what the pages have in common. The outcome does not depend on their order."""
    items: dict[str, set[str]] = defaultdict(set)
    titles: dict[tuple[str, str], set[str]] = defaultdict(set)
    votes: dict[str, set[str]] = defaultdict(set)
    for member in members:
        for key in member.found:
            if key.rung > NAMING:
                items[f"{key.scheme}:{key.value}"].add(member.url)
        for hint in _hints(member):
            votes[hint].add(member.family)
        headed = _headed(member)
        if headed is not None:
            titles[headed].add(member.family)
    return Common(
        {key: frozenset(urls) for key, urls in items.items()},
        {headed: frozenset(families) for headed, families in titles.items()},
        dict(_usual({hint: len(families) for hint, families in votes.items()})),
    )


def decide(member: Member, common: Common) -> tuple[int, tuple[str, ...]]:
    """The rung that decided where no name did, and the strings that show it."""
    shared = [
        key
        for key in member.found
        if key.rung > NAMING and len(common.items.get(f"{key.scheme}:{key.value}", ())) > 1
    ]
    said = [f"{key.where}, block {key.block}: {key.quoted}" for key in shared]
    headed = _headed(member)
    same_title = headed is not None and len(common.titles.get(headed, ())) > 1
    if headed is not None and same_title:
        said.append(f"title and dateline's day as another outlet has them: {member.title} ({headed[1]})")
    return ITEM if shared else TITLE if same_title else WORDS, tuple(said)


def disagreements(member: Member, common: Common) -> Iterator[str]:
    """Item ids of the page that are others than most families have."""
    for hint in _hints(member):
        scheme = hint.partition(":")[0]
        usual = common.usual.get(scheme, hint)
        if usual != hint:
            yield f"its text has {hint}, most have {usual}"


def _hints(member: Member) -> tuple[str, ...]:
    return tuple(key.removeprefix(HINT) for key in member.keys if key.startswith(HINT))


def _usual(votes: Mapping[str, int]) -> Iterator[tuple[str, str]]:
    """For each scheme the id with more votes than any other, where there is one."""
    by_scheme: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for hint, count in votes.items():
        by_scheme[hint.partition(":")[0]].append((count, hint))
    for scheme, counted in by_scheme.items():
        best, *others = sorted(counted, reverse=True)
        if not others or others[0][0] < best[0]:
            yield scheme, best[1]


def _headed(member: Member) -> tuple[str, str] | None:
    """The page's title, folded and without its issuer, and the day of its dateline; None without either."""
    dateline = read_dateline(member.text)
    words = tokenise(_ISSUER.sub("", member.title, count=1))
    if dateline is None or dateline.date is None or len(words) < _TITLE_LEAST:
        return None
    return " ".join(words), dateline.date[-_DAY:]
