"""What a robots.txt says (RFC 9309), and until when an answer to the request for one is good.

4xx allows all, 5xx and 429 allow nothing for now; what stands behind the first 500 KiB is not read. An answer is
good for a day, or as long as its `Cache-Control` says, if that is more than an hour; a refusal for an hour.
"""

from __future__ import annotations

import re
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final
from urllib.parse import urljoin

from protego import Protego

from crawler.errors import ArchiveError
from crawler.extract.decode import header, uncompress
from crawler.fetch.addresses import url_fault
from crawler.fetch.conditional import Before, validators
from crawler.fetch.outcome import ROBOTS_WAIT, is_followed
from crawler.records import Location, Rejected, stamp
from storage.captures import describe
from storage.seen import NOT_MODIFIED, last_of
from storage.warc import address, read

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from storage.archive import Archive

FILE_LIMIT: Final = 500 * 1024
FETCH_LIMIT: Final = 1024 * 1024
LONGEST: Final = timedelta(hours=24)
SHORTEST: Final = timedelta(hours=1)
_PRODUCT: Final = "Tearsheet"
_MAX_AGE: Final = re.compile(r"(?:^|[,\s])max-age\s*=\s*\"?(\d{1,10})", re.IGNORECASE)
_AT_ONCE: Final = re.compile(r"(?:^|[,\s])no-(?:cache|store)", re.IGNORECASE)
_HOPS: Final = 5


@dataclass(frozen=True, slots=True)
class Rules:
    """What one robots.txt says. `reachable` is False where it could not be had: nothing is allowed for now."""

    parsed: Protego | None
    reachable: bool = True

    def allows(self, url: str) -> bool:
        """Whether this address may be fetched."""
        return self.parsed is None or bool(self.parsed.can_fetch(url, _PRODUCT))

    def delay(self) -> float | None:
        """The crawl-delay in seconds, where one is asked for."""
        found = self.parsed.crawl_delay(_PRODUCT) if self.parsed is not None else None
        return float(found) if found is not None else None


@dataclass(frozen=True, slots=True)
class Kept:
    """Rules, until when they are good, and what to ask with whether they still are."""

    rules: Rules
    until: datetime
    before: Before | None = None


def read_rules(status: int, body: bytes, coding: str = "") -> Rules:
    """The rules of a response to the request for robots.txt.

    >>> read_rules(404, b"").allows("http://example.com/x"), read_rules(503, b"").reachable
    (True, False)
    """
    if 400 <= status < 500 and status != 429:
        return Rules(None)
    if status != 200:
        return Rules(None, reachable=False)
    plain = uncompress(coding, body, FETCH_LIMIT)
    if isinstance(plain, Rejected):
        return Rules(None, reachable=False)
    coding = "utf-16" if plain[:2] in {BOM_UTF16_LE, BOM_UTF16_BE} else "utf-8-sig"
    text = plain[:FILE_LIMIT].decode(coding, "ignore").replace("\0", "")
    if len(plain) > FILE_LIMIT:
        text = text.rpartition("\n")[0]  # the last line is cut, and half a rule is another rule
    if text.lstrip()[:1] == "<":
        return Rules(None)  # a page of HTML has no rules, and is no refusal either
    return Rules(Protego.parse(text))


def good_for(rules: Rules, cache_control: str) -> timedelta:
    """How long an answer is good.

    >>> [str(good_for(Rules(None), said)) for said in ("", "public, max-age=7200", "max-age=5")]
    ['1 day, 0:00:00', '2:00:00', '1:00:00']
    """
    if not rules.reachable:
        return timedelta(seconds=ROBOTS_WAIT)
    if _AT_ONCE.search(cache_control):
        return SHORTEST
    said = _MAX_AGE.search(cache_control)
    return min(max(timedelta(seconds=int(said[1])), SHORTEST), LONGEST) if said else LONGEST


def recall_rules(
    connection: Connection, archive: Archive, url: str, now: datetime, hops: int = _HOPS
) -> Kept | None:
    """What a crawl was told last when it asked for that robots.txt, by redirects too; None: nothing whole.

    A 304 says that what came before it is so; what came from elsewhere than a crawl of ours says nothing.
    """
    latest = shown = last_of(connection, address(url), stamp(now))
    if latest is not None and latest.status == NOT_MODIFIED:
        shown = last_of(connection, address(url), stamp(now), but=NOT_MODIFIED)
    if latest is None or shown is None:
        return None
    try:
        answer, said = (read(archive.read(Location(*row.place))) for row in (shown, latest))
    except (ArchiveError, ValueError):
        return None
    if answer.truncated not in {None, "length"}:
        return None
    location = header(answer.headers, "location") or None
    since = datetime.fromisoformat(latest.fetched_at)
    if is_followed(answer.status, location):
        target = urljoin(url, location)
        led = recall_rules(connection, archive, target, now, hops - 1) if hops and not url_fault(target) else None
        return led and replace(led, until=min(led.until, since + LONGEST), before=None)
    rules = read_rules(answer.status, answer.body, header(answer.headers, "content-encoding"))
    headers = validators(answer)
    before = Before(describe(answer), headers) if headers else None
    return Kept(rules, since + good_for(rules, header(said.headers, "cache-control")), before)
