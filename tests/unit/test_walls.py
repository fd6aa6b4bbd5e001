from __future__ import annotations

import pytest

from crawler.extract.parse import parse
from crawler.extract.walls import find_wall, is_shell
from crawler.records import Block, Rejected


def block(text: str, kept: int = 1000, n: int = 0) -> Block:
    return Block(n, text, "p", "/html/body/p", kept, 0)


@pytest.mark.parametrize(
    ("title", "text", "reason"),
    [
        ("Just a moment...", "Checking your browser before accessing the site.", "wall:bot-check"),
        ("Access denied", "Reference #18.2", "wall:bot-check"),
        ("Robot check", "Please complete the CAPTCHA.", "wall:bot-check"),
        ("Before you continue", "We and our 812 partners use cookies. Accept all", "wall:consent"),
        ("A bridge opens", "Please log in to continue reading.", "wall:login"),
        ("A bridge opens", "Subscribe to continue. Already a subscriber?", "wall:login"),
    ],
)
def test_each_wall_has_its_reason(title: str, text: str, reason: str) -> None:
    found = find_wall(title, [block(text)], shell=False)
    assert found is not None
    assert found.reason == reason


def test_a_page_with_a_text_is_no_wall_whatever_it_says() -> None:
    prose = "The security check at the airport uses a captcha, and travellers log in to continue. " * 15
    assert find_wall("Just a moment", [block(prose)], shell=True) is None


def test_a_short_text_about_cookies_is_no_consent_wall() -> None:
    assert (
        find_wall("Bakery", [block("Our cookie policy is simple: everyone gets one, free.")], shell=False) is None
    )


def test_a_script_shell_is_told_only_where_there_is_a_place_to_fill() -> None:
    nothing = [block("Loading", kept=0)]
    assert find_wall("App", nothing, shell=False) is None
    found = find_wall("App", nothing, shell=True)
    assert found is not None
    assert found.reason == "wall:script-only"


@pytest.mark.parametrize(
    ("html", "shell"),
    [
        ("<body><div id=root></div><script src=a.js></script>", True),
        ("<body><noscript>You need to enable JavaScript to run this app.</noscript><script>1</script>", True),
        ("<body><div id=root><p>text</p></div><script src=a.js></script>", False),
        ("<body><div id=root></div>", False),
    ],
)
def test_shells(html: str, shell: bool) -> None:
    tree = parse(html)
    assert not isinstance(tree, Rejected)
    assert is_shell(tree) is shell
