"""A store with many copies that nobody fetched, for the benchmarks of what is read from it: report and dashboard.

Releases are invented (about 350 words in nine paragraphs); the first has a fifth of all copies, the others share
the rest. Copies are whole, cut short or changed in a figure, at outlets some of which are one family of two hosts,
with furniture in their ledgers, and rows as the program's own derivation would have written them.
"""

from __future__ import annotations

import hashlib
import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from crawler.records import Block, Decision, capture_id
from storage import tables as t
from storage.batches import insert_rows
from storage.pages import pack_blocks
from tests.benchmarks.web import SMALL, WORDS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Engine

OUTLETS: Final = 300
FURNITURE: Final = (
    ("related", "below-trailer", "You may also like: Storm warning lifted for the coast, ferries run again"),
    ("ticker", "below-trailer:ticker", "BTC $87,912 +1.2%  ETH $2,981 -0.4%  SOL $120 +0.1%"),
    ("disclaimer", "below-trailer", "The content above is for information only and is no advice of any kind."),
    ("share", "below-trailer", "Share this on every network that you have heard of"),
)
START: Final = datetime(2026, 6, 1, tzinfo=UTC)
BATCH: Final = 500


@dataclass(frozen=True, slots=True)
class Release:
    """An invented release: its number, key, cluster and paragraphs."""

    n: int
    key: str
    cluster: str
    title: str
    lines: tuple[str, ...]
    at: datetime

    @property
    def url(self) -> str:
        """The origin's address."""
        return f"https://news.origin.example/{self.at:%Y-%m-%d}/story-{self.n}.html"


def fill(engine: Engine, copies: int, releases: int) -> None:
    """Put so many copies of so many releases into an empty database."""
    batch: dict[type[t.Base], list[dict[str, Any]]] = {}
    shares = share_out(copies, releases)
    with engine.begin() as connection:
        for n, share in enumerate(shares):
            for table, row in _rows(_release(n), share):
                batch.setdefault(table, []).append(row)
            if len(batch.get(t.Copy, ())) >= BATCH or n == releases - 1:
                for table, rows in batch.items():
                    insert_rows(connection, table, rows)
                batch.clear()


