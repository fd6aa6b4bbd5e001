"""`export --cursor`: the first time everything, then what changed; the cursor is written when the rows are."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import delete, update

from crawler.cli.main import main
from crawler.export import increments
from storage import tables as t
from storage.engine import open_engine
from storage.revisions import revise

if TYPE_CHECKING:
    from pathlib import Path

CHANGED, GONE = "https://coins.example/a-bridge", "https://www.mexc.example/news/310001"


@pytest.fixture
def changing(data: Path) -> None:
    """Some rows change and one goes, as a drain would have it; called when a test asks for it."""
    found = open_engine(f"sqlite:///{data / 'tearsheet.sqlite'}")
    with found.begin() as connection:
        connection.execute(update(t.Copy).where(t.Copy.url == CHANGED).values(versions=9))
        connection.execute(delete(t.Copy).where(t.Copy.url == GONE))
        revise(connection, [f"copies {CHANGED}", f"copies {GONE}"], "89abcdef")
    found.dispose()


def export(data: Path, *words: str, code: int = 0) -> None:
    assert main(["export", *words, "--data", str(data)]) == code


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def test_the_second_export_has_what_changed_since_the_first(
    data: Path, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    out, cursor = tmp_path / "rows.jsonl", tmp_path / "rows.cursor"
    followed = ("copies", "--cursor", str(cursor), "-o", str(out))
    export(data, *followed)
    first, marker = lines(out), json.loads(cursor.read_text())["marker"]
    export(data, "copies", "-o", str(out))
    assert lines(out) == first
    export(data, *followed)
    assert lines(out) == []
    request.getfixturevalue("changing")
    export(data, *followed)
    changed, gone = lines(out)
    assert (changed["url"], changed["versions"]) == (CHANGED, 9)
    assert gone == {"url": GONE, "gone": True}
    export(data, *followed)
    assert lines(out) == []
    export(data, "copies", "--since", marker, "-o", str(out))
    assert lines(out) == [changed, gone]
    export(data, "removed", "--since", marker, "-o", str(out))
    assert lines(out)[0] == {"url": CHANGED, "gone": True}
    assert [row.get("role") for row in lines(out)[1:]] == ["read-more", "related", None]
    assert lines(out)[-1] == gone


def test_the_cursor_stays_where_the_rows_could_not_be_written(
    data: Path, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    cursor = tmp_path / "rows.cursor"
    export(data, "copies", "--cursor", str(cursor), "-o", str(tmp_path / "rows.jsonl"))
    before = cursor.read_bytes()
    request.getfixturevalue("changing")
    export(data, "copies", "--cursor", str(cursor), "-o", "/dev/full", code=1)
    assert cursor.read_bytes() == before
    export(data, "copies", "--cursor", str(cursor), "-o", str(tmp_path / "missing" / "rows.jsonl"), code=2)
    assert cursor.read_bytes() == before


def test_rows_that_look_otherwise_have_all_changed(
    data: Path, tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    out, cursor = tmp_path / "rows.jsonl", tmp_path / "rows.cursor"
    followed = ("copies", "--cursor", str(cursor), "-o", str(out))
    export(data, *followed)
    before = {row["url"] for row in lines(out)}
    request.getfixturevalue("changing")
    monkeypatch.setattr(increments, "_look", lambda _kind: "other")
    export(data, *followed)
    assert {row["url"] for row in lines(out)} == before
    assert [row["url"] for row in lines(out) if row.get("gone")] == [GONE]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["releases", "--cursor", "{cursor}"], 2),
        (["copies", "--cursor", "{cursor}", "--roles", "body"], 2),
        (["copies", "--cursor", "{cursor}", "--locations"], 2),
        (["copies", "--cursor", "{cursor}", "--format", "csv"], 2),
        (["copies", "--cursor", "{cursor}", "--since", "1-0123abcd"], 2),
        (["copies", "--cursor", "{broken}"], 2),
        (["copies", "--cursor", "-"], 2),
        (["overrules", "--cursor", "{new}"], 2),
        (["copies", "--since", "2025-12-22T10:00:00Z"], 2),
        (["copies", "--since", "1-ffffffff"], 1),
        (["copies", "--cursor", "{other}"], 1),
    ],
)
def test_a_cursor_that_does_not_fit_is_told(
    data: Path, tmp_path: Path, words: list[str], code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    names = {name: str(tmp_path / f"{name}.json") for name in ("cursor", "broken", "other", "new")}
    export(data, "copies", "--cursor", names["cursor"], "-o", str(tmp_path / "rows.jsonl"))
    good = (tmp_path / "cursor.json").read_text()
    (tmp_path / "broken.json").write_text(good[:-9])
    (tmp_path / "other.json").write_text(good.replace("0123abcd", "ffffffff"))
    capsys.readouterr()
    export(data, *(word.format(**names) for word in words), code=code)
    assert capsys.readouterr().out == ""
    assert (tmp_path / "cursor.json").read_text() == good
    assert not (tmp_path / "new.json").exists()
