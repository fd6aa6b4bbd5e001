"""How the archive tells what a browser made of a page from what a server sent: one header of our own.

It stands among the HTTP headers of a record, where the rebuilt head keeps what else is ours, and in the WARC
header of a rendered document, which is a `conversion` and has no HTTP head.
"""

from __future__ import annotations

from typing import Final

HEADER: Final = "X-Archive-Rendering"
SOURCE: Final = "source"
"""The document that a browser was given: what it says is read from the rendered one."""

PART: Final = "part"
"""Something that a rendered page loaded: evidence, and no page."""

DOCUMENT: Final = "document"
"""The rendered document itself."""
