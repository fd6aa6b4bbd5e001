"""Imported once by the process that forks the workers, before it forks any: reads a page of no account.

Models and tables that load on first use are loaded then and shared, and no page pays for them out of its own
seconds.
"""

from crawler.derive import rules_version
from crawler.flow import read_page
from crawler.records import Fetched
from crawler.sites.load import Sites

_BODY = b"<title>A page</title>" + b"<p>A page of some words, read to have read one. </p>" * 20

rules_version(None)
read_page(Fetched("https://localhost/", None, 200, (), _BODY), Sites(()), len(_BODY))
