"""What the sample sites published: which text, what each carrier did to it, what it put around it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from crawler.demo import outlets as o
from crawler.demo.carriers import edit, excerpt, expand, texturize, truncate
from crawler.demo.pages import Box, Item, Outlet, Pointer
from crawler.demo.releases import Line, read_originals, read_stories, read_teasers, slug

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from random import Random

    from crawler.demo.releases import Original, Story, Teaser
    from crawler.records import Relation

_TOKENS: Final = (("Harbor Seal Club", "SEAL"), ("Moonrise", "MOON"), ("Cannery Credits", "FISH"))
_EDITS: Final = {
    "For three centuries the town looked at that water": "For generations locals looked at it",
    "who has chaired the harbour trust since 2019": "the head of the harbour trust",
    "Its embankment is 3.4 kilometres long and stands": "Its wall of stone stands",
    "slower than a child's merry-go-round": "slower than you would believe",
    "Building it cost 318 million crowns": "Building it cost a hefty 381 million crowns",
    "Delegations from fourteen ports have walked": "Visitors from many ports have come to see",
    "the chief engineer of the station": "an engineer",
}
_WALLS: Final = {
    "script": ("Lantern Bay lagoon: the picture story", ()),
    "bot": (
        "The ferry that never came",
        (
            "Checking your browser before you reach www.gatehouse.test. This takes a few seconds.",
            "Please enable JavaScript and cookies to continue.",
        ),
    ),
    "consent": (
        "What the eels know",
        (
            "Before you continue: we value your privacy",
            "We and our 214 partners ask you to consent to the use of cookies. Accept all, or set preferences.",
        ),
    ),
    "login": (
        "On board the river library",
        (
            "Please log in to read this story. Subscribers only.",
            "Already have an account? Enter your name and password. Create a free account to read three stories.",
        ),
    ),
}


@dataclass(frozen=True, slots=True)
class Desk:
    """What the editors have on their desks; `chance` decides what does not matter."""

    originals: dict[str, Original]
    stories: dict[str, Story]
    teasers: tuple[Teaser, ...]
    chance: Random


@dataclass(frozen=True, slots=True)
class Edition:
    """One site with all its pages."""

    outlet: Outlet
    items: tuple[Item, ...]


def editions(chance: Random) -> tuple[Edition, ...]:
    """All sites with their pages."""
    desk = Desk(
        {original.name: original for original in read_originals()},
        {story.name: story for story in read_stories()},
        read_teasers(),
        chance,
    )
    bazaar = _bazaar(desk)
    return (
        Edition(o.ORIGIN, _origin(desk)),
        Edition(o.WIRE, _wire(desk)),
        Edition(o.BAZAAR, bazaar),
        Edition(o.MIRROR, bazaar[:3]),
        Edition(o.DISPATCH, _dispatch(desk)),
        Edition(o.PORTAL, _portal(desk)),
        *(Edition(station, _station(desk)) for station in o.STATIONS),
        Edition(o.LEDGER, _ledger(desk)),
        Edition(o.QUIET, _quiet(desk)),
        Edition(o.FARO, _faro(desk)),
        Edition(o.GATE, _gate(desk)),
    )


def _item(original: Original, path: str, lines: Sequence[Line], relation: Relation, hours: float) -> Item:
    return Item(
        path=path,
        title=original.wire_title,
        lines=tuple(lines),
        published=original.created + timedelta(hours=hours),
        release=original.name,
        relation=relation,
        language=original.language,
    )


def _own(desk: Desk, name: str, path: str, day: datetime) -> Item:
    story = desk.stories[name]
    named = next((each for each in desk.originals.values() if any(each.url in p.text for p in story.lines)), None)
    relation: Relation | None = "citation" if named else None
    return Item(path, story.title, story.lines, day, relation=relation, language=story.language)


# ------------------------------------------------------------------------------------------------ the sites


def _origin(desk: Desk) -> tuple[Item, ...]:
    own = [original for original in desk.originals.values() if original.origin_url]
    found = []
    for original in own:
        path = (original.origin_url or "").partition(o.ORIGIN.host)[2]
        others = tuple(Pointer(other.title, href=other.origin_url or "") for other in own if other != original)
        found.append(
            replace(
                _item(original, path, original.article, "origin", 0.2),
                title=original.title,
                boxes=(Box("related", "below", "Related stories", pointers=others),),
                captions=original.captions,
                author=original.author,
                section=original.section,
                item_id=original.origin_id or "",
            )
        )
    return tuple(found)


def _wire(desk: Desk) -> tuple[Item, ...]:
    found = []
    for original in desk.originals.values():
        also = tuple(
            Pointer(other.wire_title, _opening(other.wired(), 30), href=other.wire_url)
            for other in desk.originals.values()
            if other.issuer == original.issuer and other != original
        )
        boxes = (
            Box("byline", "above", "News provided by"),
            o.SHARE_WIRE,
            *((Box("related", "below", "Also from this source", pointers=also),) if also else ()),
            Box("related", "below", "Explore", ("More news releases in similar topics",)),
        )
        path = original.wire_url.partition(o.WIRE.host)[2]
        item = _item(original, path, original.wired(), "wire", 2)
        found.append(replace(item, boxes=boxes, author=original.issuer, item_id=original.wire_item))
    return tuple(found)


def _bazaar(desk: Desk) -> tuple[Item, ...]:
    items = [
        _item(desk.originals[name], f"/news/{1001 + n}", texturize(desk.originals[name].wired()), "verbatim", 5)
        for n, name in enumerate(("tidal", "veltrane-q2", "veltrane-q3", "orrin"))
    ]
    reef = _own(desk, "reef", "/news/1005", items[2].published)
    items.append(replace(reef, canonical=desk.originals["tidal"].url))  # a lie: it is no copy of that
    items.append(_own(desk, "copper", "/news/1006", items[1].published))
    return tuple(
        replace(
            item,
            teaser=_cut(item.lines[0].text, 166),
            boxes=(_ticker(desk), o.DISCLAIMER, _also_like(desk, item)),
        )
        for item in items
    )


def _dispatch(desk: Desk) -> tuple[Item, ...]:
    items = [
        _item(desk.originals[name], "", texturize(desk.originals[name].wired()), "verbatim", 9)
        for name in ("tidal", "library", "orrin")
    ]
    items.append(_own(desk, "lagoon-walk", "", items[0].published + timedelta(days=4)))
    items.append(_own(desk, "retold", "", items[0].published + timedelta(days=6)))
    pointers = tuple(Pointer(item.title, _cut(item.lines[0].text, 90) + " …") for item in items)
    found = []
    for n, item in enumerate(items):
        others = pointers[:n] + pointers[n + 1 :]
        note = f"The post {item.title} appeared first on {o.DISPATCH.name}."
        inside = Box(
            "related", "inside", "You may also like", pointers=tuple(replace(p, text="") for p in others[:2])
        )
        boxes = (
            *((inside,) if item.release else ()),
            Box("note", "below", lines=(note,)),
            o.SHARE_BLOG,
            Box("related", "below", "Related posts", pointers=others[2:]),
            o.COMMENTS,
            o.ABOUT_BLOG,
        )
        path = f"/{item.published:%Y/%m}/{slug(item.title).lower().strip('-')}/"
        found.append(replace(item, path=path, boxes=boxes, inside=5 + n % 2))
    return tuple(found)


def _portal(desk: Desk) -> tuple[Item, ...]:
    found = []
    for n, (name, keep) in enumerate((("tidal", 6), ("library", 5), ("veltrane-q2", 4))):
        original = desk.originals[name]
        path = f"/articles/{slug(original.wire_title).lower()}-{220418 + n * 577}.html"
        item = _item(original, path, truncate(original.wired(), keep, 18), "truncated", 1.5 + n)
        streams = tuple(Pointer(teaser.title, _cut(teaser.text, 120) + "…") for teaser in _some(desk, 2))
        boxes = (o.READ_MORE, Box("related", "side", "Recommended Stories", pointers=streams), o.NEWSLETTER)
        found.append(replace(item, boxes=boxes))
    return tuple(found)


def _station(desk: Desk) -> tuple[Item, ...]:
    found = []
    for name in ("tidal", "library", "orrin"):
        original = desk.originals[name]
        place = f"{original.created:%Y%m%d}{original.wire_item}"
        path = f"/business/press-releases/meridian/{place}/{slug(original.wire_title).lower()}/"
        found.append(_item(original, path, original.wired(), "verbatim", 2.3))
    found.append(_own(desk, "storm", "/news/storm-watch-lifted/", found[0].published))
    top = tuple(Pointer(title, stamp=f"{2 + n} hours ago") for n, title in enumerate(_HEADLINES))
    boxes = (o.STATION_NOTE, Box("related", "below", "Top Stories", pointers=top))
    return tuple(replace(item, boxes=boxes if item.release else boxes[1:]) for item in found)


_HEADLINES: Final = (
    "Dog that swam the lake gets a medal",
    "Road works on Mill Street start on Monday",
    "High school band wins at the county fair",
)


def _ledger(desk: Desk) -> tuple[Item, ...]:
    tidal, library = desk.originals["tidal"], desk.originals["library"]
    chosen = excerpt(library.wired(), (0, 1, 3, 5, 11, -3))
    around = desk.stories["around-library"]
    first = _item(library, "/business/river-library-sails-again-8801.html", chosen, "excerpt", 20)
    second = _item(tidal, "/business/moon-money-8764.html", edit(tidal.article, _EDITS), "edited", 30)
    whole = expand(library.article, around.lines, 1)
    third = _item(library, "/business/our-delta-the-bell-8830.html", whole, "expanded", 70)
    ferry = _own(desk, "ferry", "/business/last-ferry-8790.html", first.published)
    items = (
        replace(first, title="The river library sails again"),
        replace(second, title="Moon money: how a small town beat its power bill"),
        replace(third, title=around.title),
        ferry,
    )
    byline = Box("byline", "above", "By our harbor desk")
    read = Box(
        "related", "below", "Most read", pointers=tuple(Pointer(item.title, href=item.path) for item in items)
    )
    return tuple(replace(item, boxes=(byline, o.ADVERT, read), inside=3) for item in items)


def _quiet(desk: Desk) -> tuple[Item, ...]:
    original = desk.originals["tidal"]
    return (_item(original, "/stories/lantern-bay-mudflats-31.html", original.wired(), "verbatim", 11),)


def _faro(desk: Desk) -> tuple[Item, ...]:
    original = desk.originals["tidal-es"]
    copy = _item(original, "/2026/05/lantern-bay-central/", texturize(original.wired()), "verbatim", 8)
    own = _own(desk, "mercado", "/2026/05/mercado-puerto-garza/", copy.published + timedelta(days=1))
    also = tuple(Pointer(title) for title in ("Las garzas vuelven al puerto", "Suben los precios del hielo"))
    note = f"La entrada {copy.title} apareció primero en {o.FARO.name}."
    like = Box("related", "below", "También te puede interesar", pointers=also)
    return (
        replace(copy, boxes=(Box("note", "below", lines=(note,)), like)),
        replace(own, boxes=(like,)),
    )


def _gate(desk: Desk) -> tuple[Item, ...]:
    day = desk.originals["library"].created
    return tuple(
        Item(f"/read/{7000 + n}", title, tuple(Line("body", line) for line in lines), day, section=kind)
        for n, (kind, (title, lines)) in enumerate(_WALLS.items())
    )


# ------------------------------------------------------------------------------------------------ the boxes


def _ticker(desk: Desk) -> Box:
    name, token = desk.chance.choice(_TOKENS)
    price, change = f"${desk.chance.uniform(0.1, 9):.4f}", f"{desk.chance.uniform(-5, 5):+.2f}%"
    lines = (f"{name} Logo", f"{name} Price({token})", price, price + price, change, "USD",
             f"{name} ({token}) Live Price Chart")  # fmt: skip
    return Box("ticker", "below", "Market Opportunity", lines)


def _also_like(desk: Desk, item: Item) -> Box:
    """Teasers of others, and long ones of other releases: text that is somebody else's body."""
    stamps = ("2026/03/18 01:44", "2026/04/30 18:39", "2026/11/02 04:10")
    other = desk.originals["library" if item.release != "library" else "orrin"]
    pointers = [
        Pointer(other.wire_title, _opening(other.wired(), 120), f"Meridian Newswire{stamps[2]}"),
        *(
            Pointer(teaser.title, teaser.text, teaser.source + stamp)
            for teaser, stamp in zip(_some(desk, 2), stamps, strict=False)
        ),
    ]
    return Box("related", "below", "You May Also Like", pointers=tuple(pointers))


def _some(desk: Desk, count: int) -> list[Teaser]:
    return desk.chance.sample(desk.teasers, count)


def _opening(lines: Sequence[Line], words: int) -> str:
    return " ".join(" ".join(line.text for line in lines).split()[:words]) + "…"


def _cut(text: str, length: int) -> str:
    """The beginning of a text, cut at a word and without an ellipsis."""
    return text if len(text) <= length else text[:length].rpartition(" ")[0]
