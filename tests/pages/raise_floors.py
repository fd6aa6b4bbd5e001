"""Raise the floors of the gate to what is measured now; never lower one. Forget what is open no more.

Run from the repository's root: `python tests/pages/raise_floors.py`. With `--show` it only prints the table.
"""

from __future__ import annotations

import sys
from pathlib import Path

import msgspec

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.pages.gate import PATH, Figures, better, load_gate, measure, table
from tests.pages.reading import told

HEAD = """\
# The floors of the gate. Written by `python tests/pages/raise_floors.py`, which raises and never lowers them.
# `open` are statements about pages that do not hold yet; a person adds to them, the command takes away.

"""


def raised(floors: Figures, measured: Figures) -> Figures:
    """The better of both, figure by figure."""
    return Figures(
        **{
            name: getattr(measured if better(measured, floors, name) else floors, name)
            for name in msgspec.structs.asdict(floors)
        }
    )


def main(arguments: list[str]) -> None:
    gate, measured = load_gate(), measure()
    sys.stdout.write(table(measured, gate.floors) + "\n")
    if "--show" in arguments:
        return
    floors = raised(gate.floors, measured.rounded())
    still = []
    for each in gate.open:
        actual, wanted = told(each)
        if actual != wanted:
            still.append(each)
    lines = [f"{name} = {value}" for name, value in msgspec.structs.asdict(floors).items()]
    opened = "".join(f"    {msgspec.json.encode(each).decode()},\n" for each in still)
    PATH.write_text(f"{HEAD}open = [\n{opened}]\n\n[floors]\n" + "\n".join(lines) + "\n", "utf-8")
    sys.stdout.write(f"{len(gate.open) - len(still)} of {len(gate.open)} open statements hold now\n")


if __name__ == "__main__":
    main(sys.argv[1:])
