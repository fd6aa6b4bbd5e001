"""The headline of a page: what its headings and its head agree on, without the site's name."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from crawler.clean.shapes import fold
from crawler.extract.ld import is_alike

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from lxml.html import HtmlElement

_SEPARATOR = re.compile(
    " (?:[|\u2013\u2014\u00b7\u00bb\u2022\u00ab-]|::|>|<) |(?<=[^\x00-\x7f])[_|\uff5c-](?=[^\x00-\x7f])"
)
"""What parts a title from a site's name; between letters that need no blanks it has none either."""
_REFERENCE = re.compile(r"&(?:#\d{2,6}|#x[0-9a-f]{2,5}|[a-z]{2,8}\d?);", re.IGNORECASE)
_CUT = re.compile(r"\s?(?:\u2026|\.\.\.|\[\u2026\])$")
_NOT_WORD = re.compile(r"[\W_]+")
_FURNITURE: Final = frozenset({"nav", "aside", "footer", "a"})
_LONGEST: Final = 500
_HEADLINE: Final = 8
"""Characters from which on a heading can be a headline."""
_SECTION: Final = 16
_LONE: Final = 20
"""Bytes from which on a heading is a headline that only the page's title does not confirm."""
_SURE: Final = 3


@dataclass(frozen=True, slots=True)
class Names:
    """The names that a site goes by, folded, and without blanks: `example news`, `examplenews`."""

    folded: frozenset[str]
    glued: frozenset[str]

    def has(self, line: str) -> bool:
        """Whether the line is the site's name."""
        folded = fold(line)
        return folded in self.folded or (folded.replace(" ", "") in self.glued)


def site_names(url: str, claimed: Sequence[str]) -> Names:
    """The site's names: what it claims, its host, and the host's own label.

    >>> site_names("https://www.lindale-herald.example/a", ()).has("Lindale Herald")
    True
    """
    host = (urlsplit(url).hostname or "").removeprefix("www.")
    labels = [label for label in host.split(".")[:-1] if len(label) > 3]
    folded = frozenset(filter(None, map(fold, (*claimed, host))))
    return Names(folded, frozenset(_NOT_WORD.sub("", name) for name in (*labels, *folded)))


def tell_title(tree: HtmlElement, named: Sequence[str], names: Names) -> str:
    """The headline: an `h1` that the head confirms, else what the head says without the site's name.

    `named` are the titles of the head's metas, best first.
    """
    element = tree.find(".//head/title")
    whole = _plain("" if element is None else element.text_content())
    sections = _sections(whole) - frozenset(map(fold, named))
    headings = [text for text in map(_text, islice(tree.iter("h1"), 8)) if text and not names.has(text)]
    headed = frozenset(fold(text) for text in headings) & sections
    names = Names(names.folded | headed, names.glued)
    headings = [text for text in headings if fold(text) not in sections]
    said = [_without_site(text, names, at_end=text == whole) for text in (*map(_plain, named), whole)]
    if not headings:
        said = [_without_prefix(text, names) for text in said]
    said = [text for text in said if text and not names.has(text)]
    title = _confirmed(headings, said)
    if not title and len(headings) == 1 and len(said) <= 1 and _weight(headings[0]) >= _LONE:
        # what a page's readers see, where its title is made for search engines
        title = _confirmed(list(_lesser_headings(tree, names)), said) or headings[0]
    if not title and said:
        title = said[0]
    if not title:
        title = next(iter([*headings, *_lesser_headings(tree, names)]), "") or whole
    return _completed(title, [*headings, *said])[:_LONGEST]


def _sections(whole: str) -> frozenset[str]:
    """The lesser parts behind the first of a page's title, folded: the names of the site and its sections."""
    parts = _SEPARATOR.split(whole)
    longest = max(map(_weight, parts))
    return frozenset(fold(part) for part in parts[1:] if _weight(part) < longest)


