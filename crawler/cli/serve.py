"""`tearsheet serve`: the dashboard, the API and the feeds, on this machine alone unless told otherwise."""

from __future__ import annotations

import importlib.util
import os
import sys
from typing import TYPE_CHECKING, Final

from crawler.cli.reading import open_store
from crawler.cli.terminal import escape
from crawler.errors import UsageError
from crawler.sites.load import load_sites

if TYPE_CHECKING:
    import argparse

    from settings.app import AppConfig

TOKEN: Final = "TEARSHEET_TOKEN"  # noqa: S105 (the variable's name)
_SHORTEST: Final = 12
_LOCAL: Final = ("localhost", "127.0.0.1", "[::1]")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The verb's options."""
    parser.epilog = (
        "It only reads, unless the environment variable TEARSHEET_TOKEN holds a token: whoever knows that may\n"
        "answer reviews. It has no accounts and no TLS; before others may reach it, put it behind a server that\n"
        "has both."
    )
    parser.add_argument("--port", type=int, default=8765, metavar="N", help="default: 8765; 0: any that is free")
    parser.add_argument("--bind", default="127.0.0.1", metavar="ADDRESS", help="address to listen on")
    parser.add_argument(
        "--host", action="append", default=[], metavar="NAME", help="a name that it may be asked by; repeatable"
    )


def run(args: argparse.Namespace, config: AppConfig) -> int:
    """Serve until it is stopped.

    Raises:
        UsageError: the libraries are not installed, or the token is short.
        TearsheetError: nothing is stored yet.

    """
    if any(importlib.util.find_spec(name) is None for name in ("starlette", "uvicorn")):
        raise UsageError("serve needs starlette and uvicorn: pip install 'tearsheet[serve]'")
    if not 0 <= args.port <= 65_535:
        raise UsageError("--port: a number up to 65535")
    token = os.environ.get(TOKEN, "")
    if token and len(token) < _SHORTEST:
        raise UsageError(f"{TOKEN}: at least {_SHORTEST} characters, better 32 at random")
    import uvicorn

    from crawler.web.app import Serving, make_app

    hosts = frozenset(name.lower() for name in (*_LOCAL, *args.host))
    serving = Serving(config, load_sites(*config.site_folders), hosts, token)
    with open_store(config) as engine:
        if not args.quiet:
            shown = f"[{args.bind}]" if ":" in args.bind else args.bind
            does = "writes with the token" if token else "only reads"
            sys.stderr.write(f"http://{escape(shown)}:{args.port}/ ({does})\n")
        level = "info" if args.verbose else "warning"
        app = make_app(serving, engine)
        uvicorn.run(app, host=args.bind, port=args.port, log_level=level, server_header=False, access_log=False)
    return 0
