"""A store with invented rows: two releases, their copies, pages that only look like them, and hostile texts."""

from __future__ import annotations

import hashlib
import os
import shutil
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import Connection, Engine, select, text
from sqlalchemy.orm import Session

from crawler.errors import DatabaseError
from crawler.records import Block, Decision, Role, capture_id
from storage import tables as t
from storage.engine import open_engine, prepare
from storage.pages import pack_blocks
from storage.revisions import revise
from storage.search import index_releases

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

KEY = "cgtn:1JjihOzBpvi"
ORIGIN = "https://news.origin.example/news/2025-12-22/a-bridge-opens-1JjihOzBpvi/p.html"
WIRE = "https://www.wire.example/news-releases/a-bridge-opens-302648123.html"
TITLE = "CGTN: A bridge opens, and a valley comes closer"
BODY = (
    "BEIJING, Dec. 22, 2025 /Wire Example/ -- A bridge was opened on Monday.",
    "It took six years, said the engineers, and the last bolt was set in the rain.",
    "SOURCE CGTN",
)
HOSTILE_TITLE = '=HYPERLINK("http://evil.example")<script>alert(1)</script>{{7*7}}"><img src=x onerror=alert(1)>'
ESCAPES = "\x1b[2J\x1b]0;owned\x07\x9b31m\r\u202egnp.exe"


