"""Invented releases and the pages that carry them: the same seed gives the same text, another one another text."""

from __future__ import annotations

import random

from crawler.records import Fetched

_WHO = "council ministry museum university harbour railway factory hospital orchestra library bank farm".split()
_WHAT = "bridge canal archive turbine festival laboratory station market vaccine satellite garden theatre".split()
_DID = "opened finished tested funded repaired doubled moved presented measured planned sold restored".split()
_HOW = "quietly early together abroad twice slowly gladly at-last in-public by-night for-free under-budget".split()
_WHERE = "Aldport Brenwick Corrin Dunmere Eastholm Farrow Glenby Harlow Inverin Jarrowby Kelso Lindale".split()


def sentence(seed: random.Random) -> str:
    words = [
        "The", seed.choice(_WHO), "of", seed.choice(_WHERE), seed.choice(_DID), "the", seed.choice(_WHAT),
        "near", seed.choice(_WHERE), seed.choice(_HOW), "after", str(seed.randint(2, 9999)), "days, and the",
        seed.choice(_WHO), seed.choice(_DID), "a", seed.choice(_WHAT), seed.choice(_HOW),
    ]  # fmt: skip
    return " ".join(words) + "."


def paragraphs(seed: int, count: int = 6, sentences: int = 3) -> list[str]:
    """The paragraphs of one invented release."""
    chance = random.Random(seed)
    return [" ".join(sentence(chance) for _ in range(sentences)) for _ in range(count)]


def page(
    url: str, body: list[str], *, title: str = "News", at: str | None = "2025-12-22T07:16:09Z", head: str = ""
) -> Fetched:
    """A plain page that carries the paragraphs, with a little furniture around them."""
    text = "".join(f"<p>{line}</p>" for line in body)
    html = (
        f"<html lang=en><head><title>{title} | Example</title>{head}</head><body><nav><a href=/>Home</a></nav>"
        f"<article><h1>{title}</h1>{text}</article><footer>Terms of use</footer></body></html>"
    )
    return Fetched(url, at, 200, (("Content-Type", "text/html; charset=utf-8"),), html.encode())
