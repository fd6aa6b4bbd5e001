"""One corpus through every system (the project end to end, extractors page by page, a glue), and the figures."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from tests.benchmarks import glue
from tests.benchmarks.corpora import CLEAN
from tests.benchmarks.extractors import BARE, EXTRACTORS, Extracted, extract_pages, installed

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from tests.benchmarks.corpora import Corpus

ROOT = Path(__file__).parents[2]
OURS = "tearsheet"
SYSTEMS = (OURS, *(extractor.name for extractor in EXTRACTORS), glue.NAME)
TAKEN = (0, 3)
"""Exit codes of `ingest` that leave something to export: 3 says that single pages were refused."""


class Scorer(Protocol):
    """The benchmark's own scorer, `tools/score.py` of SHARED."""

    def score(self, truth: Sequence[Mapping[str, Any]], predicted: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
        """The figures of all pages of the truth."""


@dataclass(frozen=True, slots=True)
class Run:
    """What a system says about each page, the columns that it answers for, and its seconds.

    `note` says what else there is to say; with nothing said about any page it says why.
    """

    system: str
    pages: tuple[Mapping[str, Any], ...] = ()
    columns: tuple[str, ...] = ()
    seconds: float = 0.0
    note: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One system on one corpus; `time` is a multiple of bare trafilatura's."""

    corpus: str
    system: str
    figures: Mapping[str, Any] = field(default_factory=dict)
    time: float | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Worse:
    """A page whose text is worse than bare trafilatura's, with the f1 of both."""

    url: str
    f1: float
    bare: float


def run_systems(corpus: Corpus, wanted: Collection[str]) -> tuple[Run, ...]:
    """Every system that was asked for and has something to say here, in the order of `SYSTEMS`."""
    runs = [_ours(corpus)] if OURS in wanted else []
    glued = glue.NAME in wanted and "cluster_ari" in corpus.columns
    found = extract_pages(
        corpus.pages,
        [
            each
            for each in EXTRACTORS
            if (each.name in wanted or (glued and each.name == BARE)) and installed(each.package, each.module)
        ],
    )
    runs += [
        _extracted(corpus, each.name, found[each.name]) if each.name in found else _absent(each.name, each.package)
        for each in EXTRACTORS
        if each.name in wanted
    ]
    if glued:
        runs.append(_glued(corpus, found[BARE]) if installed(*glue.NEEDS) else _absent(glue.NAME, glue.NEEDS[0]))
    return tuple(runs)


def figures(corpus: Corpus, runs: Sequence[Run], scorer: Scorer) -> tuple[Row, ...]:
    """A row for every run: the columns that mean something on this corpus and for this system, and its time."""
    alone = len(corpus.pages) == 1  # starting up would be all that is timed
    bare = 0.0 if alone else next((run.seconds for run in runs if run.system == BARE), 0.0)
    rows = []
    for run in runs:
        found = _scored(scorer, corpus.truth, run.pages) if run.pages else {}
        kept = {name: found[name] for name in corpus.columns if name in found and name in run.columns}
        rows.append(Row(corpus.name, run.system, kept, run.seconds / bare if kept and bare else None, run.note))
    return tuple(rows)


def worse_pages(corpus: Corpus, runs: Sequence[Run], scorer: Scorer) -> tuple[Worse, ...]:
    """The pages on which our text is worse than bare trafilatura's, the worst first; none unless both ran."""
    said = {run.system: {page["url"]: page for page in run.pages} for run in runs if run.pages}
    if not {OURS, BARE} <= said.keys():
        return ()
    pages = []
    for row in corpus.truth:
        f1, bare = (_f1(scorer, row, said[name].get(row["url"])) for name in (OURS, BARE))
        if f1 < bare:
            pages.append(Worse(row["url"], f1, bare))
    return tuple(sorted(pages, key=lambda page: (page.f1 - page.bare, page.url)))


def _f1(scorer: Scorer, row: dict[str, Any], said: Mapping[str, Any] | None) -> float:
    f1: float = _scored(scorer, (row,), (said,) if said else ())["f1"]
    return f1


def _scored(
    scorer: Scorer, truth: tuple[dict[str, Any], ...], predicted: tuple[Mapping[str, Any], ...]
) -> dict[str, Any]:
    """The scorer's figures. It cannot take a single page (no pairs, so a division by zero): such a page is given
    twice, which leaves every mean as it is, the counts are halved, and there is no agreement of clusters.
    """
    if len(truth) > 1:
        return scorer.score(truth, predicted)
    found = scorer.score(truth * 2, predicted)
    found |= {name: found[name] // 2 for name in ("pages", "missed", "false")}
    del found["cluster_ari"]
    return found


def _ours(corpus: Corpus) -> Run:
    """`ingest` into an empty data folder, then `export copies`. The seconds are those of `ingest`."""
    with tempfile.TemporaryDirectory() as scratch:
        rows = Path(scratch, "copies.jsonl")
        data = ("--data", Path(scratch, "data"))
        address = ("--url", corpus.address) if corpus.address else ()
        started = time.perf_counter()
        code = _tearsheet("ingest", "-q", *data, *address, corpus.source)
        seconds = time.perf_counter() - started
        if code not in TAKEN:
            return Run(OURS, note=f"ingest failed: exit {code}")
        code = _tearsheet("export", "copies", *data, "--format", "jsonl", "-o", rows)
        if code:
            return Run(OURS, note=f"export failed: exit {code}")
        with rows.open(encoding="utf-8") as lines:
            pages = tuple(json.loads(line) for line in lines)
    left_out = len({page.url for page in corpus.pages} - {page["url"] for page in pages})
    return Run(OURS, pages, corpus.columns, seconds, f"{left_out} pages were refused" if left_out else "")


def _tearsheet(*words: object) -> int:
    command = [sys.executable, "-m", "crawler", *map(str, words)]
    return subprocess.run(command, check=False, cwd=ROOT, stdout=sys.stderr).returncode


def _extracted(corpus: Corpus, name: str, found: Sequence[Extracted]) -> Run:
    pages = tuple({"url": page.url, "text": each.text} for page, each in zip(corpus.pages, found, strict=True))
    failures = [each.failure for each in found if each.failure]
    note = f"no text on {len(failures)} pages: {', '.join(sorted(set(failures)))}" if failures else ""
    return Run(name, pages, CLEAN, sum(each.seconds for each in found), note)


def _glued(corpus: Corpus, found: Sequence[Extracted]) -> Run:
    started = time.perf_counter()
    texts = {page.url: each.text for page, each in zip(corpus.pages, found, strict=True)}
    pages = tuple(glue.glue(texts))
    seconds = sum(each.seconds for each in found) + time.perf_counter() - started
    return Run(glue.NAME, pages, glue.COLUMNS, seconds)


def _absent(system: str, package: str) -> Run:
    return Run(system, note=f"not installed: pip install {package}")
