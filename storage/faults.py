"""Where a test may have the process die, as a power cut would: inert unless the environment names a point."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

VARIABLE = "TEARSHEET_FAULT"


class Faults:
    """Counts the passes of one named point; the n-th ends the process at once. `TEARSHEET_FAULT=name:n`."""

    def __init__(self, environ: Mapping[str, str] = os.environ) -> None:
        name, _, count = environ.get(VARIABLE, "").partition(":")
        self._name = name
        self._left = int(count) if count.isdigit() else 1

    def due(self, name: str) -> bool:
        """Whether this pass is the one; the caller does its half of the damage and then calls `die`."""
        if name != self._name:
            return False
        self._left -= 1
        return self._left == 0

    def at(self, name: str) -> None:
        """Pass the point; the one that is due does not return."""
        if self.due(name):
            self.die()

    def die(self) -> None:
        """End as `kill -9` ends it: nothing is flushed, nothing is closed."""
        os._exit(137)
