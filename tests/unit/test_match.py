"""Tokens, sketches, alignment, verdict and relation: what makes two texts one release, and what does not."""

from __future__ import annotations

import pytest

from crawler.match.align import align
from crawler.match.relation import relate
from crawler.match.sketch import key_hash, names, sketch
from crawler.match.tokens import is_alone, to_symbols, tokenise
from crawler.match.verdict import Verdict, judge
from crawler.records import Found, Sketch
from tests.kinds.prose import form, issuer, story
from tests.releases import paragraphs

ONE, TWO = paragraphs(1), paragraphs(2)
BOILER = paragraphs(99, count=4)
PROSE = story(7, issuer(7))


def drawn(lines: list[str], *keys: str) -> Sketch:
    found = [
        Found(k.partition(":")[0], k.partition(":")[2], 1, "trailer", "https://x.example", 0, "") for k in keys
    ]
    return sketch("\n".join(lines), found)


def hinted(lines: list[str], *items: str, key: str = "") -> Sketch:
    """The lines, with item ids that copies share."""
    hints = [Found("newsitem", item, 3, "body", "https://x.example", 0, "") for item in items]
    names = [Found("cgtn", key, 1, "trailer", "https://x.example", 0, "")] if key else []
    return sketch("\n".join(lines), names, hints)


def told(a: list[str], b: list[str]) -> Verdict:
    """The verdict, which must not depend on the side."""
    here, there = judge(drawn(a), drawn(b)), judge(drawn(b), drawn(a))
    assert here.same is there.same
    return here


# -------------------------------------------------------------------------------------------------- tokens


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("“Science” City — 11.5%", '"science" city -- 11.5 %'),
        ("people–to–people", "people-to-people"),
        ("ﬁne Ｆｕｌｌ", "fine full"),
        ("zero\u200bwidth so\u00adft", "zerowidth soft"),
        ("A\u202eB\u00a0C", "ab c".replace("b ", "b ")),
        ("STRASSE", "Straße"),
        ("the b\u0430nk \u043ef \u0405cotland", "the bank of scotland"),
        ("مُحَمَّد ٢٠٢٥ مـــدينة", "محمد 2025 مدينة"),
    ],
)
def test_typography_does_not_count(one: str, other: str) -> None:
    assert tokenise(one) == tokenise(other)


def test_scripts_without_blanks_have_a_token_a_character() -> None:
    assert tokenise("北京2025年") == ("北", "京", "2025", "年")
    assert tokenise("서울 도시") == ("서울", "도시")
    assert [is_alone(token) for token in ("北", "ก", "2025", "a", "서울", "مدينة")] == [True, True, *[False] * 4]


def test_symbols_are_equal_where_tokens_are() -> None:
    one, two = to_symbols(("a", "b", "a"), ("b", "c"))
    assert one[0] == one[2]
    assert one[1] == two[0]
    assert len(set(one + two)) == 3


# ------------------------------------------------------------------------------------------------- sketches


def test_the_rank_follows_from_text_and_keys_alone() -> None:
    long, short, keyed = drawn(ONE * 3), drawn(ONE), drawn(ONE[:2], "cgtn:x")
    assert keyed.id < long.id < short.id
    assert drawn(ONE) == drawn(ONE)
    assert drawn(ONE, "a:1", "b:2") == drawn(ONE, "b:2", "a:1", "a:1")
    assert drawn(ONE, "a:1").id != short.id
    assert 0 < keyed.id < 2**63


def test_copies_share_fingerprints_and_strangers_hardly_any() -> None:
    one, two = drawn(ONE), drawn(TWO)
    edited = drawn([ONE[0].replace("after", "before"), *ONE[1:]])
    assert len(set(one.hashes) & set(edited.hashes)) > len(one.hashes) // 2
    assert len(set(one.hashes) & set(two.hashes)) <= 4
    assert key_hash("cgtn:x") in drawn(ONE, "cgtn:x").hashes
    assert list(one.hashes) == sorted(one.hashes)
    assert all(-(2**63) <= h < 2**63 for h in one.hashes)


@pytest.mark.parametrize("text", ["", "one", "北", "a b c d", "\u200b"])
def test_tiny_texts_can_be_sketched_and_judged(text: str) -> None:
    small = sketch(text, ())
    assert not judge(small, small).same
    assert not judge(small, drawn(ONE)).same


# ------------------------------------------------------------------------------------------------ alignment


def test_coverage_is_counted_in_runs() -> None:
    a, b = tuple("abcdefghij"), tuple("abcdeXYfgh")
    found = align(a, b)
    assert [(p.a, p.b, p.length) for p in found.passages] == [(0, 0, 5), (5, 7, 3)]
    assert (found.cover_a, found.cover_b) == (800, 800)
    assert align(tuple("ab"), tuple("ab")).shared == 0


