"""The page generator is true to itself: its ids are valid, its truth is on its pages, its furniture is not."""

from __future__ import annotations

import re
from collections import Counter
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from urllib.robotparser import RobotFileParser

import feedparser
import lxml.html
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.cli.demo import SITES
from crawler.demo.carriers import edit, texturize, truncate
from crawler.demo.newsroom import newsroom as make_newsroom
from crawler.demo.releases import Line, read_originals, read_stories, snowflake62_of
from crawler.sites.ids import snowflake62
from crawler.sites.load import Sites, load_site

if TYPE_CHECKING:
    from crawler.demo.newsroom import Newsroom, Truth

SAMPLES = Sites(tuple(load_site(path) for path in sorted(SITES.glob("*.toml"))))
LIES = {"http://www.coinbazaar.test/news/1005"}
SCRIPTS = re.compile(r"<(script|style)\b.*?</\1>", re.DOTALL)


def squeezed(text: str) -> str:
    return " ".join(text.split())


def page_of(newsroom: Newsroom, truth: Truth) -> str:
    parts = urlsplit(truth.url)
    response = newsroom.answer(parts.netloc, parts.path, times=9)
    assert response.status == 200
    return response.body.decode()


def seen(html: str) -> str:
    """What a reader sees of a page, in one line; the text of pictures too."""
    body = lxml.html.fromstring(SCRIPTS.sub("", html)).find("body")
    assert isinstance(body, lxml.html.HtmlElement)
    return squeezed(" ".join([body.text_content(), *(image.get("alt", "") for image in body.iter("img"))]))


def pages(newsroom: Newsroom) -> list[Truth]:
    return [truth for truth in newsroom.truth if truth.fate != "wall"]


@given(
    st.datetimes(
        min_value=datetime(2016, 1, 1),  # noqa: DTZ001 (the strategy adds the zone)
        max_value=datetime(2040, 1, 1),  # noqa: DTZ001 (as above)
        timezones=st.just(UTC),
    ),
    st.integers(0, 10**9),
)
def test_an_id_tells_when_it_was_made(created: datetime, salt: int) -> None:
    made = snowflake62(snowflake62_of(created, salt))
    assert made is not None
    assert abs((made - created).total_seconds()) < 0.002


def test_every_origin_id_is_valid_and_says_the_day_of_its_address() -> None:
    own = [original for original in read_originals() if original.origin_id]
    assert len(own) == 3
    for original in own:
        made = snowflake62(original.origin_id or "")
        assert made is not None
        assert f"/{made:%Y-%m-%d}/" in (original.origin_url or "")


def test_site_files_know_every_release_by_its_addresses() -> None:
    for original in read_originals():
        for url in filter(None, (original.origin_url, original.wire_url)):
            site = SAMPLES.of_url(url)
            assert site is not None
            assert site.is_item(url)
            assert any(Sites((site,)).read(url))


def test_releases_are_long_enough_and_end_as_releases_do() -> None:
    originals = read_originals()
    assert {original.language for original in originals} == {"en", "es"}
    for original in originals:
        assert 8 <= len(original.article) <= 14
        assert [line.role for line in original.closing()] == ["trailer"] * len(original.closing())
        assert original.closing()[-1].text.endswith(original.issuer)
        assert original.wire_url in original.closing()[-2].text


def test_two_releases_share_what_their_issuer_repeats_and_tell_other_facts() -> None:
    second, third = (o for o in read_originals() if o.name.startswith("veltrane"))
    assert second.about == third.about
    assert not set(second.article) & set(third.article) - {Line("subhead", "Outlook")}


def test_the_same_seed_gives_the_same_bytes_and_another_one_other_furniture(newsroom: Newsroom) -> None:
    assert make_newsroom(1) == newsroom
    other = make_newsroom(2)
    assert [t.text for t in other.truth] == [t.text for t in newsroom.truth]
    assert [t.widgets for t in other.truth] != [t.widgets for t in newsroom.truth]


def test_no_line_of_a_clean_text_is_missing_from_its_page(newsroom: Newsroom) -> None:
    for truth in pages(newsroom):
        shown = seen(page_of(newsroom, truth))
        missing = [line for line in truth.text.split("\n") if squeezed(line) not in shown]
        assert not missing, truth.url


def test_no_widget_is_in_a_clean_text_and_all_are_on_the_page(newsroom: Newsroom) -> None:
    for truth in pages(newsroom):
        shown = seen(page_of(newsroom, truth))
        lines = set(truth.text.split("\n"))
        assert truth.widgets
        for widget in truth.widgets:
            assert widget not in lines, truth.url
            assert squeezed(widget) in shown, truth.url


