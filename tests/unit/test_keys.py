"""Keys from addresses of every shape, hostile ones too, and from the text and links of a release only."""

from __future__ import annotations

import base64
from urllib.parse import quote

import pytest

from crawler.identify.keys import find_keys, hinting, key_of_url, naming
from crawler.records import Block, Decision, Role
from crawler.sites.ids import CHECKS, arti, reversed_news, snowflake62, snowflake_twitter
from crawler.sites.load import load_sites

SITES = load_sites()
ARTICLE = "https://news.cgtn.com/news/2025-12-22/A-bridge-opens-1JjihOzBpvi/p.html"
LEGACY = base64.b64encode(b"News138690")[::-1].hex()
REGIONAL = base64.b64encode(b"News15735630308504743")[::-1].hex()
TWITTER = str((1766370969000 - 1288834974657) << 22)
"""The id of something made on 2025-12-22 at 10:36:09, Beijing time."""
WIRE = "https://www.prnewswire.com/news-releases/cgtn-a-bridge-opens-302648155.html"
BEACON = "https://rt.prnewswire.com/rt.gif?NewsItemId=CN41786&Transmission_Id=x&DateId=20251222"
MD5 = "0f1e2d3c4b5a69788796a5b4c3d2e1f0"


def counter(target: str, order: str = "4583017-2", host: str = "edge.prnewswire.com") -> str:
    return f"https://{host}/c/link/?t=0&l=en&o={order}&h=1&u={quote(target, safe='')}&a=x"


def smart(target: str, item: str = "20260910832552") -> str:
    return (
        f"https://cts.businesswire.com/ct/CT?id=smartlink&url={quote(target, safe='')}&newsitemid={item}&lan=en-US"
    )


def block(n: int, text: str, *links: str, images: tuple[str, ...] = ()) -> Block:
    return Block(n, text, "p", f"/html/body/p[{n + 1}]", 1000, 0, links=tuple(links), images=images)


def keys_of(*blocks: tuple[str, Role, str, tuple[str, ...]]) -> list[tuple[str, str, str]]:
    built = [block(n, text, *links) for n, (text, _, _, links) in enumerate(blocks)]
    decisions = [Decision(n, role, rule) for n, (_, role, rule, _) in enumerate(blocks)]
    found = find_keys("https://copy.example/1", built, decisions, SITES)
    return [(key.scheme, key.value, key.where) for key in found]


def said(text: str) -> list[str]:
    """The keys that stand in a closing line."""
    return [f"{scheme}:{value}" for scheme, value, _ in keys_of((text, "trailer", "trailer:original", ()))]


def carried(url: str) -> set[str]:
    return {f"{one.scheme}:{one.value}" for one in SITES.read(url)}


# ------------------------------------------------------------------------------------------------- tested ids


def test_an_id_tells_when_it_was_made() -> None:
    made = snowflake62("1JjihOzBpvi")
    assert made is not None
    assert made.isoformat() == "2025-12-22T15:16:09.342000+08:00"
    language = snowflake_twitter(TWITTER)
    assert language is not None
    assert language.isoformat(timespec="seconds") == "2025-12-22T10:36:09+08:00"


@pytest.mark.parametrize(
    "value",
    ["1JjihOzBpv", "1JjihOzBpvj", "1jjihozbpvi", "1JjihOzBpvi1", "", "1Jjih-zBpvi", "JjihOzBpvi",
     "1JjihOzBpv\u0131", "0000000000", "1JjihOzBpvi" * 9],
)  # fmt: skip
def test_a_mangled_id_is_told(value: str) -> None:
    assert snowflake62(value) is None


def test_most_mangled_ids_are_told() -> None:
    letters = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
    good = "1JjihOzBpvi"
    changed = [good[:n] + c + good[n + 1 :] for n in range(len(good)) for c in letters if c != good[n]]
    swapped = [good[:n] + good[n + 1] + good[n] + good[n + 2 :] for n in range(len(good) - 1)]
    passed = [one for one in changed + swapped if snowflake62(one)]
    assert len(passed) < len(changed) // 20


