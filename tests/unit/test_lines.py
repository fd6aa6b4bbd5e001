from __future__ import annotations

import textwrap

import pytest

from crawler.extract.lines import paragraphs
from crawler.extract.parse import parse
from crawler.extract.segment import segment
from crawler.records import Block, Rejected
from tests.releases import paragraphs as release

TEXT = release(5, 4)


def blocks_of(html: str) -> tuple[Block, ...]:
    tree = parse(html)
    assert not isinstance(tree, Rejected)
    return segment(tree)


def texts(html: str) -> list[str]:
    return [block.text for block in blocks_of(html)]


def wrapped(text: str, width: int = 72) -> str:
    return "\n".join(textwrap.wrap(text, width, break_long_words=False, break_on_hyphens=False))


@pytest.mark.parametrize("width", [60, 72, 80])
def test_a_text_wrapped_at_a_column_is_joined(width: int) -> None:
    lines = [wrapped(line, width) for line in TEXT]
    assert texts("<pre>" + "\n\n".join(lines) + "</pre>") == TEXT
    assert texts("".join(f"<p>{line.replace(chr(10), '<br>')}</p>" for line in lines)) == TEXT
    assert texts("<div style='white-space: pre-wrap'>" + "\n\n".join(lines) + "</div>") == TEXT


def test_verses_lists_and_addresses_keep_their_lines() -> None:
    verse = (
        "The river rose on Monday night, and took the mill away,",
        "And nobody who saw it go knew any word to say.",
    )
    assert texts("<p>" + "<br>".join(verse) + "</p>") == ["\n".join(verse)]
    address = ("Jane Example", "Brenwick Harbour Trust", "+1 555 0100")
    assert texts("<p>" + "<br>".join(address) + "</p>") == ["\n".join(address)]
    link = (
        "For more information, please click:",
        "https://news.cgtn.com/news/2025-12-22/A-bridge-1JjihOzBpvi/p.html",
    )
    assert texts("<p>" + "<br>".join(link) + "</p>") == ["\n".join(link)]


def test_lines_of_running_text_are_paragraphs() -> None:
    assert texts("<div>" + "<br>".join([*TEXT, "SOURCE X"]) + "</div>") == [*TEXT, "SOURCE X"]
    assert paragraphs(["", "One", "two", ""]) == [[[1], [2]]]


def test_links_and_images_stand_with_their_own_paragraph() -> None:
    first, second = blocks_of(
        f"<div><a href=/a>One</a> {TEXT[0]}<br><br><img src=/i.png>Two, {TEXT[1]} <a href=/b>all</a></div>"
    )
    assert (first.links, second.links) == (("/a",), ("/b",))
    assert (first.images, second.images) == ((), ("/i.png",))
    (whole,) = blocks_of("<div><a href=/a>A headline<br>in two lines</a></div>")
    assert (whole.linked, whole.text) == (1000, "A headline\nin two lines")


def test_a_paragraph_stands_in_the_element_that_breaks_it_off() -> None:
    found = blocks_of("<td><font>One<br><br>two<br><br></font>three</td>")
    assert [block.path.rpartition("/")[2] for block in found[:2]] == ["font[1]", "font[1]"]
    assert "font" not in found[2].path


def test_an_inline_element_shown_as_a_block_is_one() -> None:
    assert texts("<div><span style='display: block'>One</span><span style='display:block'>two</span></div>") == [
        "One",
        "two",
    ]
