"""Releases in the words of schema.org and of the IPTC: what those vocabularies demand, and nothing made up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import jsonschema  # type: ignore[import-untyped] # ships no types
import pytest

from crawler.export.rows import DOCUMENTS, read_rows, read_schema
from crawler.records import ATTACHING
from storage import lookups
from storage.lookups import reading

if TYPE_CHECKING:
    from sqlalchemy import Engine


def documents(engine: Engine, kind: str) -> list[dict[str, Any]]:
    with reading(engine) as connection:
        return list(read_rows(connection, kind))


@pytest.mark.parametrize("kind", DOCUMENTS)
def test_they_keep_their_schema(engine: Engine, kind: str) -> None:
    schema = read_schema(kind)
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(
        schema, format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER
    )
    found = documents(engine, kind)
    assert found
    for each in found:
        validator.validate(each)
    with pytest.raises(jsonschema.ValidationError):
        validator.validate(found[0] | {"surprise": 1})


def test_a_copy_is_based_on_its_release(engine: Engine) -> None:
    found = {each["@id"]: each for each in documents(engine, "articles") if "archivedAt" not in each}
    with reading(engine) as connection:
        releases = list(lookups.releases(connection))
        attached = [copy for copy in lookups.copies(connection) if copy.relation in ATTACHING]
    assert [each["articleBody"] for each in found.values()] == [release.text for release in releases]
    copies = [each for each in documents(engine, "articles") if "archivedAt" in each]
    assert {each["url"] for each in copies} == {copy.url for copy in attached}
    for each in copies:
        origin = each["url"] in found
        assert origin or each["isBasedOn"] in found
        assert each["@id"] != each.get("isBasedOn")


def test_a_news_object_has_its_copies(engine: Engine) -> None:
    found = documents(engine, "ninjs")
    with reading(engine) as connection:
        releases = list(lookups.releases(connection))
        copies = {copy.url: copy.relation for copy in lookups.copies(connection) if copy.relation in ATTACHING}
    assert [each["bodies"][0]["value"] for each in found] == [release.text for release in releases]
    shown = {part["uri"]: part["profile"] for each in found for part in each["associations"]}
    assert shown == {url: relation for url, relation in copies.items() if url not in {r.url for r in releases}}
    partial = {
        part["profile"]
        for each in found
        for part in each["associations"]
        if part["representationType"] == "partial"
    }
    assert partial <= {"truncated", "excerpt"}
