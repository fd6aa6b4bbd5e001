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


def test_pointers_and_addresses() -> None:
    assert shapes.is_pointer(block("Also read: A canal opens in the valley"))
    assert not shapes.is_pointer(block("Also: this"))
    assert not shapes.is_pointer(block("The mayor said: A canal opens in the valley"))
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


@pytest.mark.parametrize(
    "text",
    ["1.234,56 €", "R$ 3,4 mln", "₹1,23,456.00", "▲ +2,3 %", "▼ −0.41%",
     "1’204.50 CHF", "US$0.12", "¥3.2万", "krw",
     "Harbour Coin Preis (HBR)", "Precio de Quarzo (QRZ)", "灯塔币价格(DTB)", "Marktkapitalisierung",
     "Capitalización de mercado", "市值", "時価総額", "Рыночная капитализация", "Volume (24h)", "Harbour Logo"],
)  # fmt: skip
def test_price_boxes_of_many_countries(text: str) -> None:
    assert shapes.is_ticker_line(block(text))


@pytest.mark.parametrize(
    ("text", "role"),
    [
        ("Stories You May Have Missed", "related"), ("Das könnte Sie auch interessieren", "related"),
        ("A LIRE AUSSI", "related"), ("También te puede interesar",
        "related"), ("Potrebbe interessarti anche", "related"),
        ("Leia também:", "related"), ("Lees ook", "related"), ("Läs också", "related"), ("Lue myös", "related"),
        ("Zobacz również", "related"), ("Mohlo by vás zajímat", "related"), ("Читайте ещё", "related"),
        ("Схожі новини", "related"), ("İLGİNİZİ ÇEKEBİLİR", "related"), ("أخبار ذات صلة", "related"),
        ("כתבות נוספות", "related"), ("اخبار مرتبط", "related"), ("यह भी पढ़ें", "related"),
        ("Berita Terkait", "related"), ("Artikel berkaitan", "related"), ("Có thể bạn quan tâm", "related"),
        ("ข่าวที่เกี่ยวข้อง", "related"), ("猜你喜欢", "related"),
        ("延伸閱讀：", "related"), ("あわせて読みたい", "related"),
        ("많이 본 뉴스", "related"), ("Διαβάστε επίσης", "related"), ("Citește și", "related"),
        ("Olvassa el ezt is", "related"), ("🔥 Trending now 🔥", "related"), ("Comments (12)", "comments"),
        ("Deja un comentario", "comments"), ("Артикли", None), ("Market Opportunity", "ticker"),
        ("Share this article", "share"), ("Jetzt anmelden", "newsletter"), ("About the Author", "byline-box"),
        ("Related developments", None), ("Market outlook", None), ("More than a bridge", None),
        ("A share of the harvest", None), ("Latest figures from the harbour of the old town on the hill", None),
    ],
)  # fmt: skip
def test_what_a_line_heads(text: str, role: str | None) -> None:
    assert shapes.widget_of(block(text)) == role


@pytest.mark.parametrize(
    "text",
    ["Read the full story", "CONTINUE READING ➔", "Leggi su Il Faro",
     "Den ganzen Artikel lesen", "Seguir leyendo", "[…]",
     "Читать далее", "阅读全文", "続きを読む", "Devamını oku",
     "Read the full article on Example News", "Lire la suite »"],
)  # fmt: skip
def test_lines_that_lead_to_the_rest(text: str) -> None:
    assert shapes.is_read_more(block(text))


@pytest.mark.parametrize(
    "text",
    ["Advertisement", "ANZEIGE", "Publicidad", "Story continues below advertisement", "Реклама", "广告", "広告"],
)
def test_labels_of_advertising(text: str) -> None:
    assert shapes.is_advert(block(text)) or shapes.is_read_more(block(text))


@pytest.mark.parametrize(
    "text",
    [
        "The opinions voiced above are the writer's own and need not match those of this paper.",
        "Our newsroom had no part in the making of this announcement.",
        "All rights in these items stay with their respective owners.",
        "Die Redaktion übernimmt für den Inhalt dieser Mitteilung keine Haftung.",
        "La redacción no se hace responsable de las opiniones de los autores.",
        "本网站转载此文，并不代表本网站赞同其观点。",
        "Редакция не несёт ответственности за содержание материала.",
        "Sponsored content: this article was supplied by an advertiser.",
    ],
)
def test_what_only_a_carrier_says(text: str) -> None:
    assert shapes.is_carrier_note(block(text))


@pytest.mark.parametrize(
    "text",
    [
        "This release contains forward-looking statements. The company is not responsible for the views.",
        "The council is responsible for the bridge, and its engineers checked every bolt.",
        "The article on the harbour was written by a class of nine-year-olds.",
    ],
)
def test_what_an_issuer_says_is_no_carriers_note(text: str) -> None:
    assert not shapes.is_carrier_note(block(text))


@pytest.mark.parametrize(
    "text",
    ["The first ferry ran on Monday.", "The museum was built by the guild of masons in the year of the flood."],
)
def test_plain_sentences_are_no_notes(text: str) -> None:
    asked = (shapes.is_disclaimer, shapes.is_newsletter, shapes.tells_origin, shapes.is_copyright, shapes.is_tags)
    assert not any(question(block(text)) for question in asked)


@pytest.mark.parametrize(
    "text",
    ["It first ran on example.com.", "Dieser Beitrag erschien zuerst auf Hafenpost",
     "最初に掲載されたのは灯台新聞", "本文首发于灯塔网",
     "La entrada se publicó primero en El Faro", "This story was originally published by the Valley Post."],
)  # fmt: skip
def test_words_for_where_a_post_stood_first(text: str) -> None:
    assert shapes.tells_origin(block(text))
