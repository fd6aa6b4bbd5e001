"""What is asked for a release, and whom: the same release gives the same questions."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import msgspec
import pytest

from crawler.discover.phrases import pick_phrases
from crawler.discover.queries import MOST, Sought, carriers, queries
from crawler.fetch.addresses import url_fault
from crawler.sites.check import find_problems
from crawler.sites.load import Site, Sites, load_sites

if TYPE_CHECKING:
    from typing import Any

SITES = load_sites()
NOW = datetime(2026, 1, 3, 4, 5, 6, tzinfo=UTC)
LEAD = (
    "BEIJING, Dec. 22, 2025 /PRNewswire/ -- CGTN published an article on how ferrymen of the upper valley became "
    "the keepers of its new suspension bridge."
)
TEXT = f"""{LEAD}
The bridge is 412 meters long. Bougainvillea now grows where Zhou Wenhai's grandfather moored two ferries in the \
floods of every spring.
It was a good year, and it will be one of the best years for the people of the country, they said.
About CGTN
CGTN is an internationally operating multilingual broadcasting organisation headquartered in Beijing."""
RELEASE = Sought(
    "cgtn:1JjihOzBpvi",
    "https://news.cgtn.com/news/2025-12-22/Ferrymen-of-the-valley-1JjihOzBpvi/p.html",
    ("https://www.prnewswire.com/news-releases/ferrymen-of-the-valley-302648155.html",),
    "CGTN: Ferrymen of the valley keep its new bridge",
    TEXT,
    "2025-12-22",
)


def ask(release: Sought = RELEASE, sites: Sites = SITES, **more: Any) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for lead in queries(release, sites, NOW, **more):
        assert lead.release_hint == release.key
        assert lead.why.startswith("asked for ")
        assert lead.source == f"query of {lead.site}"
        assert url_fault(lead.url) is None
        found.setdefault(lead.site, []).append(lead.url)
    return found


def test_phrases_are_the_lead_and_the_rarest_of_the_body() -> None:
    found = pick_phrases(RELEASE.title, TEXT)
    assert found.sentences[0] == "CGTN published an article on how ferrymen of the upper valley became"
    assert found.sentences[1].startswith("Bougainvillea now grows where Zhou Wenhai's grandfather moored")
    assert all(8 <= len(sentence.split()) <= 12 for sentence in found.sentences)
    assert found.title == "Ferrymen of the valley keep its new bridge"
    assert found.words == ("ferrymen", "valley", "keep", "bridge")


@pytest.mark.parametrize("text", [TEXT, LEAD, "", "Short.", "\n\n", "\u201c" * 50, "a b c " * 500])
def test_words_that_services_refuse_are_not_asked_for(text: str) -> None:
    for run in pick_phrases(RELEASE.title, text).runs:
        assert 3 <= len(run.split()) <= 8
        assert all(len(word) >= 3 for word in run.split())


def test_scripts_without_blanks() -> None:
    text = (
        "北京2025年12月22日 /美通社/ -- CGTN发表文章，讲述渡船人如何守护上游河谷的新悬索桥。\n"
        "三角梅如今开在周文海的祖父曾经停泊两条渡船的地方。"
    )
    found = pick_phrases("渡船人守护河谷的新桥", text)
    assert found.sentences == (
        "讲述渡船人如何守护上游河谷的新悬索桥",
        "三角梅如今开在周文海的祖父曾经停泊两条渡船的地方",
    )
    assert found.words == ()


def test_each_service_is_asked_in_its_own_way() -> None:
    found = ask()
    assert set(found) == {"commoncrawl", "gdelt", "wayback"}
    asked = [parse_qs(urlsplit(url).query) for url in found["gdelt"]]
    said = [each["query"][0] for each in asked]
    assert (said[0][0], said[0][-1]) == ('"', '"')
    assert said[-2:] == ["1JjihOzBpvi", "302648155"]
    assert {(each["startdatetime"][0], each["enddatetime"][0]) for each in asked} == {
        ("20251221000000", "20260103040000")
    }
    exact = [url for url in found["wayback"] if "matchType" not in url]
    assert len(exact) == 2
    assert len(found["wayback"]) == 2 + len(carriers(SITES))
    assert urlsplit(found["commoncrawl"][0]).fragment.startswith(
        "since=20251221000000&until=20260103040000&words="
    )


def test_the_same_release_is_asked_for_in_the_same_words() -> None:
    assert queries(RELEASE, SITES, NOW) == queries(RELEASE, load_sites(), NOW)
    assert queries(RELEASE, SITES, NOW) == queries(RELEASE, SITES, NOW.replace(minute=59))


def test_a_service_that_sees_three_months_is_not_asked_about_older_ones() -> None:
    release = Sought(RELEASE.key, RELEASE.url, (), RELEASE.title, RELEASE.text, "2024-01-05")
    asked = [parse_qs(urlsplit(url).query) for url in ask(release)["gdelt"]]
    assert {each["startdatetime"][0] for each in asked} == {"20251005040000"}
    again = ask(asked_at=datetime(2026, 1, 2, tzinfo=UTC))
    assert "startdatetime=20260101000000" in again["gdelt"][0]
    assert "gdelt" not in ask(asked_at=datetime(2027, 1, 2, tzinfo=UTC))


def test_reserved_services_are_off() -> None:
    assert not {"googlenews", "bingnews"} & set(ask())
    named = ask(named=frozenset({"googlenews"}))
    assert parse_qs(urlsplit(named["googlenews"][0]).query)["q"][0].startswith('"CGTN published')
    assert "bingnews" not in named


def test_a_release_of_which_only_the_address_is_known() -> None:
    found = ask(Sought("cgtn:1JjihOzBpvi", RELEASE.url))
    assert [parse_qs(urlsplit(url).query)["query"][0] for url in found["gdelt"]] == ["1JjihOzBpvi"]
    assert len(found["wayback"]) == 1
    assert "commoncrawl" not in found
    assert queries(Sought("x:1"), SITES, NOW) == ()


def test_queries_of_a_site_file() -> None:
    def blog(url: str, kind: str = "wordpress") -> Site:
        data = {
            "name": "blog", "title": "Blog", "tier": "copy", "hosts": ["blog.example"],
            "discover": {"queries": [{"kind": kind, "url": url}]},
        }  # fmt: skip
        return msgspec.convert(data, Site)

    posts = blog("https://blog.example/wp-json/wp/v2/posts?search={title}&per_page=20")
    assert find_problems(Sites((posts,)), "blog") == []
    assert ask(sites=Sites((posts,)))["blog"] == [
        "https://blog.example/wp-json/wp/v2/posts?search=Ferrymen%20of%20the%20valley%20keep%20its%20new%20bridge&per_page=20"
    ]
    assert posts.is_listing("https://blog.example/wp-json/wp/v2/posts?search=x&per_page=20")
    assert not posts.is_listing("https://blog.example/2025/12/22/x/")
    bad = {
        "ftp://blog.example/{title}": "is no http address",
        "https://blog.example/{titel}": "unknown placeholder {titel}",
        "https://blog.example/new?since={since}": "asks for no release",
    }
    for url, problem in bad.items():
        assert problem in find_problems(Sites((blog(url),)), "blog")[0]
    assert "tier 'index'" in find_problems(Sites((blog("https://blog.example/{title}", "gdelt"),)), "blog")[0]


def test_lists_of_news_files_are_asked_by_month() -> None:
    url = "https://data.commoncrawl.org/crawl-data/CC-NEWS/{month}/warc.paths.gz#since={since}"
    data = {
        "name": "news", "title": "News", "tier": "index", "hosts": ["data.commoncrawl.org"],
        "discover": {"queries": [{"kind": "ccnews", "url": url}]},
    }  # fmt: skip
    sites = Sites((msgspec.convert(data, Site),))
    assert find_problems(sites, "news") == []
    assert ask(sites=sites)["news"] == [
        "https://data.commoncrawl.org/crawl-data/CC-NEWS/2025/12/warc.paths.gz#since=20251221000000"
    ]
    late = Sought("cgtn:1JjihOzBpvi", published_at="2025-12-31")
    assert [url.split("/")[6] for url in ask(late, sites)["news"]] == ["12", "01"]


def test_no_release_asks_without_end() -> None:
    many = tuple(f"abcdef{n}" for n in range(500))
    assert len(queries(Sought("cgtn:1JjihOzBpvi", ids=many), SITES, NOW)) == MOST
