"""The file for Prometheus is what Prometheus reads, whatever a reason or a site is called."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from crawler.cli.main import main
from crawler.cli.metrics import write_metrics
from crawler.errors import UsageError
from crawler.spiders.crawl import CrawlSummary
from crawler.strata import Drained
from storage.standing import Standing

parser = pytest.importorskip("prometheus_client.parser", reason="pip install '.[metrics]'")

if TYPE_CHECKING:
    from pathlib import Path

HOSTILE = 'x"} 1\nevil{a="b\\'


def summary() -> CrawlSummary:
    return CrawlSummary(
        9, 7, 4, 1, 2, {"timeout": 2, HOSTILE: 1}, {"blocked:robots": 3}, {}, {}, 5, 6, 1,
        stopped=False, drained=Drained(),
        sites={"mirror": {"fetched": 7, "lists": 1, "listed": 0}, HOSTILE: {"fetched": 1}},
    )  # fmt: skip


def read(path: Path) -> dict[tuple[str, ...], float]:
    families = parser.text_string_to_metric_families(path.read_text("utf-8"))
    return {(s.name, *s.labels.values()): s.value for family in families for s in family.samples}


def test_what_is_written_is_what_is_read(tmp_path: Path) -> None:
    path = tmp_path / "tearsheet.prom"
    path.write_text("of the run before")
    write_metrics(path, summary(), Standing(0, 6, 0, 40), 12.5, 1_800_000_000.0)
    found = read(path)
    assert found["tearsheet_run_pages", "new"] == 4
    assert found["tearsheet_run_refused", "failed", "timeout"] == 2
    assert found["tearsheet_run_refused", "failed", HOSTILE] == 1
    assert found["tearsheet_run_refused", "blocked", "blocked:robots"] == 3
    assert found["tearsheet_run_site_listed", "mirror"] == 0
    assert ("tearsheet_run_site_listed", HOSTILE) not in found
    assert found["tearsheet_copies",] == 40
    assert found["tearsheet_run_end_time_seconds",] == 1_800_000_000
    assert not [name for name, *_ in found if not name.startswith("tearsheet_")]
    assert [each.name for each in tmp_path.iterdir()] == ["tearsheet.prom"]


def test_a_file_that_cannot_be_written_is_told_before_the_crawl(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lost = tmp_path / "no" / "x.prom"
    with pytest.raises(UsageError):
        write_metrics(lost, summary(), Standing(0, 0, 0, 0), 1.0, 1.0)
    assert main(["crawl", "--site", "antara", "--metrics", str(lost), "--data", str(tmp_path / "data")]) == 2
    assert "--metrics" in capsys.readouterr().err
    assert not (tmp_path / "data").exists()
