from __future__ import annotations

from urllib.parse import quote

import pytest

from crawler.identify.tracking import follow, unwrap
from crawler.sites.load import load_sites

TRACKERS = load_sites().trackers
ARTICLE = "https://news.cgtn.com/news/2025-12-22/A-bridge-opens-1JjihOzBpvi/p.html"


def encoded(url: str, times: int = 1) -> str:
    for _ in range(times):
        url = quote(url, safe="")
    return url


def counted(target: str, host: str = "c212.net") -> str:
    return f"https://{host}/c/link/?t=0&l=en&o=4580001-1&h=12345&u={target}&a=news.cgtn.com"


@pytest.mark.parametrize(
    "url",
    [
        ARTICLE,
        f"  {ARTICLE}\n",
        counted(encoded(ARTICLE)),
        counted(encoded(ARTICLE), "edge.prnewswire.com"),
        counted(encoded(ARTICLE, 2)),
        counted(encoded(ARTICLE, 3)),
        counted(ARTICLE.replace("/", "%2F")),
        counted(ARTICLE),
        counted(encoded(counted(encoded(ARTICLE)))),
        counted(encoded(counted(encoded(ARTICLE), "edge.prnewswire.com"), 2)),
        counted("https://c212.net/c/link/?t=0&u=" + encoded(ARTICLE)),
        counted(encoded(ARTICLE)).replace("&", "&amp;"),
        "https://c212.net/c/link?u=" + encoded(ARTICLE),
        "http://c212.net:80/c/link/?u=" + encoded(ARTICLE),
        "https://c212.net:443/c/link/?u=" + encoded(ARTICLE),
        "HTTPS://C212.NET/c/link/?u=" + encoded(ARTICLE),
        "https://c212.net./c/link/?u=" + encoded(ARTICLE),
        "https://c212.net/c/link/?u=" + encoded(ARTICLE) + "#top",
        "https://cts.businesswire.com/ct/CT?id=smartlink&url=" + encoded(ARTICLE) + "&lan=en-US&anchor=a+bridge",
        "https://www.google.com/url?sa=t&q=" + encoded(ARTICLE),
        "https://www.bing.com/news/apiclick.aspx?ref=FexRss&aid=&url=" + encoded(ARTICLE) + "&c=1",
    ],
)
def test_the_target_is_found(url: str) -> None:
    assert unwrap(url, TRACKERS) == ARTICLE


@pytest.mark.parametrize(
    "url",
    [
        counted("javascript%3Aalert(1)"),
        counted("JavaScript%253Aalert(1)"),
        counted("java%09script%3Aalert(1)"),
        counted("data%3Atext%2Fhtml%2Chttps%3A%2F%2Fnews.cgtn.com"),
        counted("file%3A%2F%2F%2Fetc%2Fpasswd"),
        counted("ftp%3A%2F%2Fnews.cgtn.com%2F"),
        counted("%2F%2Fnews.cgtn.com%2Fnews"),
        counted("news.cgtn.com%2Fnews"),
        counted("http%3A%2F%2F"),
        counted("https%3A%2F%2F%5B%3A%3A1"),
        counted("https%3A%2F%2Fnews.cgtn.com%3Aport%2F"),
        counted(""),
        "https://c212.net/c/link/?t=0&l=en",
        "https://c212.net/c/link/",
        "https://c212.net/c/link/?U=" + encoded(ARTICLE),
        "mailto:press@example.com",
        "http://[::1",
        "https://",
        "",
    ],
)
def test_what_leads_nowhere_good_is_refused(url: str) -> None:
    assert unwrap(url, TRACKERS) is None


@pytest.mark.parametrize(
    "place",
    [
        "c212.net.evil.test/c/link/",
        "xc212.net/c/link/",
        "www.c212.net/c/link/",
        "c212.net@evil.test/c/link/",
        "c212.net:443@evil.test/c/link/",
        "evil.test/c212.net/c/link/",
        "evil.test/?https://c212.net/c/link/",
        "c212.net:8443/c/link/",
        "c212.net/c/linked/",
        "c212.net/x/c/link/",
        "c212.net/C/LINK/",
        "c2l2.net/c/link/",
        "с212.net/c/link/",
        "www.globenewswire.com/Tracker",
    ],
)
def test_a_look_alike_is_no_tracker(place: str) -> None:
    url = f"https://{place}?u={encoded(ARTICLE)}"
    assert unwrap(url, TRACKERS) == url


def test_who_a_link_is_for_is_its_host_and_no_name_before_it() -> None:
    assert unwrap(f"https://evil.test@c212.net/c/link/?u={encoded(ARTICLE)}", TRACKERS) == ARTICLE
    assert (
        unwrap(counted(encoded("https://news.cgtn.com@evil.test/x")), TRACKERS)
        == "https://news.cgtn.com@evil.test/x"
    )


def test_a_chain_without_end_is_given_up() -> None:
    url = ARTICLE
    for _ in range(12):
        url = "https://c212.net/c/link/?u=" + quote(url, safe="")
    assert unwrap(url, TRACKERS) is None


def test_the_way_is_told() -> None:
    inner = counted(encoded(ARTICLE), "edge.prnewswire.com")
    outer = counted(encoded(inner))
    assert follow(outer, TRACKERS) == (outer, inner, ARTICLE)
    assert follow(counted(""), TRACKERS) == (counted(""), None)


def test_counters_of_sites_are_data_and_search_engines_are_always_known() -> None:
    assert unwrap(counted(encoded(ARTICLE))) == counted(encoded(ARTICLE))
    assert unwrap("https://www.google.com/url?q=" + encoded(ARTICLE)) == ARTICLE
