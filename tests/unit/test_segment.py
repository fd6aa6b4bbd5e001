from __future__ import annotations

from crawler.extract.parse import parse, strip_unread
from crawler.extract.segment import MAX_BLOCKS, segment, segment_text
from crawler.records import Block, Rejected


def blocks_of(html: str) -> tuple[Block, ...]:
    tree = parse(html)
    assert not isinstance(tree, Rejected)
    strip_unread(tree)
    return segment(tree)


def texts(html: str) -> list[str]:
    return [block.text for block in blocks_of(html)]


def test_block_elements_cut_and_inline_ones_do_not() -> None:
    assert texts("<div>One <b>two</b><p>three <i>four</i></p>five</div>") == ["One two", "three four", "five"]


def test_two_breaks_cut_and_one_is_a_line() -> None:
    assert texts("<p>One<br>two<br><br>three<br/> \n <br/>four</p>") == ["One\ntwo", "three", "four"]
    assert texts("<p>One<br>two<br>three</p>") == ["One\ntwo\nthree"]


def test_every_word_stands_in_one_block_in_order() -> None:
    html = "<body>a<div>b<ul><li>c<li>d</ul>e</div><table><tr><td>f<td>g</table>h<section><h2>i</h2>j</section>k"
    assert " ".join(texts(html)).split() == list("abcdefghijk")


def test_what_is_not_shown_is_left_out() -> None:
    hidden = (
        "<script>a</script><style>b</style><noscript>c</noscript><template>d</template><p hidden>e</p>"
        "<p style='color:red; DISPLAY : none'>f</p><svg><text>g</text></svg><!-- h --><textarea>i</textarea>"
    )
    assert texts(f"<p>One</p>{hidden}<p>two</p>") == ["One", "two"]


def test_a_cloaked_element_does_not_take_its_tail_with_it() -> None:
    assert texts("<p>One <span style='display:none'>no</span>two</p>") == ["One two"]


def test_links_hints_and_paths() -> None:
    (block,) = blocks_of(
        "<div class='relatedPosts box-2'><div id='main'>"
        "<p><b><a href='/x?a=1&amp;b=2'>Read it</a></b></p></div></div>"
    )
    assert block.linked == 1000
    assert block.links == ("/x?a=1&b=2",)
    assert block.hints == ("main", "related", "posts", "box")
    assert (block.tag, block.path.replace("[1]", "")) == ("p", "/html/body/div/div/p")


def test_a_link_share_is_per_mille() -> None:
    (block,) = blocks_of("<p>12345 <a href=x>67890</a></p>")
    assert block.linked == 500


def test_what_a_database_cannot_hold_goes() -> None:
    (block,) = blocks_of("<p>a\x01b\x0bc&#0;d\ufffee</p>")
    assert block.text.replace("\ufffd", "") == "abcde"
    assert [b.text for b in segment_text("a\x00b\ud800\n\n  c  d ")] == ["ab", "c d"]


def test_blanks_of_every_kind_become_one() -> None:
    assert texts("<p>a\u00a0 \n\t b\u3000c</p>") == ["a b c"]


def test_only_blanks_make_no_block() -> None:
    assert texts("<p> </p><div>\n<br><br>&nbsp;</div>") == []


def test_blocks_are_counted_and_bounded() -> None:
    blocks = blocks_of("<p>x</p>" * (MAX_BLOCKS + 10))
    assert len(blocks) == MAX_BLOCKS
    assert [block.n for block in blocks[:3]] == [0, 1, 2]
    assert len(segment_text("x\n" * (MAX_BLOCKS + 10))) == MAX_BLOCKS


def test_a_repeated_paragraph_stays() -> None:
    assert texts("<p>The same.</p><p>The same.</p>") == ["The same.", "The same."]


def test_an_xml_declaration_does_not_decide() -> None:
    assert texts('<?xml version="1.0" encoding="koi8-r"?><html><body><p>Привет</p></body></html>') == ["Привет"]


def test_references_to_control_characters_go_and_others_stay() -> None:
    assert texts("<p>a&#1;b&#x0B;c&#127;d&#xFFFE;e &#12354; &#x1F600; &#65; &#x20;f</p>") == ["abcde あ 😀 A f"]


def test_what_libxml2_would_cut_is_refused() -> None:
    assert parse("<div>" * 200_000 + "x") == Rejected(
        "extract", "limit:markup", "nested too deeply, or one text too long"
    )
    found = parse("<p>" + "x" * 11_000_000)
    assert isinstance(found, Rejected)
    assert found.reason == "limit:markup"
    assert isinstance(parse(""), Rejected)


def images_of(html: str) -> list[tuple[str, tuple[str, ...]]]:
    return [(block.text, block.images) for block in blocks_of(html)]


def test_an_image_belongs_to_the_block_that_it_is_in_or_heads() -> None:
    assert images_of("<p>One <img src=a> two</p>") == [("One two", ("a",))]
    assert images_of("<figure><img src=a><figcaption>One</figcaption></figure>") == [("One", ("a",))]
    assert images_of("<p>One</p><div><a><img data-src=a></a><p>Two</p></div>") == [("One", ()), ("Two", ("a",))]


def test_an_image_that_ends_the_text_is_the_texts() -> None:
    assert images_of("<div><p>One</p><img src=a></div><p>Two</p>") == [("One", ("a",)), ("Two", ())]
    assert images_of("<div><p>One</p><p><img src=a></p></div><div>Two</div>") == [("One", ("a",)), ("Two", ())]
    assert images_of("<div><p>One</p><img src=a></div>") == [("One", ("a",))]
    assert images_of("<div><p>One</p></div><div><p><img src=a></p></div>") == [("One", ())]


def test_images_without_an_address_of_use_are_left_out() -> None:
    assert images_of(f"<p>One <img><img src=data:x><img src={'x' * 500}></p>") == [("One", ())]
    assert len(images_of("<p>One " + "<img src=a>" * 30 + "</p>")[0][1]) == 8
