"""The sample releases: what an invented broadcaster and invented companies sent out, and what others wrote.

The texts are data (`texts/`); this module gives them identities as real ones have: an origin's id that tells
when it was made, a wire's running number, addresses, a dateline, closing lines.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from crawler.records import Role

ORIGIN_HOST: Final = "news.halcyon.test"
WIRE_HOST: Final = "www.meridianwire.test"
ORIGIN_ISSUER: Final = "Halcyon"

_TEXTS: Final = Path(__file__).parent / "texts"
_BASE62: Final = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
_EPOCH: Final = datetime(2014, 12, 31, 16, tzinfo=UTC)  # 2015-01-01 in Beijing
_WORKER: Final = 32 << 12
_LOW_BITS: Final = (64, 256, 320, 384)
_CLOSING: Final = {
    "en": ("For more information, please click:", "View original content:", "SOURCE "),
    "es": ("Para más información, haga clic en:", "Ver contenido original:", "FUENTE "),
}


@dataclass(frozen=True, slots=True)
class Line:
    """A paragraph of a text and its role; a newline in it is a line break of the page."""

    role: Role
    text: str


@dataclass(frozen=True, slots=True)
class Original:
    """A release as its issuer wrote it: `article` is the origin's text, `about` what the issuer repeats."""

    name: str
    issuer: str
    language: str
    title: str
    wire_title: str
    created: datetime
    dateline: str
    lead: str
    section: str
    author: str
    wire_id: int
    wire_item: str
    captions: tuple[str, ...]
    article: tuple[Line, ...]
    about: tuple[Line, ...]

    @property
    def origin_id(self) -> str | None:
        """The origin's id, where the issuer is the broadcaster that has a site of its own."""
        return snowflake62_of(self.created, self.wire_id) if self.issuer == ORIGIN_ISSUER else None

    @property
    def origin_url(self) -> str | None:
        """The origin's page, where there is one."""
        if self.origin_id is None:
            return None
        return f"http://{ORIGIN_HOST}/news/{self.created:%Y-%m-%d}/{slug(self.title)}-{self.origin_id}/p.html"

    @property
    def wire_url(self) -> str:
        """The wire's page."""
        edition = "" if self.language == "en" else f"/{self.language}"
        return f"http://{WIRE_HOST}{edition}/news-releases/{slug(self.wire_title).lower()}-{self.wire_id}.html"

    @property
    def url(self) -> str:
        """The release's canonical address: the origin's, else the wire's."""
        return self.origin_url or self.wire_url

    @property
    def key(self) -> str:
        """The release's key."""
        return f"halcyon:{self.origin_id}" if self.origin_id else f"meridian:{self.wire_id}"

    def wired(self) -> tuple[Line, ...]:
        """The text as the wire sends it: dateline and lead, the article, the issuer's own lines, the closing."""
        opening = Line("body", f"{self.dateline} {self.lead}")
        return (opening, *self.article, *self.about, *self.closing())

    def closing(self) -> tuple[Line, ...]:
        """The last lines: where to read on, where it came from, whose it is."""
        pointer, original, source = _CLOSING[self.language]
        reading_on = (Line("trailer", f"{pointer}\n{self.origin_url}"),) if self.origin_url else ()
        return (
            *reading_on,
            Line("trailer", f"{original}{self.wire_url}"),
            Line("trailer", f"{source}{self.issuer}"),
        )


@dataclass(frozen=True, slots=True)
class Story:
    """What a site wrote itself."""

    name: str
    title: str
    language: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Teaser:
    """The beginning of another text, as carriers list them under a page."""

    title: str
    text: str
    source: str


def read_originals() -> tuple[Original, ...]:
    """The releases, in the order in which they were sent."""
    found = [_original(tomllib.loads(path.read_text("utf-8"))) for path in (_TEXTS / "releases").glob("*.toml")]
    return tuple(sorted(found, key=lambda original: original.created))


def read_stories() -> tuple[Story, ...]:
    """The sites' own stories; `{tidal}` in them is the address of that release's origin."""
    addresses = {f"{{{original.name}}}": original.url for original in read_originals()}
    told = []
    for values in _stories()["story"]:
        lines = tuple(replace(line, text=_fill(line.text, addresses)) for line in _lines(values["body"]))
        told.append(Story(values["name"], values["title"], values["language"], lines))
    return tuple(told)


def read_teasers() -> tuple[Teaser, ...]:
    """Beginnings of stories of sites that are no part of the newsroom."""
    return tuple(Teaser(**values) for values in _stories()["teaser"])


def snowflake62_of(created: datetime, salt: int) -> str:
    """The id of an article made at that time: the reverse of `crawler.sites.ids.snowflake62`.

    >>> snowflake62_of(datetime(2025, 12, 22, 7, 16, 9, 342000, UTC), 1)
    '1JjihOzBpvi'
    """
    milliseconds = (created - _EPOCH) // (datetime.resolution * 1000)
    n = milliseconds << 22 | _WORKER | _LOW_BITS[salt % len(_LOW_BITS)]
    digits = ""
    while n:
        n, rest = divmod(n, 62)
        digits = _BASE62[rest] + digits
    return digits


def slug(title: str) -> str:
    """A title as it stands in an address: each run of other signs is one hyphen.

    >>> slug("“Up”, and away")
    '-Up-and-away'
    """
    return re.sub(r"[^0-9A-Za-z]+", "-", title).rstrip("-")


def _original(values: dict[str, Any]) -> Original:
    body, about, captions = values.pop("body"), values.pop("about"), values.pop("captions")
    boilerplate = tuple(replace(line, role=_boilerplate_role(line.text)) for line in _lines(about))
    return Original(**values, captions=tuple(captions), article=_lines(body), about=boilerplate)


def _boilerplate_role(text: str) -> Role:
    return "contact" if text.startswith("Media contact") else "about"


def _lines(text: str) -> tuple[Line, ...]:
    paragraphs = [paragraph.strip() for paragraph in text.split("\n\n") if paragraph.strip()]
    return tuple(
        Line("subhead", paragraph[3:]) if paragraph.startswith("## ") else Line("body", paragraph)
        for paragraph in paragraphs
    )


def _fill(text: str, addresses: dict[str, str]) -> str:
    for place, address in addresses.items():
        text = text.replace(place, address)
    return text


def _stories() -> dict[str, Any]:
    return tomllib.loads((_TEXTS / "stories.toml").read_text("utf-8"))
