"""What is sent, and how sending ends: over real sockets on loopback, with doubles that fail."""

from __future__ import annotations

import json
import socketserver
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from crawler.alerts.message import as_mail
from crawler.alerts.send import send
from settings.alerts import Alerts
from storage.alerts import AlertRow
from tests.crawl.loopback import Reply, serving

if TYPE_CHECKING:
    from collections.abc import Iterator

HOSTILE = "A port\r\nBcc: all@victim.test\r\n\x1b[2J\u202eopened"
ALERT = AlertRow("ab" * 16, "copy", "http://a.test/1", "wire:1", HOSTILE, "2026-11-24T06:00:00Z", None, None, None)


@dataclass
class Post:
    """An SMTP double: `says` replaces its answer to a command, `silent` answers nothing at all."""

    port: int = 0
    says: dict[str, bytes] = field(default_factory=dict)
    silent: bool = False
    mails: list[bytes] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)


def _smtp(post: Post) -> type[socketserver.StreamRequestHandler]:
    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            if post.silent:
                time.sleep(5)
                return
            self.wfile.write(b"220 double\r\n")
            while line := self.rfile.readline():
                word = line.split()[0].decode().upper()
                post.commands.append(word)
                if word == "DATA" and word not in post.says:
                    self.wfile.write(b"354 go on\r\n")
                    mail = b""
                    while (part := self.rfile.readline()) != b".\r\n":
                        mail += part
                    post.mails.append(mail)
                self.wfile.write(post.says.get(word, b"250 good\r\n" if word != "QUIT" else b"221 bye\r\n"))

    return Handler


@contextmanager
def smtp() -> Iterator[Post]:
    post = Post()
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _smtp(post)) as server:
        server.daemon_threads = True
        post.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        yield post
        server.shutdown()
        thread.join()


def mailing(post: Post, **more: Any) -> Alerts:
    values = {"mail_to": ("desk@a.test",), "mail_from": "t@a.test", "smtp": f"127.0.0.1:{post.port}"}
    return Alerts(**{**values, "starttls": False, "timeout": 2.0, **more})


def test_a_mail_arrives_with_no_header_of_theirs() -> None:
    with smtp() as post:
        assert send([ALERT], "mail", mailing(post)) is None
        (mail,) = post.mails
    head, _, body = mail.partition(b"\r\n\r\n")
    assert b"Subject: Tearsheet: 1 new copies" in head
    assert b"victim" not in head
    assert b"\x1b" not in mail
    assert b"A port" in body


def test_a_mail_says_it_all_in_lines_that_do_nothing() -> None:
    text = as_mail([ALERT], "t@a.test", ["desk@a.test"]).get_content()
    assert "\\x1b[2J\\u202eopened" in text
    assert "http://a.test/1" in text


@pytest.mark.parametrize("word", ["MAIL", "RCPT", "DATA"])
def test_a_server_that_refuses(word: str) -> None:
    with smtp() as post:
        post.says[word] = b"550 no\r\n"
        assert "SMTP" in (send([ALERT], "mail", mailing(post)) or "")


def test_a_password_is_never_sent_in_the_open() -> None:
    with smtp() as post:
        assert send([ALERT], "mail", mailing(post, smtp_user="me", smtp_password="secret")) is not None
        assert send([ALERT], "mail", mailing(post, starttls=True)) is not None
        assert "AUTH" not in post.commands
        assert not post.mails


def test_a_server_that_says_nothing_is_left() -> None:
    with smtp() as post:
        post.silent = True
        assert send([ALERT], "mail", mailing(post, timeout=0.2)) is not None


def test_a_server_that_is_away() -> None:
    assert "refused" in (send([ALERT], "mail", mailing(Post(port=9))) or "").casefold()


def test_a_webhook_gets_json() -> None:
    got: list[dict[str, Any]] = []

    def take(handler: Any) -> None:
        got.append(json.loads(handler.rfile.read(int(handler.headers["Content-Length"]))))
        handler.wfile.write(b"HTTP/1.1 204 No Content\r\n\r\n")

    with serving() as server:
        server.pages["/hook"] = take
        config = Alerts(webhook=f"http://{server.address}/hook", timeout=5.0)
        assert send([ALERT], "webhook", config) is None
    (told,) = got[0]["alerts"]
    assert (told["id"], told["kind"], told["subject"]) == (ALERT.id, "copy", "http://a.test/1")
    assert "\x1b" not in told["says"]


@pytest.mark.parametrize(
    ("reply", "fault"),
    [
        (Reply(b"", 500), "status 500"),
        (Reply(b"", 302, (("Location", "http://127.0.0.1:9/"),)), "status 302"),
        (Reply(raw=b"nonsense\r\n\r\n"), "BadStatusLine"),
        (lambda handler: time.sleep(2), "no end after"),
    ],
)
def test_a_webhook_that_fails(reply: Any, fault: str) -> None:
    with serving() as server:
        server.pages["/hook"] = reply
        quick = 0.2 if fault.startswith("no end") else 5.0
        said = send([ALERT], "webhook", Alerts(webhook=f"http://{server.address}/hook", timeout=quick))
    assert said is not None
    assert fault in said or "time" in said.casefold()


def test_a_config_that_nothing_can_be_sent_to() -> None:
    for wrong in ({"webhook": "ftp://a.test/"}, {"mail_to": ["desk"]}, {"mail_to": ["desk@a.test"]}):
        with pytest.raises(msgspec.ValidationError):
            msgspec.convert(wrong, Alerts)
