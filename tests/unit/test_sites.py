"""Site files: the shipped ones load and say what they should, bad ones fail naming the file and the key."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from crawler.cli.demo import SITES, lay_out_sites
from crawler.cli.main import main
from crawler.errors import TearsheetError, UsageError
from crawler.flow import Read, read_page
from crawler.records import Fetched
from crawler.sites.load import Discover, Sites, load_site, load_sites, shipped_folder
from crawler.sites.template import TemplateError, compile_template, fill

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parents[2]
SHIPPED = sorted(shipped_folder().glob("*.toml"))
SAMPLES = sorted(SITES.glob("*.toml"))

GOOD = """
name = "paper"
title = "The Paper"
tier = "copy"
hosts = ["www.paper.example", "*.paper.example"]
items = ["/news/{date}/{slug}-{id}.html"]

[[keys]]
scheme = "paper"
path = "/news/{date}/{slug}-{id}.html"
"""


@pytest.fixture
def written(tmp_path: Path) -> Callable[..., Path]:
    """Writes the good file with something replaced or added."""

    def write(old: str = "", new: str = "", name: str = "paper", more: str = "") -> Path:
        assert old in GOOD
        path = tmp_path / f"{name}.toml"
        path.write_text(GOOD.replace(old, new, 1) + more, "utf-8")
        return path

    return write


@pytest.mark.parametrize("path", SHIPPED + SAMPLES, ids=lambda path: path.stem)
def test_site_files_load(path: Path) -> None:
    site = load_site(path)
    assert site.name == path.stem
    assert site.hosts
    assert bool(site.item_templates) is (site.tier != "index")


@pytest.mark.parametrize("path", SHIPPED + SAMPLES, ids=lambda path: path.stem)
def test_every_list_of_a_site_is_on_a_host_of_the_site(path: Path) -> None:
    site = load_site(path)
    known = Sites((site,))
    lists = site.discover
    for url in (*lists.feeds, *lists.listings, *lists.sitemaps, *lists.titles):
        assert known.of_url(url) is site


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_shipped_sites_are_asked_slowly(path: Path) -> None:
    assert load_site(path).politeness.delay >= 5


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_sample_sites_are_no_hosts_of_the_net(path: Path) -> None:
    assert all(host.endswith(".test") for host in load_site(path).hosts)


BAD = [
    ('tier = "copy"', 'tier = "blog"', "", "tier"),
    ('tier = "copy"', "", "", "tier"),
    ('title = "The Paper"', "title = 3", "", "title"),
    ('name = "paper"', 'name = "other"', "", "name"),
    ('hosts = ["www.paper.example", "*.paper.example"]', "hosts = []", "", "hosts"),
    ('tier = "copy"', 'tier = "copy"\nzone = "CET"', "", "zone"),
    ("www.paper.example", "WWW.Paper.example", "", "hosts"),
    ("/news/{date}/{slug}-{id}.html", "/news/{what}", "", "items"),
    ("/news/{date}/{slug}-{id}.html", "/{rest}/{slug}", "", "items"),
    ("/news/{date}/{slug}-{id}.html", "/{digits}/{digits}", "", "items"),
    ('scheme = "paper"', 'scheme = "paper"\ncheck = "none-such"', "", "keys.check"),
    ('path = "/news/{date}/{slug}-{id}.html"', 'path = "/news/{date}"', "", "keys.path"),
    ('scheme = "paper"', "", "", "scheme"),
    ('scheme = "paper"', 'scheme = "paper"\ncheks = "none"', "", "cheks"),
    ("", "", "[politeness]\ndelay = -1\n", "politeness.delay"),
    ("", "", "[politeness]\nmax_pages = 0\n", "politeness.max_pages"),
    ("", "", "[discover]\nfeed = []\n", "feed"),
    ("", "", '[cleaning]\nlines = "x"\n', "cleaning.lines"),
    ("", "", '[cleaning]\nlines = [""]\n', "cleaning.lines"),
    ("", "", '[cleaning]\nbelow = ["By\u2026"]\n', "cleaning.below"),
    ("", "", '[cleaning]\nwithout = ["x"]\n', "without"),
    ("", "", '[discover]\nfeeds = ["ftp://www.paper.example/feed"]\n', "discover.feeds"),
    ("{slug}-{id}", "{slug}-{id:digits14x}", "", "items"),
    ("{slug}-{id}", "{slug}-{id:what}", "", "items"),
    ("{slug}-{id}", "{slug2}-{id}", "", "items"),
    ('scheme = "paper"', 'scheme = "a:b"', "", "keys.scheme"),
    ('scheme = "paper"', 'scheme = "~a"', "", "keys.scheme"),
    ('scheme = "paper"', 'scheme = "paper"\nhosts = ["Click.Paper.example"]', "", "keys.hosts"),
    ('scheme = "paper"', 'scheme = "paper"\nhosts = ["https://paper.example/"]', "", "keys.hosts"),
    ('scheme = "paper"', 'scheme = "paper"\nquery = ["n"]', "", "keys.query"),
    ('scheme = "paper"', 'scheme = "paper"\nquery = ["n={what}"]', "", "keys.query"),
    ('scheme = "paper"', 'scheme = "paper"\nquery = "n={digits}"', "", "keys[0].query"),
    ('scheme = "paper"', 'scheme = "paper"\nkey = "fixed"', "", "keys.key"),
    ('scheme = "paper"', 'scheme = "paper"\nkey = "{stamp}-{id}"', "", "keys.key"),
    ('scheme = "paper"', 'scheme = "paper"\ncase = "title"', "", "keys[0].case"),
    ('scheme = "paper"', 'scheme = "paper"\nrung = 4', "", "keys[0].rung"),
    ('scheme = "paper"', 'scheme = "paper"\nrung = 1', "", "keys.rung"),
    ('scheme = "paper"', 'scheme = "paper"\nwithin = -1', "", "keys[0].within"),
    ('scheme = "paper"', 'scheme = "paper"\ncanonical = "https://{host}/{year}/{id}"', "", "keys.canonical"),
    ("", "", '[[trackers]]\nhosts = []\npath = "/c"\nparameter = "u"\n', "trackers.hosts"),
    ("", "", '[[trackers]]\nhosts = ["c.example"]\npath = "c"\nparameter = "u"\n', "trackers.path"),
    ("", "", '[[trackers]]\nhosts = ["c.example"]\npath = "/c"\nparameter = ""\n', "trackers.parameter"),
    ("", "", '[[trackers]]\nhosts = ["c.example"]\npath = "/c"\n', "parameter"),
    ("", "", '[[examples]]\nurl = "https://www.paper.example/x"\nkey = "paper:x"\n', "examples.key"),
    ("", "", '[[examples]]\nurl = "https://www.paper.example/news/2026-01-02/a-b.html"\n', "examples.key"),
    (
        "",
        "",
        '[[examples]]\nurl = "https://evil.example/news/2026-01-02/a-b.html"\nkey = "paper:b"\n',
        "examples.key",
    ),
]


@pytest.mark.parametrize(("old", "new", "more", "key"), BAD, ids=[f"{n}-{bad[3]}" for n, bad in enumerate(BAD)])
def test_a_bad_file_fails_naming_file_and_key(
    written: Callable[..., Path], capsys: pytest.CaptureFixture[str], old: str, new: str, more: str, key: str
) -> None:
    path = written(old, new, more=more)
    with pytest.raises(UsageError) as caught:
        load_site(path)
    assert str(caught.value).startswith(f"{path}: ")
    assert key in str(caught.value)
    assert main(["site", "check", str(path)]) == 2
    said = capsys.readouterr()
    assert str(path) in said.err
    assert key in said.err
    assert said.out == ""


@pytest.mark.parametrize("content", [b"name = ", b"\xff\xfe", b""])
def test_what_is_no_toml_or_no_site_is_told(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.toml"
    path.write_bytes(content)
    with pytest.raises(UsageError, match=r"x\.toml"):
        load_site(path)


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"none\.toml"):
        load_site(tmp_path / "none.toml")


def test_check_says_what_a_file_means(written: Callable[..., Path], capsys: pytest.CaptureFixture[str]) -> None:
    path = written(more='[discover]\nfeeds = ["http://www.paper.example/feed"]\n[politeness]\ndelay = 2.5\n')
    assert main(["site", "check", str(path)]) == 0
    said = capsys.readouterr().out
    assert f"{path}: good" in said
    assert "any host under paper.example" in said
    assert "paper:{id} from /news/{date}/{slug}-{id}.html" in said
    assert "http://www.paper.example/feed" in said
    assert "2.5 s between two requests" in said
    assert "nobody has read them" in said


def test_check_goes_on_after_a_bad_file(written: Callable[..., Path], capsys: pytest.CaptureFixture[str]) -> None:
    bad, good = written('tier = "copy"', 'tier = "x"', name="bad"), written()
    assert main(["site", "check", str(bad), str(good)]) == 2
    said = capsys.readouterr()
    assert f"{good}: good" in said.out
    assert str(bad) in said.err


def test_a_file_of_the_users_own_replaces_the_shipped_one(tmp_path: Path) -> None:
    text = (shipped_folder() / "mexc.toml").read_text("utf-8")
    (tmp_path / "mexc.toml").write_text(text.replace("delay = 10.0", "delay = 30.0"), "utf-8")
    found = {site.name: site for site in load_sites(tmp_path).all}
    assert found["mexc"].politeness.delay == 30
    assert set(found) == {path.stem for path in SHIPPED}


def test_hosts_are_found_by_name_then_by_the_nearest_pattern(written: Callable[..., Path]) -> None:
    sites = Sites((load_site(written()),))
    for host in ("www.paper.example", "a.b.paper.example", "WWW.PAPER.EXAMPLE."):
        assert sites.of_host(host) is not None
    for host in ("paper.example", "notpaper.example", "example", ""):
        assert sites.of_host(host) is None
    assert sites.family_of("http://x.paper.example/") == "paper"
    assert sites.family_of("http://a.b.other.co.uk/") == "other.co.uk"


def test_a_site_knows_its_items(written: Callable[..., Path]) -> None:
    site = load_site(written())
    assert site.is_item("http://www.paper.example/news/2026-01-02/a-b-c9.html?utm_source=x")
    assert not site.is_item("http://www.paper.example/news/2026-01-02/")
    assert not site.is_item("http://www.paper.example/about")


def test_templates_are_linear_and_exact() -> None:
    template = compile_template("/{lang}/news/{slug}-{id:digits}")
    assert template.match("/en-US/news/a--b-77") == {"lang": "en-US", "slug": "a--b", "id": "77"}
    assert template.match("/en-US/news/a/b-77") is None
    assert fill("https://{host}/n/{id}", {"host": "h", "id": "7"}) == "https://h/n/7"
    long = "/en/news/" + "a-" * 50_000
    assert template.match(long) is None
    with pytest.raises(TemplateError, match="unknown placeholder"):
        compile_template("/{nonsense}")


def test_the_samples_site_files_are_laid_out_for_later_commands(tmp_path: Path) -> None:
    sites = lay_out_sites(tmp_path / "data" / "sites")
    assert [site.name for site in sites.all] == [path.stem for path in SAMPLES]
    again = {site.name for site in load_sites(tmp_path / "data" / "sites").all}
    assert again == {path.stem for path in SAMPLES + SHIPPED}
    (tmp_path / "file").write_text("")
    with pytest.raises(TearsheetError, match="file"):
        lay_out_sites(tmp_path / "file" / "sites")


WHOLE = """
[[keys]]
scheme = "item"
hosts = ["rt.paper.example"]
path = "/rt.gif"
query = ["n={item}", "d={stamp}"]
key = "{stamp}-{item}"
case = "upper"
rung = 3
shared = true

