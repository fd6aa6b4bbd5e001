"""The record format: one HTTP response as one WARC/1.1 record in one gzip member, and back. No files here.

Payloads are exact, byte for byte, content-coding and all. The status line and the headers are rebuilt from
what was received; a transfer-coding is taken off and kept as `X-Archive-Orig-Transfer-Encoding`.
Follows ISO 28500:2017 (WARC 1.1), and reads 0.17 to 1.1 with the liberties that crawlers take.
"""

from __future__ import annotations

import base64
import hashlib
import re
import uuid
import zlib
from dataclasses import dataclass
from datetime import UTC, datetime
from http.client import responses
from typing import Final

from crawler.records import Capture, Fetched, capture_id
from crawler.rendering import DOCUMENT
from crawler.rendering import HEADER as RENDERING
from storage.chunked import dechunk

RECORD_LIMIT: Final = 64 * 1024 * 1024
"""Bytes of one record's block, inflated; a larger one is never held."""

HEADER_LIMIT: Final = 256 * 1024
URL_LIMIT: Final = 2600
"""Bytes of an address: what the indexes of every database can hold."""

_UNKNOWN: Final = "X-Fetch-Time"
_NOT_MODIFIED: Final = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"
_VERSION: Final = re.compile(rb"WARC/[01]\.\d{1,2}[ \t]*\r?\n")
END_OF_HEAD: Final = re.compile(rb"\r?\n\r?\n")
_CONTROL: Final = re.compile(r"[\x00-\x20\x7f]")
_CONTROL_IN_VALUE: Final = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
_NOT_A_NAME: Final = re.compile(r"[^!#$%&'*+.^_`|~0-9A-Za-z-]")
_FOLDED: Final = re.compile(r"\r?\n[ \t]+")
_STATUS: Final = re.compile(r"HTTP/\d(?:\.\d)?[ \t]+(\d{3})(?:[ \t]|$)")
TRANSFER: Final = "X-Archive-Orig-Transfer-Encoding"
"""Where the transfer-coding goes that a stored body no longer has."""


@dataclass(frozen=True, slots=True)
class Record:
    """One WARC record: `kind` is its WARC-Type, `headers` are in order, `block` is all that follows them."""

    kind: str
    headers: tuple[tuple[str, str], ...]
    block: bytes

    def get(self, name: str) -> str | None:
        """The first value of a header, whatever its case."""
        return _first(self.headers, name)


def build(fetched: Fetched, archived_at: str | None = None, original: Capture | None = None) -> bytes:
    """One gzip member that holds one record: a response, a resource where there was no HTTP (status 0), or the
    `conversion` that a rendered document is.

    The same input gives the same bytes. `archived_at` dates a record whose fetch time is unknown; the record
    says so, and reads back as None. `original` is what a 304 says is still so: it makes a revisit (6.7.3).

    Raises:
        ValueError: neither time is known.

    """
    date = fetched.fetched_at or archived_at
    if date is None:
        raise ValueError("a record needs a date: pass archived_at for one that was fetched at an unknown time")
    url = address(fetched.url)
    block, kind, mime = _block(fetched)
    digest = hashlib.sha256(fetched.body).hexdigest()
    head = [
        ("WARC-Type", "revisit" if original else kind),
        ("WARC-Record-ID", record_id(capture_id(url, fetched.fetched_at, digest))),
        ("WARC-Target-URI", url),
        ("WARC-Date", date),
        ("Content-Type", mime),
        ("Content-Length", str(len(block))),
        ("WARC-Payload-Digest", f"sha256:{original.payload_sha256 if original else digest}"),
        ("WARC-Block-Digest", f"sha256:{hashlib.sha256(block).hexdigest()}"),
    ]
    if kind == "conversion":
        head.append((RENDERING, DOCUMENT))
    if original is not None:
        head += [("WARC-Profile", _NOT_MODIFIED), ("WARC-Refers-To", record_id(original.id))]
        head += [("WARC-Refers-To-Target-URI", original.url), ("WARC-Refers-To-Date", original.fetched_at or date)]
    if fetched.fetched_at is None:
        head.append((_UNKNOWN, "unknown"))
    if fetched.peer:
        head.append(("WARC-IP-Address", header_value(fetched.peer)))
    if fetched.truncated:
        head.append(("WARC-Truncated", header_value(fetched.truncated)))
    return pack(b"".join((b"WARC/1.1\r\n", header_lines(head), b"\r\n", block, b"\r\n\r\n")))


