"""Which stretches of a flown track are passes along which planned line.

Each way between two samples is cut to the part that lies beside a leg. A part that runs along the leg, forth or back,
is a piece; where several lines have a piece of the same way, the line that is nearest over a stretch keeps it, so that
a line nobody flew is not taken for flown because its neighbour was. Order and direction of the plan play no part.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields

import numpy as np

from upwind.arrays import BoolArray, FloatArray, IntArray
from upwind.flights.audit.flown import Flown
from upwind.flights.audit.suspects import JUMP, is_believed
from upwind.flights.conformance.lines import Legs, Local

__all__ = ["Pieces", "Ways", "pieces_of", "ways_of"]

#: A piece runs along a line if the track's course, taken over so many metres and seconds before and after, in which the
#: errors of a receiver are small, is this near to it.
_ALONG_COS = float(np.cos(np.radians(45.0)))
_COURSE_M, _COURSE_S = 10.0, 2.0
#: Which line is nearest is told over so many metres before and after. [m]
_STRETCH_M = 100.0
#: Lines that are equally near to within so much, such as one that is planned twice, share the track. [m]
_TIE_M = 0.01
#: A pause longer than so many usual steps, and than this [s], is a gap: nobody knows where it was meanwhile.
_GAP_STEPS, _GAP_S = 10.0, 10.0
#: Apart by so much, stretches of track never meet. [m]
_FAR_M = 1e7
_RADIUS_M = 6_371_000.0
_CHUNK = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class Ways:
    """The ways from one believed sample of a flight to the next, without those across a gap or a jump.

    `ends` are the samples of `flown` at both ends, (2, way); `stretch` counts the stretches without a gap, (way,);
    `path` is the length of the track up to each way, more than `_FAR_M` apart from one stretch to the next, (way,) [m];
    `course` are unit vectors of the Earth's axes, before and after, and `place` both ends there [m], (2, way, 3).
    """

    flown: Flown
    ends: IntArray
    stretch: IntArray
    path: FloatArray
    course: FloatArray
    place: FloatArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Pieces:
    """Parts of ways beside legs, (piece,), in the order of the way.

    `way`, `leg`, `line` say of what; `part` are both ends on the way, 0 to 1, (2, piece); `along` those on the line and
    `cross` those beside it, (2, piece) [m]; `kept` is the stretch of the line along which it is within the tolerance,
    from less to more, equal where it is nowhere, (2, piece) [m]; `forth` is whether it goes as planned.
    """

    way: IntArray
    leg: IntArray
    line: IntArray
    part: FloatArray
    along: FloatArray
    cross: FloatArray
    kept: FloatArray
    forth: BoolArray

    def taken(self, rows: IntArray | BoolArray) -> Pieces:
        """Return some of the pieces."""
        return Pieces(**{field.name: getattr(self, field.name)[..., rows] for field in fields(self)})

    @property
    def length(self) -> FloatArray:
        """How long each is along its line, (piece,). [m]"""
        length: FloatArray = np.abs(self.along[1] - self.along[0])
        return length

    @property
    def aside(self) -> FloatArray:
        """How far each is beside its line in its middle, (piece,). [m]"""
        aside: FloatArray = np.abs(self.cross.mean(axis=0))
        return aside


def ways_of(flown: Flown) -> Ways:
    """Return the ways of a track that can be compared with a plan."""
    believed = np.flatnonzero(is_believed(flown.flags))
    ends = np.array([believed[:-1], believed[1:]])
    pause = flown.time[ends[1]] - flown.time[ends[0]]
    same = flown.flight[ends[0]] == flown.flight[ends[1]]
    usual = float(np.median(pause[same])) if same.any() else 0.0
    known = same & (pause <= max(_GAP_STEPS * usual, _GAP_S)) & (flown.flags[ends[1]] & JUMP == 0)
    ends = ends[:, known]
    place = _axes(flown.longitude[ends], flown.latitude[ends])
    stretch = np.cumsum(np.append(False, ends[0, 1:] != ends[1, :-1])) if ends.size else np.zeros(0, dtype=np.int64)
    step = np.linalg.norm(place[1] - place[0], axis=-1)
    path = np.cumsum(step) - step + 2 * _FAR_M * stretch
    lasted = flown.time[ends[1]] - flown.time[ends[0]]
    return Ways(
        flown=flown,
        ends=ends,
        stretch=stretch,
        path=path,
        course=_course(place, (path, step), (_clock(lasted, stretch), lasted)),
        place=place,
    )


def _clock(lasted: FloatArray, stretch: IntArray) -> FloatArray:
    """Return when each way begins, counted along the track, as far apart from stretch to stretch as `path` is. [s]"""
    clock: FloatArray = np.cumsum(lasted) - lasted + 2 * _FAR_M * stretch
    return clock


def _course(place: FloatArray, path: tuple[FloatArray, FloatArray], clock: tuple[FloatArray, FloatArray]) -> FloatArray:
    """Return the course over what led to each way, and over what came after it; round a corner they differ."""
    (first, last), (earliest, latest) = _about(*path, _COURSE_M), _about(*clock, _COURSE_S)
    first, last = np.minimum(first, earliest), np.maximum(last, latest)
    toward = np.array([place[1] - place[0, first], place[1, last] - place[0]])
    length = np.linalg.norm(toward, axis=-1, keepdims=True)
    course: FloatArray = toward / np.where(length > 0.0, length, 1.0)
    return course


def _about(begin: FloatArray, size: FloatArray, margin: float) -> tuple[IntArray, IntArray]:
    """Return the first and the last way of those that lie within a margin about each."""
    first = np.searchsorted(begin, begin - margin)
    last = np.searchsorted(begin, begin + size + margin, side="left").clip(1, max(len(begin), 1)) - 1
    return first, last


def pieces_of(ways: Ways, legs: Legs, tolerance_m: float, reach_m: float) -> Pieces:
    """Return the pieces of a track along planned lines.

    Parameters
    ----------
    ways, legs
        The track and the plan.
    tolerance_m
        So far beside its line the track keeps to it. [m]
    reach_m
        Farther off it is not on the line at all. [m]
    """
    place = _axes(legs.longitude, legs.latitude)
    toward = (place[1] - place[0]) / np.maximum(np.linalg.norm(place[1] - place[0], axis=-1, keepdims=True), 1e-9)
    found = [_none()]
    for leg, near in enumerate(_near(ways, place, reach_m)):
        both = ways.course[:, near] @ toward[leg]
        aligned = np.where(np.abs(both[0]) >= np.abs(both[1]), *both)
        chosen = np.abs(aligned) >= _ALONG_COS
        if chosen.any():
            found.append(_beside(ways, legs, leg, near[chosen], (tolerance_m, reach_m), aligned[chosen] > 0.0))
    pieces = Pieces(
        **{field.name: np.concatenate([getattr(one, field.name) for one in found], axis=-1) for field in fields(Pieces)}
    )
    pieces = pieces.taken(np.lexsort((pieces.part[0], pieces.line, pieces.way)))
    return pieces.taken(~_outdone(ways, pieces))


def _axes(longitude: FloatArray, latitude: FloatArray) -> FloatArray:
    """Return places on the sphere in the Earth's axes, (…, 3). [m]"""
    x, y = np.radians(longitude), np.radians(latitude)
    axes: FloatArray = _RADIUS_M * np.stack((np.cos(y) * np.cos(x), np.cos(y) * np.sin(x), np.sin(y)), axis=-1)
    return axes


