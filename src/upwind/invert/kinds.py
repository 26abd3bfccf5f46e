"""Kinds of air and of source that are tried at once, for how a plume rises to a sensor is never known beforehand.

How far upwind of a crossing a source is hangs on how its gas gets up to the height that is flown at. Formulas of mean
plumes are made for hundreds of metres and tens of minutes; within some tens of metres eddies tear a plume apart in
proportion to the distance (Taylor), and by how much hangs on the source's own height and on the moment's air. So the
spreads are ``s x / (1 + x/100 m)^0.3`` with a few slopes s upward and a few across, and one kind is one choice of all
that is unknown. A posterior that sums over kinds says how little a crossing tells of the distance.

Not all kinds are alike likely. How gusty the wind is within half a minute says how the air mixes, and with it how fast
a plume rises: a log-normal about a middle that grows as the root of the gusts' relative size, within what Briggs' rural
classes have at a hundred metres (0.03-0.06 in stable to neutral air, 0.08-0.2 in unstable; doi:10.2172/5118833). Middle
and width are judgement, held against tuning hunts (ADR 0040).
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass

import numpy as np

from upwind.arrays import FloatArray, IntArray
from upwind.dispersion.spread import NODE_STEP, Surface, nodes_to, spread_table

__all__ = ["FOLLOWS", "HEIGHT_M", "ROUGHNESS_M", "Kinds", "kinds_of"]

ROUGHNESS_M = 0.05
#: Height of a source; what it does to the rise is in the slopes. [m]
HEIGHT_M = 1.2
#: Slopes of a plume upward, from a quiet night to a sunny day, and across, of moments.
RISES, WIDTHS = (0.05, 0.07, 0.1, 0.14, 0.2), (0.06, 0.12, 0.24)
#: The likeliest slope upward is this times the root of the gusts' size; the spread of its logarithm.
_RISE, _RISE_SD = 0.25, 0.4
#: Gusts are taken to be no smaller and no larger than this; below half the least, the anemometer is too slow to tell,
#: and they are as usual.
_LEAST, _MOST, _USUAL = 0.04, 0.25, 0.1
#: Shares of what the measured wind's direction departs from its slow mean that the plume departs, too.
FOLLOWS = (0.25, 0.9)
#: Distance from which a plume grows more slowly than the distance, and the power that it then lacks. [m]
_BENT_M, _BENT = 100.0, 0.3
#: What `dispersion.plume` adds to a spread for the size of a source. [m]
_SIZE_M = 0.3


@dataclass(frozen=True, slots=True, kw_only=True)
class Kinds:
    """Spread tables (kind, row, column) as `spread_table` has them, which of `FOLLOWS` holds, and the rise (kind,)."""

    tables: FloatArray
    follows: IntArray
    rises: FloatArray

    def log_prior(self, gusts: float) -> FloatArray:
        """Return the logarithm of how likely each kind is over the mean (kind,), where the wind is so gusty.

        `gusts` is the standard deviation of its speed within half a minute over its mean.
        """
        size = min(max(gusts, _LEAST), _MOST) if gusts > 0.5 * _LEAST else _USUAL
        log = -0.5 * (np.log(self.rises / (_RISE * math.sqrt(size))) / _RISE_SD) ** 2
        prior: FloatArray = log - math.log(float(np.exp(log).mean()))
        return prior


def kinds_of(reach_m: float, blur_m: float) -> Kinds:
    """Return the kinds, for distances up to a reach [m], widened as by a source of a size [m]."""
    rows = nodes_to(reach_m)
    distance = (np.arange(rows, dtype=np.float64) * NODE_STEP) ** 2
    grown = distance / (1.0 + distance / _BENT_M) ** _BENT
    plain = spread_table("rural", Surface(inverse_obukhov=0.0, roughness_m=ROUGHNESS_M), rows)
    tables, follows, rises = [], [], []
    for rise, wide, follow in itertools.product(RISES, WIDTHS, range(len(FOLLOWS))):
        table = plain.copy()
        table[:, 0] = np.hypot(wide * grown, blur_m)
        # A source that is nearer or further by the blur stands under a plume that is higher or lower by so little.
        table[:, 1] = np.maximum(rise * np.hypot(grown, blur_m) - _SIZE_M, 0.0)
        tables.append(table)
        follows.append(follow)
        rises.append(rise)
    return Kinds(tables=np.ascontiguousarray(np.stack(tables)), follows=np.array(follows), rises=np.array(rises))
