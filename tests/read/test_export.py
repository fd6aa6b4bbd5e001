"""Exported rows keep their contract: schema, order, bytes, and no cell that a spreadsheet would run."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING, Any, get_args

import jsonschema  # type: ignore[import-untyped] # ships no types
import pytest
from sqlalchemy import delete, insert

from crawler.errors import TearsheetError, UsageError
from crawler.export.form import COLUMNS, WRITERS, defuse, dump_json
from crawler.export.rows import SCHEMAS, read_rows, read_schema
from crawler.export.whole import refuse_stale, replacing
from crawler.records import KEPT_ROLES, Role
from storage import tables as t
from storage.lookups import reading

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Engine

KEYS_OF_A_COPY = (
    "url site family cluster release relation key_rung title text language published_at first_seen last_seen "
    "missing_since coverage differences evidence removed versions parent captured_at archive rules_version signals"
)


def rows(engine: Engine, kind: str, **options: Any) -> list[dict[str, Any]]:
    with reading(engine) as connection:
        return list(read_rows(connection, kind, **options))


def written(engine: Engine, kind: str, form: str) -> str:
    out = io.StringIO()
    with reading(engine) as connection:
        WRITERS[form](read_rows(connection, kind), out, kind)
    return out.getvalue()


@pytest.mark.parametrize("kind", SCHEMAS)
def test_rows_keep_their_schema(engine: Engine, kind: str) -> None:
    schema = read_schema(kind)
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    found = rows(engine, kind)
    assert found
    for row in found:
        validator.validate(row)
        assert tuple(row) == COLUMNS[kind] == tuple(schema["properties"])
    with pytest.raises(jsonschema.ValidationError):
        validator.validate(found[0] | {"surprise": 1})


def test_the_schemas_know_every_role() -> None:
    gone = {role for role in get_args(Role) if role not in KEPT_ROLES and role != "title"}
    known = read_schema("removed")["properties"]["role"]["enum"]
    annotated = read_schema("annotations")["$defs"]["role"]["properties"]["value"]["enum"]
    explained = read_schema("explain")["properties"]["blocks"]["items"]["properties"]["role"]["enum"]
    counted = read_schema("copies")["properties"]["removed"]["propertyNames"]["enum"]
    assert set(known) == set(annotated) == set(counted) == gone
    assert set(explained) == set(get_args(Role))


def test_a_copy_has_the_keys_that_others_rely_on(engine: Engine) -> None:
    assert " ".join(rows(engine, "copies")[0]) == KEYS_OF_A_COPY
    with_places = rows(engine, "copies", locations=True)
    jsonschema.validate(with_places[1], read_schema("copies"))
    assert with_places[1]["archive"]["location"]["file"] == "seg-00001.warc.gz"


def test_every_stored_page_is_there_and_no_other(engine: Engine) -> None:
    found = {row["url"]: row for row in rows(engine, "copies")}
    assert len(found) == 10
    assert found["https://a-first.example/alone"]["release"] is None
    assert found["https://a-first.example/alone"]["relation"] == "unrelated"
    assert "https://wall.example/1" not in found


def test_only_an_attaching_relation_names_a_release(engine: Engine) -> None:
    found = {row["url"]: row for row in rows(engine, "copies")}
    cited = found["https://paper.example/opinion"]
    assert (cited["relation"], cited["release"]) == ("citation", None)
    edited = found["https://hostile.example/x?a=1&b=%22"]
    assert edited["release"].endswith("1JjihOzBpvi/p.html")
    assert edited["coverage"] == {"copy": 0.985, "release": 0.93}
    assert edited["evidence"]["contradictions"] == ["its canonical link names another page"]
    assert edited["removed"] == {"disclaimer": 1}


def test_roles_pick_the_text_and_the_ledger(engine: Engine) -> None:
    picked = {row["url"]: row["text"] for row in rows(engine, "copies", roles=("related", "read-more"))}
    assert picked["https://coins.example/a-bridge"] == "Read the full story\nRelated stories"
    assert picked["https://a-first.example/alone"] == ""
    assert {row["role"] for row in rows(engine, "removed", roles=("ticker",))} == {"ticker"}


@pytest.mark.parametrize("kind", SCHEMAS)
@pytest.mark.parametrize("form", WRITERS)
def test_the_same_store_gives_the_same_bytes_in_code_point_order(engine: Engine, kind: str, form: str) -> None:
    first = written(engine, kind, form)
    assert first == written(engine, kind, form)
    assert "\r" not in first.replace("\r\n", "") or form == "csv"
    if form == "jsonl" and kind not in {"releases", "overrules", "corpus"}:
        found = [json.loads(line) for line in first.splitlines()]
        urls = [row["target"]["source"] if kind == "annotations" else row["url"] for row in found]
        assert urls == sorted(urls)


def test_json_lines_are_lines_for_every_reader_and_lose_nothing() -> None:
    hostile = {"t": "a\u2028b\u0085c\x0bd\x7f\x9b31m\u202ee\x1b[2J é 新"}
    line = dump_json(hostile)
    assert line.splitlines() == [line]
    assert not set(line) & set("\x1b\x9b\u202e\u2028\x7f")
    assert "é 新" in line
    assert json.loads(line) == hostile


@pytest.mark.parametrize(
    "cell",
    [
        "=1+1",
        "+1",
        "-1",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "\n=1",
        "  =1",
        "\xa0=1",
        "＝1",
        "＠x",
        "\ufeff=1",
        "x\n=cmd|'/c calc'!A1",
    ],
)
def test_no_line_of_a_cell_begins_a_formula(cell: str) -> None:
    for line in defuse(cell).split("\n"):
        assert not line.lstrip(" \xa0\t\r\ufeff").startswith(("=", "+", "-", "@", "＝", "＠"))
    assert defuse(cell).replace("'", "") == cell.replace("'", "")


def test_an_innocent_cell_is_left_alone() -> None:
    for cell in ("A bridge opens", "BTC -1.2%", "two = two", "", "line\nline"):
        assert defuse(cell) == cell


def test_csv_is_quoted_and_holds_nested_values_as_json(engine: Engine) -> None:
    text = written(engine, "copies", "csv")
    head, *lines = csv.reader(io.StringIO(text))
    assert head == KEYS_OF_A_COPY.split()
    found = {line[0]: dict(zip(head, line, strict=True)) for line in lines}
    hostile = found["https://hostile.example/x?a=1&b=%22"]
    assert hostile["title"].startswith("'=HYPERLINK(")
    assert json.loads(hostile["coverage"]) == {"copy": 0.985, "release": 0.93}
    assert all(line.startswith('"') for line in text.splitlines()[:1])


def test_an_empty_store_still_has_a_head(own_engine: Engine) -> None:
    with own_engine.begin() as connection:
        connection.execute(delete(t.Copy))
    assert written(own_engine, "copies", "csv").count("\n") == 1
    assert written(own_engine, "copies", "jsonl") == ""


def test_what_is_out_of_date_is_refused(own_engine: Engine) -> None:
    with reading(own_engine) as connection:
        refuse_stale(connection)
    with own_engine.begin() as connection:
        connection.execute(insert(t.Dirty).values(stratum="page", key="x"))
    with (
        reading(own_engine) as connection,
        pytest.raises(TearsheetError, match=r"1 page out of date.*tearsheet process"),
    ):
        refuse_stale(connection)


def test_a_file_is_replaced_whole_or_not_at_all(tmp_path: Path) -> None:
    target = tmp_path / "rows.jsonl"
    target.write_text("old")

    def fail_half_way() -> None:
        with replacing(target) as out:
            out.write("half")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail_half_way()
    assert target.read_text() == "old"
    with replacing(target) as out:
        out.write("new")
    assert target.read_text() == "new"
    assert [path.name for path in tmp_path.iterdir()] == ["rows.jsonl"]


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "real.json").write_text("old")
    (tmp_path / "link.json").symlink_to("real.json")
    with replacing(tmp_path / "link.json") as out:
        out.write("new")
    assert (tmp_path / "link.json").is_symlink()
    assert (tmp_path / "real.json").read_text() == "new"


@pytest.mark.parametrize("place", ["", "nowhere/rows.jsonl"])
def test_a_place_that_cannot_be_is_told(tmp_path: Path, place: str) -> None:
    with pytest.raises(UsageError, match="folder"), replacing(tmp_path / place):
        pass


def test_a_full_disk_is_told() -> None:
    with pytest.raises(TearsheetError, match="No space left"), replacing("/dev/full") as out:
        out.write("x" * 100_000)
