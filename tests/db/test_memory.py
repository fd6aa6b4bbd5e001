"""What pages of many sites know together: furniture, additions, teasers, what a draft missed; in any order."""

from __future__ import annotations

import json
import random
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from crawler import derive
from crawler.cli.main import main
from crawler.derive import drain, mark_everything
from crawler.export.evidence import evidence_object
from crawler.match.tokens import tokenise
from crawler.records import Fetched
from crawler.sites.load import load_sites
from settings.app import AppConfig, Limits
from storage import tables as t
from storage.evidence import evidence
from storage.lookups import copies, removed
from storage.memory import count_releases
from storage.store import Arrival, Store
from tests.db.test_derive import Inline, rows_of
from tests.releases import page, paragraphs, sentence

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

RELEASES = [paragraphs(200 + n) for n in range(4)]
TITLES = [f"Release number {word} is out today" for word in ("one", "two", "three", "four")]
FURNITURE = "Our reporters walk the harbour every morning and tell you over coffee what they have seen there."
BOILERPLATE = (
    "The Harbour Board of Aldport was founded in 1911 and looks after nine piers and two lighthouses today."
)
WIRE = "https://www.prnewswire.com/news-releases/x-302648155.html"


class Desk:
    """One data folder: pages in, rows out."""

    def __init__(self, store: Store, config: AppConfig) -> None:
        self.store, self.config, self.sites = store, config, load_sites()

    def take(self, fetched: Sequence[Fetched]) -> None:
        self.store.add([Arrival(each) for each in fetched])
        drain(self.store, self.config, self.sites)

    def text(self, url: str) -> str:
        with self.store.engine.connect().execution_options(reads=True) as connection:
            return next(copies(connection, url=url)).text

    def ledger(self, url: str) -> dict[str, tuple[str, str]]:
        """Rule and role of each block that was left out of the page's text."""
        with self.store.engine.connect().execution_options(reads=True) as connection:
            return {row.text: (row.rule, row.role) for row in removed(connection) if row.url == url}


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    monkeypatch.setattr(derive, "Workers", Inline)
    config = AppConfig(data=str(tmp_path / "desk"), workers=1, limits=Limits(page_seconds=10))
    with Store.open(config.data_folder, config.database_url, "test") as store:
        yield Desk(store, config)


def carried(n: int, host: str, *more: str, at: int = 3) -> Fetched:
    """The n-th release as a host shows it, with lines of its own after some paragraph."""
    body = [*RELEASES[n][:at], *more, *RELEASES[n][at:]]
    return page(f"https://{host}.example/{n}", body, title=TITLES[n])


def test_what_a_site_shows_under_several_releases_goes_and_is_explained(desk: Desk) -> None:
    desk.take([carried(n, "a", FURNITURE) for n in range(3)])
    desk.take([carried(n, host) for n in range(3) for host in ("b", "c")])
    for n in range(3):
        url = f"https://a.example/{n}"
        assert FURNITURE not in desk.text(url)
        assert desk.text(url).splitlines() == RELEASES[n]
        assert desk.ledger(url)[FURNITURE][0] == "memory:site"
    with desk.store.engine.connect().execution_options(reads=True) as connection:
        (hashed,) = connection.scalars(select(t.Memory.hash).where(t.Memory.family == "a.example"))
        assert count_releases(connection, "a.example", [hashed]) == {hashed: 3}


def test_nothing_is_learned_from_one_release_alone(desk: Desk) -> None:
    desk.take([page(f"https://a.example/{n}", [*RELEASES[0], FURNITURE]) for n in range(5)])
    assert FURNITURE in desk.text("https://a.example/0")


def test_an_issuers_boilerplate_stays_on_every_site(desk: Desk) -> None:
    desk.take([carried(n, host, BOILERPLATE, at=6) for n in range(3) for host in ("a", "b")])
    for n in range(3):
        for host in ("a", "b"):
            assert BOILERPLATE in desk.text(f"https://{host}.example/{n}")


def test_boilerplate_before_the_closing_lines_stays_though_one_site_is_known(desk: Desk) -> None:
    closing = (BOILERPLATE, "SOURCE Harbour Board")
    desk.take([carried(n, "a", *closing, at=6) for n in range(4)])
    assert BOILERPLATE in desk.text("https://a.example/0")


def test_nothing_is_learned_or_removed_on_a_wires_pages(desk: Desk) -> None:
    wires = [WIRE.replace("302648155", f"30264815{n}") for n in range(4)]
    desk.take([page(url, [*RELEASES[n], FURNITURE]) for n, url in enumerate(wires)])
    desk.take([carried(n, host) for n in range(3) for host in ("b", "c")])
    assert FURNITURE in desk.text(wires[0])


