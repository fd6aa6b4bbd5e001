from __future__ import annotations

import gzip
import os
import random
import tracemalloc
import zlib
from typing import TYPE_CHECKING

import pytest

from crawler.records import Fetched
from storage.intake import Refusal, Skipped, Source, Taken, sources, take
from storage.notes import warcinfo
from storage.revisits import Revisit
from storage.stream import Broken, Entry, entries
from storage.warc import build, pack, read, unpack
from tests.db.folders import page

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


def outcome(path: Path, url: str | None = None) -> tuple[list[str], list[str], list[tuple[str, str]]]:
    """Addresses taken, kinds skipped, (place, reason) of what is refused."""
    taken, skipped, refused = list[str](), list[str](), list[tuple[str, str]]()
    for source in sources(path, url):
        for item in [source] if isinstance(source, Refusal) else take(source):
            if isinstance(item, Taken):
                taken.append(item.fetched.url)
                if item.member is not None:
                    assert read(item.member) == item.fetched
            elif isinstance(item, Skipped | Revisit):
                skipped.append("revisit" if isinstance(item, Revisit) else item.kind)
            else:
                refused.append((item.place, item.reason))
    return taken, skipped, refused


def addresses(numbers: Iterable[int]) -> list[str]:
    return [page(n).url for n in numbers]


def member(
    block: bytes, *, kind: str = "response", url: str = "http://a/", mime: str = "application/http"
) -> bytes:
    head = f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Target-URI: {url}\r\nContent-Type: {mime}\r\n"
    return pack(f"{head}Content-Length: {len(block)}\r\n\r\n".encode() + block + b"\r\n\r\n")


@pytest.fixture
def members() -> list[bytes]:
    return [warcinfo("x.warc.gz", "2025-01-01T00:00:00Z", "tests"), *(build(page(n)) for n in range(5))]


def records(members: Iterable[bytes]) -> bytes:
    return b"".join(map(unpack, members))


def test_members_with_one_record_are_copied_and_others_repacked(tmp_path: Path, members: list[bytes]) -> None:
    path = tmp_path / "a.warc.gz"
    for data in (b"".join(members), gzip.compress(records(members)), records(members)):
        path.write_bytes(data)
        items = [item for item in take(Source(path)) if isinstance(item, Taken)]
        assert [item.fetched for item in items] == [page(n) for n in range(5)]
        assert [unpack(item.member or b"") for item in items] == [unpack(member) for member in members[1:]]
    path.write_bytes(b"".join(members))
    assert [item.member for item in take(Source(path)) if isinstance(item, Taken)] == members[1:]


def test_only_responses_and_resources_are_taken(tmp_path: Path) -> None:
    path = tmp_path / "a.warc.gz"
    kinds = [
        ("warcinfo", "", "application/warc-fields"),
        ("request", "http://a/1", "application/http; msgtype=request"),
        ("response", "http://a/1", "application/http; msgtype=response"),
        ("response", "dns:a", "text/dns"),
        ("resource", "http://a/2", "text/html"),
        ("metadata", "http://a/1", "text/plain"),
        ("revisit", "http://a/1", "application/http; msgtype=response"),
    ]
    block = b"HTTP/1.1 200 OK\r\n\r\n<p>x"
    path.write_bytes(b"".join(member(block, kind=kind, url=url, mime=mime) for kind, url, mime in kinds))
    taken, skipped, refused = outcome(path)
    assert taken == ["http://a/1", "http://a/2"]
    assert skipped == ["warcinfo", "request", "response", "metadata", "revisit"]
    assert refused == []


def test_a_cut_file_gives_what_is_whole(tmp_path: Path, members: list[bytes]) -> None:
    path = tmp_path / "a.warc.gz"
    whole = b"".join(members)
    start = len(whole) - len(members[-1])
    path.write_bytes(whole[:-20])
    assert outcome(path) == (addresses(range(4)), ["warcinfo"], [(str(start), "truncated")])
    path.write_bytes(whole[:-5])  # all but the checksum is there, and the record's own digest agrees
    assert outcome(path) == (addresses(range(5)), ["warcinfo"], [(str(start), "truncated")])
    plain = records(members)
    path.write_bytes(plain[:-30])
    taken, _, refused = outcome(path)
    assert taken == addresses(range(4))
    assert [reason for _, reason in refused] == ["truncated"]
    path.write_bytes(gzip.compress(plain)[:-200])
    taken, _, refused = outcome(path)
    assert taken == addresses(range(len(taken)))
    assert len(taken) >= 1
    assert refused == [("0", "truncated")]


