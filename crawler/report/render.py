"""The report as HTML: no request to anywhere, no markup of a page, and one script that sorts and filters."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping, Sequence  # noqa: TC003 (a dataclass names them)
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any, Final

import jinja2
from markupsafe import Markup

from crawler.export.comparison import tell_counts
from crawler.export.form import percent
from crawler.report.descent import Page, few, grow
from crawler.report.league import count_issuers, count_languages, count_rules, count_wires, lay_matrix, rank
from crawler.report.packed import pack_rows
from crawler.report.periods import KINDS
from crawler.report.timeline import survive, trace
from crawler.report.wording import (
    count,
    is_unquoted,
    is_web,
    minute,
    short,
    signed,
    tame,
    tell_family,
    tell_reason,
    tell_reserved,
    tell_strip,
    thousands,
)
from crawler.urls import tell_hosts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crawler.report.descent import Branch
    from crawler.report.gather import Report, Story
    from crawler.report.periods import Periods
    from crawler.report.strips import Piece

LEGEND: Final = (
    ("verbatim", "the release, word for word or nearly so"),
    ("truncated", "the beginning of it"),
    ("excerpt", "parts of it"),
    ("edited", "its words were changed"),
    ("expanded", "the release inside a longer text"),
    ("translation", "in another language, without a page of its own at the origin"),
    ("paraphrase", "retold; linked, not counted as a copy"),
    ("citation", "quotes or names it; linked, not counted as a copy"),
    ("sibling", "the same template with other facts; a release of its own"),
    ("outlet", "a site, its mirrors or a station group: counted once, however many hosts"),
    ("independent", "an outlet that has it from the origin or a wire itself, as far as the copying tree knows"),
    ("of release", "how much of the release is on the page"),
    ("of page", "how much of the page's text is the release"),
)
"""The words of the report, in the order in which they are explained."""

ROWS: Final = 200
"""Rows of copies that a page has as HTML, shared out among its releases (three each at least): what is there
without a script. The others are data, which takes a third of the room and is drawn when somebody asks for it."""

FOLDERS: Final = ("report", "web")
"""Where our templates, styles and the script lie."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What is beside the rows, by capture: coverage strips, and addresses of pages of ours with their name."""

    strips: Mapping[str, Sequence[Piece]] = field(default_factory=dict)
    beside: Mapping[str, str] = field(default_factory=dict)
    beside_name: str = "side by side"


def render_html(report: Report, shown: Shown | None = None, home: str = "") -> Iterator[str]:
    """Everything on one page, in pieces; `home` is the address of the page that it is part of."""
    hrefs = {story.cluster: f"#{anchor(story.cluster)}" for story in report.stories}
    return _render(report, hrefs, shown or Shown(), home, inside=True)


def render_overview(report: Report, hrefs: Mapping[str, str]) -> Iterator[str]:
    """The summary over all releases alone; `hrefs` are the addresses of the releases' own pages, by cluster."""
    return _render(report, hrefs, Shown(), "", inside=False)


def render_periods(found: Periods) -> Iterator[str]:
    """A period against another."""
    heading = f"{found.now} against {found.before}"
    whole = next(iter(found.of("all")), None)
    return render_page(
        "periods.html.j2", ("report.css",), "report.js", found=found, whole=whole, kinds=KINDS, heading=heading
    )


def _render(
    report: Report,
    hrefs: Mapping[str, str],
    shown: Shown,
    home: str,
    *,
    inside: bool,
) -> Iterator[str]:
    single = report.key is not None and len(report.stories) == 1
    several = report.stories if len(report.stories) > 1 else ()
    outlets = rank(several)
    return render_page(
        "report.html.j2",
        ("report.css",),
        "report.js",
        report=report,
        single=single,
        inside=inside,
        strips=shown.strips,
        beside=shown.beside,
        beside_name=shown.beside_name,
        home=home,
        hrefs=hrefs,
        outlets=outlets,
        matrix=lay_matrix(several, outlets),
        rules=count_rules(several),
        languages=count_languages(several),
        issuers=count_issuers(several),
        wires=count_wires(several),
        known=sum(story.url is not None for story in report.stories),
        heading=(report.stories[0].title if single else "") or "Who carried which press release",
        legend=LEGEND,
        open=max(3, ROWS // max(1, len(report.stories))),
    )


def render_page(template: str, styles: Sequence[str], script: str = "", **values: Any) -> Iterator[str]:
    """A page of ours, in pieces: template, styles and script in one, and a policy that allows nothing else."""
    style, code = read_styles(*styles), read_script(script)
    return (
        _environment()
        .get_template(template)
        .generate(
            style=Markup(style),  # noqa: S704 (our own files, the only text that is not escaped)
            style_hash=source_hash(style),
            script=Markup(code),  # noqa: S704 (likewise)
            script_hash=source_hash(code) if code else "",
            **values,
        )
    )


@cache
def read_styles(*names: str) -> str:
    """Our own style sheets, one behind the other."""
    return "".join(_read(name) for name in names)


@cache
def read_script(name: str) -> str:
    """Our own script of that name; none without a name."""
    return _read(name) if name else ""


def source_hash(text: str) -> str:
    """What a policy allows a text in the page by: CSP level 3, 6.7.3.3."""
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


def _read(name: str) -> str:
    places = (resources.files("crawler").joinpath(folder, name) for folder in FOLDERS)
    return next(place for place in places if place.is_file()).read_text("utf-8")


@cache  # the templates are files of ours: compiled once, never changed
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.ChoiceLoader([jinja2.PackageLoader("crawler", folder) for folder in FOLDERS]),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        finalize=_finalize,
    )
    environment.filters |= {
        "web": is_web,
        "anchor": anchor,
        "changes": tell_counts,
        "count": count,
        "hosts": tell_hosts,
        "family": tell_family,
        "few": few,
        "minute": minute,
        "pack": pack_rows,
        "percent": percent,
        "reason": tell_reason,
        "reserved": tell_reserved,
        "short": short,
        "signed": signed,
        "strip_words": tell_strip,
        "survive": survive,
        "thousands": thousands,
        "trace": trace,
        "tree": _tree,
    }
    environment.tests["unquoted"] = is_unquoted
    return environment


def _finalize(value: Any) -> Any:
    if isinstance(value, str) and not isinstance(value, Markup):
        return tame(value)
    return "" if value is None else value


def anchor(cluster: str) -> str:
    """The name of a release's place on a page, or of its own page."""
    return "r-" + re.sub("[^0-9A-Za-z]", "", cluster)


def _tree(story: Story) -> tuple[Branch, ...]:
    return grow([Page(page.url, page.relation, page.parent) for page in (*story.own, *story.copies)])
