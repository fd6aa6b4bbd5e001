"""The API under /api/v1: the rows of the exports, one by one and page by page, as JSON.

Lists are paged by cursor (`next` of an answer is the `cursor` of the next request), never by offset, so that a
page deep down costs what the first does. Every answer has an ETag; asked for again with it, nothing is sent.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from starlette.responses import Response

from crawler.export.form import dump_json
from crawler.export.rows import copy_row, read_schema, release_row
from crawler.web.views import find
from storage import browse, lookups, revisions

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from sqlalchemy import Connection

    from storage.revisions import Kind

    _Query = Mapping[str, tuple[str, dict[str, Any]]]

PREFIX: Final = "/api/v1"
_CLUSTER: Final = re.compile(r"c[0-9a-z-]{1,40}")
_NO_MARKER: Final = "changed_since: no marker of what is stored now; take everything anew"
_CAPTURE: Final = re.compile(r"[0-9a-f]{32}")


class Fault(Exception):  # noqa: N818 (what RFC 9457 calls a problem)
    """A request that cannot be answered: its status, and what to do."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.status = status
        self.why = why


def answer(value: Any) -> Response:
    """A value as JSON."""
    return Response((dump_json(value) + "\n").encode(), media_type="application/json")


def problem(fault: Fault) -> Response:
    """A fault as RFC 9457 has it."""
    body = dump_json({"title": fault.why, "status": fault.status}) + "\n"
    return Response(body, fault.status, media_type="application/problem+json")


def releases(connection: Connection, asked: Mapping[str, str]) -> Any:
    """A page of releases."""
    limit = _limit(asked)
    if "changed_since" in asked:

        def read(clusters: list[str]) -> dict[str, Any]:
            return {row.cluster: release_row(row) for row in lookups.releases(connection, clusters=clusters)}

        return _changed(connection, asked, "releases", read)
    found = browse.page_of_releases(connection, _matching(asked, "cursor", _CLUSTER), limit)
    rows = [release_row(row) for row in browse.release_rows(connection, found)]
    return _listed(rows, found, limit) | _up_to(revisions.newest(connection))


def release(connection: Connection, asked: Mapping[str, str]) -> Any:
    """One release, by its key, address, cluster or an earlier id of that."""
    cluster = lookups.find_cluster(connection, asked["key"])
    row = next(lookups.releases(connection, cluster=cluster), None) if cluster else None
    if row is None:
        raise Fault(404, "no release of that name")
    return release_row(row)


def copies(connection: Connection, asked: Mapping[str, str]) -> Any:
    """A page of copies."""
    limit, cluster, family = _limit(asked), _matching(asked, "cluster", _CLUSTER), asked.get("family", "")
    if "changed_since" in asked:

        def read(urls: list[str]) -> dict[str, Any]:
            return {
                row.url: copy_row(row, locations=True)
                for row in lookups.copies(connection, urls=urls)
                if cluster in {"", row.cluster} and family in {"", row.family}
            }

        return _changed(connection, asked, "copies", read)
    cursor = _matching(asked, "cursor", _CAPTURE)
    found = browse.page_of_copies(connection, cursor, limit, cluster=cluster, family=family)
    rows = [copy_row(row, locations=True) for row in browse.copy_rows(connection, found)]
    return _listed(rows, found, limit) | _up_to(revisions.newest(connection))


def copy(connection: Connection, asked: Mapping[str, str]) -> Any:
    """One page, by its address in any spelling: where is this from?"""
    url = asked.get("url", "")
    if not url:
        raise Fault(422, "url: the address of a page is wanted")
    found = find(connection, url)
    rows = browse.copy_rows(connection, [found.capture]) if found.capture else []
    if not rows:
        raise Fault(404, "this address was never captured as a page of text")
    return copy_row(rows[0], locations=True)


def search(connection: Connection, asked: Mapping[str, str]) -> Any:
    """Releases by words of their title or text, or by the name of an outlet."""
    words = asked.get("q", "")
    if not words.strip():
        raise Fault(422, "q: words are wanted")
    found = browse.search_releases(connection, words, _limit(asked))
    return _listed([release_row(row) for row in browse.release_rows(connection, found)], [], 1)


def runs(connection: Connection, asked: Mapping[str, str]) -> Any:
    """The newest runs, and what is out of date."""
    rows = lookups.runs(connection, _limit(asked))
    return {
        "items": [
            {"id": r.id, "verb": r.verb, "started_at": r.started_at, "ended_at": r.ended_at, "outcome": r.outcome}
            for r in rows
        ],
        "out_of_date": lookups.dirty(connection),
        "next": None,
    }


VIEWS: Final[Mapping[str, Callable[[Connection, Mapping[str, str]], Any]]] = {
    "/releases": releases,
    "/releases/{key:path}": release,
    "/copies": copies,
    "/copy": copy,
    "/search": search,
    "/runs": runs,
}
"""The views by path under `PREFIX`."""


