"""Pages of the sample sites: frozen values in, HTML out. Also the tests' page generator.

An `Outlet` is a site with its layout and furniture, an `Item` one page of it. `render` is pure: the same values
give the same page. What stands around the text is in the values too, so that `widgets` can tell every line of
a page that is not the release.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

import jinja2
from markupsafe import Markup, escape

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crawler.demo.releases import Line
    from crawler.records import Relation

Kind = Literal[
    "ticker", "related", "disclaimer", "share", "newsletter", "byline", "note", "read-more", "comments", "advert"
]  # fmt: skip
Place = Literal["above", "inside", "below", "side"]

_ADDRESS: Final = re.compile(r"(https?://[^\s)]+)")
_TEMPLATES: Final = Path(__file__).parent / "templates"


@dataclass(frozen=True, slots=True)
class Pointer:
    """A teaser of another page as it stands in a box; `stamp` is source and time, glued as the site does it."""

    title: str
    text: str = ""
    stamp: str = ""
    href: str = "#"


@dataclass(frozen=True, slots=True)
class Box:
    """A widget: what it is, where it stands, its heading, lines and teasers."""

    kind: Kind
    place: Place
    heading: str = ""
    lines: tuple[str, ...] = ()
    pointers: tuple[Pointer, ...] = ()


@dataclass(frozen=True, slots=True)
class Outlet:
    """A site: its host, the name it goes by, its layout (a template), and the furniture of every page."""

    host: str
    name: str
    layout: str
    suffix: str
    menu: tuple[str, ...]
    footer: tuple[str, ...]
    language: str = "en"


@dataclass(frozen=True, slots=True)
class Item:
    """One page: its address on the outlet, headline, text, and what the site put around and into the text.

    `inside` is the line before which the boxes of that place stand. `canonical` is what the page claims to be,
    its own address where empty. `teaser` is said twice above the text where it is not empty.
    """

    path: str
    title: str
    lines: tuple[Line, ...]
    published: datetime
    release: str | None = None
    relation: Relation | None = None
    boxes: tuple[Box, ...] = ()
    inside: int = 4
    canonical: str = ""
    teaser: str = ""
    captions: tuple[str, ...] = ()
    author: str = ""
    section: str = ""
    item_id: str = ""
    language: str = ""


def render(outlet: Outlet, item: Item) -> str:
    """The page as HTML."""
    template = environment().get_template(f"{outlet.layout}.html.j2")
    return template.render(outlet=outlet, item=item, url=address(outlet, item), parts=_parts(item))


def widgets(outlet: Outlet, item: Item) -> tuple[str, ...]:
    """Every line of the page that is not the release: of its boxes, its menu and its footer."""
    said: list[str] = [item.teaser] if item.teaser else []
    for box in item.boxes:
        said += [box.heading, *box.lines]
        for pointer in box.pointers:
            said += [pointer.title, pointer.text, pointer.stamp]
    return tuple(dict.fromkeys(line for line in (*outlet.menu, *said, *outlet.footer) if line))


def clean_text(item: Item) -> str:
    """What a perfect cleaner keeps of the page: the text's own lines."""
    return "\n".join(line.text for line in item.lines)


def address(outlet: Outlet, item: Item) -> str:
    """The page's address."""
    return f"http://{outlet.host}{item.path}"


def linked(text: str) -> Markup:
    """The text as HTML: addresses in it are links, line breaks are breaks."""
    pieces = [
        Markup('<a href="{0}" rel="nofollow">{0}</a>').format(piece)
        if _ADDRESS.fullmatch(piece)
        else escape(piece)
        for piece in _ADDRESS.split(text)
    ]
    return Markup().join(pieces).replace("\n", Markup("<br>\n"))


def broken(text: str) -> Markup:
    """The text as HTML of a site that drops links: an address is bare text, with a hard blank after it."""
    marked = re.sub(r"(https?://\S+)(?=\n|$)", "\\1\u00a0", text)
    return escape(marked).replace("\n", Markup("<br>\n"))


def placed(item: Item, place: Place) -> tuple[Box, ...]:
    """The boxes of the item that stand there."""
    return tuple(box for box in item.boxes if box.place == place)


@cache
def environment() -> jinja2.Environment:
    """The templates' environment; everything is escaped."""
    made = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_TEMPLATES),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    made.filters["linked"] = linked
    made.filters["broken"] = broken
    made.filters["placed"] = placed
    made.filters["stamped"] = _stamped
    made.filters["eastern"] = _eastern
    return made


def _parts(item: Item) -> tuple[Sequence[Line], Sequence[Line]]:
    """The text before and after the boxes that stand inside it."""
    at = min(item.inside, len(item.lines))
    return item.lines[:at], item.lines[at:]


def _stamped(moment: datetime, form: str) -> str:
    """The moment in a form of `strftime`."""
    return moment.strftime(form)


def _eastern(moment: datetime) -> str:
    """The moment as the wire prints it: four hours behind UTC all summer."""
    shifted = moment.replace(tzinfo=None) - (moment.utcoffset() or timedelta()) - timedelta(hours=4)
    return f"{shifted:%b %d, %Y, %H:%M} ET"
