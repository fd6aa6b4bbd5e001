"""Press contacts left out of what people show to each other: addresses, telephone numbers, contact paragraphs.

What is masked keeps its length, character for character, so that places in a text stay right. Numbers are known by
how they are written, not by whether anybody answers: by a country's code, a word such as *Tel* before them, or the
shape of a number in the countries that most releases come from. Dates, amounts and ids are left alone.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from crawler.export.blocks import read_blocks
from storage.compared import canonical_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy import Connection

    from crawler.export.comparison import Held
    from crawler.records import Block
    from storage.rows import CopyRow, ReleaseRow, TextRow

MASK: Final = "•"

_AT: Final = r"(?:[ ]?@[ ]?|[ ]?[\[({<][ ]?(?:at|@)[ ]?[\])}>][ ]?)"
_DOT: Final = r"(?:\.|[ ]?[\[({<][ ]?(?:dot|\.)[ ]?[\])}>][ ]?)"
_LOCAL: Final = r"(?<![^\s<>()\[\]{},;:\"'/|=])[^\s@<>()\[\]{},;:\"|=/]{1,64}"
_EMAIL = re.compile(
    rf"{_LOCAL}(?:{_AT}[^\W_]{{1,63}}(?:-{{1,3}}[^\W_]{{1,63}}){{0,4}}"
    rf"(?:(?:{_DOT}[^\W_]{{1,63}}(?:-{{1,3}}[^\W_]{{1,63}}){{0,4}}){{1,5}}|$)"
    rf"|[ ]at[ ](?:[^\W_]{{1,63}}[ ]dot[ ]){{1,4}}[^\W_]{{2,24}}\b)",
    re.IGNORECASE,
)
"""An address, also with (at) and [dot]; one that is cut off at the end of an excerpt too."""

_GAP: Final = r"(?:[ ]?[-./()~][ ]?[-()]?|[ ]{1,2}[()]?)"
_TAIL: Final = (
    r"(?:[ ]?(?:,[ ]?)?(?:ext?\.?|extension|x|#|转|轉|分機|内線|доб\.?|poste|int\.?|app\.?)[ ]?[0-9]{1,6})?"
)
_CUES: Final = (
    "tel", "tels", "telephone", "phone", "phones", "ph", "mob", "mobile", "cell", "cellphone", "fax",
    "faks", "call", "hotline", "whatsapp", "telegram", "sms", "téléphone", "tél", "portable", "teléfono",
    "telefono", "teléf", "móvil", "cellulare", "telefone", "celular", "telemóvel", "telefon", "tlf", "mobil",
    "handy", "rufnummer", "telefoon", "mobiel", "gsm", "puhelin", "telp", "hp", "điện thoại", "đt",
    "тел", "телефон", "моб", "факс",
    "τηλ", "τηλέφωνο", "هاتف", "الهاتف", "جوال", "تلفن", "טלפון", "נייד", "טל", "फोन", "फ़ोन", "मोबाइल",
    "โทร", "โทรศัพท์", "电话", "電話", "电 话", "手机", "手機", "热线", "熱線", "传真", "傳真",
    "联系方式", "聯絡電話", "携帯", "전화", "연락처", "휴대폰", "팩스",
)  # fmt: skip
_CUED = re.compile(
    rf"(?<![^\W\d_])(?:{'|'.join(map(re.escape, sorted(_CUES, key=len, reverse=True)))})"
    rf"[ ]?(?:no|number|nr|n°|num|号码|號碼|番号|us|on|at|us at|us on)?[ .:)/\]]{{0,5}}"
    rf"([+(]{{0,2}}[0-9](?:{_GAP}?[0-9]){{5,16}}{_TAIL})",
    re.IGNORECASE,
)
"""A number behind a word that says that it is one."""

_ABROAD = re.compile(
    rf"(?<![\w.+])(?:\+[ ]?[(]?[0-9]|00[ -]?[1-9])(?:{_GAP}?[0-9]){{6,14}}(?![0-9]){_TAIL}", re.IGNORECASE
)
"""A number with its country's code."""

