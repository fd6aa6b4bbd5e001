from __future__ import annotations

import pytest

from crawler.clean.closing import closing_line
from crawler.clean.sections import reaches, section_of
from crawler.records import Block


def block(text: str) -> Block:
    return Block(0, text, "p", "/html/body/p[1]", 1000, 0)


@pytest.mark.parametrize(
    ("text", "section"),
    [
        ("About AINewsWire", "about"),
        ("ABOUT HALCYON ENERGY:", "about"),
        ("About Halcyon: the company has built tide plants since 2009, and runs nine of them.", "about"),
        ("À propos de Halcyon", "about"),
        ("О компании Хальцион", "about"),
        ("关于 Halcyon", "about"),
        ("ハルシオンについて", "about"),
        ("할시온 소개", "about"),
        ("نبذة عن هالسيون", "about"),
        ("Halcyon Hakkında", "about"),
        ("เกี่ยวกับเบรนวิก", "about"),
        ("Forward-Looking Statements", "about"),
        ("Cautionary Note Regarding Forward-Looking Statements", "about"),
        ("Use of Non-GAAP Financial Measures", "about"),
        ("Zukunftsgerichtete Aussagen", "about"),
        ("前瞻性陈述", "about"),
        ("Notes to Editors:", "about"),
        ("Media Contacts", "contact"),
        ("MEDIA CONTACT: Jane Example", "contact"),
        ("Pressekontakt:", "contact"),
        ("お問い合わせ先", "contact"),
        ("About 4,000 people came on the first day.", None),
        ("About half of the mills still stand along the canal that was dug for them.", None),
        ("About time", None),
        ("A forward-looking plan for the port", None),
        ("Contact with the ship was lost on Monday, said the coast guard.", None),
    ],
)
def test_the_headings_of_an_issuers_sections(text: str, section: str | None) -> None:
    assert section_of(block(text)) == section


def test_who_can_be_reached() -> None:
    assert reaches(block("Jane Example, press@halcyon.example"))
    assert reaches(block("+1 555-555-0100"))
    assert not reaches(block("The turbine made 4,200,000 kilowatt hours in 2025."))


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("ENDS", "end"), ("- ends -", "end"), ("###", "end"), ("# # #", "end"), ("-30-", "end"), ("(END)", "end"),
        ("* * *", "end"), ("The end", None), ("ends", None), ("30", None), ("___", None),
        ("المصدر: ميناء برينويك", "credit"), ("מקור: נמל ברנוויק", "credit"), ("ИСТОЧНИК Порт Бренвик", "source"),
        ("KAYNAK Brenwick", "source"), ("消息来源：布伦威克港", "source"),
        ("원본 콘텐츠 보기: https://a.example/1", "original"),
        ("Xem nội dung gốc: https://a.example/1", "original"), ("لمزيد من المعلومات، يرجى النقر على:", "pointer"),
        ("It was so.SOURCE Halcyon EnergyCopyright (C) 2026 PR Newswire. All rights reserved", "source"),
        ("SOURCE Halcyon /CONTACT: Jane Example, +1 555 0100 (END) Dow Jones Newswires", "source"),
        ("View original content to download multimedia: SOURCE Halcyon, Inc.", "original"),
        ("(END) Dow Jones Newswires", "notice"),
        ("Copyright 2026 Example Media. All rights reserved.", None),
        ("A photo accompanying this announcement is available at https://a.example/1", "attached"),
        ("SOURCE is the name of the festival that opens on the canal in June, with music and boats.", None),
        ("The source: a small spring in the hills, which was lost for ninety years.", None),
    ],
)  # fmt: skip
def test_closing_lines_of_many_languages(line: str, kind: str | None) -> None:
    assert closing_line(line) == kind
