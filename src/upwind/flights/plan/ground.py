"""The ground to be covered, in local metres: its outline, its size, and how wide it is from any side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from upwind.arrays import FloatArray
from upwind.errors import InputError
from upwind.geo import Frame, frame_of

__all__ = ["Ground", "Polygon", "ground_of"]

#: An outer ring and its holes, each (vertex, 2): longitude, latitude [deg].
Polygon = Sequence[FloatArray]
#: Sides straight in longitude and latitude are followed in local metres to within this. [m]
_BOW_M = 0.5
_MOST_PIECES = 64
_FEWEST = 3
#: Farther from its middle an azimuthal frame stretches what lies across by more than 2e-4: a swath would not hold.
_FARTHEST_M = 250_000.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """An area in a local frame; polygons do not overlap.

    Attributes
    ----------
    frame
        About the area's middle.
    rings
        Each (vertex, 2), easting and northing, not closed: outer ones turn left, holes right. [m]
    """

    frame: Frame
    rings: tuple[FloatArray, ...]

    @property
    def vertices(self) -> FloatArray:
        """All vertices, shape (vertex, 2). [m]"""
        return np.concatenate(self.rings)

    @property
    def sides(self) -> FloatArray:
        """All sides, shape (side, 4): easting, northing of the first and second end; the area lies to the left. [m]"""
        return np.concatenate([np.hstack([ring, np.roll(ring, -1, axis=0)]) for ring in self.rings])

    @property
    def size(self) -> float:
        """The area without its holes. [m2]"""
        return sum(map(_signed, self.rings))

    def width(self, courses: FloatArray) -> FloatArray:
        """Return how far the area reaches along courses [rad], whatever gaps are in between, shape (course,). [m]"""
        way = np.stack([np.cos(courses), np.sin(courses)])
        along = self.vertices @ way
        width: FloatArray = along.max(axis=0) - along.min(axis=0)
        return width


def ground_of(polygons: Sequence[Polygon]) -> Ground:
    """Return the ground of polygons whose sides are straight in longitude and latitude (RFC 7946, 3.1.1).

    Raises
    ------
    InputError
        Nothing is enclosed, or it reaches too far for a plane to hold a swath.
    """
    every = np.concatenate([np.asarray(polygon[0], dtype=np.float64)[:, :2] for polygon in polygons])
    frame = frame_of(every[:, 0], every[:, 1])
    found = []
    for polygon in polygons:
        for number, ring in enumerate(polygon):
            local = _local(frame, _opened(np.asarray(ring, dtype=np.float64)[:, :2]))
            turns_left = _signed(local) > 0.0
            found.append(local if turns_left == (number == 0) else local[::-1])
    ground = Ground(frame=frame, rings=tuple(found))
    if not ground.size > 0.0:
        msg = "the area encloses nothing; give a polygon with three corners that are not in one line"
        raise InputError(msg)
    if np.hypot(*ground.vertices.T).max() > _FARTHEST_M:
        msg = "the area reaches more than 250 km from its middle; plan its parts one by one"
        raise InputError(msg)
    return ground


def _opened(ring: FloatArray) -> FloatArray:
    """Return a ring without a vertex that repeats the one before."""
    kept: FloatArray = ring[(ring != np.roll(ring, 1, axis=0)).any(axis=1)]
    return kept


def _local(frame: Frame, ring: FloatArray) -> FloatArray:
    """Return a ring in metres, its sides bowed as straight ones in degrees are."""
    if len(ring) < _FEWEST:
        msg = "a ring of the area has fewer than three corners"
        raise InputError(msg)
    after = np.roll(ring, -1, axis=0)
    middle = np.column_stack(frame.to_local(*((ring + after) / 2.0).T))
    first, last = (np.column_stack(frame.to_local(*ends.T)) for ends in (ring, after))
    bow = np.hypot(*(middle - (first + last) / 2.0).T)
    pieces = np.clip(np.ceil(np.sqrt(bow / _BOW_M)), 1, _MOST_PIECES).astype(int)
    parts = [
        one + np.arange(count)[:, None] / count * (two - one)
        for one, two, count in zip(ring, after, pieces, strict=True)
    ]
    return np.column_stack(frame.to_local(*np.concatenate(parts).T))


def _signed(ring: FloatArray) -> float:
    """Return the area that a ring goes round to the left. [m2]"""
    after = np.roll(ring, -1, axis=0)
    return float(np.sum(ring[:, 0] * after[:, 1] - ring[:, 1] * after[:, 0])) / 2.0
