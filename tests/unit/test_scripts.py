"""Short texts, texts in other scripts, and texts in two: their copies are found, and nothing else is."""

from __future__ import annotations

import random

import pytest

from crawler.match import thresholds as t
from crawler.match.sketch import sketch
from crawler.match.verdict import judge
from tests.kinds.prose import form, issuer, story

LETTERS = {
    "chinese": ("城市图书馆河流桥梁学生老师工程今年开放研究海洋技术人民山水天气农业医院火车船票", "", "。"),
    "japanese": ("あいうえおかきくけこさしすせそたちつてとなにぬねの図書館橋川学生先生今年研究海", "", "。"),
    "thai": ("กขคงจฉชซญดตถทธนบปผพฟมยรลวศสหอะาิีุูเแโไ", "", " "),
    "korean": ("가나다라마바사아자차카타파하고노도로모보소오조초코토포호구누두루무부수우주추", " ", ". "),
    "arabic": ("ابتثجحخدذرزسشصضطظعغفقكلمنهوي", " ", ". "),
    "hindi": ("कखगघचछजझटठडढतथदधनपफबभमयरलवशषसह", " ", "। "),
    "russian": ("абвгдежзиклмнопрстуфхцчшщыэюя", " ", ". "),
}
SCRIPTS = tuple(LETTERS)


def text(script: str, seed: int, sentences: int = 14) -> list[str]:
    """Invented sentences: words of a vocabulary of the script's own letters, and figures."""
    letters, blank, stop = LETTERS[script]
    words = ["".join(random.Random(n).choices(letters, k=2 + n % 4)) for n in range(400)]
    chance = random.Random(f"{script} {seed}")
    return [
        blank.join([*chance.choices(words, k=12), str(chance.randint(2, 9999)), *chance.choices(words, k=3)])
        + stop
        for _ in range(sentences)
    ]


def shared(one: str, other: str) -> int:
    return len(set(sketch(one, ()).hashes) & set(sketch(other, ()).hashes))


def found(one: str, other: str) -> bool:
    """Whether the texts are candidates for each other, and one release, from both sides."""
    a, b = sketch(one, ()), sketch(other, ())
    assert judge(a, b).same is judge(b, a).same
    return shared(one, other) >= t.SHARED and judge(a, b).same


@pytest.mark.parametrize("script", SCRIPTS)
def test_copies_are_found_in_every_script(script: str) -> None:
    whole = text(script, 1)
    junk = text(script, 9, 3)
    assert found("".join(whole), "\n".join(whole))
    assert found("".join(whole), "".join(whole[:5]))
    assert found("".join(whole), "".join([*whole[:4], junk[0], *whole[4:9], *junk[1:], *whole[9:]]))
    assert found("".join(whole), "".join(line for n, line in enumerate(whole) if n % 4 != 2))


@pytest.mark.parametrize("script", SCRIPTS)
def test_other_texts_are_none_in_any_script(script: str) -> None:
    one, other = text(script, 1), text(script, 2)
    assert not found("".join(one), "".join(other))
    assert not found("".join(one), "".join([*other[:7], one[6], *other[7:]]))
    same_end = text(script, 3, 10)
    assert not found("".join([*one[:6], *same_end]), "".join([*other[:6], *same_end]))


@pytest.mark.parametrize("script", SCRIPTS)
def test_a_text_in_two_languages_meets_the_text_in_one(script: str) -> None:
    english, other = story(1, issuer(1)).text, "".join(text(script, 1, 30))
    assert found(f"{english}\n{other}", english)
    assert found(f"{other}\n{english}", other)
    assert shared(f"{other}\n{english}", english) > t.SHARED
    assert not found(f"{english}\n{other}", story(2, issuer(2)).text)


@pytest.mark.parametrize("size", [30, 40, 60, 80])
def test_short_texts_are_found_and_no_others(size: int) -> None:
    one, other = (" ".join(" ".join(story(n, issuer(1)).news).split()[:size]) for n in (1, 2))
    assert found(one, one.upper())
    assert not found(one, other)
    assert found(one, f"{one} Read more on our pages.")


def test_short_notices_of_one_form_stay_apart() -> None:
    notices = ["\n".join(form("notice", n, issuer(3)).news) for n in range(4)]
    assert not any(found(a, b) for n, a in enumerate(notices) for b in notices[:n])


def test_vowel_points_and_digits_of_a_script_hide_no_copy() -> None:
    whole = "".join(text("arabic", 1))
    pointed = "".join(
        f"{letter}\u064e" if letter.isalpha() and n % 3 == 0 else letter for n, letter in enumerate(whole)
    )
    assert found(whole, pointed.translate({ord(str(n)): 0x660 + n for n in range(10)}))
