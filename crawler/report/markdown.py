"""The report as Markdown, for an issue, a wiki or a mail: the figures and a table for each release."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from crawler.export.comparison import tell_counts
from crawler.export.form import percent

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crawler.report.gather import Carrier, Report, Story

_ACTING = re.compile(r"([\\`*_{}\[\]()<>#+!|~&:@])")
_BLANK = re.compile(r"[\s\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]+")


def render_markdown(report: Report) -> Iterator[str]:
    """The report in pieces; what pages say is escaped, so that it stays text."""
    yield (
        f"# Who carried which press release\n\n{len(report.stories)} releases, {report.copies} copies at "
        f"{report.outlets} outlets ({report.hosts} hosts). Times are UTC.\n"
    )
    for story in report.stories:
        yield from _story(story)


def plain(text: str) -> str:
    r"""The text of a page with every mark escaped that Markdown would act on, on one line.

    >>> plain("[a](javascript:alert(1)) | <b>")
    '\\[a\\]\\(javascript\\:alert\\(1\\)\\) \\| \\<b\\>'
    """
    return _ACTING.sub(r"\\\1", _BLANK.sub(" ", text).strip())


def _story(story: Story) -> Iterator[str]:
    yield f"\n## {plain(story.title or story.cluster)}\n\n"
    yield f"{plain(story.key or 'no key found')}, {len(story.copies)} copies at {story.outlets} outlets\n"
    if story.url:
        yield f"\nRelease: {_address(story.url)}\n"
    if not story.copies:
        return
    yield "\n| outlet | relation | of release | of page | differences | first seen | seen until | page |\n"
    yield "|---|---|---|---|---|---|---|---|\n"
    for page in story.copies:
        yield _row(page)


def _row(page: Carrier) -> str:
    until = f"not there since {_day(page.missing_since)}" if page.missing_since else _day(page.last_seen)
    cells = (
        plain(page.family),
        page.relation,
        percent(page.cover_release),
        percent(page.cover_copy),
        tell_counts(page.differences),
        _day(page.first_seen),
        until,
        _address(page.url),
    )
    return f"| {' | '.join(cells)} |\n"


def _address(url: str) -> str:
    """An address as code: no renderer makes a link of it that somebody might follow unseen."""
    return f"`{_BLANK.sub('', url).replace('`', '%60').replace('|', '%7C')}`"


def _day(moment: str | None) -> str:
    return moment[:16].replace("T", " ") if moment else "not known"