def test_the_older_ids() -> None:
    assert reversed_news(LEGACY) is not None
    regional = reversed_news(REGIONAL)
    assert regional is not None
    assert regional.date().isoformat() == "2019-11-12"
    made = arti("ARTI1781490625242419")
    assert made is not None
    assert made.date().isoformat() == "2026-06-15"
    assert all(check("") is None for check in CHECKS.values())


@pytest.mark.parametrize(
    "cut", [LEGACY[:-2], LEGACY[:-8], LEGACY[2:], LEGACY + "00", LEGACY[::-1], "zz", REGIONAL[:-2]]
)
def test_a_cut_legacy_id_is_told(cut: str) -> None:
    assert reversed_news(cut) is None


def test_other_words_in_that_wrapping_are_no_id() -> None:
    for inside in (b"News", b"News12a", b"Live138690", b"News" + b"1" * 12, b"News" + b"1" * 30, b"news138690"):
        assert reversed_news(base64.b64encode(inside)[::-1].hex()) is None


@pytest.mark.parametrize(
    "value", ["ARTI17814906252424", "arti1781490625242419", "ARTI178149062524241x", "VIDE1781490625242419"]
)
def test_a_mangled_arti_is_told(value: str) -> None:
    assert arti(value) is None


# -------------------------------------------------------------------------------------------------- addresses