def test_a_box_is_known_by_its_heading_whatever_it_holds(desk: Desk) -> None:
    def boxed(n: int) -> Fetched:
        text = "".join(f"<p>{line}</p>" for line in RELEASES[n])
        inside = sentence(random.Random(n)) + " " + sentence(random.Random(n + 50))
        html = (
            f"<html lang=en><head><title>{TITLES[n]}</title></head><body><article><h1>{TITLES[n]}</h1>{text}"
            f"<div><div>From the harbour desk</div><div><p>{inside}</p></div></div></article></body></html>"
        )
        return Fetched(
            f"https://a.example/{n}", "2025-12-22T07:16:09Z", 200, (("Content-Type", "text/html"),), html.encode()
        )

    desk.take([boxed(n) for n in range(4)] + [carried(n, host) for n in range(4) for host in ("b", "c")])
    for n in range(4):
        assert desk.text(f"https://a.example/{n}").splitlines() == RELEASES[n]


def test_what_an_outlet_added_is_labelled_and_not_lost(desk: Desk) -> None:
    added = "This paper asked the board for a comment on Tuesday and had not heard from it when it went to press."
    desk.take([carried(0, "a", added), carried(0, "b"), carried(0, "c")])
    assert added not in desk.text("https://a.example/0")
    assert desk.ledger("https://a.example/0")[added] == ("memory:addition", "addition")


def test_one_other_copy_is_no_witness_for_an_addition(desk: Desk) -> None:
    line = "The board will hold a second hearing in the spring, and invites everybody who lives by the harbour."
    desk.take([carried(0, "a", line), carried(0, "b")])
    assert line in desk.text("https://a.example/0")


def test_a_teaser_of_another_page_belongs_to_that_page(desk: Desk) -> None:
    teaser = RELEASES[1][0][:180].rsplit(" ", 1)[0] + "…"
    desk.take([carried(1, "z"), carried(0, "a", TITLES[1], teaser, at=6)])
    assert desk.text("https://a.example/0").splitlines() == RELEASES[0]
    assert desk.ledger("https://a.example/0")[teaser] == ("memory:owned", "related")


