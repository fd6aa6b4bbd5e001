"""A PostgreSQL server of a test's own, that it may treat as it likes."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, slots=True)
class Cluster:
    """A running server: its programs, its folder, and who runs it (it refuses to be run by root)."""

    programs: Path
    folder: Path
    user: str | None
    port: int

    @property
    def url(self) -> str:
        return f"postgresql://postgres@127.0.0.1:{self.port}/postgres"

    def run(self, program: str, *arguments: str) -> None:
        # What it starts keeps the streams open: they lead to a file, and nobody waits for their end.
        with (self.folder / "said").open("ab") as said:
            subprocess.run(
                [self.programs / program, "-D", self.folder / "data", *arguments],
                check=True, user=self.user, cwd=self.folder, stdout=said, stderr=said, timeout=120,
            )  # fmt: skip

    def crash(self) -> None:
        """Stop it as a crash would, and start it again."""
        self.run("pg_ctl", "restart", "-w", "-m", "immediate", "-t", "60")


@contextmanager
def running() -> Iterator[Cluster]:
    """A new server; where there are no programs for it the test is skipped, and fails in CI."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    try:
        user = "postgres" if os.getuid() == 0 and pwd.getpwnam("postgres") else None
    except KeyError:
        found = []
    if not found:
        if os.environ.get("CI") == "true":
            raise FileNotFoundError("no PostgreSQL programs in /usr/lib/postgresql")
        pytest.skip("no PostgreSQL programs to start a server with")
    folder = Path(tempfile.mkdtemp(prefix="tearsheet-pg"))
    if user:
        shutil.chown(folder, user)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    cluster = Cluster(found[-1].parent, folder, user, port)
    options = f"-c listen_addresses=127.0.0.1 -p {port} -k {folder}"
    try:
        cluster.run("initdb", "-A", "trust", "-U", "postgres", "-E", "UTF8", "--no-sync")
        cluster.run("pg_ctl", "start", "-w", "-t", "60", "-o", options)
        yield cluster
        cluster.run("pg_ctl", "stop", "-m", "immediate")
    finally:
        shutil.rmtree(folder)
