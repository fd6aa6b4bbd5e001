"""A machine with little memory: the work is done with what there is, or ends by itself, and nothing is lost."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, select

from storage import tables as t
from storage.store import Store
from storage.warc import build
from tests.db.folders import sound
from tests.releases import page, paragraphs

if TYPE_CHECKING:
    from pathlib import Path

PROGRAM = """
import resource, sys
most = int(sys.argv[1]) << 20
resource.setrlimit(resource.RLIMIT_AS, (most, most))
from crawler.cli.main import main
if __name__ == "__main__":
    sys.exit(main(sys.argv[2:]))
"""
PAGES = 8

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the limit is accepted and not held")


def ingest(folder: Path, *before: str) -> subprocess.CompletedProcess[str]:
    command = [*before, "ingest", str(folder / "in.warc"), "--data", str(folder / "data")]
    return subprocess.run([sys.executable, *command], capture_output=True, text=True, check=False, timeout=300)


@pytest.mark.parametrize("mebibytes", [150, 330, 1000])
def test_it_ends_by_itself_and_the_next_run_has_everything(tmp_path: Path, mebibytes: int) -> None:
    """A worker may take 2 GiB by default: more than there is here."""
    records = (build(page(f"https://a{n}.example/1", paragraphs(n))) for n in range(PAGES))
    (tmp_path / "in.warc").write_bytes(b"".join(records))
    (tmp_path / "little.py").write_text(PROGRAM)
    little = ingest(tmp_path, str(tmp_path / "little.py"), str(mebibytes))
    assert little.returncode in {0, 1}, little.stderr
    if mebibytes == 1000:
        assert little.stdout.startswith(f"{PAGES} pages read"), little.stderr
    enough = ingest(tmp_path, "-m", "crawler")
    assert enough.returncode == 0, enough.stderr
    with Store.open(tmp_path / "data", f"sqlite:///{tmp_path}/data/tearsheet.sqlite", "test") as store:
        sound(store)
        with store.engine.connect().execution_options(reads=True) as connection:
            assert connection.scalar(select(func.count()).select_from(t.Page)) == PAGES
            assert connection.scalar(select(func.count()).select_from(t.Dirty)) == 0
