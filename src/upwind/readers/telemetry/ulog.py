"""PX4's ULog, through pyulog: the satellite receiver's positions, or else the fused ones.

References
----------
PX4 user guide, "ULog File Format" and the uORB messages SensorGps, VehicleGlobalPosition, VehicleLocalPosition.
"""

from __future__ import annotations

import contextlib
import io
import struct
from collections.abc import Iterator, Mapping
from typing import TypeAlias

import numpy as np
import pyulog

from upwind.arrays import FloatArray
from upwind.readers.files import File
from upwind.readers.telemetry.samples import Sample, trajectory_from
from upwind.records import Trajectory

__all__ = ["read"]

Columns: TypeAlias = Mapping[str, FloatArray]

_RECEIVERS = ("vehicle_gps_position", "sensor_gps")
_FUSED = "vehicle_global_position"
_LOCAL = "vehicle_local_position"
_TOPICS = [*_RECEIVERS, _FUSED, _LOCAL]

#: pyulog raises these where a damaged log says what cannot be.
_FAULTS = (
    pyulog.core.ULogException,
    ArithmeticError,
    AttributeError,
    LookupError,
    MemoryError,
    TypeError,
    ValueError,
    struct.error,
)

_FILE_HEADER = 16
_MESSAGE_HEADER = 3
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
    log, notes = _log(file)
    topics = {(topic.name, topic.multi_id): _columns(topic) for topic in log.data_list}
    receiver = next((topics[name, 0] for name in _RECEIVERS if (name, 0) in topics), None)
    if receiver is None:
        receiver = next((columns for (name, _), columns in topics.items() if name in _RECEIVERS), {})
    positions = receiver if _located(receiver) else topics.get((_FUSED, 0), {})
    if not _located(positions):
        raise file.fault(0, "", "no position in this log", "log vehicle_gps_position or vehicle_global_position")
    time = _utc(positions, receiver)
    height = _height(positions["timestamp"], topics.get((_LOCAL, 0), {}))
    return trajectory_from(file, _samples(time, height, _place(positions, fused=positions is not receiver)), notes)


def _log(file: File) -> tuple[pyulog.ULog, list[str]]:
    """Return the parsed log, and what was lost of a damaged one."""
    notes: list[str] = []
    try:
        with contextlib.redirect_stdout(io.StringIO()):  # pyulog prints what it finds broken
            log = pyulog.ULog(io.BytesIO(file.content), _TOPICS, disable_str_exceptions=True)
    except _FAULTS as error:
        raise file.fault(0, "", f"the ULog is broken ({error})", "copy it again, whole") from None
    if log.file_corruption:
        notes.append("the log is damaged: read as far as its messages are whole")
    elif cut := _cut_off(file.content):
        notes.append(f"cut off after {cut:,} messages")
    return log, notes


def _cut_off(content: bytes) -> int:
    """Return how many whole messages there are where the last one is cut off; 0 where it is not."""
    place, messages = _FILE_HEADER, 0
    while place + _MESSAGE_HEADER <= len(content):
        place += _MESSAGE_HEADER + content[place] + (content[place + 1] << 8)
        messages += 1
    return 0 if place == len(content) else messages - (place > len(content))


def _columns(topic: pyulog.ULog.Data) -> Columns:
    """Return the columns of one topic as floats."""
    return {name: np.asarray(values, dtype=np.float64) for name, values in topic.data.items()}


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
