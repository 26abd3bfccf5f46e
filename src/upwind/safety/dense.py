"""Releases that are heavier than the air they go into: recognised, and given a zone all round in place of a plume's.

A release of buoyancy flux ``g' q``, with q its vapour [m3/s] and ``g' = g (M - M_air) / M_air`` at the air's own
temperature, spreads into a wind U over a width D as though it weighed nothing where ::

    (g' q / (U^3 D))^(1/3) <= 0.15

(Britter and McQuaid, Workbook on the Dispersion of Dense Gases, HSE Contract Research Report 17, 1988; criterion
unverified). D is the width of the pool or of the house that it leaks from, or ``(q / U)^(1/2)`` where that is more;
mixing with air leaves ``g' q`` as it is. What boils below the air's temperature and is spilled counts as heavy whatever
its molar mass: it comes out cold and with droplets.

No dense-gas model is run. A heavy cloud sinks, spreads to all sides, upwind too, and hardly mixes upward; so where a
draw is heavy its zone is the circle that a plume would reach in the stillest air that the curves know (class F, 1 m/s).
That is meant to be too large, and says so wherever it is shown.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from upwind.arrays import BoolArray, FloatArray
from upwind.safety.climate import Blowing
from upwind.safety.limits import mg_per_ppm
from upwind.safety.releases import Release, boils_below

__all__ = ["ENOUGH", "all_round", "heavy", "stilled"]

#: A zone is all round where so many of the draws are heavy.
ENOUGH = 0.05
_GRAVITY = 9.81
_AIR_G_MOL = 28.965
_CRITICAL = 0.15
_STABLE, _STILL_M_S = 5, 1.0


def heavy(release: Release, blowing: Blowing, width_m: float) -> BoolArray:
    """Return in which draws a release over a width is heavier than the wind can carry off, (draw,)."""
    none = np.zeros(len(blowing.speed), dtype=np.bool_)
    if release.scenario == "spill outdoors" and boils_below(release.compound, blowing.temperature_k):
        return ~none
    reduced = _GRAVITY * (release.compound.molar_mass_g_mol - _AIR_G_MOL) / _AIR_G_MOL
    if reduced <= 0.0:
        return none
    vapour = release.rate / mg_per_ppm(release.compound)  # kg/s over kg/m3: a pure vapour has 1e6 ppm
    wide = np.maximum(width_m, np.sqrt(vapour / blowing.speed))
    return np.asarray(np.cbrt(reduced * vapour / (blowing.speed**3 * wide)) > _CRITICAL)


def stilled(blowing: Blowing, is_heavy: BoolArray) -> Blowing:
    """Return the wind as the zones of heavy draws take it: stable and still."""
    return replace(
        blowing,
        speed=np.where(is_heavy, _STILL_M_S, blowing.speed),
        pasquill=np.where(is_heavy, _STABLE, blowing.pasquill),
    )


def all_round(axis: FloatArray, along: FloatArray, origin: FloatArray, places: FloatArray) -> FloatArray:
    """Return what a draw reads on its axis, at every place as far from its origin, (draw, place). [s m-3]

    Parameters
    ----------
    axis, along
        Per unit rate on the axis, (draw, distance) [s m-3], and the distances. [m]
    origin, places
        Easting and northing, (draw, 2) and (place, 2). [m]
    """
    read = np.empty((len(axis), len(places)))
    for draw, (values, start) in enumerate(zip(axis, origin, strict=True)):
        away = np.hypot(*(places - start).T)
        read[draw] = np.interp(np.log(np.maximum(away, along[0])), np.log(along), values, right=0.0)
    return read
