"""The examples in docstrings do what they show."""

from __future__ import annotations

import doctest
from importlib import import_module
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[2] / "src"
EXAMPLES = [path for path in sorted(SOURCE.rglob("*.py")) if ">>>" in path.read_text(encoding="utf-8")]


def dotted(path: Path) -> str:
    """Return a module's name."""
    return ".".join(path.relative_to(SOURCE).with_suffix("").parts).removesuffix(".__init__")


@pytest.mark.parametrize("name", [dotted(path) for path in EXAMPLES])
def test_the_examples_of_a_module_hold(name: str) -> None:
    tried = doctest.testmod(import_module(name), raise_on_error=False)
    assert tried.attempted > 0
    assert tried.failed == 0
