"""How a site or a service is asked for one release: an address with placeholders, and what answers it."""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Final, Literal
from urllib.parse import quote, urlsplit

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

PLACEHOLDERS: Final = ("sentence", "phrase", "title", "id", "url", "carrier", "words", "since", "until", "month")
"""What a query may ask with; `crawler.discover.queries` says what each stands for."""

_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


class Query(msgspec.Struct, frozen=True, forbid_unknown_fields=True, dict=True):
    """One way to ask. `kind` says how the answer is read, `reach` how many days back the service can see (0: all).

    `url` may hold the `PLACEHOLDERS`; their values are percent-encoded. What is behind a `#` is never sent: it
    tells the answer's reader what was asked.
    """

    kind: Literal["search", "wordpress", "newsrss", "gdelt", "cdx", "collections", "ccnews"]
    url: str
    reach: Annotated[int, msgspec.Meta(ge=0, le=3660)] = 0

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The placeholders, each once, in their order."""
        return tuple(dict.fromkeys(_PLACEHOLDER.findall(self.url)))

    def fill(self, values: Mapping[str, str]) -> str:
        """The address that asks with these values.

        >>> Query("search", "https://e.example/?s={title}").fill({"title": "A port & a pier"})
        'https://e.example/?s=A%20port%20%26%20a%20pier'
        """
        return _PLACEHOLDER.sub(lambda hit: quote(values[hit[1]], safe="/" if hit[1] == "month" else ""), self.url)

    def asks(self, url: str) -> bool:
        """Whether an address is this query with some values."""
        return self._pattern.fullmatch(url) is not None

    def problems(self) -> Iterator[str]:
        """What is wrong with the address."""
        if urlsplit(self.url).scheme not in {"http", "https"}:
            yield f"{self.url!r} is no http address"
        for name in self.names:
            if name not in PLACEHOLDERS:
                known = ", ".join(f"{{{each}}}" for each in PLACEHOLDERS)
                yield f"{self.url!r}: unknown placeholder {{{name}}}; known: {known}"
        if not set(self.names) - {"since", "until"}:
            yield f"{self.url!r} asks for no release: it has no placeholder of its words or its month"

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        fixed = _PLACEHOLDER.split(self.url)[::2]
        return re.compile("[^&/]*".join(map(re.escape, fixed)))
