"""What the project is measured against: extractors of one page, with the settings that suit them best here."""

from __future__ import annotations

import contextlib
import importlib.util
import logging
import time
import warnings
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from typing import TYPE_CHECKING

from crawler.workers import Expired, Workers

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from concurrent.futures import Future

    from tests.benchmarks.corpora import Page

AT_ONCE = 2
SECONDS = 30.0
MEMORY = 4 << 30
SMALL_PAGE = "<html><head><title>A</title></head><body><article><p>A first line.</p></article></body></html>"
BREAKS = frozenset(
    "address article aside blockquote br dd div dl dt figcaption figure h1 h2 h3 h4 h5 h6 hr li main ol p pre"
    " section table td th tr ul".split()
)


@dataclass(frozen=True, slots=True)
class Extractor:
    """`package` is its name for pip, `module` what is imported, `read` gets a page's HTML and address."""

    name: str
    package: str
    module: str
    read: Callable[[str, str], str | None]


@dataclass(frozen=True, slots=True)
class Extracted:
    """What one extractor made of one page, and in what time; `failure` says why there is no text."""

    text: str | None
    seconds: float
    failure: str = ""


def trafilatura_fast(html: str, url: str) -> str | None:
    """Without its fallbacks: what the project's own vote is built on."""
    from trafilatura import extract

    text: str | None = extract(html, url=url, fast=True, include_comments=False)
    return text


def trafilatura_precision(html: str, url: str) -> str | None:
    """With its fallbacks, and less text rather than wrong text."""
    from trafilatura import extract

    text: str | None = extract(html, url=url, favor_precision=True, include_comments=False)
    return text


def resiliparse(html: str, url: str) -> str | None:
    """The main content, without what is not text of the article."""
    from resiliparse.extract.html2text import extract_plain_text

    text: str = extract_plain_text(
        html, main_content=True, alt_texts=False, list_bullets=False, comments=False, post_meta=False
    )
    return text


def readability(html: str, url: str) -> str | None:
    """Its summary is HTML; every block of it becomes a line."""
    from lxml.html import fromstring
    from readability import Document

    summary = Document(html, url=url).summary(html_partial=True)
    if not summary.strip():
        return None
    tree = fromstring(summary)
    for element in tree.iter():
        if element.tag in BREAKS:
            element.tail = "\n" + (element.tail or "")
    return str(tree.xpath("string()"))


def newspaper(html: str, url: str) -> str | None:
    """Without its looks at the network for images and for longer versions."""
    from newspaper import Article, Config

    config = Config()
    config.fetch_images = False
    article = Article(url, config=config)
    article.download(input_html=html, ignore_read_more=True)
    article.parse()
    return str(article.text)


EXTRACTORS = (
    Extractor("trafilatura fast", "trafilatura", "trafilatura", trafilatura_fast),
    Extractor("trafilatura precision", "trafilatura", "trafilatura", trafilatura_precision),
    Extractor("resiliparse", "resiliparse", "resiliparse", resiliparse),
    Extractor("readability-lxml", "readability-lxml", "readability", readability),
    Extractor("newspaper4k", "newspaper4k", "newspaper", newspaper),
)
BARE = EXTRACTORS[0].name


def installed(package: str, module: str) -> str:
    """The version that is installed, empty where none is."""
    return version(package) if importlib.util.find_spec(module) else ""


def extract_pages(
    pages: Sequence[Page], extractors: Sequence[Extractor], seconds: float = SECONDS
) -> dict[str, tuple[Extracted, ...]]:
    """Every page through every extractor, page by page in turn, so that a busy machine is busy for all of them.

    A page that takes too long, wants too much memory or brings its worker down has no text, and says why.
    """
    if not extractors:
        return {}
    with Workers(min(AT_ONCE, len(pages)), seconds, MEMORY) as workers:
        futures = [
            (extractor.name, workers.submit(_extract, extractor, page.html, page.url))
            for page in pages
            for extractor in extractors
        ]
        found: dict[str, list[Extracted]] = {}
        for name, future in futures:
            found.setdefault(name, []).append(_result(future, seconds))
    return {name: tuple(results) for name, results in found.items()}


def _result(future: Future[Extracted], seconds: float) -> Extracted:
    try:
        return future.result()
    except TimeoutError:
        return Extracted(None, seconds, "took too long")
    except (MemoryError, Expired) as error:
        return Extracted(None, 0.0, type(error).__name__)


def _extract(extractor: Extractor, html: str, url: str) -> Extracted:
    """Run in a worker."""
    _warm(extractor)
    started = time.perf_counter()
    try:
        text, failure = extractor.read(html, url), ""
    except MemoryError:
        raise
    except Exception as error:  # whatever a foreign package raises is its result for this page
        text, failure = None, type(error).__name__
    return Extracted(text, time.perf_counter() - started, failure)


@cache
def _warm(extractor: Extractor) -> None:
    """Its imports and tables are loaded once in a process, before any clock runs."""
    logging.disable(logging.CRITICAL)  # what they miss in a page is seen in the figures
    warnings.simplefilter("ignore")
    with contextlib.suppress(Exception):  # so small a page may be none for them: what counts is that they ran
        extractor.read(SMALL_PAGE, "https://www.example.com/")
