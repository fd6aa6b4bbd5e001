"""A release -> what to ask for it, and whom: the queries of the site files, filled in. Pure: nothing is fetched.

| placeholder | stands for |
|---|---|
| `{sentence}` | 8 to 12 words: of the sentence that the wire put before the text, and of a rare one of the body |
| `{phrase}` | the same and the title, cut to a run of words of three letters and more |
| `{title}` | the title's words, without the issuer's name before it |
| `{id}` | the release's ids, bare, at the origin and at the wires |
| `{url}` | its own addresses |
| `{carrier}` | the domains of sites whose addresses hold a title |
| `{words}` | uncommon words of the title, as such addresses hold them |
| `{since}` `{until}` | a day before it was published, or when it was last asked for, and now: `20251222071600` |
| `{month}` | the months of the three days from `{since}` on: `2025/12` |
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import TYPE_CHECKING, Final

import tldextract

from crawler.discover.phrases import pick_phrases
from crawler.fetch.addresses import url_fault
from crawler.records import Lead

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from collections.abc import Set as AbstractSet

    from crawler.sites.load import Site, Sites
    from crawler.sites.query import Query

MOST: Final = 60
"""Queries for one release."""

_BEFORE: Final = timedelta(days=1)
"""How long before its date a release may have come out: dates of a page have no zone."""

_FIRST_DAYS: Final = timedelta(days=3)
_NEVER: Final = datetime.min.replace(tzinfo=UTC)
_SHORTEST_ID: Final = 6
"""Characters of an id that is asked for; a shorter one is a number like any other."""

_suffixes = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None)


@dataclass(frozen=True, slots=True)
class Sought:
    """A release as it is looked for. `key` is `scheme:id`, `published_at` a date or a moment in ISO 8601; what is
    not known is empty. `ids` are further bare ids; those in its addresses are read from these.
    """

    key: str
    url: str | None = None
    wire_urls: tuple[str, ...] = ()
    title: str = ""
    text: str = ""
    published_at: str | None = None
    language: str = ""
    ids: tuple[str, ...] = ()


def queries(
    release: Sought,
    sites: Sites,
    now: datetime,
    *,
    asked_at: datetime | None = None,
    named: AbstractSet[str] = frozenset(),
) -> tuple[Lead, ...]:
    """What to ask for a release, each with its key as `release_hint`; each address once, `MOST` at most.

    `asked_at` is when this was asked last (None: never); services that go by time are asked for what came since.
    A site whose terms reserve it is asked only where it is `named`.
    """
    values = _values(release, sites)
    found: dict[str, Lead] = {}
    for site in sites.all:
        if site.is_reserved and site.name not in named:
            continue
        for query in site.discover.queries:
            for url, why in _asked(query, values, _window(release, now, asked_at, query.reach)):
                lead = Lead(url, site.name, f"query of {site.name}", why, query.kind, release.key)
                if url_fault(url) is None:
                    found.setdefault(url, lead)
    return tuple(found.values())[:MOST]


def carriers(sites: Sites) -> tuple[str, ...]:
    """The registrable domains of sites whose addresses hold a title: an index can be asked for its words."""
    holding = (site for site in sites.all if site.tier in {"copy", "wire"} and _holds_title(site))
    hosts = (site.hosts[0].removeprefix("*.") for site in holding)
    return tuple(dict.fromkeys(_suffixes(host).top_domain_under_public_suffix or host for host in hosts))


def _holds_title(site: Site) -> bool:
    return any("{slug}" in item or ":slug}" in item for item in site.items)


def _values(release: Sought, sites: Sites) -> Mapping[str, tuple[str, ...]]:
    """What each placeholder stands for; one that stands for nothing asks nothing."""
    phrases = pick_phrases(release.title, release.text)
    own = tuple(filter(None, (release.url, *release.wire_urls)))
    return {
        "sentence": phrases.sentences,
        "phrase": phrases.runs,
        "title": (phrases.title,) if phrases.title else (),
        "id": _ids(release, own, sites),
        "url": own,
        "carrier": carriers(sites),
        "words": (".*".join(phrases.words),) if len(phrases.words) > 1 else (),
    }


def _ids(release: Sought, own: tuple[str, ...], sites: Sites) -> tuple[str, ...]:
    """Bare ids that a copy may have kept with its links: rare as words, whoever made them."""
    carried = (found.value for url in own for found in sites.read(url))
    ids = (release.key.partition(":")[2], *release.ids, *carried)
    return tuple(dict.fromkeys(each for each in ids if len(each) >= _SHORTEST_ID and each.isalnum()))


def _window(
    release: Sought, now: datetime, asked_at: datetime | None, reach: int
) -> tuple[datetime, datetime] | None:
    """From when to when to ask, or None where a service cannot see so far back."""
    until = now.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    published = _moment(release.published_at)
    starts = [moment - _BEFORE for moment in (published, asked_at) if moment is not None]
    starts += [until - timedelta(days=reach)] if reach else []
    since = max(starts, default=until - timedelta(days=365)).astimezone(UTC)
    since = since.replace(minute=0, second=0, microsecond=0)
    return (since, until) if since < until else None


def _moment(said: str | None) -> datetime | None:
    try:
        moment = datetime.fromisoformat(said) if said else None
    except ValueError:
        return None
    return moment if moment is None or moment.tzinfo else moment.replace(tzinfo=UTC)


def _asked(
    query: Query, values: Mapping[str, tuple[str, ...]], window: tuple[datetime, datetime] | None
) -> Iterator[tuple[str, str]]:
    """The addresses of a query, and in words what each asks for."""
    if window is None:
        if {"since", "until", "month"} & set(query.names):
            return
        window = (_NEVER, _NEVER)
    since, until = window
    times = {"since": f"{since:%Y%m%d%H%M%S}", "until": f"{until:%Y%m%d%H%M%S}"}
    months = tuple(dict.fromkeys(f"{day:%Y/%m}" for day in (since, since + _FIRST_DAYS)))
    values = {**values, "month": months}
    names = [name for name in query.names if name not in times]
    for chosen in product(*(values[name] for name in names)):
        filled = dict(zip(names, chosen, strict=True))
        why = ", ".join(f"{name} {value}" for name, value in filled.items())
        yield query.fill({**filled, **times}), f"asked for {why}"[:200]
