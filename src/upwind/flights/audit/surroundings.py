"""What lies about a track, for a map: land, borders and limits of states, their names, areas of special use.

An index keeps the outlines that it was made of, ring after ring; here those near a track are taken out again, cut to a
box and simplified: finely where the track is, coarsely far from it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from upwind.arrays import BoolArray, FloatArray, IntArray
from upwind.flights.borders.atlas import Atlas
from upwind.flights.borders.grid import UNIT, Grid
from upwind.flights.borders.lookup import locate_points
from upwind.geo import Frame, dense
from upwind.records import Airspace, Entry, EntryKind
from upwind.render.content import Line, StateLabel, Surroundings

__all__ = ["Box", "box_about", "surroundings"]

#: A box reaches so many times a track's greatest span to each side, so that the reader can move the map a little.
_REACH = 1.5
#: The least that a box reaches. [m]
_LEAST_M = 2_000.0
_DEGREE_M = 110_570.0
#: Vertices that all lines, and all outlines of land, of one map may have.
_MOST_VERTICES = 4_000
#: Lines are true to this where the track is, to a part of their distance from it elsewhere, and to this part of the
#: box at the worst: half a pixel of the map as it is first shown.
_FINEST_DEG = 2e-5
_PART_OF_DISTANCE = 0.03
_FINEST = 1 / 16
#: Beyond this part of the box lines may be so many times coarser: only who moves the map sees them.
_IN_SIGHT, _OUT_OF_SIGHT = 0.5, 8.0
_COARSEST = 1 / 2_250
#: Squares along each side of the box for which their distance from the track is known, and those asked for states.
_SQUARES, _ASKED = 64, 40
#: Of the box, this much is seen at first: there names must stand.
_SEEN = 0.36
#: Nearer to the track than this part of the box a name would stand on it.
_CLEAR = 0.02
_MOST_AREAS = 60
#: Outlines of less than this part of the box are a point on the map.
_SMALLEST = 1 / 400
_TURN = 360.0
_LONGEST = 2.0
#: What is this near to the antimeridian lies on it: the source cuts there, to a unit of its last digit. [deg]
_SEAM = 5 * UNIT
#: Places of a track that stand for it when distances from it are measured.
_STAND_INS = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """The middle of a box and how far it reaches from there. [deg]"""

    longitude: float
    latitude: float
    east: float
    north: float

    def squared(self, longitude: FloatArray, latitude: FloatArray) -> FloatArray:
        """Return places (place, 2) from -1 to 1 across the box, the short way round the globe."""
        x = (longitude - self.longitude + _TURN / 2) % _TURN - _TURN / 2
        return np.column_stack([x / self.east, (latitude - self.latitude) / self.north])


def box_about(frame: Frame, easting: FloatArray, northing: FloatArray) -> Box:
    """Return the box about places in a frame. [m]"""
    low, high = (np.array([edge(easting), edge(northing)]) for edge in (np.min, np.max))
    middle, reach = (low + high) / 2, max(float((high - low).max()) * _REACH, _LEAST_M)
    longitude, latitude = frame.to_geographic(middle[:1], middle[1:])
    north = min(reach / _DEGREE_M, 90.0)
    narrow = np.cos(np.radians(min(abs(float(latitude[0])), 85.0)))
    return Box(
        longitude=float(longitude[0]),
        latitude=float(latitude[0]),
        east=float(min(north / narrow, _TURN / 2)),
        north=north,
    )


def surroundings(
    atlas: Atlas, box: Box, longitude: FloatArray, latitude: FloatArray, entries: Sequence[Entry]
) -> Surroundings:
    """Return what lies in a box about a track.

    Parameters
    ----------
    atlas
        Borders, land and areas.
    box
        What is asked for.
    longitude, latitude
        Of the track's samples that are to be believed, (sample,). [deg]
    entries
        Into areas of special use too, whether or not they need an authorisation.
    """
    stride = max(1, len(longitude) // _STAND_INS)
    far = _distances(box, box.squared(longitude[::stride], latitude[::stride]))
    areas, entered = _areas(atlas.airspaces, box, entries)
    return Surroundings(
        land=tuple(_few(box, far, list(_land(atlas.land, box)))),
        lines=tuple(_lines(atlas, box, far)),
        states=tuple(_labels(atlas, box, far)),
        areas=areas,
        entered=entered,
    )


def _distances(box: Box, track: FloatArray) -> FloatArray:
    """Return how far the squares of a box are from a track at least, (square, square), in heights of the box."""
    middles = (np.arange(_SQUARES) + 0.5) / _SQUARES * 2 - 1
    x, y = np.meshgrid(middles, middles)
    narrow = box.east * np.cos(np.radians(box.latitude)) / box.north
    away: FloatArray = np.hypot((x[..., None] - track[:, 0]) * narrow, y[..., None] - track[:, 1]).min(axis=-1)
    clear: FloatArray = np.maximum(away - 2 * np.sqrt(2) / _SQUARES, 0.0)
    return clear


def _rings(grid: Grid, box: Box) -> Iterator[tuple[int, int, float]]:
    """Yield first and last edge of every ring that comes into a box, and how many degrees it stands off there."""
    if not len(grid.x0):
        return
    parted = (grid.x0[1:] != grid.x1[:-1]) | (grid.y0[1:] != grid.y1[:-1]) | (grid.area[1:] != grid.area[:-1])
    first = np.concatenate([[0], np.flatnonzero(parted) + 1])
    last = np.append(first[1:], len(grid.x0))
    west, south = (np.minimum.reduceat(ends, first) * UNIT for ends in (grid.x0, grid.y0))
    east, north = (np.maximum.reduceat(ends, first) * UNIT for ends in (grid.x0, grid.y0))
    level = (south < box.latitude + box.north) & (north > box.latitude - box.north)
    seen = np.maximum((east - west) / box.east, (north - south) / box.north) > _SMALLEST
    for shift in (-_TURN, 0.0, _TURN):
        near = level & seen & (west + shift < box.longitude + box.east) & (east + shift > box.longitude - box.east)
        for ring in np.flatnonzero(near):
            yield int(first[ring]), int(last[ring]), shift


def _land(grid: Grid, box: Box) -> Iterator[FloatArray]:
    """Yield the outlines of land, cut to a box."""
    for first, last, shift in _rings(grid, box):
        ring = np.column_stack([grid.x0[first:last] * UNIT + shift, grid.y0[first:last] * UNIT])
        for axis, middle, reach in ((0, box.longitude, box.east), (1, box.latitude, box.north)):
            for sign in (-1.0, 1.0):
                ring = _cut(ring, axis, sign, sign * middle + reach)
        if len(ring):
            # What is straight in degrees is not so on a map near a pole.
            yield dense(np.concatenate([ring, ring[:1]]), _LONGEST)


def _cut(ring: FloatArray, axis: int, sign: float, bound: float) -> FloatArray:
    """Return a ring cut along a line, in the way of Sutherland and Hodgman (1974; unverified)."""
    following = np.roll(ring, -1, axis=0)
    over, next_over = sign * ring[:, axis] - bound, sign * following[:, axis] - bound
    crosses = (over > 0) != (next_over > 0)
    part = np.divide(over, over - next_over, out=np.zeros_like(over), where=crosses)
    steps = np.stack([ring, ring + part[:, None] * (following - ring)], axis=1)
    cut: FloatArray = steps[np.column_stack([over <= 0, crosses])]
    return cut


def _lines(atlas: Atlas, box: Box, far: FloatArray) -> Iterator[Line]:
    """Yield coasts, borders on land, and limits at sea."""
    pieces = list(_pieces(atlas.borders, box))
    kinds: dict[str, list[FloatArray]] = {
        "coast": [piece for piece, _ in _pieces(atlas.land, box)],
        "border": [],
        "limit": [],
    }
    if pieces:
        middles = np.concatenate([(piece[1:] + piece[:-1]) / 2 for piece, _ in pieces])
        fresh = _fresh(atlas.borders, np.concatenate([edges for _, edges in pieces]))
        dry = np.zeros(len(middles), dtype=np.bool_)
        found = locate_points(atlas.land, (middles[:, 0] + 180.0) % _TURN - 180.0, middles[:, 1])
        dry[found.point[found.inside]] = True
        first = 0
        for piece, edges in pieces:
            rows = slice(first, first + len(edges))
            for kind, chosen in (("border", fresh[rows] & dry[rows]), ("limit", fresh[rows] & ~dry[rows])):
                kinds[kind].extend(piece[begin : end + 1] for begin, end in _stretches(chosen))
            first += len(edges)
    for kind, lines in kinds.items():
        yield from (Line(kind=kind, places=places) for places in _few(box, far, lines))


def _pieces(grid: Grid, box: Box) -> Iterator[tuple[FloatArray, IntArray]]:
    """Yield the lines (vertex, 2) of outlines within a box, without seams, and which edges they are of."""
    for first, last, shift in _rings(grid, box):
        ends = [np.asarray(end[first:last], dtype=np.float64) for end in (grid.x0, grid.y0, grid.x1, grid.y1)]
        x0, y0, x1, y1 = (end * UNIT + shift * (number % 2 == 0) for number, end in enumerate(ends))
        cut = [np.abs(np.abs(x - shift) - _TURN / 2) < _SEAM for x in (x0, x1)]
        seam = cut[0] & cut[1]
        seam |= (y0 == y1) & (np.abs(y0) >= 90.0 - UNIT)
        inside = (np.maximum(x0, x1) > box.longitude - box.east) & (np.minimum(x0, x1) < box.longitude + box.east)
        inside &= (np.maximum(y0, y1) > box.latitude - box.north) & (np.minimum(y0, y1) < box.latitude + box.north)
        for begin, end in _stretches(inside & ~seam):
            rows = slice(begin, end)
            places = np.column_stack([np.append(x0[rows], x1[end - 1]), np.append(y0[rows], y1[end - 1])])
            yield places, np.arange(first + begin, first + end)


def _fresh(grid: Grid, edges: IntArray) -> BoolArray:
    """Return which edges are the first of their kind: two states share a line, and dashes drawn twice are none."""
    one, other = (
        np.stack([x[edges], y[edges]], axis=1).astype(np.int64) @ np.array([1 << 32, 1])
        for x, y in ((grid.x0, grid.y0), (grid.x1, grid.y1))
    )
    ends = np.stack([np.minimum(one, other), np.maximum(one, other)], axis=1)
    order = np.lexsort(ends.T)
    again = np.append(False, (np.diff(ends[order], axis=0) == 0).all(axis=1))
    fresh = np.ones(len(edges), dtype=np.bool_)
    fresh[order[again]] = False
    return fresh


def _stretches(chosen: BoolArray) -> list[tuple[int, int]]:
    """Return where unbroken runs of what is chosen begin and end."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], chosen, [False]]).astype(np.int8)))
    return [(int(begin), int(end)) for begin, end in edges.reshape(-1, 2)]


