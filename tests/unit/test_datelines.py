from __future__ import annotations

import pytest

from crawler.identify.datelines import find_dateline

LINES = (
    "BEIJING, Dec. 22, 2025 /PRNewswire/ | -- CGTN published",
    "BEIJING, Dec. 22, 2025 /PRNewswire/ | — CGTN published",
    "BEIJING, Dec. 22, 2025 /PRNewswire/ | – CGTN published",
    "BEIJING, Dec. 22, 2025 /PRNewswire/ | - CGTN published",
    "BEIJING, Dec. 22, 2025 /PRNewswire/ | โ CGTN published",
    "BEIJING, Dec. 22, 2025 /PRNewswire/ | CGTN published",
    "/PRNewswire/ | -- CGTN published",
    "AUSTIN, Texas, Feb. 1, 2017 /PRNewswire-AsiaNet/ | -- The city",
    "LONDON, Feb. 1 /PRNewswire-AsiaNet / | -- The city",
    "NEW YORK, LONDON and BEIJING, Feb. 2, 2017 /PRNewswire/ | -- The city",
    "ATLANTA, Sept. 9 /PRNewswire-FirstCall/ | -- The city",
    "PALO ALTO, Calif., May 4, 2020 /PRNewswire/ | -- The city",
    "WASHINGTON, D.C., May 3, 2021 /PRNewswire-USNewswire/ | -- The city",
    "BEIJING, June 1, 2019 /PRNewswire-Asia/ | -- The city",
    "BEIJING, June 1, 2009 /Xinhua-PRNewswire/ | -- The city",
    "BOSTON, June 1, 2009 -- (PRNewswire) | -- The city",
    "TORONTO, Sept. 9, 2024 /CNW/ | - The city",
    "北京2017年9月15日电 /美通社/ | -- 今天",
    "洛杉磯2026年10月8日 /美通社/ | — 今天",
    "北京2023年8月25日/美通社/ | -- 今天",
    "北京2023年8月25日 /美通社/ |——今天",
    "ロンドン, 2023年10月27日 /PRNewswire/ | -- 本日",
    "런던 2024년 1월 17일 /PRNewswire=연합뉴스/ | -- 오늘",
    "PEKING, 22. Dezember 2025 /PRNewswire/ | -- Heute",
    "PÉKIN, le 22 décembre 2025 /PRNewswire/ | -- Mots",
    "PEKÍN, 22 de diciembre de 2025 /PRNewswire/ | -- Hoy",
    "PEQUIM, 22 de dezembro de 2025 /PRNewswire/ | -- Hoje",
    "МОСКВА, 22 декабря 2025 г. /PRNewswire/ | -- Город",
    "بكين، 22 ديسمبر 2025 /PRNewswire/ | -- كلمات",
    "BẮC KINH, Ngày 22 tháng 12 năm 2025 /PRNewswire/ | -- Lời",
    "BEIJING, 22 Desember 2025 /PRNewswire/ | -- Kata",
    "BEIJING, March 15, 2025 (GLOBE NEWSWIRE) | -- The city",
    "BEIJING, March 17 (Bernama-GLOBE NEWSWIRE) | — The city",
    "CHICAGO, IL--(Marketwired - April 06, 2016) | - The city",
    "PONTE VEDRA, Fla.--(BUSINESS WIRE) |--The company",
    "DENVER, CO / ACCESSWIRE / May 6, 2024 / | The city",
    "Vancouver, British Columbia--(Newsfile Corp. - May 6, 2025) | - The city",
    "COMO, CO, ITALY, August 28, 2026 /EINPresswire.com/ | -- The city",
    "NEW DELHI, May 3, 2021 (ANI/NewsVoir) |: The city",
    "BEIJING, Dec. 22 (Xinhua) | -- The city",
    "Berlin (ots/PRNewswire) | - Die Stadt",
)

NONE = (
    "He read the news and/or wrote it.",
    "The group said in a statement on Monday (Xinhua) that it had read it.",
    "The newspaper (ANI Media) printed it again and nobody minded the news.",
    "As others report (see our news page), the prices have risen and fallen.",
    "The company told a channel (a news channel) -- and others -- that shares rose.",
    "Photo: /news/2025/ path of the page.",
    "https://example.com/news/2025/12/22/story.html is an address",
    "The planning authority (PLANIT) said so.",
    "Mr. Smith joined the company in 2019 (PR Newswire) and left.",
    "The deal was sent out last night (Business Wire) and shares rose.",
    "",
)


@pytest.mark.parametrize("line", LINES)
def test_every_wires_form_is_told(line: str) -> None:
    written, _, rest = line.partition(" |")
    assert find_dateline(written + rest) == written


@pytest.mark.parametrize("text", NONE)
def test_a_sentence_is_no_dateline(text: str) -> None:
    assert find_dateline(text) is None


def test_only_the_start_of_a_paragraph_counts() -> None:
    assert find_dateline("The news.\nBEIJING, Dec. 22, 2025 /PRNewswire/ -- CGTN") is None
    assert find_dateline("x" * 200 + " BEIJING, Dec. 22, 2025 /PRNewswire/ -- CGTN") is None


def test_a_line_without_a_wire_is_no_dateline() -> None:
    assert find_dateline("LONDON (Agency) - Prices rose") is None
