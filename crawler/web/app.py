"""The application: routes, and how each is answered in one transaction that sees one state of the store."""

from __future__ import annotations

import hmac
import sqlite3
import time
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qs

from sqlalchemy.exc import DBAPIError
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from crawler.derive import drain
from crawler.errors import LockHeldError, TearsheetError
from crawler.overruling import decide
from crawler.report.render import read_script, read_styles, source_hash
from crawler.web import api, feeds, views
from crawler.web.guard import Door
from crawler.web.shelf import Shelf, pack
from storage.doubts import doubts
from storage.edition import Edition
from storage.lookups import find_cluster, reading
from storage.store import Store

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator, Mapping

    from sqlalchemy import Connection, Engine
    from starlette.requests import Request

    from crawler.sites.load import Sites
    from settings.app import AppConfig

    View = Callable[[Request], Awaitable[Response]]

QUERY_SECONDS: Final = 5.0
"""What one answer may cost in the database before it is given up."""

_STEPS: Final = 10_000
_STYLES: Final = (("report.css",), ("report.css", "beside.css"), ("report.css", "web.css"))
_CANCELLED: Final = ("interrupted", "statement timeout", "canceling statement")


@dataclass(frozen=True, slots=True)
class Serving:
    """What is served and to whom: `hosts` are the names that it may be asked by, with or without a port.

    Without a `token` nothing can be written.
    """

    config: AppConfig
    sites: Sites
    hosts: frozenset[str]
    token: str = ""


def make_app(serving: Serving, engine: Engine) -> Starlette:
    """The dashboard, the API and the feeds over the store that `engine` reads."""
    shown = _Views(serving, engine)
    routes = [
        Route("/", shown.home),
        Route("/search", shown.search),
        Route("/releases/{cluster}", shown.release),
        Route("/pages/{capture}", shown.page),
        Route("/pages/{capture}/difference", shown.difference),
        Route("/runs", shown.runs),
        Route("/review", shown.review, methods=["GET"]),
        Route("/review", shown.answer, methods=["POST"]),
        Route("/feed.rss", shown.feed),
        Route("/feed.json", shown.feed),
        Route(f"{api.PREFIX}/openapi.json", shown.openapi),
        *(Route(f"{api.PREFIX}{path}", shown.api(view)) for path, view in api.VIEWS.items()),
    ]
    door = Middleware(Door, hosts=serving.hosts, policy=_policy())
    return Starlette(routes=routes, middleware=[door], exception_handlers={404: shown.missing, 500: _broken})