def _few(box: Box, far: FloatArray, lines: Sequence[FloatArray]) -> list[FloatArray]:
    """Return lines simplified until they have few vertices; what becomes smaller than a point is left out."""
    coarser = 1.0
    while True:
        simple = [line[_kept(box, far, line, coarser)] for line in lines]
        least = box.north * _COARSEST * max(1.0, coarser * _FINEST)
        simple = [line for line in simple if float(np.ptp(line, axis=0).max()) > least]
        if sum(map(len, simple)) <= _MOST_VERTICES:
            return simple
        lines, coarser = simple, coarser * 2.0


def _kept(box: Box, far: FloatArray, line: FloatArray, coarser: float) -> BoolArray:
    """Return which vertices stand for a line: both ends, and where it comes into another cell of the size allowed."""
    place = np.column_stack([(line[:, 0] - box.longitude) / box.east, (line[:, 1] - box.latitude) / box.north])
    square = np.clip(((place + 1) / 2 * _SQUARES).astype(np.int64), 0, _SQUARES - 1)
    away = far[square[:, 1], square[:, 0]] * box.north
    coarsest = max(box.north * _COARSEST, _FINEST_DEG)
    finest = max(coarsest * _FINEST, _FINEST_DEG)  # given up first where there are too many vertices
    allowed = np.clip(away * _PART_OF_DISTANCE, finest * coarser, coarsest * max(1.0, coarser * _FINEST))
    allowed *= np.where(np.abs(place).max(axis=1) > _IN_SIGHT, _OUT_OF_SIGHT, 1.0)
    size = np.exp2(np.floor(np.log2(allowed)))
    cell = np.floor(line / size[:, None])
    kept = np.ones(len(line), dtype=np.bool_)
    kept[1:-1] = (cell[1:-1] != cell[:-2]).any(axis=1) | (size[1:-1] != size[:-2])
    return kept


