"""The legs of an audited track: stretches of one flight and one verdict, thinned to what a picture can show."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from upwind.arrays import BoolArray, IntArray
from upwind.render.content import AuditedTrack

__all__ = ["MOST_MARKS", "Leg", "legs_of", "thinned"]

#: More marks than this cannot be told apart, and make a page slow; changes of verdict and entries are kept beyond it.
MOST_MARKS = 1_500


@dataclass(frozen=True, slots=True, kw_only=True)
class Leg:
    """The samples of a stretch, (sample,), the last of them being where the next one begins.

    `mark` is a `Mark`; `gap` says that nothing was recorded between the samples.
    """

    flight: int
    mark: int
    gap: bool
    rows: IntArray


def legs_of(track: AuditedTrack, most: int = MOST_MARKS) -> list[Leg]:
    """Return the legs of a track through the samples that are not suspect, in the order flown."""
    rows = thinned(track, most)
    if not len(rows):
        return []
    key = _key(track)[rows]
    first = np.flatnonzero(np.append(True, np.diff(key) != 0))
    legs = []
    for begin, end in zip(first, np.append(first[1:], len(rows)), strict=True):
        flight = int(track.flight[rows[begin]])
        goes_on = end < len(rows) and track.flight[rows[end]] == flight
        own = rows[begin : end + goes_on]
        legs.append(Leg(flight=flight, mark=int(track.mark[own[0]]), gap=bool(track.gap[own[0]]), rows=own))
    return legs


def thinned(track: AuditedTrack, most: int) -> IntArray:
    """Return which samples to draw, in order.

    Both samples about every change of verdict or flight, or about a gap, and the first of every entry are among them,
    be they more than `most`; the others are those farthest off the chord of their stretch.
    """
    rows = np.flatnonzero(~track.suspect)
    if len(rows) <= most:
        return rows
    must = _needed(track, rows)
    room = most - int(must.sum())
    if room > 0:
        edges = np.unique(np.linspace(0, len(rows), room + 1).astype(np.int64))
        for begin, end in pairwise(edges.tolist()):
            must[begin + _outermost(track, rows[begin:end])] = True
    return rows[must]


def _needed(track: AuditedTrack, rows: IntArray) -> BoolArray:
    changes = np.diff(_key(track)[rows]) != 0
    needed: BoolArray = np.append(True, changes) | np.append(changes, True)
    at = np.searchsorted(rows, track.entered_at)
    needed[at[at < len(rows)]] = True
    return needed


def _key(track: AuditedTrack) -> IntArray:
    """Return a number that changes where flight, verdict or gap do."""
    key: IntArray = (track.flight * 4 + track.mark) * 2 + track.gap
    return key


def _outermost(track: AuditedTrack, rows: IntArray) -> int:
    """Return which of some samples lies farthest off the chord from the first to the last."""
    x, y = track.longitude[rows] - track.longitude[rows[0]], track.latitude[rows] - track.latitude[rows[0]]
    return int(np.argmax(np.abs(x * y[-1] - y * x[-1])))
