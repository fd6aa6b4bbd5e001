"""Whom the press can ask is masked however it is written; what only looks alike is left alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.export.privacy import MASK, mask, mask_text
from crawler.records import Block

HIDDEN = [
    "jane.doe@halcyon.example", "Jane_Doe+press@mail.halcyon.co.example", "press@halcyon-energy.example",
    "jane(at)halcyon(dot)example", "jane [at] halcyon [dot] example", "jane at halcyon dot example",
    "jane @ halcyon.example", "ｊａｎｅ＠ｈａｌｃｙｏｎ．ｅｘａｍｐｌｅ", "jane@hal\u200bcyon.example",
    "jürgen@bücher.example", "+1 212 555 0100", "+1 (212) 555-0100", "+1.212.555.0100", "+12125550100",
    "+1‑212‑555‑0100", "+1–212–555–0100", "(212) 555-0100", "212-555-0100", "212.555.0100", "1-800-555-0100",
    "1-800-HALCYON", "212 - 555 - 0100", "+44 20 7946 0958", "+44 (0)20 7946 0958", "0044 20 7946 0958",
    "020 7946 0958", "(020) 7946 0958", "01632 960 001", "+33 1 23 45 67 89", "01 23 45 67 89",
    "01.23.45.67.89", "+49 (0) 30 / 901820", "030-90182012", "+86 10 8888 8888", "+86-10-88888888",
    "010-88888888", "138 1234 5678", "13812345678", "400-810-1234", "+81-3-1234-5678", "03-1234-5678",
    "＋１ ２１２ ５５５ ０１００", "２１２－５５５－０１００", "+٩٦٦ ١١ ٢٣٤ ٥٦٧٨",
    "+1\u00a0212\u00a0555\u00a00100", "+1\u202f212\u202f555\u202f0100", "+1 212 555 0100 ext. 12",
    "+1 212\u200b555\u200b0100", "+971 4 123 4567", "+55 (11) 91234-5678", "+7 (495) 123-45-67",
]  # fmt: skip
CUED = [
    "Tel: 5550100", "Phone 555 0100", "Tél. : 1 23 45 67", "电话：8888 8888", "電話: 2345-6789",
    "Fax: 90-182-012", "Telefon: 901 820 12", "Tel.: 901820", "тел. 123-45-67", "โทร. 2 123 4567",
    "연락처: 1234-5678", "Call us at 555-0100", "هاتف: ٢٣٤٥٦٧٨", "Mobile No. 9123 4567", "WhatsApp: 91234567",
]  # fmt: skip
LEFT = [
    "2025-12-22", "22-12-2025", "Dec. 22, 2025, 07:16", "22.12.2025 07:16", "01-02-2025", "01-02-2025 10:30",
    "$1,234,567.89", "1 234 567 890 €", "1,234,567", "12.5 percent to 13.75 percent", "10.0.0.1",
    "192.168.100.200", "2024-2025", "2020/2021", "100,000-200,000", "ISBN 978-3-16-148410-0", "1JjihOzBpvi",
    "https://www.wire.example/news-releases/a-bridge-opens-302648123.html", "https://x.example/13812345678",
    "http://x.example/a?id=2125550100", "NASDAQ: HALC", "@halcyon", "follow us @halcyon on X", "600519.SH",
    "3.14159265358979", "+12.5%", "+1,250", "up +300 since", "Galaxy S24", "0.123456789", "Call on 12 May 2026",
    "a 737-800 and a 787-900", "E = mc2", "from 1990 to 2025", "1-2-3", "9-11", "Resolution 2758 of 1971",
    "GB/T 19001-2016", "24 hours / 7 days",
]  # fmt: skip


@pytest.mark.parametrize("said", HIDDEN)
@pytest.mark.parametrize(
    "around", ["{}", "Media contact: Jane Doe, {}.", "问 ({}) 。", "see {} for more", "{}\nSOURCE X"]
)
def test_it_is_masked_whole(said: str, around: str) -> None:
    text = around.format(said)
    assert mask(text) == around.format(MASK * len(said))


@pytest.mark.parametrize("said", CUED)
def test_a_word_before_it_tells(said: str) -> None:
    masked = mask(f"Jane Doe, {said} (office)")
    assert not any(character.isdigit() for character in masked), masked
    assert masked.startswith("Jane Doe, ")
    assert masked.endswith("(office)")


@pytest.mark.parametrize("said", LEFT)
def test_what_only_looks_alike_is_left_alone(said: str) -> None:
    for text in (said, f"It says {said} there.", f"在{said}。"):
        assert mask(text) == text


def test_an_address_that_is_cut_off_is_masked() -> None:
    assert mask("Ask jane.doe@halc") == "Ask " + MASK * 13


def test_contact_paragraphs_are_masked_whole() -> None:
    blocks = [
        (Block(0, "A bridge opened.", "p", "/html/body/p[1]", 0, 0), "body", "body"),
        (Block(1, "Media contact:\nJane Doe", "p", "/html/body/p[2]", 0, 0), "contact", "contact"),
    ]
    text = "A bridge opened.\nMedia contact:\nJane Doe\nSOURCE Halcyon, press@halcyon.example"
    assert mask_text(text, blocks) == "\n".join(
        ["A bridge opened.", f"{MASK * 5} {MASK * 8}", f"{MASK * 4} {MASK * 3}", f"SOURCE Halcyon, {MASK * 21}"]
    )


@given(st.text(alphabet=st.sampled_from("0123456789+-.() /@ax:\n　٣８電話ｔ•"), max_size=200))
def test_places_stay_whatever_is_masked(text: str) -> None:
    masked = mask(text)
    assert len(masked) == len(text)
    assert all(new in {old, MASK} for old, new in zip(text, masked, strict=True))
