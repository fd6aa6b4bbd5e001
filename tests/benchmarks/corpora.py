"""The corpora of the quality benchmark: a WARC or a page, its decoded pages, and the truth about each.

What is read lies in SHARED and is no part of this project: `tools/` has the builders, `data/` the pages.
"""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from warcio.archiveiterator import ArchiveIterator

if TYPE_CHECKING:
    from pathlib import Path

TEXT = ("pages", "f1", "precision", "recall")
CLEAN = (*TEXT, "leak", "clean_pages")
ALL = (*CLEAN, "key_accuracy", "cluster_ari", "relation", "missed", "false")
ALONE = (*CLEAN, "key_accuracy", "missed")


class NotThereError(Exception):
    """Something that SHARED should have; its text says what."""


@dataclass(frozen=True, slots=True)
class Page:
    """A page as an extractor gets it."""

    url: str
    html: str


@dataclass(frozen=True, slots=True)
class Corpus:
    """`source` is what `ingest` takes, with an `address` where it is one page of HTML; `columns` are the figures
    that mean something here.
    """

    name: str
    source: Path
    address: str | None
    pages: tuple[Page, ...]
    truth: tuple[dict[str, Any], ...]
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Syndication:
    """What the builder of the syndication benchmark is told."""

    releases: int
    copies: int
    words: Path | None


def annotated_pages(shared: Path, out: Path, limit: int | None) -> tuple[Corpus, ...]:
    """The annotated news pages, the first so many."""
    folder = _needed(shared, "data/pages")
    truth = json.loads(_needed(shared, "data/pages/ground-truth.json").read_text("utf-8"))
    chosen = dict(list(truth.items())[:limit])
    return _annotated(shared, out, chosen, folder / "html", ("pages", (*TEXT, "false")))


def release_pages(shared: Path, out: Path) -> tuple[Corpus, ...]:
    """The real release pages with a reviewed main text, in the form of the annotated pages."""
    folder = _needed(shared, "data/html")
    texts = json.loads(_needed(shared, "data/html/gold.json").read_text("utf-8"))
    index = json.loads(_needed(shared, "data/html/index.json").read_text("utf-8"))
    urls = {row["file"]: row["url"] for row in index}
    truth = {
        file.removesuffix(".html.gz"): {"articleBody": text, "url": urls[file]} for file, text in texts.items()
    }
    return _annotated(shared, out, truth, folder, ("html", TEXT))


def syndication(shared: Path, out: Path, seed: int, options: Syndication) -> tuple[Corpus, ...]:
    """Releases set into real layouts; real releases where SHARED has them, else the pages' own articles."""
    command: list[object] = [_needed(shared, "tools/transplant.py"), _needed(shared, "data/pages"), out]
    releases = shared / "data" / "releases"
    if releases.exists():
        command += ["--stories", releases / "releases.jsonl", "--pairs", releases / "pairs.csv"]
    command += ["--seed", seed, "--releases", options.releases, "--copies", options.copies]
    if options.words:
        command += ["--words", options.words]
    _run(*command)
    return _built(out, (f"syndication {seed}", ALL))


def seed_pages(shared: Path) -> tuple[Corpus, ...]:
    """The page that the project starts from, each of its forms a corpus of one page."""
    truth = _rows(_needed(shared, "data/seed/truth.jsonl"))
    forms = []
    for path in sorted((shared / "data" / "seed").glob("*.html")):
        page = Page(truth[0]["url"], path.read_text("utf-8"))
        forms.append(Corpus(f"seed {path.stem}", path, page.url, (page,), truth, ALONE))
    if not forms:
        raise NotThereError(f"{shared / 'data' / 'seed'}/*.html")
    return tuple(forms)


def _annotated(
    shared: Path, out: Path, truth: dict[str, Any], html: Path, form: tuple[str, tuple[str, ...]]
) -> tuple[Corpus, ...]:
    source = out / "source"
    source.mkdir(parents=True)
    (source / "ground-truth.json").write_text(json.dumps(truth), "utf-8")
    (source / "html").symlink_to(html.resolve(), target_is_directory=True)
    _run(_needed(shared, "tools/pages_warc.py"), source, out)
    return _built(out, form)


def _built(out: Path, form: tuple[str, tuple[str, ...]]) -> tuple[Corpus, ...]:
    name, columns = form
    warc = out / "pages.warc.gz"
    with warc.open("rb") as stream:
        pages = tuple(
            Page(
                record.rec_headers.get_header("WARC-Target-URI"),
                record.content_stream().read().decode("utf-8", "replace"),
            )
            for record in ArchiveIterator(stream)
            if record.rec_type == "response"
        )
    if not pages:
        raise NotThereError(f"any page of {name}")
    return (Corpus(name, warc, None, pages, _rows(out / "truth.jsonl"), columns),)


def _rows(path: Path) -> tuple[dict[str, Any], ...]:
    with path.open(encoding="utf-8") as lines:  # `splitlines` would break them at U+2028 too
        return tuple(json.loads(line) for line in lines if line.strip())


def _needed(shared: Path, name: str) -> Path:
    path = shared / name
    if not path.exists():
        raise NotThereError(str(path))
    return path


def _run(*command: object) -> None:
    subprocess.run([sys.executable, *map(str, command)], check=True, stdout=subprocess.DEVNULL)
