"""The air inside closed buildings: one well-mixed box that takes in the air outside as often as it changes.

``dC/dt = lambda (C_out - C)`` with lambda the air changes an hour and nothing taken up by walls: the peak inside is
below the peak outside, and in the long run both doses are equal, which is why a shelter must be aired afterwards.

How often the air of homes changes is lognormal: median 0.45 an hour, 0.18 to 1.26 from the tenth to the ninetieth
percentile (EPA 2011, Exposure Factors Handbook, chapter 19, EPA/600/R-09/052F; figures unverified). Windows and doors
that stand open pass them by far.
"""

from __future__ import annotations

import math

import numpy as np

from upwind.arrays import FloatArray

__all__ = ["air_changes", "indoor_series", "mean_ratio"]

_MEDIAN_PER_H, _HIGH_PER_H = 0.45, 1.26
#: Of the normal distribution: its ninetieth percentile.
_NINETIETH = 1.2816
_SPREAD = math.log(_HIGH_PER_H / _MEDIAN_PER_H) / _NINETIETH


def air_changes(rng: np.random.Generator, count: int) -> FloatArray:
    """Return draws of how often the air of a closed home changes. [1/h]"""
    return _MEDIAN_PER_H * np.exp(_SPREAD * rng.standard_normal(count))


def mean_ratio(per_hour: FloatArray, minutes: float) -> FloatArray:
    """Return the mean indoor over the mean outdoor concentration, over so many minutes from a plume's arrival."""
    turned = per_hour * minutes / 60.0
    return 1.0 + np.expm1(-turned) / turned


def indoor_series(outdoor: FloatArray, step_s: float, per_hour: float) -> FloatArray:
    """Return the concentration inside at the end of each step, from that outside during it; clean at first.

    Parameters
    ----------
    outdoor
        Shape (step,). [any unit]
    step_s
        Length of a step.
    per_hour
        Air changes. [1/h]
    """
    kept = math.exp(-per_hour * step_s / 3600.0)
    inside = np.empty(len(outdoor))
    now = 0.0
    for index, outside in enumerate(outdoor):
        now = outside + (now - outside) * kept
        inside[index] = now
    return inside
