"""Words that comparing two texts goes by, as data: who says something, days, numerals, what shortens a word.

Words are folded as `crawler.match.parts` folds them; a phrase is its words parted by blanks, and in scripts that
part no words its characters are read one by one.
"""

from __future__ import annotations

from typing import Final

SAYING: Final = (
    "said", "says", "told", "tells", "stated", "states", "announced", "announces", "added", "adds", "noted",
    "notes", "explained", "commented", "remarked", "reported", "reports", "according to", "as quoted by",
    "in the words of", "citing", "cited", "wrote", "writes", "dijo", "dice", "afirmó", "afirma", "señaló",
    "señala", "indicó", "informó", "informa", "declaró", "declara", "explicó", "explica", "anunció",
    "anuncia", "añadió", "agregó", "aseguró", "según", "de acuerdo con", "a dit", "dit", "a déclaré",
    "déclare", "a indiqué", "indique", "a affirmé", "affirme", "a annoncé", "annonce", "a expliqué",
    "explique", "a ajouté", "ajoute", "a précisé", "précise", "a souligné", "selon", "d après", "sagte",
    "sagt", "erklärte", "erklärt", "berichtete", "berichtet", "teilte mit", "teilt mit", "teilte", "betonte",
    "betont", "laut", "zufolge", "nach angaben", "heißt es", "disse", "diz", "afirmou", "informou",
    "declarou", "explicou", "anunciou", "acrescentou", "segundo", "de acordo com", "conforme", "ha detto",
    "ha dichiarato", "ha affermato", "ha spiegato", "ha aggiunto", "ha annunciato", "spiega", "secondo",
    "zei", "zegt", "verklaarde", "meldde", "volgens", "sade", "säger", "enligt", "sier", "sagde", "ifølge",
    "powiedział", "powiedziała", "poinformował", "poinformowała", "według", "řekl", "řekla", "podle", "uvedl",
    "сказал", "сказала", "заявил", "заявила", "заявили", "сообщил", "сообщила", "сообщили", "сообщает",
    "отметил", "отметила", "подчеркнул", "по словам", "по данным", "согласно", "сказав", "повідомив",
    "за словами", "dedi", "söyledi", "belirtti", "açıkladı", "bildirdi", "göre", "kata", "ujar", "menurut",
    "mengatakan", "cho biết", "theo", "nói", "είπε", "δήλωσε", "σύμφωνα με", "spus", "potrivit", "mondta",
    "szerint", "mukaan", "قال", "قالت", "وقال", "وقالت", "صرح", "أفاد", "أفادت", "أعلن", "وفقا", "وفقًا",
    "بحسب", "אמר", "אמרה", "לדברי", "گفت", "کہا", "ने कहा", "के अनुसार", "表示", "指出", "称", "稱", "说", "說",
    "报道", "報道", "據", "据", "によると", "によれば", "述べ", "語っ", "と発表", "에 따르면",
    "따르면", "말했다", "밝혔다", "전했다", "กล่าวว่า",
    "กล่าว",
)  # fmt: skip
"""What tells that somebody said it."""

DAYS: Final = {
    name: f"day{number}"
    for row in (
        "monday|mon tuesday|tue|tues wednesday|wed thursday|thu|thurs friday|fri saturday|sat sunday|sun",
        "lunes martes miércoles jueves viernes sábado domingo",
        "lundi mardi mercredi jeudi vendredi samedi dimanche",
        "montag dienstag mittwoch donnerstag freitag samstag|sonnabend sonntag",
        "lunedì martedì mercoledì giovedì venerdì sabato domenica",
        "maandag dinsdag woensdag donderdag vrijdag zaterdag zondag",
        "måndag tisdag onsdag torsdag fredag lördag söndag",
        "mandag tirsdag onsdag torsdag fredag lørdag søndag",
        "poniedziałek wtorek środa|środę czwartek piątek sobota|sobotę niedziela|niedzielę",
        "понедельник вторник среда|среду четверг пятница|пятницу суббота|субботу воскресенье",
        "pazartesi salı çarşamba perşembe cuma cumartesi pazar",
        "senin selasa rabu kamis jumat sabtu minggu",
        "الاثنين الثلاثاء الأربعاء الخميس الجمعة السبت الأحد",
    )
    for number, names in enumerate(row.split(), 1)
    for name in names.split("|")
    if len(name) > 3
}
"""Days of the week. What shortens them is too often another word."""

NUMERALS: Final = frozenset(
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred hundreds "
    "thousand thousands million millions billion billions trillion dozen dozens first second third fourth "
    "fifth sixth seventh eighth ninth tenth half quarter double triple twice once dos tres cuatro cinco seis "
    "siete ocho nueve diez once doce quince veinte treinta cuarenta cincuenta cien ciento mil millón millones "
    "primero primera segundo segunda tercero tercera cuarto cuarta quinto quinta deux trois quatre cinq six "
    "sept huit neuf dix onze douze quinze vingt trente quarante cinquante soixante cent cents mille millions "
    "milliard milliards premier première deuxième troisième quatrième zwei drei vier fünf sechs sieben acht "
    "neun zehn elf zwölf zwanzig dreißig vierzig fünfzig hundert tausend millionen milliarde milliarden ersten "
    "zweiten dritten vierten dois duas três quatro sete oito nove dez vinte trinta cem milhão milhões bilhão "
    "bilhões due tre quattro cinque sei sette otto dieci venti trenta cento milione milioni miliardo miliardi "
    "twee drie vijf zes zeven negen tien miljoen miljard två tre fyra fem sex sju åtta nio tio miljoner один "
    "два две три четыре пять шесть семь восемь девять десять сто тысяча тысяч миллион миллиона миллионов "
    "миллиард миллиарда миллиардов iki üç dört beş altı yedi sekiz dokuz yüz bin milyon milyar satu dua tiga "
    "empat lima enam tujuh delapan sembilan sepuluh juta ribu".split()
)
"""Words that are numbers; many are other words too, so they count where another number stands in their place."""

IDEOGRAPHIC: Final = frozenset("〇零一二三四五六七八九十百千万萬亿億兆两兩")
"""Characters that are numbers, likewise."""

PERCENT: Final = frozenset(
    "percent pct prozent procent procento procenta procentów процент процента процентов prosent "
    "yüzde persen".split()
)
PER_CENT: Final = frozenset({"per cent", "por ciento", "por cento", "pour cent", "per cento"})

ABBREVIATIONS: Final = frozenset(
    "mr mrs ms dr prof sr jr st mt ft gen col lt capt sgt rev hon gov sen rep pres inc ltd co corp bros llc "
    "plc no nos vol fig vs etc approx dept est assn jan feb mar apr jun jul aug sep sept oct nov dec mon tue "
    "wed thu fri sat sun a.m p.m e.g i.e u.s u.k u.n e.u d.c ph.d sra srta ud uds av avda art núm pág mme mlle "
    "dir nr str bzw usw z.b d.h ca evtl inkl hr fr abs tel s.a s.l gmbh ing dott sig п р г ул им тыс млн млрд "
    "руб т.е др ott gen febb sett juil janv févr déc ene ago".split()
)
"""What ends with a point and ends no sentence."""

BARE: Final = frozenset("in aus nach von bei für mit durch gegen um an ab bis vor über zwischen und sowie".split())
"""German words that a name can follow without an article."""
