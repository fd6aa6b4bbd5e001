"""Invented releases in four languages, and copies of them with changes that are known: what was planted where.

Each sentence is made from a template. `{person}`, `{place}`, `{body}` are names, `{number}`, `{share}`, `{money}`,
`{day}`, `{date}`, `{few}` figures; what stands in square brackets says who said it and can be left out.
"""

from __future__ import annotations

import random
import re
from dataclasses import dataclass, field, replace
from typing import Final

from crawler.match.differences import Side

PEOPLE: Final = (
    "Maria Lopez", "Jonas Brandt", "Amina Okafor", "Pieter van Dalen", "Lucia Ferrante", "Tomas Novak",
    "Ingrid Solberg", "Rafael Ortega", "Helen Marsh", "Yusuf Demir", "Clara Weiss", "Daniel Osei",
)  # fmt: skip
PLACES: Final = (
    "Aldport", "Brenwick", "Corrinvale", "Dunmere", "Eastholm", "Farrowby", "Glenbridge", "Harlowe", "Inverin",
    "Jarrowdale", "Kelsworth", "Lindenau", "Port Merrow", "San Tarco", "Nova Vereda",
)  # fmt: skip
BODIES: Final = (
    "Veltrane Logistics", "Orrin Marine", "Halcyon Energy", "Meridian Rail", "the Tessaly Institute", "Northlight",
    "the Lantern Bay Authority", "ACME", "Quillon Group", "the Oster Foundation",
)  # fmt: skip
MONTHS: Final = {
    "en": ("January", "March", "May", "June", "August", "October", "December"),
    "es": ("enero", "marzo", "mayo", "junio", "agosto", "octubre", "diciembre"),
    "de": ("Januar", "März", "Mai", "Juni", "August", "Oktober", "Dezember"),
}
DAYS: Final[dict[str, tuple[str, ...]]] = {
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday"),
    "es": ("lunes", "martes", "miércoles", "jueves", "viernes"),
    "de": ("Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag"),
    "zh": ("星期一", "星期二", "星期三", "星期四", "星期五"),
}
MONEY: Final = {
    "en": ("${} million", "${} billion"), "es": ("{} millones de euros", "{} mil millones de euros"),
    "de": ("{} Millionen Euro", "{} Milliarden Euro"),
}  # fmt: skip
DATES: Final = {"en": "{month} {day}, {year}", "es": "{day} de {month} de {year}", "de": "{day}. {month} {year}"}
SHARES: Final = {"en": ". percent", "es": ", por ciento", "de": ", Prozent", "zh": ".%"}
FEW: Final[dict[str, tuple[str, ...]]] = {
    "en": ("two", "three", "four", "five", "seven", "nine", "twelve"),
    "es": ("dos", "tres", "cuatro", "cinco", "siete", "nueve", "doce"),
    "de": ("zwei", "drei", "vier", "fünf", "sieben", "neun", "zwölf"),
    "zh": ("两", "三", "四", "五", "七", "九"),
}
LINES: Final = {
    "en": (
        "The port of {place} opened its new terminal on {day} after {few} years of work.",
        "It took {number} workers and {money} to finish the pier[, according to {body}].",
        '"We dug the basin by hand where machines could not reach," said {person}, who led the crews.',
        "{body} expects {share} more freight by {date}[, said {person}].",
        "[According to {body}, ]the harbour will be closed to larger ships until {date}.",
        "Residents of {place} and {place} had asked for a ferry for {few} decades.",
        '"Nobody believed that the tide would carry us this far," {person} told reporters in {place}.',
        "The railway between {place} and {place} carries {number} passengers a day.",
        "Fares will fall by {share}, while the night trains to {place} stay as they are.",
        "A museum about the flood of {date} stands beside the old customs house.",
        "However, fishermen in {place} fear that the channel will silt up within {few} winters.",
        '{person} of {body} called it "a quiet triumph of patience over weather" at the ceremony.',
        "The loan of {money} was granted by {body} and runs for {number} months.",
        "Schools near the quay will teach sailing from {date} on.",
        "Engineers measured currents of {number} metres an hour[, {body} said].",
        "The old cranes were sold to a yard in {place}, where they lift boats again.",
    ),
    "es": (
        "El puerto de {place} inauguró el {day} su nueva terminal tras {few} años de obras.",
        "Hicieron falta {number} obreros y {money} para terminar el muelle[, según {body}].",
        "«Excavamos la dársena a mano donde las máquinas no llegaban», dijo {person}, que dirigió las cuadrillas.",
        "{body} espera un {share} más de carga en {date}[, afirmó {person}].",
        "[Según {body}, ]el puerto estará cerrado a los barcos grandes hasta el {date}.",
        "Los vecinos de {place} y {place} pedían un transbordador desde hacía {few} décadas.",
        "«Nadie creía que la marea nos llevaría tan lejos», señaló {person} en {place}.",
        "El ferrocarril entre {place} y {place} lleva a {number} viajeros al día.",
        "Los billetes bajarán un {share}, mientras que los trenes nocturnos a {place} siguen igual.",
        "Junto a la antigua aduana hay un museo sobre la riada del {date}.",
        "Sin embargo, los pescadores de {place} temen que el canal se llene de arena en {few} inviernos.",
        "El préstamo de {money} lo concedió {body} y vence en {number} meses.",
        "Las escuelas cercanas al muelle enseñarán a navegar desde el {date}.",
        "Las grúas viejas se vendieron a un astillero de {place}, donde vuelven a levantar barcos.",
    ),
    "de": (
        "Der Hafen von {place} eröffnete am {day} nach {few} Jahren Bauzeit sein neues Terminal.",
        "Für die Mole brauchte es {number} Arbeiter und {money}[, teilte {body} mit].",
        "„Wir haben das Becken von Hand gegraben, wo keine Maschine hinkam“, sagte {person}, die sie leitete.",
        "Bis zum {date} wird mit {share} mehr Fracht gerechnet[, sagte {person}].",
        "Die Bewohner von {place} und {place} hatten seit {few} Jahrzehnten eine Fähre verlangt.",
        "„Niemand hat geglaubt, dass uns die Flut so weit trägt“, erklärte {person} in {place}.",
        "Die Bahn zwischen {place} und {place} befördert {number} Fahrgäste am Tag.",
        "Die Preise sinken um {share}, während die Nachtzüge nach {place} bleiben, wie sie sind.",
        "Neben dem alten Zollhaus steht ein Museum über die Flut vom {date}.",
        "Die Fischer von {place} fürchten allerdings, dass die Rinne in {few} Wintern versandet.",
        "Der Kredit über {money} läuft {number} Monate[, berichtete {person}].",
        "Die Schulen am Kai unterrichten ab dem {date} auch Segeln.",
        "Die alten Kräne gingen an eine Werft in {place}, wo sie wieder Boote heben.",
    ),
    "zh": (
        "新码头历时{few}年建成，于{day}正式启用。",
        "工程动用了{number}名工人，耗资{number}万元[，港务局表示]。",
        "“机器到不了的地方，我们用双手挖开了船坞，”施工负责人说。",
        "预计到{date}，货运量将增长{share}[，负责人指出]。",
        "[据港务局报道，]大型船舶在{date}之前不能进港。",
        "沿岸居民盼望渡轮已有{few}十年。",
        "“谁也没想到潮水会把我们带到这么远的地方，”她在现场表示。",
        "这条铁路每天运送{number}名旅客。",
        "票价将下调{share}，夜间列车保持不变。",
        "旧海关楼旁边有一座纪念洪水的博物馆。",
        "渔民担心航道会在{few}个冬天之内淤塞。",
        "码头附近的学校将从{date}开始教授帆船课程。",
        "旧吊车卖给了上游的船厂，在那里继续起吊船只。",
    ),
}  # fmt: skip
HEADLINES: Final = {
    "en": "How a small harbour learned to live with the tide",
    "es": "Cómo un puerto pequeño aprendió a vivir con la marea",
    "de": "Wie ein kleiner Hafen lernte, mit der Flut zu leben",
    "zh": "小港口如何学会与潮水共处",
}
OTHER_HEADLINES: Final = {
    "en": ("Harbour town bets everything on the tide", "How a small harbour learned to fear the tide",
           "How a small harbour finally learned to live with the tide"),
    "es": ("El pueblo que lo apuesta todo a la marea", "Cómo un puerto pequeño aprendió a temer la marea"),
    "de": ("Ein Hafen setzt alles auf die Flut", "Wie ein kleiner Hafen lernte, die Flut zu fürchten"),
    "zh": ("小港口如何学会利用潮水", "潮水边的小城把一切押上"),
}  # fmt: skip
WORDS: Final = {
    "en": "quietly gladly lanterns gravel borrowed uneven carefully copper whistles drifting".split(),
    "es": "faroles despacio grava prestada cobre silbatos desigual alegremente orilla".split(),
    "de": "leise kupfern geliehen uneben sorgsam treibend heiter langsam".split(),
    "zh": "灯笼 铜铃 缓慢 砂石 借来 哨音".split(),
}
DATELINES: Final = {
    "en": "LANTERN BAY, {date} /Wire Example Newswire/ -- ",
    "es": "BAHÍA FAROL, {date} /Wire Example Newswire/ -- ",
    "de": "",
    "zh": "",
}
TRAILERS: Final = {
    "en": "View original content: ", "es": "Ver contenido original: ", "de": "Originalversion anzeigen: ",
    "zh": "查看原文：",
}  # fmt: skip
SOURCES: Final = {"en": "SOURCE {body}", "es": "FUENTE {body}", "de": "QUELLE {body}", "zh": "消息来源 {body}"}
_SLOT = re.compile(r"\{(\w+)\}|([\[\]])")
_QUOTE = re.compile(r"[\"“„«]([^\"“”„«»]{8,})[\"”“»]")


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a sentence; `kind` is its slot, or empty; `credit`: it is part of who said it."""

    text: str
    kind: str = ""
    credit: bool = False


@dataclass(frozen=True, slots=True)
class Told:
    """A sentence and the template that it was made from; `changed`: it is no longer as the release has it."""

    template: str
    pieces: tuple[Piece, ...]
    changed: bool = False

    @property
    def text(self) -> str:
        """The sentence."""
        return "".join(piece.text for piece in self.pieces)

    def put(self, at: int, text: str) -> Told:
        """The sentence with another text in that piece."""
        pieces = (*self.pieces[:at], replace(self.pieces[at], text=text), *self.pieces[at + 1 :])
        return Told(self.template, pieces, changed=True)


@dataclass(frozen=True, slots=True)
class Planted:
    """A change: the class that it should be told as, and the words before and after it."""

    kind: str
    was: str
    said: str


@dataclass(slots=True)
class Written:
    """A release as it is made: lines of sentences, frame and addresses."""

    language: str
    title: str
    dateline: str
    lines: list[list[Told]]
    issuer: str
    source: str
    links: list[tuple[str, str]]
    trailer: str
    planted: list[Planted] = field(default_factory=list)

    def side(self, chance: random.Random | None = None) -> Side:
        """The text as the program has it; with `chance`, in another typography."""
        apart = "" if self.language == "zh" else " "
        lines = [apart.join(told.text for told in line) for line in self.lines if line]
        lines[0] = self.dateline + lines[0]
        title = self.title
        if chance is not None:
            lines = [_retype(line, chance) for line in lines]
            title = chance.choice((title, title.upper(), f"{self.issuer}: {title}", f"{title} | Daily Ledger"))
        lines += [line for line in (self.trailer, self.source) if line]
        return Side(title, "\n".join(lines), self.language, tuple(self.links), ("dailyledger.example",))


def write(seed: int, language: str) -> Written:
    """One invented release."""
    chance = random.Random(f"{seed} {language}")
    picked = chance.sample(LINES[language], k=len(LINES[language]) - 2)
    told = [_tell(template, language, chance) for template in picked]
    lines = []
    while told:
        count = chance.randint(1, 3)
        lines.append(told[:count])
        told = told[count:]
    issuer = chance.choice(BODIES)
    address = f"https://news.example/{seed}/p.html"
    links = [("news.example/" + str(seed), address), ("harbour.example/fares", "https://www.harbour.example/fares"),
             ("rail.example", "https://rail.example/")]  # fmt: skip
    return Written(
        language=language,
        title=HEADLINES[language],
        dateline=_fill(DATELINES[language], "en" if language != "es" else "es", chance),
        lines=lines,
        issuer=issuer,
        source=SOURCES[language].format(body=issuer),
        links=links,
        trailer=TRAILERS[language] + address,
    )


def _fill(template: str, language: str, chance: random.Random) -> str:
    return _tell(template, language, chance).text if template else ""


def _tell(template: str, language: str, chance: random.Random) -> Told:
    pieces: list[Piece] = []
    credit, at = False, 0
    for slot in _SLOT.finditer(template):
        pieces.append(Piece(template[at : slot.start()], "", credit))
        at = slot.end()
        if slot[2]:
            credit = slot[2] == "["
        else:
            text = value(slot[1], language, chance, {piece.text for piece in pieces})
            pieces.append(Piece(text, slot[1], credit))
    pieces = [piece for piece in (*pieces, Piece(template[at:], "", credit)) if piece.text]
    pieces[0] = replace(pieces[0], text=_begun(pieces[0].text))
    return Told(template, tuple(pieces))


def _begun(text: str) -> str:
    return text[:1].upper() + text[1:]


def value(kind: str, language: str, chance: random.Random, taken: set[str]) -> str:
    """Something for a slot that is not taken yet."""
    while True:
        text = _value(kind, language, chance)
        if text not in taken:
            return text


def _value(kind: str, language: str, chance: random.Random) -> str:
    if kind in {"person", "place", "body"}:
        return chance.choice({"person": PEOPLE, "place": PLACES, "body": BODIES}[kind])
    if kind == "number":
        number = chance.choice((chance.randint(13, 999), chance.randint(1100, 98000)))
        return f"{number:,}" if language in {"en", "zh"} else f"{number:,}".replace(",", ".")
    if kind == "share":
        point, unit = SHARES[language][0], SHARES[language][1:]
        return f"{chance.randint(2, 60)}{point}{chance.randint(1, 9)}{unit}"
    if kind == "money":
        figure, unit = chance.randint(2, 90), chance.choice(MONEY[language])
        return unit.format(figure)
    if kind == "date":
        return _date(language, chance)
    return chance.choice({"day": DAYS, "few": FEW}[kind][language])


def _date(language: str, chance: random.Random) -> str:
    day, year = chance.randint(1, 28), chance.randint(2024, 2031)
    if language == "zh":
        return f"{year}年{chance.randint(1, 12)}月{day}日"
    month = chance.choice(MONTHS[language])
    return DATES[language].format(day=day, month=month, year=year)


# ------------------------------------------------------------------------------------------------- the changes


def plant(release: Written, kind: str, chance: random.Random) -> bool:
    """Make one change of that class in a sentence that has none yet; whether there was a place for it."""
    figures, names = ("number", "share", "money", "day", "date", "few"), ("person", "place", "body")
    done = {
        "number": lambda: _swap(release, kind, figures, chance),
        "name": lambda: release.language != "zh" and _swap(release, kind, names, chance),
        "quote": lambda: _reword_quotation(release, chance),
        "wording": lambda: release.language != "zh" and _swap_word(release, chance),
        "headline": lambda: _retitle(release, chance),
        "attribution-dropped": lambda: _drop_credit(release, chance),
        "link-dropped": lambda: _drop_link(release, chance),
        "sentence-dropped": lambda: _drop_sentence(release, chance),
        "sentence-added": lambda: _add_sentence(release, chance),
    }
    return done[kind]()


def copy_of(release: Written) -> Written:
    """A copy that is the same so far."""
    return replace(release, lines=[list(line) for line in release.lines], links=list(release.links), planted=[])


def _places(release: Written) -> list[tuple[int, int, Told]]:
    """Sentences that are as the release has them."""
    return [
        (n, m, told) for n, line in enumerate(release.lines) for m, told in enumerate(line) if not told.changed
    ]


def _swap(release: Written, kind: str, slots: tuple[str, ...], chance: random.Random) -> bool:
    """Another name or figure in a slot."""
    found = [
        (n, m, k, told) for n, m, told in _places(release) for k, piece in enumerate(told.pieces)
        if piece.kind in slots
    ]  # fmt: skip
    if not found:
        return False
    n, m, k, told = chance.choice(found)
    was = told.pieces[k].text
    said = value(told.pieces[k].kind, release.language, chance, {piece.text for piece in told.pieces})
    if told.pieces[k].kind == "person" and chance.random() < 0.5:
        said = f"{was.split()[0]} {said.split()[-1]}"
    if k == 0:
        said = _begun(said)
    if said.casefold() == was.casefold():
        return False
    release.lines[n][m] = told.put(k, said)
    release.planted.append(Planted(kind, was, said))
    return True


def _reword_quotation(release: Written, chance: random.Random) -> bool:
    found = [
        (n, m, k, told, quotation[1])
        for n, m, told in _places(release)
        for k, piece in enumerate(told.pieces)
        for quotation in [_QUOTE.search(piece.text)]
        if quotation is not None
    ]
    if not found:
        return False
    n, m, k, told, was = chance.choice(found)
    said = _reword(was, release.language, chance)
    release.lines[n][m] = told.put(k, told.pieces[k].text.replace(was, said))
    release.planted.append(Planted("quote", was, said))
    return True


def _reword(text: str, language: str, chance: random.Random) -> str:
    """The text with a word replaced, put in or left out."""
    word = chance.choice(WORDS[language])
    if language == "zh":
        at = chance.randint(2, len(text) - 5)
        return text[:at] + word + text[at + chance.choice((0, 2)) :]
    words = text.split(" ")
    at = chance.randint(1, len(words) - 2)
    middle = chance.choice(([word], [word, words[at]], []))
    return " ".join([*words[:at], *middle, *words[at + 1 :]])


def _swap_word(release: Written, chance: random.Random) -> bool:
    """Another word outside quotations, where no name and no figure stands."""
    found = []
    for n, m, told in _places(release):
        for k, piece in enumerate(told.pieces):
            words = piece.text.split(" ")
            if piece.kind or piece.credit or _QUOTE.search(told.text):
                continue
            found += [(n, m, k, told, at) for at in range(1, len(words) - 1) if words[at].isalpha()
                      and words[at].islower() and len(words[at]) > 3]  # fmt: skip
    if not found:
        return False
    n, m, k, told, at = chance.choice(found)
    words = told.pieces[k].text.split(" ")
    was, words[at] = words[at], chance.choice(WORDS[release.language])
    release.lines[n][m] = told.put(k, " ".join(words))
    release.planted.append(Planted("wording", was, words[at]))
    return True


def _retitle(release: Written, chance: random.Random) -> bool:
    if any(planted.kind == "headline" for planted in release.planted):
        return False
    was, release.title = release.title, chance.choice(OTHER_HEADLINES[release.language])
    release.planted.append(Planted("headline", was, release.title))
    return True


def _drop_credit(release: Written, chance: random.Random) -> bool:
    """Leave out who said it: a part of a sentence, the SOURCE line, the dateline."""
    found: list[tuple[str, int, int]] = [
        ("sentence", n, m) for n, m, told in _places(release) if any(piece.credit for piece in told.pieces)
    ]
    found += [("source", 0, 0)] * bool(release.source) + [("dateline", 0, 0)] * bool(release.dateline)
    if not found:
        return False
    what, n, m = chance.choice(found)
    if what == "source":
        was, release.source = release.source, ""
    elif what == "dateline":
        was, release.dateline = release.dateline, ""
    else:
        told = release.lines[n][m]
        was = "".join(piece.text for piece in told.pieces if piece.credit)
        left = tuple(piece for piece in told.pieces if not piece.credit)
        release.lines[n][m] = Told(told.template, left).put(0, _begun(left[0].text))
    release.planted.append(Planted("attribution-dropped", was.strip(" ,\uff0c-"), ""))
    return True


def _drop_link(release: Written, chance: random.Random) -> bool:
    if not release.links:
        return False
    _, address = release.links.pop(chance.randrange(len(release.links)))
    if address in release.trailer:
        release.trailer = ""
    release.planted.append(Planted("link-dropped", address, ""))
    return True


def _drop_sentence(release: Written, chance: random.Random) -> bool:
    found = _places(release)
    if len(found) < 4:
        return False
    n, m, told = chance.choice(found)
    release.planted.append(Planted("sentence-dropped", told.text, ""))
    del release.lines[n][m]
    return True


def _add_sentence(release: Written, chance: random.Random) -> bool:
    used = {told.template for line in release.lines for told in line}
    gone = {planted.was for planted in release.planted}
    unused = [template for template in LINES[release.language] if template not in used]
    if not unused or gone & {planted.was for planted in release.planted if planted.kind == "sentence-dropped"}:
        return False
    told = replace(_tell(chance.choice(unused), release.language, chance), changed=True)
    n = chance.randrange(len(release.lines))
    release.lines[n].insert(chance.randint(0, len(release.lines[n])), told)
    release.planted.append(Planted("sentence-added", "", told.text))
    return True


def _retype(line: str, chance: random.Random) -> str:
    """The line in another typography: what is no difference."""
    if chance.random() < 0.5:
        line = re.sub(r'"([^"]*)"', "\u201c\\1\u201d", line)
    if chance.random() < 0.5:
        line = line.replace(" percent", "%").replace(" por ciento", " %").replace(" Prozent", "\u00a0%")
    if chance.random() < 0.5:
        line = line.replace(" -- ", " \u2014 ")
    if chance.random() < 0.5:
        line = re.sub(r"(?<=\d)[.,](?=\d{3}(?!\d))", "\u202f", line)
    if chance.random() < 0.3:
        line = line.replace("\u201c", "\u201e").replace("\u201d", "\u201c") if "\u201e" not in line else line
    return line