def pack(record: bytes) -> bytes:
    """One record as one gzip member, without a time, so that the same record packs to the same bytes."""
    deflate = zlib.compressobj(6, zlib.DEFLATED, 31)
    return deflate.compress(record) + deflate.flush()


def unpack(member: bytes, limit: int = RECORD_LIMIT + HEADER_LIMIT) -> bytes:
    """The content of exactly one gzip member, its checksum verified.

    Raises:
        ValueError: it is damaged, cut off, more than one member, or larger than `limit`.

    """
    inflate = zlib.decompressobj(31)
    try:
        record = inflate.decompress(member, limit)
    except zlib.error as error:
        raise ValueError(f"damaged gzip member: {error}") from error
    if inflate.unconsumed_tail:
        raise ValueError(f"the record is larger than {limit} bytes")
    if not inflate.eof:
        raise ValueError("the gzip member is cut off")
    if inflate.unused_data:
        raise ValueError("more than one gzip member")
    return record


def read(member: bytes) -> Fetched:
    """The response that a gzip member holds; the body is still content-coded.

    Raises:
        ValueError: the member is damaged or holds no response.

    """
    return fetched(parse(unpack(member)))


def parse(record: bytes) -> Record:
    """The parts of an inflated record.

    Raises:
        ValueError: it is no WARC record, or shorter than it says.

    """
    end = END_OF_HEAD.search(record, 0, HEADER_LIMIT)
    if end is None:
        raise ValueError("no end of the WARC headers")
    head = parse_head(record[: end.end()])
    length = block_length(head)
    block = record[end.end() : end.end() + length]
    if len(block) < length:
        raise ValueError("the record is shorter than it says")
    return Record((_first(head, "WARC-Type") or "").lower(), head, block)


def parse_head(head: bytes) -> tuple[tuple[str, str], ...]:
    """The headers of a record, its version line checked.

    Raises:
        ValueError: the version line is none.

    """
    version = _VERSION.match(head)
    if version is None:
        raise ValueError("no WARC version line")
    return _pairs(head[version.end() :])


def block_length(head: tuple[tuple[str, str], ...]) -> int:
    """How many bytes follow the headers.

    Raises:
        ValueError: the record does not say.

    """
    value = _first(head, "Content-Length") or ""
    if not (value.isascii() and value.isdigit() and len(value) < 16):
        raise ValueError("no usable Content-Length")
    return int(value)


def fetched(record: Record) -> Fetched:
    """The response that a record holds.

    Raises:
        ValueError: it holds none: another type, no address, or a block that is not HTTP.

    """
    if not is_page(record):
        raise ValueError(f"a `{record.kind}` record of {record.get('Content-Type')} is no response")
    url = address(record.get("WARC-Target-URI") or "")
    if not url:
        raise ValueError("no WARC-Target-URI")
    time = None if record.get(_UNKNOWN) else moment(record.get("WARC-Date") or "")
    peer, truncated = record.get("WARC-IP-Address"), record.get("WARC-Truncated")
    if record.kind not in {"response", "revisit"}:
        mime, made = record.get("Content-Type"), record.kind == "conversion"
        headers: tuple[tuple[str, str], ...] = (("content-type", mime),) if mime else ()
        headers += ((RENDERING, DOCUMENT),) if made else ()
        return Fetched(url, time, 200 if made else 0, headers, record.block, peer, truncated)
    status, headers, body = _http(record.block)
    return Fetched(url, time, status, headers, body, peer, truncated)


def is_page(record: Record) -> bool:
    """Whether a record is taken in: an HTTP response, a 304 that is a revisit, a resource, a rendered page."""
    if record.kind in {"resource", "conversion"}:
        return record.kind == "resource" or record.get(RENDERING) == DOCUMENT
    mime = (record.get("Content-Type") or "application/http").lower()
    revisited = record.kind == "revisit" and record.get("WARC-Profile") == _NOT_MODIFIED
    return (revisited or record.kind == "response") and mime.startswith("application/http")


def agrees(record: Record) -> bool | None:
    """Whether the block agrees with its own digest; None where it has none that we know."""
    name, _, value = (record.get("WARC-Block-Digest") or "").partition(":")
    if name.lower() not in {"sha1", "sha256"} or not value:
        return None
    digest = hashlib.new(name.lower(), record.block, usedforsecurity=False)
    said = value.strip()
    return said.lower() == digest.hexdigest() or said.upper().rstrip("=") == _base32(digest.digest())


