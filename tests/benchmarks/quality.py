"""One table of text, leaks and identity: this project, trafilatura, resiliparse, readability, newspaper4k.

    python tests/benchmarks/quality.py SHARED [--only PART …] [--seeds N …] [--worse] [--json]

SHARED is the folder with the benchmark's builders, its scorer and its pages. The project's rows are the real
thing from end to end, `ingest` into an empty data folder and `export copies`, so that what it learns from many
pages counts; the extractors are given every page decoded, in workers with a time limit. docs/benchmarks.md says
what the columns mean.

Exit codes: 0 all was measured, 1 the project's own run or a builder failed, 2 wrong usage or something is not
in SHARED. A package that is not installed is said in its row and is no failure.
"""

from __future__ import annotations

import argparse
import importlib.util
import subprocess
import sys
import tempfile
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, cast

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.benchmarks.corpora import (
    NotThereError,
    Syndication,
    annotated_pages,
    release_pages,
    seed_pages,
    syndication,
)
from tests.benchmarks.extractors import BARE
from tests.benchmarks.measure import OURS, SYSTEMS, Row, Scorer, Worse, figures, run_systems, worse_pages
from tests.benchmarks.table import as_json, as_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.benchmarks.corpora import Corpus

PARTS = ("pages", "syndication", "html", "seed")


def main() -> int:
    """Measure what was asked for and print it; the exit code."""
    args = arguments()
    scorer = load_scorer(args.shared / "tools" / "score.py")
    rows: list[Row] = []
    worse: list[Worse] = []
    codes = {0}
    with tempfile.TemporaryDirectory() as scratch:
        for name, build in parts(args, Path(scratch)):
            try:
                corpora = build()
            except NotThereError as missing:
                rows.append(Row(name, "", note=f"not there: {missing}"))
                codes.add(2)
                continue
            except subprocess.CalledProcessError as error:
                rows.append(Row(name, "", note=f"its builder failed: exit {error.returncode}"))
                codes.add(1)
                continue
            for corpus in corpora:
                say(f"{corpus.name}: {len(corpus.pages)} pages")
                runs = run_systems(corpus, args.systems)
                rows += figures(corpus, runs, scorer)
                if args.worse and name == "pages":
                    worse += worse_pages(corpus, runs, scorer)
    codes |= {1 for row in rows if row.system == OURS and not row.figures}
    print(as_json(rows, worse) if args.json else as_text(rows, worse if args.worse else None))
    return max(codes)


def arguments() -> argparse.Namespace:
    """The command line, checked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    benchmark, systems = "of the syndication benchmark", f"some of {', '.join(SYSTEMS)}"
    parser.add_argument("shared", type=Path, metavar="SHARED")
    parser.add_argument("--only", nargs="+", choices=PARTS, metavar="PART", help=f"some of {', '.join(PARTS)}")
    parser.add_argument("--systems", nargs="+", choices=SYSTEMS, default=SYSTEMS, metavar="NAME", help=systems)
    parser.add_argument("--seeds", nargs="+", type=int, default=[7], metavar="N", help=f"{benchmark} (default: 7)")
    parser.add_argument("--releases", type=positive, metavar="N", help=f"{benchmark} (default: 60)")
    parser.add_argument("--copies", type=positive, default=8, metavar="N", help="mean number of each (default: 8)")
    parser.add_argument("--words", type=Path, metavar="FILE", help="other widget wording, as JSON")
    parser.add_argument("--pages", type=positive, metavar="N", help="about so many of a part, for a quick look")
    parser.add_argument("--seed-page", action="store_true", help="the page the project starts from too")
    parser.add_argument("--worse", action="store_true", help="list the pages that bare trafilatura reads better")
    parser.add_argument("--json", action="store_true", help="print JSON instead of the table")
    args = parser.parse_args()
    if not (args.shared / "tools" / "score.py").is_file():
        parser.error(f"{args.shared}: no tools/score.py there, so this is no folder of the benchmark")
    if args.words:
        args.words = args.words.resolve()
        if not args.words.is_file():
            parser.error(f"--words: {args.words}: no such file")
    if args.worse and not {OURS, BARE} <= set(args.systems):
        parser.error(f"--worse compares {OURS} with {BARE}: both must run")
    return args


def positive(word: str) -> int:
    """A number above zero."""
    number = int(word)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{number} is not above zero")
    return number


def parts(args: argparse.Namespace, scratch: Path) -> Iterator[tuple[str, Callable[[], tuple[Corpus, ...]]]]:
    """What is to be measured: the name of each part or seed, and what builds its corpora."""
    wanted = set(args.only or PARTS[:3]) | ({"seed"} if args.seed_page else set())
    shared = args.shared.resolve()
    if "pages" in wanted:
        yield "pages", partial(annotated_pages, shared, scratch / "pages", args.pages)
    if "syndication" in wanted:
        few = max(2, args.pages // (args.copies + 1)) if args.pages else 60
        options = Syndication(args.releases or few, args.copies, args.words)
        for seed in args.seeds:
            yield f"syndication {seed}", partial(syndication, shared, scratch / f"seed{seed}", seed, options)
    if "html" in wanted:
        yield "html", partial(release_pages, shared, scratch / "html")
    if "seed" in wanted:
        yield "seed", partial(seed_pages, shared)


def load_scorer(path: Path) -> Scorer:
    """The scorer is the benchmark's, so it is imported from where it lies and not copied."""
    spec = importlib.util.spec_from_file_location("score", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return cast("Scorer", module)


def say(text: str) -> None:
    """Progress, for a person who waits."""
    if sys.stderr.isatty():
        print(text, file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
