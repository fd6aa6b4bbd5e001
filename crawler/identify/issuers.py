"""Who sent a release out, as its own text says."""

from __future__ import annotations

import re
from typing import Final

_SOURCE: Final = re.compile(r"^source\s*[:：]?\s+(\S.{0,99})$", re.IGNORECASE)
_CLOSING: Final = 15
"""Lines at the end of a release among which its source line stands."""


def issuer_of(text: str) -> str | None:
    r"""Who sent a release out, by its source line; None where it has none.

    >>> issuer_of("A bridge opened.\nSOURCE  Port of Lumbridge")
    'Port of Lumbridge'
    """
    hits = (_SOURCE.match(line.strip()) for line in reversed(text.split("\n")[-_CLOSING:]))
    return next((" ".join(hit[1].split()) for hit in hits if hit), None)
