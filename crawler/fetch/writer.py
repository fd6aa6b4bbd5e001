"""The one thread that writes: it owns the store, takes whatever comes together as one batch, then answers.

A batch costs two synchronised writes however large it is, so that it pays to wait a moment for what is on its way.

The event loop never runs SQL; it submits and awaits. One write that fails poisons the writer: everything that
waits, and everything that comes, fails with the same error.
"""

from __future__ import annotations

import queue
import threading
from concurrent.futures import Future
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from types import TracebackType

    from sqlalchemy import Connection

    from crawler.records import Capture
    from storage.store import Arrival, Store

T = TypeVar("T")

BATCH: Final = 32
_LULL: Final = 0.004
"""Seconds without a new job after which a batch is written: about what one synchronised write takes."""


@dataclass(frozen=True, slots=True)
class _Job:
    arrival: Arrival | None
    work: Callable[[Connection, Capture | None], Any]
    answer: Future[Any]


class Writer:
    """A context manager; the store belongs to it until it is left. What is queued is written before it ends.

    `between` is called behind each batch, once everybody has the answer: it may use the store, and must be quick.
    """

    def __init__(self, store: Store, between: Callable[[], object] | None = None) -> None:
        self._store = store
        self._between = between
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="writer", daemon=True)
        self.error: BaseException | None = None
        """What the first failed write failed with."""

    def submit(self, work: Callable[[Connection], T]) -> Future[T]:
        """Run `work` in the next transaction. It may be run again when a server makes the transaction repeat."""
        return self._put(None, lambda connection, _capture: work(connection))

    def archive(self, arrival: Arrival, work: Callable[[Connection, Capture], T]) -> Future[T]:
        """Store a response, and run `work` on its capture in the transaction that makes it known.

        The answer comes when both are on the disk.
        """

        def with_capture(connection: Connection, capture: Capture | None) -> T:
            assert capture is not None
            return work(connection, capture)

        return self._put(arrival, with_capture)

    def __enter__(self) -> Writer:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._jobs.put(None)
        self._thread.join()

    def _put(self, arrival: Arrival | None, work: Callable[[Connection, Capture | None], T]) -> Future[T]:
        job = _Job(arrival, work, Future())
        self._jobs.put(job)
        return job.answer

    def _run(self) -> None:
        while True:
            batch, ends = self._take()
            # Whoever waits may have been cancelled; from here on that changes nothing any more.
            wanted = [job for job in batch if job.answer.set_running_or_notify_cancel()]
            if wanted:
                self._write(wanted)
                self._go_between()
            if ends:
                return

    def _go_between(self) -> None:
        if self._between is not None and self.error is None:
            try:
                self._between()
            except BaseException as error:  # as with a write: nobody may go on beside it
                self.error = error

    def _take(self) -> tuple[list[_Job], bool]:
        """Wait for one job, and take those that are there already or follow it closely."""
        first = self._jobs.get()
        if first is None:
            return [], True
        batch = [first]
        while len(batch) < BATCH:
            try:
                job = self._jobs.get(timeout=_LULL)
            except queue.Empty:
                break
            if job is None:
                return batch, True
            batch.append(job)
        return batch, False

    def _write(self, batch: Sequence[_Job]) -> None:
        answers: list[Any] = []

        def also(connection: Connection, captures: Sequence[Capture]) -> None:
            answers.clear()
            mine = iter(captures)
            answers.extend(job.work(connection, next(mine) if job.arrival else None) for job in batch)

        if self.error is None:
            try:
                self._store.add([job.arrival for job in batch if job.arrival], also)
            except BaseException as error:  # whatever it is, nobody may believe that it was written
                self.error = error
        for n, job in enumerate(batch):
            if self.error is not None:
                job.answer.set_exception(self.error)
            else:
                job.answer.set_result(answers[n])
