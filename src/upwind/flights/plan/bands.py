"""A survey's lines divided into bands beside one another, a sortie or more each, so that aircraft work apart.

The quickest sorties of one aircraft lie in one another's gaps, and go to and fro over their part: that saves turns, and
brings several aircraft near each other. Bands hold the same lines, each flown from one side to the other: aircraft that
do so side by side stay a band apart.
"""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise

import numpy as np

from upwind.arrays import FloatArray, IntArray
from upwind.flights.plan.cuts import cuts
from upwind.flights.plan.field import Field, Laid
from upwind.flights.plan.legs import columns
from upwind.flights.plan.order import oriented, time_of
from upwind.flights.plan.starts import reach_of, woven

__all__ = ["banded", "turned"]

#: Bands are made equally long in so many steps.
_STEPS = 5


def banded(field: Field, laid: Laid, bands: int, ramp: float = 0.0) -> Laid:
    """Return the same lines in sorties of bands across the course; fewer where lines are few.

    Parameters
    ----------
    ramp
        By what share of a band's time the last one takes longer than the first, those between in even steps; 0 for
        bands that are about equally long.
    """
    legs = laid.legs
    middle = (legs.start[::2, :2] + legs.end[::2, :2]) / 2.0
    across = middle @ np.array([-math.sin(laid.course), math.cos(laid.course)])
    lines = np.argsort(across, kind="stable")
    work = legs.time[::2][lines] + 2.0 * math.pi * field.air.radius / field.air.speed
    aims = 1.0 + ramp * np.linspace(-0.5, 0.5, min(bands, len(lines)))
    shares = aims.copy()
    best: list[IntArray] = []
    least = math.inf
    for _ in range(_STEPS):
        orders = [_ordered(field, laid, band) for band in _cut(lines, work, shares)]
        times = [time_of(legs, order) for order in orders]
        over = np.array(times) / aims
        if over.max() < least:
            best, least = orders, float(over.max())
        # A band with a longer way there and back gets fewer lines.
        shares = np.maximum(shares * over.mean() / over, 0.1)
    sorties = []
    for order in best:
        places = cuts(columns(legs), order, field.endurance).tolist()
        sorties += [order[first:last] for first, last in pairwise(places)]
    return replace(laid, sorties=tuple(sorties))


def turned(laid: Laid) -> Laid:
    """Return the same sorties flown the other way round."""
    return replace(laid, sorties=tuple(order[::-1] ^ 1 for order in laid.sorties))


def _cut(lines: IntArray, work: FloatArray, shares: FloatArray) -> list[IntArray]:
    """Return runs of lines, none empty, whose work is as the shares."""
    ends = np.searchsorted(np.cumsum(work), np.cumsum(shares)[:-1] / shares.sum() * work.sum()) + 1
    count = len(shares)
    for k in range(len(ends)):
        ends[k] = min(max(ends[k], k + 1, ends[k - 1] + 1 if k else 1), len(lines) - (count - 1 - k))
    return [lines[first:last] for first, last in pairwise([0, *ends.tolist(), len(lines)])]


def _ordered(field: Field, laid: Laid, band: IntArray) -> IntArray:
    """Return the quickest order of the lines of a band from its first to its last."""
    reach = reach_of(field.air.radius, field.swath.spacing)
    orders = [oriented(laid.legs, band[list(woven(len(band), step))]) for step in range(max(reach - 1, 1), reach + 2)]
    return min(orders, key=lambda order: time_of(laid.legs, order))
