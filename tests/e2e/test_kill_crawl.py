"""`kill -9` of the real verb, at random moments and named points: nothing is lost, doubled or fetched too often.

Twenty of the kills of `tests/benchmarks/kills.py`, with all that its oracle asks after each.
"""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest

from tests.benchmarks.kills import LATE, OF_A_CRAWL, Folder, Score, kill_through, plan
from tests.benchmarks.web import World, serving

if TYPE_CHECKING:
    from pathlib import Path

WORLD = World(hosts=10, pages=300, every=7)


@pytest.mark.parametrize(("seed", "part"), [(20261124, 0), (20261125, 1)])
def test_ten_kills_of_a_crawl_lose_and_double_nothing(tmp_path: Path, seed: int, part: int) -> None:
    points = [point for point in OF_A_CRAWL if point not in LATE and point not in {"repairing", "mid_cut"}]
    turns = [turn for each in plan(points[part::2])[:6] for turn in (each, ("",))][:9]
    score = Score()
    with serving(WORLD) as web:
        folder = Folder(WORLD, web, tmp_path / "data", "")
        kill_through(folder, score, [*turns, (f"{LATE[part]}:1",)], random.Random(seed))
    assert score.wrong == []
    assert score.kills >= 8, "the crawl is long enough for nearly all of them"
    assert score.again <= 2 * score.kills
    assert score.requests >= WORLD.pages + WORLD.hosts