def _labels(atlas: Atlas, box: Box, far: FloatArray) -> Iterator[StateLabel]:
    """Yield where the name of each state stands: as far from other states, and from the track, as it can."""
    middles = ((np.arange(_ASKED) + 0.5) / _ASKED * 2 - 1) * _SEEN
    x, y = (side.ravel() for side in np.meshgrid(middles, middles))
    longitude, latitude = box.longitude + x * box.east, box.latitude + y * box.north
    on_globe = np.clip(latitude, -90.0, 90.0)
    found = locate_points(atlas.borders, (longitude + 180.0) % _TURN - 180.0, on_globe)
    square = ((np.column_stack([x, y]) + 1) / 2 * _SQUARES).astype(np.int64)
    off = far[square[:, 1], square[:, 0]]
    edge = np.maximum(np.abs(x), np.abs(y)) > _SEEN * (1 - 2 / _ASKED)
    for state in np.unique(found.area[found.inside]):
        own = np.zeros(len(x), dtype=np.bool_)
        own[found.point[found.inside & (found.area == state)]] = True
        other = ~own | edge
        away = np.hypot(x[own, None] - x[other], y[own, None] - y[other]).min(axis=1)
        away *= np.where(off[own] > _CLEAR, 1.0, 0.25)
        best = np.flatnonzero(own)[int(np.argmax(away))]
        yield StateLabel(state=atlas.states[state], longitude=float(longitude[best]), latitude=float(latitude[best]))


def _areas(
    airspaces: Sequence[Airspace], box: Box, entries: Sequence[Entry]
) -> tuple[tuple[Airspace, ...], tuple[bool, ...]]:
    """Return the areas of special use in a box, those that were entered first, and whether each was."""
    named = {(entry.state, entry.name) for entry in entries if entry.kind is EntryKind.SPECIAL_USE}
    near = [one for one in airspaces if any(_overlaps(box, ring) for ring in one.rings)]
    near.sort(key=lambda one: (one.state, one.id) not in named)
    areas = tuple(near[:_MOST_AREAS])
    return areas, tuple((one.state, one.id) in named for one in areas)


def _overlaps(box: Box, ring: FloatArray) -> bool:
    """Return whether the box about a ring overlaps the part of a box that is seen at first."""
    places = box.squared(ring[:, 0], ring[:, 1])
    return bool((places.min(axis=0) < _SEEN).all() and (places.max(axis=0) > -_SEEN).all())