@pytest.mark.parametrize(
    ("url", "key"),
    [
        (ARTICLE, "cgtn:1JjihOzBpvi"),
        (ARTICLE.replace("https", "http"), "cgtn:1JjihOzBpvi"),
        (ARTICLE.replace("https://news.cgtn.com", "HTTPS://NEWS.CGTN.COM."), "cgtn:1JjihOzBpvi"),
        (ARTICLE.replace("p.html", "index.html?from=timeline&isappinstalled=0"), "cgtn:1JjihOzBpvi"),
        (ARTICLE + "?fbclid=x#top", "cgtn:1JjihOzBpvi"),
        (ARTICLE.replace("/p.html", "/share_amp.html"), "cgtn:1JjihOzBpvi"),
        (ARTICLE.replace("/p.html", "/share.html"), "cgtn:1JjihOzBpvi"),
        (ARTICLE.replace("/p.html", "/share_p.html"), "cgtn:1JjihOzBpvi"),
        (ARTICLE.replace("/p.html", ""), "cgtn:1JjihOzBpvi"),
        (ARTICLE.replace("/p.html", "/"), "cgtn:1JjihOzBpvi"),
        (ARTICLE.replace("A-bridge-opens-", "-A-bridge-opens--"), "cgtn:1JjihOzBpvi"),
        (ARTICLE.replace("A-bridge-opens-", "-"), "cgtn:1JjihOzBpvi"),
        (ARTICLE.replace("https://news.", "http://newseu."), "cgtn:1JjihOzBpvi"),
        (ARTICLE.replace("https://news.", "https://newsus."), "cgtn:1JjihOzBpvi"),
        (ARTICLE.replace("https://news.", "https://newsaf."), "cgtn:1JjihOzBpvi"),
        (ARTICLE.replace("/p.html", f"/img/{MD5}/{MD5}-750.png"), "cgtn:1JjihOzBpvi"),
        (ARTICLE.replace("news.", "video.").replace("p.html", f"video/{MD5}/{MD5}.m3u8"), "cgtn:1JjihOzBpvi"),
        (f"https://news.cgtn.com/news/{LEGACY}/share_p.html", f"cgtn:{LEGACY}"),
        (f"https://news.cgtn.com/news/{LEGACY}/p.html?", f"cgtn:{LEGACY}"),
        (f"https://newseu.cgtn.com/news/{REGIONAL}/index.html", f"cgtn:{REGIONAL}"),
        (f"https://video.cgtn.com/news/{LEGACY}/video/{MD5}/{MD5}.mp4", f"cgtn:{LEGACY}"),
        (f"https://francais.cgtn.com/news/2025-12-22/{TWITTER}/index.html", f"cgtn:{TWITTER}"),
        ("https://espanol.cgtn.com/2026/06/15/ARTI1781490625242419", "cgtn:ARTI1781490625242419"),
        (WIRE, "prnewswire:302648155"),
        (WIRE.replace("https://www.", "http://"), "prnewswire:302648155"),
        (WIRE.replace("prnewswire.com", "prnewswire.co.uk"), "prnewswire:302648155"),
        (WIRE.replace("/news-releases", "/apac/news-releases"), "prnewswire:302648155"),
        (WIRE.replace("/news-releases", "/es/news-releases"), "prnewswire:302648155"),
        (WIRE.replace("/news-releases", "/fr/communiques-de-presse"), "prnewswire:302648155"),
        (WIRE.replace("-a-bridge", "--a-bridge") + "?tc=eml_cleartime", "prnewswire:302648155"),
        ("https://www.newswire.ca/news-releases/a-bridge-opens-812345678.html", "cnw:812345678"),
        ("https://www.newswire.ca/fr/news-releases/un-pont-812345678.html", "cnw:812345678"),
        ("https://hk.prnasia.com/story/487654-1.shtml", "prnasia:487654"),
        ("https://news.cision.com/se/vessby/r/a-ferry,c4291837", None),
        ("https://news.cision.com/vessby/r/a-ferry,c4291837", "cision:4291837"),
        ("https://www.globenewswire.com/news-release/2016/04/06/826211/0/en/A.html", "globenewswire:826211"),
        ("https://www.globenewswire.com/news-release/2025/03/15/3042999/0/fr/Pont", "globenewswire:3042999"),
        ("https://www.businesswire.com/news/home/20260910832552/en/A-Bridge", "businesswire:20260910832552"),
        ("https://www.businesswire.com/news/home/20260910832552/zh-CN/", "businesswire:20260910832552"),
        ("https://www.businesswire.com/news/home/20260910832552/en", "businesswire:20260910832552"),
        ("https://www.einpresswire.com/article/861234567/a-bridge", "einpresswire:861234567"),
        ("https://world.einpresswire.com/article/861234567/a-bridge?n=2", "einpresswire:861234567"),
        ("https://www.accessnewswire.com/newsroom/en/energy/a-bridge-opens-1045678", "accesswire:1045678"),
        ("https://www.accesswire.com/845678/A-Bridge-Opens", "accesswire:845678"),
        ("https://www.accesswire.com/845678", "accesswire:845678"),
        ("https://www.newsfilecorp.com/release/276543", "newsfile:276543"),
        ("https://www.newsfilecorp.com/release/276543/A-Bridge", "newsfile:276543"),
        ("https://www.morningstar.com/news/pr-newswire/20260422cn41786/a", "newsitem:20260422-CN41786"),
        ("https://ktla.com/business/press-releases/cision/20260422CN41786/a/", "newsitem:20260422-CN41786"),
        ("https://wboy.com/news/business/press-releases/cision/20260422CN41786/x", "newsitem:20260422-CN41786"),
        ("https://release.k.example/business/press-releases/cision/20260422C5512/x", "newsitem:20260422-C5512"),
        (BEACON, "newsitem:20251222-CN41786"),
        ("https://markets.financialcontent.com/x/article/gnwcq-2026-1-3-a", "financialcontent:gnwcq-2026-1-3-a"),
        ("https://www.financialcontent.com/article/gnwcq-2026-1-3-a", "financialcontent:gnwcq-2026-1-3-a"),
        ("http://business.paper.example/p/article/bizwire-2026-12-31-b", "financialcontent:bizwire-2026-12-31-b"),
        ("https://finance.yahoo.com/news/a-bridge-opens-081500123.html", "yahoofinance:a-bridge-opens-081500123"),
        ("https://www.benzinga.com/pressreleases/26/01/n49812345/a-bridge", "benzinga:n49812345"),
        ("https://www.streetinsider.com/PRNewswire/A%20Bridge+Opens/25812345.html", "streetinsider:25812345"),
        (f"https://apnews.com/press-release/pr-businesswire/technology-{MD5}", f"apnews:{MD5}"),
        (f"https://apnews.com/press-release/accesswire/{MD5}", f"apnews:{MD5}"),
        ("https://markets.businessinsider.com/news/stocks/a-b-1035123456", "marketsinsider:1035123456"),
        ("https://www.manilatimes.net/2025/12/22/tmt-newswire/pr-newswire/a/2248123", "manilatimes:2248123"),
        ("https://www.yna.co.kr/view/RPR20251222000100353?section=x", "yonhap:RPR20251222000100353"),
        (f"https://www.daily8.com/en/article/{MD5}", f"daily8:{MD5}"),
        ("https://www.zazoom.it/2025-12-22/il-ponte/18123456/", "zazoom:18123456"),
        ("https://www.finanznachrichten.de/nachrichten-2025-12/67234567-a-008.htm", "finanznachrichten:67234567"),
        ("https://mma.prnewswire.com/media/2849301/bridge.html?p=twitter", "prnewswire-media:2849301"),
        *((f"https://{host}/news/325693", "mexc:325693") for host in (
            "www.mexc.com", "www.mexc.co", "www.mx-exchange.co", "mexc.us", "mexc.fm", "mexcu.com",
            "alookzone.com", "www.winappnet.com", "linkappmarketing.com", "greentreeone.com",
        )),
        ("https://www.mexc.co/en-US/news/325693", "mexc:325693"),
        ("https://www.mexc.com/zh-TW/news/325693/?utm_source=x", "mexc:325693"),
    ],
)  # fmt: skip
def test_an_address_carries_a_key(url: str, key: str | None) -> None:
    found = key_of_url(url, SITES)
    assert (f"{found.scheme}:{found.value}" if found else None) == key


