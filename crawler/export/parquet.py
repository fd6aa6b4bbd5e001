"""Rows as Parquet: typed columns that follow from the row's JSON Schema, in one file or a folder by month.

What the schema bounds by name becomes a struct, a UTC time a timestamp. Annotations have no columns: they are
JSON-LD, and go as JSON Lines. pyarrow is an extra: nothing here is imported before somebody asks for the format.
"""

from __future__ import annotations

import importlib.util
from contextlib import ExitStack
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from crawler.errors import UsageError
from crawler.export.rows import read_schema

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path
    from typing import BinaryIO

    from crawler.export.rows import Row

MONTHS: Final = {
    "releases": "first_copy_at",
    "copies": "first_seen",
    "removed": "captured_at",
    "overrules": "at",
    "corpus": "first_copy_at",
}
"""The kinds of rows that have columns, and the time whose first seven characters are a row's month."""

UNDATED: Final = "unknown"
_STAMP: Final = r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$"
_BATCH: Final = 1000


def expect_pyarrow() -> None:
    """Pass only where the library is there.

    Raises:
        UsageError: saying how to install it.

    """
    if importlib.util.find_spec("pyarrow") is None:
        raise UsageError("--format parquet needs pyarrow: pip install 'tearsheet[parquet]'")


def write_parquet(rows: Iterable[Row], out: BinaryIO, kind: str) -> int:
    """Write the rows into one file; answers how many."""
    with _Writer(out, kind) as writer:
        return sum(map(writer.add, rows))


def write_months(rows: Iterable[Row], folder: Path, kind: str) -> int:
    """Write the rows into `month=YYYY-MM/rows.parquet` under a folder, as Hive has it; answers how many."""
    count = 0
    with ExitStack() as stack:
        writers: dict[str, _Writer] = {}
        for row in rows:
            month = (row[MONTHS[kind]] or UNDATED)[:7]
            if month not in writers:
                place = folder / f"month={month}"
                place.mkdir()
                out = stack.enter_context((place / "rows.parquet").open("wb"))
                writers[month] = stack.enter_context(_Writer(out, kind))
            count += writers[month].add(row)
    return count


class _Writer:
    """One Parquet file under way; rows go out in batches."""

    def __init__(self, out: BinaryIO, kind: str) -> None:
        import pyarrow as pa
        from pyarrow import parquet

        self._pa = pa
        columns = read_schema(kind)["properties"]
        self._schema = pa.schema([(name, _column_type(pa, schema)) for name, schema in columns.items()])
        self._writer = parquet.ParquetWriter(out, self._schema, compression="zstd")
        self._rows: list[Row] = []

    def add(self, row: Row) -> int:
        """Take one row; answers 1."""
        self._rows.append(
            {column.name: _value(self._pa, row.get(column.name), column.type) for column in self._schema}
        )
        if len(self._rows) == _BATCH:
            self._flush()
        return 1

    def _flush(self) -> None:
        if self._rows:
            self._writer.write_batch(self._pa.RecordBatch.from_pylist(self._rows, self._schema))
            self._rows.clear()

    def __enter__(self) -> _Writer:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None:
            self._flush()
        self._writer.close()


def _column_type(pa: Any, schema: dict[str, Any]) -> Any:
    """The type of a column, or of a part of one, whose values the JSON Schema describes."""
    said = schema.get("type", "string" if "enum" in schema else ())
    kinds = {said} if isinstance(said, str) else set(said)
    match sorted(kinds - {"null"}):
        case ["string"]:
            return pa.timestamp("ms", tz="UTC") if schema.get("pattern") == _STAMP else pa.string()
        case ["integer"]:
            return pa.int64()
        case ["number"]:
            return pa.float64()
        case ["array"] if "items" in schema:
            return pa.list_(_column_type(pa, schema["items"]))
        case ["object"]:
            parts = schema.get("properties") or dict.fromkeys(
                schema.get("propertyNames", {}).get("enum", ()), schema.get("additionalProperties") or {}
            )
            if parts:
                return pa.struct([(name, _column_type(pa, part)) for name, part in parts.items()])
    return pa.string()


def _value(pa: Any, value: Any, column: Any) -> Any:
    """A value of a row as the column's type takes it."""
    if value is None:
        return None
    if pa.types.is_timestamp(column):
        return datetime.fromisoformat(value).astimezone(UTC)
    if pa.types.is_struct(column):
        return {part.name: _value(pa, value.get(part.name), part.type) for part in column}
    if pa.types.is_list(column):
        return [_value(pa, item, column.value_type) for item in value]
    return value
