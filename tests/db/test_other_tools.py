"""What other programs write is taken in: Browsertrix, wget, ArchiveBox, the news crawl of Common Crawl, Heritrix.

The files are self-made, header by header as those programs write them.
"""

from __future__ import annotations

import base64
import contextlib
import gzip
import hashlib
import io
import json
import os
import shutil
import socket
import struct
import subprocess
import sys
import time
import urllib.error
import urllib.request
import zipfile
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from crawler.cli.main import main
from storage import tables as t
from storage.captures import describe
from storage.engine import open_engine
from storage.intake import Refusal, Skipped, Source, Taken, sources, take
from storage.revisits import Revisit
from storage.warc import build, pack
from tests.db.folders import Folder, page, read_all, sound
from tests.db.test_intake import outcome

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

DAY = "2026-03-01"
NOON = f"{DAY}T12:00:00Z"
URL = "https://news.example/a"
IDENTICAL = "http://netpreserve.org/warc/1.0/revisit/identical-payload-digest"
UNCHANGED = "http://netpreserve.org/warc/1.0/revisit/server-not-modified"
HTML = b"<html><head><title>A port opens</title></head><body><p>A port opened its new pier.</p></body></html>"


@pytest.fixture(autouse=True)
def quick(request: pytest.FixtureRequest) -> None:
    """Only the test that asks for what is derived waits for it."""
    if "derived" not in request.fixturenames:
        request.getfixturevalue("undrained")


@pytest.fixture
def derived() -> None:
    """Pages are read here."""


def sha1(data: bytes) -> str:
    return "sha1:" + base64.b32encode(hashlib.sha1(data, usedforsecurity=False).digest()).decode()


def record(version: str, headers: Sequence[tuple[str, str]], block: bytes) -> bytes:
    lines = "".join(f"{name}: {value}\r\n" for name, value in [*headers, ("Content-Length", str(len(block)))])
    return f"WARC/{version}\r\n{lines}\r\n".encode() + block + b"\r\n\r\n"


def uuid(n: int) -> str:
    return f"<urn:uuid:00000000-0000-4000-8000-{n:012d}>"


def http(body: bytes, *headers: str, status: str = "200 OK", version: str = "HTTP/1.1") -> bytes:
    lines = "".join(f"{line}\r\n" for line in (f"{version} {status}", *headers))
    return f"{lines}\r\n".encode() + body


def ingest(folder: Folder, *paths: Path, code: int = 0) -> dict[str, Any]:
    """What the verb counted."""
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        assert main(["ingest", *map(str, paths), "--data", str(folder.path), "--json", "--quiet"]) == code
    with folder.open() as store:
        sound(store)
    found: dict[str, Any] = json.loads(said.getvalue())
    return found


def captures(folder: Folder) -> dict[tuple[str, str | None], tuple[int, bytes]]:
    """(address, time) of every capture: its status and its body as the archive gives it back."""
    with folder.open() as store:
        return {(each.url, each.fetched_at): (each.status, each.body) for each in read_all(store).values()}


def titles(folder: Folder) -> set[str]:
    engine = open_engine(folder.url)
    try:
        with engine.connect().execution_options(reads=True) as connection:
            return set(connection.execute(select(t.Page.title)).scalars())
    finally:
        engine.dispose()


# ------------------------------------------------------------------------------------------------- the tools