@pytest.mark.parametrize(
    "url",
    [
        ARTICLE.replace("1JjihOzBpvi", "1JjihOzBpvj"),
        ARTICLE.replace("1JjihOzBpvi", "1JjihO"),
        ARTICLE.replace("-1JjihOzBpvi", ""),
        ARTICLE.replace("news.cgtn.com", "news.cgtn.com.evil.test"),
        ARTICLE.replace("news.cgtn.com", "news.cgtn.com@evil.test"),
        ARTICLE.replace("news.cgtn.com", "news.cgtn.com:80@evil.test"),
        ARTICLE.replace("news.cgtn.com", "newscgtn.com"),
        ARTICLE.replace("news.cgtn.com", "news.сgtn.com"),
        ARTICLE.replace("news.cgtn.com", "evil.test"),
        "https://evil.test/?u=" + ARTICLE,
        "https://evil.test/#" + ARTICLE,
        "https://web.archive.example/web/2025/" + ARTICLE,
        f"https://francais.cgtn.com/news/2019-12-22/{TWITTER}/index.html",
        f"https://francais.cgtn.com/news/2025-12-22/{TWITTER[:-1]}/index.html",
        "https://espanol.cgtn.com/2025/06/15/ARTI1781490625242419",
        "https://espanol.cgtn.com/2026/13/45/ARTI1781490625242419",
        f"https://news.cgtn.com/news/{LEGACY[:-4]}/p.html",
        "https://www.cgtn.com/opinions",
        "https://www.prnewswire.com/news/cgtn/",
        "https://www.prnewswire.com/news-releases/news-releases-list/?page=2&pagesize=25",
        "https://www.prnewswire.com/rss/news-releases-list.rss",
        "http://www.prnewswire.com/",
        "https://www.globenewswire.com/Tracker?data=" + "aHR0cHM6Ly9uZXdz" * 4,
        "https://www.businesswire.com/news/home/20261310832552/en/",
        "https://www.businesswire.com/news/home/2026091083255/en/",
        "https://ktla.com/business/press-releases/cision/20261322CN41786/a-bridge/",
        "https://ktla.com/business/press-releases/cision/20260422CNN41786/a-bridge/",
        "https://rt.prnewswire.com/rt.gif?NewsItemId=CN41786",
        "https://rt.prnewswire.com/rt.gif?NewsItemId=CN41786&DateId=today",
        "https://rt.prnewswire.com.evil.test/rt.gif?NewsItemId=CN41786&DateId=20251222",
        "https://apnews.com/press-release/accesswire/" + MD5[:-1],
        "https://www.yna.co.kr/view/AEN20251222000100353",
        "https://www.manilatimes.net/2025/12/22/tmt-newswire/pr-newswire/a-bridge",
        "https://www.mexc.com/news/",
        "https://user:word@[::1/x",
        "javascript:alert(1)",
        "data:text/html," + ARTICLE,
        "//news.cgtn.com",
        "",
    ],
)
def test_other_addresses_carry_none(url: str) -> None:
    assert key_of_url(url, SITES) is None


