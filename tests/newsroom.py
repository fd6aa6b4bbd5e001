"""The sample newsroom grown to what a crawl meets: more carriers, and every kind of site that does it harm.

`grow` gives the hosts, the site files that know them, and the truth: which addresses are copies that can be had,
and which may not even be asked for. Everything is written here or in `crawler/demo`; nothing is another's page.
"""

from __future__ import annotations

import gzip
import hashlib
import html
import json
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qs, urlsplit

from crawler.cli.demo import SITES
from crawler.demo.newsroom import newsroom
from crawler.demo.releases import read_originals
from crawler.reservations import FILE
from crawler.sites.load import Site, Sites, load_site
from tests.crawl.loopback import Reply, site

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from crawler.demo.newsroom import Response
    from crawler.demo.releases import Original

NOW: Final = datetime(2026, 11, 24, 6, tzinfo=UTC)
"""When the crawl is made: hours after the youngest release."""

OPEN: Final = Reply(b"User-agent: *\nDisallow: /admin/\n", mime="text/plain")
XML: Final = "application/xml"
PAGE_BYTES: Final = 2 * 1024 * 1024
TRAP_PAGES: Final = 25
"""What the site file of a trap allows a crawl to take of it."""

_TRAP: Final = {"delay": 0, "max_pages": TRAP_PAGES}


@dataclass(slots=True)
class Host:
    """One host: its pages by path, each a reply, several in turn, or a function of path and headers."""

    name: str
    what: str
    pages: dict[str, Any] = field(default_factory=dict)
    else_: Callable[[str], Reply] | None = None
    validators: bool = True
    answers: Counter[int] = field(default_factory=Counter)

    def __call__(self, path: str, headers: dict[str, str]) -> Any:
        found = self.pages.get(path, OPEN if path == "/robots.txt" else None)
        if found is None and self.else_ is not None and path != FILE:
            found = self.else_(path)
        if isinstance(found, list):
            found = found.pop(0) if len(found) > 1 else found[0]
        if found is None:
            found = Reply(b"<h1>404</h1>", 404)
        if isinstance(found, Reply) and found.status == 200 and self.validators:
            found = self._validated(found, headers)
        self.answers[found.status if isinstance(found, Reply) else 0] += 1
        return found

    def _validated(self, reply: Reply, headers: dict[str, str]) -> Reply:
        tag = f'"{hashlib.sha256(reply.body).hexdigest()[:16]}"'
        if headers.get("If-None-Match") == tag:
            return Reply(b"", 304, (("ETag", tag),), reply.mime)
        return Reply(reply.body, 200, (*reply.headers, ("ETag", tag)), reply.mime, reply.raw)


@dataclass(frozen=True, slots=True)
class Grown:
    """The newsroom: `tracked` is the release to track, on its wire; `reachable` maps the address of a copy to its
    release's canonical address; `forbidden` are host and path of what must not be asked for; `traps` never end.
    """

    hosts: tuple[Host, ...]
    sites: Sites
    reachable: dict[str, str]
    forbidden: frozenset[tuple[str, str]]
    traps: tuple[str, ...]
    tracked: str


class _Making:
    """What is put together, host by host."""

    def __init__(self) -> None:
        self.originals = tuple(o for o in read_originals() if o.language == "en")
        self.hosts: list[Host] = []
        self.sites: list[Site] = []
        self.reachable: dict[str, str] = {}
        self.forbidden: set[tuple[str, str]] = set()

    def host(self, name: str, what: str, **more: Any) -> Host:
        made = Host(f"www.{name}.test", what, **more)
        self.hosts.append(made)
        return made

    def known(self, host: Host, *others: str, items: Sequence[str] = ("/news/{slug}",), **more: Any) -> None:
        name = host.name.split(".")[1]
        data: dict[str, Any] = {"items": list(items), "hosts": [host.name, *others], "family": name, **more}
        self.sites.append(site(name, host.name, **data))

    def carried(self, host: Host, first: int, how_many: int = 3, *, path: str = "/news/{}") -> list[str]:
        """Put some releases on a host; answers their paths."""
        paths = []
        for n in range(how_many):
            original = self.originals[(first + n) % len(self.originals)]
            where = path.format(f"{original.name}-{n}")
            host.pages[where] = Reply(page(host.name, original))
            self.reachable[f"http://{host.name}{where}"] = original.url
            paths.append(where)
        return paths

    def lost(self, host: Host, paths: Sequence[str], *, forbidden: bool = False) -> None:
        """Take back that these can be had."""
        for path in paths:
            del self.reachable[f"http://{host.name}{path}"]
            if forbidden:
                self.forbidden.add((host.name, path))


