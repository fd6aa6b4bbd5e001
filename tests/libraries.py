"""Libraries that are installed for some tests alone."""

from __future__ import annotations

import importlib
import os
from typing import Any

import pytest


def library(name: str) -> Any:
    """A module of the extra `ci`, where it is installed; on CI all must be, elsewhere its tests are skipped."""
    if os.environ.get("CI") == "true":
        return importlib.import_module(name)
    return pytest.importorskip(name, reason="pip install '.[ci]'")
