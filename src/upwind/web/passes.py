"""Passes over a site: what each flight read near it, where it crossed gas, and which compounds it smelt there."""

from __future__ import annotations

import logging
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from upwind.arrays import FloatArray, IntArray
from upwind.compounds import find
from upwind.errors import UpwindError
from upwind.geo import Frame
from upwind.readers import read_track
from upwind.records import Gas, Limit, Track
from upwind.render.readings import thin
from upwind.safety.limits import limits_of, mg_per_ppm
from upwind.store.shelf import Shelf

__all__ = ["Channel", "Pass", "Vicinity", "passes_of", "track_of", "vicinity"]

#: Readings within this of a site are of a pass over it, or within so many times its own radius. [m]
REACH_M, _REACH_RADII = 300.0, 3.0
#: Readings farther apart than this in time are of different passes. [s]
_APART_S = 3_600.0
#: Readings of a pass that are drawn.
_MOST = 600
#: A pass crossed gas where a reading stands so many spreads above the middle one. A choice, as of plain outliers.
_CROSSED = 5.0
#: The middle of absolute deviations of Gaussian noise times this is its standard deviation.
_MAD = 1.4826
#: Sensors differ in lag: at a crossing each gas has its greatest reading within this. [s]
_LAG_S = 10.0
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Vicinity:
    """Where a site is [deg], how far from it readings are of a pass [m], and the gas that it is told by."""

    longitude: float
    latitude: float
    reach_m: float
    gas: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """One gas at a crossing: what was read and what is usual, in `units`; `limit` in the same, None where unknown."""

    compound: str
    units: str
    value: float
    ambient: float
    limit: float | None
    limit_kind: str
    limit_minutes: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pass:
    """One flight past a site, as arrays (reading,) of its gas: time since 1970 [s], place [m] about the site, value.

    `at` is the crossing's reading, or the greatest one where nothing was crossed. `key` names the pass in addresses.
    """

    key: str
    name: str
    gas: str
    units: str
    time: FloatArray
    easting: FloatArray
    northing: FloatArray
    value: FloatArray
    at: int
    longitude: float
    latitude: float
    is_crossing: bool
    ambient: float
    nearest_m: float
    channels: tuple[Channel, ...]


def passes_of(shelf: Shelf, evidence: Sequence[tuple[str, str]], site: Vicinity) -> list[Pass]:
    """Return every pass over a site in evidence, pairs of digest and name; the earliest first."""
    found = [one for digest, name in evidence for one in _passes(shelf, digest, name, site)]
    return sorted(found, key=lambda one: (one.time[0], one.name))


@lru_cache(maxsize=8)
def track_of(shelf: Shelf, digest: str) -> Track | None:
    """Return the track of a digest on the shelf; None where the evidence is no track."""
    try:
        return read_track(shelf.path(digest))
    except (UpwindError, OSError) as error:
        _LOG.info("evidence %s has no track: %s", digest[:16], error)
        return None


def vicinity(place: tuple[float, float], radius_m: float, gas: str) -> Vicinity:
    """Return how far about a site passes are looked for."""
    return Vicinity(place[0], place[1], max(REACH_M, _REACH_RADII * radius_m), gas)


@lru_cache(maxsize=256)
def _passes(shelf: Shelf, digest: str, name: str, site: Vicinity) -> tuple[Pass, ...]:
    track = track_of(shelf, digest)
    if track is None:
        return ()
    gas = next((one for one in track.gases if one.name == site.gas), track.gases[0] if track.gases else None)
    if gas is None or not np.isfinite(gas.values).any():
        return ()
    frame = Frame(longitude=site.longitude, latitude=site.latitude)
    easting, northing = frame.to_local(track.longitude, track.latitude)
    near = np.flatnonzero((np.hypot(easting, northing) <= site.reach_m) & np.isfinite(gas.values))
    stretches = np.split(near, np.flatnonzero(np.diff(track.time[near]) > _APART_S) + 1)
    return tuple(_pass(name, track, gas, rows, (easting[rows], northing[rows])) for rows in stretches if rows.size > 1)


def _pass(name: str, track: Track, gas: Gas, rows: IntArray, places: tuple[FloatArray, FloatArray]) -> Pass:
    value = gas.values[rows]
    ambient = float(np.nanmedian(gas.values))
    spread = _MAD * float(np.nanmedian(np.abs(gas.values - ambient)))
    drawn = thin(value, _MOST)
    peak = int(rows[np.argmax(value)])
    return Pass(
        key=f"{name}@{math.floor(track.time[rows[0]])}",
        name=name,
        gas=gas.name,
        units=gas.units,
        time=track.time[rows][drawn],
        easting=places[0][drawn],
        northing=places[1][drawn],
        value=value[drawn],
        at=int(np.argmax(value[drawn])),
        longitude=float(track.longitude[peak]),
        latitude=float(track.latitude[peak]),
        is_crossing=bool(value.max() > ambient + _CROSSED * spread),
        ambient=ambient,
        nearest_m=float(np.hypot(*places).min()),
        channels=tuple(_channels(track, peak)),
    )


def _channels(track: Track, at: int) -> Iterator[Channel]:
    """Yield every gas of a track about a reading, in the file's order; one not read there is left out."""
    about = np.abs(track.time - track.time[at]) <= _LAG_S
    for gas in track.gases:
        read = gas.values[about & np.isfinite(gas.values)]
        if read.size:
            limit, worth = _limit(gas)
            yield Channel(
                compound=gas.name,
                units=gas.units,
                value=float(read.max()),
                ambient=float(np.nanmedian(gas.values)),
                limit=worth,
                limit_kind=limit.kind if limit is not None else "",
                limit_minutes=limit.minutes if limit is not None else None,
            )


def _limit(gas: Gas) -> tuple[Limit | None, float | None]:
    """Return the mildest limit of an hour's exposure, and its worth in the gas's units; None where there is none."""
    compound = find(gas.name)
    if compound is None:
        return None, None
    hourly = [each for each in limits_of(compound) if each.minutes == 60.0]  # noqa: PLR2004 - an hour
    mildest = min(hourly, key=lambda each: each.mg_m3, default=None)
    if mildest is None:
        return None, None
    return mildest, mildest.mg_m3 if gas.units == "mg/m3" else mildest.mg_m3 / mg_per_ppm(compound)
