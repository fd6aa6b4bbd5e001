"""Pages that stand before the page: consent walls, bot checks, login stubs, shells that only a script fills."""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING, Final

from crawler.records import Rejected

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lxml.html import HtmlElement

    from crawler.records import Block

_LITTLE: Final = 900
"""Characters of kept prose above which a page has a text, whatever stands around it."""

_HARDLY_ANY: Final = 200
_FEW_WORDS: Final = 60

_BOT = re.compile(
    r"just a moment|checking your browser|verif(?:y|ying) (?:that )?you are (?:a )?human"
    r"|are you a (?:robot|human)|enable javascript and cookies to continue|unusual traffic|captcha"
    r"|access (?:to this page )?(?:has been )?denied|request (?:has been |was )?blocked|security check"
    r"|ddos protection|pardon our interruption|press (?:&|and) hold|\u8bf7\u5b8c\u6210\u5b89\u5168\u9a8c\u8bc1",
    re.IGNORECASE,
)
_CONSENT = re.compile(
    r"we (?:value|care about) your privacy|before you continue|your privacy choices|accept all(?: cookies)?"
    r"|manage (?:your )?(?:privacy|cookie) (?:settings|preferences)|we and our (?:\d+ )?partners"
    r"|consent to (?:the )?use|cookie (?:consent|policy|preferences)|zustimmen und weiter|tout accepter"
    r"|aceptar todo|accetta tutto",
    re.IGNORECASE,
)
_LOGIN = re.compile(
    r"(?:log|sign) ?in to (?:continue|read|view|your account)|please (?:log|sign) ?in"
    r"|create (?:a free|an) account to|subscribe to (?:continue|read|keep reading)"
    r"|already (?:a subscriber|have an account)|register to (?:continue|read)"
    r"|this (?:content|article) is (?:only )?(?:available )?(?:for|to) (?:subscribers|members)",
    re.IGNORECASE,
)
_SCRIPT = re.compile(
    r"(?:enable|requires?|need|without) (?:you to )?(?:enable )?javascript"
    r"|javascript (?:is|to be) (?:disabled|enabled|required)",
    re.IGNORECASE,
)


def find_wall(title: str, blocks: Sequence[Block], *, shell: bool) -> Rejected | None:
    """Which wall the page is, or None where it carries a text of its own.

    `shell` says that the page has scripts and a place for them to fill (see `is_shell`).
    """
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
    if shell and prose < _HARDLY_ANY and sum(len(block.text.split()) for block in blocks) <= _FEW_WORDS:
        return Rejected("extract", "wall:script-only", "the page holds no text until a script has run")
    return None


def is_shell(tree: HtmlElement) -> bool:
    """Whether the page has scripts, and an empty element for them to fill or a plea to switch them on."""
    if next(tree.iter("script"), None) is None:
        return False
    pleas = " ".join(element.text_content() for element in islice(tree.iter("noscript"), 5))
    empty = any(div.get("id") and not len(div) and not (div.text or "").strip() for div in tree.iter("div"))
    return empty or _SCRIPT.search(pleas) is not None
