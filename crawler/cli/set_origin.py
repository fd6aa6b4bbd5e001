"""`tearsheet set-origin`: a person says which origin a release has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crawler.cli.overruling import add_common, serve

if TYPE_CHECKING:
    import argparse

    from settings.app import AppConfig


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The verb's options."""
    parser.add_argument(
        "subject", metavar="URL|KEY", nargs="?", help="a page of the release, its key or its cluster"
    )
    parser.add_argument("object", metavar="ORIGIN", nargs="?", help="address or key of the origin")
    add_common(parser)


def run(args: argparse.Namespace, config: AppConfig) -> int:
    """Put it down, list, or take back."""
    return serve(args, config, "origin")
