"""How addresses carry ids, and which of them count clicks: two tables of a site file."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Final, Literal, NamedTuple
from urllib.parse import parse_qs

import msgspec

from crawler.sites.ids import CHECKS
from crawler.sites.template import Template, compile_template, fill

if TYPE_CHECKING:
    from collections.abc import Mapping
    from urllib.parse import SplitResult

RUNG: Final = {"origin": 1, "wire": 2, "copy": 3, "index": 3}
"""The rung of the ladder on which a tier's ids stand, where a grammar says no other."""

ANY_HOST: Final = "*"
"""Among a grammar's hosts: the address tells by itself whose it is."""

_EPOCH_YEAR: Final = 1970


class Reading(NamedTuple):
    """The id that an address carries, and the address to show for it."""

    value: str
    url: str


class KeyGrammar(msgspec.Struct, frozen=True, forbid_unknown_fields=True, dict=True):
    """How an address carries an id.

    `path` is a template of the path; `query` has one `name=template` for each parameter that must be there; `key`
    is put together of their placeholders, in upper or lower `case` where the site's own differs. `hosts` are the
    hosts that the grammar is for, the site's where it names none, any with `*`. `check` names the test that a
    well-formed id passes (see `crawler.sites.ids.CHECKS`); a moment that it tells must be `within` so many days
    of the date in the address. `rung` is that of the site's tier where it is 0. `shared` says that copies on other
    sites carry the same id. `canonical` is the address to show for the id, filled from placeholders and `{host}`.
    """

    scheme: str
    path: str
    hosts: tuple[str, ...] = ()
    query: tuple[str, ...] = ()
    key: str = "{id}"
    case: Literal["", "upper", "lower"] = ""
    check: str = "none"
    within: Annotated[int, msgspec.Meta(ge=0, le=400)] = 0
    rung: Literal[0, 1, 2, 3] = 0
    shared: bool = False
    canonical: str = ""

    @cached_property
    def templates(self) -> tuple[Template, tuple[tuple[str, Template], ...]]:
        """The compiled path, and the compiled parameters by name."""
        parameters = (one.partition("=") for one in self.query)
        return compile_template(self.path), tuple((name, compile_template(t)) for name, _, t in parameters)

    def read(self, parts: SplitResult, host: str, *, glued: bool = False) -> Reading | None:
        """The id in an address on one of the grammar's hosts, or None. A slash at the end makes no difference."""
        path, parameters = self.templates
        values = path.match(parts.path, glued=glued)
        if values is None and parts.path.endswith("/"):
            values = path.match(parts.path.rstrip("/"))
        if values is None and "?" in self.path:
            values = path.match(f"{parts.path}?{parts.query}")
        if values is None:
            return None
        if parameters:
            said = parse_qs(parts.query.replace("&amp;", "&"))
            for name, template in parameters:
                more = template.match(said[name][-1].strip()) if name in said else None
                if more is None:
                    return None
                values |= more
        value = fill(self.key, values)
        value = value.upper() if self.case == "upper" else value.lower() if self.case == "lower" else value
        if not self._is_good(value, values):
            return None
        return Reading(value, fill(self.canonical, {**values, "host": host}) if self.canonical else "")

    def _is_good(self, value: str, values: Mapping[str, str]) -> bool:
        made = CHECKS[self.check](value)
        if made is None or not self.within or made.year <= _EPOCH_YEAR:
            return made is not None
        day = _day_of(values)
        return day is not None and abs(day - made.date()) <= timedelta(days=self.within)


class Tracker(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A click counter: addresses on these hosts with this path lead to what the parameter holds."""

    hosts: tuple[str, ...]
    path: str
    parameter: str


def _day_of(values: Mapping[str, str]) -> date | None:
    """The date that an address says, or None."""
    said = values.get("date") or "-".join(values.get(part, "").zfill(2) for part in ("year", "month", "day"))
    try:
        return date.fromisoformat(said)
    except ValueError:
        return None
