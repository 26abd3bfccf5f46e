"""What every dispersion model takes and returns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from upwind.arrays import FloatArray, IntArray
from upwind.errors import ContractError
from upwind.records import Wind

__all__ = ["DispersionModel", "Position", "Receptors"]

#: Easting, northing, up. [m]
Position = tuple[float, float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Receptors:
    """Where and when concentration is read: at points, or as means along beams.

    Attributes
    ----------
    time
        Shape (receptor,), the middle of the reading, since 1970-01-01T00:00Z. [s]
    start, end
        Shape (receptor, 3): easting, northing, up of a beam's ends, the same for a point. [m]

    Raises
    ------
    ContractError
        The shapes differ, a number is missing, or a receptor is below the ground.
    """

    time: FloatArray
    start: FloatArray
    end: FloatArray

    def __post_init__(self) -> None:
        """Hold the contract."""
        if self.time.ndim != 1 or not (self.start.shape == self.end.shape == (len(self.time), 3)):
            msg = f"receptors: shapes {self.time.shape}, {self.start.shape}, {self.end.shape}, not (r,), (r, 3), (r, 3)"
            raise ContractError(msg)
        if not all(np.isfinite(array).all() for array in (self.time, self.start, self.end)):
            msg = "receptors: every time and position is needed"
            raise ContractError(msg)
        if (self.start[:, 2] < 0.0).any() or (self.end[:, 2] < 0.0).any():
            msg = "receptors: one is below the ground"
            raise ContractError(msg)

    @classmethod
    def at(cls, time: FloatArray, position: FloatArray) -> Receptors:
        """Return points: times (receptor,) [s] and positions (receptor, 3) [m]."""
        return cls(time=time, start=position, end=position)

    def pieces(self) -> IntArray:
        """Return into how many pieces of at most a metre each beam is cut; 1 for a point."""
        length = np.linalg.norm(self.end - self.start, axis=1)
        pieces: IntArray = np.maximum(np.ceil(length), 1.0).astype(np.int64)
        return pieces


class DispersionModel(Protocol):
    """One way from a source and the wind to concentration."""

    @property
    def name(self) -> str:
        """What the model is called."""

    def sensitivity(self, receptors: Receptors, position: Position, wind: Wind) -> FloatArray:
        """Return the concentration each receptor would read per unit emission rate.

        Parameters
        ----------
        receptors
            Points or beams, shape (receptor,).
        position
            Of one source that emits evenly, easting, northing, up. [m]
        wind
            Meets `WIND`. Between its times it is interpolated as a vector.

        Returns
        -------
        FloatArray
            Shape (receptor,). [kg m-3 when multiplied by kg s-1]. Zero upwind; NaN where the model lacks a column of
            the wind that it needs, where the wind is calm, and at times that the wind does not cover.

        Raises
        ------
        ContractError
            The source is below the ground or above the mixing lid.
        """
