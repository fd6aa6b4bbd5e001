"""What was removed as W3C Web Annotations: well formed, and each selector finds its passage."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import jsonschema  # type: ignore[import-untyped] # ships no types
import pytest
from lxml import html

from crawler.cli.main import main
from crawler.demo.newsroom import newsroom
from crawler.export.annotations import AROUND, annotate
from crawler.export.blocks import place_blocks, visible_text
from crawler.export.rows import read_rows, read_schema
from crawler.flow import Read, read_page
from crawler.records import Fetched
from crawler.sites.load import load_sites
from storage.lookups import copies, reading
from storage.pages import pack_blocks
from storage.rows import CopyRow

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Engine

SCHEMA = read_schema("annotations")
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)


def read_copy(fetched: Fetched) -> CopyRow | None:
    """A page through the page stages, as it would be looked up; None where it is no page of text."""
    read = read_page(fetched, load_sites(), 1 << 24)
    if not isinstance(read, Read):
        return None
    return CopyRow(
        url=fetched.url, capture="0" * 32, cluster="c", site=None, family="f", title="", text="", language="en",
        published_at=None, first_seen=None, last_seen=None, versions=1, captured_at=None, payload_sha256="0" * 64,
        rules="r", release=None, key=None, match=None, place=None,
        blocks=pack_blocks(read.page.blocks, read.draft.decisions),
    )  # fmt: skip


def selectors(annotation: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {selector["type"]: selector for selector in annotation["target"]["selector"]}


def test_every_removed_block_of_every_copy_has_one(engine: Engine) -> None:
    with reading(engine) as connection:
        rows = list(read_rows(connection, "annotations"))
        pages = {copy.url: place_blocks(copy) for copy in copies(connection, blocks=True)}
    wanted = [(url, each.block.text) for url, placed in pages.items() for each in placed if each.is_removed]
    found = [(row["target"]["source"], selectors(row)["TextQuoteSelector"]["exact"]) for row in rows]
    assert found == wanted
    assert len(found) == 7
    assert len({row["id"] for row in rows}) == len(rows)


def test_each_says_what_and_why_and_of_which_capture(engine: Engine) -> None:
    with reading(engine) as connection:
        row = next(read_rows(connection, "annotations", roles=("read-more",)))
    assert [body["value"] for body in row["body"]] == [
        "read-more",
        "line:read-more",
        "This block is a line that leads to the rest of the text.",
    ]
    assert row["target"]["source"] == "https://coins.example/a-bridge"
    assert row["target"]["state"]["sourceDate"] == "2025-12-22T11:00:00Z"


def test_the_selectors_of_real_pages_find_the_passage() -> None:
    seen = 0
    for served in newsroom().served:
        answer = served.answers[-1]
        url = f"http://{served.host}{served.path}"
        copy = read_copy(Fetched(url, None, answer.status, answer.headers, answer.body))
        if copy is not None:
            seen += check_selectors(copy, html.document_fromstring(answer.body.decode()))
    assert seen > 300


def check_selectors(copy: CopyRow, tree: html.HtmlElement) -> int:
    """Each annotation's selectors held against the visible text and the tree; how many annotations there are."""
    text = visible_text(place_blocks(copy))
    annotations = list(annotate(copy))
    for annotation in annotations:
        VALIDATOR.validate(annotation)
        assert "sourceDate" not in annotation["target"]["state"]
        by = selectors(annotation)
        quote, place = by["TextQuoteSelector"], by["TextPositionSelector"]
        start, end = place["start"], place["end"]
        before, behind = text[max(0, start - AROUND) : start], text[end : end + AROUND]
        assert text[start:end] == quote["exact"]
        assert (before, behind) == (quote["prefix"], quote["suffix"])
        (element,) = tree.xpath(by["XPathSelector"]["value"])
        assert "".join(quote["exact"].split()) in "".join(element.text_content().split())
    return len(annotations)


def test_the_element_holds_the_whole_block_whatever_it_is_called() -> None:
    text = "".join(
        f"<p>The bridge was opened on day {n}, and the valley came to see it walk.</p>" for n in range(9)
    )
    cards = "".join(
        f"<li><a href=/{n}>Story {n}</a> <a href=/{n}><div>A teaser of it.</div></a></li>" for n in range(4)
    )
    page = f"<html><body><x-app><main>{text}</main><x-more.of-it><ul>{cards}</ul></x-more.of-it></x-app></body>"
    copy = read_copy(Fetched("https://a.example/1", None, 200, (("Content-Type", "text/html"),), page.encode()))
    assert copy is not None
    assert check_selectors(copy, html.document_fromstring(page)) >= 8


def test_a_text_that_stands_in_no_element_has_no_path() -> None:
    said = "The bridge was opened on Monday, and the valley came to see it walk. " * 3
    article = {"@type": "NewsArticle", "articleBody": f"{said}\nShare\nSubscribe to our newsletter"}
    page = f'<script type="application/ld+json">{json.dumps(article)}</script>'
    body = f"<html><head>{page}</head><body></body></html>".encode()
    copy = read_copy(Fetched("https://a.example/1", None, 200, (("Content-Type", "text/html"),), body))
    assert copy is not None
    annotations = list(annotate(copy))
    assert annotations
    for annotation in annotations:
        VALIDATOR.validate(annotation)
        assert set(selectors(annotation)) == {"TextQuoteSelector", "TextPositionSelector"}


def test_the_schema_refuses_what_the_model_forbids(engine: Engine) -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    with reading(engine) as connection:
        row = next(read_rows(connection, "annotations"))
    VALIDATOR.validate(row)
    for field in ("@context", "id", "type", "target"):
        with pytest.raises(jsonschema.ValidationError):
            VALIDATOR.validate({name: value for name, value in row.items() if name != field})
    target = row["target"]
    wrong: tuple[dict[str, Any], ...] = (
        {"source": ""},
        {"selector": []},
        {"selector": [{"type": "TextQuoteSelector", "exact": ""}]},
    )
    for broken in wrong:
        with pytest.raises(jsonschema.ValidationError):
            VALIDATOR.validate(row | {"target": target | broken})


def test_one_page_prints_its_own(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    url = "https://coins.example/a-bridge"
    assert main(["explain", url, "--annotations", "--data", str(data)]) == 0
    mine = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert main(["export", "annotations", "--data", str(data)]) == 0
    every = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert mine == [row for row in every if row["target"]["source"] == url]
    assert len(mine) == 2
