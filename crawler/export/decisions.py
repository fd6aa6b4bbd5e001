"""What people decided, as rows: each decision with how it stands now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Literal

import msgspec

from crawler.match.overrule import is_address, quote, resolve
from crawler.match.sketch import key_hash
from crawler.rulings import Overrule, OverruleKind
from storage.overrules import carriers, evidence_under, overrules, pivots_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from sqlalchemy import Connection


State = Literal["holds", "waits", "beaten", "fails", "undone"]

SAYS = {
    "link": "is one release with",
    "unlink": "is no part of the release of",
    "apart": "is another release than",
    "origin": "has the origin",
}
"""Each kind of decision as the words between its two names."""


@dataclass(frozen=True, slots=True)
class Said:
    """A decision and how it stands: it `holds`, `waits` for a page, is `beaten` by the newer one `against`, was
    `undone`, or `fails`, where others of its kind and the texts' own standing leave no way to keep it.
    """

    one: Overrule
    state: State
    against: str | None = None


def read_decisions(connection: Connection, *, undone: bool = False) -> tuple[Said, ...]:
    """All that people decided, oldest first; with `undone`, what was taken back too."""
    known = overrules(connection, undone=undone)
    beaten = resolve(one for one in known if one.undone_at is None).beaten
    pivots = _pivots(connection, {name for one in known for name in (one.subject, one.object)})
    return tuple(
        Said(one, _state(connection, one, beaten, pivots), None if one.undone_at else beaten.get(one.id))
        for one in known
    )


def concerning(said: Sequence[Said], names: Collection[str]) -> tuple[Said, ...]:
    """Those of the decisions that count or would, and that name one of these pages or keys."""
    return tuple(
        each for each in said if each.state != "undone" and {each.one.subject, each.one.object} & set(names)
    )


def decision_row(said: Said) -> dict[str, Any]:
    """One decision."""
    one = said.one
    return {
        "id": one.id,
        "kind": one.kind,
        "subject": one.subject,
        "object": one.object,
        "state": said.state,
        "against": said.against,
        "by": one.by,
        "at": one.at,
        "why": one.why,
        "undone_at": one.undone_at,
    }


def decision_rows(connection: Connection) -> Iterator[dict[str, Any]]:
    """Every decision that was ever put down, oldest first."""
    return map(decision_row, read_decisions(connection, undone=True))


def read_rows(lines: Iterable[str]) -> tuple[Overrule, ...]:
    """The decisions that lines of `export overrules` hold.

    Raises:
        ValueError: a line is none; the message says which.

    """
    found = []
    for n, line in enumerate(lines, 1):
        try:
            row = msgspec.json.decode(line, type=_Row)
        except (msgspec.DecodeError, msgspec.ValidationError) as error:
            raise ValueError(f"line {n}: {error}") from error
        found.append(
            Overrule(row.id, n, row.kind, row.subject, row.object, row.at, row.by, row.why, row.undone_at)
        )
    return tuple(found)


class _Row(msgspec.Struct):
    """A row of the export, as far as it is a decision."""

    id: Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{8}$")]
    kind: OverruleKind
    subject: Annotated[str, msgspec.Meta(min_length=1)]
    object: Annotated[str, msgspec.Meta(min_length=1)]
    at: Annotated[str, msgspec.Meta(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")]
    by: str
    why: str
    undone_at: str | None = None


def tell_decision(said: Said) -> str:
    """A decision in one line.

    >>> from crawler.rulings import Overrule
    >>> one = Overrule("a1", 1, "link", "https://a.example", "cgtn:x", "2026-01-02T00:00:00Z", "Ada", "same lead")
    >>> tell_decision(Said(one, "holds"))
    'https://a.example is one release with cgtn:x (Ada said so on 2026-01-02: same lead)'
    """
    one = said.one
    note = {
        "waits": "; it waits for a page",
        "beaten": f"; the newer {said.against} says otherwise",
        "fails": "; it does not hold beside the others",
        "undone": f"; undone on {(one.undone_at or '')[:10]}",
        "holds": "",
    }[said.state]
    return f"{one.subject} {SAYS[one.kind]} {one.object} ({quote(one)}{note})"


def _pivots(connection: Connection, names: Collection[str]) -> dict[str, list[set[int]]]:
    """For each name the pivots of its texts, a set for each text, the best-ranked text first."""
    urls = sorted(name for name in names if is_address(name))
    found = carriers(connection, urls, {name: key_hash(name) for name in sorted(names) if not is_address(name)})
    return {name: [pivots_of(connection, [text]) for text in sorted(texts)] for name, texts in found.items()}


def _state(
    connection: Connection, one: Overrule, beaten: Collection[str], pivots: dict[str, list[set[int]]]
) -> State:
    if one.undone_at is not None:
        return "undone"
    if one.id in beaten:
        return "beaten"
    mine, its = pivots.get(one.subject, []), pivots.get(one.object, [])
    if not mine or (not its and one.kind != "origin"):
        return "waits"
    here, there = set().union(*mine), set().union(*its)
    if one.kind == "origin":
        holds = f"person: {quote(one)}" in evidence_under(connection, here)
    elif one.kind == "link":
        holds = len(here | (there if is_address(one.object) else its[0])) == 1
    else:
        holds = not here & there
    return "holds" if holds else "fails"