def test_figures_agree_or_differ() -> None:
    a = tokenise("In all 12 people came by 34 buses on the 5 roads of the town")
    b = tokenise("In all 12 people came by 35 buses on the 5 roads of the town")
    assert [(found.agree, found.conflict) for found in (align(a, b), align(b, a), align(a, a))] == [
        (2, 1), (2, 1), (3, 0),
    ]  # fmt: skip
    start = align(tokenise("7 people came by bus"), tokenise("9 people came by bus"))
    assert (start.agree, start.conflict) == (0, 1)


# -------------------------------------------------------------------------------------------------- verdict


def test_the_same_text_is_one_release() -> None:
    assert told(ONE, ONE).same
    assert not told(ONE, TWO).same


def test_the_beginning_of_a_release_is_that_release() -> None:
    assert told(ONE, ONE[:3]).same
    assert told(ONE, ["Staff report from the city desk.", *ONE]).same


def test_a_teaser_inside_another_story_does_not_join_them() -> None:
    assert not told([*TWO, ONE[0]], ONE).same
    assert not told([*TWO, *ONE[:2]], ONE).same


def test_boilerplate_alone_joins_nothing() -> None:
    assert not told([ONE[0], *BOILER], [TWO[0], *BOILER]).same
    assert not told([*ONE[:2], *BOILER], [*TWO[:2], *BOILER]).same
    assert not told(BOILER, [TWO[0], *BOILER]).same


def test_siblings_of_one_template_stay_apart() -> None:
    form = (
        "Aldport Harbour today announced its results for the quarter. Revenue was {0} million dollars, compared "
        "with {1} million dollars in the same quarter of the year before, and the profit was {2} million dollars. "
        "It now expects revenue of {3} million dollars in the quarter that follows. It employs {4} people "
        "in the region, and will pay its owners {5} cents for a share, said the chief executive of the company."
    )
    one, other = form.format(41, 38, 7, 42, 812, 12), form.format(97, 88, 21, 99, 4100, 40)
    verdict = told([one], [other])
    assert not verdict.same
    assert "figures differ" in verdict.why


def test_one_changed_figure_does_not_part_a_copy() -> None:
    text = " ".join(ONE)
    number = next(token for token in text.split() if token.isdigit())
    changed = text.replace(number, "31337", 1)
    assert told([text], [changed]).same
    relation, found = relate(tokenise(changed), tokenise(text))
    assert found.conflict == 1
    assert relation in {"verbatim", "edited"}


def test_a_key_in_common_needs_little_text_and_another_key_parts() -> None:
    a, b = drawn(ONE, "cgtn:x"), drawn([*TWO, *ONE[:4]], "cgtn:x")
    assert not told(ONE, [*TWO, *ONE[:4]]).same
    assert judge(a, b).same
    assert not judge(drawn(ONE, "cgtn:x"), drawn(ONE[:4], "cgtn:y")).same
    assert not judge(drawn(ONE, "cgtn:x"), drawn(TWO, "cgtn:x")).same
    assert judge(drawn(ONE, "prnewswire:1"), drawn(ONE, "prnewswire:2")).same
    assert judge(drawn(ONE, "cgtn:x"), drawn(ONE, "prnewswire:2")).same


def test_an_item_id_in_common_lets_a_middle_part_join() -> None:
    whole, part = [*ONE, *TWO], ONE[2:]
    assert not told(whole, part).same
    for a, b in ((hinted(whole, "x"), hinted(part, "x")), (hinted(part, "x"), hinted(whole, "x"))):
        assert judge(a, b).same
        assert "newsitem:x" in judge(a, b).why
    assert not judge(hinted(whole, "x"), hinted(part, "y")).same
    assert not judge(hinted(whole, "x"), drawn(part)).same


def test_an_item_id_joins_no_texts_that_do_not_agree() -> None:
    assert not judge(hinted(ONE, "x"), hinted(TWO, "x")).same
    assert not judge(hinted([*TWO, *ONE[:3]], "x"), hinted([*ONE[:3], *BOILER, *BOILER], "x")).same
    assert not judge(hinted([ONE[0], *BOILER], "x"), hinted([TWO[0], *BOILER], "x")).same
    assert not judge(hinted(ONE, "x", key="1"), hinted(ONE[2:], "x", key="2")).same
    assert not judge(hinted(["A few words."], "x"), hinted(ONE, "x")).same


def test_an_item_id_makes_candidates_and_neither_names_nor_ranks() -> None:
    one, two = hinted(ONE, "x"), hinted(TWO, "x")
    assert set(one.hashes) & set(two.hashes) >= {key_hash("~newsitem:x")}
    assert names(one.keys) == ()
    assert names(hinted(ONE, "x", key="1").keys) == ("cgtn:1",)
    assert hinted(ONE, "x", key="1").id < drawn(ONE * 2).id < one.id
    assert hinted(ONE, "x") == hinted(ONE, "x", "x")


