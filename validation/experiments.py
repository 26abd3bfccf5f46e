"""Every experiment, in the order in which they are told."""

from __future__ import annotations

from validation import measured, simulated
from validation.cases import Experiment

__all__ = ["EXPERIMENTS"]

EXPERIMENTS: dict[str, Experiment] = {one.name: one for one in (*measured.EXPERIMENTS, *simulated.EXPERIMENTS)}
