"""Text to tokens: what two versions of a sentence have in common, whatever a site did to its typography."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from itertools import count
from typing import Final

ALONE: Final = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_TOKEN = re.compile(rf"[{ALONE}]|[^\W_{ALONE}]+")
_IS_ALONE = re.compile(f"[{ALONE}]")
IGNORABLE: Final = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\ufe00-\ufe0f\ufeff"
    "\u0591-\u05bd\u05bf-\u05c7\u0640\u064b-\u065f\u0670"  # vowel points, and what stretches an Arabic word
)
_IGNORABLE = re.compile(f"[{IGNORABLE}]")
_OTHER: Final = "\u0370-\u03ff\u0400-\u052f"
_SEAM = re.compile(f"[{_OTHER}](?:(?=[a-z])|(?<=[a-z].))")
"""Where a word goes on in Greek or Cyrillic that began in Latin letters, or the other way round."""
_LOOKALIKES = str.maketrans(
    "\u0430\u0432\u0435\u043a\u043c\u043d\u043e\u0440\u0441\u0442\u0443\u0445\u0455\u0456\u0458"
    "\u0501\u04bb\u051b\u051d\u03b1\u03b2\u03b5\u03b9\u03ba\u03bd\u03bf\u03c1\u03c4\u03c5\u03c7",
    "abekmhopctyxsijdhqwabeikvoptux",
)
_ZEROS: Final = (0x660, 0x6F0, 0x966, 0x9E6, 0xE50)
_DIGITS = {first + digit: str(digit) for first in _ZEROS for digit in range(10)}
_DIGIT = re.compile(f"[{''.join(map(chr, _DIGITS))}]")
_FIRST_SYMBOL: Final = 0x10000


def tokenise(text: str) -> tuple[str, ...]:
    """Words and figures, folded; a token a character where no blanks part words.

    What does not count: compatibility forms (NFKC), case, invisible marks and vowel points, the script that digits
    are of, letters of another script that look like the Latin ones around them.

    >>> tokenise("The \u201cSci\u00adence\u201d City \u2014 11.5%")
    ('the', 'science', 'city', '11', '5')
    >>> tokenise("\u5317\u4eac2025\u5e74")
    ('\u5317', '\u4eac', '2025', '\u5e74')
    >>> tokenise("b\u0430nk \u0662\u0660\u0662\u0665")
    ('bank', '2025')
    """
    if text.isascii():
        return tuple(_TOKEN.findall(text.lower()))
    folded = _IGNORABLE.sub("", unicodedata.normalize("NFKC", text)).casefold()
    if _DIGIT.search(folded):  # `translate` alone looks every character up
        folded = folded.translate(_DIGITS)
    tokens = _TOKEN.findall(folded)
    if _SEAM.search(folded):
        tokens = [token.translate(_LOOKALIKES) if _SEAM.search(token) else token for token in tokens]
    return tuple(tokens)


def is_alone(token: str) -> bool:
    """Whether the token is a character of a script that does not part words with blanks."""
    return _IS_ALONE.match(token) is not None


def are_alone(tokens: tuple[str, ...]) -> bool:
    """Whether one of the tokens is such a character."""
    return _IS_ALONE.search("".join(tokens)) is not None


def to_symbols(*texts: tuple[str, ...]) -> tuple[str, ...]:
    """Each text as a string with one character for each token, equal tokens alike: what the aligner is fast on."""
    symbols: defaultdict[str, str] = defaultdict(map(chr, count(_FIRST_SYMBOL)).__next__)
    return tuple("".join(map(symbols.__getitem__, tokens)) for tokens in texts)