def _confirmed(headings: Sequence[str], said: Sequence[str]) -> str:
    """The heading that one of the head's titles agrees with, the closest one; or the empty string."""
    folded = [(fold(text), text) for text in said]
    best, found = 0, ""
    for heading in headings:
        line = fold(heading)
        for other, text in folded:
            whole = len(line) >= _HEADLINE and line in other and 2 * len(line) >= len(other)
            if whole or (len(other) >= _HEADLINE and line.startswith(other) and _CUT.search(text)):
                score = _SURE
            elif is_alike(line, other):
                score = 1
            else:
                continue
            if (score, len(heading)) > (best, len(found)):
                best, found = score, heading
    return next((text for text in said if _is_labelled(found, text, said)), found)


def _is_labelled(heading: str, text: str, said: Sequence[str]) -> bool:
    """Whether the heading is a title that the head says twice behind a section's name, and no `CGTN:`."""
    label = heading.removesuffix(text)
    return label != heading and ":" not in label and 0 < len(label) <= _SECTION and said.count(text) > 1


def _without_site(title: str, names: Names, *, at_end: bool) -> str:
    """Drop the site's name, before or behind; at a title's end also an unknown part, short beside the rest.

    >>> _without_site("Example News | A long enough headline", site_names("", ("Example News",)), at_end=False)
    'A long enough headline'
    >>> _without_site("A long enough headline - Local - Site", site_names("", ()), at_end=True)
    'A long enough headline'
    """
    spans = [(hit.start(), hit.end()) for hit in _SEPARATOR.finditer(title)]
    while spans:
        start, end = spans[-1]
        name = names.has(title[end:])
        if not name and not (at_end and _weight(title[:start]) >= 2 * _weight(title[end:])):
            break
        mark = title[start:end]
        title = title[: spans.pop()[0]].rstrip()
        at_end = at_end and _ends_in_section(title, spans, mark)
    while spans and names.has(title[: spans[0][0]]):
        cut = spans.pop(0)[1]
        title, spans = title[cut:], [(start - cut, end - cut) for start, end in spans]
    return title.strip()


def _without_prefix(title: str, names: Names) -> str:
    """Drop the site's name and its colon: only where no heading says that the two belong to the headline."""
    name, colon, rest = title.partition(": ")
    return rest.strip() if colon and names.has(name) else title


def _ends_in_section(title: str, spans: Sequence[tuple[int, int]], mark: str) -> bool:
    """Whether a title without its site still ends in a section's: a word, or two behind the same separator."""
    if not spans:
        return False
    start, end = spans[-1]
    section = title[end:]
    return len(section) <= _SECTION and (
        " " not in section or (title[start:end] == mark and section.count(" ") == 1)
    )


def _completed(title: str, others: Sequence[str]) -> str:
    """A title that was cut, whole where another one begins with it."""
    stem = _CUT.sub("", title)
    if stem == title:
        return title
    folded = fold(stem)
    whole = [other for other in others if fold(other).startswith(folded) and not _CUT.search(other)]
    return min(whole, key=len, default=title)


def _lesser_headings(tree: HtmlElement, names: Names) -> Iterator[str]:
    """Headings of a page whose head and `h1` say nothing but the site's name; not those of its furniture."""
    for heading in islice(tree.iter("h2", "h3"), 8):
        outer = {heading.tag, *(element.tag for element in heading.iterancestors())}
        text = _text(heading)
        linked = any(_text(link) == text for link in heading.iter("a"))
        if len(text) > _HEADLINE and not linked and not outer & _FURNITURE and not names.has(text):
            yield text


def _weight(text: str) -> int:
    """How much a text says: scripts that need fewer characters for it need more bytes."""
    return len(text.encode("utf-8", "replace"))


def _text(element: HtmlElement) -> str:
    return _plain(element.text_content())


def _plain(text: str) -> str:
    """A title with its blanks single and what was escaped twice unescaped: `Tom &amp;amp; Co`."""
    if "&" in text and _REFERENCE.search(text):
        text = html.unescape(text)
    return " ".join(text.split())
