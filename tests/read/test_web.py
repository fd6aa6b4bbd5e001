"""The dashboard and the API: what they show, to whom, and that nothing of a page or a request acts."""

from __future__ import annotations

import base64
import hashlib
import json
from collections import Counter
from importlib import resources
from typing import TYPE_CHECKING, Any, Final

import feedparser
import jsonschema  # type: ignore[import-untyped] # ships no types
import pytest
from lxml import html
from sqlalchemy import delete, update
from starlette.responses import PlainTextResponse
from starlette.testclient import TestClient

from crawler.records import ATTACHING
from crawler.report.gather import gather
from crawler.sites.load import load_sites
from crawler.web import api, app, shelf, views
from crawler.web.app import Serving, make_app
from settings.app import AppConfig
from storage import lookups
from storage import tables as t
from storage.edition import Edition
from storage.engine import open_engine
from storage.lookups import reading
from storage.revisions import revise
from tests.libraries import library
from tests.read.conftest import KEY, ORIGIN

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy import Connection, Engine

    from storage.rows import CopyRow

BASE: Final = "http://127.0.0.1:8765"
SCRIPT: Final = resources.files("crawler.report").joinpath("report.js").read_text("utf-8")
JSON_FEED: Final = {
    "type": "object",
    "properties": {
        "version": {"const": "https://jsonfeed.org/version/1.1"},
        "title": {"type": "string"},
        "home_page_url": {"type": "string", "format": "uri"},
        "feed_url": {"type": "string", "format": "uri"},
        "items": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "id": {"type": "string", "minLength": 1},
                    "url": {"type": "string", "format": "uri"},
                    "external_url": {"type": "string", "format": "uri"},
                    "title": {"type": "string"},
                    "content_text": {"type": "string"},
                    "date_published": {"type": "string", "format": "date-time"},
                    "tags": {"type": "array", "items": {"type": "string"}},
                },
                "required": ["id", "content_text"],
                "additionalProperties": False,
            },
        },
    },
    "required": ["version", "title", "items"],
    "additionalProperties": False,
}
"""What https://www.jsonfeed.org/version/1.1/ demands of the fields that are used here."""


@pytest.fixture
def client(engine: Engine) -> TestClient:
    serving = Serving(AppConfig(), load_sites(), frozenset({"127.0.0.1", "localhost"}))
    return TestClient(make_app(serving, engine), base_url=BASE, follow_redirects=False)


def copies_of(engine: Engine) -> list[CopyRow]:
    with reading(engine) as connection:
        return list(lookups.copies(connection))


def every_page(engine: Engine) -> list[str]:
    """The address of every page that the dashboard has."""
    with reading(engine) as connection:
        releases = [f"/releases/{release.cluster}" for release in lookups.releases(connection)]
    pages = [f"/pages/{copy.capture}" for copy in copies_of(engine)]
    return [
        "/",
        "/search?q=bridge",
        "/runs",
        "/review",
        *releases,
        *pages,
        *(f"{page}/difference" for page in pages),
    ]


# -------------------------------------------------------------------------------------------------- the pages


def test_every_page_is_there_and_nothing_of_a_page_acts(engine: Engine, client: TestClient) -> None:
    for path in every_page(engine):
        answer = client.get(path)
        assert answer.status_code == 200, path
        tree = html.document_fromstring(answer.text)
        scripts = tree.xpath("//script")
        assert isinstance(scripts, list)
        assert {script.text_content() for script in scripts if isinstance(script, html.HtmlElement)} <= {SCRIPT}
        assert not tree.xpath("//img | //iframe | //object | //link | //base | //@style")
        assert not [name for each in tree.iter() for name in each.attrib if str(name).startswith("on")]
        for link in tree.iter("a"):
            target = link.get("href", "")
            assert target.startswith(("https://", "http://", "/", "#")), target
            assert not target.startswith("//")
            if target.startswith("http"):
                assert set(link.get("rel", "").split()) == {"noreferrer", "noopener", "nofollow"}
        assert not set(answer.text) & set("\x1b\x9b\x07\u202e")


