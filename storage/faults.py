"""Where a test may have the process die, as a power cut would: inert unless the environment names a point."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

VARIABLE = "TEARSHEET_FAULT"

POINTS: Final = (
    "before_append",  # a batch has come, nothing of it is written
    "half_append",  # half of it is in the file
    "after_write",  # all of it is, and not synchronised
    "after_append",  # synchronised, and the database knows nothing of it
    "mid_close",  # a full file has its digest beside it, and still its open name
    "mid_tx",  # captures are in the transaction, what their addresses became is not
    "before_commit",
    "after_commit",  # nobody has the answer yet
    "after_lease",  # leased, and nothing asked for
    "discovering",  # the leads of a list are read, and not on the frontier
    "extracting",  # workers read pages
    "extract_mid",  # pages are in the transaction, and still out of date
    "placing",  # as above, of texts
    "summing",  # as above, of clusters
    "revising",  # as above, of exported rows
    "repairing",  # the start has made some of the archive's tail known
    "purging",  # what was derived of a condemned capture is gone, its record is there
    "rewriting",  # the successor of an archive file is written, and counts for nothing
    "rewritten",  # it counts, and has not its name yet
    "mid_cut",  # a torn tail is saved, and not cut off
)
"""Where each point lies, in the order of a page's way."""


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
