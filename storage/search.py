"""Full text search: which releases have all of these words, asked of an index and not of their texts.

A text is cut into **terms** here, alike for both databases: words without case and accents, and pairs of
characters where a script has no spaces between words. SQLite's FTS5 and PostgreSQL's `tsvector` only keep which
release has which terms, so that nothing that a reader writes is ever taken for a query's syntax.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import TEXT, bindparam, cast, func, insert, literal_column, select, text
from sqlalchemy.dialects.postgresql import ARRAY, TSQUERY

from storage import tables as t
from storage.batches import delete_in

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy import Connection, Select

WORDS: Final = 16
"""Terms of a question that are looked up; more only narrow it down further."""

_MOST: Final = 20_000
"""Distinct terms of one text, within what a `tsvector` holds."""

_LONGEST: Final = 40
_SHORT: Final = 3
"""Characters below which a word is looked up as it is: as a beginning it would be that of nearly any text."""

_SPACELESS: Final = (
    "\u0e00-\u0fff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
    "\U00020000-\U0003ffff"
)
"""Thai, Lao, Tibetan, Burmese, Khmer, kana and Han."""

_MARKS: Final = "\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u0900-\u0dff"
"""Vowels of Hebrew, Arabic and Indian scripts, that are parts of words and no letters."""

_RUN = re.compile(rf"([{_SPACELESS}]+)|(?:(?![{_SPACELESS}])(?:[^\W_]|[{_MARKS}]))+")
_ACCENTS = re.compile("[\u0300-\u036f]")


def terms(said: str) -> Iterator[str]:
    """The terms of a text, in order; a last character stands for itself too, so that it is found alone.

    >>> list(terms("Café OPENS in 北京市"))
    ['cafe', 'opens', 'in', '北京', '京市', '市']
    """
    for run, spaceless in _runs(said):
        if spaceless:
            yield from (run[at : at + 2] for at in range(len(run)))
        else:
            yield run


def index_releases(connection: Connection, clusters: Sequence[str]) -> None:
    """Put what these releases say now into the index, and take out those that are gone."""
    delete_in(connection, t.Searchable, "cluster", clusters)
    r = t.Release
    for cluster in clusters:
        row = connection.execute(select(r.title, r.text).where(r.cluster == cluster)).first()
        if row is not None:
            found = list(dict.fromkeys(terms(f"{row.title}\n{row.text}")))[:_MOST]
            kept = cast(found, ARRAY(TEXT)) if _is_server(connection) else " ".join(found)
            value = func.array_to_tsvector(kept) if _is_server(connection) else kept
            connection.execute(insert(t.Searchable).values(cluster=cluster, terms=value))


def having(connection: Connection, words: str) -> Select[Any] | None:
    """The clusters of the releases with all of these words, or words that begin so; None where it has no words."""
    asked = _asked(words)
    if not asked:
        return None
    s = t.Searchable
    if _is_server(connection):
        query = " & ".join(f"'{term}':*" if begins else f"'{term}'" for term, begins in asked)
        return select(s.cluster).where(s.terms.op("@@")(cast(query, TSQUERY)))
    query = " AND ".join(f'"{term}" *' if begins else f'"{term}"' for term, begins in asked)
    hits = text("SELECT rowid FROM searched WHERE searched MATCH :asked").bindparams(bindparam("asked", query))
    return select(s.cluster).where(s.n.in_(hits.columns(literal_column("rowid"))))


def _asked(words: str) -> list[tuple[str, bool]]:
    """The terms of a question, each with whether it may be the beginning of one.

    >>> _asked("the 5 bridges, 北京市")
    [('the', True), ('5', False), ('bridges', True), ('北京', True), ('京市', True)]
    """
    found: list[tuple[str, bool]] = []
    for run, spaceless in _runs(words):
        if spaceless:
            found += [(run[at : at + 2], True) for at in range(max(1, len(run) - 1))]
        else:
            found.append((run, len(run) >= _SHORT))
    return list(dict.fromkeys(found))[:WORDS]


def _runs(said: str) -> Iterator[tuple[str, bool]]:
    """The words of a text without case and accents, and whether each is of a script without spaces."""
    plain = unicodedata.normalize("NFC", _ACCENTS.sub("", unicodedata.normalize("NFKD", said.casefold())))
    for run in _RUN.finditer(plain):
        yield (run[0], True) if run[1] else (run[0][:_LONGEST], False)


def _is_server(connection: Connection) -> bool:
    return connection.dialect.name == "postgresql"
