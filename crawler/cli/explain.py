"""`tearsheet explain URL`: why a page is cleaned and attributed the way it is, with the evidence for each step."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from crawler.cli.blocks import print_blocks
from crawler.cli.overruling import print_decisions
from crawler.cli.reading import open_reading, tell_unknown
from crawler.cli.terminal import LABEL, Column, day, standard_output
from crawler.errors import TearsheetError, UsageError
from crawler.export.annotations import annotate
from crawler.export.blocks import place_blocks
from crawler.export.decisions import concerning, read_decisions
from crawler.export.evidence import evidence_object
from crawler.export.form import dump_json, write_jsonl
from crawler.export.ladder import climb, weigh_claims
from crawler.export.recollections import recall_values
from crawler.export.rows import read_schema
from crawler.match.rungs import TITLE, WORDS
from crawler.sites.load import load_sites
from crawler.urls import spellings
from storage.evidence import evidence

if TYPE_CHECKING:
    import argparse

    from crawler.cli.terminal import Terminal
    from crawler.export.ladder import Ladder, Standing, Step, Target, Weighed
    from settings.app import AppConfig
    from storage.rows import CopyRow, Evidence, Observation, TranslationRow

_RUNGS: Final = {1: "1 origin", 2: "2 wire", 3: "3 item", 4: "4 title", WORDS: "5 words"}
_STANDINGS: Final[dict[Standing | None, str]] = {
    "decided": "decided", "agrees": "agrees", "disagrees": "DISAGREES", None: "no say",
}  # fmt: skip
_TARGETS: Final[dict[Target | None, str]] = {
    "release": "agrees", "another-release": "DISAGREES", "itself": "this page", "elsewhere": "elsewhere", None: "",
}  # fmt: skip


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The verb's options."""
    parser.add_argument("url", metavar="URL", nargs="?", default="", help="address of a stored page")
    parser.add_argument(
        "--full", action="store_true", help="print every block whole; else what is around the release"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument(
        "--annotations", action="store_true", help="print what was removed as W3C Web Annotations, one a line"
    )
    parser.add_argument("--schema", action="store_true", help="print the JSON Schema of that object instead")


def run(args: argparse.Namespace, config: AppConfig) -> int:
    """Print what is known of the address.

    Raises:
        TearsheetError: it was never captured; the message says what is known instead.
        UsageError: no address was given.

    """
    terminal = standard_output(exact=args.json or args.annotations or args.schema)
    if args.schema:
        terminal.out.write(dump_json(read_schema("explain"), indent=2) + "\n")
        return 0
    if not args.url:
        raise UsageError("explain: which page? `tearsheet copies` lists the addresses")
    sites = load_sites(*config.site_folders)
    with open_reading(config) as connection:
        found = evidence(connection, spellings(args.url))
        if found is None:
            raise TearsheetError(tell_unknown(connection, args.url))
        said = concerning(read_decisions(connection), (found.url,))
    if args.json:
        terminal.out.write(dump_json(evidence_object(found, sites, said), indent=2) + "\n")
        return 0
    if args.annotations:
        write_jsonl(annotate(found.copy) if found.copy else (), terminal.out, "annotations")
        return 0
    terminal.line(found.url, "bold")
    if found.copy:
        ladder = climb(found, sites)
        _print_relation(terminal, found, found.copy, ladder)
        _print_ladder(terminal, ladder)
        print_decisions(terminal, said)
        _print_translations(terminal, found.translations)
        _print_claims(terminal, weigh_claims(found, sites), whole=args.full)
        print_blocks(terminal, place_blocks(found.copy, recall_values(found)), whole=args.full)
    else:
        _print_no_page(terminal, found)
    _print_captures(terminal, found)
    return 0


def _print_relation(terminal: Terminal, found: Evidence, copy: CopyRow, ladder: Ladder) -> None:
    match = copy.match
    _tell(terminal, "title", copy.title)
    terminal.field("outlet", f"{copy.family}" + (f" (site file {copy.site})" if copy.site else ""))
    _tell(terminal, "dateline", found.dateline)
    terminal.field("published", f"{copy.published_at} (as the page says)" if copy.published_at else None)
    terminal.field("release", copy.release or "none", "cyan" if copy.release else "")
    terminal.field("key", copy.key)
    terminal.field("cluster", copy.cluster)
    terminal.field("relation", copy.relation, "green" if copy.release else "yellow")
    if match:
        _tell(terminal, "coverage", ladder.shared)
        terminal.field("decided by", match.rung)
        _tell(terminal, "why", match.why)
        for line in match.evidence:
            if not any(step.key.quoted in line for step in ladder.steps):  # the ladder quotes the others
                _tell(terminal, "evidence", line)
        for rung in ladder.disagreed:
            terminal.field("disagrees", f"rung {_RUNGS.get(rung, str(rung))}", "red")
        for line in match.contradictions:
            _tell(terminal, "against", line, "red")
    terminal.field("reserved", ", ".join(copy.signals) or None, "yellow")
    terminal.field("rules", copy.rules)


def _tell(terminal: Terminal, label: str, text: str | None, style: str = "") -> None:
    """Write a labelled text that may be long; addresses in it stay whole."""
    if text:
        terminal.hang(f"{label:<{LABEL}}", text, style, cut=False)


def _print_ladder(terminal: Terminal, ladder: Ladder) -> None:
    terminal.heading("The identity ladder: the keys found, strongest rung first; then the words")
    columns = (Column("RUNG"), Column("KEY", max(20, terminal.columns - 41)), Column("WHERE", 18), Column("SAYS"))
    rows = [(_rung(step.key.rung), _name(step), _place(step), _STANDINGS[step.standing]) for step in ladder.steps]
    notes = [_notes(step) for step in ladder.steps]
    if ladder.title:
        rows.append((_RUNGS[TITLE], "", "title, dateline", _STANDINGS[ladder.title]))
        notes.append(("another outlet's page has this title and this day",))
    rows.append((_RUNGS[WORDS], "", "the clean text", _STANDINGS[ladder.words]))
    terminal.table(columns, rows, [*notes, (ladder.shared or "no page of a release has these words",)])


def _rung(rung: int) -> str:
    return _RUNGS.get(rung, str(rung))


def _name(step: Step) -> str:
    return f"{step.key.scheme}:{step.key.value}"


def _place(step: Step) -> str:
    key = step.key
    return "the page's address" if key.where == "url" else f"{key.where}, block {key.block}"


def _notes(step: Step) -> tuple[str, ...]:
    """What is said below a key: the string that held it, the address behind that, when the id was made."""
    key = step.key
    notes = [f"“{key.quoted}”"]
    if key.url not in key.quoted:
        notes.append(f"stands for {key.url}")
    if step.made_at:
        notes.append(f"made {step.made_at}, as the id tells")
    return tuple(notes)


def _print_translations(terminal: Terminal, others: tuple[TranslationRow, ...]) -> None:
    if not others:
        return
    terminal.heading("The same in other languages (linked, never merged)")
    for other in others:
        way = "translation of" if other.earlier else "translated as"
        _tell(terminal, way if other.sure else "perhaps", f"{other.url} ({other.language}: {other.title})")
        shares = f"cosine {other.cosine / 1000:.2f}, {other.margin / 1000:.2f} before the next one"
        said = "; ".join((shares, f"{other.figures // 10} % of the figures agree", *other.evidence))
        _tell(terminal, "why", said)


def _print_claims(terminal: Terminal, claims: tuple[Weighed, ...], *, whole: bool) -> None:
    if not claims:
        return
    terminal.heading("What the page says about itself (a claim, never enough alone)")
    width = 0 if whole else max(20, terminal.columns - 34)
    columns = (Column("CLAIM", 20), Column("SAYS"), Column("VALUE", width))
    terminal.table(columns, ((c.claim.kind, _TARGETS[c.target], c.claim.value) for c in claims))


def _print_no_page(terminal: Terminal, found: Evidence) -> None:
    newest = found.observations[-1]
    if newest.reason:
        terminal.field("rejected", f"{newest.reason} (stage {newest.stage})", "yellow")
        terminal.field("detail", newest.detail)
    else:
        terminal.field("not read", "nothing is derived from it yet: run `tearsheet process`", "yellow")


def _print_captures(terminal: Terminal, found: Evidence) -> None:
    versions = len(found.versions)
    terminal.heading("Captures" + (f" ({versions} versions of the text)" if versions > 1 else ""))
    columns = (
        Column("FETCHED"), Column("STATUS", right=True), Column("TYPE", 20), Column("BYTES", right=True),
        Column("CAME BY"),
    )  # fmt: skip
    rows = [(day(s.fetched_at), s.status, s.mime, s.length, s.origin) for s in found.observations]
    terminal.table(columns, rows, [_capture_notes(seen) for seen in found.observations])


def _capture_notes(seen: Observation) -> tuple[str, ...]:
    notes = [f"SHA-256 {seen.payload_sha256}"]
    if seen.place:
        notes.append(f"{seen.place.file} at {seen.place.offset}, {seen.place.length} bytes")
    said = ", ".join(filter(None, (seen.flags, f"rejected: {seen.reason}" if seen.reason else None)))
    return (*notes, *([said] if said else []))
