"""What pages and their hosts reserve, as signals: like the records, this imports nothing of ours.

Robots directives of headers and metas, `Content-Usage` and `Content-Signal`, and text and data mining by TDMRep
(https://www.w3.org/community/reports/tdmrep/CG-FINAL-tdmrep-20240510/): of the rules of a host's file the first
that fits an address counts, a response's header goes before the file, and the page's own meta before both.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, Literal, get_args
from urllib.parse import unquote, urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from crawler.records import Claim

Signal = Literal["noarchive", "noindex", "nosnippet", "tdm-reserved", "ai-reserved"]

RESERVING: Final = frozenset({"noarchive", "tdm-reserved", "ai-reserved"})
"""Signals of a copy that keep its text from being handed on where only what nobody reserved is."""

UNQUOTED: Final = frozenset({"noarchive", "nosnippet"})
"""Signals of a page that is linked in a report, and not quoted."""

FILE: Final = "/.well-known/tdmrep.json"
RULE: Final = "tdmrep"
"""The kind of the claims of that file: pattern, 1 or 0, and the address of a policy, with blanks between."""

KINDS: Final = (
    "robots", "tdm-reservation", "http:x-robots-tag", "http:tdm-reservation", "http:content-usage",
    "http:content-signal",
)  # fmt: skip
"""Claims of a page that say what it reserves."""

_US: Final = "tearsheet"
_WORDS: Final[dict[str, Signal]] = {
    "noarchive": "noarchive",
    "nocache": "noarchive",
    "noindex": "noindex",
    "none": "noindex",
    "nosnippet": "nosnippet",
    "max-snippet:0": "nosnippet",
    "noai": "ai-reserved",
    "train-ai=n": "ai-reserved",
    "ai-train=no": "ai-reserved",
}
_AGENT = re.compile(r"\A\s*(\*|[a-z][a-z0-9_.-]*)\s*:(.*)", re.DOTALL)
_VALUED: Final = frozenset({"max-snippet", "max-image-preview", "max-video-preview", "unavailable_after"})


def file_of(url: str) -> str | None:
    """The address of the file that says what the host of an address reserves.

    >>> file_of("https://example.org:8443/a?b")
    'https://example.org:8443/.well-known/tdmrep.json'
    """
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    return f"{parts.scheme}://{parts.netloc}{FILE}" if parts.scheme in {"http", "https"} and parts.netloc else None


def read_signals(url: str, claims: Iterable[Claim], rules: Sequence[str] = ()) -> tuple[Signal, ...]:
    """What is reserved of the page at `url` that makes these claims, in a fixed order.

    `rules` are what the file of its host says, as claims of the kind `RULE` have it.
    """
    found: set[str] = set()
    said = {RULE: next((rule.split()[1] for rule in rules if _fits(rule.split()[0], url)), "0")}
    for claim in claims:
        if claim.kind.endswith("tdm-reservation"):
            said.setdefault(claim.kind, claim.value.strip())
        else:
            found.update(_WORDS[word] for word in _directives(claim.value) if word in _WORDS)
    if said.get("tdm-reservation", said.get("http:tdm-reservation", said[RULE])) == "1":
        found.add("tdm-reserved")
    return tuple(signal for signal in get_args(Signal) if signal in found)


def _directives(value: str) -> Iterator[str]:
    """The directives that are for us: behind another robot's name they are for that one alone.

    >>> list(_directives("otherbot: noindex, nosnippet, *: noarchive, max-snippet: 0"))
    ['noarchive', 'max-snippet:0']
    """
    ours = True
    for part in value.lower().split(","):
        said = part
        agent = _AGENT.fullmatch(part)
        if agent is not None and agent[1] not in _VALUED:
            ours = agent[1] in {"*", _US}
            said = agent[2]
        if ours:
            yield "".join(said.split())


def _fits(pattern: str, url: str) -> bool:
    """Whether a pattern of the file, written as in robots.txt, fits an address.

    >>> _fits("/news/*.html$", "https://a.example/news/1.html"), _fits("/news/", "https://a.example/sport/")
    (True, False)
    """
    parts = urlsplit(url)
    path = unquote(parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    ends = pattern.endswith("$")
    pieces = [unquote(piece) for piece in pattern.removesuffix("$").split("*")]
    if not path.startswith(pieces[0]):
        return False
    at = len(pieces[0])
    for piece in pieces[1:-1] if ends else pieces[1:]:
        at = path.find(piece, at)
        if at < 0:
            return False
        at += len(piece)
    if not ends:
        return True
    return at == len(path) if len(pieces) == 1 else path.endswith(pieces[-1]) and len(path) - len(pieces[-1]) >= at
