"""What a response or an error means for the address that was asked for: pure, and the one place that says so."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    IgnoreRequest,
    NotSupported,
    UnsupportedURLSchemeError,
)

from crawler.fetch.guard import Blocked

if TYPE_CHECKING:
    from crawler.records import LeadKind

_PASSING: Final = frozenset({408, 425, 429, 500, 502, 503, 504, 520, 521, 522, 523, 524})
_GONE: Final = frozenset({404, 410})
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_LONGEST_WAIT: Final = 3600
ROBOTS_WAIT: Final = 3600
"""Seconds until a host is asked again whose robots.txt could not be had."""

ROBOTS_UNREACHABLE: Final = "robots:unreachable"
ROBOTS_FORBID: Final = "blocked:robots"
UNCHANGED: Final = "status:304"


@dataclass(frozen=True, slots=True)
class Outcome:
    """The state to settle on and why. `passing`: it may be otherwise later, so it is worth another attempt."""

    state: str
    reason: str | None = None
    passing: bool = False


def of_response(
    status: int, kind: LeadKind, *, truncated: bool, redirected: bool = False, asked: bool = False
) -> Outcome:
    """What a response means that is not a redirect which is followed. `asked`: whether a 304 was offered.

    A list that was moved to where nothing is was not moved: some feeds answer so now and then.
    """
    if truncated:
        return Outcome("failed", "truncated", passing=True)
    if kind == "warc" and status in {200, 206}:  # 200: all of the file, and not the record that was asked for
        return Outcome("archived") if status == 206 else Outcome("failed", "no-range")
    if status == 200:
        return Outcome("done" if kind == "item" else "archived")
    if redirected and kind != "item" and status in _GONE:
        return Outcome("failed", f"status:{status}", passing=True)
    if status in _GONE or (status == 304 and asked):
        return Outcome("done", f"status:{status}")
    return Outcome("failed", f"status:{status}", passing=status in _PASSING)


def of_error(error: BaseException) -> Outcome:
    """What an error means: refused by us, impossible, or worth another attempt."""
    if isinstance(error, Blocked):
        if error.reason == ROBOTS_UNREACHABLE:
            return Outcome("queued", error.reason)
        return Outcome("blocked" if error.reason.startswith("blocked:") else "failed", error.reason)
    for kind, outcome in _ERRORS:
        if isinstance(error, kind):
            return outcome
    return Outcome("failed", f"error:{type(error).__name__}", passing=True)


def is_followed(status: int, location: str | None) -> bool:
    """Whether Scrapy follows this response as a redirect."""
    return status in _REDIRECTS and location is not None


def wait_after(attempts: int, delay: float) -> int:
    """Seconds before attempt number `attempts` + 1: twice as long each time, within an hour."""
    return int(min(max(delay, 1.0) * 2 ** min(attempts, 16), _LONGEST_WAIT))


_ERRORS: Final[tuple[tuple[type[BaseException], Outcome], ...]] = (
    (IgnoreRequest, Outcome("failed", "ignored")),
    (NotSupported, Outcome("blocked", "blocked:scheme")),
    (UnsupportedURLSchemeError, Outcome("blocked", "blocked:scheme")),
    (DownloadTimeoutError, Outcome("failed", "timeout", passing=True)),
    (CannotResolveHostError, Outcome("failed", "dns", passing=True)),
    (DownloadConnectionRefusedError, Outcome("failed", "refused", passing=True)),
    (DownloadCancelledError, Outcome("failed", "limit:body")),
    (DownloadFailedError, Outcome("failed", "connection", passing=True)),
)
