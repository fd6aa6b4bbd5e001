"""Pages made from texts: a release as plain HTML, with widgets of several languages set into it."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

CELLS: Final = frozenset({"td", "th"})


class Piece(NamedTuple):
    """A paragraph of a page, or another element; lines in it are parted by breaks."""

    text: str
    tag: str = "p"

    def html(self) -> str:
        inner = "<br>".join(escape(line, quote=False) for line in self.text.split("\n"))
        return f"<{self.tag}>{inner}</{self.tag}>"


class Widget(NamedTuple):
    """What a site sets between or below paragraphs: its lines, and the box in which they stand."""

    lines: tuple[str, ...]
    box: str

    def html(self, form: str) -> str:
        """As a box, or as lines of their own in the form of the paragraphs around them."""
        if form == "box":
            return self.box
        return "".join(f"{line}<br><br>" if form == "br" else f"<{form}>{line}</{form}>" for line in self.lines)


def plain(
    title: str,
    pieces: Iterable[Piece],
    inserted: Mapping[int, str] | None = None,
    below: str = "",
    form: str = "p",
) -> str:
    """A page with the title as its `h1` and the pieces under it.

    `inserted` is HTML before the piece of that number; `form` is how paragraphs are set: `p`, `div`, or `br` for
    bare lines with breaks between.
    """
    out: list[str] = []
    row: list[str] = []
    for n, piece in enumerate(pieces):
        if piece.tag in CELLS:
            row.append(piece.html())
            continue
        out += [_table(row), (inserted or {}).get(n, ""), _set(piece, form)]
        row = []
    out.append(_table(row))
    head, body = escape(title), "\n".join(filter(None, out))
    return (
        f"<html><head><title>{head}</title></head><body><main><h1>{head}</h1><div>\n{body}\n</div></main>{below}"
        "</body></html>"
    )


def _table(cells: list[str]) -> str:
    return f"<table><tr>{''.join(cells)}</tr></table>" if cells else ""


def _set(piece: Piece, form: str) -> str:
    if piece.tag != "p" or form == "p":
        return piece.html()
    inner = piece.html()[3:-4]
    return f"<div>{inner}</div>" if form == "div" else f"{inner}<br><br>"


def _links(heading: str, *titles: str) -> Widget:
    links = tuple(f'<a href="/s/{n}">{title}</a>' for n, title in enumerate(titles))
    items = "".join(f"<li>{link}</li>" for link in links)
    return Widget((f"<b>{heading}</b>", *links), f'<div class="box"><h3>{heading}</h3><ul>{items}</ul></div>')


def _lines(*lines: str) -> Widget:
    return Widget(lines, '<div class="box">' + "".join(f"<div>{line}</div>" for line in lines) + "</div>")


WIDGETS: Final = {
    "ticker": _lines("Market Opportunity", "Lantern Price(LNTN)", "$0.04173", "$0.04173$0.04173", "-2.18%", "USD"),
    "related-en": _links("You may also like", "Ferries leave an hour later", "Snow in June surprises hill farms"),
    "related-de": _links(
        "Das könnte Sie auch interessieren", "Fähren fahren eine Stunde später", "Schnee im Juni"
    ),
    "related-es": _links(
        "También te puede interesar", "Nieve en junio en la sierra", "El museo presta su ballena"
    ),
    "related-ru": _links("Читайте также", "Зимой паромы уходят на час позже", "Снег в июне удивил фермеров"),
    "related-zh": _links("相关阅读", "冬季渡轮推迟一小时开船", "六月飞雪惊动山区农户"),
    "related-ar": _links("اقرأ أيضا", "العبّارات تتأخر ساعة في الشتاء", "ثلوج في يونيو تفاجئ المزارعين"),
    "pointer": _lines('<b>Also read:</b> <a href="/s/7">Honey thieves leave an apology</a>'),
    "share": _lines('<a href="#f">Facebook</a>', '<a href="#w">WhatsApp</a>', '<a href="#c">Copy link</a>'),
    "newsletter": _lines("Newsletter", "Sign up for our newsletter and read us every morning.", "<input>"),
    "newsletter-fr": Widget(
        ("Lettre", "Inscrivez-vous à notre lettre du matin."),
        "<form><h4>Lettre</h4><p>Inscrivez-vous à notre lettre du matin.</p><button>OK</button></form>",
    ),
    "disclaimer": _lines(
        "Disclaimer: The articles reposted on this site are sourced from public platforms and are provided for "
        "informational purposes only."
    ),
    "cookies": _lines("We use cookies to make this page work. Read our cookie policy.", "Accept"),
    "cookies-de": _lines("Wir verwenden Cookies, damit diese Seite funktioniert.", "Zustimmen"),
}
"""By kind and language."""
