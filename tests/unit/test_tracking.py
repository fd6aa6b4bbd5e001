from __future__ import annotations

from urllib.parse import quote

import pytest

from crawler.identify.tracking import unwrap

ARTICLE = "https://news.cgtn.com/news/2025-12-22/A-bridge-opens-1JjihOzBpvi/p.html"


def counted(target: str, host: str = "c212.net") -> str:
    return f"https://{host}/c/link/?t=0&l=en&o=4580001-1&h=12345&u={target}&a=news.cgtn.com"


@pytest.mark.parametrize(
    ("url", "target"),
    [
        (ARTICLE, ARTICLE),
        (counted(quote(ARTICLE, safe="")), ARTICLE),
        (counted(quote(ARTICLE, safe=""), "edge.prnewswire.com"), ARTICLE),
        (counted(quote(quote(ARTICLE, safe=""), safe="")), ARTICLE),
        (counted(quote(counted(quote(ARTICLE, safe="")), safe="")), ARTICLE),
        (counted("https://c212.net/c/link/?t=0&u=" + quote(ARTICLE, safe="")), ARTICLE),
        ("https://c212.net/c/link?u=" + quote(ARTICLE, safe=""), ARTICLE),
        ("https://C212.NET/c/link/?u=" + quote(ARTICLE, safe=""), ARTICLE),
        ("https://cts.businesswire.com/ct/CT?id=smartlink&url=" + quote(ARTICLE, safe="") + "&lan=en-US", ARTICLE),
        ("https://www.google.com/url?sa=t&q=" + quote(ARTICLE, safe=""), ARTICLE),
        ("https://www.bing.com/news/apiclick.aspx?url=" + quote(ARTICLE, safe=""), ARTICLE),
    ],
)
def test_the_target_is_found(url: str, target: str) -> None:
    assert unwrap(url) == target


@pytest.mark.parametrize(
    "url",
    [
        counted("javascript%3Aalert(1)"),
        counted("file%3A%2F%2F%2Fetc%2Fpasswd"),
        counted(""),
        "https://c212.net/c/link/?t=0&l=en",
        "mailto:press@example.com",
        "http://[::1",
        "",
    ],
)
def test_what_leads_nowhere_good_is_refused(url: str) -> None:
    assert unwrap(url) is None


@pytest.mark.parametrize("host", ["c212.net.evil.test", "xc212.net", "c212.net@evil.test", "evil.test/c212.net"])
def test_a_look_alike_is_no_tracker(host: str) -> None:
    url = f"https://{host}/c/link/?u={quote(ARTICLE, safe='')}"
    assert unwrap(url) == url


def test_a_chain_without_end_is_given_up() -> None:
    url = ARTICLE
    for _ in range(12):
        url = "https://c212.net/c/link/?u=" + quote(url, safe="")
    assert unwrap(url) is None
