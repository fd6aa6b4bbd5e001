"""Asking only for what has changed (RFC 9110, 13): lists are asked for often, and are mostly as they were.

Pages are always asked for whole: that one is still there, and says the same, is what a revisit has to show.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from crawler.extract.decode import header

if TYPE_CHECKING:
    from crawler.records import Fetched

_LONGEST: Final = 500


def validators(before: Fetched) -> dict[str, str]:
    """The request headers that a server compares with what it sent us before.

    >>> from crawler.records import Fetched
    >>> validators(Fetched("u", None, 200, (("ETag", '"a"'), ("Last-Modified", "x")), b""))
    {'If-None-Match': '"a"', 'If-Modified-Since': 'x'}
    """
    if before.status != 200:
        return {}
    found = {
        "If-None-Match": header(before.headers, "etag"),
        "If-Modified-Since": header(before.headers, "last-modified"),
    }
    return {name: value for name, value in found.items() if value and len(value) <= _LONGEST and value.isascii()}
