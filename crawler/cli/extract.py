"""`tearsheet extract`: one saved page to its clean text on stdout; nothing is stored, nothing is fetched."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from crawler.cli.terminal import escape
from crawler.derive import read_alone
from crawler.errors import UsageError
from crawler.records import KEPT_ROLES, Fetched, Rejected
from crawler.sites.load import load_sites

if TYPE_CHECKING:
    import argparse

    from settings.app import AppConfig

_UNKNOWN = "http://unknown.invalid/"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The verb's options."""
    parser.add_argument("file", metavar="FILE", help="an HTML file, or - for standard input")
    parser.add_argument("--url", metavar="URL", default=_UNKNOWN, help="its address, for the site's own rules")
    parser.add_argument(
        "--json", action="store_true", help="print title, keys, roles and what was removed as JSON"
    )


def run(args: argparse.Namespace, config: AppConfig) -> int:
    """Clean one page and print it.

    Raises:
        UsageError: the file cannot be read.

    """
    try:
        body = sys.stdin.buffer.read() if args.file == "-" else Path(args.file).read_bytes()
    except OSError as error:
        raise UsageError(f"{escape(args.file)}: {error.strerror}") from error
    fetched = Fetched(args.url, None, 0, (("Content-Type", "text/html"),), body)
    read = read_alone(fetched, load_sites(*config.site_folders), config)
    if isinstance(read, Rejected):
        sys.stderr.write(f"tearsheet: no text: {read.reason} ({escape(read.detail)})\n")
        return 1
    if not args.json:
        sys.stdout.write(read.draft.text + "\n")
        return 0
    blocks = read.page.blocks
    shown = {
        "title": read.draft.title,
        "language": read.draft.language,
        "published_at": read.page.published_at,
        "dateline": read.draft.dateline,
        "keys": [
            {"key": f"{key.scheme}:{key.value}", "place": key.where, "url": key.url} for key in read.draft.keys
        ],
        "text": read.draft.text,
        "removed": [
            {"block": d.block, "role": d.role, "rule": d.rule, "text": blocks[d.block].text}
            for d in read.draft.decisions
            if d.role not in KEPT_ROLES
        ],
    }
    sys.stdout.write(json.dumps(shown, ensure_ascii=False, indent=2) + "\n")
    return 0
