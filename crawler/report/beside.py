"""A copy beside its release as one HTML page: no script, no request to anywhere, all of either text escaped."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from crawler.export.comparison import apart, count, lay_beside, tell_counts
from crawler.report.render import render_page
from crawler.report.strips import strip

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crawler.export.comparison import Held

LEGEND: Final = (
    ("headline", "the titles differ in their words"),
    ("number", "a figure, share, amount or date is another one"),
    ("name", "a proper name is another one"),
    ("quote", "words inside quotation marks were changed"),
    ("attribution-dropped", "who said it, or the line that names the source, is missing"),
    ("link-dropped", "an address of the release is missing"),
    ("sentence-dropped", "a sentence of the release is missing"),
    ("sentence-added", "a sentence that the release does not have"),
    ("wording", "any other words"),
)
"""The classes, as the page explains them."""


def render_comparison(held: Held, home: str = "") -> Iterator[str]:
    """The page, in pieces; `home` is the address of the release's page, where there is one."""
    return render_page(
        "beside.html.j2",
        ("report.css", "beside.css"),
        held=held,
        home=home,
        heading=held.mine.title or held.copy.url,
        rows=lay_beside(held),
        apart=apart(held),
        pieces_in_order=strip(held),
        told=tell_counts(count(held)) or "none",
        legend=LEGEND,
    )
