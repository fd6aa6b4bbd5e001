from __future__ import annotations

from crawler.extract.places import Places, common
from crawler.records import Block


def block(n: int, path: str) -> Block:
    return Block(n, "Words.", path.rpartition("/")[2].partition("[")[0], path, 1000, 0)


def test_places_of_one_kind_are_equal_whatever_their_number() -> None:
    blocks = [block(0, "/html/body/div[1]/p[1]"), block(1, "/html/body/div[2]/p[7]"), block(2, "/html/body/p[1]")]
    places = Places(blocks)
    assert places.stands(blocks[0]) == places.stands(blocks[1]) == ("/html/body/div", "p")
    assert places.stands(blocks[2]) == ("/html/body", "p")
    assert places.holder(blocks[1]) == "/html/body/div[2]"


def test_an_element_that_holds_several_blocks_is_their_holder() -> None:
    blocks = [block(0, "/html/body/div[1]"), block(1, "/html/body/div[1]"), block(2, "/html/body/div[2]")]
    places = Places(blocks)
    assert [places.holder(each) for each in blocks] == ["/html/body/div[1]", "/html/body/div[1]", "/html/body"]


def test_what_holds_nothing_has_no_common_element() -> None:
    assert common([]) == ""
    assert common(["/html/body/div[1]"]) == "/html/body/div[1]"
    assert common(["/html/body/div[1]", "/html/body/div[11]"]) == "/html/body"
