"""Pages that need a browser are read as it shows them, and what they try is held to the rules of the crawl."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import threading
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from crawler.fetch import needs
from crawler.fetch.needs import missing
from crawler.flow import Read, read_page
from crawler.rendering import HEADER
from crawler.reservations import FILE
from crawler.sites.load import Sites
from settings.app import AppConfig, Browser
from storage import tables as t
from storage.warc import parse, unpack
from tests.crawl.loopback import HOST, Bench, Reply, Server, site, story
from tests.db.folders import read_all, sound

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from crawler.records import Fetched

CDN = "cdn.parts.test"
ITEM = f"http://{HOST}/news/1"
TEXT = "The port of Yangshan opened its seventh pier to ships of every size on Monday, its operator said. " * 3
SHELL = b"""<!doctype html><html><head><title>Port</title></head>
<body><div id="app"></div><script src="/app.js"></script></body></html>"""
APP = """fetch('/api/1.json').then(r => r.json()).then(story => {
  const p = document.createElement('p'); p.textContent = story.text;
  document.getElementById('app').append(p); document.title = 'A port opens its pier'; });"""


def needed() -> None:
    """Without a browser there is nothing to test, except where everything has to be tested."""
    why = missing(Browser())
    if why and os.environ.get("CI") != "true":
        pytest.skip(why)
    assert why is None


@pytest.fixture
def rendering(bench: Callable[..., Bench], server: Server) -> Callable[..., Bench]:
    """Makes a bench whose site needs a browser."""
    needed()
    server.pages = {"/robots.txt": Reply(b"", mime="text/plain"), "/news/1": Reply(SHELL)}

    def make(**fetch: Any) -> Bench:
        made = bench(site(fetch={"javascript": True, **fetch}), loopback={CDN: server.address})
        made.browser = Browser(sandbox=os.geteuid() != 0, page_seconds=120.0)
        return made

    return make


def stored(made: Bench) -> list[Fetched]:
    with made.store() as store:
        sound(store)
        return sorted(read_all(store).values(), key=lambda each: (each.url, dict(each.headers).get(HEADER, "")))


def refused(made: Bench) -> set[tuple[str, str]]:
    with made.store() as store, store.engine.connect().execution_options(reads=True) as connection:
        rows = connection.execute(select(t.Refused.place, t.Refused.reason)).all()
        return {(row.place, row.reason) for row in rows}


def marked(made: Bench) -> list[tuple[str, str]]:
    """(path, what it is) of all that is archived."""
    return [(each.url.partition(HOST)[2], dict(each.headers).get(HEADER, "")) for each in stored(made)]


def test_a_page_whose_text_is_made_by_script(rendering: Callable[..., Bench], server: Server) -> None:
    server.pages |= {
        "/app.js": Reply(APP.encode(), mime="text/javascript"),
        "/api/1.json": Reply(f'{{"text": "{TEXT}"}}'.encode(), mime="application/json"),
    }
    made = rendering()
    summary = made.run(urls=[ITEM])
    assert (summary.fetched, summary.new, summary.failed) == (1, 1, {})
    assert marked(made) == [
        (FILE, ""),
        ("/api/1.json", "part"),
        ("/app.js", "part"),
        ("/news/1", "document"),
        ("/news/1", "source"),
        ("/robots.txt", ""),
    ]
    *_, document, source, _ = stored(made)
    read = read_page(document, Sites(()), 1_000_000)
    assert isinstance(read, Read)
    assert read.draft.text == TEXT.strip()
    assert read.page.title == "A port opens its pier"
    assert source.body == SHELL
    for other in stored(made):
        if dict(other.headers).get(HEADER) in {"source", "part"}:
            assert getattr(read_page(other, Sites(()), 1_000_000), "reason", None) == "rendering"
    assert server.paths().count("/news/1") == 1
    again = made.run(urls=[ITEM])
    assert (again.fetched, again.unchanged) == (1, 1)
    assert [path for path, _ in marked(made)].count("/app.js") == 1


def test_the_record_of_a_rendered_document(rendering: Callable[..., Bench]) -> None:
    made = rendering()
    made.run(urls=[ITEM])
    with made.store() as store, store.engine.connect().execution_options(reads=True) as connection:
        places = connection.execute(select(t.Location.file, t.Location.offset, t.Location.length)).all()
        records = [parse(unpack(store.archive.read(t_location(place)))) for place in places]
    [record] = [record for record in records if record.kind == "conversion"]
    assert record.get("WARC-Target-URI") == ITEM
    assert record.get("Content-Type") == "text/html; charset=utf-8"
    assert record.get(HEADER) == "document"
    made.config.data_folder.joinpath("tearsheet.sqlite").unlink()
    assert [name for _, name in marked(made)].count("document") == 1  # known again from the archive alone


def t_location(row: Any) -> Any:
    from crawler.records import Location

    return Location(*row)


def test_parts_come_from_hosts_that_the_site_file_names(rendering: Callable[..., Bench], server: Server) -> None:
    page = SHELL.replace(b"/app.js", f"http://{CDN}/app.js".encode())
    script = b"document.getElementById('app').textContent = 'made'"
    server.pages |= {"/news/1": Reply(page), "/app.js": Reply(script, mime="text/javascript")}
    made = rendering()
    made.run(urls=[ITEM])
    assert (CDN, "/app.js") not in server.hits
    assert (f"http://{CDN}/app.js", "blocked:offsite") in refused(made)
    made = rendering(also=[CDN])
    made.run(urls=[ITEM])
    assert (CDN, "/robots.txt") in server.hits
    assert (CDN, "/app.js") in server.hits
    assert any(b">made<" in each.body for each in stored(made))


def test_robots_forbid_parts_too(rendering: Callable[..., Bench], server: Server) -> None:
    server.pages |= {
        "/robots.txt": Reply(b"User-agent: *\nDisallow: /api/\n", mime="text/plain"),
        "/app.js": Reply(APP.encode(), mime="text/javascript"),
        "/api/1.json": Reply(b"{}", mime="application/json"),
    }
    made = rendering()
    made.run(urls=[ITEM])
    assert "/api/1.json" not in server.paths()
    assert (f"http://{HOST}/api/1.json", "blocked:robots") in refused(made)


HOSTILE = """<!doctype html><title>x</title><body><p id=done></p>
<meta http-equiv=refresh content="1; url={first}"><base target=_blank>
<link rel=preconnect href="{first}"><link rel=dns-prefetch href="{first}"><link rel=prefetch href="{first}">
<img src="{first}img"><iframe src="{first}frame"></iframe><object data="{first}object"></object>
<a id=ping href="{first}a" ping="{first}ping">x</a><form id=form method=post action="{first}form"></form>
<style>@import "{first}css"; body {{ background: url("{first}background") }}</style>
<script>
const targets = {targets};
const quietly = act => {{
  try {{ const done = act(); if (done && done.catch) done.catch(() => 0); }} catch (e) {{}} }};