def test_a_teaser_is_known_wherever_its_owners_words_are_cut(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    teaser = RELEASES[1][0][:180].rsplit(" ", 1)[0] + "…"
    after_a_blank = len(" ".join(tokenise(" ".join(RELEASES[1]))[:60])) + 1
    monkeypatch.setattr("storage.memory._HEAD", after_a_blank)
    desk.take([carried(1, "z"), carried(0, "a", TITLES[1], teaser, at=6)])
    assert desk.ledger("https://a.example/0")[teaser] == ("memory:owned", "related")


def test_a_paragraph_quoted_from_another_page_stays(desk: Desk) -> None:
    desk.take([carried(1, "z"), carried(0, "a", RELEASES[1][0])])
    assert RELEASES[1][0] in desk.text("https://a.example/0")


def test_a_teaser_is_known_though_its_owner_comes_later_and_goes_again_with_it(desk: Desk) -> None:
    teaser = RELEASES[1][0][:180].rsplit(" ", 1)[0] + "…"
    one, other = carried(0, "a", TITLES[1], teaser, at=6), carried(1, "z")
    desk.take([one])
    assert teaser in desk.text(one.url)
    desk.take([other])
    assert teaser not in desk.text(one.url)


def newsstand() -> list[Fetched]:
    """Three sites with furniture of their own, four releases, additions and teasers."""
    teaser = RELEASES[3][0][:200].rsplit(" ", 1)[0] + "…"
    added = "The mayor of Farrow did not want to comment on any of this before the vote in May."
    pages = [carried(n, host, sentence(random.Random(host))) for n in range(3) for host in ("a", "b")]
    pages += [carried(n, "c") for n in range(4)]
    pages += [carried(0, "d", added), carried(1, "d", TITLES[3], teaser, at=6)]
    return [*pages, carried(2, "e", FURNITURE, at=6)]


def test_memory_does_not_depend_on_order_or_batches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(derive, "Workers", Inline)

    def run(name: str, batches: Sequence[Sequence[Fetched]]) -> dict[str, list[tuple[Any, ...]]]:
        config = AppConfig(data=str(tmp_path / name), workers=1, limits=Limits(page_seconds=10))
        with Store.open(config.data_folder, config.database_url, "test") as store:
            for batch in batches:
                Desk(store, config).take(batch)
            rows = rows_of(store.engine)
            mark_everything(store.engine)
            drain(store, config, load_sites())
            assert rows_of(store.engine) == rows
            return rows

    everything = newsstand()
    expected = run("batch", [everything])
    assert len(expected["recalled"]) >= 6
    for seed in range(4):
        chance = random.Random(seed)
        order = chance.sample(everything, len(everything))
        size = chance.choice((1, 3, 7))
        parts = [order[at : at + size] for at in range(0, len(order), size)]
        assert run(f"order{seed}", [*parts, order[:3]]) == expected


# ------------------------------------------------------------------------------------------------- told to people


def reasons(desk: Desk, url: str) -> dict[str, str]:
    """What `explain` says of each block that memory decided on."""
    with desk.store.engine.connect().execution_options(reads=True) as connection:
        found = evidence(connection, [url])
    assert found is not None
    value = evidence_object(found, desk.sites)
    return {b["text"]: b["reason"] for b in value["blocks"] if b["rule"].startswith("memory:")}


def test_the_reason_counts_the_releases_as_they_are_now(desk: Desk) -> None:
    desk.take([carried(n, "a", FURNITURE) for n in range(3)])
    desk.take([carried(n, host) for n in range(4) for host in ("b", "c")])
    assert reasons(desk, "https://a.example/0") == {
        FURNITURE: "is shown by this site under 3 releases, and no other site's copy of this one has it"
    }
    desk.take([carried(3, "a", FURNITURE)])
    assert "under 4 releases" in reasons(desk, "https://a.example/0")[FURNITURE]


def test_the_reason_names_the_page_that_owns_a_teaser(desk: Desk) -> None:
    teaser = RELEASES[1][0][:180].rsplit(" ", 1)[0] + "…"
    desk.take([carried(1, "z"), carried(0, "a", TITLES[1], teaser, at=6)])
    assert reasons(desk, "https://a.example/0") == dict.fromkeys(
        (TITLES[1], teaser), f"is the text of another page: “{TITLES[1]}”"
    )


def test_old_captures_in_each_others_clusters_do_not_chase_each_other(desk: Desk) -> None:
    """Two addresses that changed places: each release's cluster has an old capture of the other's newest page."""
    own = {"a": sentence(random.Random(901)), "b": sentence(random.Random(902))}

    def shown(host: str, n: int, day: int) -> Fetched:
        body = [*RELEASES[n][:3], own[host], *RELEASES[n][3:]]
        return page(f"https://{host}.example/x", body, title=TITLES[n], at=f"2025-12-2{day}T07:00:00Z")

    desk.take([shown("a", 0, 2), shown("a", 1, 3), shown("b", 1, 2), shown("b", 0, 3)])
    desk.take([carried(n, host) for n in range(2) for host in ("c", "d")])
    for host in "ab":
        assert own[host] not in desk.text(f"https://{host}.example/x")


def test_copies_that_were_cut_are_no_witnesses_for_what_comes_after(desk: Desk) -> None:
    stubs = [page(f"https://{host}.example/0", RELEASES[0][:4], title=TITLES[0]) for host in "bcd"]
    desk.take([carried(0, "a"), carried(0, "e"), *stubs])
    assert desk.text("https://a.example/0").splitlines() == RELEASES[0]
    desk.take([page("https://f.example/0", [*RELEASES[0][:5], FURNITURE], title=TITLES[0])])
    assert FURNITURE in desk.text("https://f.example/0")


def test_several_lines_that_a_draft_missed_come_back_together(desk: Desk) -> None:
    inner = ["Source: Harbour Board of Aldport", *paragraphs(321, count=3)]
    whole = [*RELEASES[0], *inner, "View original content: https://www.prnewswire.com/news-releases/x-302648155.html",
             "SOURCE Harbour Board"]  # fmt: skip
    desk.take([page(f"https://{host}.example/0", whole, title=TITLES[0]) for host in "bcd"])
    desk.take([page("https://a.example/0", [*RELEASES[0], *inner], title=TITLES[0])])
    assert desk.text("https://a.example/0").splitlines()[: len(RELEASES[0]) + 4] == [*RELEASES[0], *inner]


def test_show_tells_programs_and_people_what_the_source_corrected(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    corrected = [*RELEASES[0][:2], *paragraphs(98, count=1), *RELEASES[0][3:]]
    later = page(WIRE, corrected, title=TITLES[0], at="2025-12-25T07:00:00Z")
    desk.take([page(WIRE, RELEASES[0], title=TITLES[0]), later, carried(0, "a")])
    folder = str(desk.config.data_folder)
    assert main(["show", WIRE, "--data", folder, "--json"]) == 0
    (edition,) = json.loads(capsys.readouterr().out)["editions"]
    assert (edition["url"], edition["behind"]) == (WIRE, ["https://a.example/0"])
    assert main(["show", WIRE, "--data", folder]) == 0
    assert "Changed at the source" in capsys.readouterr().out
