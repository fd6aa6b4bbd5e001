"""Which queued address comes next, on which host: read from the order of one index, however many are queued.

The addresses that may be leased stand in an index by site, host and turn. A query hops through it from one host to
the next, so that it costs a few steps for each host that has something queued, and nothing for what stands behind.

A crawl asks this all the time, and putting such a query together costs many times what answering it does: each is
made once, and takes what changes as parameters.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import and_, bindparam, case, func, literal_column, or_, select
from sqlalchemy.orm import aliased

from storage import tables as t

if TYPE_CHECKING:
    from sqlalchemy import CTE, BindParameter, ColumnElement, Select

_SITES: Final[BindParameter[str]] = bindparam("sites", expanding=True)
_BUSY: Final[BindParameter[str]] = bindparam("busy", expanding=True)
_NOW: Final[BindParameter[str]] = bindparam("now")
_MIXED: Final[BindParameter[str]] = bindparam("mixed", expanding=True)


@cache
def heads(*, items_first: bool) -> Select[str]:
    """For each host of `sites` that is ready `now` and not `busy`, the key of its next address.

    It is a list while there is one, or else an item. With `items_first` there are sites, those of the parameter
    `mixed`, where it is the other way round.
    """
    pairs = _pairs()
    head = _head(pairs)
    if items_first:
        head = case((pairs.c.site.in_(_MIXED), func.coalesce(_head(pairs, lane=1), head)), else_=head)
    free = and_(pairs.c.host.not_in(_BUSY), or_(t.Host.not_before.is_(None), t.Host.not_before <= _NOW))
    return select(head).select_from(pairs).outerjoin(t.Host, t.Host.name == pairs.c.host).where(free)


def _head(pairs: CTE, lane: int | None = None) -> Any:
    """The first of a host's addresses, in one lane or all: lists before items, shallow ones before deep ones."""
    f = aliased(t.Frontier)
    ready = select(f.url_key).where(_queued(f), _on(f, pairs), or_(f.not_before.is_(None), f.not_before <= _NOW))
    if lane is not None:
        ready = ready.where(f.lane == lane)
    return ready.order_by(f.lane, f.depth, f.url_key).limit(1).correlate(pairs).scalar_subquery()


@cache
def earliest() -> Select[str | None]:
    """When the first queued address of `sites` may be fetched: empty for now, NULL where there is none."""
    pairs, f = _pairs(), aliased(t.Frontier)
    here = select(f.not_before).where(_queued(f), _on(f, pairs)).correlate(pairs)
    at_once: Select[str] = here.where(f.not_before.is_(None)).with_only_columns(literal_column("''")).limit(1)
    later = here.with_only_columns(func.min(func.coalesce(f.not_before, "")))
    mine = func.coalesce(at_once.scalar_subquery(), later.scalar_subquery())
    its_host = func.coalesce(t.Host.not_before, "")
    when = case((mine > its_host, mine), else_=its_host)
    found = select(func.min(when)).select_from(pairs).outerjoin(t.Host, t.Host.name == pairs.c.host)
    return found.where(pairs.c.host.is_not(None))


def _pairs() -> CTE:
    """The hosts on which `sites` have something queued, found by hops: site, host."""
    named = _hops("named", None)
    chosen = select(named.c.site).where(named.c.site.in_(_SITES)).cte("chosen")
    return _hops("pairs", chosen)


def _hops(name: str, within: CTE | None) -> CTE:
    """All sites that have something queued or, within those of a list, each with all hosts that do."""
    f, g = aliased(t.Frontier), aliased(t.Frontier)
    if within is None:
        start: Any = select(f.site).where(_queued(f)).order_by(f.site).limit(1).scalar_subquery()
        before = select(start.label("site")).cte(name, recursive=True)
        after = select(g.site).where(_queued(g), g.site > before.c.site).order_by(g.site).limit(1)
        return before.union_all(
            select(after.correlate(before).scalar_subquery()).where(before.c.site.is_not(None))
        )
    start = select(f.host).where(_queued(f), f.site == within.c.site).order_by(f.host).limit(1)
    first = start.correlate(within).scalar_subquery().label("host")
    before = select(within.c.site, first).cte(name, recursive=True)
    after = select(g.host).where(_queued(g), g.site == before.c.site, g.host > before.c.host)
    after = after.order_by(g.host).limit(1)
    return before.union_all(
        select(before.c.site, after.correlate(before).scalar_subquery()).where(before.c.host.is_not(None))
    )


def _queued(f: type[t.Frontier]) -> ColumnElement[bool]:
    """What the index holds, in its own words."""
    return and_(f.state == literal_column("'queued'"), f.breaks == literal_column("0"))


def _on(f: type[t.Frontier], pairs: CTE) -> ColumnElement[bool]:
    return and_(f.site == pairs.c.site, f.host == pairs.c.host)
