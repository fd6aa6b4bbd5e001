"""Addresses of traps are known by their shape, and those of releases are not taken for such."""

from __future__ import annotations

import pytest

from crawler.discover.traps import trap_fault
from crawler.sites.load import load_sites

TRAPS = [
    ("https://a.example/a/b/a/b/a/b", "trap.repetition"),
    ("https://a.example/News/x/news/x/NEWS", "trap.repetition"),
    ("https://a.example/calendar?year=2026&month=1&day=3&hour=4", "trap.parameters"),
    ("https://a.example/?" + "&".join(f"f{n}=x" for n in range(40)), "trap.parameters"),
    ("https://a.example/" + "/".join(f"d{n}" for n in range(30)), "trap.depth"),
]


@pytest.mark.parametrize(("url", "fault"), TRAPS)
def test_a_trap_is_known(url: str, fault: str) -> None:
    assert trap_fault(url) == fault


def test_no_example_of_a_site_looks_like_a_trap() -> None:
    for site in load_sites().all:
        for example in site.examples:
            assert trap_fault(example.url) is None, example.url


@pytest.mark.parametrize(
    "url",
    [
        "https://a.example/2025/12/12/12/a-bridge-opens",
        "https://a.example/news/2026/news/a-bridge-opens?id=77&page=2",
        "https://a.example/?utm_source=1&utm_medium=2&p=3",
        "https://a.example/",
    ],
)
def test_an_address_of_a_page_is_none(url: str) -> None:
    assert trap_fault(url) is None
