from __future__ import annotations

import pytest

from crawler.extract.dates import find_moments, is_month_first, read_moment


@pytest.mark.parametrize(
    ("value", "moment"),
    [
        ("2025-12-22T15:16:09+08:00", "2025-12-22T07:16:09Z"),
        ("2025-12-22T07:16:09.123Z", "2025-12-22T07:16:09Z"),
        ("2025-12-22T15:16+0800", "2025-12-22T07:16:00Z"),
        ("2025-12-22 10:00", "2025-12-22T10:00:00"),
        ("2025-12-22", "2025-12-22"),
        ("2025-02-31", None),
        ("9999-12-31T23:59:59-12:00", None),
        ("0001-01-01T00:00:00", None),
        ("03/04/05", None),
        ("a" * 5000, None),
        ("4/6/2016 4:00:00 PM", "2016-04-06T16:00:00"),
        ("12/31/2016 12:05:00 AM", "2016-12-31T00:05:00"),
        ("4/6/2016", "2016-06-04"),
        ("Mon, 22 Dec 2025 10:00:00 GMT", "2025-12-22T10:00:00Z"),
        ("20251222", "2025-12-22"),
        ("20251222T101500Z", "2025-12-22T10:15:00Z"),
        ("1766387769", "2025-12-22T07:16:09Z"),
        ("1766387769342", "2025-12-22T07:16:09Z"),
        ("", None),
    ],
)
def test_fields(value: str, moment: str | None) -> None:
    assert read_moment(value, month_first=False) == moment


def test_a_sites_zone_holds_where_the_time_has_none() -> None:
    assert read_moment("2025-12-22 15:16:09", month_first=False, zone="+08:00") == "2025-12-22T07:16:09Z"
    assert read_moment("2025-12-22T15:16:09Z", month_first=False, zone="+08:00") == "2025-12-22T15:16:09Z"
    assert read_moment("2025-12-22", month_first=False, zone="+08:00") == "2025-12-22"
    assert read_moment("Dec 22, 2025 12:00 ET", month_first=True, zone="+00:00") == "2025-12-22T12:00:00"


@pytest.mark.parametrize(
    "line",
    [
        "22-Dec-2025",
        "Dec. 22, 2025",
        "Monday, December 22nd, 2025",
        "22nd of December 2025",
        "22. Dezember 2025",
        "22 de diciembre de 2025",
        "le 22 décembre 2025",
        "22 de dezembro de 2025",
        "22 dicembre 2025",
        "22 декабря 2025 г.",
        "22 grudnia 2025",
        "22 Aralık 2025",
        "22 Desember 2025",
        "Ngày 22 tháng 12 năm 2025",
        "22 ديسمبر 2025",
        "٢٢ ديسمبر ٢٠٢٥",
        "22 दिसंबर 2025",
        "22 ธันวาคม 2568",
        "2025年12月22日",
        "2025년 12월 22일",
        "2025. 12. 22.",
        "2025/12/22",
        "22.12.2025",
        "12/22/2025",
        "22/12/2025",
    ],
)
def test_one_day_in_many_languages(line: str) -> None:
    for month_first in (True, False):
        assert list(find_moments(f"News | {line} | Local", month_first=month_first)) == ["2025-12-22"]


@pytest.mark.parametrize(
    ("line", "moment"),
    [
        ("22-Dec-2025 15:20", "2025-12-22T15:20:00"),
        ("10:30 AM, Mon, Dec 22, 2025", "2025-12-22"),
        ("15:20, 22-Dec-2025", "2025-12-22T15:20:00"),
        ("December 22, 2025 - 10:30am", "2025-12-22T10:30:00"),
        ("Dec 22, 2025, 10:05 AM EST", "2025-12-22T15:05:00Z"),
        ("Dec 22, 2025, 10:05 ET", "2025-12-22T10:05:00"),
        ("2025年12月22日 10:30 JST", "2025-12-22T01:30:00Z"),
        ("December 22, 2025 at 4:05 p.m. ET", "2025-12-22T16:05:00"),
        ("le 22 décembre 2025 à 10h30", "2025-12-22T10:30:00"),
        ("22.12.2025, 10.30 Uhr", "2025-12-22T10:30:00"),
        ("22 декабря 2025 г., 14:05", "2025-12-22T14:05:00"),
        ("2025年12月22日 10:30", "2025-12-22T10:30:00"),
        ("22 December 2025 10:00 GMT+8", "2025-12-22T02:00:00Z"),
    ],
)
def test_the_clock_behind_a_date_belongs_to_it(line: str, moment: str) -> None:
    assert list(find_moments(line, month_first=True)) == [moment]


@pytest.mark.parametrize(
    "line",
    ["Room 12 of 2025", "Call 555-12-2025-77", "Chapter 3.4.20251", "In 2025, 40 boats", "Psalm 12, 2025 copies"],
)
def test_other_figures_are_no_dates(line: str) -> None:
    assert list(find_moments(line, month_first=True)) == []


def test_americans_write_the_month_first() -> None:
    assert is_month_first("en")
    assert is_month_first("en-US")
    assert not is_month_first("en-gb")
    assert not is_month_first("es")
