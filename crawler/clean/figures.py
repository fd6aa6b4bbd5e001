"""Lines of figures: prices, changes and the words that stand beside them, in the formats of many countries."""

from __future__ import annotations

import re
from typing import Final

from crawler.clean import words
from crawler.clean.words import bare

_SIGNS: Final = "%٪‰$€£¥₩₹₽₺₫฿₴₦₪₱₿Ξ"
_ARROWS: Final = "▲▼△▽▴▾↑↓↗↘⬆⬇🔺🔻"
_UNITS: Final = (
    "kr|Kč|zł|lei|Ft|Rp|RM|bn|mio|mrd|mln|mil|tn|[KMBTkmbt]|万|萬|億|亿|억|만|円|元|원|тыс|млн|млрд|руб"
)
_FIGURES = re.compile(
    rf"(?:[\d\s.,'’·()+−–~-]|[{_SIGNS}{_ARROWS}\ufe0f]"
    rf"|(?<![^\W\d_])(?:(?:US?|A|C|HK|NT|R|S)(?=\$)|(?:[A-Z]{{3,4}}|{_UNITS})(?![^\W\d_])))*+"
)
_QUOTE = re.compile(f"[{_SIGNS}{_ARROWS}]")
_SYMBOL = re.compile(r"\w\s?[(（][A-Z0-9]{2,12}[)）]")
_PRICE = re.compile(
    r"\b(?:price|preis|kurs|prix|cours|precio|preço|prezzo|prijs|koers|pris|hinta|cena|цена|ціна|fiyatı?|سعر|harga|giá"
    r"|τιμή|preț|ár|cotação|cotización|quotazione)\b|价格|價格|価格|가격|ราคา",
    re.IGNORECASE,
)
_CURRENCIES: Final = frozenset(
    "usd usdt usdc eur cny gbp jpy btc eth inr krw rub try brl mxn aud cad chf hkd sgd idr vnd thb php myr pln "
    "czk huf ron sek nok dkk zar ngn aed sar ils uah twd nzd".split()
)


def are_figures(text: str) -> bool:
    """Figures with their signs and units, or a currency, and nothing else.

    >>> [are_figures(text) for text in ("1.234,56 € ▲ +0,3 %", "R$ 3,4 mln", "usdt", "3 of them")]
    [True, True, True, False]
    """
    if not any(map(str.isdigit, text)):
        return text.casefold() in _CURRENCIES
    return _FIGURES.fullmatch(text) is not None


def has_quote(text: str) -> bool:
    """Figures with a currency's sign, a percentage or an arrow."""
    return _QUOTE.search(text) is not None


def names_price(text: str) -> bool:
    """The words of a price box, such as `Price (SYM)`, `Marktkapitalisierung` or the alt text of a coin's logo.

    Figures may be glued to them.

    >>> [names_price(text) for text in ("Cinder Price(CND)$0.12-2.60%USD", "Cinder Logo", "The price (CND) fell")]
    [True, True, False]
    """
    if text.endswith((" Logo", " logo")):
        return True
    symbol = _SYMBOL.search(text) if "(" in text or "（" in text else None
    if symbol is not None and _PRICE.search(text, 0, symbol.end()) is not None:
        rest = text[symbol.end() :]
        return not rest or are_figures(rest)
    return words.TICKER.found_in(bare(text))
