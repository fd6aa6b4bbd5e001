"""Doubles of the services that know where a release stands: they answer as documented, faults included.

Each is a function of path and headers, for `Server.services`. Asked wrongly, it refuses as the service does.
"""

from __future__ import annotations

import json
import re
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

from crawler.records import Fetched
from storage.warc import build
from tests.crawl.loopback import Reply

GDELT = "api.gdeltproject.org"
WAYBACK = "web.archive.org"
INDEX = "index.commoncrawl.org"
DATA = "data.commoncrawl.org"
TOO_FAST = "Please limit requests to one every 5 seconds or contact kalev.leetaru5@gmail.com for larger queries."
ROBOTS = Reply(b"User-agent: *\nDisallow: /admin\n", mime="text/plain")
NO_ROBOTS = Reply(b"", 404)


def asked(path: str) -> dict[str, str]:
    """The parameters of a request; of several filters all, one a line."""
    return {name: "\n".join(values) for name, values in parse_qs(urlsplit(path).query).items()}


def as_json(value: object, status: int = 200, mime: str = "application/json") -> Reply:
    return Reply(json.dumps(value).encode(), status, mime=mime)


def words(text: str, status: int = 200) -> Reply:
    return Reply(text.encode(), status, mime="text/html; charset=utf-8")


@dataclass(slots=True)
class Gdelt:
    """The DOC 2.0 API. `articles` are (seen, address, title, text); faster than `pace` seconds it refuses.

    Short words and short phrases it refuses in words, and everything that it refuses has status 200.
    """

    articles: list[tuple[str, str, str, str]]
    pace: float = 0.0
    refusals: int = 0
    asked_at: list[float] = field(default_factory=list)
    refused: int = 0

    def __call__(self, path: str, _: dict[str, str]) -> Reply:
        if urlsplit(path).path != "/api/v2/doc/doc":
            return NO_ROBOTS
        now = time.monotonic()
        fast = bool(self.asked_at) and now - self.asked_at[-1] < self.pace
        self.asked_at.append(now)
        if fast or self.refusals > 0:
            self.refusals -= 1
            self.refused += 1
            return words(TOO_FAST)
        return self._answer(asked(path))

    def _answer(self, query: dict[str, str]) -> Reply:
        phrase = query["query"].strip('"')
        if any(len(word) < 3 for word in phrase.split()):
            return words("One or more of your keywords were too short, too long or too common.")
        start, end = query["startdatetime"], query["enddatetime"]
        found = [
            {
                "url": url,
                "url_mobile": "",
                "title": title,
                "seendate": f"{seen[:8]}T{seen[8:]}Z",
                "language": "English",
            }
            for seen, url, title, text in sorted(self.articles, reverse=True)
            if start <= seen < end and phrase.casefold() in text.casefold()
        ]
        if not found:
            return as_json({})
        body = json.dumps({"articles": found[: int(query["maxrecords"])]})
        return Reply(
            body.replace("\\u2019", "\\'").encode(), mime="application/json"
        )  # no JSON, but what it sends


@dataclass(slots=True)
class Wayback:
    """The index of captures and the captures. `captures` are (time, address, page); `rows` are told at once."""

    captures: list[tuple[str, str, bytes]]
    rows: int = 100
    refusals: int = 0

    def __call__(self, path: str, _: dict[str, str]) -> Reply:
        if path.startswith("/web/"):
            return self._capture(path)
        if not path.startswith("/cdx/search/cdx"):
            return ROBOTS
        if self.refusals > 0:
            self.refusals -= 1
            return Reply(b"<html><title>429 Too Many Requests</title></html>", 429, (("Retry-After", "1"),))
        query = asked(path)
        rows = [row for row in sorted(self.captures, key=lambda row: (row[1], row[0])) if _fits(query, row)]
        first = int(query.get("resumeKey", "0").removeprefix("key "))
        part = rows[first : first + self.rows]
        if not rows:
            return Reply(b"[]\n", mime="application/json")
        names = query["fl"].split(",")
        table: list[list[str]] = [names, *([_column(name, row) for name in names] for row in part)]
        if first + self.rows < len(rows):
            table += [[], [f"key {first + self.rows}"]]
        return as_json(table)

    def _capture(self, path: str) -> Reply:
        found = re.fullmatch(r"/web/(\d{14})id_/(.*)", path, re.DOTALL)
        assert found is not None, path
        near = [row for row in self.captures if row[1] == found[2]]
        if not near:
            return Reply(b"<html><title>Wayback Machine</title>not archived</html>", 404)
        if (found[1], found[2]) not in {row[:2] for row in near}:
            there = (("Location", f"http://{WAYBACK}/web/{near[0][0]}id_/{found[2]}"),)
            return Reply(b"", 302, there)
        body = next(row[2] for row in near if row[0] == found[1])
        kept = (
            ("x-archive-orig-server", "nginx"),
            ("x-archive-orig-content-length", "7"),
            ("memento-datetime", "x"),
        )
        return Reply(body, 200, kept)