def share_out(copies: int, releases: int) -> list[int]:
    """How many copies each release has: a fifth the first, the others as many as one another."""
    first = copies // 5 if releases > 1 else copies
    rest = copies - first
    return [first, *(rest // (releases - 1) + (n < rest % (releases - 1)) for n in range(releases - 1))]


def _release(n: int) -> Release:
    words = random.Random(n)
    title = f"{' '.join(words.choices(WORDS, k=7)).title()} {n}"

    def sentence() -> str:
        said = " ".join(f"{words.choice(SMALL)} {words.choice(WORDS)} {words.choice(WORDS)}" for _ in range(6))
        return f"{said.capitalize()} {words.randrange(2000)}."

    lines = (
        f"OSLO, June 1, 2026 -- {sentence()}",
        *(f"{sentence()} {sentence()}" for _ in range(8)),
        "SOURCE Wire",
    )
    at = START + timedelta(hours=words.randrange(24 * 120))
    return Release(n, f"cgtn:{n:011}", f"c{n:015x}", title, lines, at)


def _rows(release: Release, share: int) -> Iterator[tuple[type[t.Base], dict[str, Any]]]:
    words = random.Random(release.n)
    origin = capture_id(release.url, _text(release.at), _digest(release.url))
    yield from _page(release, release.url, "origin", "origin", release.lines, release.at, words, origin)
    seen, families = [], set()
    for n in range(share):
        outlet = (release.n * 37 + n) % OUTLETS
        host = f"www.outlet{outlet}.example"
        family = f"outlet{outlet - outlet % 10 if outlet % 10 < 2 else outlet}"
        at = release.at + timedelta(minutes=words.randrange(1, 60 * 24 * 10))
        relation = words.choices(("verbatim", "truncated", "edited"), (6, 2, 2))[0]
        lines = release.lines[:4] if relation == "truncated" else release.lines
        if relation == "edited":
            lines = (lines[0], lines[1].replace(".", f" in {words.randrange(9000)}.", 1), *lines[2:])
        url = f"https://{host}/{at:%Y/%m}/story-{release.n}-{n}-{'-'.join(words.choices(WORDS, k=4))}.html"
        yield from _page(release, url, family, relation, lines, at, words, origin)
        seen.append(at)
        families.add(family)
    digest = _digest(*release.lines)
    yield t.DistinctText, {
        "id": release.n + 1, "digest": digest, "words": "", "keys": [release.key], "hashes": b"", "opening": b"",
        "star": None, "pivot": release.n + 1, "why": "its own",
    }  # fmt: skip
    yield t.Cluster, {
        "id": release.cluster, "pivot": release.n + 1, "founder": origin, "canonical": origin, "pages": share + 1,
        "families": len(families) + 1,
    }  # fmt: skip
    yield t.Release, {
        "cluster": release.cluster, "key": release.key, "url": release.url, "wire_urls": [],
        "title": release.title, "text": "\n".join(release.lines), "language": "en", "copies": share,
        "published_at": _text(release.at), "families": len(families), "supports": [],
        "first_copy_at": _text(min(seen)) if seen else None,
    }  # fmt: skip


def _page(
    release: Release,
    url: str,
    family: str,
    relation: str,
    lines: tuple[str, ...],
    at: datetime,
    words: random.Random,
    origin: str,
) -> Iterator[tuple[type[t.Base], dict[str, Any]]]:
    moment, digest, text = _text(at), _digest(url), "\n".join(lines)
    capture = capture_id(url, moment, digest)
    last = _text(at + timedelta(days=words.randrange(100)))
    yield t.Capture, {
        "id": capture, "url": url, "fetched_at": moment, "payload_sha256": digest, "status": 200,
        "mime": "text/html", "length": 40_000, "origin": "crawl",
    }  # fmt: skip
    yield (
        t.Location,
        {"capture": capture, "file": "seg-00001.warc.gz", "offset": int(capture[:10], 16), "length": 9000},
    )
    placed = [(line, "body", "body") for line in lines] + [(said, role, rule) for role, rule, said in FURNITURE]
    blocks = [Block(n, said, "p", f"html/body/div[2]/p[{n + 1}]", 0, 0) for n, (said, _, _) in enumerate(placed)]
    decisions = [Decision(n, role, rule) for n, (_, role, rule) in enumerate(placed)]  # type: ignore[arg-type]  # as stored
    retitled = relation == "edited" and words.random() < 0.5
    yield t.Page, {
        "capture": capture, "url": url, "site": None, "family": family,
        "tier": "origin" if relation == "origin" else "copy",
        "title": f"Also: {release.title}" if retitled else release.title, "language": "en",
        "published_at": moment, "dateline": None, "text": text, "text_id": release.n + 1,
        "blocks": pack_blocks(blocks, decisions), "sightings": b"", "links": [], "rules": "rules-1",
    }  # fmt: skip
    for n, (role, rule, said) in enumerate(FURNITURE, len(lines)):
        yield t.Removed, {
            "capture": capture, "block": n, "role": role, "rule": rule, "path": blocks[n].path, "text": said,
        }  # fmt: skip
    scheme, _, value = release.key.partition(":")
    yield t.PageKey, {
        "capture": capture, "n": 0, "scheme": scheme, "value": value, "rung": 1, "place": "trailer",
        "url": release.url, "block": len(lines) - 1, "quoted": f"View original content: {release.url}",
    }  # fmt: skip
    yield t.Copy, {
        "url": url, "capture": capture, "cluster": release.cluster, "site": None, "family": family,
        "first_seen": moment, "last_seen": last, "versions": 1,
        "missing_since": last if words.random() < 0.05 else None,
    }  # fmt: skip
    yield t.Version, {
        "url": url, "first_capture": capture, "last_capture": capture, "first_seen": moment, "last_seen": last,
        "text_sha256": _digest(text),
    }  # fmt: skip
    whole = 1000 if relation != "truncated" else 390
    differences = {"number": 1} | ({"headline": 1} if retitled else {}) if relation == "edited" else {}
    why = "it has the origin's id and nothing of the wire's"
    parent = {"kind": "origin", "url": release.url, "confidence": 60, "why": why}
    yield t.Match, {
        "url": url, "release": release.url, "key": release.key, "relation": relation,
        "cover_copy": 1000 if relation != "edited" else 985, "cover_release": whole, "rung": "origin-id",
        "why": f"{relation}: the trailer names the origin; 100 % of the copy is the release's, {whole // 10} % of "
        "the release is here",
        "evidence": [f"trailer: {release.key}"], "contradictions": [], "against": origin,
        "differences": differences, "parent": parent if relation != "origin" else None,
    }  # fmt: skip


def _text(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


def _digest(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()
