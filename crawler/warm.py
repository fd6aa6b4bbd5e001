"""Imported once by the process that forks the workers, before it forks any: reads a page and a list of no account.

Models and tables that load on first use are loaded then and shared, and no page pays for them out of its own
seconds.
"""

from multiprocessing import spawn

from crawler.derive import rules_version
from crawler.discover.answers import Asked
from crawler.discover.leads import discover
from crawler.flow import read_page
from crawler.records import Fetched
from crawler.sites.load import Sites
from crawler.spiders import leads  # noqa: F401 (what a worker runs for a list)

_BODY = b"<title>A page</title>" + b"<p>A page of some words, read to have read one. </p>" * 20
_FEED = b"<rss version='2.0'><channel><title>A feed</title><item><link>https://localhost/</link></item></channel></rss>"

# Workers run functions of our modules. The program's own main module would be run again in each, for nothing.
spawn._fixup_main_from_name = spawn._fixup_main_from_path = lambda _: None  # type: ignore[attr-defined]  # noqa: SLF001 (no public name)

rules_version(None)
read_page(Fetched("https://localhost/", None, 200, (), _BODY), Sites(()), len(_BODY))
discover(Fetched("https://localhost/", None, 200, (), _BODY), Sites(()), Asked("listing", 0, len(_BODY)))
discover(Fetched("https://localhost/feed", None, 200, (), _FEED), Sites(()), Asked("feed", 0, len(_FEED)))
