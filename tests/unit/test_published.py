"""When a page was published, asked of whole pages: what counts is where a date stands."""

from __future__ import annotations

import pytest

from crawler.flow import Read, read_page
from crawler.records import Fetched
from crawler.sites.load import load_sites

SITES = load_sites()
TITLE = "A bridge opens in the valley"
TEXT = "".join(
    f"<p>{line}</p>"
    for line in (
        "The council opened the bridge on Monday, three months before the day that it had named in spring.",
        "A drive that took seventy minutes on the old road now takes four, said the county's transport office.",
        "Engineers hung the cables with the help of drones, because the wind in the gorge allowed no helicopter.",
        "The county expects forty thousand visitors in the first year, and has opened eleven guest houses.",
    )
)
CARD = (
    "<li><a href=/a/{0}>Story {0} of the week, in a few words</a> <time datetime=2025-12-{0}>{0} Dec</time></li>"
)
CARDS = "<ul class=related>" + "".join(CARD.format(n) for n in (10, 11, 12)) + "</ul>"
LD = '<script type="application/ld+json">{"@type":"NewsArticle","headline":"%s","datePublished":"%s"}</script>'


def published(body: str, head: str = "", url: str = "https://news.example/a/1", lang: str = "en") -> str | None:
    page = f"<html lang={lang}><head><title>{TITLE}</title>{head}</head><body>{body}</body></html>"
    headers = (("Content-Type", "text/html; charset=utf-8"),)
    found = read_page(Fetched(url, "2025-12-23T00:00:00Z", 200, headers, page.encode()), SITES, 1 << 24)
    assert isinstance(found, Read), found
    return found.page.published_at


def article(above: str = "", below: str = "", before: str = "") -> str:
    return f"{before}<article><h1>{TITLE}</h1>{above}{TEXT}{below}</article>"


@pytest.mark.parametrize(
    ("body", "moment"),
    [
        (article(), None),
        (
            article("<p class=by>By Ann Lee <time datetime=2025-12-22T15:00:00Z>today</time></p>"),
            "2025-12-22T15:00:00Z",
        ),
        (article("<div>By Ann Lee | December 22, 2025 at 3:00 pm</div>"), "2025-12-22T15:00:00"),
        (
            article("<p><a href=/b>Bo</a> <a href=/c>Ann Lee</a> Dec. 22, 2025 <a href=/d>News</a></p>"),
            "2025-12-22",
        ),
        (article("<p><a href=/a/1><time datetime=2025-12-22>22 Dec</time></a></p>"), "2025-12-22"),
        (article("<p><a href=/a/2>A canal is dredged again <time datetime=2025-12-20>x</time></a></p>"), None),
        (article("<ago-time datetime=2025-12-22T15:00:00Z>today</ago-time>"), "2025-12-22T15:00:00Z"),
        (article("<p><ins datetime=2025-12-20>A correction.</ins></p>"), None),
        (
            article(
                "<figure><img src=a.jpg><figcaption>The gorge on May 3, 2021. Photo: A. Lee</figcaption></figure>"
            ),
            None,
        ),
        (f"<div class=today>Monday, December 22, 2025</div>{article()}", None),
        (
            f"<div class=today>Monday, December 22, 2025</div>{article('<p>By A. Lee, 19 Dec 2025</p>')}",
            "2025-12-19",
        ),
        (article("<div>Dec.December 22, 20253:00 PM</div>"), "2025-12-22T15:00:00"),
        (article("<div><span>22/12/2025</span></div>"), "2025-12-22"),
        (article("<p>Updated: Dec. 22, 2025</p><p>Published: Dec. 21, 2025</p>"), "2025-12-21"),
        (article("<p>Updated: Dec. 22, 2025</p>"), "2025-12-22"),
        (article("<span itemprop=datePublished content=2025-12-22>yesterday</span>"), "2025-12-22"),
        (f"<div><div class=kicker>22.12.2025 | Local</div>{article()}</div>", "2025-12-22"),
        (article(CARDS), None),
        (article(CARDS + "<p><time>December 20, 2025</time></p>"), "2025-12-20"),
        (article("<p><time>December 20, 2025</time></p>" + CARDS), "2025-12-20"),
        (article(below=CARDS), None),
        (article(below="<footer>Copyright Dec. 1, 2025</footer><time datetime=2025-12-02>2 Dec</time>"), None),
        (article(before=f"<nav>{CARDS}</nav><aside><h3>Latest</h3>{CARDS}</aside>"), None),
        (article("<p><a href=/a/2>A canal is dredged again, December 20, 2025</a></p>"), None),
    ],
)
def test_a_date_counts_near_title_and_text_alone(body: str, moment: str | None) -> None:
    assert published(body) == moment


@pytest.mark.parametrize(
    ("head", "moment"),
    [
        (LD % (TITLE, "2025-12-22T10:00:00Z"), "2025-12-22T10:00:00Z"),
        (LD % ("A canal is dredged again", "2025-12-01"), "2025-12-20"),
        (LD % (TITLE, "2031-01-01"), "2025-12-20"),
        (LD % (TITLE, "0001-01-01T00:00:00"), "2025-12-20"),
        (LD % (TITLE, "1970-01-01"), "2025-12-20"),
        ("<meta name=date content=2025-12-22>", "2025-12-22"),
        ("<meta name=date content='22/12/2025'>", "2025-12-22"),
        (LD % (TITLE, "4/6/2016") + "<meta name=date content='4/6/2016 4:00:00 PM'>", "2016-04-06T16:00:00"),
    ],
)
def test_what_the_head_states_comes_first_where_it_can_be(head: str, moment: str) -> None:
    assert published(article("<p><time datetime=2025-12-20>Saturday</time></p>"), head) == moment


def test_a_datelines_date_is_the_last_resort() -> None:
    line = (
        "<p>LANTERN BAY, Dec. 22, 2025 /PRNewswire/ -- Halcyon published an article on the bridge on Monday.</p>"
    )
    assert published(article(line)) == "2025-12-22"
    assert published(article("<p><time datetime=2025-12-23>x</time></p>" + line)) == "2025-12-23"


def test_figures_are_read_in_the_order_of_the_language() -> None:
    assert published(article("<div>03/04/2025</div>")) == "2025-03-04"
    assert published(article("<div>03/04/2025</div>"), lang="en-GB") == "2025-04-03"


def test_a_sites_own_zone_holds_for_its_pages() -> None:
    url = "https://news.cgtn.com/news/2025-12-22/A-bridge-opens-in-the-valley-1JjihOzBpvi/p.html"
    assert published(article("<span class=date>15:20, 22-Dec-2025</span>"), url=url) == "2025-12-22T07:20:00Z"
    assert published(article("<span class=date>22-Dec-2025 15:20</span>"), url=url) == "2025-12-22T07:20:00Z"
