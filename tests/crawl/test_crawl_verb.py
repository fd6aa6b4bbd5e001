"""The command and its settings."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from scrapy.settings import Settings

from crawler.cli.main import main
from crawler.spiders.crawl import scrapy_settings
from settings.app import AppConfig, Crawl
from tests.crawl.loopback import CHILD, Server, listed, site_file, story

if TYPE_CHECKING:
    from collections.abc import Sequence

ROOT = Path(__file__).parents[2]

SAFE: dict[str, object] = {
    "TELNETCONSOLE_ENABLED": False,
    "REMOTE_CONTROL_ENABLED": False,
    "COOKIES_ENABLED": False,
    "HTTPPROXY_ENABLED": False,
    "REFERER_ENABLED": False,
    "METAREFRESH_ENABLED": False,
    "HTTPCACHE_ENABLED": False,
    "RETRY_ENABLED": False,
    "JOBDIR": None,
    "DOWNLOAD_VERIFY_CERTIFICATES": True,
    "ROBOTSTXT_OBEY": True,
    "AUTOTHROTTLE_ENABLED": True,
    "REDIRECT_MAX_TIMES": 5,
    "CONCURRENT_REQUESTS_PER_DOMAIN": 1,
    "TEARSHEET_LOOPBACK": {},
}


@pytest.mark.parametrize(("name", "value"), SAFE.items())
def test_safe_settings(name: str, value: object) -> None:
    assert scrapy_settings(AppConfig(), {})[name] == value


def test_only_the_guarded_handlers_are_left() -> None:
    handlers = scrapy_settings(AppConfig(), {}).getwithbase("DOWNLOAD_HANDLERS")
    assert {scheme for scheme, handler in handlers.items() if handler is not None} == {"http", "https"}
    assert set(handlers.values()) == {"crawler.fetch.guard.GuardedHandler", None}


def test_no_middleware_of_scrapys_that_we_replace() -> None:
    settings = scrapy_settings(AppConfig(), {})
    chain = settings.get_component_priority_dict_with_base("DOWNLOADER_MIDDLEWARES")
    names = {
        getattr(each, "__name__", str(each)).rpartition(".")[2]
        for each, order in chain.items()
        if order is not None
    }
    assert names == {
        "Fence", "Robots", "Reservations", "Politeness", "Render", "Redirects", "ArchiveMiddleware",
        "DownloadTimeoutMiddleware", "DefaultHeadersMiddleware", "UserAgentMiddleware", "DownloaderStats",
    }  # fmt: skip


def test_every_setting_is_one_that_scrapy_knows_or_ours() -> None:
    import settings.crawl as module

    known = set(Settings().keys())
    ours = {name for name in vars(module) if name.isupper()}
    assert {name for name in ours if name not in known and not name.startswith("TEARSHEET_")} <= {
        "REFERER_ENABLED",
        "REFERRER_POLICY",
    }


def test_the_agent_names_a_contact() -> None:
    agent = scrapy_settings(AppConfig(crawl=Crawl(contact="ops@example.org (night)\r\nX: y")), {})["USER_AGENT"]
    assert agent == "Tearsheet/0.1 (follows press releases; ops@example.org nightX: y)"


def test_hostile_addresses_named_on_the_command_line(
    tmp_path: Path, other_server: Server, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "urls.txt"
    file.write_text(f"# a comment\nhttp://{other_server.address}/\nhttp://2130706433/\n\nfile:///etc/passwd\n")
    code = main(["crawl", "--data", str(tmp_path / "data"), "--urls", str(file), "--json"])
    said = json.loads(capsys.readouterr().out)
    assert code == 3
    assert said["blocked"] == {"blocked:address.loopback": 2, "blocked:scheme": 1}
    assert other_server.connections == 0


@pytest.mark.parametrize(
    "arguments", [["--site", "nowhere"], ["--urls", "/nonexistent/file"], ["--urls", "{empty}"]]
)
def test_wrong_usage(arguments: Sequence[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    empty = tmp_path / "empty"
    empty.write_text("# nothing\n")
    given = [word.format(empty=empty) for word in arguments]
    assert main(["crawl", "--data", str(tmp_path / "data"), *given]) == 2
    assert capsys.readouterr().err.startswith("tearsheet: --")


def test_a_signal_ends_it_in_order(tmp_path: Path, server: Server) -> None:
    server.pages = {"/": listed(*(f"/news/{n}" for n in range(50)))}
    server.pages |= {f"/news/{n}": story(str(n)) for n in range(50)}
    folder = tmp_path / "data" / "sites"
    folder.mkdir(parents=True)
    (folder / "mirror.toml").write_text(site_file(0.2))
    with subprocess.Popen(
        [sys.executable, "-c", CHILD, str(tmp_path / "data"), server.address, "-v"],
        cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    ) as child:  # fmt: skip
        limit = time.monotonic() + 120
        while len(server.hits) < 4 and time.monotonic() < limit:
            time.sleep(0.02)
        child.send_signal(signal.SIGINT)
        out, err = child.communicate(timeout=120)
    assert child.returncode == 130, err
    assert "stopped; run it again" in out
    assert len(server.hits) < 20
    assert "Traceback" not in err
