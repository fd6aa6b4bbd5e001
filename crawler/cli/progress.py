"""One line on standard error that says how a run stands, and is written over; only where a person looks at it."""

from __future__ import annotations

import shutil
import sys
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TextIO

from crawler.cli.terminal import shorten
from crawler.errors import TearsheetError
from storage.lookups import reading
from storage.standing import Standing, standing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy import Engine

    from crawler.fetch.run import Tally

_EVERY: Final = 0.5
"""Seconds between two looks; a look that takes long is followed by a pause ten times as long."""

_CLEAR: Final = "\r\x1b[K"


@dataclass(slots=True)
class _Seen:
    """What the crawl last told, and since when it runs."""

    since: float
    tally: Tally | None = None

    def note(self, tally: Tally) -> None:
        self.tally = tally


@contextmanager
def following(
    engine: Engine, *, quiet: bool = False, out: TextIO | None = None
) -> Iterator[Callable[[Tally], None] | None]:
    """Show how the run stands until the block is left; yields what the crawl tells its counts to.

    The store is looked at by a thread with a connection of its own: a crawl never waits for it. Off a terminal
    nothing is shown, and None is yielded.
    """
    stream = out or sys.stderr
    if quiet or not stream.isatty():
        yield None
        return
    seen, stop = _Seen(time.monotonic()), threading.Event()
    thread = threading.Thread(target=_show, args=(engine, stream, seen, stop), daemon=True)
    thread.start()
    try:
        yield seen.note
    finally:
        stop.set()
        thread.join(timeout=5)
        stream.write(_CLEAR)
        stream.flush()


def _show(engine: Engine, stream: TextIO, seen: _Seen, stop: threading.Event) -> None:
    first: Standing | None = None
    pause = _EVERY
    while not stop.wait(pause):
        began = time.monotonic()
        try:
            with reading(engine) as connection:
                now = standing(connection)
        except TearsheetError:  # a database that is away is the run's affair; it is looked at again
            continue
        first = first or now
        line = describe(seen.tally, now, first, time.monotonic() - seen.since)
        stream.write(_CLEAR + shorten(line, shutil.get_terminal_size().columns - 1))
        stream.flush()
        pause = max(_EVERY, 10 * (time.monotonic() - began))


def describe(tally: Tally | None, now: Standing, first: Standing, seconds: float) -> str:
    """The line: hosts asked at this moment, the queue, how quick, and what has come so far."""
    parts = [f"{now.hosts} hosts", f"{now.queued} queued"]
    if tally is not None:
        parts.append(f"{tally.fetched / max(seconds, 0.1):.1f} pages/s")
        parts.append(f"{tally.fetched} fetched")
        refused = tally.failed.total() + tally.blocked.total()
        parts += [f"{refused} not to be had"] if refused else []
    parts += [f"{now.unread} to read"] if now.unread else []
    parts.append(f"{max(0, now.copies - first.copies)} new copies")
    return " · ".join(parts)
