"""How many copies of each kind the matching finds and what it merges that is none, beside MinHash LSH.

    python tests/benchmarks/matching.py [SHARED] [--releases 2000] [--seed 5] [--json]

The texts are invented (tests/kinds). `alone`: no text names a key; `named`: the release itself does, as origins
and wires do; the last column is datasketch's MinHash LSH with what is near joined, which knows no keys. With
SHARED, the folder of the benchmark's tools and its labelled pairs of real releases, those are scored too.

Exit codes: 0 all was measured, 1 a tool or the project's own run failed, 2 something is not in SHARED.
"""

from __future__ import annotations

import argparse
import csv
import importlib.util
import json
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.benchmarks import glue
from tests.kinds.copies import labelled
from tests.kinds.measure import measure, place, table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.kinds.copies import Text
    from tests.kinds.measure import Found

ROOT = Path(__file__).parents[2]
APART = "different_template_or_boilerplate"


def main() -> int:
    """Measure, print; the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("shared", nargs="?", type=Path, metavar="SHARED")
    parser.add_argument("--releases", type=int, default=2000, metavar="N")
    parser.add_argument("--seed", type=int, default=5, metavar="N")
    parser.add_argument("--json", action="store_true", help="print JSON instead of the tables")
    args = parser.parse_args()
    texts = tuple(labelled(args.releases, args.seed))
    columns, seconds = kinds(texts)
    try:
        pairs = labelled_pairs(args.shared.resolve()) if args.shared else None
    except FileNotFoundError as missing:
        print(f"not there: {missing.filename}", file=sys.stderr)
        return 2
    except subprocess.CalledProcessError as failed:
        print(f"{failed.cmd[1]}: exit {failed.returncode}", file=sys.stderr)
        return 1
    if args.json:
        shown = {name: {kind: asdict(found) for kind, found in column.items()} for name, column in columns.items()}
        print(json.dumps({"texts": len(texts), "kinds": shown, "seconds": seconds, "pairs": pairs}, indent=1))
        return 0
    print(f"{args.releases} releases, {len(texts)} texts\n\n{table(columns)}")
    print(f"{'texts a second':24}" + "".join(f"{len(texts) / seconds[name]:20.0f}" for name in columns))
    if pairs:
        print(f"\nlabelled pairs: {json.dumps(pairs['score'])}")
        print("\n".join(f"error: {' | '.join(error)}" for error in pairs["errors"]))
    return 0


def kinds(texts: Sequence[Text]) -> tuple[dict[str, dict[str, Found]], dict[str, float]]:
    """The figures of each system, and the seconds that it took."""
    columns, seconds = {}, {}
    for name, named in (("alone", False), ("named", True)):
        started = time.perf_counter()
        columns[name] = measure(texts, place(texts, named=named))
        seconds[name] = time.perf_counter() - started
    if importlib.util.find_spec(glue.NEEDS[1]) is not None:
        started = time.perf_counter()
        near = glue.near({str(n): text.text for n, text in enumerate(texts)})
        columns["MinHash LSH"] = measure(texts, [near[str(n)] for n in range(len(texts))])
        seconds["MinHash LSH"] = time.perf_counter() - started
    return columns, seconds


def labelled_pairs(shared: Path) -> dict[str, Any]:
    """The score of the labelled pairs, and the pairs that stand the wrong way."""
    tool, pairs = shared / "tools" / "pairs.py", shared / "data" / "releases" / "pairs.csv"
    with pairs.open(newline="", encoding="utf-8") as rows, tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        run(tool, "build", shared / "data" / "releases" / "releases.jsonl", pairs, folder)
        ours = ("-m", "crawler")
        run(*ours, "ingest", "-q", "--data", folder / "data", folder / "pages.warc.gz")
        run(
            *ours,
            "export",
            "copies",
            "--data",
            folder / "data",
            "--format",
            "jsonl",
            "-o",
            folder / "copies.jsonl",
        )
        score = json.loads(run(tool, "score", pairs, folder / "copies.jsonl"))
        cluster = {}
        for line in (folder / "copies.jsonl").read_text("utf-8").splitlines():
            row = json.loads(line)
            cluster[row["url"]] = row["cluster"]
        errors = []
        for row in csv.DictReader(rows):
            a, b = (cluster.get(address(row[side])) for side in "ab")
            if (a is not None and a == b) is (row["label"] == APART):
                errors.append((row["label"], row["a"], row["b"]))
        return {"score": score, "errors": errors}


def address(document: str) -> str:
    """Where the tool's pages stand."""
    distributor, _, rest = document.partition("/")
    return f"https://{distributor.lower()}.example/{rest}"


def run(*command: object) -> str:
    done = subprocess.run(
        [sys.executable, *map(str, command)], check=True, stdout=subprocess.PIPE, text=True, cwd=ROOT
    )
    return done.stdout


if __name__ == "__main__":
    sys.exit(main())
