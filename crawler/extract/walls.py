"""Pages that stand before the page: consent walls, bot checks, login stubs, shells that only a script fills."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from crawler.records import Rejected

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lxml.html import HtmlElement

    from crawler.records import Block

_LITTLE: Final = 900
"""Characters of kept prose above which a page has a text, whatever stands around it."""

_BOT = re.compile(
    r"just a moment|checking your browser|verif(?:y|ying) (?:that )?you are (?:a )?human|are you a (?:robot|human)"
    r"|enable javascript and cookies to continue|unusual traffic|captcha|access (?:to this page )?(?:has been )?denied"
    r"|request (?:has been |was )?blocked|security check|ddos protection|pardon our interruption|press (?:&|and) hold"
    r"|\u8bf7\u5b8c\u6210\u5b89\u5168\u9a8c\u8bc1",
    re.IGNORECASE,
)
_CONSENT = re.compile(
    r"(?:we (?:value|care about) your privacy|before you continue|your privacy choices|accept all(?: cookies)?"
    r"|manage (?:your )?(?:privacy|cookie) (?:settings|preferences)|we and our (?:\d+ )?partners|consent to (?:the )?use"
    r"|cookie (?:consent|policy|preferences)|zustimmen und weiter|tout accepter|aceptar todo|accetta tutto)",
    re.IGNORECASE,
)
_LOGIN = re.compile(
    r"(?:(?:log|sign) ?in to (?:continue|read|view|your account)|please (?:log|sign) ?in|create (?:a free|an) account to"
    r"|subscribe to (?:continue|read|keep reading)|already (?:a subscriber|have an account)|register to (?:continue|read)"
    r"|this (?:content|article) is (?:only )?(?:available )?(?:for|to) (?:subscribers|members))",
    re.IGNORECASE,
)
_SCRIPT = re.compile(
    r"(?:enable|requires?|need|without) (?:you to )?(?:enable )?javascript|javascript (?:is|to be) (?:disabled|enabled|required)",
    re.IGNORECASE,
)


def find_wall(tree: HtmlElement, title: str, blocks: Sequence[Block]) -> Rejected | None:
    """Which wall the page is, or None where it carries a text of its own."""
    prose = sum(len(block.text) for block in blocks if block.kept >= 500 and block.linked < 500)
    if prose > _LITTLE:
        return None
    shown = title + "\n" + "\n".join(block.text for block in blocks[:80])[:6000]
    for reason, pattern, least in (
        ("wall:bot-check", _BOT, 1),
        ("wall:consent", _CONSENT, 2),
        ("wall:login", _LOGIN, 1),
    ):
        hits = {hit.lower() for hit in pattern.findall(shown)}
        if len(hits) >= least:
            return Rejected("extract", reason, sorted(hits)[0])
    if prose < 200 and _is_shell(tree, blocks):
        return Rejected("extract", "wall:script-only", "the page holds no text until a script has run")
    return None


def _is_shell(tree: HtmlElement, blocks: Sequence[Block]) -> bool:
    """Next to no words on the page, but scripts, and a place for them to fill or a plea to switch them on."""
    words = sum(len(block.text.split()) for block in blocks)
    if words > 60 or not tree.xpath("boolean(//script)"):
        return False
    pleas = " ".join(element.text_content() for element in tree.xpath("//noscript")[:5])
    roots = tree.xpath("//div[@id and not(normalize-space())]")
    return bool(roots) or _SCRIPT.search(pleas + " ".join(block.text for block in blocks)) is not None