def grow(inside: str = "127.0.0.1:9") -> Grown:
    """The newsroom; `inside` is the address on this machine that some of it tries to lead to."""
    making = _Making()
    _samples(making)
    _redirects(making, inside)
    for each in (
        _lists,
        _searched,
        _views,
        _odd_pages,
        _faults,
        _calendar,
        _spiral,
        _ouroboros,
        _walls,
        _forbidding,
    ):
        each(making)
    traps = tuple(host.name for host in making.hosts if host.what.startswith("trap"))
    tracked = making.originals[0].url
    for host in making.hosts:
        if host.what.endswith("by query alone"):  # nobody asks there for another release
            others = {f"http://{host.name}{path}": path for path in host.pages}
            making.lost(host, [p for url, p in others.items() if making.reachable.get(url, tracked) != tracked])
    sites, forbidden = Sites(tuple(making.sites)), frozenset(making.forbidden)
    wire = making.originals[0].wire_url
    return Grown(tuple(making.hosts), sites, making.reachable, forbidden, traps, wire)


# ------------------------------------------------------------------------------------------------ pages


def page(
    host: str, original: Original, *, canonical: str = "", part: slice = slice(None), extra: str = ""
) -> bytes:
    """A carrier's page of a release."""
    lines = "\n".join(
        f"<p>{html.escape(line.text).replace(chr(10), '<br>')}</p>" for line in original.wired()[part]
    )
    title = html.escape(original.wire_title)
    link = f'<link rel="canonical" href="{canonical}">' if canonical else ""
    return (
        f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{title} | {host}</title>{link}{extra}'
        f"</head><body><nav><a href='/'>Home</a> <a href='/about'>About {host}</a></nav><main><article>"
        f"<h1>{title}</h1>\n{lines}</article></main><footer><p>All rights at {host}.</p></footer></body></html>"
    ).encode()


def links(paths: Sequence[str], host: str = "") -> Reply:
    prefix = f"http://{host}" if host else ""
    return Reply("".join(f'<p><a href="{prefix}{path}">Story {path}</a></p>' for path in paths).encode())


def sitemap(host: str, paths: Sequence[str]) -> bytes:
    rows = "".join(f"<url><loc>http://{host}{path}</loc></url>" for path in paths)
    return f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{rows}</urlset>'.encode()


def sitemap_index(*urls: str) -> bytes:
    rows = "".join(f"<sitemap><loc>{url}</loc></sitemap>" for url in urls)
    return f'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{rows}</sitemapindex>'.encode()


# ------------------------------------------------------------------------------------------------ who carries


def _samples(making: _Making) -> None:
    """The twelve hosts of `tearsheet demo`."""
    room = newsroom()
    making.sites += [load_site(path) for path in sorted(SITES.glob("*.toml"))]
    for name in room.hosts:
        host = Host(name, "sample newsroom")
        for served in room.served:
            if served.host == name:
                told = [_as_reply(answer) for answer in served.answers]
                host.pages[served.path] = told if len(told) > 1 else told[0]
        making.hosts.append(host)
    for truth in room.truth:
        parts = urlsplit(truth.url)
        if truth.fate == "forbidden":
            making.forbidden.add((parts.netloc, parts.path))
        elif truth.fate == "page" and truth.release:
            making.reachable[truth.url] = truth.release


def _as_reply(answer: Response) -> Reply:
    headers = dict(answer.headers)
    mime = headers.pop("Content-Type")
    return Reply(answer.body, answer.status, tuple(headers.items()), mime)


