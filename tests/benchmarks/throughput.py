"""Pages a second of a whole crawl against a bare Scrapy spider that only downloads the same addresses.

    python tests/benchmarks/throughput.py [--pages 5000] [--hosts 50] [--rounds 3] [--concurrency 16]

Both sides run in turn, each in a process of its own, against a small web on loopback ports (`web.py`), without
delays. Ours is the `crawl` verb with all that it does: guard, robots.txt, frontier, synchronised archive,
every page read in workers, copies found. The other side is a spider whose callback does nothing, with Scrapy's own
settings but for the number of requests under way and the log. What counts is the ratio of the medians; `fetching`
leaves out start-up and what goes on after the last page came. The seconds of the processor, and where they went,
mean something on a busy machine too. `--profile` says more of the event loop.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, Final

Web = dict[str, str]

ROOT: Final = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from storage.archive import SEGMENT_BYTES  # noqa: E402 (the path comes first)
from tests.benchmarks.web import World, hits, serving  # noqa: E402 (the path comes first)

SITE: Final = """
name = "wire"
title = "Wire"
tier = "wire"
hosts = [{hosts}]
items = ["/news/{{id:digits}}"]
[discover]
listings = [{lists}]
[politeness]
delay = 0
max_pages = 1000000
"""

BARE: Final = """
import json, sys, time
import scrapy
from scrapy.crawler import CrawlerProcess
addresses, pages, concurrency = list(json.loads(sys.argv[1]).items()), int(sys.argv[2]), int(sys.argv[3])
class Bare(scrapy.Spider):
    name = "bare"
    seen = 0
    async def start(self):
        for page in range(pages):
            host, address = addresses[page % len(addresses)]
            meta = {"download_slot": host}
            yield scrapy.Request(f"http://{address}/news/{page}", headers={"Host": host}, meta=meta)
    def parse(self, response):
        Bare.seen += response.status == 200
started = time.time()
process = CrawlerProcess({"CONCURRENT_REQUESTS": concurrency, "LOG_LEVEL": "ERROR", "TELNETCONSOLE_ENABLED": False,
    "REMOTE_CONTROL_ENABLED": False, "RETRY_ENABLED": False, "DOWNLOAD_DELAY": 0,
    "CONCURRENT_REQUESTS_PER_DOMAIN": 8})
process.crawl(Bare)
process.start()
print(Bare.seen, time.time() - started, time.process_time())
"""


def main() -> None:
    """Run both sides in turn, print what was measured."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=5000)
    parser.add_argument("--hosts", type=int, default=50)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--concurrency", type=int, default=16)
    parser.add_argument("--profile", action="store_true")
    args = parser.parse_args()
    world = World(args.hosts, args.pages)
    with serving(world) as web, tempfile.TemporaryDirectory() as scratch:
        rounds = []
        for turn in range(args.rounds):
            data = site_folder(Path(scratch) / str(turn), world, args.concurrency)
            rounds.append((ours(world, web, data), bare(world, web, args.concurrency)))
            said, (seconds, _) = rounds[-1]
            times = said["times"]
            print(
                f"round {turn + 1}: crawl {times['end']:.1f} s (first page at {times['first']:.1f}, last at "
                f"{times['fetched']:.1f}), bare Scrapy {seconds:.1f} s for {args.pages} pages",
                flush=True,
            )
        report(rounds, args.pages)
        if args.profile:
            profile(web, site_folder(Path(scratch) / "profile", world, args.concurrency))


def report(rounds: list[tuple[dict[str, Any], tuple[float, float]]], pages: int) -> None:
    """The rates, their ratios and the memory."""
    whole = statistics.median(said["times"]["end"] for said, _ in rounds)
    fetching = statistics.median(said["times"]["fetched"] - said["times"]["first"] for said, _ in rounds)
    other = statistics.median(seconds for _, (seconds, _) in rounds)
    busy_bare = statistics.median(cpu for _, (_, cpu) in rounds) / pages * 1000
    spent = {part: statistics.median(said["cpu"][part] for said, _ in rounds) for part in rounds[0][0]["cpu"]}
    print(f"crawl {pages / whole:.0f} pages/s, fetching {pages / fetching:.0f}, bare Scrapy {pages / other:.0f}")
    print(f"ratio {other / whole:.2f}, fetching {other / fetching:.2f}")
    print(f"processor, ms a page: {', '.join(f'{part} {cpu / pages * 1000:.2f}' for part, cpu in spent.items())}")
    share = busy_bare * pages / 1000 / spent["all"]
    print(f"bare Scrapy {busy_bare:.2f}, which is {share:.2f} of what the process that fetches takes")
    memory = {int(page): size for page, size in rounds[-1][0]["memory"].items()}
    if memory and max(memory) >= 1000:
        early, late, last = memory[1000], memory[max(memory)], rounds[-1][0]["last"]
        sizes = [f"{size / 2**20:.0f}" for size in (early, late, last)]
        print(f"memory {sizes[0]} MiB at page 1,000, {sizes[1]} at page {max(memory)}, {sizes[2]} at the end")


def site_folder(data: Path, world: World, concurrency: int) -> Path:
    """A data folder that knows the web's one site, and its config file."""
    names = world.names
    data.mkdir(0o700, parents=True)
    (data / "sites").mkdir()
    hosts = ", ".join(json.dumps(name) for name in names)
    lists = ", ".join(json.dumps(f"http://{name}/") for name in names)
    (data / "sites" / "wire.toml").write_text(SITE.format(hosts=hosts, lists=lists))
    (data / "config.toml").write_text(f"data = {json.dumps(str(data))}\n[crawl]\nconcurrency = {concurrency}\n")
    return data


def command(web: Web, data: Path, segment_bytes: int = SEGMENT_BYTES) -> list[str]:
    """What crawls it."""
    routed = ["tests/benchmarks/routed.py", json.dumps(web), str(segment_bytes)]
    return [*routed, "crawl", "--site", "wire", "--config", str(data / "config.toml"), "--json"]


def ours(world: World, web: Web, data: Path) -> dict[str, Any]:
    """The whole crawl; everything must have come."""
    done = subprocess.run(
        [sys.executable, *command(web, data)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:] + done.stdout[-2000:]
    summary, said = map(json.loads, done.stdout.splitlines()[-2:])
    assert summary["fetched"] == world.pages + world.hosts, summary
    assert hits(web).total() == summary["fetched"]
    said["cpu"]["workers"] = summary["worker_seconds"]
    found: dict[str, Any] = said
    return found


def bare(world: World, web: Web, concurrency: int) -> tuple[float, float]:
    """Seconds of the bare spider, and of the processor for it."""
    child = [sys.executable, "-c", BARE, json.dumps(web), str(world.pages), str(concurrency)]
    started = time.time()
    said = subprocess.run(child, check=True, capture_output=True, text=True).stdout.split()
    assert int(said[0]) == world.pages, said
    hits(web)
    return time.time() - started, float(said[2])


def profile(web: Web, data: Path) -> None:
    """Where the time of the event loop's thread goes."""
    out = data / "profile"
    subprocess.run(
        [sys.executable, "-m", "cProfile", "-o", str(out), *command(web, data)],
        cwd=ROOT, check=True, capture_output=True,
    )  # fmt: skip
    shown = "import pstats, sys; pstats.Stats(sys.argv[1]).sort_stats('cumtime').print_stats(60)"
    subprocess.run([sys.executable, "-c", shown, str(out)], check=True)


if __name__ == "__main__":
    main()
