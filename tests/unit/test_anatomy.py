from __future__ import annotations

import pytest

from crawler.clean.anatomy import find_span
from crawler.clean.closing import closing
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
        ("出典 Example", "credit"),
        ("Source: Example Corp.", "credit"),
        ("The end of it. SOURCE Example Corp.", "source"),
        ("View original content:https://www.prnewswire.com/news-releases/x-302648155.html", "original"),
        ("Cision View original content to download multimedia: https://x.example", "original"),
        ("View source version on businesswire.com: https://x.example", "original"),
        ("Original-Content anzeigen: https://x.example", "original"),
        ("查看原文", "original"),
        ("For more information, please click:\nhttps://news.cgtn.com/x", "pointer"),
        ("Para más información: https://x.example", "pointer"),
        ("Photo - https://mma.prnewswire.com/media/1/a.jpg", "media"),
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


def boxed(*lines: tuple[str, str] | tuple[str, str, int]) -> tuple[Block, ...]:
    """Blocks of a page with structure: (the path below the article, text, per mille of it that is linked)."""
    built = []
    for n, (path, text, *linked) in enumerate(lines):
        tag = path.rpartition("/")[2].partition("[")[0]
        share = linked[0] if linked else 0
        links = ("/elsewhere",) if share else ()
        built.append(Block(n, text, tag, f"/html/body/article/{path}", 1000, share, links=links))
    return tuple(built)


def kept(*lines: tuple[str, str] | tuple[str, str, int]) -> str:
    page = Page("https://a.example/1", "A bridge opens", "en", None, (), boxed(*lines))
    return clean_text(page.blocks, draft(page, ("a example",), None)[1])


BOX = (
    ("div[1]/h3[1]", "More from CGTN"),
    ("div[1]/ul[1]/li[1]", "CGTN: A canal opens in the hills of Corrin", 1000),
    ("div[1]/ul[1]/li[2]", "CGTN: A market closes in the port of Kelso", 1000),
)
TEASERS = (
    ("div[1]/h2[1]", "Wider still"),
    ("div[1]/div[1]/p[1]", "A canal opens in the hills of Corrin"),
    ("div[1]/div[1]/p[2]", "A canal opens in the hills of Corrin"),
    ("div[1]/div[1]/p[3]", TEXT[3]),
    ("div[1]/div[1]/span[1]", "Share"),
    ("div[1]/div[1]/span[2]", "Hafenpost · vor 3 Std."),
)


@pytest.mark.parametrize("box", [BOX, TEASERS], ids=["links", "teasers"])
@pytest.mark.parametrize("about", [(), (("p[2]", "About CGTN"), ("p[3]", "A network."))], ids=["plain", "about"])
def test_a_box_in_another_container_ends_a_text_of_one_paragraph(
    box: tuple[tuple[str, str], ...], about: tuple[tuple[str, str], ...]
) -> None:
    text = kept(("p[1]", LINE + TEXT[0]), *about, ("p[4]", "Read more »", 1000), *box)
    assert text.split("\n") == [LINE + TEXT[0], *(line for _, line in about)]


def test_what_stands_below_a_cut_text_and_apart_from_it_goes() -> None:
    text = kept(("p[1]", LINE + TEXT[0]), ("p[2]", "Continue reading", 1000), ("div[1]/section[1]/p[1]", TEXT[3]))
    assert text == LINE + TEXT[0]


def test_story_continues_is_a_line_and_ends_nothing() -> None:
    text = kept(("p[1]", LINE + TEXT[0]), ("p[2]", "Story continues below advertisement"), ("p[3]", TEXT[1]))
    assert text.split("\n") == [LINE + TEXT[0], TEXT[1]]


@pytest.mark.parametrize(
    "note",
    [
        "The views expressed here are the author's alone and do not reflect those of our editors.",
        "© 2026 A Example. All rights reserved.",
        "This story first ran in the Valley Post.",
        "Die Redaktion übernimmt für den Inhalt keine Haftung.",
        "Follow us on Facebook and never miss a story.",
        "Tags: bridges, canals, valleys",
    ],
)
def test_the_sites_notes_at_the_end_of_a_text_go(note: str) -> None:
    text = kept(*((f"p[{n + 1}]", line) for n, line in enumerate((*TEXT, note))))
    assert text.split("\n") == TEXT


@pytest.mark.parametrize(
    "line",
    [
        "This announcement is for information only and does not constitute an offer to sell any security.",
        "The study was first published in the Annals of Bridges by the university of Corrin.",
        "The opinions of those who live by the bridge do not reflect what the council had expected.",
        "Shares of the builder (NASDAQ: BRDG) rose 3.2% to $14.20 on Monday.",
        "Follow the works at https://bridge.example/live",
    ],
)
def test_the_releases_own_words_stay_between_its_paragraphs(line: str) -> None:
    lines = [LINE + TEXT[0], TEXT[1], line, TEXT[2], "SOURCE CGTN"]
    assert kept(*((f"p[{n + 1}]", each) for n, each in enumerate(lines))).split("\n") == lines


@pytest.mark.parametrize("heading", ["Market Opportunity", "About the author", "Related topics", "Top stories"])
def test_a_subhead_of_the_vocabulary_stays_above_its_paragraph(heading: str) -> None:
    text = kept(
        ("p[1]", LINE + TEXT[0]), ("p[2]", TEXT[1]), ("h2[1]", heading), ("p[3]", TEXT[2]), ("p[4]", "SOURCE X")
    )
    assert text.split("\n") == [LINE + TEXT[0], TEXT[1], heading, TEXT[2], "SOURCE X"]


def test_a_releases_own_figures_stay_line_by_line() -> None:
    figures = ["Revenue", "$3.2 million", "Net income", "$1.1 million", "Margin", "34%"]
    lines = [LINE + TEXT[0], TEXT[1], *figures, TEXT[2], "SOURCE CGTN"]
    assert kept(*((f"p[{n + 1}]", each) for n, each in enumerate(lines))).split("\n") == lines
