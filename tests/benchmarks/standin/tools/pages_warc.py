"""A stand-in for the builder of annotated pages, called in the same way: `pages_warc.py PAGES OUT`."""

from __future__ import annotations

import gzip
import io
import json
import sys
from pathlib import Path

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter


def main(pages: Path, out: Path) -> None:
    truth = json.loads((pages / "ground-truth.json").read_text("utf-8"))
    out.mkdir(parents=True, exist_ok=True)
    with (out / "pages.warc.gz").open("wb") as stream, (out / "truth.jsonl").open("w", encoding="utf-8") as rows:
        writer = WARCWriter(stream, gzip=True, warc_version="1.1")
        for key, row in truth.items():
            body = io.BytesIO(gzip.decompress((pages / "html" / f"{key}.html.gz").read_bytes()))
            said = StatusAndHeaders("200 OK", [("Content-Type", "text/html; charset=utf-8")], protocol="HTTP/1.1")
            record = writer.create_warc_record(row["url"], "response", payload=body, http_headers=said)
            writer.write_record(record)
            line = {"url": row["url"], "release": None, "text": row["articleBody"], "widgets": []}
            rows.write(json.dumps(line) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
