"""The application's own configuration: one frozen value, from defaults, one TOML file and the command line."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote

import msgspec
import platformdirs

from crawler.errors import UsageError
from crawler.fetch.own import read_networks
from crawler.fetch.revisit import read_span, read_steps
from settings.alerts import Alerts


class Limits(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What one page may cost before it is given up."""

    page_bytes: Annotated[int, msgspec.Meta(ge=1024)] = 16 * 1024 * 1024
    page_seconds: Annotated[float, msgspec.Meta(gt=0)] = 10.0
    memory_bytes: Annotated[int, msgspec.Meta(ge=256 * 1024 * 1024)] = 2 * 1024 * 1024 * 1024


class Crawl(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How a crawl presents itself and behaves; the delay is each site's own. `own` are public addresses and
    networks of ours, to which no connection is made.
    """

    contact: str = ""
    own: tuple[str, ...] = ()
    concurrency: Annotated[int, msgspec.Meta(ge=1, le=64)] = 8
    timeout: Annotated[float, msgspec.Meta(gt=0)] = 60.0
    retries: Annotated[int, msgspec.Meta(ge=0, le=10)] = 2
    strangers: Annotated[int, msgspec.Meta(ge=0, le=1000)] = 25

    def __post_init__(self) -> None:
        """Refuse what is no address."""
        read_networks(self.own)


class Browser(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The browser for sites whose pages need one. Without a path, Chromium is looked for among the programs.

    Without `sandbox` a page that breaks out of the browser has this user's rights: for containers alone.
    """

    path: str = ""
    sandbox: bool = True
    page_seconds: Annotated[float, msgspec.Meta(gt=0, le=600)] = 30.0


class Watch(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """When to look again. `pages` goes by the age of a copy, `queries` by that of a watched release: how often
    until which age, and then no more. `lists` is how often the sites' own lists are asked.
    """

    pages: tuple[str, ...] = ("15m until 2h", "2h until 2d", "1d until 14d", "7d until 90d")
    queries: tuple[str, ...] = ("10m until 2h", "1h until 2d", "12h until 14d", "3d until 90d")
    lists: str = "1h"

    def __post_init__(self) -> None:
        """Refuse a schedule that cannot be read."""
        read_steps(self.pages)
        read_steps(self.queries)
        read_span(self.lists)


class Retention(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """For how many days archived records are kept; 0: for good."""

    days: Annotated[int, msgspec.Meta(ge=0, le=36500)] = 0


class AppConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Everything that a run needs to know. `database` is a SQLAlchemy URL; empty means SQLite in `data`."""

    data: str = ""
    database: str = ""
    sites: tuple[str, ...] = ()
    workers: Annotated[int, msgspec.Meta(ge=1, le=256)] = 2
    limits: Limits = Limits()
    crawl: Crawl = Crawl()
    browser: Browser = Browser()
    watch: Watch = Watch()
    retention: Retention = Retention()
    alerts: Alerts = Alerts()

    @property
    def data_folder(self) -> Path:
        """The folder of the database, the archive and the lock."""
        return Path(self.data) if self.data else Path(platformdirs.user_data_dir("tearsheet", appauthor=False))

    @property
    def database_url(self) -> str:
        """The database's SQLAlchemy URL."""
        return self.database or f"sqlite:///{quote(str(self.data_folder / 'tearsheet.sqlite'), safe='/ ')}"

    @property
    def archive_folder(self) -> Path:
        """The folder of the WARC segments."""
        return self.data_folder / "archive"

    @property
    def site_folders(self) -> tuple[Path, ...]:
        """Folders of site files of the user's own, later ones winning."""
        return (self.data_folder / "sites", *map(Path, self.sites))


def default_config_path() -> Path:
    """Where the config file is looked for when none is named."""
    return Path(platformdirs.user_config_dir("tearsheet", appauthor=False)) / "tearsheet.toml"


def load_config(path: Path | None, overrides: dict[str, Any]) -> AppConfig:
    """Read the config file (the default one may be missing) and lay the command line's values over it.

    Raises:
        UsageError: naming the file and the key that is wrong.

    """
    chosen = path or default_config_path()
    try:
        config = (
            msgspec.toml.decode(chosen.read_bytes(), type=AppConfig) if path or chosen.exists() else AppConfig()
        )
    except (OSError, UnicodeDecodeError, msgspec.DecodeError) as error:
        raise UsageError(f"{chosen}: {error}") from error
    return msgspec.structs.replace(config, **{key: value for key, value in overrides.items() if value is not None})
