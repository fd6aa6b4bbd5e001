"""What is logged, and in which form: lines for people on standard error, JSON lines for programs in a file.

A message may hold anything that a page or a server says. In either form control characters and those that turn
text are written out, values are cut, and passwords are left out.
"""

from __future__ import annotations

import json
import logging
import re
import traceback
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final
from urllib.parse import quote, unquote, urlsplit

from crawler.cli.terminal import escape
from crawler.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

LONGEST: Final = 4000
"""Characters of one value of a line."""

_USERINFO: Final = re.compile(r"(://[^\s/:@]*):[^\s/@]+@")
_HIDDEN: Final = "***"


def start_logging(level: int, file: str | None = None, secrets: Sequence[str] = ()) -> None:
    """Log to standard error from `level` on, and to a file (`-`: standard error instead) as JSON lines.

    The file has what is at least information, whatever the level of the other. `secrets` are left out of both.

    Raises:
        UsageError: the file cannot be written.

    """
    handlers: list[logging.Handler] = []
    if file != "-":
        said = logging.StreamHandler()
        said.setLevel(level)
        said.setFormatter(_Plain(secrets))
        handlers.append(said)
    if file is not None:
        try:
            written = logging.StreamHandler() if file == "-" else logging.FileHandler(file, encoding="utf-8")
        except OSError as error:
            raise UsageError(f"--log {escape(file)}: {error.strerror or error}") from error
        written.setLevel(min(level, logging.INFO))
        written.setFormatter(_JsonLine(secrets))
        handlers.append(written)
    logging.basicConfig(level=min(handler.level for handler in handlers), handlers=handlers, force=True)
    logging.raiseExceptions = False  # a full disk must not fill the terminal with tracebacks of the log


def secrets_of(*addresses: str) -> tuple[str, ...]:
    """The passwords in some addresses, as they are and as an address spells them.

    >>> secrets_of("postgresql://me:p%40ss@db.example/x", "sqlite:///x")
    ('p%40ss', 'p@ss')
    """
    found = []
    for address in addresses:
        try:
            password = urlsplit(address).password
        except ValueError:
            continue
        if password:
            found += [password, unquote(password), quote(unquote(password), safe="")]
    return tuple(dict.fromkeys(found))


def clean(text: str, secrets: Sequence[str] = ()) -> str:
    r"""The text as a log may hold it: cut, without a password, with everything shown that would otherwise act.

    >>> clean("at postgresql://me:x@db/y \x1b[2J", ())
    'at postgresql://me:***@db/y \\x1b[2J'
    """
    for secret in secrets:
        text = text.replace(secret, _HIDDEN)
    text = _USERINFO.sub(rf"\1:{_HIDDEN}@", text)
    if len(text) > LONGEST:
        text = text[:LONGEST] + "…"
    return escape(text)


class _Plain(logging.Formatter):
    """`WARNING storage.store: …`, each line of it made harmless."""

    def __init__(self, secrets: Sequence[str]) -> None:
        super().__init__("%(levelname)s %(name)s: %(message)s")
        self._secrets = secrets

    def format(self, record: logging.LogRecord) -> str:
        return "\n".join(clean(line, self._secrets) for line in super().format(record).split("\n"))


class _JsonLine(logging.Formatter):
    """One event as one line: `at`, `level`, `from`, `says`, and `error` where there was one."""

    def __init__(self, secrets: Sequence[str]) -> None:
        super().__init__()
        self._secrets = secrets

    def format(self, record: logging.LogRecord) -> str:
        moment = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        line = {
            "at": moment.replace("+00:00", "Z"),
            "level": record.levelname.lower(),
            "from": clean(record.name),
            "says": clean(record.getMessage(), self._secrets),
        }
        if record.exc_info and record.exc_info[0] is not None:
            line["error"] = clean("".join(traceback.format_exception(*record.exc_info, limit=-5)), self._secrets)
        return json.dumps(line)
