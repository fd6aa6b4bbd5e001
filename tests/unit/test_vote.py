from __future__ import annotations

from crawler.extract.parse import parse
from crawler.extract.segment import segment
from crawler.extract.vote import vote
from crawler.records import Block, Rejected

PROSE = (
    "The council opened the new bridge on Monday, after six years of work that cost less than was planned.",
    "Engineers tested the last of the bolts in the rain, while the first buses waited at either end.",
    "A second bridge, said the mayor, will follow when the first one has been paid for.",
)
PAGE = (
    "<html><body><nav><ul><li><a href=/>Home</a><li><a href=/n>News</a></ul></nav><main><article><h1>A bridge</h1>"
    + "".join(f"<p>{text}</p>" for text in PROSE * 2)
    + "</article></main><footer><p>Terms of use and privacy</p></footer></body></html>"
)


def voted(html: str) -> tuple[Block, ...]:
    tree = parse(html)
    assert not isinstance(tree, Rejected)
    return vote(tree, segment(tree))


def test_the_text_is_kept_and_the_furniture_is_not() -> None:
    kept = {block.text: block.kept for block in voted(PAGE)}
    assert all(kept[text] >= 900 for text in PROSE)
    assert kept["Home"] < 500
    assert kept["Terms of use and privacy"] < 500


def test_a_paragraph_said_twice_is_kept_twice() -> None:
    assert sum(block.kept >= 900 for block in voted(PAGE)) >= 6


def test_the_same_page_ten_times_has_one_answer() -> None:
    assert len({voted(PAGE) for _ in range(10)}) == 1


def test_a_page_without_a_text_stays_as_it_is() -> None:
    assert voted("<html><body></body></html>") == ()
    blocks = (Block(0, "Not on the page.", "p", "/html/body/p", 0, 0),)
    tree = parse("<html><body></body></html>")
    assert not isinstance(tree, Rejected)
    assert vote(tree, blocks) == blocks