def _fits(query: dict[str, str], row: tuple[str, str, bytes]) -> bool:
    key = row[1].partition("://")[2].lower()
    wanted = query["url"].partition("://")[2] or query["url"]
    host = key.partition("/")[0]
    if query.get("matchType") == "domain":
        fits = host == wanted or host.endswith(f".{wanted}")
    else:
        fits = key == wanted.lower()
    patterns = [one.removeprefix("urlkey:") for one in query["filter"].split("\n") if one.startswith("urlkey:")]
    return fits and query.get("from", "") <= row[0] and all(re.fullmatch(p, key) for p in patterns)


def _column(name: str, row: tuple[str, str, bytes]) -> str:
    known = {"timestamp": row[0], "original": row[1], "mimetype": "text/html", "statuscode": "200"}
    return known.get(name) or f"DIGEST{hash(row[2])}"


@dataclass(slots=True)
class CommonCrawl:
    """The list of crawls, the index of one, and its one file. As many answers as it is `busy` for are 503."""

    crawl: str = "CC-MAIN-2026-02"
    rows: list[dict[str, str]] = field(default_factory=list)
    archive: bytes = b""
    busy: int = 0
    asked: list[str] = field(default_factory=list)
    ranges: list[str] = field(default_factory=list)

    def add(self, url: str, moment: str, page: bytes) -> None:
        """Put a page into the file and the index."""
        headers = (("Content-Type", "text/html; charset=utf-8"),)
        member = build(Fetched(url, moment, 200, headers, page))
        self.rows.append(
            {
                "urlkey": url, "timestamp": re.sub(r"\D", "", moment), "url": url, "mime": "text/html",
                "status": "200",
                "digest": "X", "offset": str(len(self.archive)), "length": str(len(member)),
                "filename": f"crawl-data/{self.crawl}/segments/1.1/warc/CC-MAIN-1.warc.gz",
            }
        )  # fmt: skip
        self.archive += member

    def index(self, path: str, _: dict[str, str]) -> Reply:
        """index.commoncrawl.org"""
        self.asked.append(path)
        if path == "/collinfo.json":
            api = f"http://{INDEX}/{self.crawl}-index"
            named = {"id": self.crawl, "name": "January 2026 Index", "cdx-api": api}
            old = {"id": "CC-MAIN-2019-04", "name": "2019", "cdx-api": f"http://{INDEX}/CC-MAIN-2019-04-index"}
            return as_json([named, old])
        if not path.startswith(f"/{self.crawl}-index"):
            return NO_ROBOTS
        if self.busy > 0:
            self.busy -= 1
            return Reply(b"<html><h1>503 Service Temporarily Unavailable</h1></html>", 503)
        query = asked(path)
        if "showNumPages" in query:
            return as_json({"pages": 1, "pageSize": 5, "blocks": 2})
        return self._page(query)

    def _page(self, query: dict[str, str]) -> Reply:
        pattern = next(one for one in query["filter"].split("\n") if one.startswith("~url:")).removeprefix("~url:")
        domain = query["url"]
        found = [
            row for row in self.rows
            if (urlsplit(row["url"]).hostname or "").endswith(domain) and re.match(pattern, row["url"])
        ]  # fmt: skip
        if not found:
            return as_json({"message": f"No Captures found for: {domain}"}, 404)
        return Reply("".join(json.dumps(row) + "\n" for row in found).encode(), mime="text/x-ndjson")

    def data(self, path: str, headers: dict[str, str]) -> Reply:
        """data.commoncrawl.org"""
        if path == "/robots.txt":
            return Reply(b"<Error><Code>AccessDenied</Code></Error>", 403, mime="application/xml")
        said = headers.get("Range", "")
        self.ranges.append(said)
        found = re.fullmatch(r"bytes=(\d+)-(\d+)", said)
        if found is None:
            return Reply(self.archive, 200, mime="application/octet-stream")
        first, last = int(found[1]), int(found[2])
        if first >= len(self.archive):
            return Reply(b"", 416)
        where = (("Content-Range", f"bytes {first}-{last}/{len(self.archive)}"),)
        return Reply(self.archive[first : last + 1], 206, where, mime="application/octet-stream")


@dataclass(slots=True)
class WordPress:
    """A blog's `/wp-json/wp/v2/posts?search=`: all words of the question stand in the post. Off, it says so."""

    posts: list[tuple[str, str, str]]
    off: bool = False

    def __call__(self, path: str, _: dict[str, str]) -> Reply:
        if not path.startswith("/wp-json/wp/v2/posts"):
            return Reply(b"<html><body><p>A post.</p></body></html>") if path.startswith("/20") else NO_ROBOTS
        if self.off:
            return as_json({"code": "rest_disabled", "message": "The REST API is off.", "data": {"status": 200}})
        wanted = asked(path)["search"].casefold().split()
        found = [
            {"link": link, "title": {"rendered": title}, "date": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%S}"}
            for link, title, text in self.posts
            if all(word in f"{title} {text}".casefold() for word in wanted)
        ]
        return as_json(found)
