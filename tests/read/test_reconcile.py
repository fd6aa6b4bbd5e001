"""A vendor's list against the store: every state, whatever form it has, and nothing that a sheet would run."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import update

from crawler.cli.main import main
from crawler.errors import TearsheetError, UsageError
from crawler.report.pickup import Listed, read_pickup
from crawler.report.reconcile import STATES, reconcile
from storage import lookups
from storage import tables as t
from storage.lookups import reading
from tests.read.conftest import KEY, ORIGIN

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Engine

VERBATIM = "https://www.mexc.example/news/310001"
MIRROR = "https://www.mexc-mirror.example/news/310001"
TRUNCATED = "https://coins.example/a-bridge"
CITING = "https://paper.example/opinion"
WALL = "https://wall.example/1"
UNKNOWN = "https://nobody.example/never"


def listed(*urls: str) -> list[Listed]:
    return [Listed(url, row, "") for row, url in enumerate(urls, start=2)]


def states(engine: Engine, *urls: str, key: str | None = None) -> dict[str, str]:
    with reading(engine) as connection:
        return {line.url: line.state for line in reconcile(connection, listed(*urls), key).lines}


def test_every_address_gets_a_state(engine: Engine) -> None:
    found = states(engine, VERBATIM, TRUNCATED, CITING, WALL, UNKNOWN)
    assert {url: found[url] for url in (VERBATIM, TRUNCATED, CITING, WALL, UNKNOWN)} == {
        VERBATIM: "confirmed",
        TRUNCATED: "altered",
        CITING: "no copy",
        WALL: "not had",
        UNKNOWN: "never seen",
    }
    assert found[MIRROR] == "missed"
    assert ORIGIN not in found  # the origin is no pickup
    assert set(found.values()) <= set(STATES)


def test_a_mirror_is_said_to_be_of_a_listed_outlet(engine: Engine) -> None:
    with reading(engine) as connection:
        found = reconcile(connection, listed(VERBATIM), KEY)
    (mirror,) = [line for line in found.lines if line.url == MIRROR]
    assert "another address" in mirror.why
    assert found.counts["missed"] == len(found.lines) - 1
    assert found.families_missed == len(
        {line.outlet for line in found.lines if line.state == "missed"} - {mirror.outlet}
    )


def test_another_spelling_is_the_same_page(engine: Engine) -> None:
    assert (
        states(engine, f"{VERBATIM}/?utm_source=vendor#top")[f"{VERBATIM}/?utm_source=vendor#top"] == "confirmed"
    )


def test_a_copy_of_another_release_is_told(engine: Engine) -> None:
    with reading(engine) as connection:
        other = next(copy.url for copy in lookups.copies(connection) if copy.url.endswith("/growers"))
    assert states(engine, VERBATIM, other, key=KEY)[other] == "other release"
    assert states(engine, VERBATIM, other)[other] == "confirmed"


def test_what_is_gone_is_dead(own_engine: Engine) -> None:
    with own_engine.begin() as connection:
        connection.execute(
            update(t.Copy).where(t.Copy.url == VERBATIM).values(missing_since="2026-01-02T00:00:00Z")
        )
    assert states(own_engine, VERBATIM)[VERBATIM] == "dead"


def test_an_unknown_key_is_an_error(engine: Engine) -> None:
    with reading(engine) as connection, pytest.raises(TearsheetError, match="no release"):
        reconcile(connection, listed(VERBATIM), "cgtn:nothing")


# ------------------------------------------------------------------------------------------------- the lists


def sheet(rows: list[list[str]]) -> bytes:
    """A spreadsheet with these cells, as the office formats have it."""
    cells = "".join(
        "<row>" + "".join(f'<c t="inlineStr"><is><t>{cell}</t></is></c>' for cell in row) + "</row>"
        for row in rows
    )
    main_ns = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    rel_ns = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as box:
        box.writestr(
            "[Content_Types].xml",
            '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
            '<Default Extension="xml" ContentType="application/xml"/>'
            '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            "</Types>",
        )
        box.writestr(
            "_rels/.rels",
            '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
            f'<Relationship Id="r1" Type="{rel_ns}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        )
        box.writestr(
            "xl/workbook.xml",
            f'<workbook xmlns="{main_ns}" xmlns:r="{rel_ns}"><sheets>'
            '<sheet name="Pickup" sheetId="1" r:id="r1"/></sheets></workbook>',
        )
        box.writestr(
            "xl/_rels/workbook.xml.rels",
            '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
            f'<Relationship Id="r1" Type="{rel_ns}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
        )
        box.writestr(
            "xl/worksheets/sheet1.xml", f'<worksheet xmlns="{main_ns}"><sheetData>{cells}</sheetData></worksheet>'
        )
    return out.getvalue()


ROWS = [["Outlet", "Link", "Audience"], ["Coins Daily", TRUNCATED, "1200"], ["MEXC", VERBATIM, "3"]]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("list.csv", "\n".join(",".join(row) for row in ROWS).encode()),
        ("list.csv", b"\xef\xbb\xbf" + "\r\n".join(";".join(row) for row in ROWS).encode()),
        ("list.tsv", "\n".join("\t".join(row) for row in ROWS).encode("utf-16")),
        ("list.xlsx", sheet(ROWS)),
    ],
    ids=["comma", "semicolon", "utf-16", "spreadsheet"],
)
def test_a_list_is_read_in_every_form(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    assert read_pickup(tmp_path / name) == (Listed(TRUNCATED, 2, "Coins Daily"), Listed(VERBATIM, 3, "MEXC"))


def test_plain_lines_are_a_list(tmp_path: Path) -> None:
    (tmp_path / "list.txt").write_text(f"{VERBATIM}\n\n{TRUNCATED}.\n{VERBATIM}\n", "utf-8")
    assert [each.url for each in read_pickup(tmp_path / "list.txt")] == [VERBATIM, TRUNCATED]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "no address"),
        (b"outlet,link\nNobody,ftp://a.example/x\n", "no address"),
        (b"PK\x03\x04 broken", "no spreadsheet"),
        (b"\xff\x00\x80 not text", "neither"),
        (b'"' + b"x" * 200_000 + b"\n", "limit"),
        (sheet([["x" * 300_000_000, "", ""]]), "unpacks to more"),
    ],
    ids=["empty", "no address", "torn", "binary", "endless cell", "bomb"],
)
def test_what_is_no_list_is_said(tmp_path: Path, content: bytes, said: str) -> None:
    (tmp_path / "list").write_bytes(content)
    with pytest.raises(UsageError, match=said):
        read_pickup(tmp_path / "list")


# ---------------------------------------------------------------------------------------------------- the verb


def test_the_verb_prints_and_writes(data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "list.csv").write_text(f"=cmd|evil,{VERBATIM}\nx,{UNKNOWN}\n", "utf-8")
    where = ["--data", str(data)]
    assert main(["reconcile", str(tmp_path / "list.csv"), *where]) == 0
    said = capsys.readouterr().out
    assert "confirmed" in said
    assert "never seen" in said
    assert main(["reconcile", str(tmp_path / "list.csv"), KEY, "--json", *where]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["counts"]["confirmed"] == found["counts"]["never seen"] == 1
    assert main(["reconcile", str(tmp_path / "list.csv"), "-o", str(tmp_path / "out.csv"), *where]) == 0
    rows = list(csv.DictReader(io.StringIO((tmp_path / "out.csv").read_text("utf-8"))))
    assert [row["state"] for row in rows[:2]] == ["confirmed", "never seen"]
    assert rows[0]["outlet"] == "'=cmd|evil"
    assert len(rows) == len(found["lines"])
    assert main(["reconcile", str(tmp_path / "list.csv"), "-o", str(tmp_path / "out.txt"), *where]) == 2
