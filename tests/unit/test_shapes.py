from __future__ import annotations

import time

import pytest

from crawler.clean import shapes
from crawler.records import Block


def block(text: str, linked: int = 0, **more: str) -> Block:
    return Block(
        0, text, more.get("tag", "p"), "/html/body/p", 1000, linked, hints=tuple(more.get("hints", "").split())
    )


@pytest.mark.parametrize(
    "text", ["$0.0419", "$0.0419$0.0419", "+3.21%", "USD", "-0.03 %", "1,234.5 12.1%", "€ 3.5M",
             "CITY Live Price Chart", "Manchester City Fan Price (CITY)",
             "Market Cap", "24h Volume", "Quotes delayed at least 20 minutes"]
)  # fmt: skip
def test_lines_of_a_price_box(text: str) -> None:
    assert shapes.is_ticker_line(block(text))


@pytest.mark.parametrize(
    "text",
    [
        "Revenue was $12.5 million, up 3.2%.",
        "Example Corp. (NASDAQ: ABC)",
        "The market cap of the company rose to $3 billion in March.",
        "In 2025",
        "",
    ],
)
def test_prices_in_prose_are_none(text: str) -> None:
    assert not shapes.is_ticker_line(block(text))


@pytest.mark.parametrize("text", ["1" * 79 + "x", "1." * 39 + "x", "1 " * 39 + "x", "$1" * 39 + "!"])
def test_a_line_of_figures_is_judged_at_once(text: str) -> None:
    started = time.process_time()
    assert not shapes.is_ticker_line(block(text))
    assert time.process_time() - started < 0.1


@pytest.mark.parametrize(
    "text",
    ["You May Also Like", "RELATED ARTICLES:", "Lesen Sie auch", "Lea también:", "À lire aussi »", "Читайте также",
     "相关阅读", "関連記事", "관련 기사", "اقرأ أيضا", "More from Example News"],
)  # fmt: skip
def test_widget_headings(text: str) -> None:
    assert shapes.is_widget_heading(block(text))


@pytest.mark.parametrize(
    "text",
    ["Related developments", "Read also what the mayor said about the bridge", "Recommended dosage", "Moreover"],
)
def test_other_headings(text: str) -> None:
    assert not shapes.is_widget_heading(block(text))


def test_pointers_stamps_and_addresses() -> None:
    assert shapes.is_pointer(block("Also read: A canal opens in the valley"))
    assert not shapes.is_pointer(block("Also: this"))
    assert not shapes.is_pointer(block("The mayor said: A canal opens in the valley"))
    assert shapes.is_stamp(block("CoinBoard2025/09/18 01:44"))
    assert shapes.is_stamp(block("Example 3 hours ago"))
    assert not shapes.is_stamp(block("It opened in 2025."))
    assert shapes.is_address(block("https://news.example/a"))
    assert not shapes.is_address(block("See https://news.example/a"))


def test_prose_is_long_or_a_sentence() -> None:
    assert shapes.is_prose(block("The bridge was opened on Monday by the mayor."))
    assert not shapes.is_prose(block("The bridge was opened on Monday by the mayor.", linked=900))
    assert not shapes.is_prose(block("Home"))
    assert shapes.is_prose(
        block("市政府星期一表示，这座大桥将在今年年底之前通车，比原计划提前三个月，市民们都很高兴，专家也称赞。")
    )


def test_notes_of_origin() -> None:
    title = "A bridge opens in the valley"
    assert shapes.is_origin_note(block(f"The post {title} appeared first on Example News."), title, ())
    assert shapes.is_origin_note(block(f"{title} – Example News"), title, ("example news",))
    assert not shapes.is_origin_note(block(title), title, ("example news",))
    assert not shapes.is_origin_note(block("The comet first appeared on a winter night. " * 8), title, ())


def test_forms_letters_and_disclaimers() -> None:
    assert shapes.is_newsletter(block("Sign up for our newsletter"))
    assert not shapes.is_newsletter(block("The museum's newsletter, read by many. " * 8))
    assert shapes.is_form_line(block("Your name", hints="form"))
    assert shapes.is_disclaimer(block("This article is for informational purposes only."))
    assert shapes.is_share(block("Tweet"))
    assert shapes.is_read_more(block("Read more »"))