def test_a_mirror_and_its_languages_have_one_key() -> None:
    one, other = (key_of_url(u, SITES) for u in ("https://mexc.us/news/9", "https://www.mexc.com/de/news/9"))
    assert one is not None
    assert other is not None
    assert (one.value, one.url) == (other.value, other.url)


def test_views_of_an_article_have_one_address() -> None:
    views = ("p.html", "index.html", "share_amp.html", "share.html?from=x", f"img/{MD5}/{MD5}.png", "")
    found = [key_of_url(ARTICLE.replace("p.html", view), SITES) for view in views]
    assert {key.url for key in found if key} == {ARTICLE}
    assert len(found) == len([key for key in found if key])


def test_hosts_of_a_family_count_once() -> None:
    families = {
        "mexc": ("https://greentreeone.com/news/1", "https://www.mexc.co/de/news/2"),
        "nexstar": ("https://fox8.com/x/", "https://digital-release.kvoo.example/business/press-releases/cision/20260422CN41786/x/"),
        "financialcontent": ("https://markets.financialcontent.com/a", "https://b.p.example/p/article/gnwcq-2026-1-3-b"),
        "einpresswire": ("https://world.einpresswire.com/article/1/x", "https://www.einpresswire.com/article/1/x"),
        "cgtn": (ARTICLE, "https://espanol.cgtn.com/"),
    }  # fmt: skip
    for family, urls in families.items():
        assert {SITES.family_of(url) for url in urls} == {family}
    assert SITES.family_of("https://business.paper.co.uk/p/article/about-us") == "paper.co.uk"


def test_a_tracking_link_carries_its_own_ids_and_its_targets() -> None:
    assert carried(counter(ARTICLE)) == {"prnewswire-order:4583017", "cgtn:1JjihOzBpvi"}
    assert carried(counter(counter(WIRE, "1-1"), "2-7")) == {"prnewswire-order:2", "prnewswire:302648155"}
    assert carried(smart(WIRE)) == {"businesswire:20260910832552", "prnewswire:302648155"}
    assert carried(smart("javascript:alert(1)")) == {"businesswire:20260910832552"}
    assert carried(counter(ARTICLE, host="c212.net.evil.test")) == set()
    assert carried(counter(ARTICLE, order="x-1")) == {"cgtn:1JjihOzBpvi"}


# ----------------------------------------------------------------------------------------------- from the text


