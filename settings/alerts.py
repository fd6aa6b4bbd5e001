"""Who is told of what a run found: a webhook, mail, or nobody."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec


class Alerts(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where alerts go: JSON is POSTed to `webhook`, mail goes to `mail_to` by the server `smtp` (`host:port`).

    These addresses are the operator's own and trusted: they may lie on this machine, and no guard judges them.
    Copies are told of all releases, or of those that `releases` names by key or address (the tracked one too), and
    of every watched one where `watched` says so. `timeout` is in seconds.
    """

    webhook: str = ""
    mail_to: tuple[str, ...] = ()
    mail_from: str = ""
    smtp: str = "localhost"
    smtp_user: str = ""
    smtp_password: str = ""
    starttls: bool = True
    timeout: Annotated[float, msgspec.Meta(gt=0, le=120)] = 10.0
    releases: tuple[str, ...] = ()
    watched: bool = False

    def __post_init__(self) -> None:
        """Refuse addresses that nothing can be sent to."""
        if self.webhook and not self.webhook.startswith(("http://", "https://")):
            raise ValueError("alerts.webhook is no http address")
        if any("@" not in each or not each.isprintable() for each in (*self.mail_to, self.mail_from) if each):
            raise ValueError("alerts.mail_to and mail_from are mail addresses")
        if self.mail_to and not self.mail_from:
            raise ValueError("alerts.mail_from is needed for alerts.mail_to")

    @property
    def channels(self) -> tuple[Literal["mail", "webhook"], ...]:
        """How somebody is told: `mail`, `webhook`, both, or not at all."""
        return (*(("mail",) if self.mail_to else ()), *(("webhook",) if self.webhook else ()))

    @property
    def secrets(self) -> tuple[str, ...]:
        """What no log may hold."""
        return tuple(filter(None, (self.webhook, self.smtp_password)))
