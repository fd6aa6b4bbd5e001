"""`tearsheet unlink`: a person takes a page out of a release."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crawler.cli.overruling import add_common, serve

if TYPE_CHECKING:
    import argparse

    from settings.app import AppConfig


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The verb's options."""
    parser.add_argument("subject", metavar="URL", nargs="?", help="address of the page that is no copy")
    parser.add_argument(
        "object", metavar="URL|KEY", nargs="?", help="a page of the release, or its key or cluster"
    )
    add_common(parser)


def run(args: argparse.Namespace, config: AppConfig) -> int:
    """Put it down, list, or take back."""
    return serve(args, config, "unlink")
