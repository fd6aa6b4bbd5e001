"""Answers that were given: given again while the database is as it was, and not sent to those who have them."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING, Final

from starlette.responses import Response

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request

    from storage.edition import Edition

ROOM: Final = 64 * 1024 * 1024
"""Bytes of all answers that are kept; those that were asked for longest ago make room."""

LARGEST: Final = ROOM // 8


@dataclass(frozen=True, slots=True)
class Answer:
    """What was answered, free of who asked. `tag` is the ETag of its body; only a body that was found has one."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    tag: str

    def respond(self, request: Request) -> Response:
        """The answer to a request; 304 where the asker has it (RFC 9110, 13.1.2)."""
        if not self.tag:
            return Response(self.body, self.status, dict(self.headers))
        known = [each.strip().removeprefix("W/") for each in request.headers.get("if-none-match", "").split(",")]
        if self.tag in known or "*" in known:
            return Response(status_code=304, headers={"ETag": self.tag})
        return Response(self.body, self.status, {**dict(self.headers), "ETag": self.tag})


class Shelf:
    """The answers of one edition of the database, by what was asked. Threads share it."""

    def __init__(self, edition: Edition) -> None:
        self._edition = edition
        self._at = ""
        self._lock = Lock()
        self._answers: OrderedDict[str, Answer] = OrderedDict()
        self._room = ROOM
        self._making: dict[str, Lock] = {}

    def answer(self, asked: str, make: Callable[[], Response]) -> Answer:
        """The answer to what was asked: a kept one of the present edition, or a new one that is then kept.

        Who asks while another's is being made waits for that one.
        """
        now = self._edition.now()
        kept = self._find(asked, now)
        if kept is not None:
            return kept
        with self._lock:
            gate = self._making.setdefault(asked, Lock())
        try:
            with gate:
                kept = self._find(asked, now)
                return kept if kept is not None else self._keep(asked, now, pack(make()))
        finally:
            with self._lock:
                self._making.pop(asked, None)

    def _find(self, asked: str, now: str) -> Answer | None:
        with self._lock:
            if now != self._at:
                self._answers.clear()
                self._at, self._room = now, ROOM
            kept = self._answers.get(asked)
            if kept is not None:
                self._answers.move_to_end(asked)
            return kept

    def _keep(self, asked: str, now: str, answer: Answer) -> Answer:
        with self._lock:
            if now == self._at and answer.status == 200 and len(answer.body) <= LARGEST:
                self._answers[asked] = answer
                self._room -= len(answer.body) + len(asked)
            while self._room < 0:
                name, gone = self._answers.popitem(last=False)
                self._room += len(gone.body) + len(name)
        return answer


def pack(response: Response) -> Answer:
    """A response as an answer."""
    body = bytes(response.body)
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"' if response.status_code == 200 else ""
    return Answer(response.status_code, tuple(response.headers.items()), body, tag)
