"""Many values at once: statements over lists of values of any length, cut to what both databases take."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import bindparam, delete, insert

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy import BindParameter, Connection, Delete

    from storage import tables as t

PER_STATEMENT: Final = 400
"""Values in one IN list: well under the limits of both databases."""

VALUES: Final[BindParameter[Any]] = bindparam("values", expanding=True)
"""The list in a query that was put together before the values are known: `column.in_(VALUES)`."""


def insert_rows(connection: Connection, table: type[t.Base], rows: Sequence[dict[str, Any]]) -> None:
    """Insert rows that name the same columns and are known not to be there."""
    if rows:
        connection.execute(insert(table), list(rows))


def bind_mark(connection: Connection) -> str:
    """What stands for a value in a statement that the driver gets as it is."""
    return "?" if connection.dialect.paramstyle == "qmark" else "%s"


def insert_plain(
    connection: Connection, table: type[t.Base], rows: Sequence[tuple[int | str | bool, ...]]
) -> None:
    """Insert rows of plain values, in the order of the table's columns, that are known not to be there.

    For tables that get dozens of rows for each page: the driver takes them as they are, and nothing looks at each.
    """
    if rows:
        columns = table.__table__.columns
        marked = [bind_mark(connection)] * len(columns)
        names, marks = (", ".join(cells) for cells in (columns.keys(), marked))
        connection.exec_driver_sql(f"INSERT INTO {table.__tablename__} ({names}) VALUES ({marks})", list(rows))  # noqa: S608 (names of ours)


def delete_in(connection: Connection, table: type[t.Base], column: str, values: Sequence[Any]) -> None:
    """Delete the rows whose column has one of the values."""
    for at in range(0, len(values), PER_STATEMENT):
        connection.execute(_deleting(table, column), {VALUES.key: values[at : at + PER_STATEMENT]})


@cache  # putting a statement together costs more than running it
def _deleting(table: type[t.Base], column: str) -> Delete:
    return delete(table).where(table.__table__.c[column].in_(VALUES))


def scalars_in(connection: Connection, wanted: Any, column: Any, values: Sequence[Any]) -> list[Any]:
    """What a query of one column answers for rows whose `column` has one of the values."""
    found: list[Any] = []
    for at in range(0, len(values), PER_STATEMENT):
        found += connection.scalars(wanted.where(column.in_(values[at : at + PER_STATEMENT])))
    return found


def rows_in(connection: Connection, wanted: Any, column: Any, values: Sequence[Any]) -> Iterator[Any]:
    """The rows of a query whose `column` has one of the values, a part of these at a time."""
    for at in range(0, len(values), PER_STATEMENT):
        yield from connection.execute(wanted.where(column.in_(values[at : at + PER_STATEMENT]))).all()


def scalars_for(connection: Connection, wanted: Any, values: Sequence[Any]) -> list[Any]:
    """What a query of one column, which has `VALUES` in it, answers for these."""
    found: list[Any] = []
    for at in range(0, len(values), PER_STATEMENT):
        found += connection.scalars(wanted, {VALUES.key: values[at : at + PER_STATEMENT]})
    return found