def sha(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def number(*lines: str) -> int:
    return int(sha(*lines)[:12], 16)


class Filler:
    """Puts whole pages into a store, as the derivation would."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.offset = 0

    def capture(self, url: str, at: str | None, **more: Any) -> str:
        digest = sha(url, at or "")
        found = capture_id(url, at, digest)
        row = {
            "status": 200,
            "mime": "text/html",
            "length": 4321,
            "origin": "crawl",
            "peer": None,
            "flags": None,
        } | more
        self.session.add(t.Capture(id=found, url=url, fetched_at=at, payload_sha256=digest, **row))
        self.session.add(t.Location(capture=found, file="seg-00001.warc.gz", offset=self.offset, length=900))
        self.offset += 900
        return found

    def page(self, url: str, family: str, cluster: str, at: str | None, **more: Any) -> str:
        """One page; `more` may give title, lines, furniture, keys, claims and the match's columns."""
        found = self.capture(url, at)
        kept = [(line, "body", "body") for line in more.get("lines", BODY)]
        gone = [(line, role, rule) for role, rule, line in more.get("furniture", ())]
        blocks = [
            (Block(n, line, "p", f"html/body/p[{n + 1}]", 1000 if role == "body" else 0, 0), role, rule)
            for n, (line, role, rule) in enumerate(kept + gone)
        ]
        clean = "\n".join(line for line, _, _ in kept)
        self.session.add(
            t.Page(
                capture=found,
                url=url,
                site=more.get("site"),
                family=family,
                tier=more.get("tier", "copy"),
                title=more.get("title", TITLE),
                language="en",
                published_at="2025-12-22",
                dateline="BEIJING, Dec. 22, 2025",
                text=clean,
                text_id=number(clean),
                blocks=_packed(blocks),
                rules="rules-1",
            )
        )
        for block, role, rule in blocks:
            if role != "body":
                self.session.add(
                    t.Removed(capture=found, block=block.n, role=role, rule=rule, path=block.path, text=block.text)
                )
        for n, (scheme, value, rung, place, key_url) in enumerate(more.get("keys", ())):
            self.session.add(
                t.PageKey(
                    capture=found,
                    n=n,
                    scheme=scheme,
                    value=value,
                    rung=rung,
                    place=place,
                    url=key_url,
                    block=2,
                    quoted=f"View original content: {key_url}",
                )
            )
        for n, (kind, value) in enumerate(more.get("claims", ())):
            self.session.add(t.Claim(capture=found, n=n, kind=kind, value=value))
        last = more.get("last_seen", at)
        self.session.add(
            t.Copy(
                url=url,
                capture=found,
                cluster=cluster,
                site=more.get("site"),
                family=family,
                first_seen=at,
                last_seen=last,
                versions=1,
            )
        )
        self.session.add(
            t.Version(
                url=url,
                first_capture=found,
                last_capture=found,
                first_seen=at,
                last_seen=last,
                text_sha256=sha(clean),
            )
        )
        if "relation" in more:
            self.match(url, **more)
        return found

    def match(self, url: str, **more: Any) -> None:
        self.session.add(
            t.Match(
                url=url,
                release=more.get("release"),
                key=more.get("key"),
                relation=more["relation"],
                cover_copy=more.get("cover_copy", 1000),
                cover_release=more.get("cover_release", 1000),
                rung=more.get("rung", "origin-id"),
                why=more.get("why", "its trailer names the origin"),
                evidence=more.get("evidence", ["trailer: cgtn:1JjihOzBpvi"]),
                contradictions=more.get("contradictions", []),
                against=more.get("against"),
                differences=more.get("differences", {}),
            )
        )


def _packed(blocks: list[tuple[Block, Role, str]]) -> bytes:
    return pack_blocks(
        tuple(block for block, _, _ in blocks),
        tuple(Decision(block.n, role, rule) for block, role, rule in blocks),
    )


def fill(connection: Connection) -> None:
    with Session(connection) as session:
        filler = Filler(session)
        _first_release(filler)
        _second_release(filler)
        _others(filler)
        session.commit()
    number_rows(connection)


def number_rows(connection: Connection) -> None:
    """Give numbers to what changed of the exported rows, as the end of a drain does."""
    copies = [f"copies {url}" for url in connection.scalars(select(t.Copy.url).order_by(t.Copy.url))]
    releases = [f"releases {cluster}" for cluster in connection.scalars(select(t.Release.cluster))]
    index_releases(connection, revise(connection, [*copies, *releases], "0123abcd")["releases"])


def _first_release(filler: Filler) -> None:
    mine = {"release": ORIGIN, "key": KEY}
    keys = [("cgtn", "1JjihOzBpvi", 1, "trailer", ORIGIN), ("prn", "302648123", 2, "trailer", WIRE)]
    first = filler.page(
        ORIGIN,
        "origin",
        "c-first",
        "2025-12-22T07:16:09Z",
        tier="origin",
        site="origin",
        relation="origin",
        **mine,
    )
    filler.page(WIRE, "wire", "c-first", "2025-12-22T08:00:00Z", tier="wire", site="wire", relation="wire", **mine)
    named = ("title", "title", TITLE)
    widget = ("related", "heading", "Related stories")
    ticker = ("ticker", "shape:ticker", "BTC $87,912 +1.2%  ETH $2,981 -0.4%")
    filler.page(
        "https://www.mexc.example/news/310001",
        "mexc",
        "c-first",
        "2025-12-22T09:10:00Z",
        site="mexc",
        last_seen="2026-01-03T09:10:00Z",
        relation="verbatim",
        keys=keys,
        furniture=[widget, ticker, named],
        claims=[("canonical", "https://www.mexc.example/news/310001")],
        **mine,
    )
    filler.page(
        "https://www.mexc-mirror.example/news/310001",
        "mexc",
        "c-first",
        "2025-12-22T09:40:00Z",
        site="mexc",
        relation="verbatim",
        keys=keys,
        furniture=[widget, ticker, named],
        **mine,
    )
    filler.page(
        "https://coins.example/a-bridge",
        "coins.example",
        "c-first",
        "2025-12-22T11:00:00Z",
        relation="truncated",
        lines=BODY[:1],
        cover_release=410,
        why="the first 41 % of the release, then a link",
        **mine,
        furniture=[("read-more", "line:read-more", "Read the full story"), widget],
    )
    filler.page(
        "https://hostile.example/x?a=1&b=%22",
        "hostile.example",
        "c-first",
        "2025-12-22T12:00:00Z",
        relation="edited",
        title=HOSTILE_TITLE,
        lines=(BODY[0].replace("Monday", "Tuesday"), f"{BODY[1]} <script>alert(3)</script> {ESCAPES}", *BODY[2:]),
        against=first,
        differences={"headline": 1, "number": 1},
        cover_release=930,
        cover_copy=985,
        why=f"words changed {ESCAPES}",
        **mine,
        contradictions=["its canonical link names another page"],
        furniture=[("disclaimer", "site:line", "<b>Disclaimer</b> " + ESCAPES.replace("\r", ""))],
        claims=[("canonical", "javascript:alert(document.domain)")],
    )
    filler.session.add(
        t.DistinctText(
            id=number(*BODY),
            digest=sha(*BODY),
            words="",
            keys=[KEY],
            hashes=b"",
            pivot=number(*BODY),
            why="its own",
        )
    )
    filler.session.add(
        t.Cluster(id="c-first", pivot=number(*BODY), founder=first, canonical=first, pages=6, families=5)
    )
    filler.session.add(
        t.Release(
            cluster="c-first",
            key=KEY,
            url=ORIGIN,
            wire_urls=[WIRE, "javascript:alert(2)"],
            title=TITLE,
            text="\n".join(BODY),
            language="en",
            published_at="2025-12-22T15:16:09+08:00",
            copies=4,
            families=3,
            first_copy_at="2025-12-22T09:10:00Z",
        )
    )
    filler.session.add(t.Alias(old="c-older", founder=first, at="2025-12-23T00:00:00Z"))


def _second_release(filler: Filler) -> None:
    lines = ("Tea growers of the hills met on Sunday.", "They spoke of rain.")
    for n, host in enumerate(("tea.example", "leaf.example")):
        found = filler.page(
            f"https://{host}/growers",
            host,
            "c-second",
            f"2025-12-21T0{n}:00:00Z",
            lines=lines,
            relation="verbatim",
            title="Tea growers meet",
            rung="text",
            why="the same text at two outlets",
            evidence=[],
        )
    filler.session.add(t.Cluster(id="c-second", pivot=2, founder=found, canonical=found, pages=2, families=2))
    filler.session.add(
        t.Release(
            cluster="c-second",
            key=None,
            url=None,
            wire_urls=[],
            title="Tea growers meet",
            text="\n".join(lines),
            language="en",
            published_at=None,
            copies=2,
            families=2,
            first_copy_at="2025-12-21T00:00:00Z",
        )
    )


def _others(filler: Filler) -> None:
    filler.page(
        "https://paper.example/opinion",
        "paper.example",
        "c-cites",
        "2025-12-23T10:00:00Z",
        relation="citation",
        release=ORIGIN,
        key=KEY,
        title="What the bridge means",
        lines=("A column about a bridge.",),
        cover_copy=40,
        cover_release=20,
        why="names the origin in running text",
    )
    filler.page(
        "https://a-first.example/alone",
        "a-first.example",
        "c-alone",
        None,
        title="Alone",
        lines=("Nobody copies this.",),
    )
    for url, reason in (("https://wall.example/1", "consent-wall"), ("https://wall.example/2", "consent-wall")):
        capture = filler.capture(url, "2025-12-22T13:00:00Z", flags="retried")
        filler.session.add(
            t.Rejected(capture=capture, stage="extract", reason=reason, detail="the page asks for consent")
        )
    filler.session.add_all(
        (
            t.Refused(
                source="broken.warc.gz",
                place="120",
                reason="torn-record",
                detail="cut off",
                seen_at="2025-12-22T00:00:00Z",
            ),
            t.Overrule(
                id="0a1b2c3d",
                n=1,
                kind="unlink",
                subject="https://paper.example/opinion",
                object=KEY,
                at="2025-12-24T10:00:00Z",
                by="Ada",
                why="a column",
                undone_at=None,
            ),
            t.Run(
                id="1" * 32,
                verb="crawl",
                started_at="2025-12-22T07:00:00Z",
                ended_at="2025-12-22T07:30:00Z",
                outcome={"captures": 11, "rejected": 2},
            ),
            t.Run(id="2" * 32, verb="process", started_at="2025-12-23T07:00:00Z", ended_at=None, outcome=None),
        )
    )


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def engine(
    request: pytest.FixtureRequest, filled: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Engine]:
    """The filled store on both databases; for tests that only read."""
    yield from _on(request.param, filled, tmp_path_factory.mktemp("read"))


@pytest.fixture(params=["sqlite", "postgresql"])
def own_engine(request: pytest.FixtureRequest, filled: Path, tmp_path: Path) -> Iterator[Engine]:
    """The same, for one test alone that changes it."""
    yield from _on(request.param, filled, tmp_path)


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with the filled store, to be copied."""
    path = tmp_path_factory.mktemp("filled") / "tearsheet.sqlite"
    found = open_engine(f"sqlite:///{path}")
    prepare(found)
    with found.begin() as connection:
        fill(connection)
    found.dispose()  # the last connection to close takes the write-ahead log in
    return path


@pytest.fixture
def data(filled: Path, tmp_path: Path) -> Path:
    """A data folder with the filled store in it."""
    shutil.copy(filled, tmp_path)
    return tmp_path


def _on(backend: str, filled: Path, folder: Path) -> Iterator[Engine]:
    if backend == "sqlite":
        found = open_engine(f"sqlite:///{shutil.copy(filled, folder)}")
        yield found
        found.dispose()
    else:
        yield from _on_server(folder)


def _on_server(folder: Path) -> Iterator[Engine]:
    url = os.environ.get("TEARSHEET_TEST_POSTGRES", "postgresql://postgres@127.0.0.1:5432/test")
    schema = "read_" + sha(str(folder), str(os.getpid()))[:12]
    outer = open_engine(url)
    try:
        with outer.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text(f"CREATE SCHEMA {schema}"))
    except DatabaseError as error:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(f"no PostgreSQL to be reached: {error}")
    found = outer.execution_options(schema_translate_map={None: schema})
    try:
        with found.begin() as connection:
            t.Base.metadata.create_all(connection)
            fill(connection)
        yield found
    finally:
        with outer.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text(f"DROP SCHEMA {schema} CASCADE"))
        outer.dispose()


@pytest.fixture
def change(data: Path) -> Callable[[str], None]:
    """Runs one statement in the data folder's database."""

    def run(statement: str) -> None:
        found = open_engine(f"sqlite:///{data / 'tearsheet.sqlite'}")
        with found.begin() as connection:
            connection.execute(text(statement))
        found.dispose()

    return run
