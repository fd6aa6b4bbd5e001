"""The report as Markdown, for an issue, a wiki or a mail: the figures and a table for each release."""

from __future__ import annotations

import re
from dataclasses import astuple
from typing import TYPE_CHECKING

from crawler.export.comparison import tell_counts
from crawler.export.form import percent
from crawler.report.league import count_issuers, count_languages, count_rules, count_wires, rank
from crawler.report.periods import KINDS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from crawler.report.gather import Carrier, Report, Story
    from crawler.report.periods import Periods

_ACTING = re.compile(r"([\\`*_{}\[\]()<>#+!|~&:@])")
_BLANK = re.compile(r"[\s\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]+")


def render_markdown(report: Report) -> Iterator[str]:
    """The report in pieces; what pages say is escaped, so that it stays text."""
    yield (
        f"# Who carried which press release\n\n{len(report.stories)} releases, {report.copies} copies at "
        f"{report.outlets} outlets ({report.hosts} hosts). Times are UTC.\n"
    )
    if len(report.stories) > 1:
        yield from _overview(report.stories)
    for story in report.stories:
        yield from _story(story)


def render_changes(found: Periods) -> Iterator[str]:
    """A period against another, in pieces."""
    yield f"# {found.now} against {found.before}\n\nCopies by the day on which they were first seen (UTC).\n"
    for kind, title in KINDS.items():
        if changes := found.of(kind):
            yield f"\n## {title}\n\n"
            yield "| | copies | before | releases | before | outlets | before | independent | before |\n"
            yield f"|---|{'---:|' * 8}\n"
            for change in changes:
                both = zip(astuple(change.now), astuple(change.before), strict=True)
                releases, copies, outlets, independent = (f"{now} | {before}" for now, before in both)
                yield f"| {plain(change.name) or 'all'} | {copies} | {releases} | {outlets} | {independent} |\n"


def _overview(stories: Sequence[Story]) -> Iterator[str]:
    yield "\n## Outlets\n\n"
    yield "| outlet | releases | copies | of release | source named | links kept | independent | not there |\n"
    yield f"|---|{'---:|' * 7}\n"
    for each in rank(stories):
        shares = " | ".join(percent(value) for value in (each.whole, each.attributed, each.linked))
        figures = f"{each.releases} | {each.copies} | {shares} | {each.independent} | {each.gone}"
        yield f"| {plain(each.family)} | {figures} |\n"
    for title, counts in (
        ("Rules that cut most", count_rules(stories)),
        ("Languages", count_languages(stories)),
        ("Issuers", count_issuers(stories)),
        ("Wires", count_wires(stories)),
    ):
        if counts:
            yield f"\n{title}: {', '.join(f'{plain(name)} {number}' for name, number in counts)}\n"


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
