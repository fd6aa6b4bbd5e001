"""The grown newsroom, followed once and looked at again a day later: what is found, what is left alone."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from tests.following import Followed, follow
from tests.newsroom import TRAP_PAGES

if TYPE_CHECKING:
    from pathlib import Path

FOUND = 0.98
COST = 0.05
"""Of the CPU seconds that the workers took at first."""


@pytest.fixture(scope="module")
def followed(tmp_path_factory: pytest.TempPathFactory) -> Followed:
    folder: Path = tmp_path_factory.mktemp("grown")
    return follow(folder / "data")  # that it comes back is the first thing asked of it


def test_it_is_a_newsroom_of_many_sites(followed: Followed) -> None:
    assert len(followed.room.sites.all) >= 30
    assert len(followed.room.reachable) >= 80


def test_the_copies_that_can_be_had_are_found(followed: Followed) -> None:
    assert followed.share >= FOUND, followed.missed
    assert not followed.wrong


def test_what_must_not_be_asked_for_is_not(followed: Followed) -> None:
    assert not followed.touched


def test_nothing_behind_the_guard_is_reached(followed: Followed) -> None:
    assert followed.inside == 0
    blocked = followed.first.summaries[1].blocked
    assert blocked["blocked:address.link-local"] == 1
    assert blocked["blocked:address.loopback"] >= 3


def test_traps_take_their_pages_and_no_more(followed: Followed) -> None:
    for went in (followed.first, followed.again):
        for trap in followed.room.traps:
            assert went.asked[trap] <= (TRAP_PAGES + 2) * len(went.summaries), trap  # robots.txt, tdmrep.json


def test_every_fault_has_a_reason(followed: Followed) -> None:
    said = followed.first.summaries[1]
    assert said.failed.keys() >= {"limit:body", "limit:redirects", "status:403"}
    assert said.gone == {"status:404": 1, "status:410": 2}
    assert said.drained.rejected.keys() >= {"limit:decoded", "wall:script-only", "wall:consent", "status:503"}


def test_a_day_later_what_is_the_same_is_not_sent_again(followed: Followed) -> None:
    asked = sum(followed.again.asked.values()) - followed.again.answers[404]  # there is no tdmrep.json yet
    assert followed.again.answers[304] >= 0.8 * asked  # some pages have no validators


def test_a_day_later_nothing_is_new_but_a_trap_and_that_is_not_gone_into(followed: Followed) -> None:
    """The trap's list has new addresses whenever it is asked for."""
    (again,) = followed.again.summaries
    assert (again.new, again.changed) == (0, 1)
    assert again.blocked["blocked:trap.barren"] >= 5


@pytest.mark.skipif(sys.platform != "linux", reason="the workers' CPU time is read from /proc")
def test_and_costs_the_workers_next_to_nothing(followed: Followed) -> None:
    assert followed.first.worker_seconds > 0
    assert followed.again.worker_seconds <= COST * followed.first.worker_seconds
