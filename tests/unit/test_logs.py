"""What a log may hold, whoever wrote the message; and the line that says how a run stands."""

from __future__ import annotations

import io
import json
import logging
import time
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from crawler.cli.logs import LONGEST, secrets_of, start_logging
from crawler.cli.progress import describe, following
from crawler.errors import UsageError
from crawler.fetch.run import Tally
from storage.engine import open_engine, prepare
from storage.standing import Standing

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

HOSTILE = "\x1b[2J\x9b\x07\x7f\u202egnp.exe\u2028\r\n{'level': 'error'}"


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    for handler in root.handlers:
        if handler not in handlers:
            handler.close()
    root.handlers, root.level = handlers, level


def lines(path: Path) -> list[dict[str, str]]:
    return [json.loads(line) for line in path.read_text("ascii").splitlines()]


def test_one_event_is_one_line_of_json_and_nothing_in_it_acts(tmp_path: Path) -> None:
    start_logging(logging.WARNING, str(tmp_path / "log"))
    logging.getLogger("site\x1b").info("fetched %s", HOSTILE)
    logging.getLogger("site").warning("%s", "x" * 100_000)
    logging.getLogger("site").debug("not wanted")
    first, second = lines(tmp_path / "log")
    assert first["level"] == "info"
    assert first["from"] == "site\\x1b"
    assert first["says"].isprintable()
    assert "\\x1b[2J" in first["says"]
    assert "\\u202e" in first["says"]
    assert len(second["says"]) <= LONGEST + 1
    assert first["at"].endswith("Z")


def test_an_error_is_told_with_where_it_was(tmp_path: Path) -> None:
    start_logging(logging.WARNING, str(tmp_path / "log"))
    try:
        raise ValueError(HOSTILE)
    except ValueError:
        logging.getLogger("site").exception("it broke")
    (line,) = lines(tmp_path / "log")
    assert "ValueError" in line["error"]
    assert "\x1b" not in line["error"]


def test_passwords_are_left_out_of_every_form(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    secrets = secrets_of("postgresql://me:s%40fe-word@db.example/x", "sqlite:///x", "http://[")
    start_logging(logging.INFO, str(tmp_path / "log"), secrets)
    logging.getLogger("x").warning("postgresql://me:s%%40fe-word@db.example/x says s@fe-word is wrong")
    logging.getLogger("x").warning("http://other:hunter2@host/ is down")
    said = (tmp_path / "log").read_text() + capsys.readouterr().err
    assert "fe-word" not in said
    assert "hunter2" not in said
    assert said.count("***") >= 4


def test_standard_error_is_quiet_and_harmless_as_before(capsys: pytest.CaptureFixture[str]) -> None:
    start_logging(logging.WARNING)
    logging.getLogger("x").info("not wanted")
    logging.getLogger("x").warning("see %s", HOSTILE)
    said = capsys.readouterr().err
    assert said.startswith("WARNING x: see \\x1b[2J")
    assert "\x1b" not in said
    assert "not wanted" not in said


def test_json_lines_may_go_to_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    start_logging(logging.WARNING, "-")
    logging.getLogger("x").info("here")
    (line,) = capsys.readouterr().err.splitlines()
    assert json.loads(line)["says"] == "here"


def test_a_log_that_cannot_be_written_is_wrong_usage(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="--log"):
        start_logging(logging.WARNING, str(tmp_path / "no" / "log"))


class Screen(io.StringIO):
    """A terminal."""

    def isatty(self) -> bool:
        return True


def test_the_line_tells_hosts_queue_rate_and_new_copies() -> None:
    tally = Tally(fetched=30, failed=Counter({"timeout": 2}), blocked=Counter({"blocked:robots": 1}))
    line = describe(tally, Standing(5, 120, 7, 14), Standing(0, 0, 0, 10), 10.0)
    assert line == ("5 hosts · 120 queued · 3.0 pages/s · 30 fetched · 3 not to be had · 7 to read · 4 new copies")


def test_progress_is_shown_on_a_terminal_alone_and_cleared(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'x.sqlite'}")
    prepare(engine)
    file, screen = io.StringIO(), Screen()
    with following(engine, out=file) as progress:
        assert progress is None
    with following(engine, quiet=True, out=screen) as progress:
        assert progress is None
    assert file.getvalue() == screen.getvalue() == ""
    with following(engine, out=screen) as progress:
        assert progress is not None
        progress(Tally(fetched=3))
        for _ in range(200):
            if "3 fetched" in screen.getvalue():
                break
            time.sleep(0.05)
    engine.dispose()
    assert "3 fetched" in screen.getvalue()
    assert screen.getvalue().endswith("\r\x1b[K")