def _none() -> Pieces:
    """Return no pieces."""
    index, pair = np.zeros(0, dtype=np.int64), np.zeros((2, 0))
    return Pieces(
        way=index,
        leg=index,
        line=index,
        part=pair,
        along=pair,
        cross=pair,
        kept=pair,
        forth=np.zeros(0, dtype=np.bool_),
    )


def _near(ways: Ways, place: FloatArray, reach_m: float) -> Iterator[IntArray]:
    """Yield for each leg the ways that may be near to it: those of the chunks whose boxes meet the leg's."""
    starts = np.arange(0, len(ways.path), _CHUNK)
    if not len(starts):
        yield from (np.zeros(0, dtype=np.int64) for _ in range(place.shape[1]))
        return
    low = np.minimum.reduceat(ways.place.min(axis=0), starts, axis=0)
    high = np.maximum.reduceat(ways.place.max(axis=0), starts, axis=0)
    for leg in range(place.shape[1]):
        ends = place[:, leg]
        length = np.linalg.norm(ends[1] - ends[0])
        # Between its ends the leg bulges out of their box, and the sphere is not the ellipsoid.
        margin = 1.01 * reach_m + length**2 / (8 * _RADIUS_M) + 0.004 * length + 10.0
        met = ((ends.min(axis=0) - margin <= high) & (ends.max(axis=0) + margin >= low)).all(axis=1)
        rows = (starts[met][:, None] + np.arange(_CHUNK)).ravel()
        yield rows[rows < len(ways.path)]