def wget(url: str, body: bytes, *, n: int = 1) -> bytes:
    """What `wget --warc-file` writes: addresses in angle brackets, requests, chunks as sent, its own log."""
    chunked = b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)
    block = http(chunked, "Content-Type: text/html", "Transfer-Encoding: chunked", "Connection: keep-alive")
    when = f"{DAY}T10:00:0{n}Z"
    meta = "metadata://gnu.org/software/wget/warc"
    parts = [
        record(
            "1.0",
            [
                ("WARC-Type", "warcinfo"),
                ("Content-Type", "application/warc-fields"),
                ("WARC-Date", when),
                ("WARC-Record-ID", uuid(n)),
                ("WARC-Filename", "wget.warc.gz"),
            ],
            b"software: Wget/1.21.3 (linux-gnu)\r\nformat: WARC File Format 1.0\r\nrobots: classic\r\n",
        ),
        record(
            "1.0",
            [
                ("WARC-Type", "request"),
                ("WARC-Target-URI", f"<{url}>"),
                ("Content-Type", "application/http;msgtype=request"),
                ("WARC-Date", when),
                ("WARC-Record-ID", uuid(n + 10)),
                ("WARC-IP-Address", "192.0.2.1"),
                ("WARC-Warcinfo-ID", uuid(n)),
            ],
            b"GET / HTTP/1.1\r\nUser-Agent: Wget/1.21.3\r\n\r\n",
        ),
        record(
            "1.0",
            [
                ("WARC-Type", "response"),
                ("WARC-Record-ID", uuid(n + 20)),
                ("WARC-Warcinfo-ID", uuid(n)),
                ("WARC-Concurrent-To", uuid(n + 10)),
                ("WARC-Target-URI", f"<{url}>"),
                ("WARC-Date", when),
                ("WARC-IP-Address", "192.0.2.1"),
                ("WARC-Block-Digest", sha1(block)),
                ("WARC-Payload-Digest", sha1(chunked)),
                ("Content-Type", "application/http;msgtype=response"),
            ],
            block,
        ),
        record(
            "1.0",
            [
                ("WARC-Type", "metadata"),
                ("WARC-Record-ID", uuid(n + 30)),
                ("WARC-Target-URI", f"<{meta}/MANIFEST.txt>"),
                ("WARC-Date", when),
                ("Content-Type", "text/plain"),
            ],
            uuid(n).encode() + b"\r\n",
        ),
        record(
            "1.0",
            [
                ("WARC-Type", "resource"),
                ("WARC-Record-ID", uuid(n + 40)),
                ("WARC-Target-URI", f"<{meta}/wget.log>"),
                ("WARC-Date", when),
                ("Content-Type", "text/plain"),
            ],
            b"--2026-03-01 10:00:00--  http://...",
        ),
    ]
    return b"".join(map(pack, parts))


def revisit(
    url: str,
    when: str,
    *,
    n: int = 90,
    profile: str = IDENTICAL,
    block: bytes = b"",
    more: Sequence[tuple[str, str]] = (),
) -> bytes:
    head = [
        ("WARC-Type", "revisit"),
        ("WARC-Record-ID", uuid(n)),
        ("WARC-Target-URI", url),
        ("WARC-Date", when),
        ("WARC-Profile", profile),
        ("Content-Type", "application/http; msgtype=response"),
        *more,
    ]
    return pack(record("1.1", head, block))


def browsertrix(*, later: bool = False) -> bytes:
    """What Browsertrix writes: WARC 1.1 with SHA-256, its page's picture and text as `urn:`, revisits."""
    page_id = ("WARC-Page-ID", "9a8b7c6d-0000-4000-8000-000000000000")
    url, when = "https://news.example/a", f"{DAY}T11:00:00.123Z"
    block = http(HTML, "content-type: text/html; charset=utf-8", "x-orig-content-encoding: br")
    digest = f"sha256:{hashlib.sha256(HTML).hexdigest()}"

    def made(kind: str, uri: str, n: int, mime: str, block: bytes, payload: bytes) -> bytes:
        head = [
            ("WARC-Record-ID", uuid(n)),
            ("WARC-Target-URI", uri),
            ("WARC-Date", when),
            ("WARC-Type", kind),
            page_id,
            ("WARC-Resource-Type", "document"),
            ("WARC-JSON-Metadata", '{"ipType":"Public","cert":{"issuer":"R11","ctc":"1"}}'),
            ("WARC-Payload-Digest", f"sha256:{hashlib.sha256(payload).hexdigest()}"),
            ("WARC-Block-Digest", f"sha256:{hashlib.sha256(block).hexdigest()}"),
            ("Content-Type", mime),
        ]
        return pack(record("1.1", head, block))

    parts = [
        made("response", url, 50, "application/http; msgtype=response", block, HTML),
        made("request", url, 51, "application/http; msgtype=request", http(b"", status="GET"), b""),
        made("resource", f"urn:pageinfo:{url}", 52, "application/json", b"{}", b"{}"),
        made("resource", f"urn:text:{url}", 53, "text/plain", b"A port opens", b"A port opens"),
        made("resource", f"urn:view:{url}", 54, "image/png", b"\x89PNG", b"\x89PNG"),
        revisit(
            "https://news.example/b",
            f"{DAY}T11:00:05.000Z",
            n=55,
            profile=IDENTICAL.replace("1.0", "1.1"),
            block=http(b"", "content-type: text/html; charset=utf-8"),
            more=[
                ("WARC-Payload-Digest", digest),
                ("WARC-Refers-To-Target-URI", url),
                ("WARC-Refers-To-Date", when),
            ],
        ),
    ]
    return b"".join(parts[::-1] if later else parts)


