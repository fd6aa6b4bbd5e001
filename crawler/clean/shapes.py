"""Shapes of lines: what a block looks like, whatever its words. Pure questions, each with one answer."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from crawler.clean import words

if TYPE_CHECKING:
    from crawler.records import Block

_NAME_WORD = re.compile(r"[a-z]+")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_NOT_WORD = re.compile(r"[\W_]+")
_SENTENCE_END = re.compile(r"[.!?\u2026\u3002\uff01\uff1f\u061f\u0964:;][\"'\u201d\u2019\u00bb)\]]*$")
_NUMBER = re.compile(
    r"(?>(?:[$\u20ac\u00a3\u00a5\u20a9\u20b9]\s?)?[+\u2212\u2013-]?\d[\d.,]*+(?:[eE][+-]?\d+)?\s?[%KMBTkmbt]?)"
)
_PRICES = re.compile(rf"(?:{_NUMBER.pattern}\s*+)++")  # possessive: figures without blanks could be parted any way
_BUTTONS = re.compile(r"[|/\[\]\u00b7\u2022\n]")
_ROW: Final = 60
"""Characters of the longest row of share buttons."""
_INVITATION: Final = 180
_LONGEST_NAMED: Final = 600
_CURRENCY: Final = frozenset({"usd", "usdt", "eur", "cny", "gbp", "jpy", "btc", "eth"})
_TICKER_WORDS = re.compile(
    r"live price|price chart|\bprice ?\(\s?[A-Z0-9]{2,12}\)|market cap"
    r"|24 ?h(?:r|our)?s?\b.{0,12}\b(?:volume|change)"
    r"|quotes delayed|data provided by|\blogo$|trading volume|all time high|circulating supply",
    re.IGNORECASE,
)
_STAMP = re.compile(
    r"(?:\d{4}[/.-]\d{1,2}[/.-]\d{1,2}(?:[ T]\d{1,2}:\d{2})?|\d{1,2}[/.]\d{1,2}[/.]\d{4}(?: \d{1,2}:\d{2})?"
    r"|\b\d+ (?:minutes?|mins?|hours?|hrs?|days?|weeks?|months?) ago)$",
    re.IGNORECASE,
)
_ADVERTS: Final = frozenset(
    line.strip()
    for line in """
    advertisement|advertisements|advertising|advert|ad|ads|sponsored|paid content|anzeige|werbung|reklame|publicité
    publicidad|publicidade|anúncio|pubblicità|annuncio pubblicitario|advertentie|annons|annonse|annonce|mainos
    reklam|reklama|reklamy|реклама|на правах рекламы|oglas|hirdetés|διαφήμιση|إعلان|إعلانات|פרסומת|विज्ञापन|iklan
    quảng cáo|โฆษณา|广告|廣告|広告|광고
    """.replace("\n", "|").split("|")
    if line.strip()
)
"""Lines that say of the space below them that it is sold."""
_URL_ONLY = re.compile(r"(?:https?://|www\.)\S+$")


@lru_cache(maxsize=4096)
def fold(text: str) -> str:
    """The comparable form of a line: NFKC, case folded, anything but letters and digits one blank.

    >>> fold("  You May Also Like: »")
    'you may also like'
    """
    plain = text if text.isascii() else unicodedata.normalize("NFKC", text)
    return _NOT_WORD.sub(" ", plain.casefold()).strip()


def is_prose(block: Block) -> bool:
    """A paragraph of running text: long, or a sentence, and not mostly links."""
    size = len(block.text)
    if block.linked > 600:
        return False
    return size >= 140 or (size >= 40 and _SENTENCE_END.search(block.text) is not None)


def is_sentence(block: Block) -> bool:
    """A line that ends as a sentence does."""
    return _SENTENCE_END.search(block.text) is not None


def is_cut(block: Block) -> bool:
    """A text that stops in the middle of a sentence, or says so."""
    text = block.text.rstrip(" ])")
    return text.endswith(("...", "\u2026")) or _SENTENCE_END.search(text) is None


def is_list_link(block: Block) -> bool:
    """A line that is wholly a link and no address: a headline that leads elsewhere."""
    return block.linked >= 900 and not is_address(block)


def is_address(block: Block) -> bool:
    """A line that is an address and nothing else."""
    return _URL_ONLY.match(block.text) is not None


def is_heading(block: Block) -> bool:
    """A short line that may head what follows."""
    return len(block.text) <= 80 and "\n" not in block.text


def is_widget_heading(block: Block) -> bool:
    """A whole short line that heads a widget in one of our languages."""
    if len(block.text) > 60:
        return False
    line = fold(block.text)
    return line in words.WIDGET_HEADINGS or (len(line) <= 45 and line.startswith(words.HEADING_STARTS))


def is_pointer(block: Block) -> bool:
    """One line that points to another story: `Also read: …`, whole and without a full stop's sentence before."""
    head, colon, rest = block.text.partition(":")
    if not colon or len(head) > 40 or not 8 <= len(rest.strip()) <= 240 or "\n" in block.text:
        return False
    return fold(head) in words.INLINE_HEADS


