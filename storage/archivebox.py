"""The folder that ArchiveBox makes for each address: which of its files hold what was captured.

Beside a WARC it holds pages that ArchiveBox made itself (its own index, readability's cut, a print), which are
nobody's publication. Its `index.json` says whose address the folder is of.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import msgspec

if TYPE_CHECKING:
    from pathlib import Path

_INDEX_LIMIT: Final = 4 * 1024 * 1024
_RENDERED: Final = ("singlefile.html", "output.html")
"""A page as a browser had it, in the order of preference; taken only where there is no WARC."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The address that was captured, and the files to take: its WARC files, or else one page as rendered."""

    url: str
    files: tuple[Path, ...]


class _Index(msgspec.Struct):
    url: str
    timestamp: str
    history: dict[str, object]


def snapshot(folder: Path) -> Snapshot | None:
    """What ArchiveBox captured there, or None where the folder is not one of its snapshots."""
    try:
        with (folder / "index.json").open("rb") as file:
            index = msgspec.json.decode(file.read(_INDEX_LIMIT + 1), type=_Index)
        warcs = sorted((folder / "warc").glob("*.warc*")) if (folder / "warc").is_dir() else []
    except (OSError, msgspec.DecodeError, UnicodeDecodeError):
        return None
    if not index.url.startswith(("http://", "https://")):
        return None
    rendered = [folder / name for name in _RENDERED if (folder / name).is_file()]
    return Snapshot(index.url, tuple(warcs or rendered[:1]))
