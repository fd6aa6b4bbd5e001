"""What one `track` finds in the grown newsroom (`tests/newsroom.py`), site by site, and what a second look costs.

    python tests/benchmarks/newsroom.py

Real HTTP on loopback. The newsroom knows the truth about each page, so what is found, missed, wrong and touched in
spite of robots.txt is counted, not judged. Ends with 1 where a promise is not kept.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

ROOT: Final = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from tests.following import follow  # noqa: E402 (the path comes first)

if TYPE_CHECKING:
    from tests.following import Followed

FOUND: Final = 0.98


def main() -> int:
    """Follow the newsroom, print the table."""
    with tempfile.TemporaryDirectory() as folder:
        followed = follow(Path(folder) / "data", say=print)
    print_sites(followed)
    print(f"\nfound {followed.share:.1%} of {len(followed.room.reachable)} copies; wrong: {len(followed.wrong)}")
    print(f"asked for against robots.txt: {len(followed.touched)}; reached behind the guard: {followed.inside}")
    print(f"loading what workers share, once a process: {followed.loading:.2f} CPU seconds")
    for name, went in (("first", followed.first), ("again", followed.again)):
        print(
            f"{name}: {went.seconds:.1f} s, {went.worker_seconds:.2f} CPU seconds of workers, "
            f"{sum(went.asked.values())} requests, {went.answers[304]} answered 304"
        )
    for url in followed.missed:
        print(f"missed {url}")
    return int(followed.share < FOUND or bool(followed.touched) or followed.inside > 0)


def print_sites(followed: Followed) -> None:
    """One row for each host."""
    print("\n| host | what | copies | found | asked | asked again |\n|---|---|---|---|---|---|")
    for host in followed.room.hosts:
        of = {url for url in followed.room.reachable if urlsplit(url).netloc == host.name}
        asked, again = followed.first.asked[host.name], followed.again.asked[host.name]
        print(f"| {host.name} | {host.what} | {len(of)} | {len(of & followed.found)} | {asked} | {again} |")


if __name__ == "__main__":
    sys.exit(main())