def openapi(version: str) -> dict[str, Any]:
    """The description of the API, with the schemas of the exports: OpenAPI 3.1."""
    cursor: _Query = {"cursor": ("string", {"description": "`next` of the answer before"})}
    limit: _Query = {"limit": ("integer", {"minimum": 1, "maximum": browse.MOST, "default": 50})}
    since: _Query = {
        "changed_since": (
            "string",
            {"pattern": f"^{revisions.MARKER.pattern}$", "description": "`marker` of an earlier answer"},
        )
    }
    words: _Query = {"q": ("string", {"minLength": 1})}
    listed: _Query = {**cursor, **limit, **since}
    cluster: _Query = {"cluster": ("string", {"pattern": f"^{_CLUSTER.pattern}$"})}
    return {
        "openapi": "3.1.0",
        "info": {"title": "Tearsheet", "version": version, "description": "Press releases and who carries them."},
        "paths": {
            f"{PREFIX}/releases": _get("A page of releases", listed, _list_of("release", changes=True), gone=True),
            f"{PREFIX}/releases/{{key}}": _get("One release", {}, _ref("release"), path="key"),
            f"{PREFIX}/copies": _get(
                "A page of copies",
                {**listed, **cluster, "family": ("string", {})},
                _list_of("copy", changes=True),
                gone=True,
            ),
            f"{PREFIX}/copy": _get(
                "Where is this from?", {"url": ("string", {"minLength": 1})}, _ref("copy"), required=("url",)
            ),
            f"{PREFIX}/search": _get(
                "Releases by words",
                {**words, **limit},
                _list_of("release"),
                required=("q",),
            ),
            f"{PREFIX}/runs": _get("The newest runs", limit, {"type": "object"}),
        },
        "components": {
            "schemas": {
                "release": _bare(read_schema("releases")),
                "copy": _bare(read_schema("copies")),
                "problem": {
                    "type": "object",
                    "properties": {"title": {"type": "string"}, "status": {"type": "integer"}},
                    "required": ["title", "status"],
                },
            }
        },
    }


def _get(
    summary: str,
    query: _Query,
    schema: dict[str, Any],
    *,
    path: str = "",
    required: tuple[str, ...] = (),
    gone: bool = False,
) -> dict[str, Any]:
    parameters = [
        {"name": name, "in": "query", "required": name in required, "schema": {"type": kind, **more}}
        for name, (kind, more) in query.items()
    ]
    if path:
        parameters.append(
            {"name": path, "in": "path", "required": True, "schema": {"type": "string", "minLength": 1}}
        )
    faults = {
        status: {"description": why, "content": {"application/problem+json": {"schema": _ref("problem")}}}
        for status, why in (
            ("404", "there is none"),
            *([("410", "a marker of another store, or of a state that is no more")] if gone else []),
            ("422", "a value that means nothing"),
        )
    }
    good = {"200": {"description": "found", "content": {"application/json": {"schema": schema}}}}
    return {"get": {"summary": summary, "parameters": parameters, "responses": good | faults}}


def _ref(name: str) -> dict[str, Any]:
    return {"$ref": f"#/components/schemas/{name}"}


def _list_of(name: str, *, changes: bool = False) -> dict[str, Any]:
    parts: dict[str, Any] = {
        "items": {"type": "array", "items": _ref(name)},
        "next": {"type": ["string", "null"]},
    }
    if changes:
        parts["gone"] = {"type": "array", "items": {"type": "string"}}
        parts["marker"] = {"type": ["string", "null"]}
    return {"type": "object", "properties": parts, "required": list(parts)}


def _bare(schema: dict[str, Any]) -> dict[str, Any]:
    """A schema as a component: it is named by its place, not by an address of its own."""
    return {name: value for name, value in schema.items() if name not in {"$schema", "$id"}}


def _listed(rows: list[Any], ids: list[str], limit: int) -> dict[str, Any]:
    return {"items": rows, "next": ids[-1] if len(ids) == limit else None}


def _limit(asked: Mapping[str, str]) -> int:
    said = asked.get("limit", "50")
    if not re.fullmatch(r"[0-9]{1,4}", said, re.ASCII) or not 1 <= int(said) <= browse.MOST:
        raise Fault(422, f"limit: a number from 1 to {browse.MOST} is wanted")
    return int(said)


def _changed(
    connection: Connection, asked: Mapping[str, str], kind: Kind, read: Callable[[list[str]], dict[str, Any]]
) -> dict[str, Any]:
    """A page of the rows that changed since a marker, in the order in which they did, and the names of those that
    are gone, or are not of what is asked for. `cursor` is the marker that the page before ended with.
    """
    limit = _limit(asked)
    since, cursor = (_matching(asked, name, revisions.MARKER) for name in ("changed_since", "cursor"))
    marker = cursor or since
    after = revisions.position(connection, marker)
    if not since or after is None:
        raise Fault(*((410, _NO_MARKER) if since else (422, "changed_since: the `marker` of an answer is wanted")))
    found = revisions.revised(connection, kind, after, limit)
    names = [each.name for each in found]
    rows = read(names)
    if found:
        marker = revisions.marker_at(connection, found[-1].n)
    items = [rows[name] for name in names if name in rows]
    gone = [name for name in names if name not in rows]
    return _listed(items, [marker] * len(names), limit) | _up_to(marker, gone)


def _up_to(marker: str | None, gone: Sequence[str] = ()) -> dict[str, Any]:
    return {"gone": list(gone), "marker": marker}


def _matching(asked: Mapping[str, str], name: str, pattern: re.Pattern[str]) -> str:
    said = asked.get(name, "")
    if said and not pattern.fullmatch(said):
        raise Fault(422, f"{name}: not a value that this API gives or takes")
    return said
