"""The newsroom's server: every host by its name, on this machine alone, and it counts what it is asked for."""

from __future__ import annotations

import http.client
from typing import TYPE_CHECKING

import pytest

from crawler.demo.findings import waited_for
from crawler.demo.server import Running, serving

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crawler.demo.newsroom import Newsroom


@pytest.fixture
def running(newsroom: Newsroom) -> Iterator[Running]:
    with serving(newsroom) as made:
        yield made


def ask(running: Running, host: str, path: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
    connection = http.client.HTTPConnection(running.address, timeout=5)
    try:
        connection.request("GET", path, headers={"Host": host, **headers})
        response = connection.getresponse()
        return response.status, dict(response.getheaders()), response.read()
    finally:
        connection.close()


def test_hosts_answer_by_their_names(running: Running, newsroom: Newsroom) -> None:
    assert running.address.startswith("127.0.0.1:")
    for host in ("www.coinbazaar.test", "WWW.CoinBazaar.test:80", "www.cb-exchange.test"):
        status, headers, body = ask(running, host, "/news/1001")
        assert status == 200
        assert headers["Content-Type"] == "text/html; charset=utf-8"
        assert body == newsroom.answer(host.lower().partition(":")[0], "/news/1001").body
    assert ask(running, "www.kvlo.test", "/news/1001")[0] == 404
    assert ask(running, "www.example.com", "/")[0] == 404


def test_one_port_serves_all_hosts(running: Running, newsroom: Newsroom) -> None:
    assert dict(running.loopback) == dict.fromkeys(newsroom.hosts, running.address)


def test_a_page_that_is_known_is_not_sent_again(running: Running) -> None:
    _, headers, _ = ask(running, "news.halcyon.test", "/rss/world.xml")
    status, _, body = ask(running, "news.halcyon.test", "/rss/world.xml", **{"If-None-Match": headers["ETag"]})
    assert (status, body) == (304, b"")
    assert ask(running, "news.halcyon.test", "/rss/world.xml", **{"If-None-Match": '"x"'})[0] == 200


def test_a_busy_page_answers_the_second_time(running: Running, newsroom: Newsroom) -> None:
    (busy,) = (served for served in newsroom.served if len(served.answers) > 1)
    status, headers, _ = ask(running, busy.host, busy.path)
    assert (status, headers["Retry-After"]) == (503, "1")
    assert waited_for(newsroom, running.requests) == ()
    assert ask(running, busy.host, busy.path)[0] == 200
    assert waited_for(newsroom, running.requests) == (busy.host,)


def test_what_was_asked_for_is_counted(running: Running) -> None:
    for _ in range(3):
        ask(running, "www.quietpost.test", "/robots.txt")
    assert running.requests.of_host("www.quietpost.test") == {"/robots.txt": 3}
    assert running.requests.of_host("www.kvlo.test") == {}


def test_the_port_is_given_back(newsroom: Newsroom) -> None:
    with serving(newsroom) as running:
        pass
    with pytest.raises(ConnectionError):
        ask(running, "www.kvlo.test", "/")