[[keys]]
scheme = "flake"
path = "/f/{date}/{id:digits}"
check = "snowflake-twitter"
within = 3
canonical = "https://{host}/f/{id}"

[[trackers]]
hosts = ["click.paper.example", "c.paper.example"]
path = "/c/"
parameter = "to"

[[examples]]
url = "https://c.paper.example/c?to=https%3A%2F%2Fwww.paper.example%2Fnews%2F2026-01-02%2Fa-b.html"
key = "paper:b"

[[examples]]
url = "https://rt.paper.example/rt.gif?d=20260102&x=1&n=cn41786"
key = "item:20260102-CN41786"

[[examples]]
url = "https://www.paper.example/f/2026-01-02/1234567890123456789"

[cleaning]
within = ["storyBody"]
below = ["Read on at the Paper"]
lines = ["Share\u2026this"]
hints = ["promo-box"]
"""


def test_check_says_all_that_a_file_means(
    written: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    path = written('tier = "copy"', 'tier = "copy"\nzone = "+01:00"', more=WHOLE)
    assert main(["site", "check", str(path)]) == 0
    said = capsys.readouterr().out
    for words in (
        "item:{stamp}-{item} from /rt.gif with n={item} and d={stamp} on rt.paper.example; any id",
        "; any id, written in upper case; an item's, which ",
        "hints at its release and names none, which copies on other sites carry too",
        "a snowflake of digits, which tells when it was made, within 3 days of the date beside it, shown as https://{host}",
        "click.paper.example and c.paper.example under /c/, leads to to",
        "paper:b in https://c.paper.example/c?to=",
        "no key in https://www.paper.example/f/2026-01-02/1234567890123456789",
        "+01:00 from UTC",
        "what has the class or id storyBody",
        "Read on at the Paper, with the line",
        "promo-box",
    ):
        assert words in said


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_shipped_files_show_by_examples_what_they_mean(path: Path) -> None:
    site = load_site(path)
    assert site.examples or site.tier == "index"
    assert not site.keys or any(example.key for example in site.examples)
    schemes = {example.key.partition(":")[0] for example in site.examples}
    assert {key.scheme for key in site.keys} - schemes - {"globenewswire-media"} == set()


def test_only_sites_whose_terms_allow_it_or_are_not_read_say_where_their_lists_are() -> None:
    asked = {site.name for site in load_sites().all if site.discover != Discover() and not site.is_reserved}
    services = {"gdelt", "gdeltgal", "wayback", "commoncrawl"}
    assert asked == {"cgtn", "globenewswire", "businesswire", "einpresswire", *services}


def test_every_mistake_of_a_file_is_a_message_and_no_crash(written: Callable[..., Path]) -> None:
    for word in (
        "{",
        "}",
        "{}",
        "{id",
        "{id:}",
        "{:id}",
        "{ID}",
        "{id}{id}",
        "{id:digits9999}",
        "(",
        "[",
        "\\\\",
        "?",
    ):
        path = written('path = "/news/{date}/{slug}-{id}.html"', f'path = "/{word}/x"')
        with pytest.raises(UsageError, match=r"keys\.(path|key)|paper\.toml"):
            load_site(path)


@pytest.mark.parametrize("tier", ["origin", "wire"])
def test_no_address_on_any_host_makes_a_page_an_origins_or_a_wires(
    written: Callable[..., Path], tier: str
) -> None:
    more = '[[keys]]\nscheme = "net"\nhosts = ["*"]\npath = "/net/{id:digits6}/{slug}"\nrung = 3\n'
    with pytest.raises(UsageError, match=r"keys\.hosts: any host"):
        load_site(written('tier = "copy"', f'tier = "{tier}"', more=more))


def test_an_address_on_any_host_can_tell_whose_it_is(written: Callable[..., Path]) -> None:
    more = '[[keys]]\nscheme = "net"\nhosts = ["*"]\npath = "/net/{id:digits6}/{slug}"\n'
    sites = Sites((load_site(written(more=more)),))
    assert [one.value for one in sites.read("http://any.example/net/123456/a")] == ["123456"]
    assert sites.family_of("http://any.example/net/123456/a") == "paper"
    assert sites.of_url("http://any.example/net/12345/a") is None
    assert sites.of_host("any.example") is None


def test_lines_and_containers_of_a_site_are_cut(written: Callable[..., Path]) -> None:
    cleaning = '[cleaning]\nwithin = ["storyBody"]\nbelow = ["Read on at\u2026"]\n'
    cleaning += 'lines = ["Tell a friend"]\nhints = ["promo-box"]\n'
    sites = Sites((load_site(written(more=cleaning)),))
    told = [f"On day {n} the river rose by a hand, and the mill stood still until the evening." for n in range(5)]
    html = (
        f'<html><title>The river</title><body><h1>The river</h1><div id="story-body"><p>{told[0]}</p>'
        f'<p>Tell a friend</p><p>{told[1]}</p><div class="promo"><div class="box"><p>A boat that is not for sale, '
        f"and a house that is, both by the river.</p></div></div><p>{told[2]}</p><p>{told[3]}</p><p>{told[4]}</p>"
        "<p>Read on at the Paper, which knows of every river</p><p>The hill has a new path, said the county, and "
        "whoever walks it can see both towns from there.</p></div><p>Outside of it all there stood one more long "
        "sentence, which nobody had put into the story.</p></body></html>"
    )
    url = "http://www.paper.example/news/2026-01-02/a-b.html"
    read = read_page(Fetched(url, "2026-01-02T00:00:00Z", 200, (), html.encode()), sites, 1 << 20)
    assert isinstance(read, Read)
    assert read.draft.text.splitlines() == told
    early = html.replace('<div id="story-body">', '<p>Read on at the Paper</p><div id="story-body">')
    again = read_page(Fetched(url, "2026-01-02T00:00:00Z", 200, (), early.encode()), sites, 1 << 20)
    assert isinstance(again, Read)
    assert again.draft.text.splitlines() == told


def test_the_sites_that_ship_are_as_many_as_the_documents_say() -> None:
    tiers = [site.tier for site in load_sites().all]
    assert (tiers.count("origin"), tiers.count("wire"), tiers.count("copy")) == (1, 9, 17)
    assert tiers.count("index") == 6
    listed = (ROOT / "docs" / "sites.md").read_text("utf-8")
    assert [site.title for site in load_sites().all if site.title.split(" and ")[0] not in listed] == []


def test_a_page_at_an_archive_is_a_copy_and_its_raw_captures_are_not() -> None:
    body = "".join(f"<p>{'A long sentence about a bridge in the valley. ' * 4}{n}</p>" for n in range(6)).encode()
    sites = load_sites()

    def read(url: str) -> object:
        return read_page(Fetched(url, None, 200, (("Content-Type", "text/html"),), body), sites, 1 << 20)

    held = sites.of_host("web.archive.org")
    assert held is not None
    assert held.page_tier == "copy"
    assert isinstance(read("https://web.archive.org/web/20260109101112/https://e.example/a"), Read)
    assert not isinstance(read("https://web.archive.org/web/20260109101112id_/https://e.example/a"), Read)
