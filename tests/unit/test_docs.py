"""What the documentation says is so: its commands run, its examples load, its tables are the code's."""

from __future__ import annotations

import ast
import importlib.util
import inspect
import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema  # type: ignore[import-untyped] # ships no types
import msgspec
import pytest

from crawler.clean.draft import draft
from crawler.cli.main import VERBS, build_parser, main
from crawler.cli.reading import open_store
from crawler.demo.findings import gather_findings
from crawler.demo.newsroom import newsroom as make_newsroom
from crawler.export.rows import SCHEMAS, read_schema
from crawler.export.rules import RULES
from crawler.match import thresholds
from crawler.records import KEPT_ROLES, Decision, Fetched, Relation, Role
from crawler.report.reconcile import STATES
from crawler.sites import ids, template
from crawler.sites.grammar import KeyGrammar, Tracker
from crawler.sites.load import (
    Assertions,
    Budget,
    Cleaning,
    Discover,
    Example,
    Fetch,
    Politeness,
    Site,
    Terms,
    load_site,
)
from crawler.sites.query import PLACEHOLDERS, Query
from settings.app import AppConfig, load_config
from storage.lookups import reading
from storage.tables import Base
from storage.warc import build
from tests.libraries import library

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from crawler.demo.newsroom import Newsroom

