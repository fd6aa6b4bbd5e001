"""A host's `tdmrep.json`, read: no page, but what it says is kept with its capture as claims."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from crawler.extract.decode import header, uncompress
from crawler.records import Claim, Rejected
from crawler.reservations import RULE

if TYPE_CHECKING:
    from crawler.records import Fetched

STAGE: Final = "extract"
REASON: Final = "reservations"
_BYTES: Final = 1024 * 1024
_RULES: Final = 500
_LENGTH: Final = 2000


def read_reservations(fetched: Fetched) -> Rejected:
    """The rules of the file as claims; a file that is none says why in the detail.

    >>> from crawler.records import Fetched
    >>> body = b'[{"location": "/", "tdm-reservation": 1}]'
    >>> read_reservations(Fetched("https://a.example/.well-known/tdmrep.json", None, 200, (), body)).claims
    (Claim(kind='tdmrep', value='/ 1'),)
    """
    body = uncompress(header(fetched.headers, "content-encoding"), fetched.body, _BYTES)
    if isinstance(body, Rejected):
        return Rejected(STAGE, REASON, f"cannot be read: {body.reason}")
    if len(body) > _BYTES:
        return Rejected(STAGE, REASON, f"cannot be read: more than {_BYTES} bytes")
    try:
        said = json.loads(body.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return Rejected(STAGE, REASON, "cannot be read: no JSON")
    if not isinstance(said, list):
        return Rejected(STAGE, REASON, "cannot be read: no list of rules")
    rules = tuple(rule for each in said[:_RULES] if (rule := _rule(each)) is not None)
    return Rejected(
        STAGE, REASON, f"{len(rules)} rule{'s' * (len(rules) != 1)}", tuple(Claim(RULE, rule) for rule in rules)
    )


def _rule(said: Any) -> str | None:
    """A rule on one line; None for what is none."""
    if not isinstance(said, dict):
        return None
    location, reservation, policy = (said.get(name) for name in ("location", "tdm-reservation", "tdm-policy"))
    if not isinstance(location, str) or not location or len(location) > _LENGTH or location.split() != [location]:
        return None
    if reservation not in (0, 1, "0", "1"):
        return None
    named = isinstance(policy, str) and len(policy) <= _LENGTH and policy.split() == [policy]
    return f"{location} {int(reservation)}" + (f" {policy}" if named else "")
