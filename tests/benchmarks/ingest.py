"""Pages a second of the whole of `ingest` against bare trafilatura, and the parent's memory as pages pile up.

    python tests/benchmarks/ingest.py [SHARED] [--pages 1000] [--rounds 3] [--memory 10000]

SHARED is the folder with the syndication benchmark's builder and its pages; without it the sample newsroom's
pages are used, and that is said. The two sides run in turn over one WARC, each in a process of its own:
`ingest` does everything it does (archive, read with two workers, clean, identify, match, store), the other
side reads the records and calls `trafilatura.extract(fast=True)` in one process. What counts is the ratio of
the medians: 1.0 means that all of `ingest` costs no more time than extraction alone.
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

ROOT = Path(__file__).parents[2]

BARE = """
import sys, time
from warcio.archiveiterator import ArchiveIterator
from trafilatura import extract
started, pages = time.perf_counter(), 0
with open(sys.argv[1], "rb") as stream:
    for record in ArchiveIterator(stream):
        if record.rec_type == "response":
            extract(record.content_stream().read().decode("utf-8", "replace"), fast=True)
            pages += 1
print(pages, time.perf_counter() - started)
"""

MEMORY = """
import json, sys
from pathlib import Path
from crawler.cli import ingest
from crawler.cli.main import main
seen, page = {}, 0
def resident():
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096
class Watching(ingest._Progress):
    def step(self, stratum, done, of):
        seen.setdefault(stratum, []).append((done, resident()))
        super().step(stratum, done, of)
ingest._Progress = Watching
main(["ingest", "-q", "--data", sys.argv[2], sys.argv[1]])
json.dump(seen, sys.stdout)
"""


def main() -> None:
    """Build the pages, run both sides in turn, print what was measured."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("shared", nargs="?", type=Path)
    parser.add_argument("--pages", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--memory", type=int, default=0, help="pages for the memory figure; 0 leaves it out")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        speed(build(args.shared, args.pages, folder / "speed"), args.rounds, folder)
        if args.memory:
            memory(build(args.shared, args.memory, folder / "memory"), folder)


def build(shared: Path | None, pages: int, out: Path) -> Path:
    """A WARC of about so many pages."""
    if shared is None:
        print("no shared folder is named: measured on the sample newsroom's own pages")
        return newsroom_warc(pages, out)
    releases = shared / "data" / "releases"
    command = [
        sys.executable, str(shared / "tools" / "transplant.py"), str(shared / "data" / "pages"), str(out),
        "--stories", str(releases / "releases.jsonl"), "--pairs", str(releases / "pairs.csv"),
        "--seed", "7", "--releases", str(max(2, pages // 18)), "--copies", "17",
    ]  # fmt: skip
    subprocess.run(command, check=True, stdout=sys.stderr)
    return out / "pages.warc.gz"


def newsroom_warc(pages: int, out: Path) -> Path:
    """The newsroom's pages, again and again under other addresses."""
    sys.path.insert(0, str(ROOT))
    from crawler.demo.newsroom import newsroom
    from crawler.records import Fetched
    from storage.warc import build as build_record

    out.mkdir(parents=True)
    room = [(served.host, served.path, served.answers[-1]) for served in newsroom(1).served]
    room = [(host, path, answer) for host, path, answer in room if b"</html>" in answer.body]
    with (out / "pages.warc.gz").open("wb") as stream:
        for n in range(pages):
            host, path, answer = room[n % len(room)]
            url = f"http://{host}{path}?again={n // len(room)}"
            stream.write(
                build_record(Fetched(url, "2025-12-23T00:00:00Z", answer.status, answer.headers, answer.body))
            )
    return out / "pages.warc.gz"


def speed(warc: Path, rounds: int, folder: Path) -> None:
    """Both sides in turn, and the ratio of their medians."""
    ours, bare, pages = [], [], 0
    for turn in range(rounds):
        started = time.perf_counter()
        data = folder / f"data{turn}"
        ingest = [sys.executable, "-m", "crawler", "ingest", "-q", "--data", str(data), str(warc)]
        subprocess.run(ingest, check=True, cwd=ROOT)
        ours.append(time.perf_counter() - started)
        said = subprocess.run([sys.executable, "-c", BARE, str(warc)], check=True, capture_output=True, text=True)
        pages, seconds = int(said.stdout.split()[0]), float(said.stdout.split()[1])
        bare.append(seconds)
        print(f"round {turn + 1}: ingest {ours[-1]:.1f} s, bare trafilatura {bare[-1]:.1f} s for {pages} pages")
    ratio = statistics.median(bare) / statistics.median(ours)
    rates = [pages / statistics.median(seconds) for seconds in (ours, bare)]
    print(f"ingest {rates[0]:.1f} pages/s, bare trafilatura {rates[1]:.1f} pages/s")
    print(f"ratio {ratio:.2f}")


def memory(warc: Path, folder: Path) -> None:
    """The parent's resident memory when it has read 1,000 pages, and at the last one."""
    command = [sys.executable, "-c", MEMORY, str(warc), str(folder / "memory-data")]
    said = subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT)
    for stratum, points in json.loads(said.stdout).items():
        if points[-1][0] < 1000:
            continue
        early = next(size for done, size in points if done >= 1000)
        done, late = points[-1]
        print(f"{stratum}: {early / 2**20:.0f} MiB at 1,000, {late / 2**20:.0f} MiB at {done}: {late / early:.2f}")


if __name__ == "__main__":
    main()
