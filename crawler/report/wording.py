"""How single values are said on a page: what may be a link, what may be shown at all, times, shares, counts."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from crawler.reservations import UNQUOTED
from crawler.urls import ascii_host

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crawler.report.gather import Carrier, Story
    from crawler.report.strips import Piece

TOLD: Final = 6
"""Passages of a strip that are told in words."""

_SHARES = re.compile(r"; \d+ % of the copy is the release's, \d+ % of the release is here$")

_CONTROL = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)
"""What HTML does not allow, and what turns text around: shown as U+FFFD."""


def tame(text: str) -> str:
    """The text with U+FFFD for everything that HTML does not allow or that turns text around."""
    return _CONTROL.sub("\ufffd", text)


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


def find_host(url: str) -> str:
    """The host of an address as it is looked up; all of it where it has none: it may be anything."""
    try:
        return ascii_host(urlsplit(url).hostname or "") or url
    except ValueError:
        return url


def bare(host: str) -> str:
    """A host's name without the `www.` before it."""
    return host.removeprefix("www.")


def tell_reason(page: Carrier) -> str:
    """Why a page was put where it is, without the relation and the shares, which have columns of their own."""
    return _SHARES.sub("", page.why.removeprefix(f"{page.relation}: "))


def is_unquoted(shown: Carrier | Story) -> bool:
    """Whether a page, or the one whose text stands for a release, asks not to be kept or quoted."""
    return not UNQUOTED.isdisjoint(shown.signals)


def tell_reserved(page: Carrier) -> str:
    """What a page reserves; of one that is not quoted there is the digest instead."""
    if not page.signals:
        return ""
    digest = f"; linked, not quoted: SHA-256 {page.sha256}" if is_unquoted(page) else ""
    return f"reserved: {', '.join(page.signals)}{digest}"


def tell_family(page: Carrier) -> str:
    """The family of a page where its host does not say it already."""
    return "" if page.family in {page.host, bare(page.host)} else page.family


def thousands(number: int) -> str:
    """A number with narrow blanks."""
    return f"{number:,}".replace(",", "\u202f")


def signed(number: int) -> str:
    """A change.

    >>> signed(3), signed(-3), signed(0)
    ('+3', '−3', '0')
    """
    return f"+{thousands(number)}" if number > 0 else f"−{thousands(-number)}" if number else "0"


def count(number: int, one: str, many: str = "") -> str:
    """So many things.

    >>> count(1, "copy", "copies"), count(2, "copy", "copies"), count(2, "outlet")
    ('1 copy', '2 copies', '2 outlets')
    """
    return f"{thousands(number)} {one if number == 1 else many or one + 's'}"


def minute(moment: str) -> str:
    """A moment to the minute.

    >>> minute("2025-12-22T07:16:09Z")
    '2025-12-22 07:16'
    """
    return moment[:16].replace("T", " ")


def short(text: str, length: int) -> str:
    """The beginning of a text, on one line."""
    text = " ".join(text.split())
    return text if len(text) <= length else text[:length].rstrip() + "…"


def tell_strip(pieces: Sequence[Piece]) -> str:
    """What a strip shows, for those who do not see it."""
    shares = [(round(p.release / 10), round((p.release + p.release_length) / 10)) for p in pieces]
    told = ", ".join(f"{start} to {end} %" for start, end in shares[:TOLD])
    more = f" and {len(pieces) - TOLD} more" if len(pieces) > TOLD else ""
    return f"Passages of the release in it: {told}{more}" if pieces else "No passage of the release"
