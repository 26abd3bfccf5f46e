"""PX4's ULog: the satellite receiver's positions, or else the fused ones.

References
----------
PX4 user guide, "ULog File Format" and the uORB messages SensorGps, VehicleGlobalPosition, VehicleLocalPosition.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from upwind.arrays import FloatArray
from upwind.readers.files import File
from upwind.readers.telemetry.samples import Sample, many, trajectory_from
from upwind.readers.telemetry.uorb import Columns, Messages, messages_of
from upwind.records import Trajectory

__all__ = ["read"]

_RECEIVERS = ("vehicle_gps_position", "sensor_gps")
_FUSED = "vehicle_global_position"
_LOCAL = "vehicle_local_position"
_TOPICS = frozenset({*_RECEIVERS, _FUSED, _LOCAL})

#: A receiver that knows no date yet says an earlier time than this, September 2001. [us]
_LEAST_UTC = 1e15
#: A height above ground holds for positions this near in time. [s]
_NEAR_S = 0.5

#: The columns of position by topic and version: longitude, latitude, above the sea, above the ellipsoid; factors.
_OLD = (("lon", "lat", "alt", "alt_ellipsoid"), (1e-7, 1e-7, 1e-3, 1e-3))
_NEW = (("longitude_deg", "latitude_deg", "altitude_msl_m", "altitude_ellipsoid_m"), (1.0, 1.0, 1.0, 1.0))
_FUSED_NAMES = (("lon", "lat", "alt", "alt_ellipsoid"), (1.0, 1.0, 1.0, 1.0))


def read(file: File) -> Trajectory:
    """Return the trajectory of a log; its times are the receiver's UTC, laid on the log's clock where it says none.

    The height is the autopilot's own distance to the ground, where it says that this is valid; the height above home
    is none.

    Raises
    ------
    FormatError
        The log cannot be parsed, has no position, or no time but that since boot.
    """
    messages = messages_of(file.content, _TOPICS)
    notes = list(_notes(messages))
    topics = messages.topics()
    receiver = next((topics[name, 0] for name in _RECEIVERS if (name, 0) in topics), None)
    if receiver is None:
        receiver = next((columns for (name, _), columns in topics.items() if name in _RECEIVERS), {})
    positions = receiver if _located(receiver) else topics.get((_FUSED, 0), {})
    if not _located(positions):
        fault = "; ".join(["no position in this log", *notes])
        raise file.fault(0, "", fault, "log vehicle_gps_position or vehicle_global_position")
    time = _utc(positions, receiver)
    height = _height(positions["timestamp"], topics.get((_LOCAL, 0), {}))
    return trajectory_from(file, _samples(time, height, _place(positions, fused=positions is not receiver)), notes)


def _notes(messages: Messages) -> Iterator[str]:
    """Yield what was lost of a damaged log."""
    if messages.lost:
        yield f"damaged in {many(messages.lost, 'place')}, {many(messages.whole, 'whole message')} read"
    if messages.cut:
        yield f"cut off after {many(messages.whole, 'message')}"


def _located(columns: Columns) -> bool:
    """Return whether a topic holds positions and the log's own time of each."""
    return "timestamp" in columns and any({*names[:2]} <= columns.keys() for names, _ in (_OLD, _NEW))


def _place(columns: Columns, *, fused: bool) -> tuple[FloatArray, ...]:
    """Return longitude, latitude [deg], the heights above the sea and above the ellipsoid [m]."""
    names, factors = _NEW if _NEW[0][0] in columns else _FUSED_NAMES if fused else _OLD
    unknown = np.full(len(columns["timestamp"]), np.nan)
    return tuple(columns.get(name, unknown) * factor for name, factor in zip(names, factors, strict=True))


def _utc(positions: Columns, receiver: Columns) -> FloatArray:
    """Return the times of positions since 1970-01-01T00:00Z; NaN where the receiver never knew the date. [s]"""
    boot, utc = receiver.get("timestamp"), receiver.get("time_utc_usec")
    if boot is None or utc is None or not (known := utc > _LEAST_UTC).any():
        return np.full(len(positions["timestamp"]), np.nan)
    mapped: FloatArray = positions["timestamp"] + np.median(utc[known] - boot[known])
    if positions is receiver:
        mapped = np.where(known, utc, mapped)
    return mapped / 1e6


def _height(boot: FloatArray, local: Columns) -> FloatArray:
    """Return the valid distance to the ground that is nearest in time, NaN where none is near. [m]"""
    height = np.full(len(boot), np.nan)
    if not {"timestamp", "dist_bottom", "dist_bottom_valid"} <= local.keys():
        return height
    valid = local["dist_bottom_valid"] == 1
    at, distance = local["timestamp"][valid], local["dist_bottom"][valid]
    if not len(at):
        return height
    order = np.argsort(at, kind="stable")
    at, distance = at[order], distance[order]
    after = np.clip(np.searchsorted(at, boot), 1, max(1, len(at) - 1))
    before = after - 1
    after = np.minimum(after, len(at) - 1)
    nearest = np.where(np.abs(at[after] - boot) < np.abs(at[before] - boot), after, before)
    near = np.abs(at[nearest] - boot) <= _NEAR_S * 1e6
    return np.where(near, distance[nearest], height)


def _samples(time: FloatArray, height: FloatArray, place: tuple[FloatArray, ...]) -> Iterator[Sample]:
    """Yield a sample a row."""
    columns = (values.tolist() for values in (time, *place, height))
    for row, (second, longitude, latitude, altitude, ellipsoid, metres) in enumerate(zip(*columns, strict=True)):
        yield Sample(
            row=row,
            time=second,
            longitude=longitude,
            latitude=latitude,
            height=metres,
            altitude=altitude,
            ellipsoidal_height=ellipsoid,
        )
