"""The report as one HTML page: no script, no request to anywhere, nothing of a page's own markup."""

from __future__ import annotations

import base64
import hashlib
import re
from importlib import resources
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

import jinja2
from markupsafe import Markup

from crawler.export.comparison import tell_counts
from crawler.export.form import percent

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from crawler.report.gather import Carrier, Report

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
    ("of release", "how much of the release is on the page"),
    ("of page", "how much of the page's text is the release"),
)
"""The words of the report, in the order in which they are explained."""

ROWS: Final = 5_000
"""Rows of copies that one page shows, shared out among its releases (ten each at least): it must open at once."""

_SHARES = re.compile(r"; \d+ % of the copy is the release's, \d+ % of the release is here$")

_CONTROL = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)
"""What HTML does not allow, and what turns text around: shown as U+FFFD."""


def render_html(report: Report) -> Iterator[str]:
    """The page, in pieces."""
    single = report.key is not None and len(report.stories) == 1
    return render_page(
        "report.html.j2",
        ("report.css",),
        report=report,
        single=single,
        known=sum(story.url is not None for story in report.stories),
        heading=(report.stories[0].title if single else "") or "Who carried which press release",
        legend=LEGEND,
        most=max(10, ROWS // max(1, len(report.stories))),
    )


def render_page(template: str, styles: Sequence[str], **values: Any) -> Iterator[str]:
    """A page of ours, in pieces: its template, its styles inside, and a policy that allows nothing else."""
    folder = resources.files("crawler.report")
    style = "".join(folder.joinpath(name).read_text("utf-8") for name in styles)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return (
        _environment()
        .from_string(folder.joinpath(template).read_text("utf-8"))
        .generate(
            style=Markup(style),  # noqa: S704 (our own files, the only text that is not escaped)
            style_hash=f"sha256-{digest}",
            **values,
        )
    )


def is_web(url: str) -> bool:
    """Whether an address may become a link: http or https with a host, nothing that acts.

    >>> is_web("https://example.org/a"), is_web("javascript:alert(1)"), is_web("//evil.example")
    (True, False, False)
    """
    try:
        parts = urlsplit(url)
        return parts.scheme in {"http", "https"} and bool(parts.hostname) and not _CONTROL.search(url)
    except ValueError:
        return False


def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, finalize=_finalize
    )
    environment.filters |= {
        "web": is_web,
        "anchor": _anchor,
        "bare": _bare,
        "changes": tell_counts,
        "count": _count,
        "minute": _minute,
        "percent": percent,
        "reason": _reason,
        "short": _short,
        "thousands": _thousands,
    }
    return environment


def _finalize(value: Any) -> Any:
    if isinstance(value, str) and not isinstance(value, Markup):
        return _CONTROL.sub("\ufffd", value)
    return "" if value is None else value


def _anchor(cluster: str) -> str:
    return "r-" + re.sub("[^0-9A-Za-z]", "", cluster)


def _bare(host: str) -> str:
    return host.removeprefix("www.")


def _reason(page: Carrier) -> str:
    """Why a page was put where it is, without the relation and the shares, which have columns of their own."""
    return _SHARES.sub("", page.why.removeprefix(f"{page.relation}: "))


def _thousands(number: int) -> str:
    return f"{number:,}".replace(",", "\u202f")


def _count(number: int, one: str, many: str = "") -> str:
    return f"{_thousands(number)} {one if number == 1 else many or one + 's'}"


def _minute(moment: str) -> str:
    return moment[:16].replace("T", " ")


def _short(text: str, length: int) -> str:
    text = " ".join(text.split())
    return text if len(text) <= length else text[:length].rstrip() + "…"
