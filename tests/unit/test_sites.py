"""Site files: the shipped ones load and say what they should, bad ones fail naming the file and the key."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from crawler.cli.demo import SITES, lay_out_sites
from crawler.cli.main import main
from crawler.errors import TearsheetError, UsageError
from crawler.sites.load import Sites, load_site, load_sites, shipped_folder
from crawler.sites.template import TemplateError, compile_template, fill

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

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
    assert site.item_templates


@pytest.mark.parametrize("path", SHIPPED + SAMPLES, ids=lambda path: path.stem)
def test_every_list_of_a_site_is_on_a_host_of_the_site(path: Path) -> None:
    site = load_site(path)
    known = Sites((site,))
    for url in (*site.discover.feeds, *site.discover.listings, *site.discover.sitemaps):
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
