from __future__ import annotations

import pytest

from crawler.clean.masthead import is_byline, is_date_line
from crawler.flow import Read, read_page
from crawler.records import Fetched
from crawler.sites.load import Sites

TEXT = "".join(
    f"<p>{line}</p>"
    for line in (
        "The council opened the bridge on Monday, three months before the day that it had named in spring.",
        "A drive that took seventy minutes on the old road now takes four, said the county's transport office.",
        "Engineers hung the cables with the help of drones, because the wind in the gorge allowed no helicopter.",
        "The county expects forty thousand visitors in the first year, and has opened eleven guest houses.",
    )
)
TITLE = "A bridge opens in the valley"


def cleaned(body: str) -> str:
    page = f"<html lang=en><head><title>{TITLE}</title></head><body>{body}</body></html>".encode()
    found = read_page(Fetched("https://x.example/a", None, 200, (), page), Sites(()), 1 << 20)
    assert isinstance(found, Read)
    return found.draft.text


@pytest.mark.parametrize(
    "line",
    [
        "December 22, 2025",
        "Published: Monday, Dec. 22, 2025 at 10:30 am ET",
        "Stand: 22.12.2025, 10:30 Uhr",
        "Publié le 22 décembre 2025 à 10h30",
        "lunes, 22 de diciembre de 2025",
        "12 апреля 2025 г.",
        "2025年12月22日 10:30",
        "승인 2025.12.22 09:00",
        "22 Desember 2025 10:30 WIB",
    ],
)
def test_dates_by_themselves(line: str) -> None:
    assert is_date_line(line)


@pytest.mark.parametrize(
    "line",
    [
        "BEIJING, Dec. 22, 2025",
        "The bridge opened on May 4, 2026",
        "May 4",
        "Results for 2025",
        "Call 0170 2025 12 22 now",
    ],
)
def test_dates_of_a_text(line: str) -> None:
    assert not is_date_line(line)


@pytest.mark.parametrize(
    "line", ["By Ann Lee", "Von Wiebke Harms", "Par Lucie Marvejol", "By Ann Lee and Bo van Rijn"]
)
def test_authors_by_themselves(line: str) -> None:
    assert is_byline(line)


@pytest.mark.parametrize("line", ["By Monday the river fell", "By Ann Lee.", "By", "Von nun an", "", "Ann Lee"])
def test_lines_that_name_no_author(line: str) -> None:
    assert not is_byline(line)


@pytest.mark.parametrize(
    "above",
    [
        "<p>By Ann Lee</p><p>December 22, 2025</p>",
        "<p>By Ann Lee, 22 December 2025, 10:30</p>",
        "<p>By Ann Lee | Dec. 22, 2025 | 3 min read</p>",
        f"<p>{TITLE}<br>22 December 2025</p>",
    ],
)
def test_a_masthead_is_no_text(above: str) -> None:
    assert cleaned(f"<div>{above}{TEXT}</div>").startswith("The council opened")
    assert cleaned(f"<div><h1>{TITLE}</h1>{above}{TEXT}</div>").startswith("The council opened")


def test_a_notice_above_the_headline_is_no_text() -> None:
    notice = "<section><p>We use little helpers so that this page works as you expect of it.</p></section>"
    page = f"{notice}<main><header><h1>{TITLE}</h1></header><article>{TEXT}</article></main>"
    assert cleaned(page).startswith("The council opened")


def test_the_same_lines_below_are_text() -> None:
    line = "<p>December 22, 2025</p>"
    assert "December 22, 2025" in cleaned(f"<div>{TEXT}{line}{TEXT.replace('the', 'a')}</div>")
