"""`tearsheet process`: derive what is out of date, or everything, from the archive; no network."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from typing import TYPE_CHECKING

from crawler.derive import drain, mark_everything
from crawler.sites.load import load_sites
from storage.store import Store

if TYPE_CHECKING:
    import argparse

    from settings.app import AppConfig


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The verb's options."""
    parser.add_argument("--all", action="store_true", help="derive everything again, as after a change of rules")
    parser.add_argument("--json", action="store_true", help="print what was done as JSON")


def run(args: argparse.Namespace, config: AppConfig) -> int:
    """Drain the dirty rows; with `--all`, put every capture out of date first."""
    sites = load_sites(*config.site_folders)
    with (
        Store.open(config.data_folder, config.database_url, "process") as store,
        store.run("process") as outcome,
    ):
        if args.all:
            mark_everything(store.engine)
        drained = drain(store, config, sites)
        derived = asdict(drained)
        outcome["derived"] = derived
    if args.json:
        sys.stdout.write(json.dumps(derived, ensure_ascii=False) + "\n")
    elif not args.quiet:
        lines = [
            f"{drained.pages} pages read, {drained.texts} texts placed, {drained.clusters} clusters summed up"
        ]
        lines += [f"  no text, {reason}: {count}" for reason, count in sorted(drained.rejected.items())]
        sys.stdout.write("\n".join(lines) + "\n")
    return 0
