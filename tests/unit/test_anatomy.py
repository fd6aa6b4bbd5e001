from __future__ import annotations

import pytest

from crawler.clean.anatomy import closing, find_span
from crawler.clean.draft import clean_text, draft, tidy
from crawler.records import Block, Page
from crawler.sites.load import Cleaning
from tests.releases import paragraphs

TEXT = paragraphs(5)
LINE = "BEIJING, Dec. 22, 2025 /PRNewswire/ -- "


def built(*lines: str | tuple[str, str]) -> tuple[Block, ...]:
    """Blocks of a page without structure: a line is kept, a pair is (line, what else it is)."""
    blocks = []
    for n, each in enumerate(lines):
        text, kind = (each, "") if isinstance(each, str) else each
        blocks.append(
            Block(
                n, text, "p", f"/html/body/p[{n + 1}]", 0 if "unkept" in kind else 1000,
                1000 if "linked" in kind else 0, links=("/elsewhere",) if "linked" in kind else (),
            )
        )  # fmt: skip
    return tuple(blocks)


def cleaned(*lines: str | tuple[str, str], title: str = "A bridge opens", cleaning: Cleaning | None = None) -> str:
    page = Page("https://a.example/1", title, "en", None, (), built(*lines))
    return clean_text(page.blocks, draft(page, ("a example",), cleaning)[1])


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("SOURCE CGTN", "source"),
        ("SOURCE: Example Corp.", "source"),
        ("FUENTE Ejemplo", "source"),
        ("消息来源 CGTN", "source"),
        ("出典 Example", "source"),
        ("The end of it. SOURCE Example Corp.", "source"),
        ("View original content:https://www.prnewswire.com/news-releases/x-302648155.html", "original"),
        ("Cision View original content to download multimedia: https://x.example", "original"),
        ("View source version on businesswire.com: https://x.example", "original"),
        ("Original-Content anzeigen: https://x.example", "original"),
        ("查看原文", "original"),
        ("For more information, please click:\nhttps://news.cgtn.com/x", "pointer"),
        ("Para más información: https://x.example", "pointer"),
        ("Photo - https://mma.prnewswire.com/media/1/a.jpg", "media"),
        ("MEDIA CONTACT: Jane Example", "contact"),
        ("The source of the river was found by walkers in the hills.", None),
        ("Source code is what programmers write, said the museum's director on Monday.", None),
        ("He read the original content of the box, and was glad of it.", None),
        ("SOURCES of the river were found in 1871, and twice after that by walkers. " * 4, None),
    ],
)
def test_the_lines_that_close_a_release(text: str, kind: str | None) -> None:
    assert closing(built(text)[0]) == kind


def test_a_release_stands_between_dateline_and_trailer() -> None:
    span = find_span(built("Home", "By Staff", LINE + TEXT[0], *TEXT[1:], "SOURCE CGTN", "Also here", TEXT[2]))
    assert (span.first, span.last, span.closed) == (2, 8, True)
    assert span.dateline is not None
    assert span.dateline.text == LINE.removesuffix(" -- ")


def test_without_either_it_is_what_was_kept() -> None:
    span = find_span(built(("Menu", "unkept"), *TEXT[:3], ("Terms", "unkept")))
    assert (span.first, span.last, span.dateline, span.closed) == (1, 3, None, False)
    with pytest.raises(ValueError, match="kept"):
        find_span(built(("Menu", "unkept")))


def test_a_pointer_in_the_middle_closes_nothing() -> None:
    pointer = "For more information, please click: https://x.example"
    span = find_span(built(LINE + TEXT[0], pointer, *TEXT[1:], "SOURCE CGTN"))
    assert span.last == 7


def test_another_release_below_is_not_this_one() -> None:
    teaser = "ALDPORT, Dec. 21, 2025 /PRNewswire/ -- " + paragraphs(6)[0]
    text = cleaned(
        LINE + TEXT[0], *TEXT[1:], "SOURCE CGTN", "You May Also Like", "A canal", teaser, "SOURCE Aldport"
    )
    assert text.endswith("SOURCE CGTN")


def test_a_lead_said_twice_is_said_once_and_a_refrain_stays() -> None:
    text = cleaned(LINE + TEXT[0][:80] + "…", LINE + TEXT[0], TEXT[1], TEXT[2], TEXT[1], "SOURCE CGTN")
    assert text.split("\n") == [LINE + TEXT[0], TEXT[1], TEXT[2], TEXT[1], "SOURCE CGTN"]


def test_the_title_and_a_price_box_are_no_text() -> None:
    text = cleaned("A bridge opens", LINE + TEXT[0], TEXT[1], "$0.0419", "+1.24%", "USD", TEXT[2], "SOURCE CGTN")
    assert text.split("\n") == [LINE + TEXT[0], TEXT[1], TEXT[2], "SOURCE CGTN"]


def test_what_the_sites_file_names_goes() -> None:
    cleaning = Cleaning(lines=("Our own little line!",))
    text = cleaned(LINE + TEXT[0], "our own little LINE", TEXT[1], "SOURCE CGTN", cleaning=cleaning)
    assert "little" not in text.lower()
    assert TEXT[1] in text


def test_every_block_has_a_role_and_a_rule() -> None:
    page = Page("https://a.example/1", "T", "en", None, (), built("x", *TEXT, ("y", "unkept"), ("z", "linked")))
    _, decisions = draft(page, (), None)
    assert [d.block for d in decisions] == list(range(len(page.blocks)))
    assert all(d.rule for d in decisions)


def test_an_icons_word_goes() -> None:
    assert tidy("Cision View original content: x") == "View original content: x"
    assert tidy("Cision said so") == "Cision said so"
