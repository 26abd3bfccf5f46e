"""Infotaxis, written for this comparison after the papers, not taken from anybody's program.

The source is in one cell of a grid. A searcher on a lattice, ten metres a move, is hit or not by gas in the time of a
move; how often at a place is the rate of the papers (quoted from memory, unverified), a plume that wind carries and
turbulence spreads,

    R / ln(l/a) exp(V x / 2 D) K0(r / l),   l = sqrt(D T / (1 + V^2 T / 4 D)),

with x downwind of and r away from the source. It makes the move after which the entropy of where the source is is
expected to be least (Vergassola), or, space-aware, the least log2(d + 2^(H - 1) + 1/2) with the mean distance d in
moves and the entropy H in bits (after Loisy and Eloy; the form is quoted from memory, unverified, its constant chosen
so that the logarithm exists). What differs from the papers: to be where the source is tells nothing here, as the
searcher is in the air above it; a hit is a reading of four noises over the ambient; V and the wind's direction are the
mean of the last minute. D, T and R were fitted to crossings of plumes on hunts 0-9.

References
----------
Vergassola, Villermaux and Shraiman (2007), doi:10.1038/nature05464. Loisy and Eloy (2022), doi:10.1098/rspa.2022.0118.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from benchmarks.skill.hunt_grade import Stated, Told
from scipy.special import k0e

from upwind.arrays import FloatArray
from upwind.records import Track

__all__ = ["Infotaxis", "Parameters", "hit_rate"]

#: A move of the lattice and its time. [m, s]
MOVE_M, MOVE_S = 10.0, 2
CELL_M = 5.0
#: A hit stands so many noises over the ambient, which is the lower fifth of the last readings. [noise, s]
HIT, AMBIENT_S, WIND_S = 4.0, 150, 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameters:
    """Of the rate of hits: diffusivity D [m2/s], life of a patch T [s], R [1/s], size a [m].

    `power` of the likelihood is 1 in the papers; less, since hits that follow one another are not independent.
    """

    diffusivity: float = 9.0
    life_s: float = 1000.0
    rate: float = 5.0
    size_m: float = 0.3
    power: float = 1.0


def hit_rate(east: FloatArray, north: FloatArray, wind: tuple[float, float], given: Parameters) -> FloatArray:
    """Return hits a second at places relative to the source [m] in a wind toward (east, north) [m/s]."""
    speed = max(float(np.hypot(*wind)), 0.3)
    length = np.sqrt(given.diffusivity * given.life_s / (1.0 + speed**2 * given.life_s / (4.0 * given.diffusivity)))
    away = np.maximum(np.hypot(east, north), given.size_m)
    along = (east * wind[0] + north * wind[1]) / (2.0 * given.diffusivity)
    rate: FloatArray = given.rate / np.log(length / given.size_m) * np.exp(along - away / length) * k0e(away / length)
    return rate


class Infotaxis:
    """One search; `aware` of space after Loisy and Eloy."""

    def __init__(self, told: Told, *, aware: bool, given: Parameters | None = None) -> None:
        self.told, self.aware, self.given = told, aware, given or Parameters()
        half = 0.5 * told.side_m
        axis = np.arange(-half + 0.5 * CELL_M, half, CELL_M)
        self.east, self.north = (grid.ravel() for grid in np.meshgrid(axis, axis))
        self.log = np.zeros(self.east.size)
        self.heard_s, self.wind = 0, (0.0, 0.0)
        self.place = np.zeros(2)
        self.rng = np.random.default_rng([told.seed, 30])

    def hear(self, track: Track) -> None:
        """Take in the readings of whole moves whose gas has come through the sensor."""
        lag = round(self.told.lag_s)
        easting, northing = self.told.frame.to_local(track.longitude, track.latitude)
        self.place = np.array([easting[-1], northing[-1]])
        values = track.gases[0].values
        while self.heard_s + MOVE_S + lag <= len(values):
            now = self.heard_s + MOVE_S
            self.wind = self._wind(track, now)
            low = float(np.quantile(values[max(now + lag - AMBIENT_S, 0) : now + lag], 0.2))
            hit = bool((values[self.heard_s + lag : now + lag] > low + HIT * self.told.noise).any())
            middle = (easting[now - 1], northing[now - 1])
            chance = self._chance(middle[0], middle[1])
            self.log += self.given.power * np.log(chance if hit else 1.0 - chance)
            self.log -= self.log.max()
            self.heard_s = now

    def leg(self) -> FloatArray:
        """Return the move after which least is unknown."""
        weight = np.exp(self.log)
        belief = weight / weight.sum()
        half = 0.5 * self.told.side_m
        moves = MOVE_M * np.array([[1.0, 0.0], [-1.0, 0.0], [0.0, 1.0], [0.0, -1.0], [0.0, 0.0]])
        targets = [self.place + move for move in moves if np.abs(self.place + move).max() <= half]
        costs = [self._cost(belief, target) for target in targets]
        least = np.flatnonzero(np.array(costs) <= min(costs) + 1e-9)
        return np.array([targets[int(self.rng.choice(least))]])

    def stated(self) -> Stated | None:
        """Return the fewest cells that hold nine tenths of the probability."""
        weight = np.exp(self.log)
        order = np.argsort(-weight, kind="stable")
        count = int(np.searchsorted(np.cumsum(weight[order]), 0.9 * weight.sum())) + 1
        return Stated(middles=np.column_stack([self.east, self.north])[order[:count]], cell_m=CELL_M)

    def _wind(self, track: Track, now: int) -> tuple[float, float]:
        part = slice(max(now - WIND_S, 0), now)
        radians, speed = np.radians(track.wind.wind_from[part]), track.wind.wind_speed[part]
        return float(-(speed * np.sin(radians)).mean()), float(-(speed * np.cos(radians)).mean())

    def _chance(self, easting: float, northing: float) -> FloatArray:
        """Return the chance of a hit in a move there, were the source in each cell."""
        rate = hit_rate(easting - self.east, northing - self.north, self.wind, self.given)
        return np.clip(1.0 - np.exp(-MOVE_S * rate), 0.003, 0.98)

    def _cost(self, belief: FloatArray, target: FloatArray) -> float:
        """Return what would be left to find out after a move, expected over being hit and not."""
        chance = self._chance(float(target[0]), float(target[1]))
        away = (np.abs(self.east - target[0]) + np.abs(self.north - target[1])) / MOVE_M
        cost = 0.0
        for part in (belief * chance, belief * (1.0 - chance)):
            total = float(part.sum())
            after = part / total
            bits = float(-(after * np.log2(np.maximum(after, 1e-300))).sum())
            left = np.log2(float(after @ away) + 2.0 ** (bits - 1.0) + 0.5) if self.aware else bits
            cost += total * float(left)
        return cost