def test_truth_names_a_release_with_a_relation_or_neither(newsroom: Newsroom) -> None:
    urls = {original.url for original in read_originals()}
    for truth in newsroom.truth:
        assert truth.release is None or truth.release in urls
        assert (truth.release is None) == (truth.relation in {None, "citation"})
        assert truth.row()["url"] == truth.url
    relations = Counter(truth.relation for truth in newsroom.truth if truth.release)
    assert set(relations) == {"origin", "wire", "verbatim", "truncated", "excerpt", "edited", "expanded"}
    assert relations["origin"] == 3
    assert relations["wire"] == 6


def test_one_page_lies_about_what_it_is(newsroom: Newsroom) -> None:
    found = set()
    for truth in pages(newsroom):
        tree = lxml.html.fromstring(page_of(newsroom, truth).encode())
        (claimed,) = (link.get("href") for link in tree.iter("link") if link.get("rel") == "canonical")
        if claimed != truth.url:
            found.add(truth.url)
            assert truth.release is None
            assert claimed in {original.url for original in read_originals()}
    assert found == LIES


def test_the_citing_stories_name_an_origin_in_running_text(newsroom: Newsroom) -> None:
    citing = [truth for truth in newsroom.truth if truth.relation == "citation"]
    assert len(citing) == 2
    for truth in citing:
        assert any("http://news.halcyon.test/news/" in line and len(line) > 150 for line in truth.text.split("\n"))


def test_every_page_can_be_found_from_a_front(newsroom: Newsroom) -> None:
    fronts = [url for site in SAMPLES.all for part in ("feeds", "listings", "sitemaps")
              for url in getattr(site.discover, part)]  # fmt: skip
    listed = ""
    for url in fronts:
        parts = urlsplit(url)
        response = newsroom.answer(parts.netloc, parts.path)
        assert response.status == 200, url
        text = response.body.decode()
        assert not feedparser.parse(text).bozo or not url.endswith((".rss", "/feed/", "world.xml")), url
        listed += text
    for truth in newsroom.truth:
        assert urlsplit(truth.url).path in listed, truth.url
        site = SAMPLES.of_url(truth.url)
        assert site is not None
        assert site.is_item(truth.url), truth.url


def test_one_site_is_busy_at_first_and_one_forbids_its_stories(newsroom: Newsroom) -> None:
    busy = [served for served in newsroom.served if len(served.answers) > 1]
    assert [served.host for served in busy] == ["www.harborledger.test"]
    first = newsroom.answer(busy[0].host, busy[0].path)
    assert first.status == 503
    assert ("Retry-After", "1") in first.headers
    assert newsroom.answer(busy[0].host, busy[0].path, times=1).status == 200
    for truth in newsroom.truth:
        rules = RobotFileParser()
        parts = urlsplit(truth.url)
        rules.parse(newsroom.answer(parts.netloc, "/robots.txt").body.decode().splitlines())
        assert rules.can_fetch("Tearsheet", truth.url) is (truth.fate != "forbidden")


def test_what_is_not_served_is_not_found(newsroom: Newsroom) -> None:
    assert newsroom.answer("www.coinbazaar.test", "/news/9").status == 404
    assert newsroom.answer("www.example.test", "/").status == 404


def test_captions_are_said_three_times_on_the_origins_pages(newsroom: Newsroom) -> None:
    html = page_of(newsroom, newsroom.truth[0])
    caption = "Engineers lower the ninth turbine into its slot"
    assert html.count(caption) >= 3
    assert caption not in newsroom.truth[0].text


def test_carriers_change_what_they_say_they_change() -> None:
    lines = (Line("body", 'One "two" -- three, it\'s http://a.test/x--y'), Line("body", "four five six seven"))
    assert texturize(lines)[0].text == "One “two” — three, it’s http://a.test/x--y"
    assert truncate(lines, 1, 2)[-1].text == "four five…"
    assert edit(lines, {"five": "5"})[1].text == "four 5 six seven"
    with pytest.raises(ValueError, match="no such words"):
        edit(lines, {"eight": "8"})


def test_stories_are_nobodys_copies() -> None:
    bodies = [line.text for story in read_stories() for line in story.lines]
    releases = {line.text for original in read_originals() for line in original.wired()}
    assert len(bodies) == len(set(bodies))
    assert not releases & set(bodies)
