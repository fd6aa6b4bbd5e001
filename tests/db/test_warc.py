from __future__ import annotations

import gzip
import hashlib
import io
import zlib

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from warcio.archiveiterator import ArchiveIterator

from crawler.records import Fetched
from storage.captures import describe
from storage.notes import warcinfo
from storage.warc import (
    address,
    agrees,
    build,
    fetched,
    moment,
    pack,
    parse,
    read,
    stored_headers,
    unpack,
)

DATE = "2025-12-22T07:16:09Z"


def response(block: bytes, *, url: str = "http://a.example/", more: str = "") -> bytes:
    head = f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: {url}\r\nWARC-Date: {DATE}\r\n{more}"
    return f"{head}Content-Length: {len(block)}\r\n\r\n".encode() + block + b"\r\n\r\n"


texts = st.text(st.characters(codec=None), max_size=40)


@settings(max_examples=300, deadline=None)
@given(
    url=texts.filter(lambda text: bool(address(text))),
    status=st.integers(100, 599),
    headers=st.lists(st.tuples(texts, texts), max_size=4),
    body=st.binary(max_size=300),
    dated=st.booleans(),
)
@example(
    url="http://a/\r\nWARC-Type: x", status=200, headers=[("a\r\nb", "c\r\nd: e")], body=b"\r\n\r\n", dated=True
)
@example(url="http://a/\0\ud800", status=200, headers=[("", ""), ("x", "\ud800\0é文")], body=b"", dated=False)
def test_payload_comes_back_byte_for_byte(
    url: str, status: int, headers: list[tuple[str, str]], body: bytes, dated: bool
) -> None:
    sent = Fetched(url, DATE if dated else None, status, tuple(headers), body)
    member = build(sent, "2026-01-01T00:00:00Z")
    back = read(member)
    assert back.body == body
    assert back.status == status
    assert back.fetched_at == sent.fetched_at
    assert back.url == address(url)
    assert back.headers == stored_headers(sent.headers)
    assert describe(back).id == describe(sent).id
    assert agrees(parse(unpack(member))) is True
    assert build(back, "2026-01-01T00:00:00Z") == member


def test_another_reader_reads_the_same() -> None:
    sent = Fetched("http://a.example/é", DATE, 404, (("Content-Type", "text/html"),), b"\x00gone", "192.0.2.1")
    data = warcinfo("seg-00001.warc.gz", DATE, "tests") + build(sent)
    records = [
        (record.rec_type, record.rec_headers.get_header("WARC-Target-URI"), record.content_stream().read())
        for record in ArchiveIterator(io.BytesIO(data), check_digests="raise")
    ]
    assert [kind for kind, _, _ in records] == ["warcinfo", "response"]
    assert records[1][1:] == ("http://a.example/é", b"\x00gone")


def test_a_file_without_http_is_a_resource_with_its_type_and_no_fetch_time() -> None:
    sent = Fetched("file:///a.html", None, 0, (("content-type", "text/html"),), b"<p>")
    member = build(sent, DATE)
    record = parse(unpack(member))
    assert record.kind == "resource"
    assert record.get("warc-date") == DATE
    assert read(member) == sent
    assert describe(read(build(sent, "2030-01-01T00:00:00Z"))).id == describe(sent).id


def test_a_record_needs_some_date() -> None:
    with pytest.raises(ValueError, match="archived_at"):
        build(Fetched("http://a/", None, 200, (), b""))


def test_transfer_coding_is_taken_off_and_content_coding_stays() -> None:
    body = gzip.compress(b"<p>hello</p>")
    chunks = b"%x;ext=1\r\n%s\r\n0\r\n\r\n" % (len(body), body)
    block = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Encoding: gzip\r\n\r\n" + chunks
    back = read(pack(response(block)))
    assert back.body == body
    assert dict(back.headers) == {"X-Archive-Orig-Transfer-Encoding": "chunked", "Content-Encoding": "gzip"}


@pytest.mark.parametrize(
    ("body", "payload"),
    [
        (b"<html>never chunked", b"<html>never chunked"),
        (b"5\r\nabcde\r\n5\r\nfg", b"abcdefg"),
        (b"5\r\nabcde\r\n", b"abcde"),
        (b"5\nabcde\n0\n\n", b"abcde"),
        (b"", b""),
    ],
)
def test_bodies_that_only_claim_to_be_chunked(body: bytes, payload: bytes) -> None:
    block = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + body
    assert read(pack(response(block))).body == payload


def test_liberties_that_crawlers_take() -> None:
    folded = b"HTTP/1.1 200\nX: a\n\tb\nBroken line\nContent-Type: text/html\n\nbody"
    back = read(pack(response(folded, url="<http://a.example/a b>")))
    assert back.url == "http://a.example/a b"
    assert back.headers == (("X", "a b"), ("Content-Type", "text/html"))
    assert back.body == b"body"


@pytest.mark.parametrize(
    ("record", "said"),
    [
        (b"", "no end"),
        (b"HTTP/1.1 200 OK\r\n\r\n", "version"),
        (b"WARC/1.0\r\nWARC-Type: response\r\n\r\n", "Content-Length"),
        (b"WARC/1.0\r\nContent-Length: -1\r\n\r\n", "Content-Length"),
        (b"WARC/1.0\r\nContent-Length: 99\r\n\r\nshort", "shorter"),
        (response(b"not http"), "status line"),
        (response(b"HTTP/1.1 200 OK\r\n\r\n", url=""), "Target-URI"),
        (response(b"x").replace(b": response", b": revisit"), "no response"),
    ],
)
def test_what_is_no_response_is_said_to_be_none(record: bytes, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        fetched(parse(record))


def test_damaged_members_are_told_from_whole_ones() -> None:
    member = build(Fetched("http://a/", DATE, 200, (), b"x" * 1000))
    flipped = bytearray(member)
    flipped[-5] ^= 1
    for bad, said in [
        (bytes(flipped), "damaged"),
        (member[:-1], "cut off"),
        (member + member, "more than one"),
        (zlib.compress(b"x" * 1000, wbits=31), "no end"),
    ]:
        with pytest.raises(ValueError, match=said):
            read(bad)
    with pytest.raises(ValueError, match="larger"):
        unpack(gzip.compress(b"0" * 100_000), 50_000)


def test_digests_in_both_spellings() -> None:
    block = b"HTTP/1.1 200 OK\r\n\r\nx"
    hexadecimal = hashlib.sha1(block, usedforsecurity=False).hexdigest()
    assert agrees(parse(response(block, more=f"WARC-Block-Digest: SHA1:{hexadecimal}\r\n"))) is True
    assert agrees(parse(response(block, more=f"WARC-Block-Digest: sha1:{'A' * 32}\r\n"))) is False
    assert agrees(parse(response(block, more="WARC-Block-Digest: md5:00\r\n"))) is None


def test_dates() -> None:
    assert moment("2025-12-22T07:16:09.999999Z") == DATE
    assert moment("20251222071609") in {DATE, None}
    assert moment("0001-01-01T00:00:00+14:00") is None
    assert moment("") is None
