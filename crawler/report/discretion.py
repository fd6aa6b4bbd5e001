"""A report without whom the press can ask: what people show to each other names no contacts unless they say so."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from crawler.export.privacy import mask, mask_text
from storage.compared import canonical_text

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from crawler.report.gather import Carrier, Report, Story


def hide_contacts(connection: Connection, report: Report) -> Report:
    """The report with e-mail addresses, telephone numbers and contact paragraphs masked in all that it quotes."""
    return replace(report, stories=tuple(_hide(connection, story) for story in report.stories))


def _hide(connection: Connection, story: Story) -> Story:
    stands = canonical_text(connection, story.cluster)
    return replace(
        story,
        title=mask(story.title),
        excerpt=mask_text(story.excerpt, stands.blocks if stands else ()),
        cuts=tuple(replace(cut, samples=tuple(map(mask, cut.samples))) for cut in story.cuts),
        own=tuple(map(_discreet, story.own)),
        copies=tuple(map(_discreet, story.copies)),
        linked=tuple(map(_discreet, story.linked)),
    )


def _discreet(carrier: Carrier) -> Carrier:
    return replace(carrier, headline=carrier.headline and mask(carrier.headline))