def test_every_answer_has_the_headers(engine: Engine, client: TestClient) -> None:
    for path in (*every_page(engine), "/feed.rss", "/api/v1/releases", "/nothing", "/api/v1/nothing"):
        headers = client.get(path).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert "default-src 'none'" in headers["content-security-policy"]
        assert "unsafe" not in headers["content-security-policy"]


def test_the_policy_allows_the_style_and_script_of_each_page(engine: Engine, client: TestClient) -> None:
    for path in every_page(engine):
        answer = client.get(path)
        tree = html.document_fromstring(answer.text)
        for kind in ("style", "script"):
            for each in tree.iter(kind):
                digest = base64.b64encode(hashlib.sha256((each.text or "").encode()).digest()).decode()
                assert f"'sha256-{digest}'" in answer.headers["content-security-policy"], (path, kind)


def test_a_pasted_address_leads_to_its_page(engine: Engine, client: TestClient) -> None:
    for copy in copies_of(engine):
        answer = client.get("/search", params={"q": f" {copy.url} "})
        assert (answer.status_code, answer.headers["location"]) == (303, f"/pages/{copy.capture}")
    for named in (KEY, "c-first"):
        answer = client.get("/search", params={"q": named})
        assert answer.headers["location"] == "/releases/c-first"


def test_words_and_outlets_are_searched(client: TestClient) -> None:
    assert "A bridge opens" in client.get("/search", params={"q": "BRIDGE engineers"}).text
    assert "A bridge opens" in client.get("/search", params={"q": "mexc"}).text
    assert "Nothing is known" in client.get("/search", params={"q": "submarine"}).text


@pytest.mark.parametrize(
    "words",
    ["%", "_", "' OR 1=1 --", '" NEAR(a b) *', "\\", "%' ESCAPE '", "a\x00b", "{{7*7}}", "//evil.example",
     "\u202e" * 50],
)  # fmt: skip
def test_words_are_words(client: TestClient, words: str) -> None:
    answer = client.get("/search", params={"q": words})
    assert answer.status_code == 200
    assert "49" not in answer.text.partition("<main>")[2].partition("</main>")[0]
    assert "A bridge opens" not in answer.text


@pytest.mark.parametrize(
    "path",
    ["/pages/../../etc/passwd", "/pages/%2e%2e%2fetc%2fpasswd", "/releases/..%2f..%2fx", "/pages/' OR 1=1",
     "/static/../settings/app.py", "/releases/" + "x" * 5000, "/pages/" + "0" * 32],
)  # fmt: skip
def test_what_is_not_there_is_not_there(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    assert "root:" not in answer.text


# --------------------------------------------------------------------------------------------- who may ask what


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "", "localhost@evil.example", "[::1"])
def test_another_name_is_not_served(client: TestClient, host: str) -> None:
    for path in ("/", "/api/v1/releases", "/feed.rss"):
        answer = client.get(path, headers={"Host": host})
        assert answer.status_code == 421
        assert "bridge" not in answer.text


@pytest.mark.parametrize("host", ["127.0.0.1", "LOCALHOST:1234", "127.0.0.1:8765"])
def test_an_allowed_name_is_served_on_any_port(client: TestClient, host: str) -> None:
    assert client.get("/", headers={"Host": host}).status_code == 200


def test_nothing_is_written_without_a_token(client: TestClient) -> None:
    form = {"subject": ORIGIN, "object": ORIGIN, "answer": "link", "token": ""}
    assert client.post("/review", data=form).status_code == 403
    assert "<form method=" not in client.get("/review").text
    for method in ("PUT", "DELETE", "PATCH", "OPTIONS"):
        assert client.request(method, "/review").status_code == 405


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site", "Origin": BASE},
    ],
)
def test_a_form_of_another_page_is_refused(client: TestClient, headers: dict[str, str]) -> None:
    answer = client.post("/review", data={"token": "x"}, headers=headers)
    assert (answer.status_code, "our own page" in answer.text) == (403, True)


def test_a_long_body_is_refused(client: TestClient) -> None:
    assert client.post("/review", content=b"x" * 100_000).status_code == 413


