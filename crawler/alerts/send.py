"""Delivery: a mail by SMTP, a POST to a webhook. Each has a time-out, and an end whatever the other side does.

The operator named these addresses in the config file: they are trusted, and no guard judges them. Redirects are
not followed all the same, and a password is only said over TLS.
"""

from __future__ import annotations

import smtplib
import ssl
import threading
import urllib.request
from http.client import HTTPException
from typing import TYPE_CHECKING, Final
from urllib.error import HTTPError

from crawler.alerts.message import as_json, as_mail

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from email.message import EmailMessage

    from settings.alerts import Alerts
    from storage.alerts import AlertRow

_WHOLE: Final = 3
"""How many time-outs a delivery may take as a whole: each step has one."""


def send(alerts: Sequence[AlertRow], channel: str, config: Alerts) -> str | None:
    """Send some alerts as one message; None, or why it could not be sent."""
    if channel == "mail":
        mail = as_mail(alerts, config.mail_from, config.mail_to)
        return _within(config.timeout * _WHOLE, lambda: _mail(mail, config))
    body = as_json(alerts)
    return _within(config.timeout * _WHOLE, lambda: _post(body, config))


def _within(seconds: float, deliver: Callable[[], None]) -> str | None:
    """Deliver in a thread that is left alone when it takes too long."""
    faults: list[str] = []

    def work() -> None:
        try:
            deliver()
        except HTTPError as error:
            faults.append(f"status {error.code}")
        except (OSError, smtplib.SMTPException, HTTPException, ValueError) as error:
            faults.append(f"{type(error).__name__}: {error}"[:300])

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    thread.join(seconds)
    if thread.is_alive():
        return f"no end after {seconds:g} seconds"
    return faults[0] if faults else None


def _mail(mail: EmailMessage, config: Alerts) -> None:
    host, _, port = config.smtp.rpartition(":") if ":" in config.smtp else (config.smtp, "", "")
    with smtplib.SMTP(host, int(port or 0), timeout=config.timeout) as server:
        if config.starttls:
            server.starttls(context=ssl.create_default_context())
        if config.smtp_user:
            if not config.starttls:
                raise ValueError("a password is not sent without starttls")
            server.login(config.smtp_user, config.smtp_password)
        server.send_message(mail)


class _Stay(urllib.request.HTTPRedirectHandler):
    """A webhook that moved is a fault that the operator hears of."""

    def redirect_request(self, *_: object) -> None:
        return None


def _post(body: bytes, config: Alerts) -> None:
    headers = {"Content-Type": "application/json", "User-Agent": "Tearsheet"}
    request = urllib.request.Request(config.webhook, body, headers, method="POST")  # noqa: S310 (http or https, checked when it was read)
    with urllib.request.build_opener(_Stay).open(request, timeout=config.timeout) as answer:
        answer.read(1024)
