"""`tearsheet schedule`: `crawl --due` again and again, each in a process of its own, until a signal ends it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.interval import IntervalTrigger

from crawler.errors import UsageError
from crawler.fetch.revisit import read_span
from crawler.records import stamp
from storage.lock import hold

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Sequence

    from apscheduler.job import Job

    from settings.app import AppConfig

_LOCK: Final = "schedule.lock"
_ENDING: Final = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
_IN_ORDER: Final = 60
"""Seconds that a crawl has to end in order."""

_SAID: Final = {
    0: "done",
    1: "failed",
    2: "failed: wrong usage",
    3: "done in part",
    75: "not done, another run holds the lock",
    130: "stopped",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The verb's options."""
    parser.add_argument(
        "--every", metavar="TIME", default="10m", help="how often, such as 10m or 2h (default: 10m)"
    )
    parser.add_argument("--site", metavar="SITE", action="append", default=[], help="only this site; repeatable")
    parser.add_argument("--metrics", metavar="FILE", help="write what came of each crawl for Prometheus")


def run(args: argparse.Namespace, config: AppConfig) -> int:
    """Run until a signal comes; a crawl that is under way then ends in order first.

    Returns:
        0 after a signal.

    Raises:
        LockHeldError: another `schedule` serves the data folder.

    """
    try:
        every = read_span(args.every)
    except ValueError as error:
        raise UsageError(f"--every: {error}") from error
    with hold(config.data_folder, "schedule", _LOCK), _signals() as ending:
        scheduler, runs = BackgroundScheduler(timezone=UTC), _Runs(_command(args))
        scheduler.add_job(
            lambda: _say(args, runs.once(), scheduler.get_jobs()),
            IntervalTrigger(seconds=int(every.total_seconds()), timezone=UTC),
            next_run_time=datetime.now(UTC),
            max_instances=1,  # one that takes longer than the interval is not overtaken
            coalesce=True,  # after a machine slept, one run makes up for all
            misfire_grace_time=None,
        )
        scheduler.start()
        os.read(ending, 1)
        scheduler.shutdown(wait=False)
        runs.end()
    if not args.quiet:
        sys.stdout.write("schedule: ended by a signal\n")
    return 0


class _Runs:
    """The runs, one at a time; none begins once `end` was called."""

    def __init__(self, command: Sequence[str]) -> None:
        self._command = command
        self._lock = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None
        self._ended = False

    def once(self) -> int:
        """Run the command; its exit code."""
        with self._lock:
            if self._ended:
                return 130
            # In a session of its own: Ctrl-C reaches it through us, once.
            self._child = subprocess.Popen(self._command, start_new_session=True)  # noqa: S603 (our own program)
        return self._child.wait()

    def end(self) -> None:
        """Let what is under way end in order; a second signal ends at once what has not within a minute."""
        with self._lock:
            self._ended = True
        if self._child is not None and self._child.poll() is None:
            self._child.terminate()
            try:
                self._child.wait(_IN_ORDER)
            except subprocess.TimeoutExpired:
                self._child.terminate()
                self._child.wait()


def _command(args: argparse.Namespace) -> list[str]:
    named = [("--config", args.config), ("--data", args.data), ("--db", args.database)]
    named += [("--log", args.log), ("--metrics", args.metrics)]
    options = [word for name, value in named if value for word in (name, str(value))]
    options += [word for site in args.site for word in ("--site", site)]
    options += ["--quiet"] if args.quiet else ["--verbose"] * args.verbose
    return [sys.executable, "-m", "crawler", "crawl", "--due", *options]


def _say(args: argparse.Namespace, code: int, jobs: Sequence[Job]) -> None:
    if not args.quiet and jobs:
        said = _SAID.get(code, f"ended with {code}")
        sys.stdout.write(f"schedule: {stamp(datetime.now(UTC))} {said}; next at {stamp(jobs[0].next_run_time)}\n")
        sys.stdout.flush()


@contextmanager
def _signals() -> Iterator[int]:
    """A descriptor that can be read once a signal to end has come."""
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    before = {each: signal.signal(each, lambda *_: None) for each in _ENDING}
    signal.set_wakeup_fd(writing)
    try:
        yield reading
    finally:
        signal.set_wakeup_fd(-1)
        for each, handler in before.items():
            signal.signal(each, handler)
        os.close(reading)
        os.close(writing)
