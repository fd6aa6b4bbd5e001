"""Shapes of lines: what a block looks like, whatever its words. Pure questions, each with one answer."""

from __future__ import annotations

import re
from functools import lru_cache
from html import unescape
from typing import TYPE_CHECKING, Final

from crawler.clean import words
from crawler.clean.figures import are_figures, names_price
from crawler.clean.words import bare, squeeze
from crawler.clean.words import fold as fold  # the first thing that is done with a line

if TYPE_CHECKING:
    from crawler.records import Block, Role

_NAME_WORD = re.compile(r"[a-z]+")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_BUTTONS = re.compile(r"[|/\[\]\u00b7\u2022\n]")
_SENTENCE_END = re.compile(r"[.!?\u2026\u3002\uff01\uff1f\u061f\u0964:;][\"'\u201d\u2019\u00bb)\]]*$")
_URL_ONLY = re.compile(r"(?:https?://|www\.)\S+$")
_SAYS_ADDRESS = re.compile(r"://|\bwww\.|\w@\w")
_HOST = re.compile(r"\b[a-z0-9-]{2,40}\.(?:com|net|org|io|co|news|info|tv|me|[a-z]{2})\b", re.IGNORECASE)
_POINTS = re.compile(r" ?[:\uff1a|\u00bb\u203a\u2192\u2794\u279c\u25b6\u25ba] ?| [\u2013\u2014-] ")
_COPYRIGHT = re.compile(r"(?:\u00a9|\(c\)|copyright\b|\u2117)", re.IGNORECASE)
_CREDIT = re.compile(
    r"(?:photo|image|picture|featured image|foto|bild|imagen|imagem|immagine|crédit|crédito|zdjęcie|фото|图片来源"
    r"|图源|圖片來源|画像|사진)(?: (?:credits?|source|by|courtesy|quelle))*+ ?[:：/|]",
    re.IGNORECASE,
)
_ROW: Final = 60
"""Characters of the longest row of share buttons."""
_LONGEST_NAMED: Final = 600
LISTED: Final = frozenset({"li", "td", "th", "dd", "dt", "blockquote", "pre"})
"""Elements of lists, tables and quotations."""
_INVITATION: Final = 180
_NOTE: Final = 1500
_MARKS_ALONE: Final = frozenset({"[\u2026]", "[...]", "(...)", "\u2026", "...", "(\u2026)", "[+]"})


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


def says_address(block: Block) -> bool:
    """A text in which an address is written out, of the web or of a mailbox."""
    return _SAYS_ADDRESS.search(block.text) is not None


def is_heading(block: Block) -> bool:
    """A short line that may head what follows."""
    return len(block.text) <= 80 and "\n" not in block.text


def is_set_apart(block: Block) -> bool:
    """Whether the block is in a list, a table or a quotation, which are of another kind by their nature."""
    return block.tag in LISTED or "/blockquote" in block.path


def widget_of(block: Block) -> Role | None:
    """What a whole short line heads in one of our languages, or None."""
    return _headed_by(block.text) if len(block.text) <= 60 else None


def is_widget_heading(block: Block) -> bool:
    """A whole short line that heads a widget in one of our languages."""
    return widget_of(block) is not None


def is_pointer(block: Block) -> bool:
    """One line that points to another story: `Also read: …`, whole and with no address."""
    return _starts_with(block, words.POINTERS) and not says_address(block)


def is_tags(block: Block) -> bool:
    """A list of tags with the word for them before it."""
    return _starts_with(block, words.TAGS)


def is_read_more(block: Block) -> bool:
    """A short line that leads to the rest of the text."""
    text = block.text
    return len(text) <= 60 and (
        squeeze(text) in words.READ_MORE
        or text in _MARKS_ALONE
        or (_SENTENCE_END.search(text) is None and words.begins(bare(text), words.READ_MORE_STARTS))
    )


