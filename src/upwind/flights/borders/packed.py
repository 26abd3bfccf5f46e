"""Polygons as a small file, without loss: what two areas share is written once, and differences are packed.

Layout, all of it one xz stream (LZMA2, checked by CRC64)::

    one line of JSON   {"layout": 1, "decimals": d, "names": […], "rings": n, "pieces": n, "parts": n, "vertices": n}
    rings              which area each ring belongs to, and of how many pieces it is made
    pieces             2 * part, and 1 more where the ring runs along the part backwards
    parts              of how many vertices each part is made, both ends counted
    vertices           longitude and latitude in units of 10^-d degrees

Every column is of integers of 32 bits, written as differences between neighbours, zigzag folded (0, -1, 1, -2, …
become 0, 1, 2, 3, …), as four planes of bytes, the lowest first. A part is a line between two junctions: places where
outlines part from one another, or begin.
"""

from __future__ import annotations

import json
import lzma
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from upwind.arrays import BoolArray, IntArray
from upwind.flights.borders.polygons import Polygons

__all__ = ["pack", "unpack"]

LAYOUT = 1
_PLANES = 4


def pack(polygons: Polygons, decimals: int) -> bytes:
    """Return polygons, at least a ring of them, as the bytes of a file; vertices have so many decimals or fewer.

    Raises
    ------
    ValueError
        A coordinate has more decimals, so that it would not come back as it was.
    """
    scale = 10**decimals
    units = np.stack([np.rint(polygons.longitude * scale), np.rint(polygons.latitude * scale)]).astype(np.int64)
    if not ((units[0] / scale == polygons.longitude).all() and (units[1] / scale == polygons.latitude).all()):
        msg = f"coordinates have more than {decimals} decimals"
        raise ValueError(msg)
    parts = _cut(units, polygons.start)
    head = {
        "layout": LAYOUT,
        "decimals": decimals,
        "names": list(polygons.names),
        "rings": len(polygons.area),
        "pieces": len(parts.pieces),
        "parts": len(parts.lengths),
        "vertices": parts.units.shape[1],
    }
    columns = (polygons.area, parts.of_ring, parts.pieces, parts.lengths, *parts.units)
    text = json.dumps(head, separators=(",", ":")).encode() + b"\n"
    return lzma.compress(text + b"".join(map(_folded, columns)), check=lzma.CHECK_CRC64, preset=9 | lzma.PRESET_EXTREME)


def unpack(content: bytes) -> Polygons:
    """Return the polygons of a file that `pack` made, to the last bit."""
    text = lzma.decompress(content)
    end = text.index(b"\n") + 1
    head = json.loads(text[:end])
    sizes = [head[key] for key in ("rings", "rings", "pieces", "parts", "vertices", "vertices")]
    bounds = end + _PLANES * np.cumsum([0, *sizes])
    area, of_ring, pieces, lengths, east, north = (_unfolded(text[first:last]) for first, last in pairwise(bounds))
    order, start = _laid_out(of_ring, pieces, lengths)
    scale = 10 ** head["decimals"]
    return Polygons(
        names=tuple(head["names"]),
        area=area.astype(np.int32),
        start=start,
        longitude=east[order] / scale,
        latitude=north[order] / scale,
    )


def _folded(values: np.ndarray[tuple[int], np.dtype[np.signedinteger]]) -> bytes:
    """Return a column's differences, zigzag folded, as planes of bytes."""
    steps = np.diff(values.astype(np.int32), prepend=np.int32(0))  # around, where a line jumps from 180 to -180
    folded = ((steps << 1) ^ (steps >> 31)).astype("<u4")
    return folded.view(np.uint8).reshape(-1, _PLANES).T.tobytes()


def _unfolded(planes: bytes) -> IntArray:
    """Return the column whose differences are folded into planes of bytes."""
    folded = np.frombuffer(planes, dtype=np.uint8).reshape(_PLANES, -1).T.copy().view("<u4")[:, 0].astype(np.uint32)
    steps = (folded >> 1) ^ -(folded & 1)
    return np.cumsum(steps.view(np.int32), dtype=np.int32).astype(np.int64)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Parts:
    """Rings cut at junctions, each part once; see the module's docstring for what the columns are."""

    of_ring: IntArray
    pieces: IntArray
    lengths: IntArray
    units: IntArray


def _cut(units: IntArray, start: IntArray) -> _Parts:
    """Return the parts that rings are made of."""
    following = np.arange(units.shape[1]) + 1
    following[start[1:] - 1] = start[:-1]
    _, place = np.unique((units[0] << 32) + units[1], return_inverse=True)
    first = np.flatnonzero(_junctions(place, following, start))  # where pieces begin; a ring begins with one
    ring = np.searchsorted(start, first, side="right") - 1
    # A part is told by the step with which it begins, or that with which it begins the other way round.
    last = np.append(first[1:], units.shape[1]) - 1  # the piece's last vertex but one
    ahead = place[first] * len(place) + place[following[first]]
    back = place[following[last]] * len(place) + place[last]
    _, seen, part = np.unique(np.minimum(ahead, back), return_index=True, return_inverse=True)
    rank = np.argsort(np.argsort(seen))  # parts stand in the order in which rings come to them
    seen = np.sort(seen)
    lengths = last[seen] - first[seen] + 2
    within = np.arange(lengths.sum()) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    at = np.repeat(first[seen], lengths) + within
    at[np.cumsum(lengths) - 1] = following[last[seen]]
    return _Parts(
        of_ring=np.bincount(ring, minlength=len(start) - 1),
        pieces=2 * rank[part] + (ahead != ahead[seen][rank[part]]),
        lengths=lengths,
        units=units[:, at],
    )


def _junctions(place: IntArray, following: IntArray, start: IntArray) -> BoolArray:
    """Return which vertices are at a place where a ring begins or turns back, or that has not just two neighbours."""
    count = int(place.max(initial=-1)) + 1
    near = np.concatenate([place * count + place[following], place[following] * count + place])
    neighbours = np.bincount(np.unique(near) // max(count, 1), minlength=count)
    ends = np.zeros(count, dtype=bool)
    ends[place[start[:-1]]] = True
    ends[place[following[place == place[following[following]]]]] = True
    junction: BoolArray = ends | (neighbours != 2)  # noqa: PLR2004 - one on either side
    return junction[place]


def _laid_out(of_ring: IntArray, pieces: IntArray, lengths: IntArray) -> tuple[IntArray, IntArray]:
    """Return which vertex of the parts each vertex of the rings is, and where rings begin."""
    part, backwards = pieces >> 1, pieces & 1
    begin = np.cumsum(lengths) - lengths
    size = lengths[part] - 1  # a piece's last vertex is the next one's first
    end = np.cumsum(size)
    within = np.arange(int(size.sum())) - np.repeat(end - size, size)
    order = np.repeat(begin[part] + backwards * size, size) + np.repeat(1 - 2 * backwards, size) * within
    return order, np.concatenate([[0], end])[np.concatenate([[0], np.cumsum(of_ring)])]
