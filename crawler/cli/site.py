"""`tearsheet site check FILE…`: whether site files can be loaded, and what they mean in words."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from crawler.cli.terminal import escape, standard_output
from crawler.errors import UsageError
from crawler.sites.load import load_site

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from crawler.cli.terminal import Terminal
    from crawler.sites.grammar import KeyGrammar
    from crawler.sites.load import Site
    from settings.app import AppConfig

_TIERS: Final = {
    "origin": "publishes originals: its pages stand for the release",
    "wire": "a distribution service: its pages stand for the release where no origin is known",
    "copy": "carries copies",
    "index": "an index of other sites' pages: asked for releases, none of its own pages is one",
}
_CHECKS: Final = {
    "none": "any id",
    "snowflake62": "a base-62 snowflake, which tells when it was made",
    "reversed-news": "hex of a reversed base64 number",
    "snowflake-twitter": "a snowflake of digits, which tells when it was made",
    "arti": "ARTI and sixteen digits, which tell when it was made",
}

_RUNGS: Final = {
    1: "names the origin",
    2: "names the wire's release",
    3: "an item's, which hints at its release and names none",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The verb's options."""
    parser.add_argument("action", choices=("check",), help="check: load site files and say what they mean")
    parser.add_argument("files", nargs="+", metavar="FILE", type=Path, help="site file (TOML)")


def run(args: argparse.Namespace, config: AppConfig) -> int:  # noqa: ARG001 (every verb is called alike)
    """Say what each file means.

    Returns:
        0 where all files are good; 2 where one is not: standard error names the file and the key.

    """
    out, code = standard_output(), 0
    for path in args.files:
        try:
            site = load_site(path)
        except UsageError as error:
            sys.stderr.write(f"tearsheet: {escape(str(error))}\n")
            code = UsageError.exit_code
            continue
        if not args.quiet:
            _say(out, path, site)
    return code


def _say(out: Terminal, path: Path, site: Site) -> None:
    out.heading(f"{path}: good")
    for label, text in _fields(site):
        out.field(label, text)


def _fields(site: Site) -> Iterator[tuple[str, str]]:
    yield "site", f"{site.name} ({site.title}), {_TIERS[site.tier]}"
    yield "counts as", f"one outlet, {site.family or site.name}, under {_number(len(site.hosts), 'host')}"
    for host in site.hosts:
        yield "host", f"any host under {host[2:]}" if host.startswith("*.") else host
    for item in site.items or ("none: it is only looked at for the addresses that are named",):
        yield "items", item
    for key in site.keys:
        yield "key", _key(key)
    for tracker in site.trackers:
        yield "counter", f"{' and '.join(tracker.hosts)} under {tracker.path}, leads to {tracker.parameter}"
    for example in site.examples:
        yield "example", f"{example.key or 'no key'} in {example.url}"
    for kind, urls in (
        ("feed", site.discover.feeds),
        ("listing", site.discover.listings),
        ("sitemap", site.discover.sitemaps),
        ("titles", site.discover.titles),
    ):
        for url in urls:
            yield kind, url
    for query in site.discover.queries:
        yield "query", f"{query.kind}: {query.url}"
    pace = site.politeness
    yield "pace", f"{pace.delay:g} s between two requests to a host, at most {pace.max_pages} pages in a crawl"
    yield from _scripts(site)
    if site.zone:
        yield "times", f"{site.zone} from UTC, where a page says no offset"
    yield from _cleaning(site)
    yield "terms", _terms(site)


def _scripts(site: Site) -> Iterator[tuple[str, str]]:
    if site.fetch.javascript:
        more = f" and may load from {' and '.join(site.fetch.also)} too" if site.fetch.also else ""
        yield "scripts", f"its pages are read as a browser shows them{more}; that needs the extra `javascript`"


def _key(key: KeyGrammar) -> str:
    said = f"{key.scheme}:{key.key} from {key.path}"
    said += f" with {' and '.join(key.query)}" if key.query else ""
    said += f" on {' and '.join(key.hosts)}" if key.hosts else ""
    said += f"; {_CHECKS[key.check]}"
    said += f", within {_number(key.within, 'day')} of the date beside it" if key.within else ""
    said += f", written in {key.case} case" if key.case else ""
    said += f"; {_RUNGS[key.rung]}" if key.rung else ""
    said += ", which copies on other sites carry too" if key.shared else ""
    return said + (f", shown as {key.canonical}" if key.canonical else "")


def _cleaning(site: Site) -> Iterator[tuple[str, str]]:
    for name in site.cleaning.within:
        yield "reads in", f"what has the class or id {name}, where a page has one"
    for line in site.cleaning.lines:
        yield "cuts line", line
    for line in site.cleaning.below:
        yield "cuts below", f"{line}, with the line"
    for hint in site.cleaning.hints:
        yield "cuts class", hint
    for suffix in site.cleaning.title_suffixes:
        yield "cuts title", f"…{suffix}"


def _terms(site: Site) -> str:
    terms = site.terms
    if not terms.read:
        return terms.note or "nobody has read them: `terms` is empty"
    allowed = ", ".join(terms.allows) or "nothing"
    return " ".join(part for part in (f"read {terms.read}, allow {allowed}.", terms.note, terms.url) if part)


def _number(count: int, noun: str) -> str:
    return f"{count} {noun}" + ("" if count == 1 else "s")
