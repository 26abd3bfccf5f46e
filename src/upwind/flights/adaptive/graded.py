"""How often the small regions that proposed legs lead to were right, where the truth was known."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources

from upwind.records import Estimate

__all__ = ["Graded", "graded"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Graded:
    """Of `stated` hunts whose region came within `within_m` [m], in `right` the first such region held the source.

    `share` is right over stated, with its interval; `condition` what was hunted, and in what air.
    """

    stated: int
    right: int
    share: Estimate
    within_m: float
    condition: str


@cache
def graded() -> Graded:
    """Return what graded hunts showed, as the page of hunts has it."""
    said = tomllib.loads(resources.files("upwind.flights").joinpath("data", "hunts.toml").read_text(encoding="utf-8"))
    share = said["right"] / said["stated"]
    return Graded(
        stated=said["stated"],
        right=said["right"],
        share=Estimate(median=share, lower=said["lower"], upper=said["upper"], level=said["level"], units=""),
        within_m=said["within_m"],
        condition=said["condition"],
    )