@pytest.mark.parametrize(
    "text",
    [
        f"View original content:{WIRE}",
        f"View original content:{WIRE}SOURCE CGTN",
        f"View original content:{WIRE}\u00a0SOURCE CGTN",
        f"View original content: {WIRE}。更多",
        f"View original content: {WIRE}，更多信息",
        f"(View original content: {WIRE}).",
        f"View original content: \u201c{WIRE}\u201d",
        f"View original content: <{WIRE}>",
        f"View original content: {WIRE.replace('https://', '')}",
        f"View original content: {WIRE.replace('https', 'HTTPS')}",
        "View original content: " + WIRE.replace("-opens", "-op\u00adens\u200b"),
        f"View original content: {WIRE}%C2%A0",
        f"View original content: {WIRE}https://www.example.com/photo.jpg",
        f"Photo - https://www.example.com/photo.jpg{WIRE}",
    ],
)
def test_an_address_is_read_from_text(text: str) -> None:
    assert said(text) == ["prnewswire:302648155"]


@pytest.mark.parametrize(
    "text",
    [
        WIRE.replace("cgtn-a-", "cgtn-a-\n"),
        WIRE.replace("cgtn-a-", "cgtn-a- "),
        WIRE.replace("releases/", "releases/\n").replace("opens-", "opens-\n") + "\nSOURCE CGTN",
        WIRE.replace("cgtn-a-", "cgtn-a-\n") + ".",
    ],
)
def test_an_address_that_a_line_breaks_is_read(text: str) -> None:
    assert said(f"View original content: {text}") == ["prnewswire:302648155"]


def test_what_follows_an_address_is_no_part_of_it() -> None:
    assert said(f"{ARTICLE} {WIRE}") == ["cgtn:1JjihOzBpvi", "prnewswire:302648155"]
    assert said("https://www.prnewswire.com/news-releases/ and a-302648155.html") == []
    assert said("https://www.prnewswire.com/news-releases/ \u201ca-302648155.html\u201d") == []
    assert said("https://www.prnewswire.com/ (302648155.html)") == []


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        (f"{ARTICLE}For more information", ["cgtn:1JjihOzBpvi"]),
        (f"{ARTICLE}\u00a0", ["cgtn:1JjihOzBpvi"]),
        (f"{ARTICLE.replace('/p.html', '')}, he said", ["cgtn:1JjihOzBpvi"]),
        ("https://www.mexc.com/news/325693Share", ["mexc:325693"]),
        ("https://www.mexc.com/news/325693abc", []),
        (f"{WIRE.replace('.html', '')}", []),
        (f"{WIRE}l", []),
        ("https://www.newsfilecorp.com/release/276543.", ["newsfile:276543"]),
        (f"{ARTICLE} and {WIRE}", ["cgtn:1JjihOzBpvi", "prnewswire:302648155"]),
        ("302648155 and 1JjihOzBpvi", []),
        ("http://" * 900, []),
        ("https://news.cgtn.com/" + "a" * 5000 + "-1JjihOzBpvi/p.html", []),
    ],
)
def test_what_stands_behind_an_address_is_told_from_it(text: str, keys: list[str]) -> None:
    assert said(text) == keys


def test_where_a_key_stands_is_kept() -> None:
    found = keys_of(
        ("As an article said, the bridge is open.", "body", "body", (WIRE,)),
        (f"For more information, please click: {ARTICLE}.", "trailer", "trailer:pointer", ()),
        ("SOURCE CGTN", "trailer", "trailer:source", ()),
    )
    assert found == [("prnewswire", "302648155", "body"), ("cgtn", "1JjihOzBpvi", "trailer")]


def test_what_was_removed_names_nothing() -> None:
    assert keys_of(("A bridge opens", "related", "under:related", (ARTICLE,))) == []


def test_a_tracker_is_looked_through_and_quoted_as_it_stood() -> None:
    tracker = "https://c212.net/c/link/?u=" + ARTICLE.replace(":", "%3A").replace("/", "%2F")
    blocks = [block(0, "View original content", tracker)]
    decisions = [Decision(0, "trailer", "trailer:original")]
    found = find_keys("https://copy.example/1", blocks, decisions, SITES)
    assert [(key.value, key.quoted, key.url) for key in found] == [("1JjihOzBpvi", tracker, ARTICLE)]


