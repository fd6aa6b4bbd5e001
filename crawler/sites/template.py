r"""Address templates: readable, and linear to match.

| placeholder | stands for |
|---|---|
| `{id}` | letters and digits |
| `{digits}` `{hex}` `{letters}` | the same, narrower |
| `{slug}` | anything within one path segment, possibly nothing |
| `{word}` | letters, digits, `_` and `-`, at least one |
| `{date}` | `2025-12-22` |
| `{stamp}` | `20251222` |
| `{year}` `{month}` `{day}` | four, one or two, one or two digits |
| `{lang}` | `en`, `en-US`, `zh_CN` |
| `{item}` | a wire's news item id: one or two letters and four to six digits, `CN41786` |
| `{rest}` | anything, slashes too; only at the end |

`{name:kind}` gives a placeholder a name of its own: `{id:digits}`, `{affiliate:word}`. A number after `id`,
`digits`, `hex` or `letters` says how many there are: `{id:hex32}`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

_CLASSES: Final = {"id": "[0-9A-Za-z]", "digits": "[0-9]", "hex": "[0-9a-f]", "letters": "[A-Za-z]"}
_KINDS: Final = {
    "slug": "[^/?]*",
    "word": "[A-Za-z0-9_-]+",
    "date": "[0-9]{4}-[0-9]{2}-[0-9]{2}",
    "stamp": "[0-9]{4}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])",
    "year": "[0-9]{4}",
    "month": "[0-9]{1,2}",
    "day": "[0-9]{1,2}",
    "lang": "[a-z]{2}(?:[-_][A-Za-z]{2,4})?",
    "item": "[A-Za-z]{1,2}[0-9]{4,6}",
    "rest": ".*",
}
_PLACEHOLDER = re.compile(r"\{([a-z]+)(?::([a-z]+)([0-9]{0,3}))?\}")
_LONGEST: Final = 2000
_GOES_ON = re.compile("[a-z0-9/_%?&=.~+-]")


class TemplateError(ValueError):
    """A template that cannot be used, and why."""


@dataclass(frozen=True, slots=True)
class Template:
    """A compiled template; `names` are its placeholders'."""

    source: str
    pattern: re.Pattern[str]
    names: frozenset[str]

    def match(self, target: str, *, glued: bool = False) -> dict[str, str] | None:
        """The placeholders' values where the whole of `target` (path, or path and query) fits, else None.

        `glued` says that the address was read from text, where the next word may stand right behind it.

        >>> compile_template("/a-{id:digits}.html").match("/a-7.htmlSOURCE Here", glued=True)
        {'id': '7'}
        """
        if len(target) > _LONGEST:
            return None
        found = self.pattern.fullmatch(target)
        if found is None and glued:
            found = self.pattern.match(target)
            if found is not None and _GOES_ON.match(target, found.end()):
                return None
        return found.groupdict() if found else None


@lru_cache(maxsize=1024)
def compile_template(source: str) -> Template:
    """Compile a template.

    >>> compile_template("/news/{date}/{slug}-{id}/p.html").match("/news/2025-12-22/a-b-1Jj/p.html")["id"]
    '1Jj'

    Raises:
        TemplateError: an unknown or doubled placeholder, or one of several segments before the end.

    """
    parts, at, seen = [], 0, set[str]()
    for hit in _PLACEHOLDER.finditer(source):
        name, kind = hit[1], hit[2] or hit[1]
        if name in seen:
            raise TemplateError(f"{source!r}: {{{name}}} stands twice")
        if kind == "rest" and hit.end() != len(source):
            raise TemplateError(f"{source!r}: {{rest}} may only stand at the end")
        seen.add(name)
        parts += [re.escape(source[at : hit.start()]), f"(?P<{name}>{_kind(source, kind, hit[3] or '')})"]
        at = hit.end()
    if "{" in "".join(_PLACEHOLDER.split(source)[::4]):
        raise TemplateError(f"{source!r}: a brace that belongs to no placeholder")
    parts.append(re.escape(source[at:]))
    return Template(source, re.compile("".join(parts)), frozenset(seen))


def fill(canonical: str, values: Mapping[str, str]) -> str:
    """Put the values in the places of the canonical template."""
    return _PLACEHOLDER.sub(lambda hit: values.get(hit[1], ""), canonical)


def names_in(canonical: str) -> frozenset[str]:
    """The placeholders that a text to be filled asks for."""
    return frozenset(hit[1] for hit in _PLACEHOLDER.finditer(canonical))


def _kind(source: str, kind: str, count: str) -> str:
    if kind in _CLASSES:
        return _CLASSES[kind] + (f"{{{count}}}" if count else "+")
    if kind not in _KINDS or count:
        known = ", ".join((*_CLASSES, *_KINDS))
        raise TemplateError(f"{source!r}: unknown placeholder {{{kind}{count}}}; known: {known}")
    return _KINDS[kind]