def test_reading_goes_on_behind_damage(tmp_path: Path, members: list[bytes]) -> None:
    path = tmp_path / "a.warc.gz"
    offset = sum(map(len, members[:2]))
    broken = bytearray(members[2])
    broken[len(broken) // 2] ^= 0xFF
    for middle in (bytes(broken), b"\0" * 500, b"garbage", members[2][:50], b"\x1f\x8b\x08" * 30):
        path.write_bytes(b"".join(members[:2]) + middle + b"".join(members[3:]))
        taken, skipped, refused = outcome(path)
        assert taken == addresses([0, 2, 3, 4])
        assert skipped == ["warcinfo"]
        assert [place for place, _ in refused] == [str(offset)]


def test_reading_goes_on_behind_damage_in_one_stream(tmp_path: Path, members: list[bytes]) -> None:
    path = tmp_path / "a.warc"
    parts = [unpack(member) for member in members]
    parts[2] = parts[2].replace(b"Content-Length: ", b"Content-Length: x", 1)
    for data in (b"".join(parts), gzip.compress(b"".join(parts))):
        path.write_bytes(data)
        taken, _, refused = outcome(path)
        assert taken == addresses([0, 2, 3, 4])
        assert [reason for _, reason in refused] == ["corrupt:record"]


def test_a_length_that_lies_costs_its_neighbours_at_most(tmp_path: Path, members: list[bytes]) -> None:
    path = tmp_path / "a.warc"
    parts = [unpack(member) for member in members]
    long = parts[2].index(b"Content-Length: ") + len("Content-Length: ")
    parts[2] = parts[2][:long] + b"9999" + parts[2][long:]
    path.write_bytes(b"".join(parts))
    taken, _, refused = outcome(path)
    assert taken == addresses([0, 2, 3, 4])
    assert [reason for _, reason in refused] == ["truncated"]


@pytest.mark.parametrize("seed", range(20))
def test_no_damage_whatever_stops_reading(tmp_path: Path, members: list[bytes], seed: int) -> None:
    random_ = random.Random(seed)
    set(addresses(range(5)))
    for original in (b"".join(members), records(members), gzip.compress(records(members))):
        data = bytearray(original)
        for _ in range(random_.randrange(1, 6)):
            at = random_.randrange(len(data))
            data[at : at + random_.randrange(0, 30)] = random_.randbytes(random_.randrange(30))
        path = tmp_path / "a.warc.gz"
        path.write_bytes(data)
        taken, _, refused = outcome(path)
        assert len(taken) <= 5
        assert len(taken) == 5 or refused


def test_zeros_at_the_end_are_padding(tmp_path: Path, members: list[bytes]) -> None:
    path = tmp_path / "a.warc.gz"
    path.write_bytes(b"".join(members) + bytes(3_000_000))
    assert outcome(path) == (addresses(range(5)), ["warcinfo"], [])


def test_a_record_over_the_limit_is_passed_over_and_never_held(tmp_path: Path) -> None:
    head = b"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: http://big/\r\nContent-Length: %d\r\n\r\n"
    size = 200 * 1024 * 1024
    deflate = zlib.compressobj(1, zlib.DEFLATED, 31)
    bomb = [deflate.compress(head % size)] + [deflate.compress(bytes(1 << 20)) for _ in range(200)]
    path = tmp_path / "a.warc.gz"
    path.write_bytes(
        b"".join([build(page(0)), *bomb, deflate.compress(b"\r\n\r\n"), deflate.flush(), build(page(1))])
    )
    tracemalloc.start()
    taken, _, refused = outcome(path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert taken == addresses([0, 1])
    assert refused == [(str(len(build(page(0)))), "limit:record")]
    assert peak < 20 * 1024 * 1024


def test_the_limit_holds_in_plain_files_and_for_headers(tmp_path: Path) -> None:
    path = tmp_path / "a.warc"
    parts = [unpack(build(page(n, body=b"x" * size))) for n, size in enumerate([10, 5000, 10])]
    path.write_bytes(b"".join(parts))
    handle = os.open(path, os.O_RDONLY)
    found = [item.reason if isinstance(item, Broken) else "taken" for item in entries(handle, limit=1000)]
    os.close(handle)
    assert found == ["taken", "limit:record", "taken"]
    path.write_bytes(parts[0] + b"WARC/1.0\r\n" + b"X: y\r\n" * 100_000 + b"\r\n" + parts[2])
    taken, _, refused = outcome(path)
    assert taken == addresses([0, 2])
    assert [reason for _, reason in refused] == ["limit:header"]


def test_files_that_are_something_else_are_named(tmp_path: Path) -> None:
    arc = b"filedesc://a.arc 0.0.0.0 20250101000000 text/plain 10\n1 0 x\n\n"
    for name, data, reason in [
        ("a.arc", arc, "unsupported:arc"),
        ("a.arc.gz", gzip.compress(arc), "unsupported:arc"),
        ("a.warc.lz4", b"\x04\x22\x4d\x18xxxx", "unsupported:lz4"),
        ("a.warc.zst", b"\x28\xb5\x2f\xfdxxxx", "unsupported:zstd"),
        ("a.zip", b"PK\x03\x04", "corrupt:zip"),
        ("notes.txt", b"just notes", "unsupported:format"),
        ("empty.warc.gz", b"", "empty"),
        ("a.warc", b"not a warc", "corrupt:record"),
        ("b.warc.gz", gzip.compress(b"not a warc"), "corrupt:record"),
    ]:
        path = tmp_path / name
        path.write_bytes(data)
        taken, _, refused = outcome(path)
        assert taken == []
        assert [why for _, why in refused] == [reason], name
    os.mkfifo(tmp_path / "pipe")
    assert outcome(tmp_path / "pipe")[2] == [("", "unsupported:kind")]
    assert outcome(tmp_path / "none")[2] == [("", "missing")]


def test_a_page_has_the_address_it_is_given_and_no_fetch_time(tmp_path: Path) -> None:
    path = tmp_path / "a.html"
    path.write_bytes(b"<link rel=canonical href='http://elsewhere/'><p>x")
    [item] = take(Source(path, "https://news.example/a"))
    assert isinstance(item, Taken)
    assert item.fetched == Fetched(
        "https://news.example/a", None, 0, (("content-type", "text/html"),), path.read_bytes()
    )
    assert outcome(path)[2] == [("", "no-address")]


def test_a_folder_is_walked_in_order_and_its_pages_have_their_files_addresses(tmp_path: Path) -> None:
    (tmp_path / "b" / "deep").mkdir(parents=True)
    (tmp_path / "b" / "deep" / "ü x.HTM").write_text("<p>1")
    (tmp_path / "a.html.gz").write_bytes(gzip.compress(b"<p>2"))
    (tmp_path / "c.warc.gz").write_bytes(build(page(1)))
    (tmp_path / "ignored.txt").write_text("x")
    (tmp_path / "b" / "loop").symlink_to(tmp_path)
    taken, _, refused = outcome(tmp_path)
    assert taken == [
        (tmp_path / "a.html.gz").as_uri(),
        page(1).url,
        (tmp_path / "b" / "deep" / "ü x.HTM").as_uri(),
    ]
    assert refused == []
    [first] = [item for item in take(Source(tmp_path / "a.html.gz", "http://a/")) if isinstance(item, Taken)]
    assert first.fetched.body == b"<p>2"


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (gzip.compress(bytes(70 * 1024 * 1024)), "limit:record"),
        (gzip.compress(b"<p>" * 1000)[:-9], "truncated"),
        (gzip.compress(b"<p>" * 1000)[:12] + b"\xff" * 30, "corrupt:gzip"),
    ],
)
def test_a_page_that_inflates_badly_is_refused(tmp_path: Path, data: bytes, reason: str) -> None:
    path = tmp_path / "a.html.gz"
    path.write_bytes(data)
    assert outcome(path, "http://a/")[2] == [("", reason)]


