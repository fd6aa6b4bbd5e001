"""After a run: what a person should hear of is noted in the outbox, and what waits there is sent."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Final

from crawler.alerts.send import send
from crawler.cli.logs import clean
from storage import alerts as outbox
from storage import watches
from storage.engine import transact
from storage.lookups import find_cluster, reading

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from crawler.sites.load import Sites
    from settings.alerts import Alerts
    from settings.app import AppConfig
    from storage.store import Store

_log = logging.getLogger(__name__)

_A_MESSAGE: Final = 100
"""Alerts of one mail or POST; more wait for the next run."""


def alert(store: Store, config: AppConfig, sites: Sites) -> bool:
    """Note what is new and send it; whether all that was tried arrived. Without a channel nothing is noted."""
    if not config.alerts.channels:
        return True
    gather(store, config, sites)
    return deliver(store, config)


def gather(store: Store, config: AppConfig, sites: Sites) -> None:
    """Note in the outbox what follows from the store."""
    now = store.now()
    since = transact(store.engine, lambda connection: outbox.begin(connection, now))
    never = {site.name: site.assertions.never for site in sites.all if site.assertions.never}
    least = {site.name: site.assertions.min_listed for site in sites.all if site.assertions.min_listed}
    with reading(store.engine) as connection:
        events = [
            *outbox.copies_since(connection, since, _told_of(connection, config.alerts)),
            *outbox.widgets_since(connection, since, never),
            *outbox.dry_sites(connection, least),
        ]
    transact(store.engine, lambda connection: outbox.note(connection, events, now))


def _told_of(connection: Connection, alerts: Alerts) -> set[str] | None:
    """The clusters of the releases to tell of; None for all."""
    if not (alerts.releases or alerts.watched):
        return None
    rows = watches.watches(connection) if alerts.watched else ()
    looked_for = [row.url for row in rows if row.state != watches.STOPPED]
    return {cluster for named in (*alerts.releases, *looked_for) if (cluster := find_cluster(connection, named))}


def deliver(store: Store, config: AppConfig) -> bool:
    """Send what waits, one message each way; what fails is tried again after the next run."""
    well = True
    for channel in config.alerts.channels:
        with reading(store.engine) as connection:
            rows = outbox.waiting(connection, channel, _A_MESSAGE)
        if not rows:
            continue
        found = send(rows, channel, config.alerts)
        fault = clean(f"{channel}: {found}", config.alerts.secrets) if found else None
        ids = [row.id for row in rows]
        _settle(store, channel, ids, fault)
        if fault:
            well = False
            _log.warning("%d alerts wait: %s", len(rows), fault)
    return well


def _settle(store: Store, channel: outbox.Channel, ids: list[str], fault: str | None) -> None:
    now = store.now()
    transact(store.engine, lambda connection: outbox.settle(connection, channel, ids, now, fault))
