"""`tearsheet alerts`: what somebody was or is to be told of; `--send` tries what waits again."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from crawler.cli.alerting import alert
from crawler.cli.reading import open_reading
from crawler.cli.terminal import Column, day, standard_output
from crawler.errors import UsageError
from crawler.export.form import dump_json
from crawler.sites.load import load_sites
from storage.alerts import newest
from storage.store import Store

if TYPE_CHECKING:
    import argparse

    from settings.app import AppConfig

_PARTIAL = 3


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The verb's options."""
    parser.add_argument("--send", action="store_true", help="gather what is new and send what waits")
    parser.add_argument("--limit", type=int, default=50, metavar="N", help="how many, newest first (default: 50)")
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def run(args: argparse.Namespace, config: AppConfig) -> int:
    """Print the alerts.

    Returns:
        0; 3 where something could not be sent.

    Raises:
        UsageError: nobody is named in the config file whom alerts could be sent to.

    """
    if args.limit < 1:
        raise UsageError("--limit: at least 1")
    well = True
    if args.send:
        if not config.alerts.channels:
            raise UsageError("--send: the config file's [alerts] name neither a webhook nor mail_to")
        with Store.open(config.data_folder, config.database_url, "alerts") as store:
            well = alert(store, config, load_sites(*config.site_folders))
    terminal = standard_output(exact=args.json)
    with open_reading(config) as connection:
        found = newest(connection, args.limit)
    if args.json:
        terminal.out.write(dump_json({"alerts": [asdict(row) for row in found]}, indent=2) + "\n")
    else:
        columns = (Column("MADE"), Column("SENT"), Column("KIND"), Column("ABOUT"))
        rows = [(day(row.made_at), day(row.mailed_at or row.posted_at), row.kind, row.says) for row in found]
        notes = [[row.subject, *([row.fault] if row.fault else [])] for row in found]
        if not terminal.table(columns, rows, notes):
            terminal.line("no alerts")
    return 0 if well else _PARTIAL
