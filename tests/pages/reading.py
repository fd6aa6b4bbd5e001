"""The pages of this folder, read. What a person says of each is in `expect.toml`, its text today in `clean.txt`.

Where that text is not yet what a person would have, `ideal.txt` stands beside it and says what it should be.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import msgspec

from crawler.flow import Read, read_page
from crawler.identify.keys import NAMING, naming
from crawler.records import Fetched, Rejected
from crawler.sites.load import load_sites

Statement = tuple[str, str, str]
"""A page, what is said of it, and the words."""

ROOT = Path(__file__).parent
SITES = load_sites()
CASES = tuple(sorted(path.parent.relative_to(ROOT).as_posix() for path in ROOT.glob("*/*/page.html")))


class Expect(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a person says about a page. A rejected page has a reason and nothing else.

    `published_at` is empty where the page does not say it, `items` are ids that name no release, `contains` are
    lines of the text, `excludes` lines of widgets.
    """

    url: str
    rejected: str = ""
    title: str = ""
    language: str = ""
    published_at: str = ""
    key: str = ""
    items: tuple[str, ...] = ()
    contains: tuple[str, ...] = ()
    excludes: tuple[str, ...] = ()


def expected(case: str) -> Expect:
    return msgspec.toml.decode((ROOT / case / "expect.toml").read_bytes(), type=Expect)


def ideal(case: str) -> str:
    """The text that a person would have of a page."""
    path = ROOT / case / "ideal.txt"
    return (path if path.exists() else ROOT / case / "clean.txt").read_text("utf-8")


@lru_cache
def read(case: str) -> Read | Rejected:
    body = (ROOT / case / "page.html").read_bytes()
    headers = (("Content-Type", "text/html; charset=utf-8"),)
    return read_page(Fetched(expected(case).url, "2026-12-31T00:00:00Z", 200, headers, body), SITES, 1 << 24)


def statements(case: str) -> list[Statement]:
    """What a person says of a page, one by one."""
    wanted = expected(case)
    if wanted.rejected:
        return [(case, "rejected", wanted.rejected)]
    said = [(case, what, getattr(wanted, what)) for what in ("title", "published_at", "language", "key")]
    said += [(case, "item", words) for words in wanted.items]
    said += [(case, "contains", words) for words in wanted.contains]
    return said + [(case, "excludes", words) for words in wanted.excludes]


def told(statement: Statement) -> tuple[object, object]:
    """What the program says where a person said something, and what it should say."""
    case, what, words = statement
    found = read(case)
    if isinstance(found, Rejected):
        return found.reason if what == "rejected" else found, words
    if what in {"contains", "excludes"}:
        return words in found.draft.text, what == "contains"
    if what == "item":
        return words in {f"{key.scheme}:{key.value}" for key in found.draft.keys if key.rung > NAMING}, True
    actual: dict[str, object] = {
        "title": found.draft.title,
        "published_at": found.page.published_at or "",
        "language": found.draft.language,
        "key": key_of(case, found),
        "rejected": None,
    }
    return actual[what], words


def key_of(case: str, found: Read) -> str:
    """The strongest key that names the page's release."""
    site = SITES.of_url(expected(case).url)
    keys = sorted(naming(found.draft.keys, site.tier if site else "copy"), key=lambda key: key.rung)
    return f"{keys[0].scheme}:{keys[0].value}" if keys else ""