def _lists(making: _Making) -> None:
    """Atom, JSON Feed, a gzipped news sitemap below an index, a listing; one without validators."""
    host = making.host("tidewater", "Atom feed")
    entries = "".join(
        f"<entry><id>{p}</id><title>{p}</title><link href='http://{host.name}{p}'/></entry>"
        for p in making.carried(host, 0)
    )
    host.pages["/atom"] = Reply(
        f"<feed xmlns='http://www.w3.org/2005/Atom'><title>x</title>{entries}</feed>".encode(), mime=XML
    )
    making.known(host, discover={"feeds": [f"http://{host.name}/atom"]})

    host = making.host("pierside", "JSON Feed")
    items = [{"id": p, "url": f"http://{host.name}{p}", "title": p} for p in making.carried(host, 1)]
    feed = {"version": "https://jsonfeed.org/version/1.1", "title": "x", "items": items}
    host.pages["/feed.json"] = Reply(json.dumps(feed).encode(), mime="application/feed+json")
    making.known(host, discover={"feeds": [f"http://{host.name}/feed.json"]})

    host = making.host("lowland", "news sitemap, gzip, below an index")
    told = sitemap(host.name, making.carried(host, 2))
    host.pages["/news.xml.gz"] = Reply(gzip.compress(told, mtime=0), mime="application/gzip")
    host.pages["/sitemap.xml"] = Reply(sitemap_index(f"http://{host.name}/news.xml.gz"), mime=XML)
    making.known(host, discover={"sitemaps": [f"http://{host.name}/sitemap.xml"]})

    host = making.host("bluff", "listing; no validators", validators=False)
    host.pages["/"] = links(making.carried(host, 3))
    making.known(host, discover={"listings": [f"http://{host.name}/"]})


def _searched(making: _Making) -> None:
    """What only a query for a release finds: WordPress's JSON, a search page."""
    host = making.host("harbourblog", "WordPress JSON, by query alone")
    posts = {path: o.wire_title for path, o in zip(making.carried(host, 0, 4), making.originals, strict=False)}

    def answer(path: str, kind: str) -> Reply:
        asked = parse_qs(urlsplit(path).query).get("search", parse_qs(urlsplit(path).query).get("q", [""]))[0]
        words = set(asked.casefold().split())
        hits = [p for p, title in posts.items() if words and words <= set(title.casefold().split())]
        if kind == "json":
            rows = [{"link": f"http://{host.name}{p}", "title": {"rendered": posts[p]}} for p in hits]
            return Reply(json.dumps(rows).encode(), mime="application/json")
        return links([p.replace("/news/", "/story/") for p in hits])

    host.else_ = lambda path: answer(path, "json") if path.startswith("/wp-json/") else Reply(b"", 404)
    query = {"kind": "wordpress", "url": f"http://{host.name}/wp-json/wp/v2/posts?search={{title}}"}
    making.known(host, discover={"queries": [query]})

    found = making.host("quayside", "site search, by query alone")
    making.carried(found, 0, 4, path="/story/{}")
    found.else_ = lambda path: answer(path, "html") if path.startswith("/find?") else Reply(b"", 404)
    query = {"kind": "search", "url": f"http://{found.name}/find?q={{title}}"}
    making.known(found, items=["/story/{slug}"], discover={"queries": [query]})


def _views(making: _Making) -> None:
    """AMP, print and second pages beside the page; one host under two names."""
    host = making.host("estuary", "AMP, print and second pages")
    paths = making.carried(host, 1)
    shown = list(paths)
    for path in paths:
        original = next(o for o in making.originals if path.startswith(f"/news/{o.name}-"))
        canonical = f"http://{host.name}{path}"
        for view, part in (
            (f"{path}/amp", slice(None)),
            (f"{path}?print=1", slice(None)),
            (f"{path}?page=2", slice(3, None)),
        ):
            host.pages[view] = Reply(page(host.name, original, canonical=canonical, part=part))
            shown.append(view)
    host.pages["/"] = links(shown)
    making.known(host, items=["/news/{slug}", "/news/{slug}/amp"], discover={"listings": [f"http://{host.name}/"]})

    host = making.host("twin", "one site under two names")
    paths = making.carried(host, 2)
    other = Host("twin-mirror.test", "one site under two names", dict(host.pages))
    making.hosts.append(other)
    making.reachable |= {f"http://{other.name}{p}": making.reachable[f"http://{host.name}{p}"] for p in paths}
    host.pages["/"] = other.pages["/"] = links(paths)
    making.known(host, other.name, discover={"listings": [f"http://{h}/" for h in (host.name, other.name)]})