def moment(date: str) -> str | None:
    """A WARC date as UTC to the second, or None where it is none.

    >>> moment("2025-12-22T07:16:09.123Z"), moment("2025-12-22T09:16:09+02:00"), moment("yesterday")
    ('2025-12-22T07:16:09Z', '2025-12-22T07:16:09Z', None)
    """
    try:
        parsed = datetime.fromisoformat(date.strip())
        utc = parsed.replace(tzinfo=UTC) if parsed.tzinfo is None else parsed.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return f"{utc.replace(tzinfo=None, microsecond=0).isoformat()}Z"


def address(url: str) -> str:
    r"""The address as it is stored: what no database or header can hold is percent-encoded or replaced.

    >>> address(" https://example.com/a\0b\nc d ")
    'https://example.com/a%00b%0Ac d'
    """
    bare = url.strip(" ")
    while bare.startswith("<") and bare.endswith(">"):  # as some crawlers write it into their records
        bare = bare[1:-1].strip(" ")
    cleaned = _CONTROL.sub(lambda found: " " if found[0] == " " else f"%{ord(found[0]):02X}", bare)
    return cleaned.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def header_value(value: str) -> str:
    """A header's value as it is stored: on one line, and without what no database can hold."""
    cleaned = _CONTROL_IN_VALUE.sub(" ", value).strip(" \t")
    return cleaned.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def header_name(name: str) -> str:
    """A header's name as it is stored."""
    return _NOT_A_NAME.sub("-", name) or "-"


def stored_headers(headers: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
    """The headers as they read back from a record."""
    return tuple((_moved(header_name(name)), header_value(value)) for name, value in headers)


def is_ours(record: Record, capture: str) -> bool:
    """Whether `build` made the record: its id follows from its capture's."""
    return record.get("WARC-Record-ID") == record_id(capture)


def _block(fetched: Fetched) -> tuple[bytes, str, str]:
    headers = stored_headers(fetched.headers)
    if fetched.status == 200 and _first(headers, RENDERING) == DOCUMENT:
        return fetched.body, "conversion", _first(headers, "content-type") or "text/html"
    if fetched.status == 0:
        return fetched.body, "resource", _first(headers, "content-type") or "application/octet-stream"
    phrase = responses.get(fetched.status, "")
    head = f"HTTP/1.1 {fetched.status:03d} {phrase}\r\n".encode() + header_lines(headers)
    return head + b"\r\n" + fetched.body, "response", "application/http; msgtype=response"


def _http(block: bytes) -> tuple[int, tuple[tuple[str, str], ...], bytes]:
    end = END_OF_HEAD.search(block)
    head, body = (block[: end.end()], block[end.end() :]) if end else (block, b"")
    line, _, rest = head.partition(b"\n")
    found = _STATUS.match(line.decode("latin-1").strip())
    if found is None:
        raise ValueError("the block does not begin with an HTTP status line")
    headers = _pairs(rest)
    if "chunked" in (_first(headers, "Transfer-Encoding") or "").lower():
        body = dechunk(body)
    return int(found[1]), tuple((_moved(name), value) for name, value in headers), body


def _moved(name: str) -> str:
    return TRANSFER if name.lower() == "transfer-encoding" else name


def header_lines(headers: list[tuple[str, str]] | tuple[tuple[str, str], ...]) -> bytes:
    """Named fields as the format writes them, a line each."""
    return "".join(f"{name}: {value}\r\n" for name, value in headers).encode()


def _pairs(head: bytes) -> tuple[tuple[str, str], ...]:
    try:
        text = head.decode()
    except UnicodeDecodeError:
        text = head.decode("latin-1")
    lines = _FOLDED.sub(" ", text).split("\n")
    split = (line.partition(":") for line in lines if ":" in line)
    return tuple((header_name(name.strip()), header_value(value)) for name, _, value in split)


def _first(headers: tuple[tuple[str, str], ...], name: str) -> str | None:
    wanted = name.lower()
    return next((value for key, value in headers if key.lower() == wanted), None)


def record_id(digits: str) -> str:
    """The WARC-Record-ID of a capture, or of anything else with 32 hex digits of its own."""
    return f"<urn:uuid:{uuid.UUID(hex=digits, version=5)}>"


def _base32(digest: bytes) -> str:
    return base64.b32encode(digest).decode().rstrip("=")
