from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from crawler.sites.load import Site, Sites
from settings.app import Crawl
from tests.crawl.loopback import HOST, Bench, Server, serving, site

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


@pytest.fixture
def server() -> Iterator[Server]:
    with serving() as made:
        yield made


@pytest.fixture
def other_server() -> Iterator[Server]:
    """A server that nothing may reach."""
    with serving() as made:
        yield made


@pytest.fixture
def bench(tmp_path: Path, server: Server) -> Callable[..., Bench]:
    """Makes a bench whose `www.mirror.test` is the server."""

    def make(*sites: Site, loopback: dict[str, str] | None = None, **crawl: Any) -> Bench:
        routes = {HOST: server.address, **(loopback or {})}
        known = sites or (site(discover={"listings": [f"http://{HOST}/"]}),)
        return Bench(tmp_path / "data", Sites(known), routes, Crawl(**{"timeout": 5.0, **crawl}))

    return make
