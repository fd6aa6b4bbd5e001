"""Parquet keeps the rows, with types; the readers that people use take it, and JSON Lines, without options."""

from __future__ import annotations

import importlib
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from crawler.errors import TearsheetError, UsageError
from crawler.export.form import write_jsonl
from crawler.export.parquet import MONTHS, write_months, write_parquet
from crawler.export.rows import read_rows
from crawler.export.whole import replacing_bytes, replacing_folder
from storage.lookups import reading
from tests.libraries import library

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Engine

READERS = ("pandas", "polars", "duckdb", "datasets")


def rows(engine: Engine, kind: str) -> list[dict[str, Any]]:
    with reading(engine) as connection:
        return list(read_rows(connection, kind))


def plain(value: Any) -> Any:
    """A value that was read back, without the parts that the row did not have."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    if isinstance(value, dict):
        return {key: plain(part) for key, part in value.items() if part is not None}
    if isinstance(value, list):
        return [plain(part) for part in value]
    return value


def read(name: str, path: Path, form: str) -> list[dict[str, Any]]:
    """The rows of a file as a library reads them when nothing but the file is named."""
    module = library(name)
    found: list[dict[str, Any]]
    if name == "pandas":
        frame = module.read_parquet(path) if form == "parquet" else module.read_json(path, lines=True)
        found = frame.to_dict("records")
    elif name == "polars":
        found = (module.read_parquet(path) if form == "parquet" else module.read_ndjson(path)).to_dicts()
    elif name == "duckdb":
        table = module.sql(f"SELECT * FROM '{path}'")
        found = [dict(zip(table.columns, row, strict=True)) for row in table.fetchall()]
    else:
        cache = str(path.parent / "cache")
        loaded = module.load_dataset(
            form.replace("jsonl", "json"), data_files=str(path), cache_dir=cache, split="train"
        )
        found = loaded.to_list()
    return found


@pytest.mark.parametrize("kind", MONTHS)
def test_parquet_loses_nothing(engine: Engine, tmp_path: Path, kind: str) -> None:
    library("pyarrow")
    parquet = importlib.import_module("pyarrow.parquet")
    path = tmp_path / "rows.parquet"
    written = rows(engine, kind)
    with replacing_bytes(path) as out:
        assert write_parquet(iter(written), out, kind) == len(written)
    back = parquet.read_table(path).to_pylist()
    assert [plain(row) for row in back] == [plain(row) for row in written]


def test_the_columns_are_typed(engine: Engine, tmp_path: Path) -> None:
    library("pyarrow")
    path = tmp_path / "rows.parquet"
    with replacing_bytes(path) as out:
        write_parquet(rows(engine, "copies"), out, "copies")
    schema = importlib.import_module("pyarrow.parquet").read_schema(path)
    assert str(schema.field("first_seen").type) == "timestamp[ms, tz=UTC]"
    assert str(schema.field("versions").type) == "int64"
    assert str(schema.field("coverage").type.field("copy").type) == "double"
    assert str(schema.field("removed").type.field("duplicate-lead").type) == "int64"
    assert str(schema.field("published_at").type) == "string"  # what the page says, in its own precision


@pytest.mark.parametrize("form", ["parquet", "jsonl"])
@pytest.mark.parametrize("name", READERS)
def test_readers_take_it_without_options(
    engine: Engine, tmp_path: Path, name: str, form: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    library(name)
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    path = tmp_path / f"copies.{form}"
    written = rows(engine, "copies")
    if form == "parquet":
        with replacing_bytes(path) as out:
            write_parquet(written, out, "copies")
    else:
        with path.open("w", encoding="utf-8") as text:
            write_jsonl(written, text, "copies")
    found = read(name, path, form)
    assert [row["url"] for row in found] == [row["url"] for row in written]
    assert [row["text"] for row in found] == [row["text"] for row in written]
    assert [round(row["coverage"]["copy"], 3) for row in found] == [row["coverage"]["copy"] for row in written]


def test_months_are_folders(engine: Engine, tmp_path: Path) -> None:
    polars = library("polars")
    written = rows(engine, "copies")
    for _ in range(2):  # the second takes the place of the first
        with replacing_folder(tmp_path / "copies", "month=*") as folder:
            assert write_months(written, folder, "copies") == len(written)
    assert [each.name for each in tmp_path.iterdir()] == ["copies"]
    found = polars.read_parquet(tmp_path / "copies")
    expected = {(row["url"], (row[MONTHS["copies"]] or "unknown")[:7]) for row in written}
    assert set(zip(found["url"], found["month"], strict=True)) == expected


def test_a_folder_of_other_things_stays(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine", "utf-8")
    with pytest.raises(UsageError, match="other things"), replacing_folder(tmp_path, "month=*"):
        pass
    assert (tmp_path / "mine.txt").read_text("utf-8") == "mine"


def test_what_breaks_leaves_the_old_folder(tmp_path: Path) -> None:
    (tmp_path / "out" / "month=2026-01").mkdir(parents=True)
    with pytest.raises(TearsheetError), replacing_folder(tmp_path / "out", "month=*") as folder:
        (folder / "month=2026-02" / "too" / "deep").mkdir()
    assert [each.name for each in tmp_path.iterdir()] == ["out"]
    assert [each.name for each in (tmp_path / "out").iterdir()] == ["month=2026-01"]


def test_standard_output_takes_no_parquet() -> None:
    with pytest.raises(UsageError, match="-o"), replacing_bytes("-"):
        pass
