"""Alerts as a mail and as JSON. What pages say is made harmless: no control character, no second header."""

from __future__ import annotations

import json
from collections import Counter
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from typing import TYPE_CHECKING, Final

from crawler.cli.terminal import escape, shorten

if TYPE_CHECKING:
    from collections.abc import Sequence

    from storage.alerts import AlertRow

_LINE: Final = 400
_WORDS: Final = {
    "copy": "new copies",
    "altered": "altered copies",
    "gone": "copies gone",
    "widget": "widgets in clean texts",
    "yield": "sites that gave less",
}


def as_mail(alerts: Sequence[AlertRow], sender: str, receivers: Sequence[str]) -> EmailMessage:
    """One mail of several alerts; its id follows from theirs, so that a second delivery can be told."""
    counts = Counter(alert.kind for alert in alerts)
    mail = EmailMessage()
    mail["Subject"] = "Tearsheet: " + ", ".join(
        f"{count} {_WORDS[kind]}" for kind, count in sorted(counts.items())
    )
    mail["From"] = sender
    mail["To"] = ", ".join(receivers)
    mail["Date"] = formatdate()
    mail["Message-ID"] = make_msgid(alerts[0].id, domain="tearsheet.invalid")
    mail["Auto-Submitted"] = "auto-generated"
    lines = [f"{escape(shorten(a.says, _LINE))}\n  {escape(a.subject)}\n  {a.made_at}  {a.id}\n" for a in alerts]
    mail.set_content("\n".join(lines))
    return mail


def as_json(alerts: Sequence[AlertRow]) -> bytes:
    """The body of a POST."""
    rows = [
        {
            "id": a.id,
            "kind": a.kind,
            "subject": escape(a.subject),
            "release": escape(a.release) if a.release else None,
            "says": escape(a.says),
            "at": a.made_at,
        }
        for a in alerts
    ]
    return json.dumps({"alerts": rows}).encode()
