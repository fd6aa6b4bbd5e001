"""Site files: what is known of a site, as data. One TOML per site or family, loaded into a frozen `Site`.

Addresses are described by templates, not by regular expressions, so that a site file can neither be slow
nor surprising: `/news/{date}/{slug}-{id}/p.html`. See `crawler.sites.template` for the placeholders.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import msgspec
import tldextract

from crawler.errors import UsageError
from crawler.records import Tier  # noqa: TC001 (msgspec reads the annotation when the program runs)
from crawler.sites.template import CHECKS, Template, TemplateError, compile_template

_ZONE = re.compile(r"[+-]\d\d:\d\d")
_suffixes = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None)


class KeyGrammar(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How an address of this site carries an id.

    `path` is a template with an `{id}`; `check` names the test that a well-formed id passes (see
    `crawler.sites.template.CHECKS`); `canonical` is the address to show for the id, filled from the
    template's own placeholders and `{host}`.
    """

    scheme: str
    path: str
    check: str = "none"
    canonical: str = ""


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
    """Where the site lists what is new. Listings yield links that match `items` of the site."""

    feeds: tuple[str, ...] = ()
    listings: tuple[str, ...] = ()
    sitemaps: tuple[str, ...] = ()


class Politeness(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Seconds between two requests to one host, and how many pages one crawl may take."""

    delay: Annotated[float, msgspec.Meta(ge=0, le=3600)] = 5.0
    max_pages: Annotated[int, msgspec.Meta(ge=1)] = 500


class Cleaning(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the site adds to every page: lines (whole, folded), and class or id words of its widgets."""

    lines: tuple[str, ...] = ()
    hints: tuple[str, ...] = ()
    title_suffixes: tuple[str, ...] = ()


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
    discover: Discover = Discover()
    politeness: Politeness = Politeness()
    cleaning: Cleaning = Cleaning()
    terms: Terms = Terms()

    @property
    def is_reserved(self) -> bool:
        """Whether a person has read the terms and they allow no crawling: asked only where it is named."""
        return bool(self.terms.read) and "crawl" not in self.terms.allows

    @cached_property
    def item_templates(self) -> tuple[Template, ...]:
        """The compiled `items`."""
        return tuple(compile_template(item) for item in self.items)

    @cached_property
    def key_templates(self) -> tuple[tuple[KeyGrammar, Template], ...]:
        """The compiled `keys`."""
        return tuple((grammar, compile_template(grammar.path)) for grammar in self.keys)

    def is_item(self, url: str) -> bool:
        """Whether the address may be a page that carries a release: it fits a template of `items`."""
        parts = urlsplit(url)
        target = parts.path + ("?" + parts.query if parts.query else "")
        return any(
            template.match(target) is not None or template.match(parts.path) is not None
            for template in self.item_templates
        )


@dataclass(frozen=True)
class Sites:
    """All known sites, looked up by host."""

    all: tuple[Site, ...]

    @cached_property
    def _by_host(self) -> dict[str, Site]:
        return {host: site for site in reversed(self.all) for host in site.hosts}

    def of_host(self, host: str) -> Site | None:
        """The site that serves this host, by exact name or by the nearest `*.` pattern."""
        host = host.lower().rstrip(".")
        found = self._by_host.get(host)
        while found is None and "." in host:
            host = host.partition(".")[2]
            found = self._by_host.get("*." + host)
        return found

    def of_url(self, url: str) -> Site | None:
        """The site that serves this address, or None."""
        return self.of_host(urlsplit(url).hostname or "")

    def family_of(self, url: str) -> str:
        """The group that this address counts for: its site's family, else its registrable domain.

        >>> Sites(()).family_of("http://news.blog.example.co.uk/x")
        'example.co.uk'
        """
        site = self.of_url(url)
        if site is not None:
            return site.family or site.name
        host = urlsplit(url).hostname or ""
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
    problems = list(_problems(site, path.stem))
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


def _problems(site: Site, stem: str) -> list[str]:
    problems = []
    if site.name != stem:
        problems.append(f"name: {site.name!r} is not the file's name {stem!r}")
    if not site.hosts:
        problems.append("hosts: at least one is needed")
    if site.zone and not _ZONE.fullmatch(site.zone):
        problems.append(f"zone: {site.zone!r} is not an offset such as '+08:00'")
    problems += [f"hosts: {host!r} is not a lower-case host name" for host in site.hosts if host != host.lower()]
    for key in site.keys:
        if key.check not in CHECKS:
            problems.append(f"keys.check: {key.check!r} is none of {', '.join(sorted(CHECKS))}")
        if "{id" not in key.path:
            problems.append(f"keys.path: {key.path!r} has no {{id}}")
    for where, template in [*(("items", t) for t in site.items), *(("keys.path", k.path) for k in site.keys)]:
        try:
            compile_template(template)
        except TemplateError as error:
            problems.append(f"{where}: {error}")
    return problems
