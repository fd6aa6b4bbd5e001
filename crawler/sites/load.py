"""Site files: what is known of a site, as data. One TOML per site or family, loaded into a frozen `Site`.

Addresses are described by templates, not by regular expressions, so that a site file can neither be slow
nor surprising: `/news/{date}/{slug}-{id}/p.html`. See `crawler.sites.template` for the placeholders.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple, TypeVar
from urllib.parse import urlsplit

import msgspec
import tldextract

from crawler.errors import UsageError
from crawler.identify.tracking import REDIRECTORS, Trackers, follow
from crawler.records import Tier  # noqa: TC001 (msgspec reads the annotation when the program runs)
from crawler.sites.check import find_problems
from crawler.sites.grammar import ANY_HOST, RUNG, KeyGrammar, Tracker
from crawler.sites.query import Query  # noqa: TC001 (as above)
from crawler.sites.template import Template, compile_template
from crawler.urls import ascii_host

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

T = TypeVar("T")

_suffixes = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None)


class Terms(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The site's terms of use: where they stand, when a person read them (`read`, a date), what they allow.

    Terms that were read and do not list `crawl` under `allows` reserve the site: a crawl leaves it out unless it
    is named.
    """

    url: str = ""
    read: str = ""
    allows: tuple[str, ...] = ()
    note: str = ""