def is_read_more(block: Block) -> bool:
    """A short line that leads to the rest of the text."""
    return len(block.text) <= 60 and fold(block.text) in words.READ_MORE


def is_ticker_line(block: Block) -> bool:
    """A line of a price box: figures only, a currency, or the words of such a box."""
    text = block.text
    if len(text) > 80:
        return False
    return (
        _PRICES.fullmatch(text) is not None
        or text.casefold() in _CURRENCY
        or (_TICKER_WORDS.search(text) is not None and _SENTENCE_END.search(text) is None)
    )


def is_stamp(block: Block) -> bool:
    """A source and a time glued or side by side, as teasers carry it: `CoinBoard2025/09/18 01:44`."""
    return len(block.text) <= 80 and _STAMP.search(block.text) is not None


def is_named(block: Block, lines: tuple[str, ...]) -> bool:
    """Whether the block is one of the lines, folded; one that ends in `…` is named by how it begins.

    >>> from crawler.records import Block
    >>> block = Block(0, "Leggi su Il Faro", "p", "", 0, 0)
    >>> is_named(block, ("Leggi su\u2026",)), is_named(block, ("LEGGI SU IL FARO:",)), is_named(block, ("Leggi",))
    (True, True, False)
    """
    if len(block.text) > _LONGEST_NAMED:
        return False
    whole, beginnings = _named(lines)
    line = fold(block.text)
    return line in whole or (bool(beginnings) and line.startswith(beginnings))


@lru_cache(maxsize=512)
def _named(lines: tuple[str, ...]) -> tuple[frozenset[str], tuple[str, ...]]:
    """The lines of a site's file, folded: those that are whole, and those that are only a beginning."""
    whole = frozenset(fold(line) for line in lines if not line.endswith("\u2026"))
    return whole, tuple(fold(line) for line in lines if line.endswith("\u2026"))


def is_within(block: Block, names: tuple[str, ...]) -> bool:
    """Whether the block stands in an element that has one of the class or id names, all words of it.

    >>> from crawler.records import Block
    >>> block = Block(0, "", "p", "", 0, 0, hints=("release", "body", "main"))
    >>> is_within(block, ("release-body",)), is_within(block, ("bodyText",)), is_within(block, ())
    (True, False, False)
    """
    return any(frozenset(block.hints).issuperset(words_of_name(name)) for name in names)


@lru_cache(maxsize=512)
def words_of_name(name: str) -> tuple[str, ...]:
    """The words of a class or id name, as the blocks' hints have them: `releaseBody` is `release` and `body`."""
    return tuple(_NAME_WORD.findall(_CAMEL.sub(" ", name).lower()))


def is_share(block: Block) -> bool:
    """A share button's word, or a row of them."""
    if len(block.text) > _ROW:
        return False
    buttons = [fold(part) for part in _BUTTONS.split(block.text)]
    return any(buttons) and all(button in words.SHARE for button in buttons if button)


def is_advert(block: Block) -> bool:
    """The label of an advertisement.

    >>> from crawler.records import Block
    >>> [is_advert(Block(0, text, "div", "", 0, 0)) for text in ("Advertisement", "- ANZEIGE -", "Ad astra")]
    [True, True, False]
    """
    return len(block.text) <= 30 and fold(block.text) in _ADVERTS


def is_newsletter(block: Block) -> bool:
    """An invitation to subscribe or follow; longer texts need a form beside them."""
    if len(block.text) > _INVITATION and "form" not in block.hints:
        return False
    line = fold(block.text)
    return any(cue in line for cue in words.NEWSLETTER)


def is_form_line(block: Block) -> bool:
    """A short line that belongs to a form: no release has one."""
    return "form" in block.hints and len(block.text) <= 300


def is_disclaimer(block: Block) -> bool:
    """A carrier's disclaimer, by its cues."""
    line = fold(block.text)
    return any(cue in line for cue in words.DISCLAIMERS)


def is_origin_note(block: Block, title: str, names: tuple[str, ...]) -> bool:
    """The line that says where the post stood first: its wording, or the title and the site's name together."""
    if len(block.text) > len(title) + 140:
        return False
    line = fold(block.text)
    if any(middle in line for middle in words.APPEARED) and len(line) < len(title) + 100:
        return True
    folded = fold(title)
    return (
        len(folded) > 15
        and folded in line
        and line != folded
        and any(name and name in line[len(folded) :] for name in names)
    )