class _Views:
    """The views: each reads in a thread of its own, so that a slow one keeps nobody waiting."""

    def __init__(self, serving: Serving, engine: Engine) -> None:
        self._serving = serving
        self._engine = engine
        self._shelf = Shelf(Edition(engine))

    async def home(self, request: Request) -> Response:
        skip = request.query_params.get("skip", "0")
        number = int(skip) if skip.isascii() and skip.isdigit() and len(skip) < 6 else 0
        return await self._html(request, lambda connection: views.home(connection, number))

    async def search(self, request: Request) -> Response:
        words = request.query_params.get("q", "")[:2000].replace("\0", "")

        def look(connection: Connection) -> Response:
            found, page = views.search(connection, words)
            if found.capture:
                return RedirectResponse(f"/pages/{found.capture}", 303)
            if found.cluster:
                return RedirectResponse(f"/releases/{found.cluster}", 303)
            return HTMLResponse("".join(page))

        return await self._read(request, look)

    async def release(self, request: Request) -> Response:
        name = request.path_params["cluster"]

        def look(connection: Connection) -> Response:
            cluster = find_cluster(connection, name)
            if cluster is not None and cluster != name:
                return RedirectResponse(f"/releases/{cluster}", 303)  # an id that it had before a merge
            return _found(views.release(connection, name) if cluster else None, "release")

        return await self._read(request, look)

    async def page(self, request: Request) -> Response:
        name, writes = request.path_params["capture"], bool(self._serving.token)
        return await self._read(request, lambda c: _found(views.page(c, name, writes=writes), "page"))

    async def difference(self, request: Request) -> Response:
        name = request.path_params["capture"]
        return await self._read(request, lambda c: _found(views.difference(c, name, self._serving.sites), "page"))

    async def runs(self, request: Request) -> Response:
        return await self._html(request, views.runs)

    async def review(self, request: Request) -> Response:
        said = "Put down; everything that follows from it is derived." if "said" in request.query_params else ""
        return await self._html(request, lambda c: views.review(c, writes=bool(self._serving.token), said=said))

    async def answer(self, request: Request) -> Response:
        """Put down what a person said of a pair that is open."""
        form = {
            name: values[-1]
            for name, values in parse_qs((await request.body()).decode("utf-8", "replace")).items()
        }
        if not self._serving.token:
            return PlainTextResponse("this dashboard only reads: a token in TEARSHEET_TOKEN lets it write\n", 403)
        if not hmac.compare_digest(form.get("token", "").encode(), self._serving.token.encode()):
            return PlainTextResponse("that is not the token\n", 403)
        try:
            return await run_in_threadpool(self._put_down, form)
        except LockHeldError as error:
            return PlainTextResponse(f"{error}; try again later\n", 503, {"Retry-After": "60"})

    def _put_down(self, form: Mapping[str, str]) -> Response:
        config = self._serving.config
        pair, kind = (form.get("subject", ""), form.get("object", "")), form.get("answer", "")
        if kind not in {"link", "apart"}:
            return PlainTextResponse("answer: link or apart\n", 422)
        with self._reading() as connection:
            known, _ = doubts(connection, pair)
        if pair not in {(row.page.url, row.other.url) for row in known}:
            return PlainTextResponse("nothing is open about these two\n", 422)
        with Store.open(config.data_folder, config.database_url, "serve") as store, store.run("serve") as outcome:
            by, why = form.get("by", "")[:80] or "dashboard", form.get("why", "")[:500]
            said = decide(store, kind, *pair, by=by, why=why)  # type: ignore[arg-type]  # one of the two
            outcome["overrule"] = said.id
            drain(store, config, self._serving.sites)
        return RedirectResponse("/review?said=1", 303)

    async def feed(self, request: Request) -> Response:
        asked = request.query_params
        base = str(request.base_url).rstrip("/")
        address = request.url.path + (f"?{request.url.query}" if request.url.query else "")

        def look(connection: Connection) -> Response:
            cluster = ""
            if asked.get("release"):
                cluster = find_cluster(connection, asked["release"]) or ""
                if not cluster:
                    raise api.Fault(404, "no release of that name")
            found = feeds.newest(connection, cluster=cluster, issuer=asked.get("issuer", ""))
            title = "Tearsheet: new copies" + (f" of {asked['release']}" if cluster else "")
            if request.url.path.endswith(".json"):
                value = feeds.as_json_feed(found, title, base, address)
                return JSONResponse(value, media_type="application/feed+json")
            return Response(feeds.as_rss(found, title, base, address), media_type="application/rss+xml")

        return await self._read(request, look)

    async def openapi(self, request: Request) -> Response:
        return pack(api.answer(api.openapi(version("tearsheet")))).respond(request)

    def api(self, view: Callable[[Connection, Mapping[str, str]], Any]) -> View:
        """A view of the API as a route has it."""

        async def show(request: Request) -> Response:
            asked = {**request.query_params, **request.path_params}
            if any("\0" in value for value in asked.values()):
                return api.problem(api.Fault(422, "a value holds a NUL"))
            return await self._read(request, lambda connection: api.answer(view(connection, asked)))

        return show

    async def missing(self, request: Request, _: Exception) -> Response:
        if request.url.path.startswith(api.PREFIX):
            return api.problem(api.Fault(404, "there is no such thing"))
        return HTMLResponse("".join(views.nothing("page")), 404)

    async def _html(self, request: Request, view: Callable[[Connection], Iterator[str]]) -> Response:
        return await self._read(request, lambda connection: HTMLResponse("".join(view(connection))))

    async def _read(self, request: Request, view: Callable[[Connection], Response]) -> Response:
        """The answer of a view, which depends on the address that was asked for and on the database alone."""

        def work() -> Response:
            with self._reading() as connection:
                return view(connection)

        try:
            return (await run_in_threadpool(self._shelf.answer, str(request.url), work)).respond(request)
        except api.Fault as fault:
            return api.problem(fault)
        except (DBAPIError, TearsheetError) as error:
            if any(word in str(error) for word in _CANCELLED):
                return api.problem(api.Fault(503, "that would take too long: ask for less"))
            raise

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        """A connection that only reads, and is stopped after `QUERY_SECONDS`."""
        with reading(self._engine) as connection:
            if connection.dialect.name == "postgresql":
                connection.exec_driver_sql(f"SET LOCAL statement_timeout = {int(QUERY_SECONDS * 1000)}")
                yield connection
                return
            driver: Any = connection.connection.driver_connection
            assert isinstance(driver, sqlite3.Connection)
            until = time.monotonic() + QUERY_SECONDS
            driver.set_progress_handler(lambda: int(time.monotonic() > until), _STEPS)
            try:
                yield connection
            finally:
                driver.set_progress_handler(None, 0)


def _found(page: Iterator[str] | None, what: str) -> Response:
    if page is None:
        return HTMLResponse("".join(views.nothing(what)), 404)
    return HTMLResponse("".join(page))


async def _broken(_: Request, __: Exception) -> Response:
    return PlainTextResponse("this could not be answered; the log of `tearsheet serve` says why\n", 500)


def _policy() -> str:
    """The Content-Security-Policy of every page: our own styles and script, and nothing else from anywhere."""
    styles = " ".join(f"'{source_hash(read_styles(*names))}'" for names in _STYLES)
    script = f"'{source_hash(read_script('report.js'))}'"
    return (
        f"default-src 'none'; style-src {styles}; script-src {script}; base-uri 'none'; "
        "form-action 'self'; frame-ancestors 'none'"
    )