def wacz(path: Path, files: dict[str, bytes], *, manifest: bool = True) -> Path:
    """A WACZ as Browsertrix and py-wacz pack it: stored, not compressed, with a manifest of digests."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as box:
        for name, data in files.items():
            box.writestr(name, data)
        pages = {
            "id": "9a8b7c6d",
            "url": "https://news.example/a",
            "ts": f"{DAY}T11:00:00Z",
            "title": "A port opens",
        }
        lines = [{"format": "json-pages-1.0", "id": "pages", "title": "All Pages"}, pages]
        box.writestr("pages/pages.jsonl", "\n".join(map(json.dumps, lines)))
        if manifest:
            box.writestr("datapackage.json", json.dumps(package(files)))
    return path


def package(files: dict[str, bytes]) -> dict[str, Any]:
    found = [
        {
            "name": name.rpartition("/")[2],
            "path": name,
            "hash": f"sha256:{hashlib.sha256(data).hexdigest()}",
            "bytes": len(data),
        }
        for name, data in files.items()
    ]
    return {"profile": "data-package", "resources": found, "wacz_version": "1.1.1", "software": "Browsertrix"}


def news(url: str, body: bytes) -> bytes:
    """What the news crawl of Common Crawl writes: WARC 1.0, the body unpacked under its old coding header."""
    info = [("WARC-Type", "warcinfo"), ("WARC-Date", f"{DAY}T12:00:00Z"), ("WARC-Record-ID", uuid(60))]
    head = [
        ("WARC-Record-ID", uuid(61)),
        ("WARC-Type", "response"),
        ("WARC-Target-URI", url),
        ("WARC-Date", f"{DAY}T12:00:00Z"),
        ("WARC-IP-Address", "192.0.2.7"),
        ("Content-Type", "application/http; msgtype=response"),
    ]
    block = http(body, "Content-Type: text/html; charset=UTF-8", "Content-Encoding: gzip", "Vary: Accept-Encoding")
    return pack(record("1.0", info, b"software: StormCrawler\r\n")) + pack(record("1.0", head, block))


# ------------------------------------------------------------------------------------------------- taken in


def test_a_warc_of_wget(folder: Folder, tmp_path: Path) -> None:
    path = tmp_path / "wget.warc.gz"
    path.write_bytes(wget("http://news.example/a", HTML))
    summary = ingest(folder, path)
    assert (summary["new"], summary["kinds"]) == (1, {"metadata": 1, "request": 1, "resource": 1, "warcinfo": 1})
    assert captures(folder) == {("http://news.example/a", f"{DAY}T10:00:01Z"): (200, HTML)}
    [item] = [each for each in take(Source(path)) if isinstance(each, Taken)]
    assert item.flags is None  # its digests agree


def test_a_wacz_of_browsertrix(folder: Folder, tmp_path: Path) -> None:
    path = wacz(tmp_path / "crawl.wacz", {"archive/rec-0.warc.gz": browsertrix()})
    summary = ingest(folder, path)
    assert (summary["new"], summary["refused"]) == (2, 0)
    assert summary["kinds"] == {"request": 1, "resource": 3}
    assert captures(folder) == {
        ("https://news.example/a", f"{DAY}T11:00:00Z"): (200, HTML),
        ("https://news.example/b", f"{DAY}T11:00:05Z"): (200, HTML),
    }
    assert ingest(folder, path)["new"] == 0


def test_the_files_of_a_wacz_are_one_input(folder: Folder, tmp_path: Path) -> None:
    """A revisit may stand before what it refers to, in another file, compressed or not."""
    box = tmp_path / "crawl.wacz"
    parts = {"archive/a.warc.gz": browsertrix(later=True), "archive/b.warc": record("1.0", [], b"")}
    wacz(box, parts)
    with zipfile.ZipFile(tmp_path / "small.wacz", "w", zipfile.ZIP_DEFLATED) as small:
        small.writestr("archive/rec.warc.gz", browsertrix())
    assert ingest(folder, box)["new"] == 2
    assert ingest(folder, tmp_path / "small.wacz")["new"] == 0


@pytest.mark.usefixtures("derived")
def test_a_page_of_the_news_crawl_is_read(folder: Folder, tmp_path: Path) -> None:
    """Without a payload digest, and with a coding that is taken off already."""
    path = tmp_path / "CC-NEWS-20260301120000-00001.warc.gz"
    body = HTML.replace(b"new pier.", b"new pier. " + b"Ships from many lands may land there from now on. " * 8)
    path.write_bytes(news("https://news.example/c", body))
    assert ingest(folder, path)["new"] == 1
    assert titles(folder) == {"A port opens"}
    with folder.open() as store:
        [stored] = read_all(store).values()
    assert stored.peer == "192.0.2.7"


def test_a_folder_of_archivebox(folder: Folder, tmp_path: Path) -> None:
    """The captured page and no page that ArchiveBox made; without a WARC the page as a browser had it."""
    for name, with_warc in (("1772358000.0", True), ("1772358001.0", False)):
        box = tmp_path / "box" / "archive" / name
        (box / "warc").mkdir(parents=True)
        (box / "readability").mkdir()
        url = f"https://news.example/{name}"
        index = {"timestamp": name, "url": url, "history": {"wget": [{"status": "succeeded"}]}, "tags": None}
        (box / "index.json").write_text(json.dumps(index))
        for made in ("index.html", "singlefile.html", "output.html", "readability/content.html"):
            (box / made).write_bytes(HTML)
        if with_warc:
            (box / "warc" / "1772358000.warc.gz").write_bytes(wget(url, HTML))
    assert ingest(folder, tmp_path / "box")["new"] == 2
    assert {url for url, _ in captures(folder)} == {
        "https://news.example/1772358000.0",
        "https://news.example/1772358001.0",
    }
    (tmp_path / "box" / "archive" / name / "index.json").write_bytes(b'{"url": 1}' * 1_000_000)
    found = [each.url for each in sources(tmp_path / "box" / "archive" / name) if isinstance(each, Source)]
    assert all(url and url.startswith("file://") for url in found)


def test_our_own_records_are_taken_in_from_a_wacz(folder: Folder, tmp_path: Path) -> None:
    path = wacz(tmp_path / "own.wacz", {"archive/data.warc.gz": build(page(1)) + build(page(2))})
    assert ingest(folder, path)["new"] == 2


# ------------------------------------------------------------------------------------------------- revisits


def original(
    url: str = "https://news.example/a", body: bytes = HTML, *, n: int = 70, digest: bool = True
) -> bytes:
    block = http(body, "Content-Type: text/html", 'ETag: "v1"')
    head = [
        ("WARC-Type", "response"),
        ("WARC-Record-ID", uuid(70)),
        ("WARC-Target-URI", URL),
        ("WARC-Date", f"{DAY}T08:00:00Z"),
        ("Content-Type", "application/http; msgtype=response"),
        ("WARC-Payload-Digest", sha1(HTML)),
    ]
    return pack(record("1.0", head, block))


RESOLVED = {
    "by the record's id": [("WARC-Refers-To", uuid(70)), ("WARC-Payload-Digest", sha1(HTML))],
    "by the id alone": [("WARC-Refers-To", uuid(70))],
    "by the digest": [("WARC-Payload-Digest", sha1(HTML))],
    "by the digest in another spelling": [
        ("WARC-Payload-Digest", f"SHA1:{hashlib.sha1(HTML, usedforsecurity=False).hexdigest()}")
    ],
    "by the digest that nobody stated": [("WARC-Payload-Digest", f"sha256:{hashlib.sha256(HTML).hexdigest()}")],
    "by address and time": [
        ("WARC-Refers-To-Target-URI", f"<{URL}>"),
        ("WARC-Refers-To-Date", f"{DAY}T08:00:00Z"),
    ],
}


@pytest.mark.parametrize("stored_before", [False, True])
@pytest.mark.parametrize("how", RESOLVED)
def test_a_revisit_becomes_a_capture(folder: Folder, tmp_path: Path, how: str, *, stored_before: bool) -> None:
    old, new = tmp_path / "old.warc.gz", tmp_path / "new.warc.gz"
    old.write_bytes(original())
    new.write_bytes(revisit(URL, NOON, more=RESOLVED[how]))
    if stored_before:
        ingest(folder, old)
        ingest(folder, new)
    else:
        ingest(folder, new, old)
    assert captures(folder) == {(URL, f"{DAY}T08:00:00Z"): (200, HTML), (URL, NOON): (200, HTML)}


def test_a_server_that_said_unchanged(folder: Folder, tmp_path: Path) -> None:
    """304 with the validator of what was stored: the page was still so, and was a 200 then."""
    path = tmp_path / "a.warc.gz"
    same = http(b"", 'ETag: "v1"', status="304 Not Modified")
    path.write_bytes(original() + revisit(URL, NOON, profile=UNCHANGED, block=same))
    assert ingest(folder, path)["new"] == 2
    assert captures(folder)[URL, NOON] == (200, HTML)
    other = http(b"", 'ETag: "v2"', status="304 Not Modified")
    path.write_bytes(revisit(URL, f"{DAY}T13:00:00Z", profile=UNCHANGED, block=other))
    assert ingest(folder, path, code=3)["reasons"] == {"revisit:other-payload": 1}


def test_a_revisit_of_a_revisit(folder: Folder, tmp_path: Path) -> None:
    path = tmp_path / "a.warc.gz"
    first = revisit("https://news.example/b", NOON, n=71, more=[("WARC-Refers-To", uuid(70))])
    second = revisit("https://news.example/c", NOON, n=72, more=[("WARC-Refers-To", uuid(71))])
    path.write_bytes(second + first + original())
    assert ingest(folder, path)["new"] == 3
    assert {url for url, _ in captures(folder)} == {f"https://news.example/{name}" for name in "abc"}


def test_a_revisit_has_its_own_status_and_the_coding_of_the_payload(folder: Folder, tmp_path: Path) -> None:
    path = tmp_path / "a.warc.gz"
    packed = gzip.compress(HTML, mtime=0)
    block = http(packed, "Content-Type: text/html", "Content-Encoding: gzip", status="404 Not Found")
    head = [("WARC-Type", "response"), ("WARC-Record-ID", uuid(70)), ("WARC-Target-URI", URL), ("WARC-Date", NOON)]
    seen = http(b"", "Content-Type: text/html", "X-Seen: twice", status="410 Gone")
    again = revisit("https://news.example/b", NOON, block=seen, more=[("WARC-Refers-To", uuid(70))])
    path.write_bytes(pack(record("1.0", head, block)) + again)
    ingest(folder, path)
    with folder.open() as store:
        found = {each.url: each for each in read_all(store).values()}
    made = found["https://news.example/b"]
    assert (made.status, made.body) == (410, packed)
    assert dict(made.headers) == {"Content-Type": "text/html", "X-Seen": "twice", "Content-Encoding": "gzip"}


def test_a_revisit_of_pywb(folder: Folder, tmp_path: Path) -> None:
    path = tmp_path / "a.warc.gz"
    profile = IDENTICAL.replace("identical", "uri-agnostic-identical")
    path.write_bytes(
        original() + revisit("https://other.example/", NOON, profile=profile, more=RESOLVED["by the digest"])
    )
    assert ingest(folder, path)["new"] == 2


UNRESOLVED = {
    "revisit:no-original": revisit("https://news.example/z", NOON, more=[("WARC-Payload-Digest", sha1(b"?"))]),
    "revisit:other-payload": revisit(URL, NOON, more=[("WARC-Payload-Digest", sha1(b"?"))]),
    "revisit:profile": revisit(URL, NOON, profile="http://example.com/of-my-own"),
    "limit:url": revisit("https://news.example/" + "z" * 3000, NOON),
    "limit:header": revisit(URL, NOON, block=b"x" * 300_000),
}


@pytest.mark.parametrize("reason", UNRESOLVED)
def test_a_revisit_of_nothing_is_refused(folder: Folder, tmp_path: Path, reason: str) -> None:
    path = tmp_path / "a.warc.gz"
    path.write_bytes(original() + UNRESOLVED[reason])
    summary = ingest(folder, path, code=3)
    assert (summary["new"], summary["reasons"]) == (1, {reason: 1})


def test_revisits_that_refer_to_each_other_are_refused(folder: Folder, tmp_path: Path) -> None:
    path = tmp_path / "a.warc.gz"
    pair = [
        revisit("https://news.example/x", NOON, n=71, more=[("WARC-Refers-To", uuid(72))]),
        revisit("https://news.example/y", NOON, n=72, more=[("WARC-Refers-To", uuid(71))]),
        revisit("https://news.example/z", NOON, n=73, more=[("WARC-Refers-To", uuid(73))]),
    ]
    path.write_bytes(b"".join(pair))
    assert ingest(folder, path, code=3)["reasons"] == {"revisit:no-original": 3}


# ------------------------------------------------------------------------------------------------- bad zips


def items(path: Path) -> list[tuple[str, str]]:
    """(file, reason) of what is refused."""
    found = list(take(Source(path)))
    return [(each.source.removeprefix(str(path)), each.reason) for each in found if isinstance(each, Refusal)]


def taken(path: Path) -> int:
    return sum(isinstance(each, Taken) for each in take(Source(path)))


@pytest.mark.parametrize("name", ["../a.warc.gz", "/etc/a.warc.gz", "x/../../a.warc.gz", "x\\..\\a.warc.gz"])
def test_names_that_lead_out_are_refused(tmp_path: Path, name: str) -> None:
    path = wacz(tmp_path / "a.wacz", {name: browsertrix(), "archive/b.warc.gz": browsertrix()})
    assert items(path) == [(f"!{name}", "zip:name")]
    assert taken(path) == 1
    assert sorted(each.name for each in tmp_path.iterdir()) == ["a.wacz"]


def test_a_zip_bomb_is_stopped(tmp_path: Path) -> None:
    path = tmp_path / "a.wacz"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as box:
        box.writestr("archive/a.warc.gz", browsertrix())
        with box.open("archive/b.warc.gz", "w") as file:
            for _ in range(200):
                file.write(bytes(1 << 20))
    assert taken(path) == 1
    assert ("!archive/b.warc.gz", "limit:zip") in items(path)


def test_a_list_of_files_without_end_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "a.wacz"
    entry = b"PK\x01\x02" + bytes(42)
    listed = entry * 120_000
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 0xFFFF, 0xFFFF, len(listed), 4, 0)
    path.write_bytes(b"PK\x03\x04" + listed + end)
    assert items(path) == [("", "limit:zip")]


def test_other_bad_files_in_a_zip_cost_only_themselves(tmp_path: Path) -> None:
    good = browsertrix()
    path = tmp_path / "a.wacz"
    with zipfile.ZipFile(path, "w") as box:
        box.writestr("archive/a.warc.gz", good)
        box.writestr("archive/b.warc.gz", good, zipfile.ZIP_BZIP2)
        box.writestr("archive/c.wacz", b"PK\x03\x04")
        box.writestr("archive/d.warc.gz", good)
        with pytest.warns(UserWarning, match="Duplicate"):
            box.writestr("archive/d.warc.gz", good)
        box.writestr("archive/e.warc.gz", good)
    data = path.read_bytes().replace(b"archive/e.warc.gz", b"archive/\x00.warc.gz")
    path.write_bytes(data)
    assert (
        items(path)
        == [
            ("!archive/", "zip:name"),
            ("!archive/b.warc.gz", "unsupported:compression"),
            ("!archive/c.wacz", "unsupported:nested"),
            ("!archive/d.warc.gz", "zip:duplicate"),
        ][1:]
    )
    assert taken(path) == 2


def test_an_encrypted_file_is_refused(tmp_path: Path) -> None:
    path = wacz(tmp_path / "a.wacz", {"archive/a.warc.gz": browsertrix()}, manifest=False)
    data = bytearray(path.read_bytes())
    for sign, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(sign) + at] |= 1
    path.write_bytes(data)
    assert items(path) == [("!archive/a.warc.gz", "unsupported:encrypted")]


def test_damage_in_a_zip_leaves_what_is_whole(tmp_path: Path) -> None:
    parts = {"archive/a.warc.gz": browsertrix(), "archive/b.warc.gz": wget("http://news.example/w", HTML)}
    path = wacz(tmp_path / "a.wacz", parts)
    data = bytearray(path.read_bytes())
    data[data.index(parts["archive/a.warc.gz"]) + 700] ^= 0xFF
    path.write_bytes(data)
    assert ("!archive/a.warc.gz", "corrupt:zip") in items(path)
    assert taken(path) >= 1
    whole = wacz(tmp_path / "b.wacz", parts).read_bytes()
    for cut in (len(whole) // 2, len(whole) - 10, 30):
        path.write_bytes(whole[:cut])
        assert items(path) == [("", "corrupt:zip")]


def test_a_digest_that_the_manifest_states_otherwise_is_told(tmp_path: Path) -> None:
    path = tmp_path / "a.wacz"
    with zipfile.ZipFile(path, "w") as box:
        box.writestr("archive/a.warc.gz", browsertrix())
        box.writestr("datapackage.json", json.dumps(package({"archive/a.warc.gz": b"other"})))
    assert items(path) == [("!archive/a.warc.gz", "wacz:digest")]
    assert taken(path) == 1
    for manifest in ("", "[]", '{"resources": [1]}', "{" * 100_000):
        with zipfile.ZipFile(path, "w") as box:
            box.writestr("archive/a.warc.gz", browsertrix())
            box.writestr("datapackage.json", manifest)
        assert items(path) == []


def test_a_zip_of_anything_else_is_named(tmp_path: Path) -> None:
    for name, files in (("a.zip", {"readme.txt": b"x"}), ("a.wacz", dict[str, bytes]())):
        with zipfile.ZipFile(tmp_path / name, "w") as box:
            for each, data in files.items():
                box.writestr(each, data)
        assert outcome(tmp_path / name)[2] == [("", "unsupported:zip")]


# ------------------------------------------------------------------------------------------ read by the others


@pytest.fixture
def archive(folder: Folder, tmp_path: Path) -> Path:
    """A file of ours that holds a bit of everything."""
    path = tmp_path / "mixed.warc.gz"
    path.write_bytes(browsertrix() + wget("http://news.example/w", HTML) + news("http://news.example/n", HTML))
    (tmp_path / "page.html").write_bytes(HTML)
    ingest(folder, path)
    assert main(["ingest", str(tmp_path / "page.html"), "--url", URL, "--data", str(folder.path), "--quiet"]) == 0
    copy = tmp_path / "ours.warc.gz"
    shutil.copy(folder.segment(), copy)
    return copy


def test_warcio_checks_our_archive_and_finds_nothing(archive: Path) -> None:
    command = [sys.executable, "-m", "warcio.cli", "check", "-v", str(archive)]
    found = subprocess.run(command, capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stdout + found.stderr
    assert "digest failed" not in found.stdout
    assert found.stdout.count("digest pass") >= 4


def test_pywb_replays_our_archive(archive: Path, tmp_path: Path) -> None:
    """pywb pins old packages, so it lives in an environment of its own: TEARSHEET_TEST_PYWB is its bin folder."""
    tools = os.environ.get("TEARSHEET_TEST_PYWB")
    if not tools:
        pytest.skip("TEARSHEET_TEST_PYWB names no folder with pywb's commands")
    for words in (["init", "ours"], ["add", "ours", str(archive)]):
        subprocess.run([f"{tools}/wb-manager", *words], cwd=tmp_path, check=True, capture_output=True)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with (tmp_path / "pywb.log").open("wb") as log:
        command = [f"{tools}/wayback", "-b", "127.0.0.1", "-p", str(port)]
        server = subprocess.Popen(command, cwd=tmp_path, stdout=log, stderr=log)
    try:
        for when, url in (
            ("20260301110000", "https://news.example/a"),
            ("20260301110005", "https://news.example/b"),
            ("20260301100001", "http://news.example/w"),
            ("20260301120000", "http://news.example/n"),
        ):
            assert fetch(f"http://127.0.0.1:{port}/ours/{when}id_/{url}", server) == HTML
    finally:
        server.terminate()
        server.wait(30)


def fetch(url: str, server: subprocess.Popen[bytes]) -> bytes:
    """What is answered once the server is up."""
    for _ in range(300):
        assert server.poll() is None, "pywb ended"
        try:
            with urllib.request.urlopen(url, timeout=30) as answer:
                return bytes(answer.read())
        except urllib.error.URLError:
            time.sleep(0.2)
    raise AssertionError(f"{url} was never answered")


def test_skipped_and_waiting_kinds_are_told_apart(tmp_path: Path) -> None:
    path = tmp_path / "a.warc.gz"
    path.write_bytes(browsertrix())
    kinds = [type(each) for each in take(Source(path))]
    assert kinds == [Taken, Skipped, Skipped, Skipped, Skipped, Revisit]
    [first] = [each for each in take(Source(path)) if isinstance(each, Taken)]
    assert describe(first.fetched).url == URL
