"""The air and the spread over a place: what every model makes of the measured wind before it disperses anything.

A building in whose wake the source stands widens the plume from the start: ``sigma_y0 = W/4.3``, ``sigma_z0 =
H/2.15`` for a building of width W and height H (the initial size of a volume source on or beside a building), added
to the spread of the air in quadrature.

References
----------
EPA 1992, Screening Procedures for Estimating the Air Quality Impact of Stationary Sources, EPA-454/R-92-019, table of
initial dimensions of single volume sources, "elevated source on or adjacent to a building".
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np

from upwind.arrays import BoolArray, FloatArray, IntArray
from upwind.dispersion.gaussian import MIXED
from upwind.dispersion.receptors import Position
from upwind.dispersion.spread import COLUMNS, STANDARD_HEIGHT_M, Family, Surface, nodes_to, spread_table
from upwind.dispersion.stability import friction_ratio
from upwind.errors import ContractError
from upwind.records import Wind

__all__ = ["Air", "Building", "Site", "Spread"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Building:
    """A building that a source leaks from: its width across the wind and its height. [m]."""

    width_m: float
    height_m: float


class Air(NamedTuple):
    """The wind at some times.

    toward (t, 2) its unit vector, speed (t,) at the standard height [m/s], inverse_obukhov (t,) [1/m], sigma_theta (t,)
    [rad], and known (t,): whether it blows and all that is needed was measured.
    """

    toward: FloatArray
    speed: FloatArray
    inverse_obukhov: FloatArray
    sigma_theta: FloatArray
    known: BoolArray


class Spread(NamedTuple):
    """Tables as `spread_table` makes them, (surface, row, column), and over which of them each receptor is."""

    tables: FloatArray
    surface: IntArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """How plumes spread over a place.

    Attributes
    ----------
    family
        "similarity": from friction velocity and Obukhov length; "angular": across the wind from the measured standard
        deviation of its direction; "rural", "urban": Briggs' curves.
    roughness_m
        Roughness length z0.
    lid_m
        Height of the mixing lid; inf: none.
    building
        In whose wake the source stands; None: in the open.
    """

    family: Literal["similarity", "angular", "rural", "urban"] = "similarity"
    roughness_m: float = 0.03
    lid_m: float = math.inf
    building: Building | None = None

    def admit(self, position: Position) -> None:
        """Raise `ContractError` unless a source may stand there."""
        if not 0.0 <= position[2] < self.lid_m:
            msg = f"source: its height {position[2]:g} m must be from 0 to below the lid at {self.lid_m:g} m"
            raise ContractError(msg)

    def air(self, time: FloatArray, wind: Wind) -> Air:
        """Return the air at some times [s]."""
        order = np.argsort(wind.time, kind="stable")
        at_rows = np.array_equal(time, wind.time)

        def then(column: FloatArray) -> FloatArray:
            if at_rows:
                return column
            return np.interp(time, wind.time[order], column[order], left=np.nan, right=np.nan)

        with np.errstate(divide="ignore"):
            inverse = then(1.0 / wind.obukhov_length)
        inverse = np.where(np.isinf(inverse), np.nan, inverse)
        bearing = np.radians(wind.wind_from)
        east, north = then(-wind.wind_speed * np.sin(bearing)), then(-wind.wind_speed * np.cos(bearing))
        measured = np.hypot(east, north)
        speed = measured * self._to_standard(then(wind.wind_height), inverse)
        theta = np.radians(then(wind.sigma_wind_direction)) if self.family == "angular" else np.full(len(time), np.nan)
        known = (measured > 0.0) & np.isfinite(speed) & (np.isfinite(theta) | (self.family != "angular"))
        with np.errstate(divide="ignore", invalid="ignore"):
            toward = np.column_stack([east, north]) / measured[:, None]
        return Air(toward=toward, speed=speed, inverse_obukhov=inverse, sigma_theta=theta, known=known)

    def _to_standard(self, height: FloatArray, inverse: FloatArray) -> FloatArray:
        """Return the wind at the standard height over that at another [m]."""
        pairs, which = np.unique(np.column_stack([height, inverse]), axis=0, return_inverse=True)
        ratio = [
            friction_ratio(STANDARD_HEIGHT_M, self.roughness_m, one) / friction_ratio(at, self.roughness_m, one)
            if np.isfinite(at) and np.isfinite(one)
            else np.nan
            for at, one in pairs
        ]
        return np.array(ratio)[which]

    def spread(self, air: Air, reach_m: float) -> Spread:
        """Return the spread out to a distance, for the receptors that know their air; surface -1 for the others."""
        asked = np.column_stack([air.inverse_obukhov, np.nan_to_num(air.sigma_theta)])
        surface = np.full(len(asked), -1, dtype=np.int64)
        pairs, which = np.unique(asked[air.known], axis=0, return_inverse=True)
        surface[air.known] = which
        rows = nodes_to(reach_m)
        family: Family = "similarity" if self.family == "angular" else self.family
        grown: dict[float, FloatArray] = {}
        tables = np.empty((max(len(pairs), 1), rows, COLUMNS))
        for table, (inverse, theta) in zip(tables, pairs, strict=False):
            if inverse not in grown:
                # In the angular family sigma_y is in proportion to sigma_theta, so one table of 1 rad serves all.
                unit = 1.0 if self.family == "angular" else math.nan
                ground = Surface(inverse_obukhov=inverse, roughness_m=self.roughness_m, sigma_theta=unit)
                grown[inverse] = spread_table(family, ground, rows, MIXED * self.lid_m)
            table[:] = grown[inverse]
            if self.family == "angular":
                table[:, 0] *= theta
        if self.building is not None:
            tables[:, :, 0] = np.hypot(tables[:, :, 0], self.building.width_m / 4.3)
            tables[:, :, 1] = np.hypot(tables[:, :, 1], self.building.height_m / 2.15)
        return Spread(tables=tables, surface=surface)
