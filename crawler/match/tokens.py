"""Text to tokens: what two versions of a sentence have in common, whatever a site did to its typography."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from itertools import count
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

ALONE: Final = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_TOKEN = re.compile(rf"[{ALONE}]|[^\W_{ALONE}]+")
IGNORABLE: Final = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\ufe00-\ufe0f\ufeff"
)
_IGNORABLE = re.compile(f"[{IGNORABLE}]")
_FIRST_SYMBOL: Final = 0x10000


def tokenise(text: str) -> tuple[str, ...]:
    """Words and figures, folded (NFKC, case, zero-width marks); a token a character where no blanks part words.

    >>> tokenise("The \u201cSci\u00adence\u201d City \u2014 11.5%")
    ('the', 'science', 'city', '11', '5')
    >>> tokenise("\u5317\u4eac2025\u5e74")
    ('\u5317', '\u4eac', '2025', '\u5e74')
    """
    return tuple(_TOKEN.findall(_IGNORABLE.sub("", unicodedata.normalize("NFKC", text)).casefold()))


def mostly_alone(tokens: Sequence[str]) -> bool:
    """Whether most tokens are single characters of a script without blanks."""
    return sum(len(token) == 1 and not token.isascii() for token in tokens) * 2 > len(tokens)


def to_symbols(*texts: tuple[str, ...]) -> tuple[str, ...]:
    """Each text as a string with one character for each token, equal tokens alike: what the aligner is fast on."""
    symbols: defaultdict[str, str] = defaultdict(map(chr, count(_FIRST_SYMBOL)).__next__)
    return tuple("".join(map(symbols.__getitem__, tokens)) for tokens in texts)