for (const target of targets) {{
  quietly(() => fetch(target + 'fetch', {{mode: 'no-cors'}}));
  quietly(() => new WebSocket(target.replace('http', 'ws')));
  quietly(() => {{
    const f = document.createElement('iframe'); f.src = target + 'made'; document.body.append(f); }});
}}
for (const target of [targets[0], targets.at(-1)]) {{
  quietly(() => fetch(target + 'post', {{mode: 'no-cors', method: 'POST', body: 'x'}}));
  quietly(() => {{ const x = new XMLHttpRequest(); x.open('GET', target + 'xhr'); x.send(); }});
  quietly(() => new EventSource(target + 'events'));
  quietly(() => navigator.sendBeacon(target + 'beacon', 'x'));
  quietly(() => window.open(target + 'open'));
  quietly(() => new Worker(URL.createObjectURL(new Blob([`fetch('${{target}}worker', {{mode: 'no-cors'}})`]))));
  quietly(() => import(target + 'module.js'));
  quietly(() => new WebTransport(target.replace('http:', 'https:')));
}}
quietly(() => navigator.serviceWorker.register('/sw.js'));
quietly(() => {{
  const peer = new RTCPeerConnection({{iceServers: {ice}}});
  peer.createDataChannel('x'); peer.createOffer().then(offer => peer.setLocalDescription(offer)); }});