def test_a_copys_own_address_names_no_release() -> None:
    found = find_keys("https://www.mexc.com/news/9", [], [], SITES)
    assert [key.where for key in found] == ["url"]
    assert naming(found, "copy") == ()
    own = find_keys(ARTICLE, [], [], SITES)
    assert [key.value for key in naming(own, "origin")] == ["1JjihOzBpvi"]
    assert naming(own, "copy") == ()


def find(blocks: list[Block], *, dated: bool = True, role: Role = "body") -> list[tuple[str, str, str]]:
    decisions = [Decision(one.n, role, role) for one in blocks]
    found = find_keys("https://copy.example/1", blocks, decisions, SITES, dated=dated)
    return [(key.scheme, key.value, key.where) for key in found]


def test_a_wires_id_in_the_links_of_a_release_names_it_though_the_closing_lines_are_lost() -> None:
    links = [block(n, f"Paragraph {n} of a release", smart(f"https://www.example.com/{n}")) for n in range(3)]
    assert {key[2] for key in find(links)} == {"trailer"}
    assert {key[2] for key in find(links, dated=False)} == {"body"}
    assert {key[2] for key in find(links[:1])} == {"body"}
    quoted = block(3, "as another release says", smart("https://www.example.com/9", "20250101000001"))
    assert {key[2] for key in find([*links, quoted])} == {"body"}


def test_a_plain_link_to_a_wire_in_running_text_names_nothing() -> None:
    links = [block(n, f"Paragraph {n}", WIRE) for n in range(3)]
    assert {key[2] for key in find(links)} == {"body"}


def test_item_ids_are_found_once_in_links_images_and_text() -> None:
    media = "https://mma.prnewswire.com/media/2849301/view.jpg"
    blocks = [
        block(0, "A release", counter("https://www.example.com/"), images=(f"{media}?p=publish",)),
        block(1, f"Photo - {media}", counter("https://www.example.com/2", "4583017-3")),
        block(2, "SOURCE Someone", images=(BEACON,)),
    ]
    assert find(blocks) == [
        ("prnewswire-order", "4583017", "body"),
        ("prnewswire-media", "2849301", "body"),
        ("newsitem", "20251222-CN41786", "body"),
    ]


def test_an_image_names_no_release() -> None:
    picture = ARTICLE.replace("p.html", f"img/{MD5}/{MD5}.png")
    closing = block(0, "View original content", images=(picture,))
    found = find_keys("https://copy.example/1", [closing], [Decision(0, "trailer", "trailer:original")], SITES)
    assert [(key.value, key.where) for key in found] == [("1JjihOzBpvi", "body")]
    assert naming(found, "copy") == ()


def test_item_ids_hint_where_the_page_has_one_of_them() -> None:
    def hints(*blocks: Block) -> list[str]:
        decisions = [Decision(one.n, "body", "body") for one in blocks]
        return [
            key.value for key in hinting(find_keys("https://www.mexc.com/news/9", blocks, decisions, SITES), SITES)
        ]

    one = block(
        0, "A", counter("https://www.example.com/"), images=(BEACON, "https://mma.prnewswire.com/media/7/a.jpg")
    )
    other = block(1, "B", counter("https://www.example.com/", "77-1"))
    assert hints(one) == ["4583017", "20251222-CN41786"]
    assert hints(one, other) == ["20251222-CN41786"]
    assert hints(block(0, ARTICLE), block(1, WIRE)) == []


def test_an_address_of_a_carrier_hints_and_names_nothing() -> None:
    url = "https://www.morningstar.com/news/pr-newswire/20251222cn41786/a-bridge"
    found = find_keys(url, [], [], SITES)
    assert naming(found, "copy") == ()
    assert [(key.scheme, key.value) for key in hinting(found, SITES)] == [("newsitem", "20251222-CN41786")]
