"""Make the floors of the matching as hard as what is measured now; never softer.

Run from the repository's root: `python tests/kinds/raise_floors.py`. With `--show` it only prints the table.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.kinds.gate import PATH, figures, load_floors, measured, raised
from tests.kinds.measure import table

HEAD = """\
# Floors under the share of copies found and ceilings over the others merged. Written by
# `python tests/kinds/raise_floors.py`, which only makes them harder.
"""


def main(arguments: list[str]) -> None:
    found = measured()
    sys.stdout.write(table(found) + "\n")
    if "--show" in arguments:
        return
    floors = raised(load_floors(), figures(found))
    parts = [
        f"\n[{name}]\n" + "".join(f'"{kind}" = {of}\n' for kind, of in column.items())
        for name, column in floors.items()
    ]
    PATH.write_text(HEAD + "".join(parts), "utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
