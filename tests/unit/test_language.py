from __future__ import annotations

import pytest

from crawler.extract.language import tell_language

TEXTS = {
    "en": "The council said on Monday that the bridge would open before the end of the year. ",
    "de": "Der Rat teilte am Montag mit, dass die Brücke noch vor dem Ende des Jahres öffnen werde. ",
    "es": "El ayuntamiento dijo el lunes que el puente se abriría antes de que terminara el año. ",
    "fr": "Le conseil a annoncé lundi que le pont serait ouvert avant la fin de l'année prochaine. ",
    "ru": "Совет сообщил в понедельник, что мост будет открыт до конца этого года, как и обещали. ",
    "zh": "市政府星期一表示，这座大桥将在今年年底之前通车，比原计划提前三个月。",
}


@pytest.mark.parametrize("language", TEXTS)
def test_the_words_tell(language: str) -> None:
    assert tell_language(TEXTS[language] * 8, "tlh") == language


def test_of_a_short_text_the_pages_own_word_counts() -> None:
    assert tell_language("Ponte", "pt_BR") == "pt"
    assert tell_language("The bridge was opened on Monday by the mayor.", "") == "en"
    assert tell_language("The bridge was opened on Monday by the mayor.", "<script>") == "en"


def test_one_text_has_one_answer() -> None:
    assert len({tell_language(TEXTS["en"] * 5, "") for _ in range(10)}) == 1
