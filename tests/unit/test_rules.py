"""Every rule that the cleaning can give has a sentence for people."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from crawler.demo.newsroom import newsroom
from crawler.export.rules import RULES, find_rule, tell_rule
from crawler.flow import Read, read_page
from crawler.records import Fetched
from crawler.sites.load import load_sites

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
CODE = tuple(
    sorted(path for part in ("extract", "clean", "match") for path in (ROOT / "crawler" / part).glob("*.py"))
)
WHAT_TO_DO = (
    'add `Rule({name!r}, "…")` to RULES in crawler/export/rules.py (a sentence that goes on after “this block”; '
    "a name that ends in a colon takes any detail), and its row to the table of rules in docs/cleaning.md"
)


@dataclass(frozen=True)
class Given:
    """A rule as the code gives it; `open` where only its beginning stands there. `name` is None if unreadable."""

    place: str
    name: str | None
    open: bool = False


def rules_given(sources: dict[str, str]) -> list[Given]:
    """The rules in calls of `mark(blocks, role, rule)` and `Decision(block, role, rule)`, wherever they stand.

    A rule may be written there, chosen from several, begun by an f-string, or be a parameter of the function that
    gives it: then it is looked for where that function is called.
    """
    trees = {place: ast.parse(source) for place, source in sources.items()}
    wanted = {"mark": 2, "Decision": 2}
    found = (_in_tree(place, tree, trees, wanted) for place, tree in trees.items())
    return [given for each in found for given in each]


def _in_tree(
    place: str, tree: ast.Module, trees: dict[str, ast.Module], wanted: dict[str, int]
) -> Iterator[Given]:
    for function in ast.walk(tree):
        if not isinstance(function, ast.FunctionDef) or function.name in wanted:
            continue
        parameters = [argument.arg for argument in function.args.args]
        for call in ast.walk(function):
            name = _called(call)
            if not isinstance(call, ast.Call) or name not in wanted:
                continue
            if any(isinstance(argument, ast.Starred) for argument in call.args):
                continue  # what was given before is passed on
            rule = call.args[wanted[name]] if len(call.args) > wanted[name] else None
            rule = rule or next((k.value for k in call.keywords if k.arg == "rule"), None)
            if isinstance(rule, ast.Name) and rule.id in parameters:
                inner = {function.name: parameters.index(rule.id)}
                for other, whole in trees.items():
                    yield from _in_tree(other, whole, trees, inner)
            else:
                yield from _read(f"{place}, line {call.lineno}", rule)


def _called(node: ast.AST) -> str:
    function = node.func if isinstance(node, ast.Call) else None
    return getattr(function, "attr", getattr(function, "id", ""))


def _read(place: str, rule: ast.expr | None) -> Iterator[Given]:
    match rule:
        case ast.Constant(value=str(name)):
            yield Given(place, name)
        case ast.JoinedStr(values=[ast.Constant(value=str(name)), *_]):
            yield Given(place, name, open=True)
        case ast.IfExp(body=one, orelse=other):
            yield from _read(place, one)
            yield from _read(place, other)
        case _:
            yield Given(place, None)


SOURCES = {path.relative_to(ROOT).as_posix(): path.read_text("utf-8") for path in CODE}
GIVEN = tuple(rules_given(SOURCES))


@pytest.mark.parametrize("given", GIVEN, ids=lambda given: f"{given.place}: {given.name}")
def test_every_rule_in_the_code_has_a_sentence(given: Given) -> None:
    assert given.name is not None, (
        f"{given.place} gives a rule that cannot be read from the code: write it there as a string, or as an "
        "f-string that begins with its name and a colon"
    )
    known = given.name in {rule.name for rule in RULES} if given.open else find_rule(given.name) is not None
    assert known, f"{given.place} gives the rule {given.name!r}: " + WHAT_TO_DO.format(name=given.name)


def test_the_scan_finds_rules_however_they_are_given() -> None:
    source = (
        "def f(s, b, kind):\n s.mark(b, 'x', 'one')\n s.mark(b, 'x', f'two:{kind}')\n"
        " s.mark(b, 'x', 'three' if kind else 'four')\n s.mark(b, role='x', rule='five')\n"
        "def g(s, b, why):\n s.mark(b, 'x', why)\n"
        "def h(s, b):\n g(s, b, 'six')\n s.mark(b, 'x', TABLE[b])\n Decision(b, *s.roles[b])\n"
    )
    found = [(given.name, given.open) for given in rules_given({"a.py": source})]
    assert found == [
        ("one", False), ("two:", True), ("three", False), ("four", False), ("five", False), ("six", False),
        (None, False),
    ]  # fmt: skip
    assert len(GIVEN) > 20


def test_every_rule_of_real_pages_has_a_sentence() -> None:
    sites = load_sites(ROOT / "crawler" / "demo" / "sites")
    names: set[str] = set()
    for served in newsroom().served:
        answer = served.answers[-1]
        read = read_page(Fetched(f"http://{served.host}{served.path}", None, 200, (), answer.body), sites, 1 << 24)
        if isinstance(read, Read):
            names |= {decision.rule for decision in read.draft.decisions}
    assert len(names) > 10
    for name in sorted(names):
        assert find_rule(name) is not None, f"a page has the rule {name!r}: " + WHAT_TO_DO.format(name=name)


def test_names_are_said_once_and_sentences_go_on() -> None:
    names = [rule.name for rule in RULES]
    assert len(set(names)) == len(names)
    for rule in RULES:
        for says in filter(None, (rule.says, rule.known)):
            assert says[0].islower(), f"{rule.name}: a sentence goes on after “this block”"
            assert not says.endswith("."), rule.name
        assert ("{detail}" not in rule.says) or rule.name.endswith(":"), rule.name


def test_values_that_are_known_are_said_and_may_be_anything() -> None:
    assert tell_rule("memory:owned", {"page": "{0} of {x}"}) == "is the text of another page: {0} of {x}"
    assert tell_rule("memory:owned", {"other": "1"}) == "is the text of another page"
    assert tell_rule("under:{x}%s") == "stands under the heading “{x}%s”"
    assert tell_rule("trailer:new-kind") == "is a closing line of the release"
    assert tell_rule("never-heard-of") == "is what the rule “never-heard-of” says"
