"""From samples and ways in an area to runs: a flight's unbroken stay in one area and kind."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from upwind.arrays import BoolArray, FloatArray, IntArray

__all__ = ["Hits", "Runs", "runs_of"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hits:
    """Where flights were in or near areas: at a sample, or between two; columns of one length, (hit,).

    Attributes
    ----------
    area, kind
        Which area, and which kind of place there.
    flight
        Of the sample.
    step
        Twice the sample's place among the believed samples; of what was found between two, one more than the first's.
    sample
        Index of the sample; of what was found between two, the first.
    begin, end
        Time of the sample, or of both. [s]
    longitude, latitude
        Of the sample, or of a place between. [deg]
    lowest, highest
        Bounds of the height above ground. [m]
    inside
        False: within error.
    disputed
        Whether another area of the same sort is there too.
    suspect
        Whether the sample is not to be believed.
    """

    area: IntArray
    kind: IntArray
    flight: IntArray
    step: IntArray
    sample: IntArray
    begin: FloatArray
    end: FloatArray
    longitude: FloatArray
    latitude: FloatArray
    lowest: FloatArray
    highest: FloatArray
    inside: BoolArray
    disputed: BoolArray
    suspect: BoolArray

    @property
    def between(self) -> BoolArray:
        """Whether it was found between two samples."""
        odd: BoolArray = self.step % 2 == 1
        return odd

    def taken(self, which: IntArray | BoolArray) -> Hits:
        """Return some of the hits, in the order asked for."""
        return Hits(**{field.name: getattr(self, field.name)[which] for field in fields(self)})

    def joined(self, other: Hits) -> Hits:
        """Return these hits and others."""
        both = {field.name: (getattr(self, field.name), getattr(other, field.name)) for field in fields(self)}
        return Hits(**{name: np.concatenate(pair) for name, pair in both.items()})


@dataclass(frozen=True, slots=True, kw_only=True)
class Runs:
    """Runs of hits: run r is `hits` from `first[r]` to `first[r + 1]`; all other columns are (run,)."""

    hits: Hits
    first: IntArray
    start: FloatArray
    end: FloatArray
    points: IntArray
    inside: BoolArray
    disputed: BoolArray
    suspect: BoolArray


def runs_of(hits: Hits) -> Runs:
    """Return the runs of hits, flight after flight in the order of time.

    A run goes on from a believed sample to the next, and over what was found between them; a sample that is not to be
    believed neither ends it nor is it needed to go on.
    """
    order = np.lexsort((hits.step, hits.kind, hits.area, hits.flight))
    hits = hits.taken(order)
    stride = np.diff(hits.step)
    same = (np.diff(hits.flight) == 0) & (np.diff(hits.area) == 0) & (np.diff(hits.kind) == 0)
    both_sampled = ~hits.between[1:] & ~hits.between[:-1]
    breaks = ~(same & ((stride <= 1) | ((stride == 2) & both_sampled)))  # noqa: PLR2004 - from a sample to the next
    first = np.flatnonzero(np.append(True, breaks)) if len(order) else np.empty(0, dtype=np.int64)
    bounds = np.append(first, len(order))
    if not len(first):
        none, no = np.empty(0), np.empty(0, dtype=np.bool_)
        return Runs(hits=hits, first=bounds, start=none, end=none, points=first, inside=no, disputed=no, suspect=no)
    sampled = (~hits.between).astype(np.int64)
    return Runs(
        hits=hits,
        first=bounds,
        start=np.minimum.reduceat(hits.begin, first),
        end=np.maximum.reduceat(hits.end, first),
        points=np.add.reduceat(sampled, first),
        inside=np.logical_or.reduceat(hits.inside, first),
        disputed=np.logical_or.reduceat(hits.disputed, first),
        suspect=np.logical_and.reduceat(hits.suspect, first),
    )
