"""Bytes to text: content-coding off, within limits; of the charset the HTTP header has the last word."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Final

import brotli
import webencodings
from w3lib.encoding import html_body_declared_encoding, read_bom

from crawler.records import Rejected

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_LAYERS: Final = 2
"""Content codings on top of one another; more than this is an attack, not a server."""

_HTML: Final = ("text/html", "application/xhtml+xml", "")
_CHUNK: Final = 65536
_BINARY: Final = (
    b"%PDF-",
    b"PK\x03\x04",
    b"GIF8",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"\x7fELF",
    b"RIFF",
    b"\x1f\x8b\x08",
)
"""How files that are no text begin, whatever they are called and whatever follows."""


def decode(headers: tuple[tuple[str, str], ...], body: bytes, limit: int) -> str | Rejected:
    """The text of an HTML response, or why it is none.

    `limit` bounds the bytes after the content-coding is taken off. Only the charset labels of the WHATWG
    Encoding Standard count, so that no header can name a Python codec.
    """
    mime = header(headers, "content-type").partition(";")[0].strip().lower()
    if mime not in _HTML:
        return Rejected("extract", "type", mime)
    if len(body) > limit:
        return Rejected("extract", "limit:body", f"{len(body)} bytes, the limit is {limit}")
    plain = uncompress(header(headers, "content-encoding"), body, limit)
    if isinstance(plain, Rejected):
        return plain
    if not plain.strip():
        return Rejected("extract", "empty", "no bytes")
    if plain.startswith(_BINARY) or (b"\0" in plain[:1024] and not _is_wide(headers, plain)):
        return Rejected("extract", "type", "binary content")
    return _text(header(headers, "content-type"), plain)


def _is_wide(headers: tuple[tuple[str, str], ...], body: bytes) -> bool:
    """Whether a mark or the header says that two bytes make a character, so that zeros among them are none."""
    return bool(read_bom(body)[0]) or _label(header(headers, "content-type")).startswith("utf-16")


def _label(content_type: str) -> str:
    return content_type.lower().partition("charset=")[2].split(";")[0].strip(" \"'")


def header(headers: tuple[tuple[str, str], ...], name: str) -> str:
    """The first header of that name, or the empty string."""
    return next((value for key, value in headers if key.lower() == name), "")


def uncompress(coding: str, body: bytes, limit: int) -> bytes | Rejected:
    """Take the content-codings off, last one first.

    A body that a server calls compressed and is not is taken as it stands.
    """
    codings = [
        name for name in (part.strip().lower() for part in coding.split(",")) if name not in {"", "identity"}
    ]
    if len(codings) > MAX_LAYERS:
        return Rejected("extract", "limit:codings", coding[:200])
    for name in reversed(codings):
        if name not in _CODINGS:
            return Rejected("extract", "coding", name[:40])
        out = bytearray()
        try:
            for piece in _CODINGS[name](body):
                out += piece
                if len(out) > limit:
                    return Rejected("extract", "limit:decoded", f"more than {limit} bytes after {name}")
        except (zlib.error, brotli.error, EOFError) as error:
            if not out:
                return body if body.lstrip()[:1] == b"<" else Rejected("extract", "coding", f"{name}: {error}")
        body = bytes(out)
    return body


def _inflate(body: bytes, window: int) -> Iterator[bytes]:
    engine = zlib.decompressobj(window)
    rest = body
    while rest and not engine.eof:
        yield engine.decompress(rest, _CHUNK)
        rest = engine.unconsumed_tail


def _gzip(body: bytes) -> Iterator[bytes]:
    return _inflate(body, 31)


def _deflate(body: bytes) -> Iterator[bytes]:
    return _inflate(body, 15 if body[:1] == b"\x78" else -15)


def _brotli(body: bytes) -> Iterator[bytes]:
    engine = brotli.Decompressor()
    for at in range(0, len(body), 1024):
        yield engine.process(body[at : at + 1024])


def _zstd(body: bytes) -> Iterator[bytes]:
    try:
        from compression import zstd  # type: ignore[import-not-found,unused-ignore]  # Python 3.14 brings it
    except ImportError:
        from backports import zstd
    engine = zstd.ZstdDecompressor()
    yield engine.decompress(body, _CHUNK)
    while not engine.eof and not engine.needs_input:
        yield engine.decompress(b"", _CHUNK)


_CODINGS: Final = {"gzip": _gzip, "x-gzip": _gzip, "deflate": _deflate, "br": _brotli, "zstd": _zstd}


def _text(content_type: str, body: bytes) -> str:
    """BOM first (Encoding Standard), then the header, then the page's own word, then UTF-8, then windows-1252."""
    bom, mark = read_bom(body)
    if bom and mark:
        return body[len(mark) :].decode(bom, "replace")  # five names that w3lib spells as Python's codecs
    label = _label(content_type)
    if label and webencodings.lookup(label):
        return _decoded(body, label)
    declared = html_body_declared_encoding(body[:4096])
    if declared and webencodings.lookup(declared):
        return _decoded(body, declared)
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        return _decoded(body, "windows-1252")


def _decoded(body: bytes, label: str) -> str:
    text: str = webencodings.decode(body, label, errors="replace")[0]
    return text
