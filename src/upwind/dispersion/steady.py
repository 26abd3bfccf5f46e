"""The Gaussian plume as a model: each receptor sees the plume that its own wind would draw out if it held."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
from numba import njit

from upwind.arrays import FloatArray, IntArray
from upwind.dispersion.gaussian import IMAGES
from upwind.dispersion.plume import coupling
from upwind.dispersion.receptors import Position, Receptors
from upwind.dispersion.site import Site, Spread
from upwind.records import Wind

__all__ = ["GaussianPlume"]

#: Height of the lid [m], and how many images on either side.
_Lid = tuple[float, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class GaussianPlume:
    """The Gaussian plume of `plume.coupling`, with a mixing lid.

    The lid is a sum over plumes of image sources at heights ``h + 2nH``, each of which reflects at the ground.
    """

    site: Site = field(default_factory=Site)

    @property
    def name(self) -> str:
        """What the model is called."""
        return f"Gaussian plume, {self.site.family}"

    def sensitivity(self, receptors: Receptors, position: Position, wind: Wind) -> FloatArray:
        """Return the concentration each receptor would read per unit emission rate; see `DispersionModel`."""
        self.site.admit(position)
        air = self.site.air(receptors.time, wind)
        offset = np.concatenate([receptors.start, receptors.end]) - np.array(position)
        reach = float(np.linalg.norm(offset[:, :2], axis=1).max(initial=1.0))
        spread = self.site.spread(air, reach)
        lid = self.site.lid_m
        is_felt = (
            lid < math.inf and 2.0 * lid < 8.0 * spread.tables[:, :, 1].max() + offset[:, 2].max() + 2 * position[2]
        )
        return _read(
            (receptors.start, receptors.end, receptors.pieces()),
            position,
            np.column_stack([air.toward, air.speed]),
            spread,
            (lid, IMAGES if is_felt else 0),
        )


@njit(cache=True, nogil=True, error_model="numpy")
def _read(
    beams: tuple[FloatArray, FloatArray, IntArray], source: Position, wind: FloatArray, spread: Spread, lid: _Lid
) -> FloatArray:  # pragma: no cover (compiled)
    """Return what each receptor reads, NaN over no surface."""
    start, end, pieces = beams
    result = np.full(len(pieces), np.nan)
    for i in range(len(pieces)):
        if spread.surface[i] < 0:
            continue
        blowing, over = (wind[i, 0], wind[i, 1], wind[i, 2]), (spread.tables, spread.surface[i])
        total = 0.0
        for piece in range(pieces[i]):
            a, b = _along(start[i], end[i], piece / pieces[i]), _along(start[i], end[i], (piece + 1) / pieces[i])
            if 0.5 * (a[2] + b[2]) <= lid[0]:
                total += _between(a, b, source, blowing, over, lid)
        result[i] = total / pieces[i]
    return result


@njit(cache=True, nogil=True, error_model="numpy")
def _between(
    a: Position, b: Position, source: Position, wind: Position, spread: tuple[FloatArray, int], lid: _Lid
) -> float:  # pragma: no cover (compiled)
    """Return the sum over a source and its images above the lid and below the ground."""
    total = 0.0
    for n in range(-lid[1], lid[1] + 1):
        height = source[2] + (2.0 * n * lid[0] if n != 0 else 0.0)
        image = (source[0], source[1], height, source[2])
        total += coupling(a, b, image, wind, (1.0, 1.0), spread)[0]
    return total


@njit(cache=True, nogil=True, error_model="numpy", inline="always")
def _along(start: FloatArray, end: FloatArray, share: float) -> Position:  # pragma: no cover (compiled)
    return (
        start[0] + share * (end[0] - start[0]),
        start[1] + share * (end[1] - start[1]),
        start[2] + share * (end[2] - start[2]),
    )