def test_a_question_that_takes_too_long_is_given_up(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app, "QUERY_SECONDS", -1.0)
    monkeypatch.setattr(app, "_STEPS", 1)
    store = open_engine(f"sqlite:///{data / 'tearsheet.sqlite'}")
    serving = Serving(AppConfig(), load_sites(), frozenset({"127.0.0.1"}))
    answer = TestClient(make_app(serving, store), base_url=BASE).get("/api/v1/copies")
    store.dispose()
    assert (answer.status_code, answer.headers["content-type"]) == (503, "application/problem+json")


# ----------------------------------------------------------------------------------------------------- the API


def walk(client: TestClient, path: str, **asked: str) -> list[dict[str, Any]]:
    """All rows of a list, two at a time."""
    rows: list[dict[str, Any]] = []
    cursor: str | None = ""
    while cursor is not None:
        found = client.get(
            path, params={"limit": "2", "cursor": cursor, **asked} if cursor else {"limit": "2", **asked}
        )
        assert found.status_code == 200
        assert len(found.json()["items"]) <= 2
        rows += found.json()["items"]
        cursor = found.json()["next"]
    return rows


def test_all_count_alike(engine: Engine, client: TestClient) -> None:
    rows = walk(client, "/api/v1/copies")
    assert {row["url"] for row in rows} == {copy.url for copy in copies_of(engine)}
    assert len(rows) == len(copies_of(engine))
    released = walk(client, "/api/v1/releases")
    with reading(engine) as connection:
        report = gather(connection)
    carried = Counter(
        row["cluster"]
        for row in rows
        if row["relation"] in ATTACHING and row["relation"] not in {"origin", "wire"}
    )
    assert {row["cluster"]: row["copies"] for row in released} == {
        s.cluster: carried[s.cluster] for s in report.stories
    }
    assert sum(carried.values()) == report.copies
    assert len(walk(client, "/api/v1/copies", cluster="c" + "0" * 16)) == 0


def test_one_row_by_any_name(engine: Engine, client: TestClient) -> None:
    assert client.get(f"/api/v1/releases/{KEY}").json()["key"] == KEY
    assert client.get(f"/api/v1/releases/{ORIGIN}").json()["key"] == KEY
    for copy in copies_of(engine):
        found = client.get("/api/v1/copy", params={"url": copy.url + "#top"}).json()
        assert (found["url"], found["archive"]["record"]) == (copy.url, copy.capture)
    assert client.get("/api/v1/copy", params={"url": "https://nobody.example/"}).status_code == 404
    assert client.get("/api/v1/search", params={"q": "bridge"}).json()["items"][0]["key"] == KEY


def test_changed_since_has_what_changed_and_what_is_gone(own_engine: Engine) -> None:
    serving = Serving(AppConfig(), load_sites(), frozenset({"127.0.0.1"}))
    client = TestClient(make_app(serving, own_engine), base_url=BASE)
    whole = {kind: client.get(f"/api/v1/{kind}").json() for kind in ("copies", "releases")}
    marker = whole["copies"]["marker"]
    for kind in whole:
        nothing = client.get(f"/api/v1/{kind}", params={"changed_since": marker}).json()
        assert nothing == {"items": [], "gone": [], "next": None, "marker": marker}
    left, changed, gone = sorted(row["url"] for row in whole["copies"]["items"] if row["cluster"] == "c-first")[:3]
    with own_engine.begin() as connection:
        connection.execute(update(t.Copy).where(t.Copy.url == left).values(cluster="c-second"))
        connection.execute(update(t.Copy).where(t.Copy.url == changed).values(versions=7))
        connection.execute(delete(t.Copy).where(t.Copy.url == gone))
        revise(connection, [f"copies {url}" for url in (left, changed, gone)], "89abcdef")
    first = client.get("/api/v1/copies", params={"changed_since": marker, "limit": "2"}).json()
    assert [row["url"] for row in first["items"]] == [left, changed]
    assert first["items"][1]["versions"] == 7
    asked = {"changed_since": marker, "cursor": first["next"], "limit": "2"}
    rest = client.get("/api/v1/copies", params=asked).json()
    assert (rest["items"], rest["gone"], rest["next"]) == ([], [gone], None)
    assert rest["marker"] == client.get("/api/v1/copies").json()["marker"] != marker
    of_one = client.get("/api/v1/copies", params={"changed_since": marker, "cluster": "c-first"}).json()
    assert [row["url"] for row in of_one["items"]] == [changed]
    assert of_one["gone"] == [left, gone]
    assert client.get("/api/v1/releases", params={"changed_since": marker}).json()["items"] == []