quietly(() => document.getElementById('ping').click());
quietly(() => document.getElementById('form').submit());
setTimeout(() => {{ location = targets[0] + 'location'; }}, 200);
setTimeout(() => {{ location = 'file:///etc/passwd'; }}, 400);
document.getElementById('done').textContent = 'tried';
</script>"""


@contextlib.contextmanager
def counting_datagrams() -> Iterator[tuple[int, list[bytes]]]:
    """A UDP port that nothing may reach."""
    got: list[bytes] = []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
        udp.bind(("127.0.0.1", 0))
        udp.settimeout(0.2)
        ended = threading.Event()

        def count() -> None:
            while not ended.is_set():
                with contextlib.suppress(TimeoutError):
                    got.append(udp.recv(2048))

        thread = threading.Thread(target=count, daemon=True)
        thread.start()
        try:
            yield udp.getsockname()[1], got
        finally:
            ended.set()
            thread.join()


async def inside(name: str) -> tuple[str, ...]:
    """A resolver that leads every name to this machine."""
    return ("127.0.0.1",)


def test_a_page_that_tries_to_reach_the_inside_reaches_nothing(
    rendering: Callable[..., Bench], server: Server, other_server: Server
) -> None:
    """Every way out that a page has, to this machine, a neighbour and names that lead there."""
    port = other_server.port
    hosts = ["127.0.0.1", "localhost", "[::1]", "2130706433", "0x7f.1", "0.0.0.0", "[::ffff:127.0.0.1]"]
    targets = [f"http://{host}:{port}/" for host in hosts]
    targets += [f"http://{host}/" for host in ("169.254.169.254", "rebound.mirror.test", "localtest.me")]
    targets += [
        f"https://127.0.0.1:{port}/",
        f"http://rebound.mirror.test:{port}/",
        "https://rebound.mirror.test/",
    ]
    targets += [f"http://{HOST}/jump?"]
    server.pages["/jump"] = Reply(status=302, headers=(("Location", f"http://{other_server.address}/redirected"),))
    with counting_datagrams() as (udp, datagrams):
        ice = [{"urls": f"stun:127.0.0.1:{udp}"}, {"urls": f"turn:127.0.0.1:{port}?transport=tcp",
               "username": "x", "credential": "x"}]  # fmt: skip
        page = HOSTILE.format(first=targets[0], targets=json.dumps(targets), ice=json.dumps(ice))
        server.pages["/news/1"] = Reply(page.encode())
        for kind in "fetch", "xhr", "events", "open", "made", "worker":
            server.pages[f"/jump?{kind}"] = server.pages["/jump"]
        made = rendering(also=["*.mirror.test", "localtest.me"])
        summary = made.run(urls=[ITEM], lookup=inside)
    assert other_server.connections == 0
    assert datagrams == []
    assert any(path.startswith("/jump?") for path in server.paths())  # it could do what is allowed, and did
    assert b"tried" in next(each.body for each in stored(made) if dict(each.headers).get(HEADER) == "document")
    assert summary.fetched == 1
    reasons = {reason for _, reason in refused(made)}
    assert {"blocked:address.loopback", "blocked:address.link-local", "blocked:port", "blocked:method"} <= reasons
    assert "/sw.js" not in server.paths()


def test_a_page_that_leaves_stays_where_it_is(rendering: Callable[..., Bench], server: Server) -> None:
    server.pages["/news/1"] = Reply(f"<p>{TEXT}</p><script>location = '/elsewhere'</script>".encode())
    made = rendering()
    assert made.run(urls=[ITEM]).fetched == 1
    assert (f"http://{HOST}/elsewhere", "blocked:navigation") in refused(made)
    assert "/elsewhere" not in server.paths()
    assert any(
        dict(each.headers).get(HEADER) == "document" and TEXT[:50].encode() in each.body for each in stored(made)
    )


def test_a_page_without_end_is_given_up(rendering: Callable[..., Bench], server: Server) -> None:
    server.pages |= {
        "/news/1": Reply(b"<script>for (;;) {}</script>"),
        "/news/2": Reply(b"<p id=x hidden></p><script>x.textContent = 'x'.repeat(30000000)</script>"),
        "/news/3": Reply(f"<p>{TEXT}</p>".encode()),
        "/news/4": Reply(b"<script>location = 'about:blank'</script>"),
    }
    made = rendering()
    made.browser = Browser(sandbox=made.browser.sandbox, page_seconds=5.0)
    summary = made.run(urls=[f"http://{HOST}/news/{n}" for n in (1, 2, 3, 4)])
    assert summary.fetched == 1
    assert summary.failed == {"render:left": 1, "limit:body": 1, "limit:render": 1}


def test_without_the_extra_the_reason_is_stored(
    bench: Callable[..., Bench], server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crawler.spiders.crawl.missing", lambda _: "not installed")
    server.pages = {"/news/1": Reply(SHELL)}
    made = bench(site(fetch={"javascript": True}))
    summary = made.run(urls=[ITEM])
    assert summary.failed == {"needs:javascript": 1}
    assert [kind for path, kind in marked(made) if path == "/news/1"] == [""]


def test_sites_without_the_key_never_start_a_browser(
    bench: Callable[..., Bench], server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crawler.fetch.render.Render._prepare", lambda _: pytest.fail("a browser was started"))
    server.pages = {"/news/1": story()}
    assert bench(site()).run(urls=[ITEM]).fetched == 1


def test_a_server_cannot_pass_its_page_off_as_rendered(bench: Callable[..., Bench], server: Server) -> None:
    body = story().body
    server.pages = {"/news/1": Reply(body, headers=((HEADER, "part"),))}
    made = bench(site())
    made.run(urls=[ITEM])
    assert ("/news/1", "") in marked(made)


def test_what_is_not_there_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    nowhere = Browser(path=str(tmp_path / "none"))
    monkeypatch.setattr(needs, "find_spec", lambda _: True)
    assert "Chromium" in (missing(nowhere) or "")
    monkeypatch.setattr(needs, "find_spec", lambda _: None)
    assert "tearsheet[javascript]" in (missing(nowhere) or "")
    assert AppConfig().browser.sandbox
