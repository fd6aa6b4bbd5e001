"""`tearsheet bundle KEY`: the evidence of one release in one file, for whoever has to check it."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from crawler.cli.reading import open_reading
from crawler.cli.show import find_named
from crawler.cli.terminal import escape
from crawler.export.bundle import write_bundle
from crawler.export.whole import refuse_stale, replacing_bytes
from crawler.sites.load import load_sites
from storage.archive import Archive

if TYPE_CHECKING:
    import argparse

    from settings.app import AppConfig


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The verb's options."""
    parser.epilog = (
        "The file is a WACZ: a zip with the WARC records of every capture, clean texts, differences and\n"
        "a manifest with digests. Replay tools open it."
    )
    parser.add_argument("key", metavar="KEY", help="a release's key, address or cluster, or a copy's address")
    parser.add_argument("-o", "--output", required=True, metavar="FILE", help="file to write, as evidence.wacz")
    parser.add_argument("--allow-stale", action="store_true", help="pack what is out of date too")


def run(args: argparse.Namespace, config: AppConfig) -> int:
    """Pack the evidence.

    Returns:
        0; 3 where a record is no longer in the archive: the manifest names it.

    Raises:
        UsageError: no release of that name, or no such folder.
        TearsheetError: something is out of date, or the file cannot be written.

    """
    with open_reading(config) as connection:
        if not args.allow_stale:
            refuse_stale(connection)
        cluster = find_named(connection, args.key)
        with replacing_bytes(args.output) as out:
            packed = write_bundle(
                connection, Archive(config.archive_folder), load_sites(*config.site_folders), cluster, out
            )
    for record, why in sorted(packed.missing.items()):
        sys.stderr.write(f"tearsheet: record {record} is left out: {escape(why)}\n")
    if not args.quiet:
        sys.stdout.write(f"{packed.copies} pages, {packed.captures} captures in {escape(args.output)}\n")
    return 3 if packed.missing else 0
