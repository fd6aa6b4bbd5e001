"""Write the reviewed texts anew from what the code says now, and print every difference: read it before a commit.

Run from the repository's root: `python tests/pages/rewrite.py`. The text that was there is not lost: it stays as
`ideal.txt`, what the page's text should be, until the program says it again. Where the new text is the right one,
name its page: `python tests/pages/rewrite.py --right blog/verbatim`. A new page has no text: read what is written.
"""

from __future__ import annotations

import difflib
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from crawler.flow import Read
from tests.pages.gate import agreement
from tests.pages.reading import CASES, ROOT, read


def main(right: list[str]) -> int:
    """Rewrite; the number of texts that changed."""
    changed = 0
    for case in CASES:
        path, kept, found = ROOT / case / "clean.txt", ROOT / case / "ideal.txt", read(case)
        before = path.read_text("utf-8") if path.exists() else ""
        after = found.draft.text + "\n" if isinstance(found, Read) else ""
        if before != after:
            changed += 1
            lines = difflib.unified_diff(
                before.splitlines(), after.splitlines(), f"{case} (was)", case, lineterm=""
            )
            sys.stdout.write("\n".join(lines) + "\n")
            if before and not kept.exists():
                kept.write_text(before, "utf-8")
            if after:
                path.write_text(after, "utf-8")
            else:
                path.unlink()
        if kept.exists() and (case in right or kept.read_text("utf-8") == after):
            kept.unlink()
        elif before != after and kept.exists():
            sys.stdout.write(f"{case}: {agreement(case):.4f} of ideal.txt\n")
    return changed


if __name__ == "__main__":
    sys.stdout.write(f"{main(sys.argv[1:])} texts changed\n")
