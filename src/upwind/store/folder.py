"""The user's data folder: the store and imported files lie there where no other place is named."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

__all__ = ["data_folder"]


def data_folder(environment: Mapping[str, str] = os.environ) -> Path:
    """Return the user's data folder of upwind; it need not be there."""
    if environment.get("XDG_DATA_HOME"):
        return Path(environment["XDG_DATA_HOME"]) / "upwind"
    home = Path(environment.get("HOME") or Path.home())
    return home / ("Library/Application Support" if sys.platform == "darwin" else ".local/share") / "upwind"
