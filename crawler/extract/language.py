"""The language of a text, offline: told from its words; the page's own word decides only a short text."""

from __future__ import annotations

import re
from typing import Final

import py3langid

_ENOUGH: Final = 200
_SAMPLE: Final = 400
_TAG = re.compile(r"[a-z]{2,3}$")

_COMMON: Final = {
    "en": frozenset("the of and to in a is that for on with as was at by from it has an are its be said".split()),
    "es": frozenset("de la que el en y los del se las por un para con una su al lo como más".split()),
    "fr": frozenset("de la le et les des en un du une que est pour qui dans a par plus sur au".split()),
    "de": frozenset("der die und in den von zu das mit sich des auf für ist im dem nicht ein eine als".split()),
    "pt": frozenset("de a o que e do da em um para com não uma os no se na por mais as".split()),
    "it": frozenset("di e il la che in a per un del della con non una i le si da al sono".split()),
}
"""The commonest words of languages that many pages declare; enough of them in a text, and it is that language."""
_SURE: Final = 0.24

_ONE_CODE: Final = {
    "nb": "no", "nn": "no", "nob": "no", "nno": "no", "nor": "no", "iw": "he", "hbo": "he", "heb": "he",
    "in": "id", "ind": "id", "ji": "yi", "mo": "ro", "ron": "ro", "arz": "ar", "ary": "ar", "ara": "ar",
    "wuu": "zh", "yue": "zh", "cmn": "zh", "zho": "zh", "chi": "zh", "jp": "ja", "jpn": "ja", "kr": "ko",
    "kor": "ko", "gr": "el", "ell": "el", "ua": "uk", "ukr": "uk", "cz": "cs", "ces": "cs", "dk": "da",
    "dan": "da", "swe": "sv", "fil": "tl", "eng": "en", "spa": "es", "fra": "fr", "fre": "fr", "deu": "de",
    "ger": "de", "por": "pt", "ita": "it", "rus": "ru", "nld": "nl", "pol": "pl", "tur": "tr", "fas": "fa",
    "hin": "hi", "tha": "th", "vie": "vi", "msa": "ms", "zlm": "ms", "sdh": "ku", "uzs": "uz", "grc": "el",
    "cn": "zh",
}  # fmt: skip
"""Codes that mean the same: a language is written one way, whoever told it."""

_CLOSE: Final = (
    {"no": "av ikke jeg hva noen mye etter ble fram sier uke",
     "da": "af ikke jeg hvad nogle meget efter blev frem siger uge",
     "sv": "av inte jag vad några mycket efter blev fram säger och är att för"},
    {"id": "karena bahwa uang kantor bisa mobil sepak sekitar rumah sakit saat berbeda provinsi tahun juta",
     "ms": "kerana bahawa wang pejabat boleh kereta bola sekitar hospital ketika berbeza negeri tahun juta"},
    {"hr": "što tko tijekom vijest prije nije uvjeti tvrtka tisuća siječnja ljeta također gdje",
     "sr": "šta ko tokom vest pre nije uslovi kompanija hiljada januara leta takođe gde",
     "bs": "šta ko tokom vijest prije nije uslovi kompanija hiljada januara ljeta također gdje"},
    {"cs": "že jako který při není bude také kteří aby jejich než",
     "sk": "že ako ktorý pri nie bude tiež ktorí aby ich než"},
    {"pt": "não são uma com mais pela até também onde é", "gl": "non son unha con máis pola ata tamén onde é"},
    {"es": "y los las una del con más según también fue", "ca": "i els les una dels amb més segons també va"},
    {"ru": "и что его был она это все также после лет", "bg": "и че го беше тя това всички също след години"},
)  # fmt: skip
"""Languages of one look, each with words that the others of its row write otherwise."""
_ROWS: Final = tuple({code: frozenset(words.split()) for code, words in row.items()} for row in _CLOSE)

_DENSE = re.compile("[\u0e01-\u0e5b\u3041-\u30ff\u4e00-\u9fff\uac00-\ud7a3]")
_SCRIPTS: Final = (
    ("ja", re.compile("[\u3041-\u30ff]"), 0.08),
    ("ko", re.compile("[\uac00-\ud7a3]"), 0.3),
    ("zh", re.compile("[\u4e00-\u9fff]"), 0.3),
    ("th", re.compile("[\u0e01-\u0e5b]"), 0.3),
)
"""Scripts of one language, with the share of a text's characters that tells it, first come first."""


def tell_language(text: str, declared: str) -> str:
    """The ISO 639-1 code of the text's language; `zh` for both ways to write it, `no` for both ways of Norwegian.

    What the page declares is believed where the text is short, or its commonest words are that language's, or the
    text's language is told from it only with difficulty.

    >>> tell_language("The council said on Monday that the bridge would open. " * 8, "es-ES")
    'en'
    >>> tell_language("Ponte", "pt_BR"), tell_language("桥梁通车", "zh-Hant")
    ('pt', 'zh')
    """
    primary = canonical_code(declared)
    if len(text) < _ENOUGH and primary:
        return primary
    sample = _middle(text)
    if not sample.isascii() and _DENSE.search(sample):
        for code, pattern, share in _SCRIPTS:
            if len(pattern.findall(sample)) >= share * len(sample):
                return code
    words = sample.casefold().split()
    if primary in _COMMON and sum(word in _COMMON[primary] for word in words) >= _SURE * len(words):
        return primary
    found: str = py3langid.classify(sample)[0]
    return _among_close(canonical_code(found) or primary or found, primary, words)


def canonical_code(tag: str) -> str:
    """The code of a tag such as `pt_BR`, `nb`, `zh-Hant`, `eng`; the empty string where it is no tag.

    >>> canonical_code("nb-NO"), canonical_code("zh_TW"), canonical_code("x-default"), canonical_code("eng")
    ('no', 'zh', '', 'en')
    """
    primary = tag.strip().lower().replace("_", "-").partition("-")[0]
    if not _TAG.match(primary) or primary in {"und", "zxx", "mul"}:
        return ""
    return _ONE_CODE.get(primary, primary)


def _middle(text: str) -> str:
    """What is looked at: text from behind the first line, which may name foreign places, or all of a short one."""
    start = text.find("\n") + 1
    return (
        text[start : start + _SAMPLE]
        if 0 < start < len(text) // 2 and len(text) - start >= _ENOUGH
        else text[:_SAMPLE]
    )


def _among_close(found: str, declared: str, words: list[str]) -> str:
    """The language among those that look like the one found: by words of its own, else as the page declares."""
    for row in _ROWS:
        if found in row:
            counted = {code: sum(word in own for word in words) for code, own in row.items()}
            best = max(counted.values())
            leading = [code for code, count in counted.items() if count == best]
            if len(leading) == 1:
                return leading[0]
            return declared if declared in leading else found
    return found