_HOME = re.compile(
    r"(?<![\w./+$€£¥%&=?-])(?:"
    r"(?:1[ .-]?)?(?:\([2-9][0-9]{2}\)[ ]?|[2-9][0-9]{2}[ ]?[.-][ ]?)[2-9][0-9]{2}[ ]?[ .-][ ]?[0-9]{4}"  # NANP
    r"|1[ .-]8(?:00|33|44|55|66|77|88)[ .-][0-9A-Z](?:-?[0-9A-Z]){6,10}"  # and its words
    r"|\(0[0-9]{1,4}\)[ ]?[0-9]{2,5}(?:[ -]?[0-9]{2,4}){1,3}"  # (020) 7946 0958
    r"|0[1-9](?:[ .-][0-9]{2}){4}"  # 01 23 45 67 89
    r"|0(?![0-9]?[ -][0-9]{1,2}[ -][0-9]{4}(?![0-9]))[0-9]{1,4}[ /-]{1,2}[0-9]{3,5}[ -]?[0-9]{3,4}"
    r"|1[3-9][0-9][ -]?[0-9]{4}[ -]?[0-9]{4}"  # 138 1234 5678
    r"|[48]00[ -][0-9]{3,4}[ -][0-9]{3,4}"  # 400-123-4567
    rf")(?![0-9]|[./-][0-9]){_TAIL}",
    re.IGNORECASE,
)
"""A number as it is written at home: North America, Britain, France, Germany, China, Japan, who writes alike."""

_PATTERNS: Final = (_EMAIL, _CUED, _ABROAD, _HOME)


def mask(text: str) -> str:
    """The text with a dot for every character of an e-mail address or a telephone number.

    >>> mask("Ask jane@halcyon.example or +1 (212) 555-0100, by May 11, 2026.")
    'Ask •••••••••••••••••••• or •••••••••••••••••, by May 11, 2026.'
    """
    folded, places = _fold(text)
    masked = list(text)
    for pattern in _PATTERNS:
        for found in pattern.finditer(folded):
            start, end = found.span(found.lastindex or 0)
            here = range(places[start], places[end - 1] + 1)
            masked[here.start : here.stop] = MASK * len(here)
    return "".join(masked)


def mask_text(text: str, blocks: Iterable[tuple[Block, str, str]] = ()) -> str:
    """A clean text, or the beginning of one, likewise, and whole the lines that name whom the press can ask."""
    contacts = contact_lines(blocks)
    *lines, last = text.split("\n")
    if last and any(line.startswith(last) for line in contacts):
        contacts.add(last)
    return "\n".join(_hide(line) if line in contacts else mask(line) for line in (*lines, last))


def leave_out_contacts(text: str, blocks: Iterable[tuple[Block, str, str]]) -> str:
    """A clean text without those lines, and the rest of it masked."""
    contacts = contact_lines(blocks)
    return "\n".join(mask(line) for line in text.split("\n") if line not in contacts)


def contact_lines(blocks: Iterable[tuple[Block, str, str]]) -> set[str]:
    """The lines of a page's text that name whom the press can ask."""
    return {line for block, role, _ in blocks if role == "contact" for line in block.text.split("\n")}


def mask_copy(copy: CopyRow) -> CopyRow:
    """A copy likewise; its blocks are to be there."""
    return replace(copy, title=mask(copy.title), text=mask_text(copy.text, read_blocks(copy)))


def mask_release(connection: Connection, release: ReleaseRow) -> ReleaseRow:
    """A release likewise, by the blocks of the page whose text stands for it."""
    stands = canonical_text(connection, release.cluster)
    blocks = stands.blocks if stands else ()
    return replace(release, title=mask(release.title), text=mask_text(release.text, blocks))


def mask_held(held: Held) -> Held:
    """A comparison likewise, in both texts and in what differs."""
    comparison = held.comparison and replace(
        held.comparison,
        differences=tuple(replace(d, said=mask(d.said), was=mask(d.was)) for d in held.comparison.differences),
    )
    return replace(held, mine=_masked(held.mine), its=held.its and _masked(held.its), comparison=comparison)


def _masked(row: TextRow) -> TextRow:
    return replace(row, title=mask(row.title), text=mask_text(row.text, row.blocks))


def _hide(line: str) -> str:
    return re.sub(r"\S", MASK, line)


def _fold(text: str) -> tuple[str, Sequence[int]]:
    """The text as plainly as it goes, without full width, odd hyphens and blanks, other digits and what cannot be
    seen; and for each of its characters where it stood.
    """
    if text.isascii():
        return text, range(len(text))
    folded = [(plain, n) for n, character in enumerate(text) if (plain := _fold_one(character))]
    return "".join(plain for plain, _ in folded), [n for _, n in folded]


@lru_cache(maxsize=4096)
def _fold_one(character: str) -> str:
    digit = unicodedata.digit(character, None)
    if digit is not None:
        return str(digit)
    kind = unicodedata.category(character)
    if kind == "Pd" or character in "\u2212\u30fc":
        return "-"
    if kind == "Cf":
        return ""
    if kind in {"Zs", "Cc"} and character != "\n":
        return " "
    plain = unicodedata.normalize("NFKC", character)
    return plain if len(plain) == 1 else character
