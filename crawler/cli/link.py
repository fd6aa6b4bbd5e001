"""`tearsheet link`: a person says that two pages are one release."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crawler.cli.overruling import add_common, serve

if TYPE_CHECKING:
    import argparse

    from settings.app import AppConfig


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The verb's options."""
    parser.add_argument("subject", metavar="URL", nargs="?", help="address of a page")
    parser.add_argument("object", metavar="URL|KEY", nargs="?", help="another page, a key (cgtn:…) or a cluster")
    add_common(parser)


def run(args: argparse.Namespace, config: AppConfig) -> int:
    """Put it down, list, or take back."""
    return serve(args, config, "link")
