"""What each rule of the cleaning means, for people: the one table behind `explain`, exports and docs/cleaning.md.

A rule is the short word that the ledger holds; a sentence here says why a block is what it is. The table stands
here and not beside the rules, so that a better wording changes no `rules_version` and derives nothing again.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule and its sentence, which goes on where "this block …" begins.

    A `name` that ends in a colon is the beginning of many: what follows it in the ledger is put in the place of
    `{detail}`. `known` is the sentence where values that are computed when it is shown are at hand (how many
    releases, which page); `says` needs none of them.
    """

    name: str
    says: str
    known: str = ""


RULES: Final = (
    Rule("title", "is the headline, which is a field of its own"),
    Rule("body", "is running text of the release"),
    Rule("subhead", "is a short line that heads a part of the release"),
    Rule("about", "is what the issuer says about itself, from “About …” on"),
    Rule("contact", "names whom the press can ask"),
    Rule("trailer:", "is a closing line of the release"),
    Rule("trailer:source", "is a closing line of the release: it names the source"),
    Rule("trailer:original", "is a closing line of the release: it links to the original"),
    Rule("trailer:pointer", "is a closing line of the release: it says where to read more"),
    Rule("trailer:media", "is a closing line of the release: it leads to a picture, a video or a logo"),
    Rule("trailer:notice", "is a closing line of the release: a wire's or an agency's own note below it"),
    Rule("trailer:end", "is a closing line of the release: an end mark"),
    Rule("trailer:address", "is a closing line of the release: an address and nothing else"),
    Rule("site:below", "stands below a line with which, as the site's file says, its own part begins"),
    Rule(
        "site:outside", "stands outside of the part of the page that, as the site's file says, holds the release"
    ),
    Rule("site:line", "is a line that the site's file names as the site's own"),
    Rule("site:hint", "stands in a box that the site's file names as the site's own"),
    Rule("above-release", "stands above the release"),
    Rule("above-dateline:repeats-lead", "says the beginning of the release once more, above its dateline"),
    Rule("above-title", "stands above the headline"),
    Rule("by-line", "names the author, with a date or without"),
    Rule("date-line", "is a date and nothing else"),
    Rule("repeated-below", "says what a block below it says in full"),
    Rule("below-trailer", "stands below the release's closing lines"),
    Rule("below-trailer:ticker", "is a line of a price box below the release's closing lines"),
    Rule("below-last-kept", "stands below the last block that trafilatura takes for text"),
    Rule("shape:ticker", "is a line of a price box: three or more such lines stand in a row"),
    Rule("shape:ticker-heading", "heads a price box"),
    Rule("line:", "is a line that is a widget by itself: {detail}"),
    Rule("line:related", "is a line that leads to another story or tells when one was published"),
    Rule("line:read-more", "is a line that leads to the rest of the text"),
    Rule("line:attribution-footer", "is the site's note on where the post stood first"),
    Rule("line:newsletter", "asks to subscribe or to follow, or belongs to a form"),
    Rule("line:share", "is a share button's word"),
    Rule("line:disclaimer", "has the words of a disclaimer and stands apart from the text"),
    Rule("line:advert", "says that an advertisement stands here"),
    Rule("line:byline-box", "says who wrote for the site, and stands apart from the text"),
    Rule("heading", "heads a list of other stories or another widget"),
    Rule("under:", "stands under the heading “{detail}”"),
    Rule("outside:above", "stands above the paragraphs, outside the element that holds them"),
    Rule("outside:below", "stands below the paragraphs, outside the element that holds them"),
    Rule("outside:box", "stands in a box, to say by its class, such as a caption's or an author's"),
    Rule("tail:other-element", "stands below the last paragraph, in another kind of element than the text"),
    Rule("tail:teasers", "belongs to a list of teasers at the end: headlines that lead away, each with its text"),
    Rule("tail:", "is a note of the site's at the end of the text: {detail}"),
    Rule("tail:disclaimer", "says at the end of the text what only a carrier says, or claims copyright"),
    Rule("tail:attribution-footer", "says at the end of the text where it stood first"),
    Rule("tail:newsletter", "asks at the end of the text to subscribe or to follow"),
    Rule("tail:byline-box", "says at the end of the text who wrote for the site"),
    Rule("below-read-more", "stands below the line that leads to the rest of a cut text, and apart from it"),
    Rule("not-kept", "is no text to trafilatura, and does not stand among the paragraphs"),
    Rule(
        "memory:site",
        "is shown by this site under other releases too, and no other site's copy of this one has it",
        "is shown by this site under {releases} releases, and no other site's copy of this one has it",
    ),
    Rule(
        "memory:container",
        "stands in a box that this site shows under other releases too",
        "stands in a box that this site shows under {releases} releases",
    ),
    Rule(
        "memory:owned",
        "is the text of another page",
        "is the text of another page: {page}",
    ),
    Rule(
        "memory:sibling",
        "is the release's: other sites' copies of it carry it too",
        "is the release's: {sites} other sites' copies of it carry it too",
    ),
    Rule("memory:addition", "stands in this outlet's copy of the release alone: the outlet may have added it"),
)
"""Every rule that the cleaning can give. Tests hold the code, and docs/cleaning.md, against it."""

_BY_NAME: Final = {rule.name: rule for rule in RULES}


def find_rule(name: str) -> Rule | None:
    """The entry of a rule as the ledger names it: its own, else the longest beginning that it has.

    >>> find_rule("under:you may also like").name
    'under:'
    """
    found = _BY_NAME.get(name)
    at = len(name)
    while found is None and (at := name.rfind(":", 0, at)) >= 0:
        found = _BY_NAME.get(name[: at + 1])
    return found


def tell_rule(name: str, values: Mapping[str, str] | None = None) -> str:
    """The rule in words. `values` fill the places of its sentence; what the ledger itself holds needs none.

    >>> tell_rule("under:you may also like")
    'stands under the heading “you may also like”'
    >>> tell_rule("under:you may also like", {"detail": "You May Also Like"})
    'stands under the heading “You May Also Like”'
    >>> tell_rule("memory:site")
    "is shown by this site under other releases too, and no other site's copy of this one has it"
    >>> tell_rule("memory:site", {"releases": "7"})
    "is shown by this site under 7 releases, and no other site's copy of this one has it"
    """
    rule = find_rule(name)
    if rule is None:
        return f"is what the rule “{name}” says"
    if rule.known and values:
        with suppress(KeyError):
            return rule.known.format_map(values)
    return rule.says.format_map({"detail": name.removeprefix(rule.name)} | dict(values or {}))
