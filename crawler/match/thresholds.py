"""Every number that matching decides by, in one place, each with where it comes from.

Shares are per mille of tokens. Calibrated on the 237 labelled pairs of real releases and the syndication
benchmark; docs/matching.md has the figures.
"""

from __future__ import annotations

from typing import Final

# one release, by the words (crawler.match.verdict)
RUN: Final = 3  # equal tokens in a row that count as a passage; shorter ones are chance
ENOUGH: Final = 25  # tokens in common below which nothing is said
LEAD_SHARE: Final = 4  # the lead is the first quarter: news stands there, boilerplate at the end
LEAD_LEAST: Final = 40  # … but not fewer tokens than these
ALIKE: Final = 850  # share of either text at which two texts are one, given …
ALIKE_LEAD: Final = 600  # … this share of either lead
WITHIN: Final = 900  # share of one text at which the other is it, with a lead set before it, given …
WITHIN_OTHER: Final = 750  # … this share of the other text
WITHIN_LEAD: Final = 900  # … this share of one lead
WITHIN_LEAD_OTHER: Final = 400  # … and this share of the other
HALF: Final = 500  # share of either text, given …
HALF_LEAD: Final = 900  # … this share of one lead
HALF_LEAD_OTHER: Final = 600  # … and this share of the other
PART_OF: Final = 750  # share of one text that the other has, given …
PART_LEAD: Final = 950  # … this share of its lead
HEAD: Final = 40  # … and that both begin alike: tokens within which a text begins
TOUCHED: Final = 350  # share of one text, given …
TOUCHED_OTHER: Final = 450  # … this share of the other text and of one lead
TOUCHED_LEAD: Final = 400  # … and this share of the other lead, where little stands in the place of other text
OPENING: Final = 600  # share of one text that is the other's beginning in one piece, given …
IN_ONE: Final = 900  # … this share of the other text's piece
REST: Final = 8  # … and no more tokens after it than these, for releases of one issuer often open alike, or …
NO_OPENER: Final = 80  # … so many tokens in common
REPLACED: Final = 30  # share of what is in common that may stand in the place of other text, …
REPLACED_LED: Final = 250  # … or, given …
LED: Final = 880  # … this share of one lead
LED_OTHER: Final = 450  # … and this share of the other, …
A_TOUCH: Final = 3  # … and so many tokens more for each place that was touched up
RENAMED: Final = 12  # share of what is in common in which names stand for others again and again …
RENAMED_OF: Final = (
    400  # … and such words for each 1000 places that were touched up, from which a text is another of its form
)
FEW_AGREE: Final = 750  # share of figures that agree, from which a text was touched up and is no other of its form
NAMED: Final = 500  # share of one text, where both name the same key, given …
NAMED_LEAD: Final = 400  # … this share of one lead: an issuer's boilerplate and a forged last line are not enough
FIGURES_TOLD: Final = 6  # figures in common, in one order, at which texts of one key are one in other words …
TOLD: Final = 600  # … given this share of the fewer figures: a translation, a paraphrase
RESENT: Final = 950  # share of either text at which two wire ids are one text sent twice
FIGURES: Final = 3  # other figures in the same places, from which they have a say: fewer are an edit
AGREEMENT: Final = 600  # share of figures that agree; a release sent again with a new day or hour has more
NAMES: Final = 4  # words that stand again and again for others, from which a text is another of its form, given …
A_FIGURE: Final = 2  # … so many other figures in the same places
HOLDS: Final = 60  # tokens of a text that names a key, from which it tells what the key's release says
BAND: Final = 200  # way from a threshold to all or to nothing within which a person is asked
GAP: Final = 4  # tokens of a gap that is still the same place of a sentence
NAME: Final = 6  # tokens of a gap up to which it is a name that stands for another

# relations (crawler.match.relation)
VERBATIM: Final = 970  # share of either text
WHOLE: Final = 900  # share of the copy that is the release's
MOST: Final = 600  # share of either text
A_CHANGE_IN: Final = 4  # passages for one place of changed words, from which a part is edited
TRANSLATED: Final = 300  # share of the copy, below which one in another language is a translation
PART: Final = 500  # share of the copy that is the release's

# candidates (crawler.match.elect)
SHARED: Final = 2  # fingerprints in common
COMMON: Final = 4  # better-ranked releases of a fingerprint from which it is boilerplate, but where a text …
REPRESENTATIVES: Final = 16  # … begins with it: then so many of them are looked at
CANDIDATES: Final = 24  # texts aligned for one text

# releases in two languages (crawler.match.translated)
NEAR: Final = 650  # cosine of two vectors at which releases may be one in two languages, …
NEAR_FAR: Final = 550  # … and where one of them is Chinese, Japanese, Korean, Thai or Arabic
SECOND: Final = 100  # … how much nearer than the next one, for a link, given …
SAME_FIGURES: Final = 700  # … this share of the fewer figures, and one of other pieces of evidence: …
SAME_NAMES: Final = 3  # … names in Latin letters that both have
DAYS_APART: Final = 7  # days between two releases that are compared
