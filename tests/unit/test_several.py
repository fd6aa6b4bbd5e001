"""Pages of several stories lead to them and are no copies; a story with others beside it is one."""

from __future__ import annotations

from crawler.flow import Read, read_page
from crawler.records import Fetched
from crawler.sites.load import Sites
from tests.releases import paragraphs

STORIES = [paragraphs(n, 4) for n in range(5)]
URL = "https://www.blog.example/category/press/"


def teaser(n: int, *, whole: bool = False, tag: str = "h2", host: str = "") -> str:
    lines = STORIES[n] if whole else [f"{STORIES[n][0][:200]} [\u2026]"]
    text = "".join(f"<p>{line}</p>" for line in lines)
    more = "" if whole else f'<a href="{host}/2025/12/story-{n}/">Read more</a>'
    return f'<article><{tag}><a href="{host}/2025/12/story-{n}/">Story {n}</a></{tag}>{text}{more}</article>'


def read(body: str, url: str = URL) -> str:
    html = (
        f"<html lang=en><head><title>Press</title></head><body><nav><a href=/>Home</a></nav>{body}</body></html>"
    )
    found = read_page(Fetched(url, None, 200, (("Content-Type", "text/html"),), html.encode()), Sites(()), 1 << 20)
    return "read" if isinstance(found, Read) else found.reason


def test_archives_and_home_pages_are_lists() -> None:
    assert read("".join(teaser(n) for n in range(5))) == "several"
    assert read("".join(teaser(n, whole=True) for n in range(3))) == "several"
    assert read(teaser(0, whole=True) + "".join(teaser(n) for n in range(1, 5))) == "several"
    flat = "".join(f'<h3><a href="/{n}/">Story {n}</a></h3><p>{STORIES[n][0]}</p>' for n in range(4))
    assert read(f"<main>{flat}</main>") == "several"


def test_a_story_is_one_whatever_stands_beside_it() -> None:
    story = "".join(f"<p>{line}</p>" for line in STORIES[0])
    teasers = "".join(teaser(n) for n in range(1, 5))
    assert read(f"<main><article><h1>Story 0</h1>{story}</article>{teasers}</main>") == "read"
    assert read(f"<aside>{teasers}</aside><main><article><h1>Story 0</h1>{story}</article></main>") == "read"
    own = f'<article><h1><a href="/story-0/">Story 0</a></h1>{story}</article>'
    assert read(f"<main>{own}{teasers}</main>", "https://www.blog.example/story-0/") == "read"


def test_headlines_that_lead_away_or_twice_to_one_page_make_no_list() -> None:
    assert read("".join(teaser(n, host="https://elsewhere.example") for n in range(5))) == "read"
    again = "".join(f'<h3><a href="/one/">Part {n}</a></h3><p>{STORIES[n][0]}</p>' for n in range(4))
    assert read(f"<main>{again}</main>") != "several"
    assert read(f"<main>{teaser(0)}{teaser(1)}</main>") != "several"
