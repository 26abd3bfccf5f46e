"""A trajectory in the order in which it was flown, with what of it is to be believed, and the ways between samples."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np

from upwind.arrays import FloatArray, IntArray
from upwind.flights.audit.suspects import EXCURSION, JUMP, flags_of, is_believed
from upwind.records import Trajectory

__all__ = ["Flown", "flown_of", "in_blocks", "in_threads", "named", "parted"]

Part = TypeVar("Part")
Whole = TypeVar("Whole")

#: Samples that one thread takes at once, and those of the flights that are gone through together.
_BLOCK, _PART = 1 << 18, 1 << 21
_COLUMNS = ("order", "time", "longitude", "latitude", "flight", "flags", "rank")


@dataclass(frozen=True, slots=True, kw_only=True)
class Flown:
    """A trajectory, flight after flight, each in the order of time.

    Attributes
    ----------
    trajectory
        As read.
    order
        Which sample of the trajectory each is, (sample,).
    time, longitude, latitude, flight
        Of each, (sample,). [s], [deg]
    flags
        What is wrong with each, as `flags_of` has it, (sample,).
    rank
        How many believed samples stand before each, or the believed sample's own number, (sample,).
    """

    trajectory: Trajectory
    order: IntArray
    time: FloatArray
    longitude: FloatArray
    latitude: FloatArray
    flight: IntArray
    flags: IntArray
    rank: IntArray

    def ways(self) -> IntArray:
        """Return the first and the last sample of every way that is taken to have been flown, (2, way).

        They are those from each believed sample to the next, and those within an excursion.
        """
        believed, flags, flight = np.flatnonzero(is_believed(self.flags)), self.flags, self.flight
        ways = np.array([believed[:-1], believed[1:]])
        away = np.flatnonzero((flags[1:] & EXCURSION > 0) & (flags[1:] & JUMP == 0) & (flags[:-1] & EXCURSION > 0))
        ways = np.concatenate((ways, np.array([away, away + 1])), axis=1) if len(away) else ways
        apart = flight[ways[0]] != flight[ways[1]]
        return ways[:, ~apart] if apart.any() else ways


def named(trajectory: Trajectory, flight: str, platform: str) -> Trajectory:
    """Return a trajectory in which flights and platforms without a name have these."""
    return replace(
        trajectory,
        flights=tuple(name or flight for name in trajectory.flights),
        platforms=tuple(name or platform for name in trajectory.platforms),
    )


def flown_of(trajectory: Trajectory) -> Flown:
    """Return a trajectory in the order in which it was flown; samples of one time stay in the file's order."""
    time, flight = trajectory.time, trajectory.flight
    longitude, latitude = trajectory.longitude, trajectory.latitude
    order = np.arange(len(time))
    onward = (np.diff(flight) > 0) | ((np.diff(flight) == 0) & (np.diff(time) >= 0))
    if not onward.all():
        order = np.lexsort((time, flight))
        time, flight, longitude, latitude = time[order], flight[order], longitude[order], latitude[order]
    planned = trajectory.is_planned
    flags = np.zeros(len(time), dtype=np.int64) if planned else flags_of(time, longitude, latitude, flight)
    believed = is_believed(flags)
    return Flown(
        trajectory=trajectory,
        order=order,
        time=time,
        longitude=longitude,
        latitude=latitude,
        flight=flight,
        flags=flags,
        rank=np.maximum(np.cumsum(believed) - 1, 0),
    )


def parted(flown: Flown) -> list[Flown]:
    """Return whole flights, so many that they have about `_PART` samples, so that what is made of them has room."""
    firsts = np.flatnonzero(np.append(True, np.diff(flown.flight) != 0))
    cuts = firsts[np.append(True, np.diff(firsts // _PART) > 0)]
    if len(cuts) == 1:
        return [flown]
    ends = np.append(cuts[1:], len(flown.flight))
    return [
        Flown(trajectory=flown.trajectory, **{name: getattr(flown, name)[first:end] for name in _COLUMNS})
        for first, end in zip(cuts.tolist(), ends.tolist(), strict=True)
    ]


def in_threads(parts: Sequence[Whole], work: Callable[[Whole], Part]) -> list[Part]:
    """Return what work makes of each part, in order; the parts are shared among the cores."""
    if len(parts) == 1:
        return [work(parts[0])]
    with ThreadPoolExecutor(max_workers=os.cpu_count()) as threads:
        return list(threads.map(work, parts))


def in_blocks(length: int, work: Callable[[slice], Part]) -> list[Part]:
    """Return what work makes of each block of so many rows, in order; the blocks are shared among the cores."""
    return in_threads([slice(begin, begin + _BLOCK) for begin in range(0, max(length, 1), _BLOCK)], work)