ROOT = Path(__file__).parents[2]
README = ROOT / "README.md"
DOCS = (README, ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md")))
IDS = [path.relative_to(ROOT).as_posix() for path in DOCS]
OFFLINE = {
    "alerts", "bundle", "copies", "db", "diff", "explain", "export", "extract", "ingest", "process", "reconcile",
    "releases", "report", "review", "runs", "show", "site",
}  # fmt: skip
STORE = "tearsheet-demo"
FENCE = re.compile(r"^( *)```(\w*)\n(.*?)^\1```$", re.DOTALL | re.MULTILINE)


def fences(path: Path, *languages: str) -> Iterator[str]:
    """The fenced blocks of a file that are in one of the languages, without their indentation."""
    for indent, language, body in FENCE.findall(path.read_text("utf-8")):
        if language in languages:
            yield re.sub(f"^{indent}", "", body, flags=re.MULTILINE)


def commands() -> tuple[str, ...]:
    """Every command of ours in a block of shell, of cron or of a systemd unit, each once."""
    seen: set[str] = set()
    for path in DOCS:
        for body in fences(path, "sh", "console", "ini", ""):
            for line in body.replace("\\\n", " ").splitlines():
                for part in re.split(r"&&|\|", line):
                    found = re.search(r"(?:^\s*(?:\$ )?|/bin/)tearsheet (?P<rest>[a-z].*)$", part)
                    if found and "{" not in part and found["rest"].split()[0] in VERBS:
                        seen.add(" ".join(shlex.split(found["rest"], comments=True)))
    return tuple(sorted(seen))


def runs_here(command: str) -> bool:
    """Whether the command needs neither the network nor a server, and decides nothing."""
    words = command.split()
    return words[0] in OFFLINE and not {"--db", "--same", "--other"} & set(words)


# ------------------------------------------------------------------------------------------- the command line


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_has_help(verb: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert importlib.util.find_spec(f"crawler.cli.{verb.replace('-', '_')}"), (
        f"{verb} is offered, and has no module"
    )
    with pytest.raises(SystemExit) as stopped:
        main([verb, "--help"])
    assert stopped.value.code == 0
    said = capsys.readouterr().out
    assert VERBS[verb].split()[0] in said
    assert "--data" in said


def test_help_lists_every_verb(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["--help"])
    assert stopped.value.code == 0
    said = capsys.readouterr().out
    assert [verb for verb in VERBS if not re.search(rf"\n    {verb}\s", said)] == []


@pytest.mark.parametrize("verb", VERBS)
def test_the_readme_names_every_verb(verb: str) -> None:
    assert f"| `tearsheet {verb}`" in README.read_text("utf-8"), f"README.md's table lacks `tearsheet {verb}`"


# ------------------------------------------------------------------------------------------------ the commands


def test_the_documents_show_commands() -> None:
    assert {command.split()[0] for command in commands()} >= {*OFFLINE, "demo", "crawl"}


@pytest.mark.parametrize("command", commands())
def test_a_command_is_understood(command: str) -> None:
    verb, *rest = command.split()
    args = build_parser(verb).parse_args([verb, *rest])
    assert args.verb == verb


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with what the commands name: a page, WARC files, site files, and a store of the sample newsroom."""
    folder = tmp_path_factory.mktemp("docs")
    members, pages = [], []
    room = make_newsroom()
    forbidden = {truth.url for truth in room.truth if truth.fate == "forbidden"}
    for served in room.served:
        answer = served.answers[-1]
        url = f"http://{served.host}{served.path}"
        if url in forbidden:
            continue  # a crawl does not ask for it
        members.append(build(Fetched(url, "2026-11-24T03:17:56Z", answer.status, answer.headers, answer.body)))
        if served.path.startswith("/news/100"):
            pages.append(answer.body)
    (folder / "newsroom.warc.gz").write_bytes(b"".join(members))
    (folder / "crawl.warc.gz").write_bytes(b"".join(members[:12]))
    (folder / "page.html").write_bytes(pages[0])
    (folder / "saved-pages").mkdir()
    (folder / "saved-pages" / "one.html").write_bytes(pages[1])
    sites = folder / STORE / "sites"
    sites.mkdir(parents=True)
    for file in (ROOT / "crawler" / "demo" / "sites").glob("*.toml"):
        (sites / file.name).write_bytes(file.read_bytes())
    example = site_example()
    carried = "http://www.coinbazaar.test/news/1001"
    (folder / "pickups.csv").write_text(
        f"Outlet,Link\nCoin Bazaar,{carried}\nNobody,http://nobody.test/1\n", "utf-8"
    )
    (folder / "examplewire.toml").write_text(example, "utf-8")
    (folder / "riverpost.toml").write_text(contributed_site(), "utf-8")
    (folder / "mysite.toml").write_text(example.replace('name = "examplewire"', 'name = "mysite"'), "utf-8")
    assert main(["ingest", str(folder / "newsroom.warc.gz"), "--quiet", "--data", str(folder / STORE)]) == 0
    (folder / "findings.json").write_text(json.dumps(list(findings_in(folder / STORE, room))), "utf-8")
    return folder


def findings_in(data: Path, room: Newsroom) -> Iterator[str]:
    """The lines that the demo says of what it found, blanks squeezed; taken before a command changes the store."""
    with open_store(AppConfig(data=str(data))) as engine, reading(engine) as connection:
        found = gather_findings(connection, room)
    yield f"{len(found.releases)} releases, and who carried them"
    for each in found.releases:
        yield f"{each.total} {each.outlets} {each.title} {listed(each.copies)}"
    yield f"{found.others} other stories belong to no release" + (
        f"; {listed(found.linked)} only" if found.linked else ""
    )
    yield f"{sum(count for _, count in found.cut)} blocks cut out of the pages, by rule"
    yield from (f"{count} {role} {rule}" for (role, rule), count in found.cut[:10])
    yield f"{sum(count for _, count in found.rejected)} stories without a text"


def listed(counts: Sequence[tuple[str, int]]) -> str:
    return ", ".join(f"{count} {word}" for word, count in counts)


@pytest.mark.parametrize("command", [command for command in commands() if runs_here(command)])
def test_a_command_does_what_it_says(
    command: str, workspace: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(workspace)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(workspace / "config"))
    arguments = command.split()
    if "parquet" in arguments:
        library("pyarrow")
    if "--data" not in arguments:
        arguments += ["--data", STORE]
    code = main(arguments)
    said = capsys.readouterr()
    assert code == 0, said.err
    written = arguments[arguments.index("-o") + 1] if "-o" in arguments else ""
    assert said.out or (written and (workspace / written).exists()), f"{command} said nothing and wrote nothing"


def test_a_reader_that_stops_half_way_is_no_fault(workspace: Path) -> None:
    pipeline = f"'{sys.executable}' -m crawler export copies --data {STORE} | head -n 1"
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", pipeline],
        cwd=workspace,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert json.loads(done.stdout)["url"]


# -------------------------------------------------------------------------------------- what they are said to say


def squeezed(text: str) -> str:
    return " ".join(text.split())


def test_the_summary_in_the_readme_is_the_demos(workspace: Path) -> None:
    found = json.loads((workspace / "findings.json").read_text("utf-8"))
    shown = squeezed(next(body for body in fences(README, "") if "sample sites" in body))
    assert [line for line in found if line not in shown] == [], "run `tearsheet demo`, and paste what it says"


@pytest.mark.parametrize("name", ["cleaning.md", "matching.md"])
def test_the_evidence_shown_is_what_explain_says(
    name: str, workspace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    url = "http://www.coinbazaar.test/news/1001"
    assert main(["explain", url, "--full", "--data", str(workspace / STORE)]) == 0
    said = squeezed(capsys.readouterr().out)
    shown = next(fences(ROOT / "docs" / name, "")).splitlines()
    assert len(shown) > 5
    assert [line for line in shown if squeezed(line).partition("…")[0].strip() not in said] == []


# ------------------------------------------------------------------------------------------------ the examples


def site_example() -> str:
    return next(fences(ROOT / "docs" / "sites.md", "toml"))


def contributed_site() -> str:
    return next(example for example in fences(ROOT / "CONTRIBUTING.md", "toml") if "tier =" in example)


def test_a_site_is_added_as_contributing_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.chdir(tmp_path)
    url = re.findall(r"--url (\S+riverpost\S+)", (ROOT / "CONTRIBUTING.md").read_text("utf-8"))[0]
    text = contributed_site()
    paragraphs = [
        f"The mill of Upper Tarn was sold for the {n}. time in its history, said the clerk." for n in range(5)
    ]
    lines = [
        *paragraphs,
        "Tell a neighbour about this story",
        "Read on at the River Post",
        "A ferry that runs by day",
    ]
    body = "".join(f"<p>{line}</p>" for line in lines)
    Path("page.html").write_text(f"<title>A mill is sold</title><h1>A mill is sold</h1>{body}", "utf-8")
    extract = ["extract", "page.html", "--url", url, "--json", "--data", "data"]
    assert main(extract) == 0
    assert "Tell a neighbour" in json.loads(capsys.readouterr().out)["text"]

    Path("riverpost.toml").write_text(text.replace("riverpost:1204", "riverpost:1205"), "utf-8")
    assert main(["site", "check", "riverpost.toml"]) == 2
    assert "riverpost.toml: examples.key: " in capsys.readouterr().err
    folder = Path("data/sites")
    folder.mkdir(parents=True)
    for path in (Path("riverpost.toml"), folder / "riverpost.toml"):
        path.write_text(text, "utf-8")
        assert main(["site", "check", str(path)]) == 0
    assert (
        "riverpost:1204 in https://www.riverpost.example/news/a-mill-is-sold-1204.html" in capsys.readouterr().out
    )
    assert main(extract) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["text"].splitlines() == paragraphs
    assert "riverpost:1204" in json.dumps(found)


def keys_of(struct: type[msgspec.Struct], prefix: str = "") -> set[str]:
    """The dotted names of the keys of a struct that are values."""
    found = set()
    for field in msgspec.structs.fields(struct):
        nested = isinstance(field.type, type) and issubclass(field.type, msgspec.Struct)
        found |= keys_of(field.type, f"{prefix}{field.name}.") if nested else {prefix + field.name}
    return found


def keys_in(table: dict[str, Any], prefix: str = "") -> set[str]:
    found = set()
    for name, value in table.items():
        found |= keys_in(value, f"{prefix}{name}.") if isinstance(value, dict) else {prefix + name}
    return found


def test_the_config_example_loads_has_every_key_and_says_the_defaults(tmp_path: Path) -> None:
    example = next(fences(ROOT / "docs" / "operations.md", "toml"))
    path = tmp_path / "tearsheet.toml"
    path.write_text(example, "utf-8")
    assert load_config(path, {}) == AppConfig()
    assert keys_in(msgspec.toml.decode(example)) == keys_of(AppConfig)
    assert [line for line in example.splitlines() if "=" in line and "#" not in line] == []


@pytest.mark.parametrize("path", DOCS, ids=IDS)
def test_every_piece_of_config_loads(path: Path, tmp_path: Path) -> None:
    for n, example in enumerate(fences(path, "toml")):
        if example.startswith("[["):  # a piece of a site file
            file = tmp_path / "examplewire.toml"
            file.write_text(site_example() + "\n" + example, "utf-8")
            load_site(file)
        elif "tier =" not in example:
            file = tmp_path / f"{n}.toml"
            file.write_text(example, "utf-8")
            load_config(file, {})


def test_the_site_example_loads_and_every_key_is_explained(tmp_path: Path) -> None:
    path = tmp_path / "examplewire.toml"
    path.write_text(site_example(), "utf-8")
    site = load_site(path)
    assert site.is_item("https://www.examplewire.example/news-releases/a-bridge-opens-302648123.html")
    explained = set(
        re.findall(r"^\| `([a-z_.]+)` \|", (ROOT / "docs" / "sites.md").read_text("utf-8"), re.MULTILINE)
    )
    parts: dict[str, type[msgspec.Struct]] = {
        "keys": KeyGrammar,
        "trackers": Tracker,
        "examples": Example,
        "discover": Discover,
        "discover.queries": Query,
        "politeness": Politeness,
        "budget": Budget,
        "fetch": Fetch,
        "cleaning": Cleaning,
        "terms": Terms,
        "assertions": Assertions,
    }
    lists = {"keys", "trackers", "examples"}
    wanted = {field.name for field in msgspec.structs.fields(Site)} - (parts.keys() - lists)
    wanted |= {f"{name}.{field.name}" for name, part in parts.items() for field in msgspec.structs.fields(part)}
    assert wanted - explained == set()


def test_what_site_check_says_of_the_example_is_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
                                                      capsys: pytest.CaptureFixture[str]) -> None:  # fmt: skip
    (tmp_path / "examplewire.toml").write_text(site_example(), "utf-8")
    monkeypatch.chdir(tmp_path)
    assert main(["site", "check", "examplewire.toml"]) == 0
    shown = next(
        body for body in fences(ROOT / "docs" / "sites.md", "") if body.startswith("examplewire.toml: good")
    )
    assert capsys.readouterr().out.strip() == shown.strip()


def test_placeholders_and_checks_are_explained() -> None:
    said = (ROOT / "docs" / "sites.md").read_text("utf-8")
    known = re.findall(r"`(\{[a-z:0-9]+\})`", template.__doc__ or "")
    assert [kind for kind in known if f"`{kind}`" not in said] == []
    assert len(known) > 10
    asked = (ROOT / "docs" / "discovery.md").read_text("utf-8")
    assert [name for name in PLACEHOLDERS if f"`{{{name}}}`" not in asked] == []
    assert [check for check in ids.CHECKS if f"| `{check}` |" not in said] == []


def test_example_rows_fit_their_schemas() -> None:
    rows = [json.loads(body) for body in fences(ROOT / "docs" / "data.md", "json")]
    assert len(rows) == len(SCHEMAS)
    for kind, row in zip(SCHEMAS, rows, strict=True):
        jsonschema.Draft202012Validator(read_schema(kind)).validate(row)


# -------------------------------------------------------------------------------------------------- the tables


def test_the_thresholds_are_those_of_the_code() -> None:
    said = (ROOT / "docs" / "matching.md").read_text("utf-8")
    shown = {name: int(value) for name, value in re.findall(r"^\| `([A-Z_]+)` \| (\d+) \|", said, re.MULTILINE)}
    assert shown == {name: value for name, value in vars(thresholds).items() if isinstance(value, int)}


def test_every_relation_and_role_is_explained() -> None:
    relations = rows_of(ROOT / "docs" / "matching.md")
    assert [relation for relation in Relation.__args__ if relation not in relations] == []  # type: ignore[attr-defined]  # a Literal has them
    said = (ROOT / "docs" / "cleaning.md").read_text("utf-8")
    roles = re.findall(r"^\| (`[^|]+`) \|[^|]+\| (yes|no) \|$", said, re.MULTILINE)
    shown = {role: answer == "yes" for names, answer in roles for role in re.findall(r"`([a-z-]+)`", names)}
    assert shown == {role: role in KEPT_ROLES for role in Role.__args__}  # type: ignore[attr-defined]  # as above


def test_every_rule_is_explained_in_the_words_that_explain_says() -> None:
    said = (ROOT / "docs" / "cleaning.md").read_text("utf-8").partition("## The rules")[2].partition("\n## ")[0]
    shown = re.findall(r"^\| `([^`]+)` \| (.+) \|$", said, re.MULTILINE)
    assert shown == [(rule.name, rule.says.replace("{detail}", "…")) for rule in RULES], (
        "the table of rules in docs/cleaning.md is the one of crawler/export/rules.py, row by row"
    )


def rows_of(path: Path) -> set[str]:
    """What stands in backquotes in the first cell of a table's row."""
    return set(re.findall(r"^\| `([\w-]+)` \|", path.read_text("utf-8"), re.MULTILINE))


def test_the_cleaning_calls_are_listed_in_their_order() -> None:
    said = (ROOT / "docs" / "cleaning.md").read_text("utf-8")
    body = ast.parse(inspect.getsource(draft))
    called = [
        (node.lineno, node.col_offset, node.func.id)
        for node in ast.walk(body)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    ]
    ours = [name for _, _, name in sorted(called) if name not in {"Sheet", "tuple", Decision.__name__}]
    assert re.findall(r"^\d+\. `(\w+)`:", said, re.MULTILINE) == ours


def test_every_table_is_listed() -> None:
    assert rows_of(ROOT / "docs" / "data.md") == set(Base.metadata.tables)


def test_every_state_of_a_list_is_explained() -> None:
    said = (ROOT / "docs" / "data.md").read_text("utf-8")
    assert re.findall(r"^\| \*\*([a-z ]+)\*\* \|", said, re.MULTILINE) == list(STATES)


# --------------------------------------------------------------------------------------------------- the links


def anchors(path: Path) -> set[str]:
    """The anchors of a file's headings, as GitHub makes them."""
    text = FENCE.sub("", path.read_text("utf-8"))
    heads: Sequence[str] = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w -]", "", head.lower()).replace(" ", "-") for head in heads}


@pytest.mark.parametrize("path", DOCS, ids=IDS)
def test_links_between_documents_resolve(path: Path) -> None:
    links = re.findall(r"\]\(([^)\s]+)\)", FENCE.sub("", path.read_text("utf-8")))
    broken = []
    for link in links:
        if link.startswith("http"):
            continue
        name, _, anchor = link.partition("#")
        target = (path.parent / name).resolve() if name else path
        if not target.is_file() or (anchor and anchor not in anchors(target)):
            broken.append(link)
    assert broken == []


@pytest.mark.parametrize("path", DOCS, ids=IDS)
def test_files_that_are_named_exist(path: Path) -> None:
    text = path.read_text("utf-8")
    named = re.findall(r"`((?:crawler|storage|settings|tests|docs|\.ci)/[\w./-]+)`", text)
    assert [name for name in named if not (ROOT / name).exists()] == []
    stages = re.findall(r"`((?:extract|clean|identify|match|sites)/\w+\.py)`", text)
    assert [name for name in stages if not (ROOT / "crawler" / name).exists()] == []
