"""The real `crawl` verb, with the benchmark web's hosts led to its loopback ports; for a process of its own.

    python tests/benchmarks/routed.py ROUTES SEGMENT_BYTES VERB…

The routes are no option of the verb, on purpose: nothing but a test may reach this machine. On the way it notes
what a benchmark wants to know, and prints it as JSON on its last line: the parent's memory as pages come, when
the last page was fetched and everything was derived, in seconds from the start of this process, and where the
parent's own seconds of the processor went: `start`, the event `loop`, the `writer`, the `sets` that are derived
once all has come, and `all`.
"""

from __future__ import annotations

import json
import sys
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self
from unittest.mock import patch

sys.path.insert(0, str(Path(__file__).parents[2]))

if TYPE_CHECKING:
    from crawler.fetch.run import Tally
    from crawler.strata import Drained

STARTED = time.time()


def resident() -> int:
    """This process's resident memory in bytes."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096


def main() -> int:
    """Run the verb that is named, with the routes laid."""
    import crawler.cli.crawl as verb
    import crawler.spiders.crawl as crawling
    from crawler.cli.main import main as run
    from crawler.derive import Reading
    from crawler.fetch.writer import Writer
    from storage.store import Store

    memory: dict[int, int] = {}
    times: dict[str, float] = {}
    cpu: dict[str, float] = {}

    def note(tally: Tally) -> None:
        times.setdefault("first", time.time() - STARTED)
        if tally.fetched % 100 == 0:
            memory[tally.fetched] = resident()

    class Timed(Reading):
        def __enter__(self) -> Self:
            cpu["start"] = time.process_time()
            super().__enter__()
            return self

        def finish(self) -> Drained:
            times["fetched"], cpu["loop"] = time.time() - STARTED, time.thread_time() - cpu["start"]
            before = time.thread_time()
            done = super().finish()
            cpu["sets"] = time.thread_time() - before
            return done

    class Watched(Writer):
        def _run(self) -> None:
            super()._run()
            cpu["writer"] = time.thread_time()

    def routed(**given: Any) -> crawling.CrawlOptions:
        return crawling.CrawlOptions(**{**given, "loopback": json.loads(sys.argv[1]), "progress": note})

    with (
        patch.object(crawling, "Reading", Timed),
        patch.object(crawling, "Writer", Watched),
        patch.object(verb, "CrawlOptions", routed),
        patch.object(Store, "open", partial(Store.open, segment_bytes=int(sys.argv[2]))),
    ):
        code = run(sys.argv[3:])
    times["end"], cpu["all"] = time.time() - STARTED, time.process_time()
    print(json.dumps({"times": times, "cpu": cpu, "memory": memory, "last": resident()}))
    return code


if __name__ == "__main__":
    sys.exit(main())
