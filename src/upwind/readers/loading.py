"""The one place where reading loads a module only when a file asks for it."""

from __future__ import annotations

import importlib
from types import ModuleType

__all__ = ["load"]


def load(module: str) -> ModuleType:
    """Return a module of this package by its full name; those that need heavy libraries are loaded this way."""
    return importlib.import_module(module)
