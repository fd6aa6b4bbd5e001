"""What is wrong with a site file that could be decoded: each mistake names its key."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from crawler.sites.grammar import ANY_HOST, RUNG
from crawler.sites.ids import CHECKS
from crawler.sites.template import TemplateError, compile_template, names_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crawler.sites.grammar import KeyGrammar, Tracker
    from crawler.sites.load import Site, Sites

_BEGINNING: Final = 7
"""Characters of a beginning that a line may be told by."""
_ZONE = re.compile(r"[+-]\d\d:\d\d")


def find_problems(alone: Sites, stem: str) -> list[str]:
    """The mistakes of the one site in `alone`, whose file has this stem; examples are tried last."""
    (site,) = alone.all
    problems = [*_about_site(site, stem)]
    for key in site.keys:
        problems += _about_key(key)
        if ANY_HOST in key.hosts and site.tier != "copy":
            problems.append(
                f"keys.hosts: any host would be a page of the {site.tier}'s; only a carrier's may be anywhere"
            )
        if 0 < key.rung < RUNG[site.tier]:
            problems.append(f"keys.rung: {key.rung} is stronger than a {site.tier} can give ({RUNG[site.tier]})")
    for tracker in site.trackers:
        problems += _about_tracker(tracker)
    return problems or [*_about_examples(alone, site)]


def _about_site(site: Site, stem: str) -> Iterator[str]:
    if site.name != stem:
        yield f"name: {site.name!r} is not the file's name {stem!r}"
    if not site.hosts:
        yield "hosts: at least one is needed"
    yield from _about_hosts("hosts", site.hosts)
    yield from _about_hosts("fetch.also", site.fetch.also)
    if site.zone and not _ZONE.fullmatch(site.zone):
        yield f"zone: {site.zone!r} is not an offset such as '+08:00'"
    yield from _about_lines(site)
    for template in site.items:
        yield from _about_template("items", template)
    for name in ("feeds", "listings", "sitemaps", "titles"):
        for url in getattr(site.discover, name):
            if urlsplit(url).scheme not in {"http", "https"}:
                yield f"discover.{name}: {url!r} is no http address"
    yield from _about_queries(site)


def _about_queries(site: Site) -> Iterator[str]:
    for query in site.discover.queries:
        yield from (f"discover.queries.url: {problem}" for problem in query.problems())
        if site.tier != "index" and query.kind not in {"search", "wordpress"}:
            yield f"discover.queries.kind: {query.kind!r} is for files of tier 'index'"
    if site.tier == "index" and (site.keys or site.items):
        yield "tier: an index has no pages of its own, so neither keys nor items"


def _about_lines(site: Site) -> Iterator[str]:
    for name in ("lines", "below"):
        for line in getattr(site.cleaning, name):
            if len(line.rstrip(" .\u2026")) < (_BEGINNING if line.endswith("\u2026") else 1):
                yield f"cleaning.{name}: {line!r} is too short to tell a line by"


def _about_key(key: KeyGrammar) -> Iterator[str]:
    if not key.scheme or any(c in key.scheme for c in ": ~\n"):
        yield f"keys.scheme: {key.scheme!r} has a colon, a blank or a tilde in it, or nothing"
    if key.check not in CHECKS:
        yield f"keys.check: {key.check!r} is none of {', '.join(sorted(CHECKS))}"
    yield from _about_hosts("keys.hosts", tuple(host for host in key.hosts if host != ANY_HOST))
    mistakes = [*_about_template("keys.path", key.path)]
    for one in key.query:
        name, equals, template = one.partition("=")
        if not (name and equals and template):
            mistakes.append(f"keys.query: {one!r} is not of the form name=template")
        else:
            mistakes += _about_template("keys.query", template)
    yield from mistakes
    if mistakes:
        return
    path, parameters = key.templates
    known = path.names.union(*(template.names for _, template in parameters))
    asked = names_in(key.key)
    if not asked:
        yield f"keys.key: {key.key!r} has no placeholder"
    elif asked - known:
        where = "keys.path" if key.key == "{id}" else "keys.key"
        yield f"{where}: nothing in {key.path!r} gives {_braced(asked - known)}"
    shown = names_in(key.canonical) - known - {"host"}
    if shown:
        yield f"keys.canonical: nothing in {key.path!r} gives {_braced(shown)}"
    if key.within and not ({"date"} <= known or {"year", "month", "day"} <= known):
        yield "keys.within: the address has no {date}, nor {year}, {month} and {day}"


def _about_tracker(tracker: Tracker) -> Iterator[str]:
    if not tracker.hosts:
        yield "trackers.hosts: at least one is needed"
    yield from _about_hosts("trackers.hosts", tracker.hosts)
    if not tracker.path.startswith("/"):
        yield f"trackers.path: {tracker.path!r} does not begin with a slash"
    if not tracker.parameter:
        yield "trackers.parameter: it has no name"


def _about_examples(alone: Sites, site: Site) -> Iterator[str]:
    for example in site.examples:
        found = [f"{carried.scheme}:{carried.value}" for carried in alone.read(example.url)]
        if example.key and example.key not in found:
            yield f"examples.key: {example.url} carries {' and '.join(found) or 'no key'}, not {example.key}"
        elif not example.key and found:
            yield f"examples.key: {example.url} carries {' and '.join(found)}, and should carry none"


def _about_hosts(where: str, hosts: tuple[str, ...]) -> Iterator[str]:
    for host in hosts:
        if host != host.lower() or not host.removeprefix("*.") or any(c in host for c in " /:@"):
            yield f"{where}: {host!r} is not a lower-case host name"


def _about_template(where: str, template: str) -> Iterator[str]:
    try:
        compile_template(template)
    except TemplateError as error:
        yield f"{where}: {error}"


def _braced(names: frozenset[str]) -> str:
    return ", ".join(f"{{{name}}}" for name in sorted(names))
