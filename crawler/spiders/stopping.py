"""A crawl ends in order at the first signal, and at once at the second."""

from __future__ import annotations

import signal
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Iterator

    from scrapy.crawler import AsyncCrawlerRunner


@contextmanager
def stopping_on_signals(
    loop: asyncio.AbstractEventLoop, runner: AsyncCrawlerRunner, stopped: threading.Event
) -> Iterator[None]:
    """Let the first signal end the crawl in order, and the second end it at once.

    A crawler that is only starting would wait for ever for a stop that came before it ran: there the spider looks
    at the event, and has nothing to ask for.
    """
    here = threading.current_thread() is threading.main_thread()
    caught = [signal.SIGINT, signal.SIGTERM, signal.SIGHUP] if here else []
    if here and signal.getsignal(signal.SIGHUP) == signal.SIG_IGN:  # nohup
        caught.remove(signal.SIGHUP)

    def stop() -> None:
        if stopped.is_set():
            raise KeyboardInterrupt
        stopped.set()
        if any(each.engine is not None and each.engine.running for each in runner.crawlers):
            loop.create_task(runner.stop())

    before = {each: signal.getsignal(each) for each in caught}
    for each in caught:
        loop.add_signal_handler(each, stop)
    try:
        yield
    finally:
        for each, handler in before.items():
            loop.remove_signal_handler(each)
            signal.signal(each, handler)
