"""The pages of this folder, read. What a person says of each is in `expect.toml`, the text in `clean.txt`."""

from __future__ import annotations

from pathlib import Path

import msgspec

from crawler.flow import Read, read_page
from crawler.identify.keys import naming
from crawler.records import Fetched, Rejected
from crawler.sites.load import load_sites

ROOT = Path(__file__).parent
SITES = load_sites()
CASES = tuple(sorted(path.parent.relative_to(ROOT).as_posix() for path in ROOT.glob("*/*/page.html")))


class Expect(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a person says about a page. A rejected page has a reason and nothing else."""

    url: str
    rejected: str = ""
    title: str = ""
    language: str = ""
    key: str = ""
    contains: tuple[str, ...] = ()
    excludes: tuple[str, ...] = ()


def expected(case: str) -> Expect:
    return msgspec.toml.decode((ROOT / case / "expect.toml").read_bytes(), type=Expect)


def read(case: str) -> Read | Rejected:
    body = (ROOT / case / "page.html").read_bytes()
    headers = (("Content-Type", "text/html; charset=utf-8"),)
    return read_page(Fetched(expected(case).url, "2025-12-23T00:00:00Z", 200, headers, body), SITES, 1 << 24)


def key_of(case: str, found: Read) -> str:
    """The strongest key that names the page's release."""
    site = SITES.of_url(expected(case).url)
    keys = sorted(naming(found.draft.keys, site.tier if site else "copy"), key=lambda key: key.rung)
    return f"{keys[0].scheme}:{keys[0].value}" if keys else ""