def is_ticker_line(block: Block) -> bool:
    """A line of a price box: figures only, a currency, or the words of such a box."""
    return bool(block.text) and len(block.text) <= 80 and (are_figures(block.text) or is_ticker_word(block))


def is_ticker_word(block: Block) -> bool:
    """A short line with the words of a price box, such as `Price (SYM)` or `Market Cap`."""
    return len(block.text) <= 80 and not is_sentence(block) and names_price(block.text)


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
    buttons = [squeeze(part) for part in _BUTTONS.split(block.text)]
    return any(buttons) and all(button in words.SHARE for button in buttons if button)


def is_advert(block: Block) -> bool:
    """A line that says that an advertisement stands here."""
    return len(block.text) <= 60 and squeeze(block.text) in words.ADVERTS


def is_newsletter(block: Block) -> bool:
    """An invitation to subscribe or follow; longer texts need a form beside them."""
    if len(block.text) > _INVITATION and "form" not in block.hints:
        return False
    return invites(block)


def invites(block: Block) -> bool:
    """A text with the words of an invitation to subscribe or follow; an issuer's may have them too."""
    return words.NEWSLETTER.found_in(bare(block.text))


def is_form_line(block: Block) -> bool:
    """A short line that belongs to a form: no release has one."""
    return "form" in block.hints and len(block.text) <= 300


def is_disclaimer(block: Block) -> bool:
    """A disclaimer by its cues, a carrier's or an issuer's."""
    if len(block.text) > _NOTE:
        return False
    line = bare(block.text)
    return words.DISCLAIMERS.found_in(line) or words.CARRIER.found_in(line)


def is_carrier_note(block: Block) -> bool:
    """What only a carrier says of a text that is not its own, with nothing in it that an issuer says."""
    if len(block.text) > _NOTE:
        return False
    line = bare(block.text)
    return words.CARRIER.found_in(line) and not words.ISSUER.found_in(line)


def is_copyright(block: Block) -> bool:
    """A short line that claims copyright."""
    return len(block.text) <= 200 and _COPYRIGHT.match(block.text) is not None


def is_credit(block: Block) -> bool:
    """A short line that names who made a picture."""
    return len(block.text) <= 120 and _CREDIT.match(block.text) is not None and not says_address(block)


def is_author_note(block: Block, names: tuple[str, ...]) -> bool:
    """A few words on who wrote for the site, which they name."""
    if len(block.text) > 600:
        return False
    line = fold(block.text)
    return any(name in line for name in names if name) and words.AUTHOR.found_in(bare(block.text))


def tells_origin(block: Block) -> bool:
    """A line with the words that say where a post stood first; a sentence of a release may have them too."""
    return len(block.text) <= 300 and words.ORIGIN.found_in(bare(block.text))


def is_origin_note(block: Block, title: str, names: tuple[str, ...]) -> bool:
    """The line that says where the post stood first: the title, and a site's name or the words for it."""
    if len(block.text) > len(title) + 140:
        return False
    text = unescape(block.text) if "&" in block.text else block.text  # feeds escape a headline twice
    line, folded = fold(text), fold(title)
    if len(folded) <= 15 or folded not in line or line == folded:
        return False
    before, _, after = line.partition(folded)
    return (
        any(name and (name in before or name in after) for name in names)
        or words.ORIGIN.found_in(bare(text))
        or _HOST.search(text, len(title)) is not None
    )


@lru_cache(maxsize=4096)
def _headed_by(text: str) -> Role | None:
    """What a line heads."""
    role = words.HEADINGS.get(squeeze(text))
    if role is None and len(text) <= 45 and words.begins(bare(text), words.HEADING_STARTS):
        return "related"
    return role


def _starts_with(block: Block, heads: frozenset[str]) -> bool:
    """Whether a line is one of these, a colon, an arrow or a dash, and something more."""
    text = block.text
    points = _POINTS.search(text, 0, 48) if len(text) <= 300 and "\n" not in text else None
    if points is None or not 8 <= len(text) - points.end() <= 240:
        return False
    return squeeze(text[: points.start()]) in heads
