from __future__ import annotations

import pytest

from crawler.extract.language import canonical_code, tell_language

TEXTS = {
    "en": "The council said on Monday that the bridge would open before the end of the year. ",
    "de": "Der Rat teilte am Montag mit, dass die Brücke noch vor dem Ende des Jahres öffnen werde. ",
    "es": "El ayuntamiento dijo el lunes que el puente se abriría antes de que terminara el año. ",
    "fr": "Le conseil a annoncé lundi que le pont serait ouvert avant la fin de l'année prochaine. ",
    "ru": "Совет сообщил в понедельник, что мост будет открыт до конца этого года, как и обещали. ",
    "zh": "市政府星期一表示，这座大桥将在今年年底之前通车，比原计划提前三个月。",
}
CLOSE = {
    "no": "Rådet opplyste at broen vil åpne før jul. Arbeidet har ikke gått som ventet, men etter sommeren ble "
    "det fart i byggingen. ",
    "da": "Rådet oplyste, at broen vil åbne før jul. Arbejdet er ikke gået som ventet, men efter sommeren blev "
    "der fart i byggeriet. ",
    "sv": "Rådet meddelade att bron öppnar före jul. Arbetet har inte gått som väntat, men efter sommaren tog "
    "bygget fart och är klart. ",
    "id": "Dewan kota mengatakan bahwa jembatan itu dibuka sebelum akhir tahun karena pekerjaan sudah selesai. ",
    "ms": "Majlis bandaraya berkata bahawa jambatan itu dibuka sebelum akhir tahun kerana kerja sudah siap. ",
    "hr": "Gradsko vijeće priopćilo je da će most biti otvoren prije kraja godine, što je tvrtka i obećala. ",
    "sr": "Gradsko veće je saopštilo da će most biti otvoren pre kraja godine, što je kompanija i obećala. ",
    "cs": "Městská rada oznámila, že most bude otevřen před koncem roku, jak slíbila firma, která jej staví. ",
    "sk": "Mestská rada oznámila, že most bude otvorený pred koncom roka, ako sľúbila firma, ktorá ho stavia. ",
}


@pytest.mark.parametrize("declared", ["", "en", "x-default"])
@pytest.mark.parametrize("language", CLOSE)
def test_languages_that_look_alike_are_told_apart_by_their_own_words(language: str, declared: str) -> None:
    assert tell_language(CLOSE[language] * 4, declared) == language


def test_a_foreign_first_line_does_not_decide() -> None:
    first = (
        "LANTERN BAY, Dec. 22, 2025 /Meridian Newswire/ -- Halcyon Energy and the Lantern Bay Port Authority said"
    )
    assert tell_language(first + "\n" + TEXTS["de"] * 8, "en") == "de"


def test_both_ways_to_write_chinese_are_one_language() -> None:
    assert (
        tell_language("市議會星期一表示，這座大橋將在今年年底之前通車，比原計劃提前三個月。" * 8, "zh-Hant-TW")
        == "zh"
    )


@pytest.mark.parametrize(
    ("tag", "code"),
    [
        ("nb-NO", "no"),
        ("nn", "no"),
        ("zh_CN", "zh"),
        ("iw", "he"),
        ("eng", "en"),
        ("und", ""),
        ("<x>", ""),
        ("", ""),
    ],
)
def test_a_tag_has_one_code(tag: str, code: str) -> None:
    assert canonical_code(tag) == code


@pytest.mark.parametrize("language", TEXTS)
def test_the_words_tell(language: str) -> None:
    assert tell_language(TEXTS[language] * 8, "tlh") == language


def test_of_a_short_text_the_pages_own_word_counts() -> None:
    assert tell_language("Ponte", "pt_BR") == "pt"
    assert tell_language("The bridge was opened on Monday by the mayor.", "") == "en"
    assert tell_language("The bridge was opened on Monday by the mayor.", "<script>") == "en"


def test_one_text_has_one_answer() -> None:
    assert len({tell_language(TEXTS["en"] * 5, "") for _ in range(10)}) == 1
