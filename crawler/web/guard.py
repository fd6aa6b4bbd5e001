"""What stands before every view: who may ask, by which name, with which method; and what a browser may then do.

A dashboard on a person's machine is reached by every page that the person's browser opens. So the Host header
must be a name that was allowed (a rebound name is not), a method that writes must come from our own page, and
nothing of ours may be framed, sniffed or referred to. https://owasp.org/www-project-secure-headers/
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

READING: Final = frozenset({"GET", "HEAD"})
BODY_LIMIT: Final = 16 * 1024
"""Bytes of a request's body: an answer to a question, never more."""


@dataclass(frozen=True, slots=True)
class Door:
    """The middleware. `hosts` are the names that it is asked by, `policy` its pages' Content-Security-Policy."""

    app: ASGIApp
    hosts: frozenset[str]
    policy: str

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse, or let in and put the headers on the answer."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        fault = self._fault(scope)
        if fault is not None:
            status, why = fault
            await PlainTextResponse(why + "\n", status)(scope, receive, self._with_headers(send))
            return
        await self.app(scope, receive, self._with_headers(send))

    def _fault(self, scope: Scope) -> tuple[int, str] | None:
        headers = Headers(scope=scope)
        host = headers.get("host", "").lower()
        if host not in self.hosts and host.rpartition(":")[0] not in self.hosts:
            return 421, "this name is not served here; `tearsheet serve --host NAME` allows it"
        if scope["method"] in READING:
            return None
        if scope["method"] != "POST":
            return 405, "only GET, HEAD and POST"
        if not from_our_page(headers, host):
            return 403, "this did not come from our own page"
        length = headers.get("content-length", "")
        if not length.isdigit() or int(length) > BODY_LIMIT:
            return 413, "a body of a stated length is expected, and a short one"
        return None

    def _with_headers(self, send: Send) -> Send:
        async def wrapped(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS:
                    headers.setdefault(name, value)
                headers.setdefault("Content-Security-Policy", self.policy)
            await send(message)

        return wrapped


HEADERS: Final = (
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"),
    ("X-Frame-Options", "DENY"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("X-Robots-Tag", "noindex, nofollow"),
    ("Cache-Control", "no-cache"),
)


def from_our_page(headers: Headers, host: str) -> bool:
    """Whether a request that writes was made by a page of ours, or by a program that is no browser.

    Browsers state the relation (Fetch Metadata), older ones at least the origin; no page can set either. The first
    is asked first: under our own Referrer-Policy the origin of our own form is `null`.
    """
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site in {"same-origin", "none"}
    origin = headers.get("origin")
    return origin is None or origin.lower().partition("://")[2] == host