class Discover(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where the site lists what is new. Listings yield links that match `items` of the site.

    `titles` are lists of the titles of everybody's news: of these only the titles of watched releases give leads.
    `queries` are how the site, or the service that it is, is asked for one release.
    """

    feeds: tuple[str, ...] = ()
    listings: tuple[str, ...] = ()
    sitemaps: tuple[str, ...] = ()
    titles: tuple[str, ...] = ()
    queries: tuple[Query, ...] = ()


class Politeness(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Seconds between two requests to one host, and how many pages one crawl may take."""

    delay: Annotated[float, msgspec.Meta(ge=0, le=3600)] = 5.0
    max_pages: Annotated[int, msgspec.Meta(ge=1)] = 500


class Budget(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How far a site is followed, against traps; `politeness.max_pages` says how many pages one crawl may take.

    `depth` steps from an entry page; more than `alike` addresses with the same bytes are no pages; `barren`
    answers in a row without anything new end the site's part of a run.
    """

    depth: Annotated[int, msgspec.Meta(ge=1, le=100)] = 10
    alike: Annotated[int, msgspec.Meta(ge=2, le=10_000)] = 10
    barren: Annotated[int, msgspec.Meta(ge=2, le=100_000)] = 50


class Fetch(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How the site's pages are fetched. `javascript`: they have no text before a browser has run their scripts.

    `also` names hosts besides the site's own that its pages load from; nothing else is loaded.
    """

    javascript: bool = False
    also: tuple[str, ...] = ()


class Cleaning(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the site adds to every page.

    `lines` are whole lines, folded; with a line of `below` everything under it goes too. `hints` are class or id
    names of its widgets, `within` those of what holds the release. `title_suffixes` hang on to every title.
    """

    lines: tuple[str, ...] = ()
    below: tuple[str, ...] = ()
    hints: tuple[str, ...] = ()
    within: tuple[str, ...] = ()
    title_suffixes: tuple[str, ...] = ()


class Assertions(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What must hold of the site, or somebody is told: what `never` begins a line of a clean text, and how many
    addresses the lists name at least.
    """

    never: tuple[str, ...] = ()
    min_listed: Annotated[int, msgspec.Meta(ge=0)] = 0


class Example(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An address, and the key that it must carry by this file alone; empty where it must carry none."""

    url: str
    key: str = ""


class Site(msgspec.Struct, frozen=True, forbid_unknown_fields=True, dict=True):
    """One site or family of sites.

    `name` is the file's stem, `family` the group that counts once (mirrors, station groups; default: the
    name), `hosts` exact names or `*.example.org`, preferred ones first, `items` templates of pages that may
    carry a release, `zone` the offset from UTC of the times that its pages give without one (`+08:00`).
    """

    name: str
    title: str
    tier: Tier
    hosts: tuple[str, ...]
    family: str = ""
    zone: str = ""
    items: tuple[str, ...] = ()
    keys: tuple[KeyGrammar, ...] = ()
    trackers: tuple[Tracker, ...] = ()
    examples: tuple[Example, ...] = ()
    discover: Discover = Discover()
    politeness: Politeness = Politeness()
    budget: Budget = Budget()
    fetch: Fetch = Fetch()
    cleaning: Cleaning = Cleaning()
    terms: Terms = Terms()
    assertions: Assertions = Assertions()

    @property
    def is_reserved(self) -> bool:
        """Whether a person has read the terms and they allow no crawling: asked only where it is named."""
        return bool(self.terms.read) and "crawl" not in self.terms.allows

    @cached_property
    def item_templates(self) -> tuple[Template, ...]:
        """The compiled `items`."""
        return tuple(compile_template(item) for item in self.items)

    @property
    def page_tier(self) -> Tier:
        """The tier of its pages: somebody's page at an index is a copy like any other."""
        return "copy" if self.tier == "index" else self.tier

    def is_listing(self, url: str) -> bool:
        """Whether the address is one of the site's own lists or answers, which are no stories.

        Nor is a raw capture of an archive (`web/20260109101112id_/…`): it is stored under its own address.
        """
        if url in self.discover.listings or any(query.asks(url) for query in self.discover.queries):
            return True
        return self.tier == "index" and "id_/" in urlsplit(url).path

    def is_item(self, url: str) -> bool:
        """Whether the address may be a page that carries a release: it fits a template of `items`."""
        parts = urlsplit(url)
        target = parts.path + ("?" + parts.query if parts.query else "")
        return any(
            template.match(target) is not None or template.match(parts.path) is not None
            for template in self.item_templates
        )


class Carried(NamedTuple):
    """An id that an address carries, its rung, and the address to show.

    `counted`: a tracking link has it, and not what it leads to.
    """

    scheme: str
    value: str
    rung: int
    url: str
    counted: bool


@dataclass(frozen=True)
class Sites:
    """All known sites, looked up by host."""

    all: tuple[Site, ...]

    @cached_property
    def trackers(self) -> Trackers:
        """The click counters of all sites, and the search engines'."""
        found = dict(REDIRECTORS)
        for site in reversed(self.all):
            for tracker in site.trackers:
                found.update({(host, tracker.path.rstrip("/")): tracker.parameter for host in tracker.hosts})
        return found

    @cached_property
    def grammars(self) -> bytes:
        """A digest of how addresses carry keys and count clicks, on all sites."""
        told = [(site.name, site.keys, site.trackers) for site in self.all]
        return hashlib.sha256(msgspec.json.encode(told)).digest()

    @cached_property
    def joining(self) -> frozenset[str]:
        """The schemes whose ids copies on several sites share, without naming a release."""
        grammars = ((RUNG[site.tier], key) for site in self.all for key in site.keys)
        return frozenset(key.scheme for rung, key in grammars if key.shared and (key.rung or rung) == RUNG["copy"])

    @cached_property
    def _by_host(self) -> dict[str, Site]:
        return {host: site for site in reversed(self.all) for host in site.hosts}

    @cached_property
    def _grammars(self) -> dict[str, tuple[tuple[Site, KeyGrammar], ...]]:
        """The grammars that have hosts of their own, by these."""
        found: dict[str, tuple[tuple[Site, KeyGrammar], ...]] = {}
        for site in self.all:
            for grammar in site.keys:
                for host in grammar.hosts:
                    found[host] = (*found.get(host, ()), (site, grammar))
        return found

    @cached_property
    def _parts(self) -> dict[str, bool]:
        return {host: True for site in self.all for host in site.fetch.also}

    @property
    def _anywhere(self) -> tuple[tuple[Site, KeyGrammar], ...]:
        """The grammars of addresses that tell by themselves whose they are, whatever the host."""
        return self._grammars.get(ANY_HOST, ())

    def of_host(self, host: str) -> Site | None:
        """The site that serves this host, by exact name or by the nearest `*.` pattern."""
        return _nearest(self._by_host, host)

    def is_part(self, host: str) -> bool:
        """Whether pages of some site may load from this host, though it serves none."""
        return _nearest(self._parts, host) is not None

    def read(self, address: str, *, glued: bool = False) -> Iterator[Carried]:
        """The ids in an address, and in those that it leads to where it counts clicks: one of each scheme.

        `glued` says that it was read from text, where the next word may stand right behind it.
        """
        seen: set[str] = set()
        way = follow(address, self.trackers)
        for step in filter(None, way):
            parts = urlsplit(step)
            host = (parts.hostname or "").rstrip(".")
            site = self.of_host(host)
            own = tuple((site, key) for key in site.keys if not key.hosts) if site else ()
            for holder, grammar in (*(_nearest(self._grammars, host) or ()), *own, *self._anywhere):
                found = None if grammar.scheme in seen else grammar.read(parts, host, glued=glued)
                if found is not None:
                    seen.add(grammar.scheme)
                    rung = grammar.rung or RUNG[holder.tier]
                    yield Carried(grammar.scheme, found.value, rung, found.url or step, step != way[-1])

    def of_url(self, url: str) -> Site | None:
        """The site that serves this address, or None: by its host, else by a grammar that is for any host."""
        parts = urlsplit(url)
        site = self.of_host(parts.hostname or "")
        if site is not None or not self._anywhere:
            return site
        return next((site for site, grammar in self._anywhere if grammar.read(parts, "")), None)

    def family_of(self, url: str) -> str:
        """The group that this address counts for: its site's family, else its registrable domain.

        >>> Sites(()).family_of("http://news.blog.example.co.uk/x")
        'example.co.uk'
        """
        site = self.of_url(url)
        if site is not None:
            return site.family or site.name
        host = ascii_host(urlsplit(url).hostname or "")
        return _suffixes(host).top_domain_under_public_suffix or host


def load_site(path: Path) -> Site:
    """Read one site file.

    Raises:
        UsageError: naming the file and the key that is wrong.

    """
    try:
        site = msgspec.toml.decode(path.read_bytes(), type=Site)
    except (OSError, UnicodeDecodeError, msgspec.DecodeError) as error:
        raise UsageError(f"{path}: {error}") from error
    problems = find_problems(Sites((site,)), path.stem)
    if problems:
        raise UsageError(f"{path}: {problems[0]}")
    return site


def load_sites(*folders: Path) -> Sites:
    """Read the shipped site files and those of the folders; a later file replaces an earlier one of its name."""
    found: dict[str, Site] = {}
    for folder in (shipped_folder(), *folders):
        for path in sorted(folder.glob("*.toml")):
            found[path.stem] = load_site(path)
    return Sites(tuple(found[name] for name in sorted(found)))


def shipped_folder() -> Path:
    """The folder of the site files that come with the program."""
    return Path(__file__).parent


def _nearest(table: Mapping[str, T], host: str) -> T | None:
    """What the table has for the host, by exact name or by the nearest `*.` pattern."""
    host = host.lower().rstrip(".")
    found = table.get(host)
    while found is None and "." in host:
        host = host.partition(".")[2]
        found = table.get("*." + host)
    return found