def test_records_that_cannot_be_stored_are_refused_one_by_one(tmp_path: Path) -> None:
    path = tmp_path / "a.warc.gz"
    http = b"HTTP/1.1 200 OK\r\n\r\n"
    bad = [member(http, url="http://a/" + "x" * 3000), member(b"no http"), member(http, url="")]
    path.write_bytes(b"".join(bad) + build(page(1)))
    taken, _, refused = outcome(path)
    assert taken == [page(1).url]
    assert [reason for _, reason in refused] == ["limit:url", "corrupt:http", "corrupt:http"]


def test_a_record_whose_digest_differs_is_taken_and_flagged(tmp_path: Path) -> None:
    path = tmp_path / "a.warc"
    path.write_bytes(unpack(build(page(1, body=b"<p>one"))).replace(b"<p>one", b"<p>two"))
    [item] = take(Source(path))
    assert isinstance(item, Taken)
    assert item.flags == "digest-mismatch"


def test_entries_of_a_member_that_hides_blanks_behind_its_record_are_not_copied(tmp_path: Path) -> None:
    path = tmp_path / "a.warc.gz"
    path.write_bytes(pack(unpack(build(page(1))) + b"\r\n" * 10_000_000))
    handle = os.open(path, os.O_RDONLY)
    [item] = entries(handle)
    os.close(handle)
    assert isinstance(item, Entry)
    assert item.member is None
