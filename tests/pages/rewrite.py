"""Write the reviewed texts anew from what the code says now, and print every difference: read it before a commit.

Run from the repository's root: `python -m tests.pages.rewrite` or `python tests/pages/rewrite.py`.
"""

from __future__ import annotations

import difflib
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from crawler.flow import Read
from tests.pages.reading import CASES, ROOT, read


def main() -> int:
    """Rewrite; the number of texts that changed."""
    changed = 0
    for case in CASES:
        path, found = ROOT / case / "clean.txt", read(case)
        before = path.read_text("utf-8") if path.exists() else ""
        after = found.draft.text + "\n" if isinstance(found, Read) else ""
        if before != after:
            changed += 1
            lines = difflib.unified_diff(
                before.splitlines(), after.splitlines(), f"{case} (was)", case, lineterm=""
            )
            sys.stdout.write("\n".join(lines) + "\n")
            if after:
                path.write_text(after, "utf-8")
            else:
                path.unlink()
    return changed


if __name__ == "__main__":
    sys.stdout.write(f"{main()} texts changed\n")
