"""A site that makes addresses without end costs a bounded part of a run, and each refusal has its reason."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from crawler.fetch.novelty import Novelty
from crawler.sites.load import Budget
from storage import tables as t
from tests.crawl.loopback import HOST, Reply, listed, site, story

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.crawl.loopback import Bench, Server

HOME = {"listings": [f"http://{HOST}/"]}
ROOT = f"http://{HOST}"


def reasons(made: Bench) -> Counter[tuple[str, str | None]]:
    with made.store() as store, store.engine.connect() as connection:
        return Counter((row.state, row.reason) for row in connection.execute(select(t.Frontier)))


def test_one_new_page_sets_the_count_back() -> None:
    novelty, budget = Novelty(), Budget(barren=2)
    for new, spent in ((False, False), (True, False), (False, False), (False, True)):
        novelty.note("a", new=new)
        assert novelty.is_spent("a", budget) == spent
    assert not novelty.is_spent("b", budget)


def test_depth_is_that_of_the_shortest_way(bench: Callable[..., Bench], server: Server) -> None:
    """A sitemap that leads on and on: what lies too deep is opened by a shorter way."""
    index = '<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{}</sitemapindex>'

    def points(*paths: str) -> Reply:
        inside = "".join(f"<sitemap><loc>{ROOT}{path}</loc></sitemap>" for path in paths)
        return Reply(index.format(inside).encode(), mime="application/xml")

    urls = (
        f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><url><loc>{ROOT}/news/1</loc></url></urlset>'
    )
    server.pages = {
        "/map": points("/map2"),
        "/map2": Reply(urls.encode(), mime="application/xml"),
        "/": listed("/news/1"),
        "/news/1": story(),
    }
    made = bench(site(discover={"sitemaps": [f"{ROOT}/map"]}, budget={"depth": 1}))
    made.run()
    assert reasons(made)["blocked", "blocked:budget.depth"] == 1
    assert "/news/1" not in server.paths()
    made = bench(site(discover={"sitemaps": [f"{ROOT}/map"], **HOME}, budget={"depth": 1}))
    made.run()
    assert reasons(made)["blocked", "blocked:budget.depth"] == 0
    assert "/news/1" in server.paths()


def test_the_same_page_everywhere_is_none(bench: Callable[..., Bench], server: Server) -> None:
    pages = [f"/news/{n}" for n in range(1, 9)]
    server.pages = {"/": listed("/news/100", *pages), "/news/100": story("A real one")}
    server.pages |= dict.fromkeys(pages, story("Sorry, we could not find that"))
    made = bench(site(discover=HOME, budget={"alike": 3}))
    summary = made.run()
    found = reasons(made)
    assert found["done", "gone:soft-404"] == 8  # those that came first too
    assert found["done", None] == 2
    assert summary.gone["gone:soft-404"] == 5


def test_a_list_that_is_the_same_page_leads_nowhere(bench: Callable[..., Bench], server: Server) -> None:
    lists = [f"{ROOT}/list/{n}" for n in range(6)]
    server.pages = {f"/list/{n}": listed("/news/1") for n in range(6)} | {"/news/1": story()}
    made = bench(site(discover={"listings": lists}, budget={"alike": 2}))
    made.run()
    assert reasons(made)["done", "gone:soft-404"] == 4  # the first two were read


def test_a_site_without_anything_new_is_left_for_the_run(bench: Callable[..., Bench], server: Server) -> None:
    server.pages = {"/": listed(*(f"/news/{n}" for n in range(20)))}  # none of them is there
    made = bench(site(discover=HOME, budget={"barren": 5}))
    summary = made.run()
    assert len([path for path in server.paths() if path.startswith("/news/")]) == 5
    assert summary.sites["mirror"]["budget:novelty"] == 1
    assert (summary.later, summary.waiting) == (15, 0)
    assert len([path for path in server.paths() if path.startswith("/news/")]) == 5
    assert made.run().later == 10  # the next run goes on where this one stopped


def test_lists_leave_half_of_the_pages_to_what_they_found(
    bench: Callable[..., Bench], server: Server, database_url: str
) -> None:
    lists = [f"/list/{n}" for n in range(20)]
    server.pages = {path: listed("/news/1", "/news/2") for path in lists}
    server.pages |= {"/news/1": story("One"), "/news/2": story("Two")}
    urls = [ROOT + path for path in lists]
    made = bench(site(discover={"listings": urls}, politeness={"delay": 0, "max_pages": 8}, budget={"alike": 99}))
    made.database = database_url
    assert made.run().fetched == 8
    asked = [path for path in server.paths() if path.startswith(("/list/", "/news/"))]
    assert all(path in lists for path in asked[:4])
    assert set(asked[4:6]) == {"/news/1", "/news/2"}
    assert all(path in lists for path in asked[6:])  # what is left


def test_looking_again_is_not_without_anything_new(bench: Callable[..., Bench], server: Server) -> None:
    names = [f"{ROOT}/news/{n}" for n in range(6)]
    server.pages = {f"/news/{n}": story(f"Story {n}") for n in range(6)}
    made = bench(site(budget={"barren": 2}))
    assert made.run(urls=names).fetched == 6
    again: Any = made.run(urls=names)
    assert (again.fetched, again.unchanged) == (6, 6)


# ------------------------------------------------------------------------------------------------ barren

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
TRAP: dict[str, Any] = {"items": ["/news/{id:digits}", "/cal/{rest}"], "discover": HOME}


def day(n: int, *, words: str = "No events") -> dict[str, Any]:
    """The calendar on its n-th day: its list names five more days, none of which has a text."""
    days = [f"/cal/2026/{number}" for number in range(5 * n, 5 * n + 5)]
    return {"/": listed("/news/1", *days), **dict.fromkeys(days, Reply(f"<p>{words}</p>".encode()))}


def asked(server: Server) -> int:
    return len([path for path in server.paths() if path.startswith("/cal/")])


def test_a_calendar_without_a_text_is_not_gone_into_again(
    bench: Callable[..., Bench], server: Server, database_url: str
) -> None:
    server.pages = {"/news/1": story("A port opened its new pier " * 5)}
    made = bench(site(**TRAP))
    made.database = database_url
    for n, sum_asked in enumerate((5, 5, 5, 6)):  # a week later it is asked for one more
        server.pages |= day(n)
        when = START + timedelta(days=3 * n)
        summary = made.run(clock=lambda when=when: when, derives=True)
        assert asked(server) == sum_asked
    assert summary.blocked == {"blocked:trap.barren": 4}
    assert not summary.partial


def test_a_calendar_that_has_a_text_after_all_is_opened(bench: Callable[..., Bench], server: Server) -> None:
    server.pages = {"/news/1": story("A port opened its new pier " * 5)}
    made = bench(site(**TRAP))
    server.pages |= day(0)
    made.run(clock=lambda: START, derives=True)
    server.pages |= day(1)
    server.pages["/cal/2026/5"] = story("The pier was opened by the port and everybody came to see it " * 3)
    made.run(clock=lambda: START + timedelta(days=8), derives=True)
    assert asked(server) == 6
    assert reasons(made)["blocked", "blocked:trap.barren"] == 4
    server.pages["/"] = listed(*(f"/cal/2026/{n}" for n in range(5, 11)))
    made.run(clock=lambda: START + timedelta(days=9), derives=True)
    assert asked(server) == 6 + 4 + 1  # what was held, and what is new
    assert reasons(made)["blocked", "blocked:trap.barren"] == 0


def test_the_same_story_under_every_session_is_not_read_for_ever(
    bench: Callable[..., Bench], server: Server
) -> None:
    text = "A port opened its new pier and everybody came to see it " * 4
    sessions = [[f"/news/7?sid={10 * run + n}" for n in range(10)] for run in range(2)]
    made = bench(site(discover=HOME, budget={"alike": 100}))
    for links in sessions:
        server.pages = {"/": listed(*links), **{link: story(f"{text}<!-- {link} -->") for link in links}}
        summary = made.run(derives=True)
    assert (summary.new, summary.blocked) == (0, {"blocked:trap.barren": 10})


def test_stories_with_numbers_for_names_are_no_trap(bench: Callable[..., Bench], server: Server) -> None:
    made = bench(site(discover=HOME))
    for run in range(2):
        names = [f"/news/{10 * run + n}" for n in range(10)]
        server.pages = {"/": listed(*names)}
        server.pages |= {
            name: story(f"Pier {name} of the port was opened and all came {name} " * 4) for name in names
        }
        assert made.run(derives=True).blocked == {}
    assert made.run().later == 0
