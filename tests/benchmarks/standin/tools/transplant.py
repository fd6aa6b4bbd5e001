"""A stand-in for the builder of the syndication benchmark, called in the same way. Its pages lie ready made."""

from __future__ import annotations

import argparse
import shutil
from pathlib import Path


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("pages", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--words", type=argparse.FileType())
    for number in ("--seed", "--releases", "--copies"):
        parser.add_argument(number, type=int, required=True)
    args = parser.parse_args()
    if args.releases == 13:
        raise SystemExit("a builder that fails")
    shutil.copytree(args.pages / f"seed-{args.seed}", args.out)


if __name__ == "__main__":
    main()
