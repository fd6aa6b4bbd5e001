"""What people hand on names no press contacts, unless they ask for it; and a corpus has each text once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import insert, select, update

from crawler.cli.main import main
from crawler.export.form import dump_json
from crawler.export.rows import DOCUMENTS, SHARED, read_rows
from crawler.records import Block, Decision
from crawler.report.write import FORMATS, write_report
from crawler.reservations import RESERVING
from crawler.sites.load import load_sites
from storage import tables as t
from storage.lookups import reading
from storage.pages import pack_blocks
from tests.read.conftest import BODY, KEY, ORIGIN, TITLE

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Connection, Engine

    from crawler.records import Role

COPY = "https://coins.example/a-bridge"
SECRETS = ("Jane Doe", "jane.doe@origin.example", "555-0100", "desk@origin.example")
LINES: tuple[tuple[str, Role], ...] = (
    (f"{BODY[0]} Ask desk@origin.example.", "body"),
    (BODY[1], "body"),
    ("Media contact: Jane Doe, jane.doe@origin.example, +1 (212) 555-0100", "contact"),
    ("SOURCE CGTN", "trailer"),
)
TEXT = "\n".join(line for line, _ in LINES)


@pytest.fixture
def engine_with_contacts(own_engine: Engine) -> Engine:
    """The filled store, whose first release and one altered copy of it end with whom the press can ask."""
    with own_engine.begin() as connection:
        _set(connection, ORIGIN, LINES)
        _set(connection, COPY, (LINES[0], *LINES[2:]))
        connection.execute(update(t.Release).where(t.Release.key == KEY).values(text=TEXT))
        first = connection.scalar(select(t.Copy.capture).where(t.Copy.url == ORIGIN))
        connection.execute(update(t.Match).where(t.Match.url == COPY).values(against=first))
        connection.execute(
            update(t.Removed).where(t.Removed.role == "read-more").values(text="Write to jane.doe@origin.example")
        )
    return own_engine


def _set(connection: Connection, url: str, lines: tuple[tuple[str, Role], ...]) -> None:
    blocks = tuple(Block(n, line, "p", f"html/body/p[{n + 1}]", 1000, 0) for n, (line, _) in enumerate(lines))
    packed = pack_blocks(blocks, tuple(Decision(n, role, role) for n, (_, role) in enumerate(lines)))
    text = "\n".join(line for line, _ in lines)
    connection.execute(update(t.Page).where(t.Page.url == url).values(text=text, blocks=packed))


def exported(engine: Engine, kind: str, **options: Any) -> str:
    with reading(engine) as connection:
        return "\n".join(map(dump_json, read_rows(connection, kind, **options)))


def found_in(text: str) -> list[str]:
    return [secret for secret in SECRETS if secret in text]


@pytest.mark.parametrize("kind", sorted(SHARED))
def test_what_is_made_to_be_handed_on_names_nobody(engine_with_contacts: Engine, kind: str) -> None:
    assert found_in(exported(engine_with_contacts, kind)) == []
    assert found_in(exported(engine_with_contacts, kind, contacts=True)) == list(SECRETS)
    assert "It took six years" in exported(engine_with_contacts, kind)


@pytest.mark.parametrize("kind", ["releases", "copies"])
def test_rows_are_whole_unless_they_are_to_be_masked(engine_with_contacts: Engine, kind: str) -> None:
    assert found_in(exported(engine_with_contacts, kind)) == list(SECRETS)
    assert found_in(exported(engine_with_contacts, kind, contacts=False)) == []
    assert len(exported(engine_with_contacts, kind)) == len(exported(engine_with_contacts, kind, contacts=False))


def test_removed_blocks_are_masked_likewise(engine_with_contacts: Engine) -> None:
    assert found_in(exported(engine_with_contacts, "removed")) == ["jane.doe@origin.example"]
    assert found_in(exported(engine_with_contacts, "removed", contacts=False)) == []


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("key", [None, KEY])
def test_reports_name_nobody(engine_with_contacts: Engine, tmp_path: Path, form: str, key: str | None) -> None:
    said: dict[bool, str] = {}
    for contacts in (False, True):
        path = tmp_path / f"report-{contacts}"
        write_report(engine_with_contacts, path, form, key, sites=load_sites(), contacts=contacts)
        files = sorted(path.rglob("*")) if path.is_dir() else [path]
        said[contacts] = "\n".join(file.read_text("utf-8") for file in files if file.is_file())
    assert found_in(said[False]) == []
    if form == "folder":
        assert found_in(said[True]) == list(SECRETS)


def test_the_verbs_mask_unless_they_are_asked(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for words in (
        ["export", "corpus"], ["export", "articles", "--contacts"], ["export", "copies", "--no-contacts"],
        ["report", "--format", "json", "--contacts"],
    ):  # fmt: skip
        assert main([*words, "-o", str(tmp_path / "out"), "--data", str(data)]) == 0
    for words in (
        ["export", "annotations", "--no-contacts"], ["export", "overrules", "--contacts"],
    ):  # fmt: skip
        assert main([*words, "--data", str(data)]) == 2
        assert capsys.readouterr().err.count("contacts") > 0
    assert main(["export", "releases", "--roles", "body", "--data", str(data)]) == 2


def test_chosen_blocks_name_nobody_either(engine_with_contacts: Engine) -> None:
    chosen = ("body", "contact")
    for kind in ("copies", "corpus"):
        assert found_in(exported(engine_with_contacts, kind, roles=chosen, contacts=True)) == list(SECRETS)
        assert found_in(exported(engine_with_contacts, kind, roles=chosen, contacts=False)) == []
    assert "SOURCE CGTN" not in exported(engine_with_contacts, "corpus", roles=("body",))
    assert "It took six years" in exported(engine_with_contacts, "corpus", roles=("body",))


def test_a_corpus_has_each_text_once(engine_with_contacts: Engine) -> None:
    def corpus(**options: Any) -> dict[str, dict[str, Any]]:
        with reading(engine_with_contacts) as connection:
            found = list(read_rows(connection, "corpus", **options))
        texts = {row["text"]: row for row in found}
        assert len(texts) == len(found)
        return {row["cluster"]: row for row in found}

    row = corpus()["c-first"]
    assert row["text"].split("\n") == [f"{BODY[0]} Ask {'•' * 19}.", BODY[1], "SOURCE CGTN"]
    assert (row["key"], row["issuer"], row["title"], row["language"]) == (KEY, "CGTN", TITLE, "en")
    assert (row["copies"], row["families"], row["signals"]) == (4, 3, [])
    assert corpus(contacts=True)["c-first"]["text"] == TEXT
    everything = set(corpus())
    with engine_with_contacts.begin() as connection:
        r = t.Release
        connection.execute(update(r).where(r.cluster == "c-first").values(supports=[[3, 4], [1, 4], [0, 0]]))
        same = connection.execute(select(r.__table__).where(r.cluster == "c-first")).one()._asdict()
        again = same | {"cluster": "c-again", "key": "zzz:1", "text": row["text"].upper().replace("\n", "\n\n")}
        connection.execute(insert(r), [again, same | {"cluster": "c-none", "key": "zzz:2", "text": " \n"}])
        first = connection.scalar(select(t.Copy.capture).where(t.Copy.url == ORIGIN))
    assert set(corpus()) == everything
    assert corpus()["c-first"]["support"] == 0.5
    with engine_with_contacts.begin() as connection:
        connection.execute(insert(t.Claim).values(capture=first, n=90, kind="robots", value="noai"))
    assert corpus()["c-first"]["signals"] == ["ai-reserved"]
    assert "c-first" not in corpus(without=RESERVING)


def test_every_kind_that_is_handed_on_is_known() -> None:
    assert {*DOCUMENTS} < SHARED