def _odd_pages(making: _Making) -> None:
    """Broken HTML, a lying canonical, dead addresses that answer 200, a huge page and one that explodes."""
    host = making.host("reed", "broken HTML")
    paths = making.carried(host, 3)
    for path in paths:
        body = host.pages[path].body.replace(b"</p>", b"").replace(b"</article></main>", b"</div></b>\x00</table>")
        host.pages[path] = Reply(body.replace(b"<!DOCTYPE html>", b"\xef\xbb\xbf<html><html>"))
    host.pages["/"] = links(paths)
    making.known(host, discover={"listings": [f"http://{host.name}/"]})

    host = making.host("canon", "lying canonical")
    paths = making.carried(host, 0)
    for n, path in enumerate(paths):
        lie = making.originals[(n + 2) % len(making.originals)].url
        original = next(o for o in making.originals if path.startswith(f"/news/{o.name}-"))
        host.pages[path] = Reply(page(host.name, original, canonical=lie))
    host.pages["/"] = links(paths)
    making.known(host, discover={"listings": [f"http://{host.name}/"]})

    host = making.host("mist", "dead addresses that answer 200")
    host.else_ = lambda path: Reply(b"<title>Mist</title><h1>Sorry</h1><p>The page that you want has moved.</p>")
    host.pages["/"] = links([*making.carried(host, 1), *(f"/news/dead-{n}" for n in range(5))])
    making.known(host, discover={"listings": [f"http://{host.name}/"]})

    host = making.host("bulk", "a huge page, one that explodes, copies between")
    host.pages["/news/huge"] = Reply(b"<p>" + b"far too much " * (PAGE_BYTES // 8))
    bomb = gzip.compress(b"\0" * (20 * PAGE_BYTES), mtime=0)
    host.pages["/news/bomb"] = Reply(bomb, headers=(("Content-Encoding", "gzip"),))
    host.pages["/"] = links(["/news/huge", *making.carried(host, 2), "/news/bomb"])
    making.known(host, discover={"listings": [f"http://{host.name}/"]})


def _faults(making: _Making) -> None:
    """Slow, flaky, overloaded, cut off, gone."""
    host = making.host("marsh", "slow: a second for each answer")
    paths = making.carried(host, 0, 2)
    for path in paths:
        host.pages[path] = _slowly(host.pages[path])
    host.pages["/"] = links(paths)
    making.known(host, discover={"listings": [f"http://{host.name}/"]})

    busy = Reply(b"busy", 503, (("Retry-After", "1"),))
    host = making.host("gust", "flaky: 503 with Retry-After")
    paths = making.carried(host, 2)
    for path in paths[:2]:
        host.pages[path] = [busy, host.pages[path]]
    host.pages["/"] = [busy, links(paths)]
    making.known(host, discover={"listings": [f"http://{host.name}/"]})

    host = making.host("queue", "429 at first")
    paths = making.carried(host, 3)
    host.pages[paths[0]] = [Reply(b"slow down", 429, (("Retry-After", "1"),)), host.pages[paths[0]]]
    host.pages["/"] = links(paths)
    making.known(host, discover={"listings": [f"http://{host.name}/"]})

    host = making.host("torn", "answers that break off at first")
    paths = making.carried(host, 1)
    whole = host.pages[paths[0]]
    cut = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 90000\r\n\r\n<p>It beg"
    host.pages[paths[0]] = [Reply(raw=cut), whole]
    host.pages["/"] = links(paths)
    making.known(host, discover={"listings": [f"http://{host.name}/"]})

    host = making.host("ebb", "gone: 410 and 404")
    paths = making.carried(host, 1)
    making.lost(host, paths)
    for path, status in zip(paths, (410, 404, 410), strict=True):
        host.pages[path] = Reply(b"<h1>It is gone</h1>", status)
    host.pages["/"] = links(paths)
    making.known(host, discover={"listings": [f"http://{host.name}/"]})

    host = making.host("ban", "refuses everybody: 403")
    paths = making.carried(host, 1)
    making.lost(host, paths)
    for path in paths:
        host.pages[path] = Reply(b"<h1>Forbidden</h1>", 403)
    host.pages["/"] = links(paths)
    making.known(host, discover={"listings": [f"http://{host.name}/"]})


def _slowly(reply: Reply) -> Callable[[str, dict[str, str]], Any]:
    def answer(handler: Any) -> None:
        handler.send_response(200)
        handler.send_header("Content-Type", reply.mime)
        handler.send_header("ETag", '"slow"')
        handler.send_header("Content-Length", str(len(reply.body)))
        handler.end_headers()
        step = len(reply.body) // 4 + 1
        for at in range(0, len(reply.body), step):
            time.sleep(0.25)
            handler.wfile.write(reply.body[at : at + step])

    return answer  # type: ignore[return-value]


def _calendar(making: _Making) -> None:
    """Months that lead to months, for ever."""
    host = making.host("calendar", "trap: a calendar without end")
    paths = making.carried(host, 0, 2)
    host.pages["/"] = links([*paths, "/cal/2026/11/"])
    host.else_ = lambda path: links([*paths, *_months(path)]) if path.startswith("/cal/") else Reply(b"", 404)
    listed = {"listings": [f"http://{host.name}/", f"http://{host.name}/cal/2026/12/"]}
    making.known(host, items=["/news/{slug}", "/cal/{year}/{month}/"], politeness=_TRAP, discover=listed)


def _spiral(making: _Making) -> None:
    """Addresses that go on with themselves, and a session in each."""
    host = making.host("spiral", "trap: /a/b/a/b, and a session in every address")
    paths = making.carried(host, 1, 2)
    turns: Counter[str] = Counter()

    def turn(path: str) -> Reply:
        turns["all"] += 1
        deeper = path.partition("?")[0].rstrip("/") + "/a/b/"
        return links([*paths, *(f"{deeper}{n}/?sid={turns['all']}" for n in range(8))])

    host.else_ = turn
    making.known(
        host,
        items=["/news/{slug}", "/a/{rest}"],
        politeness=_TRAP,
        discover={"listings": [f"http://{host.name}/"]},
    )


def _ouroboros(making: _Making) -> None:
    """Sitemaps that name themselves, and always more."""
    host = making.host("ouroboros", "trap: sitemaps that name themselves and others for ever")
    paths = making.carried(host, 2, 2)
    host.pages["/news.xml"] = Reply(sitemap(host.name, paths), mime=XML)

    def deeper(path: str) -> Reply:
        more = [f"http://{host.name}/map{path}{n}" for n in range(3)]
        return Reply(sitemap_index(f"http://{host.name}/news.xml", f"http://{host.name}{path}", *more), mime=XML)

    host.else_ = deeper
    making.known(host, politeness=_TRAP, discover={"sitemaps": [f"http://{host.name}/sitemap.xml"]})


_TRAPS: Final = (_calendar, _spiral, _ouroboros)


def _months(path: str) -> list[str]:
    """The months beside that of a calendar's page."""
    year, month = (int(part) if part.isdecimal() else 1 for part in path.split("/")[2:4])
    return [f"/cal/{(at := year * 12 + month - 1 + step) // 12}/{at % 12 + 1:02}/" for step in (-1, 1, 2)]


def _redirects(making: _Making, inside: str) -> None:
    host = making.host("decoy", "redirects: inside, round in circles, and to a copy")
    paths = making.carried(host, 3, 1)
    targets = (
        f"http://{inside}/", "http://169.254.169.254/latest/meta-data/", "http://[::1]/", "http://2130706433/",
        "file:///etc/passwd", f"http://{host.name}/news/go-5", "http://localhost/", paths[0],
    )  # fmt: skip
    for n, target in enumerate(targets):
        host.pages[f"/news/go-{n}"] = Reply(b"", 302, (("Location", target),))
    host.pages["/"] = links([f"/news/go-{n}" for n in range(len(targets))])
    making.known(host, discover={"listings": [f"http://{host.name}/"]})


def _walls(making: _Making) -> None:
    """A cookie wall, and pages that are nothing without a script."""
    host = making.host("door", "cookie wall")
    paths = making.carried(host, 0)
    making.lost(host, paths)
    wall = "<title>Cookies</title><h1>Before you continue</h1><p>We use cookies. Accept all cookies to go on.</p>"
    for path in paths:
        host.pages[path] = Reply(wall.encode())
    host.pages["/"] = links(paths)
    making.known(host, discover={"listings": [f"http://{host.name}/"]})

    host = making.host("void", "script-only")
    paths = making.carried(host, 1)
    making.lost(host, paths)
    for path in paths:
        host.pages[path] = Reply(b"<title>App</title><noscript>Enable JavaScript</noscript><div id=root></div>")
    host.pages["/"] = links(paths)
    making.known(host, discover={"listings": [f"http://{host.name}/"]})


def _forbidding(making: _Making) -> None:
    """robots.txt that forbids, and one that cannot be had."""
    host = making.host("hush", "robots.txt forbids the copies")
    paths = making.carried(host, 0)
    making.lost(host, paths, forbidden=True)
    host.pages["/robots.txt"] = Reply(b"User-agent: *\nDisallow: /news/\n", mime="text/plain")
    host.pages["/"] = links(paths)
    making.known(host, discover={"listings": [f"http://{host.name}/"]})

    host = making.host("blackout", "robots.txt answers 500")
    paths = making.carried(host, 1)
    making.lost(host, paths, forbidden=True)
    making.forbidden.add((host.name, "/"))
    host.pages["/robots.txt"] = Reply(b"oops", 500)
    host.pages["/"] = links(paths)
    making.known(host, discover={"listings": [f"http://{host.name}/"]})
