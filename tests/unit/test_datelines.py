from __future__ import annotations

import pytest

from crawler.identify.datelines import read_dateline
from crawler.identify.dates import find_date

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
    "LONDON , Dec. 22, 2025 /PRNewswire/ | &mdash; CGTN published",
    "LONDON, Dec. 22, 2025 /PRNewswire/ | â€” CGTN published",
    "BEIJING/HONG KONG, Dec. 22, 2025 /PRNewswire/ | -- The U.S./China talks went on",
    "STRATFORD-UPON-AVON, England, June 3, 2024 /PRNewswire/ | -- The city",
    "FRANKFURT AM MAIN, 3. Juni 2024 /PRNewswire/ | -- Die Stadt",
    "ROMA, 3 giugno 2024 /PRNewswire/ | -- La città",
    "KUALA LUMPUR, Malaysia, 3 Jun 2024 /PRNewswire/ | -- Bandar raya",
    "SEOUL, Südkorea, 3. März 2024 /PRNewswire/ | – Die Stadt",
    "北京2025年12月22日 /美通社/ | -- 今天",
    "香港, 2025年12月22日 - (亞太商訊 ACN Newswire) | - 今天",
    "北京2025年12月22日電 ／美通社／ |——今天",
    "TORONTO, le 9 sept. 2024 /CNW/ | - La ville",
    "MONTREAL, Sept. 9, 2024 /CNW Telbec/ | - The city",
    "SEATTLE, WA (PRWEB) March 02, 2017 | -- The city",
    "HONG KONG SAR - Media OutReach Newswire - 15 March 2024 | - The city",
    "NEW YORK, NY / ACCESS Newswire / May 6, 2025 / | The city",
    "NEW YORK, Feb. 1, 2020 (PRNewswire via COMTEX) | -- The city",
    "ZURICH, Switzerland--(Business Wire) | — The company",
    "MÜNCHEN--(BUSINESS WIRE) |--Das Unternehmen",
    "BEIJING, Dec. 22, 2025 PRNewswire | -- CGTN published an article on how the coast was mended",
    "BEIJING, Dec. 22, 2025 | — CGTN published an article on how the coast was mended",
    "תל אביב, 22 בדצמבר 2025 /PRNewswire/ | -- מילים",
    "กรุงเทพ, 22 ธันวาคม 2568 /PRNewswire/ | -- คำ",
    "ISTANBUL, 22 Aralık 2025 /PRNewswire/ | -- Şehir",
    "WARSZAWA, Polska, 22 grudnia 2025 r. /PRNewswire/ | -- Miasto",
    "サンフランシスコ--(BUSINESS WIRE) |-- 本日",
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
    "The deal (PR Newswire) was read by many.",
    "Shares of the group rose by 5% (Business Wire) -- and fell again.",
    "A bridge, Dec. 22, 2025 (PRNewsfoto/Example Corp)",
    "The bridge on Dec. 22, 2025 (Photo: Business Wire)",
    "On Dec. 22, 2025 -- the day of the fair -- the bridge was closed to all.",
    "Monday, Dec. 22, 2025 - The bridge was closed to all who came to the fair.",
    "Updated: Dec. 22, 2025 - 10:00 | The bridge was closed to all who came by.",
    "Madrid, May 3 - Concert hall, doors at seven, with the orchestra of the city",
    "Revenue, 2025 /2024/ change in millions of dollars",
    "Speakers are welcome/invited to the news/press room.",
    "大桥周一通车，市政府表示，专家也称赞/美通社/。",
    "",
)


@pytest.mark.parametrize("line", LINES)
def test_every_wires_form_is_told(line: str) -> None:
    written, _, rest = line.partition(" |")
    dateline = read_dateline(written + rest)
    assert dateline is not None
    assert dateline.text == written


@pytest.mark.parametrize("text", NONE)
def test_a_sentence_is_no_dateline(text: str) -> None:
    assert read_dateline(text) is None


def test_only_the_start_of_a_paragraph_counts() -> None:
    assert read_dateline("The news.\nBEIJING, Dec. 22, 2025 /PRNewswire/ -- CGTN") is None
    assert read_dateline("x" * 200 + " BEIJING, Dec. 22, 2025 /PRNewswire/ -- CGTN") is None


def test_a_line_without_a_wire_is_no_dateline() -> None:
    assert read_dateline("LONDON (Agency) - Prices rose") is None


@pytest.mark.parametrize(
    ("text", "place", "date", "wire"),
    [
        ("PALO ALTO, Calif., May 4, 2020 /PRNewswire/ -- x", "PALO ALTO, Calif", "2020-05-04", "PRNewswire"),
        ("/PRNewswire/ -- x", "", None, "PRNewswire"),
        ("ATLANTA, Sept. 9 /PRNewswire-FirstCall/ -- x", "ATLANTA", "--09-09", "PRNewswire-FirstCall"),
        ("NEW YORK, LONDON and BEIJING, Feb. 2, 2017 /CNW/ - x", "NEW YORK, LONDON and BEIJING",
         "2017-02-02", "CNW"),
        ("DENVER, CO / ACCESSWIRE / May 6, 2024 / x", "DENVER, CO", "2024-05-06", "ACCESSWIRE"),
        ("Vancouver--(Newsfile Corp. - May 6, 2025) - x", "Vancouver", "2025-05-06", "Newsfile Corp."),
        ("SEATTLE, WA (PRWEB) March 02, 2017 -- x", "SEATTLE, WA", "2017-03-02", "PRWEB"),
        ("PÉKIN, le 22 décembre 2025 /PRNewswire/ -- x", "PÉKIN", "2025-12-22", "PRNewswire"),
        ("런던 2024년 1월 17일 /PRNewswire=연합뉴스/ -- x", "런던", "2024-01-17", "PRNewswire=연합뉴스"),
        ("北京2017年9月15日电 /美通社/ -- x", "北京", "2017-09-15", "美通社"),
        ("بكين، 22 ديسمبر 2025 /PRNewswire/ -- x", "بكين", "2025-12-22", "PRNewswire"),
        ("HONG KONG SAR - Media OutReach Newswire - 15 March 2024 - x", "HONG KONG SAR", "2024-03-15",
         "Media OutReach Newswire"),
        ("BEIJING, Dec. 22, 2025 — CGTN published an article on how the coast was mended", "BEIJING",
         "2025-12-22", None),
    ],
)  # fmt: skip
def test_it_says_where_when_and_by_whom(text: str, place: str, date: str | None, wire: str | None) -> None:
    found = read_dateline(text)
    assert found is not None
    assert (found.place, found.date, found.wire) == (place, date, wire)


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("22/12/2025", "2025-12-22"),
        ("12/22/2025", "2025-12-22"),
        ("22.12.2025", "2025-12-22"),
        ("2025/12/22", "2025-12-22"),
        ("2025. december 22.", "2025-12-22"),
        ("1er mars 2024", "2024-03-01"),
        ("22 tháng 12 năm 2025", "2025-12-22"),
        ("3rd of May, 2024", "2024-05-03"),
        ("22 ธันวาคม 2568", "2025-12-22"),
        ("03/04/2025", None),
        ("He may have 3,000 books", None),
        ("March on", None),
        ("Jan. 32", None),
    ],
)
def test_dates_as_pages_write_them(text: str, iso: str | None) -> None:
    found = find_date(text)
    assert (found.iso if found else None) == iso
