"""Every experiment, in the order in which they are told."""

from __future__ import annotations

import measured
import simulated
from cases import Experiment

__all__ = ["EXPERIMENTS"]

EXPERIMENTS: dict[str, Experiment] = {one.name: one for one in (*measured.EXPERIMENTS, *simulated.EXPERIMENTS)}
