"""A response that ended with nothing to say that it was whole does not stand for a release that was had whole."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from crawler.derive import drain
from crawler.export.rows import read_rows
from storage import tables as t
from storage.lookups import reading
from storage.store import Arrival
from tests.db.test_derive import ARTICLE, ONE, SIGNED
from tests.db.test_overrule import opened
from tests.releases import page

__all__ = ["opened"]  # a fixture


def test_what_may_have_broken_off_is_no_newer_state_of_the_release(opened: Any) -> None:
    texts = {}
    for flags in ("partial", "truncated=disconnect", None):
        with opened(f"flags-{flags}") as desk:
            desk.take([page(ARTICLE, ONE, title="A bridge opens"), page("https://a.example/1", SIGNED)])
            short = page(ARTICLE, ONE[:-1], title="A bridge opens", at="2025-12-24T08:00:00Z")
            desk.store.add([Arrival(short, flags=flags)])
            drain(desk.store, desk.config, desk.sites)
            with reading(desk.store.engine) as connection:
                (row,) = [each for each in read_rows(connection, "releases") if each["url"] == ARTICLE]
                captures = connection.scalars(select(t.Capture.flags).where(t.Capture.url == ARTICLE)).all()
            assert set(captures) == {None, flags}
            texts[flags] = row["text"]
    assert texts["partial"] == texts["truncated=disconnect"]
    assert texts["partial"].startswith(texts[None])
    assert len(texts["partial"]) > len(texts[None])
