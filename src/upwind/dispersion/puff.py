"""The Gaussian puff: what a source let out a while ago is where the measured wind has carried it since.

At the time t of a reading, what was let out at the time s is a puff at the place ``X(t, s) = X0 + integral from s to
t of the wind``. Between two such times puffs lie along a straight piece from P to P' of length l, at sigma_y, sigma_z
of the distance that its nearest part has travelled, so that the concentration per unit rate is in closed form
``(s' - s)/l N(c) [Phi(a/sigma_y) - Phi((a - l)/sigma_y)] V(z)``, summed over the pieces: a and c the receptor's
distances along and across the piece, N and Phi the normal density of width sigma_y and the normal distribution, V the
vertical density between ground and lid. In a steady wind that is the Gaussian plume with diffusion along the wind.

The wind's own turning widens the mean of many puffs, so a family that already holds that turning (all of them do for
times longer than the wind's rows) counts it twice: the puff is for wind rows minutes apart, or for readings a few
minutes after the wind has turned.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numba import njit

from upwind.arrays import FloatArray, IntArray
from upwind.dispersion.gaussian import vertical_density
from upwind.dispersion.receptors import Position, Receptors
from upwind.dispersion.site import Air, Site, Spread
from upwind.dispersion.spread import NODE_STEP
from upwind.records import Wind

__all__ = ["GaussianPuff"]

#: Spread at the source, from the source's own size. [m]
_SIGMA_SOURCE = 0.3
#: Beyond so many sigma_y a puff counts as nothing.
_FAR = 5.0
_ROOT_2 = math.sqrt(2.0)
_ROOT_2_PI = math.sqrt(2.0 * math.pi)
#: Times, starts, ends and numbers of pieces.
_Beams = tuple[FloatArray, FloatArray, FloatArray, IntArray]


class _Drift(NamedTuple):
    """Where the wind at the standard height has carried air since the first time.

    travelled (time, 3): easting, northing and length of the way [m] at times `step` [s] apart from `first` on; `ages`
    how many steps puffs live.
    """

    travelled: FloatArray
    first: float
    step: float
    ages: int


@dataclass(frozen=True, slots=True, kw_only=True)
class GaussianPuff:
    """Gaussian puffs driven by the measured series of the wind.

    Attributes
    ----------
    site
        How puffs spread.
    step_s
        Time between two puffs.
    memory_s
        Age at which a puff is forgotten. Before the first row of the wind the air is taken to move as in it.
    """

    site: Site = field(default_factory=Site)
    step_s: float = 1.0
    memory_s: float = 1800.0

    @property
    def name(self) -> str:
        """What the model is called."""
        return f"Gaussian puff, {self.site.family}"

    def sensitivity(self, receptors: Receptors, position: Position, wind: Wind) -> FloatArray:
        """Return the concentration each receptor would read per unit emission rate; see `DispersionModel`."""
        self.site.admit(position)
        air = self.site.air(receptors.time, wind)
        drift = self._drift(wind, self.site.air(wind.time, wind))
        if drift is None:
            return np.full(len(receptors.time), np.nan)
        offset = np.concatenate([receptors.start, receptors.end]) - np.array(position)
        spread = self.site.spread(air, 2.0 * float(np.linalg.norm(offset[:, :2], axis=1).max(initial=1.0)))
        return _read(
            (receptors.time, receptors.start, receptors.end, receptors.pieces()),
            position,
            drift,
            spread,
            self.site.lid_m,
        )

    def _drift(self, wind: Wind, air: Air) -> _Drift | None:
        """Return where the air has gone; None where no row of the wind is known."""
        order = np.argsort(wind.time, kind="stable")
        order = order[air.known[order]]
        if not len(order):
            return None
        times = wind.time[order]
        ages = max(math.ceil(self.memory_s / self.step_s), 1)
        first = float(times[0]) - (ages + 1) * self.step_s
        count = math.ceil((float(times[-1]) - first) / self.step_s) + 2
        middle = first + (np.arange(count - 1) + 0.5) * self.step_s
        steps = np.empty((count - 1, 3))
        for axis in range(2):
            steps[:, axis] = np.interp(middle, times, (air.toward[:, axis] * air.speed)[order])
        steps[:, 2] = np.hypot(steps[:, 0], steps[:, 1])
        travelled = np.concatenate([np.zeros((1, 3)), np.cumsum(steps * self.step_s, axis=0)])
        return _Drift(travelled=travelled, first=first, step=self.step_s, ages=ages)


@njit(cache=True, nogil=True, error_model="numpy")
def _read(beams: _Beams, source: Position, drift: _Drift, spread: Spread, lid: float) -> FloatArray:  # pragma: no cover
    """Return what each receptor reads, NaN over no surface."""
    time, start, end, pieces = beams
    result = np.full(len(time), np.nan)
    path = np.empty((drift.ages + 1, 5))
    point = np.empty(3)
    followed = -1
    for i in range(len(time)):
        if spread.surface[i] < 0:
            continue
        table = spread.tables[spread.surface[i]]
        if followed < 0 or time[i] != time[followed] or spread.surface[i] != spread.surface[followed]:
            _follow(drift, time[i], table, path)
            followed = i
        total = 0.0
        for piece in range(pieces[i]):
            share = (piece + 0.5) / pieces[i]
            for axis in range(3):
                point[axis] = start[i, axis] + share * (end[i, axis] - start[i, axis])
            point[0] -= source[0]
            point[1] -= source[1]
            total += _pass(path, point, source[2], lid)
        result[i] = total * drift.step / pieces[i]
    return result


@njit(cache=True, nogil=True, error_model="numpy", inline="always")
def _between(drift: _Drift, then: int, now: int, part: float, axis: int) -> float:  # pragma: no cover (compiled)
    """Return how far the air went from one time to another, both the same part of a step after their rows."""
    gone = drift.travelled
    later: float = gone[now, axis] + part * (gone[now + 1, axis] - gone[now, axis])
    sooner: float = gone[then, axis] + part * (gone[then + 1, axis] - gone[then, axis])
    return later - sooner


@njit(cache=True, nogil=True, error_model="numpy")
def _follow(drift: _Drift, time: float, table: FloatArray, path: FloatArray) -> None:  # pragma: no cover (compiled)
    """Write easting and northing from the source, distance travelled, sigma_y and sigma_z of the puff of every age."""
    position = (time - drift.first) / drift.step
    now = int(position)
    part = position - now
    node, way = 0, 0.0  # the way in the wind at the standard height up to the table's node
    last = table.shape[0] - 1
    for age in range(path.shape[0]):
        gone = _between(drift, now - age, now, part, 2)
        slowing = 1.0
        while node < last:
            slowing = 0.5 * (table[node, 2] + table[node + 1, 2])
            length = slowing * (2 * node + 1) * NODE_STEP**2
            if way + length > gone:
                break
            way += length
            node += 1
        distance = (node * NODE_STEP) ** 2 + (gone - way) / slowing
        share = distance / gone if gone > 0.0 else 0.0
        path[age, 0] = share * _between(drift, now - age, now, part, 0)
        path[age, 1] = share * _between(drift, now - age, now, part, 1)
        path[age, 2] = distance
        at = math.sqrt(distance) / NODE_STEP
        row = min(int(at), last - 1)
        beyond = min(at - row, 1.0)
        path[age, 3] = table[row, 0] + beyond * (table[row + 1, 0] - table[row, 0]) + _SIGMA_SOURCE
        path[age, 4] = table[row, 1] + beyond * (table[row + 1, 1] - table[row, 1]) + _SIGMA_SOURCE


@njit(cache=True, nogil=True, error_model="numpy")
def _pass(path: FloatArray, point: FloatArray, height: float, lid: float) -> float:  # pragma: no cover (compiled)
    """Return the sum over the pieces between puffs, for puffs a second apart [m-3]."""
    total = 0.0
    for age in range(path.shape[0] - 1):
        x, y = point[0] - path[age, 0], point[1] - path[age, 1]
        far = _FAR * path[age + 1, 3] + path[age + 1, 2] - path[age, 2]
        if x * x + y * y > far * far:
            continue
        east, north = path[age + 1, 0] - path[age, 0], path[age + 1, 1] - path[age, 1]
        length = math.sqrt(east * east + north * north)
        along = (x * east + y * north) / length if length > 0.0 else 0.0
        share = min(max(along / length, 0.0), 1.0) if length > 0.0 else 0.0
        sigma_y = path[age, 3] + share * (path[age + 1, 3] - path[age, 3])
        sigma_z = path[age, 4] + share * (path[age + 1, 4] - path[age, 4])
        if length > 0.01 * sigma_y:
            across = (y * east - x * north) / length
            begun = math.erf(along / (_ROOT_2 * sigma_y)) - math.erf((along - length) / (_ROOT_2 * sigma_y))
            level = 0.5 * begun / length * math.exp(-0.5 * (across / sigma_y) ** 2) / (_ROOT_2_PI * sigma_y)
        else:
            level = math.exp(-0.5 * (x * x + y * y) / sigma_y**2) / (_ROOT_2_PI * sigma_y) ** 2
        total += level * vertical_density(point[2], height, sigma_z, lid)
    return total
