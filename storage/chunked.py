"""The chunked transfer-coding (RFC 9112, 7.1), as archives hold it: cut short, or only claimed."""

from __future__ import annotations

import re


def dechunk(body: bytes) -> bytes:
    r"""Take the chunks apart; a body that is not in chunks, as some crawlers store it, is left as it is.

    >>> dechunk(b"5\r\nabcde\r\n0\r\n\r\n"), dechunk(b"<html>")
    (b'abcde', b'<html>')
    """
    parts, at = list[bytes](), 0
    while True:
        end = body.find(b"\n", at, at + 1024)
        size = body[at:end].split(b";")[0].strip()
        if end < 0 or not re.fullmatch(rb"[0-9A-Fa-f]{1,8}", size):
            # What is cut off in the middle of its chunks still has its beginning.
            return b"".join(parts) if parts and at >= len(body) else body
        length = int(size, 16)
        if length == 0:
            return b"".join(parts)
        parts.append(body[end + 1 : end + 1 + length])
        at = end + 1 + length
        at += 2 if body[at : at + 2] == b"\r\n" else 1