def _beside(ways: Ways, legs: Legs, leg: int, near: IntArray, limits: tuple[float, float], forth: BoolArray) -> Pieces:
    """Return the pieces of ways beside one leg."""
    flown, ends = ways.flown, ways.ends[:, near]
    with np.errstate(invalid="ignore"):  # the far side of the globe has no place in the frame
        samples, index = np.unique(ends, return_inverse=True)
        seen = legs.local(leg, flown.longitude[samples], flown.latitude[samples])
        at = Local(along=seen.along[index.reshape(ends.shape)], cross=seen.cross[index.reshape(ends.shape)])
        part = _clipped(at.along, 0.0, float(legs.length[leg]), np.array([np.zeros(len(near)), np.ones(len(near))]))
        part = _clipped(at.cross, -limits[1], limits[1], part)
        kept = _clipped(at.cross, -limits[0], limits[0], part)
        rows = np.flatnonzero(part[1] > part[0])
    kept[:, kept[1] < kept[0]] = 0.0
    begin = legs.begin[leg]
    along, cross = (values[0] + part * (values[1] - values[0]) for values in (at.along, at.cross))
    within = np.sort(at.along[0] + kept * (at.along[1] - at.along[0]), axis=0) + begin
    return Pieces(
        way=near,
        leg=np.full(len(near), leg),
        line=np.full(len(near), legs.line[leg]),
        part=part,
        along=along + begin,
        cross=cross,
        kept=within,
        forth=forth,
    ).taken(rows)


def _clipped(values: FloatArray, low: float, high: float, part: FloatArray) -> FloatArray:
    """Return the part of each way over which a quantity that goes evenly between its ends is within bounds."""
    change = values[1] - values[0]
    steady = np.abs(change) < 1e-12  # noqa: PLR2004 - so little that a quotient says nothing
    slope = np.where(steady, 1.0, change)
    first, second = (low - values[0]) / slope, (high - values[0]) / slope
    begin = np.where(steady, 0.0, np.minimum(first, second))
    end = np.where(steady, np.where((values[0] >= low) & (values[0] <= high), 1.0, -1.0), np.maximum(first, second))
    return np.array([np.maximum(part[0], begin), np.minimum(part[1], end)])


def _outdone(ways: Ways, pieces: Pieces) -> BoolArray:
    """Return which pieces another line is nearer to: one that has at least half of the same part of the way."""
    nearness = _nearness(ways, pieces)
    outdone = np.zeros(len(pieces.way), dtype=np.bool_)
    size = pieces.part[1] - pieces.part[0]
    for apart in range(1, len(pieces.way)):
        first, second = np.arange(len(pieces.way) - apart), np.arange(apart, len(pieces.way))
        same = pieces.way[first] == pieces.way[second]
        if not same.any():
            break
        first, second = first[same], second[same]
        shared = np.minimum(pieces.part[1, first], pieces.part[1, second]) - np.maximum(
            pieces.part[0, first], pieces.part[0, second]
        )
        other = pieces.line[first] != pieces.line[second]
        outdone[first] |= other & (shared > size[first] / 2) & (nearness[second] < nearness[first] - _TIE_M)
        outdone[second] |= other & (shared > size[second] / 2) & (nearness[first] < nearness[second] - _TIE_M)
    return outdone


def _nearness(ways: Ways, pieces: Pieces) -> FloatArray:
    """Return how far beside its line the track is in the mean over a stretch about each piece, (piece,). [m]"""
    nearness = np.empty(len(pieces.way))
    order = np.lexsort((pieces.way, pieces.forth, pieces.line))
    span = 2 * _FAR_M * (float(ways.stretch[-1]) + 2) + float(ways.path[-1]) if len(ways.path) else 0.0
    line = np.cumsum(
        np.append(False, (np.diff(pieces.line[order]) != 0) | (pieces.forth[order][1:] != pieces.forth[order][:-1]))
    )
    place = ways.path[pieces.way[order]] + span * line[: len(order)]
    weight = pieces.length[order] + 1e-9
    sums = np.append(0.0, np.cumsum(weight)), np.append(0.0, np.cumsum(weight * pieces.aside[order]))
    first = np.searchsorted(place, place - _STRETCH_M)
    last = np.searchsorted(place, place + _STRETCH_M, side="right")
    nearness[order] = (sums[1][last] - sums[1][first]) / (sums[0][last] - sums[0][first])
    return nearness
