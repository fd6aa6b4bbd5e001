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


def test_a_word_of_the_menu_is_not_taken_for_the_first_of_the_text() -> None:
    text = "".join(f"<p>{text}</p>" for text in ("Bridge builders of Aldport have finished early.", *PROSE * 2))
    page = f"<html><body><ul><li><a href=/b>Bridge</a></ul><main><article>{text}</article></main></body></html>"
    kept = {block.text: block.kept for block in voted(page)}
    assert kept["Bridge"] == 0
    assert kept["Bridge builders of Aldport have finished early."] == 1000


def chunk(texts: tuple[str, ...], name: str = "article__body") -> str:
    return (
        f'<div class="chunk"><div class="{name}">' + "".join(f"<p>{text}</p>" for text in texts) + "</div></div>"
    )


MORE = (
    "The ferry that the bridge replaces made its last crossing at noon, with a band and a cake.",
    "Its captain, who has crossed the river some ninety thousand times, walked home over the bridge.",
)


def test_a_text_that_goes_on_in_a_second_container_is_kept_there() -> None:
    aside = "<aside><span>Advertisement</span></aside>"
    page = f"<html><body><article>{chunk(PROSE * 2)}{aside}{chunk(MORE)}</article></body></html>"
    kept = {block.text: block.kept for block in voted(page)}
    assert [kept[text] for text in MORE] == [1000, 1000]
    assert kept["Advertisement"] == 0


def test_another_text_under_its_own_heading_is_not_the_first_ones() -> None:
    page = f"<html><body>{chunk(PROSE * 2)}<h2>The last ferry</h2>{chunk(MORE)}</body></html>"
    kept = {block.text: block.kept for block in voted(page)}
    assert [kept[text] for text in (*PROSE, *MORE)] == [1000, 1000, 1000, 0, 0]


def test_a_container_of_another_class_is_another_matter() -> None:
    page = f"<html><body><article>{chunk(PROSE * 2)}{chunk(MORE, 'comment')}</article></body></html>"
    kept = {block.text: block.kept for block in voted(page)}
    assert [kept[text] for text in MORE] == [0, 0]