def test_a_marker_of_another_store_is_gone(client: TestClient) -> None:
    answer = client.get("/api/v1/copies", params={"changed_since": "3-ffffffff"})
    assert (answer.status_code, answer.headers["content-type"]) == (410, "application/problem+json")
    assert "anew" in answer.json()["title"]


def test_the_same_answer_is_not_sent_twice(client: TestClient) -> None:
    first = client.get("/api/v1/releases")
    again = client.get("/api/v1/releases", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert client.get("/api/v1/releases", headers={"If-None-Match": '"other"'}).status_code == 200


def test_a_page_is_made_once_and_again_when_the_store_has_changed(
    own_engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[int] = []
    real = views.home

    def home(connection: Connection, skip: int) -> Iterator[str]:
        made.append(skip)
        return real(connection, skip)

    monkeypatch.setattr(views, "home", home)
    serving = Serving(AppConfig(), load_sites(), frozenset({"127.0.0.1"}))
    client = TestClient(make_app(serving, own_engine), base_url=BASE)
    first = client.get("/")
    assert [client.get("/").text for _ in range(3)] == [first.text] * 3
    client.get("/?skip=50")
    assert made == [0, 50]
    tag = {"If-None-Match": first.headers["etag"]}
    assert client.get("/", headers=tag).status_code == 304
    assert client.get("/?skip=50", headers=tag).status_code == 200
    with own_engine.begin() as connection:
        connection.execute(update(t.Release).values(title="A tunnel opens"))
    changed = client.get("/", headers=tag)
    assert (changed.status_code, "A tunnel opens" in changed.text) == (200, True)
    assert made == [0, 50, 0]


def test_only_so_much_is_kept(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shelf, "ROOM", 10_000)
    monkeypatch.setattr(shelf, "LARGEST", 4_000)
    kept = shelf.Shelf(Edition(engine))
    made: list[str] = []

    def ask(name: str, size: int) -> None:
        def make() -> PlainTextResponse:
            made.append(name)
            return PlainTextResponse(name[0] * size)

        assert kept.answer(name, make).body == name[0].encode() * size

    for name, size in (("a", 3_000), ("b", 3_000), ("a", 3_000), ("c", 3_000), ("d", 3_000), ("large", 5_000)):
        ask(name, size)
    assert made == ["a", "b", "c", "d", "large"]
    for name in ("a", "c", "d", "large", "b"):  # b was asked for longest ago and made room for d
        ask(name, 5_000 if name == "large" else 3_000)
    assert made[5:] == ["large", "b"]


def test_an_answer_is_kept_for_the_name_that_it_was_asked_by(client: TestClient) -> None:
    for name in ("127.0.0.1:8765", "localhost:1234"):
        assert client.get("/feed.json", headers={"Host": name}).json()["home_page_url"] == f"http://{name}/"


@pytest.mark.parametrize(
    ("path", "asked"),
    [
        ("releases", {"limit": "1e9"}), ("releases", {"limit": "0"}), ("releases", {"limit": "-1"}),
        ("releases", {"limit": "NaN"}), ("copies", {"limit": "201"}), ("copies", {"limit": "٣"}),
        ("copies", {"cursor": "' OR 1=1"}), ("releases", {"cursor": "%"}),
        ("copies", {"changed_since": "yesterday"}), ("releases", {"changed_since": ""}),
        ("copies", {"cluster": "%"}), ("copy", {}), ("search", {"q": "  "}), ("search", {"q": "a\x00"}),
    ],
)  # fmt: skip
def test_a_value_that_means_nothing_is_told(client: TestClient, path: str, asked: dict[str, str]) -> None:
    answer = client.get(f"/api/v1/{path}", params=asked)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == 422


def test_the_description_is_what_is_answered(engine: Engine, client: TestClient) -> None:
    described = client.get("/api/v1/openapi.json").json()
    paths = {path.removeprefix(api.PREFIX).replace("{key}", "{key:path}") for path in described["paths"]}
    assert paths == set(api.VIEWS)
    asked = {"{key}": KEY}
    query = {"/api/v1/copy": {"url": copies_of(engine)[0].url}, "/api/v1/search": {"q": "bridge"}}
    for path, described_path in described["paths"].items():
        answer = client.get(path.replace("{key}", asked["{key}"]), params=query.get(path))
        schema = described_path["get"]["responses"]["200"]["content"]["application/json"]["schema"]
        jsonschema.Draft202012Validator({**schema, "components": described["components"]}).validate(answer.json())


def test_what_the_description_promises_holds_for_anything(engine: Engine) -> None:
    library("schemathesis")
    import schemathesis
    from hypothesis import HealthCheck, given, settings
    from schemathesis import checks

    serving = Serving(AppConfig(), load_sites(), frozenset({"testserver"}))
    described = schemathesis.openapi.from_asgi("/api/v1/openapi.json", make_app(serving, engine))
    for operation in described.get_all_operations():

        @given(case=operation.ok().as_strategy())  # type: ignore[union-attr]  # a wrong description fails here
        @settings(max_examples=25, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
        def holds(case: Any) -> None:
            case.call_and_validate(checks=[checks.not_a_server_error, checks.response_schema_conformance])

        holds()


# --------------------------------------------------------------------------------------------------- the feeds


def test_feeds_are_read_back(engine: Engine, client: TestClient) -> None:
    attached = {
        copy.url: copy for copy in copies_of(engine)
        if copy.relation in ATTACHING and copy.relation not in {"origin", "wire"}
    }  # fmt: skip
    parsed = feedparser.parse(client.get("/feed.rss").content)
    assert not parsed.bozo
    assert parsed.version == "rss20"
    assert {entry.id for entry in parsed.entries} == {
        f"urn:tearsheet:capture:{c.capture}" for c in attached.values()
    }
    assert all(entry.link.startswith(f"{BASE}/pages/") for entry in parsed.entries)
    assert all(client.get(entry.link).status_code == 200 for entry in parsed.entries)
    answer = client.get("/feed.json")
    assert answer.headers["content-type"] == "application/feed+json"
    validator = jsonschema.Draft202012Validator(
        JSON_FEED, format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER
    )
    validator.validate(answer.json())
    assert {item["external_url"] for item in answer.json()["items"]} == set(attached)
    dates = [item["date_published"] for item in answer.json()["items"] if "date_published" in item]
    assert dates == sorted(dates, reverse=True)


def test_a_feed_of_one_release_or_issuer(engine: Engine, client: TestClient) -> None:
    mine = {copy.url for copy in copies_of(engine) if copy.cluster == "c-first"}
    found = client.get("/feed.json", params={"release": KEY}).json()["items"]
    assert found
    assert {item["external_url"] for item in found} <= mine
    assert client.get("/feed.json", params={"issuer": "cgtn"}).json()["items"]
    assert client.get("/feed.json", params={"issuer": "cg%"}).json()["items"] == []
    assert client.get("/feed.json", params={"release": "cgtn:nothing"}).status_code == 404


def test_json_survives_a_page_of_html(client: TestClient) -> None:
    body = client.get("/api/v1/copies").text
    assert json.loads(body)
    assert client.get("/api/v1/copies").headers["content-type"] == "application/json"


def test_the_verb_says_what_it_needs(
    data: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from crawler.cli.main import main

    monkeypatch.setenv("TEARSHEET_TOKEN", "short")
    assert main(["serve", "--data", str(data)]) == 2
    assert "12 characters" in capsys.readouterr().err
    monkeypatch.delenv("TEARSHEET_TOKEN")
    assert main(["serve", "--port", "70000", "--data", str(data)]) == 2
    assert main(["serve", "--data", str(data / "nothing")]) == 1
