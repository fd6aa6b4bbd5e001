from __future__ import annotations

import gzip
import zlib

import brotli
import pytest

from crawler.extract.decode import decode, uncompress
from crawler.records import Rejected

LIMIT = 1_000_000
BOM = b"\xef\xbb\xbf"


def page(meta: str | None, text: str, encoding: str) -> bytes:
    head = f'<meta charset="{meta}">' if meta else ""
    return f"<html><head>{head}</head><body><p>{text}</p></body></html>".encode(encoding)


def text_of(body: bytes, charset: str | None = None, **more: str) -> str:
    mime = "text/html" + (f"; charset={charset}" if charset else "")
    headers = (("Content-Type", mime), *((k.replace("_", "-"), v) for k, v in more.items()))
    found = decode(headers, body, LIMIT)
    assert isinstance(found, str), found
    return found


def reason_of(body: bytes, mime: str = "text/html", limit: int = LIMIT, **more: str) -> str:
    headers = (("content-type", mime), *((k.replace("_", "-"), v) for k, v in more.items()))
    found = decode(headers, body, limit)
    assert isinstance(found, Rejected), found[:100]
    return found.reason


@pytest.mark.parametrize(
    ("bom", "charset", "meta", "actual", "expected"),
    [
        (False, "utf-8", "windows-1251", "utf-8", "Привет"),
        (False, "windows-1251", "utf-8", "windows-1251", "Привет"),
        (False, None, "windows-1251", "windows-1251", "Привет"),
        (False, None, "utf-8", "utf-8", "Привет"),
        (False, None, None, "utf-8", "Привет"),
        (True, "windows-1251", "koi8-r", "utf-8", "Привет"),
        (False, "gb2312", None, "gbk", "北京"),
        (False, "shift_jis", None, "shift_jis", "東京"),
        (False, "iso-8859-1", None, "cp1252", "“café” – €"),
        (False, None, None, "cp1252", "café"),
        (False, "nonsense", "windows-1251", "windows-1251", "Привет"),
        (False, '"UTF-8"', None, "utf-8", "Привет"),
    ],
)
def test_bom_then_header_then_meta_then_bytes(
    bom: bool, charset: str | None, meta: str | None, actual: str, expected: str
) -> None:
    body = (BOM if bom else b"") + page(meta, expected, actual)
    assert expected in text_of(body, charset)


@pytest.mark.parametrize(
    "label",
    ["zlib", "rot13", "base64", "hex", "idna", "undefined", "unicode_escape", "raw_unicode_escape", "punycode",
     "utf-7", "bz2", "uu", "mbcs", "string-escape"],
)  # fmt: skip
@pytest.mark.parametrize("where", ["header", "meta"])
def test_a_python_codec_is_never_used(label: str, where: str) -> None:
    body = page(label if where == "meta" else None, r"\x3cscript\x3e +ADw-café", "utf-8")
    assert r"\x3cscript\x3e +ADw-café" in text_of(body, label if where == "header" else None)


@pytest.mark.parametrize("label", ["iso-2022-kr", "hz-gb-2312", "replacement"])
def test_dangerous_charsets_become_one_replacement(label: str) -> None:
    assert "script" not in text_of(b"<p>~{<script>~}</p>", label)


def test_broken_bytes_are_replaced_not_raised() -> None:
    assert "caf\ufffd" in text_of(b"<p>caf\xe9</p>", "utf-8")
    assert text_of(b"\xff\xfe" + "<p>Привет</p>".encode("utf-16-le")) == "<p>Привет</p>"


@pytest.mark.parametrize(
    ("coding", "pack"),
    [
        ("gzip", gzip.compress),
        ("x-gzip", gzip.compress),
        ("deflate", zlib.compress),
        ("deflate", lambda body: zlib.compress(body)[2:-4]),
        ("br", brotli.compress),
        ("gzip, gzip", lambda body: gzip.compress(gzip.compress(body))),
        ("identity", lambda body: body),
        ("gzip", lambda body: gzip.compress(body) + b"garbage"),
        ("gzip", lambda body: body),
        ("br", lambda body: body),
    ],
)
def test_content_codings(coding: str, pack: object) -> None:
    body = b"<p>a bridge opens</p>" * 50
    assert callable(pack)
    assert text_of(pack(body), content_encoding=coding).startswith("<p>a bridge opens</p>")


def test_zstd() -> None:
    from backports import zstd

    assert text_of(zstd.compress(b"<p>a bridge opens</p>"), content_encoding="zstd") == "<p>a bridge opens</p>"


def test_a_cut_body_gives_what_there_is() -> None:
    packed = gzip.compress(b"".join(b"<p>%d a bridge opens</p>" % n for n in range(5000)))
    found = uncompress("gzip", packed[: len(packed) // 2], LIMIT)
    assert isinstance(found, bytes)
    assert found.startswith(b"<p>0 a bridge")


@pytest.mark.parametrize("pack", [gzip.compress, zlib.compress, brotli.compress])
def test_a_bomb_is_refused_at_the_limit(pack: object) -> None:
    assert callable(pack)
    coding = {gzip.compress: "gzip", zlib.compress: "deflate", brotli.compress: "br"}[pack]
    assert reason_of(pack(b"\0" * 30_000_000), content_encoding=coding) == "limit:decoded"


@pytest.mark.parametrize(
    ("body", "mime", "coding", "reason"),
    [
        (b"%PDF-1.7", "application/pdf", "", "type"),
        (b"<p>x</p>", "image/png", "", "type"),
        (b"\x89PNG\r\n\0\0\0\rIHDR", "text/html", "", "type"),
        (b"\x7fELF\x02\x01\x01" + bytes(99), "text/html", "", "type"),
        (b"%PDF-1.4\n<html><p>a page inside a document", "text/html", "", "type"),
        (b"GIF89a/*<html><p>a page inside a picture*/", "", "", "type"),
        (b"PK\x03\x04<p>x", "text/html", "", "type"),
        ("<p>x".encode("utf-16-le"), "text/html", "", "type"),
        (b"  \n ", "text/html", "", "empty"),
        (b"", "text/html", "gzip", "empty"),
        (b"x" * 2_000_000, "text/html", "", "limit:body"),
        (b"<p>x</p>", "text/html", "gzip, br, gzip", "limit:codings"),
        (b"<p>x</p>", "text/html", "sdch", "coding"),
        (b"\x01\x02\x03", "text/html", "gzip", "coding"),
    ],
)
def test_what_is_no_page_has_a_reason(body: bytes, mime: str, coding: str, reason: str) -> None:
    assert reason_of(body, mime, content_encoding=coding) == reason


def test_two_bytes_a_character_need_a_mark_or_the_header() -> None:
    assert text_of("<p>Привет</p>".encode("utf-16-le"), "utf-16le") == "<p>Привет</p>"
    assert text_of("<p>Привет</p>".encode("utf-16-be"), "UTF-16BE") == "<p>Привет</p>"
    assert "Hi" in text_of("<p>Hi</p>".encode("utf-32")).replace("\0", "")


def test_a_header_that_is_wrong_is_believed_as_browsers_do() -> None:
    """Mended, one page would read otherwise than its readers saw it; both layers of a text put in twice stay."""
    once = "Ã\xa9".encode()
    assert "cafÃ©" in text_of(page("utf-8", "café", "utf-8"), "iso-8859-1")
    assert "Ã\xa9" in text_of(b"<p>caf" + once + b"</p>", "utf-8")


def test_no_type_counts_as_html() -> None:
    assert decode((), b"<p>x</p>", LIMIT) == "<p>x</p>"