def test_other_item_ids_part_no_texts() -> None:
    assert judge(hinted(ONE, "x"), hinted(ONE, "y")).same


def test_a_bridge_is_no_copy_of_both() -> None:
    bridge = [*ONE, *TWO]
    assert told(bridge, ONE).same
    assert not told(bridge, TWO).same
    assert not told(ONE, TWO).same


def test_lines_put_in_and_words_changed_one_by_one_leave_a_text_what_it_is() -> None:
    junk = [
        "Most read: seven gardens that you should see before the summer ends, and how to get there by train."
    ] * 3
    polluted = [*PROSE.news[:2], junk[0], *PROSE.news[2:4], *junk[1:], *PROSE.news[4:], *PROSE.issuer.about]
    words = " ".join(PROSE.news).split(" ")
    touched = [word if n % 6 else "otherwise" for n, word in enumerate(words, 1)]
    verdict = told([" ".join(touched)], polluted)
    assert verdict.same
    assert "touched up" in verdict.why
    assert not told([" ".join(touched)], story(8, PROSE.issuer).text.split("\n")).same


def test_the_first_words_below_a_headline_of_its_own_are_the_release() -> None:
    first = " ".join(PROSE.text.split()[:40])
    verdict = told(["Gardeners of the north have much to celebrate", first], PROSE.text.split("\n"))
    assert verdict.same
    assert "beginning" in verdict.why


def test_two_releases_that_open_alike_are_two() -> None:
    opening = "ALDPORT, June 3, 2025 -- Harbour Works, maker of cranes and all that ports need, said today that"
    one, two = (f"{opening} {' '.join(other.news[1:])}" for other in (PROSE, story(8, PROSE.issuer)))
    assert not told([" ".join(one.split()[:40])], [two]).same


def test_names_that_differ_all_through_part_texts_of_one_form() -> None:
    by = issuer(1)
    verdict = told(form("talk", 100, by).text.split("\n"), form("talk", 101, by).text.split("\n"))
    assert not verdict.same
    assert "names differ all through" in verdict.why
    renamed = PROSE.text.replace(PROSE.issuer.name, "Another Name")
    assert told([renamed], [PROSE.text]).same, "the figures agree, and a site may write a name its own way"


# ------------------------------------------------------------------------------------------------- relation


@pytest.mark.parametrize(
    ("copy", "relation"),
    [
        (ONE, "verbatim"),
        (ONE[:3], "truncated"),
        ([ONE[1], ONE[4]], "excerpt"),
        ([*TWO[:3], *ONE, *TWO[3:]], "expanded"),
        ([line.replace("near", "close by").replace("after", "within some") for line in ONE], "edited"),
        ([ONE[0], *TWO], "paraphrase"),
    ],
)
def test_each_relation(copy: list[str], relation: str) -> None:
    found, _ = relate(tokenise(" ".join(copy)), tokenise(" ".join(ONE)))
    assert found == relation


def test_nothing_in_common_is_no_copy() -> None:
    found, aligned = relate(tokenise(" ".join(TWO)), tokenise(" ".join(ONE)))
    assert found == "paraphrase"
    assert aligned.cover_b < 300


# --------------------------------------------------------------------------------------- in other words

ENGLISH = [
    "The port of Aldport moved 1,240 containers a day in May 2026, 17 percent more than a year before.",
    "Its new quay is 860 metres long and cost 412 million crowns; 63 skippers voted on the plan.",
    "Three ferries will leave for Brenwick from 15 June on, and 95 more workers have been hired.",
]
SPANISH = [
    "El puerto de Aldport movió 1.240 contenedores diarios en mayo de 2026, un 17 por ciento más que hace un año.",
    "Su nuevo muelle mide 860 metros y costó 412 millones de coronas; 63 patrones votaron el proyecto.",
    "Tres transbordadores zarparán hacia Brenwick a partir del 15 de junio, y se ha contratado a 95 personas más.",
]
KEY = "cgtn:1JjihOzBpvi"


def test_a_translation_that_names_the_key_is_the_release_by_its_figures() -> None:
    here, there = judge(drawn(ENGLISH, KEY), drawn(SPANISH, KEY)), judge(drawn(SPANISH, KEY), drawn(ENGLISH, KEY))
    assert here.same
    assert there.same
    assert "figures" in here.why


def test_the_same_figures_without_a_key_are_chance_and_a_key_without_them_is_a_claim() -> None:
    assert not judge(drawn(ENGLISH), drawn(SPANISH)).same
    other = [line.replace("860", "71").replace("412", "33").replace("63", "80") for line in SPANISH]
    other = [line.replace("1.240", "990").replace("17", "12") for line in other]
    assert not judge(drawn(ENGLISH, KEY), drawn(other, KEY)).same
