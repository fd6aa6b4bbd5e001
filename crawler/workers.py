"""Workers that can be killed one by one: a page that hangs, swells or crashes costs itself and nothing else."""

from __future__ import annotations

import multiprocessing
import os
import resource
import signal
import sys
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import forkserver
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

from pebble import ProcessExpired, ProcessPool

from crawler.errors import TearsheetError

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Future
    from types import TracebackType

T = TypeVar("T")

_TASKS_A_WORKER: Final = 2000
"""After so many tasks a worker is replaced, so that a library that leaks leaks little."""

Expired = ProcessExpired
"""What a future raises whose worker died."""


class Workers:
    """A pool of processes. `submit` answers with a future that raises `TimeoutError` where the task took longer
    than `seconds`, `MemoryError` where it wanted more than `memory_bytes`, and `Expired` where its worker died.

    Nothing is started before the first task: a run that has nothing to read costs no process.
    """

    def __init__(self, count: int, seconds: float, memory_bytes: int) -> None:
        self._started = False
        self._seconds = seconds
        self._pool = ProcessPool(
            max_workers=count,
            max_tasks=_TASKS_A_WORKER,
            initializer=_confine,
            initargs=(memory_bytes,),
            context=multiprocessing.get_context("forkserver"),
        )

    def submit(self, function: Callable[..., T], *args: Any) -> Future[T]:
        """Run `function(*args)` in a worker; both must be importable and picklable, and not of the main module.

        Raises:
            TearsheetError: no worker can be started.

        """
        if not self._started:
            start()
            self._started = True
        try:
            future: Future[T] = self._pool.schedule(function, args=args, timeout=self._seconds)
        except BrokenProcessPool as error:
            raise TearsheetError("no worker can be started: is there too little memory?") from error
        return future

    def __enter__(self) -> Workers:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self._pool.close()  # type: ignore[no-untyped-call]  # pebble types only some of it
        else:
            self._pool.stop()  # type: ignore[no-untyped-call]  # as above
        self._pool.join()


def start() -> None:
    """Start the process that forks the workers, where it does not run yet. It loads for a second or two: where
    there will be tasks for sure, call it early.

    A fork of a process with threads may deadlock, so that a process without forks them. SIGINT is blocked for it
    and all that it forks: Ctrl-C goes to the whole process group, and a worker that it killed would leave the
    parent waiting. The parent ends its workers itself.
    """
    multiprocessing.get_context("forkserver").set_forkserver_preload(["crawler.warm"])
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        forkserver.ensure_running()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def spent(before: float | None = 0.0) -> float | None:
    """CPU seconds of all workers that have ended so far, killed ones too, and of the process that forks them and
    loads what they share; more than `before`. None: not told.

    They are that process's children, so this one's own count of its children lacks them.
    """
    pid = forkserver._forkserver._forkserver_pid  # type: ignore[attr-defined]  # noqa: SLF001 (no public name)
    if pid is None or before is None:
        return before
    try:
        fields = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
    except OSError:
        return None
    ticks = sum(map(int, fields[11:15]))  # its own time, and that of its children: proc(5)
    seconds = ticks / os.sysconf("SC_CLK_TCK")
    return round(seconds - before, 2)


def _confine(memory_bytes: int) -> None:
    """Run first in every worker: an address space of so many bytes, or what there is, and no core files."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":  # macOS accepts the limit and does not hold it
        _, most = resource.getrlimit(resource.RLIMIT_AS)
        allowed = memory_bytes if most == resource.RLIM_INFINITY else min(memory_bytes, most)
        resource.setrlimit(resource.RLIMIT_AS, (allowed, allowed))
