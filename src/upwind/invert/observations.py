"""From tracks to the readings that are fitted: one gas, one unit, in time order, averaged where they come too fast."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from upwind.arrays import BoolArray, FloatArray, IntArray
from upwind.compounds import find
from upwind.errors import InputError
from upwind.geo import Frame, frame_of
from upwind.records import Track

__all__ = ["Observations", "common_frame", "gather"]

_GAS_CONSTANT = 8.314462618
_TEMPERATURE_K, _PRESSURE_PA = 288.15, 101_325.0
#: A sensor that moved further than this is on a platform that moves. [m]
_STANDS_STILL_M = 8.0
#: Readings no further apart than this are a fast series. [s]
_FAST_S = 20.0
#: Wind is borrowed from another reading no further away in time than this. [s]
_BORROW_S = 900.0
#: Readings of a platform that moves, closer in time than this, are averaged into one. [s]
_SHORTEST_S = 2.0
#: A reading stands out by so many sigma of noise, and takes so many neighbours on either side with it.
_OUT, _BESIDE = 5.0, 3
#: Readings of sensors that stand still are means of at least this time: plumes spread as over minutes. [s]
_STILL_S = 120.0
_DELAYS_S = (-2.0, 0.0, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Observations:
    """The readings of one gas, all (reading,) unless said.

    `start`, `end` (reading, 3) easting, northing, height [m]; `beam` is above 0 where they differ; `span` is how long a
    reading took [s]; `sensor` indexes `sensors`; `values` (delay, reading) in `units`, shifted by each of `delays` [s];
    `unit` is the reading per kg m-3; weather columns as in `WIND`, NaN where unknown; `moving` is 1 for fast series of
    a moving platform, 0 for others.
    """

    frame: Frame
    units: str
    molar_mass: float | None
    time: FloatArray
    span: FloatArray
    start: FloatArray
    end: FloatArray
    beam: FloatArray
    sensor: IntArray
    sensors: tuple[str, ...]
    delays: FloatArray
    values: FloatArray
    unit: FloatArray
    weather: dict[str, FloatArray]
    moving: FloatArray

    @property
    def moves(self) -> bool:
        """Whether any of the readings is of a platform that moves."""
        return bool(self.moving.any())


_WEATHER = ("wind_speed", "wind_from", "wind_height", "sigma_wind_direction", "friction_velocity", "obukhov_length")


@dataclass(slots=True, kw_only=True)
class _Rows:
    """Raw rows of one gas, in order of time and sensor."""

    columns: dict[str, FloatArray]
    sensor: IntArray
    sensors: tuple[str, ...]


def gather(tracks: Sequence[Track], gas: str, frame: Frame, most: tuple[int, int]) -> Observations | None:
    """Return the readings of a gas, at most about `most` of them; None where there are none with wind.

    `most` is for readings of which any moves, and for sensors that all stand still.

    Raises
    ------
    InputError
        Where files give a gas without molar mass in different quantities.
    """
    units, molar_mass = _units(tracks, gas)
    rows = _rows(tracks, gas, frame, units, molar_mass)
    if len(rows.sensor) == 0:
        return None
    moving = _moving(rows)
    block = _blocks(rows, moving, most[0] if moving.any() else most[1])
    return _average(rows, block, moving, (frame, units, molar_mass))


def common_frame(tracks: Sequence[Track]) -> Frame:
    """Return one local frame for all tracks."""
    return frame_of(np.concatenate([t.longitude for t in tracks]), np.concatenate([t.latitude for t in tracks]))


def _units(tracks: Sequence[Track], gas: str) -> tuple[str, float | None]:
    compound = find(gas)
    molar_mass = None if compound is None or compound.molar_mass_g_mol is None else compound.molar_mass_g_mol / 1000.0
    units = [g.units for t in tracks for g in t.gases if g.name == gas]
    if len(set(units)) > 1 and molar_mass is None:
        msg = f"{gas}: given both as mole fraction and as mass, and its molar mass is unknown; give one of them"
        raise InputError(msg)
    return units[0], molar_mass


def _rows(tracks: Sequence[Track], gas: str, frame: Frame, units: str, molar_mass: float | None) -> _Rows:
    sensors: dict[str, int] = {}
    parts: list[dict[str, FloatArray]] = []
    for track in tracks:
        for reading in (g for g in track.gases if g.name == gas):
            part = _columns(track, frame)
            number = np.array([sensors.setdefault(name, len(sensors)) for name in track.sensors] or [0])
            part["sensor"] = number[track.sensor].astype(np.float64)
            part["value"] = reading.values.copy()
            if reading.units != units:
                density = _air_molar_density(part) * (molar_mass or math.nan)
                part["value"] *= 1.0 / density if units == "ppm" else density
            keep = np.isfinite(part["value"])
            parts.append({name: column[keep] for name, column in part.items()})
    columns = {name: np.concatenate([p[name] for p in parts]) for name in parts[0]}
    columns = _with_wind(columns)
    order = np.lexsort((columns["sensor"], columns["time"]))
    columns = {name: column[order] for name, column in columns.items()}
    molar = _air_molar_density(columns)
    # Reading per kg m-3: mg/m3 directly, ppm through the number of moles of gas and of air.
    columns["unit"] = np.full(len(order), 1e6) if units == "mg/m3" else 1e6 / (molar * (molar_mass or 0.029))
    return _Rows(columns=columns, sensor=columns["sensor"].astype(np.int64), sensors=tuple(sensors))


def _air_molar_density(columns: dict[str, FloatArray]) -> FloatArray:
    """Return moles of air a cubic metre; a standard atmosphere where weather is unknown."""
    temperature = np.where(np.isnan(columns["temperature"]), _TEMPERATURE_K, columns["temperature"])
    pressure = np.where(np.isnan(columns["pressure"]), _PRESSURE_PA, columns["pressure"])
    return pressure / (_GAS_CONSTANT * temperature)


def _columns(track: Track, frame: Frame) -> dict[str, FloatArray]:
    easting, northing = frame.to_local(track.longitude, track.latitude)
    beam = np.isfinite(track.end_longitude)
    ends = frame.to_local(
        np.where(beam, track.end_longitude, track.longitude), np.where(beam, track.end_latitude, track.latitude)
    )
    height = np.where(np.isnan(track.height), 1.5, np.maximum(track.height, 0.0))
    return {
        "time": track.time,
        "duration": track.duration,
        "easting": easting,
        "northing": northing,
        "height": height,
        "end_easting": ends[0],
        "end_northing": ends[1],
        "end_height": np.where(beam, np.maximum(track.end_height, 0.0), height),
        "beam": beam.astype(np.float64),
        "temperature": track.wind.temperature,
        "pressure": track.wind.pressure,
        **{name: getattr(track.wind, name) for name in _WEATHER},
    }


def _with_wind(columns: dict[str, FloatArray]) -> dict[str, FloatArray]:
    """Return the rows that have wind, their own or one borrowed from the nearest moment that had."""
    has = np.isfinite(columns["wind_speed"]) & np.isfinite(columns["wind_from"])
    if has.all() or not has.any():
        return {name: column[has] for name, column in columns.items()}
    order = np.argsort(columns["time"][has], kind="stable")
    given = np.flatnonzero(has)[order]
    times = columns["time"][given]
    right = np.clip(np.searchsorted(times, columns["time"]), 0, len(times) - 1)
    left = np.maximum(right - 1, 0)
    nearer = np.abs(times[left] - columns["time"]) <= np.abs(times[right] - columns["time"])
    donor = given[np.where(nearer, left, right)]
    close = np.abs(columns["time"][donor] - columns["time"]) <= _BORROW_S
    for name in _WEATHER:
        columns[name] = np.where(has, columns[name], columns[name][donor])
    return {name: column[has | close] for name, column in columns.items()}


def _moving(rows: _Rows) -> FloatArray:
    """Return 1.0 for readings of a sensor that moves and samples fast."""
    moving = np.zeros(len(rows.sensor))
    for number in range(len(rows.sensors)):
        at = np.flatnonzero(rows.sensor == number)
        if len(at) < 10:
            continue
        spread = max(np.ptp(rows.columns["easting"][at]), np.ptp(rows.columns["northing"][at]))
        step = np.median(np.diff(rows.columns["time"][at]))
        moving[at] = float(spread > _STANDS_STILL_M and step <= _FAST_S)
    return moving


def _blocks(rows: _Rows, moving: FloatArray, most: int) -> IntArray:
    """Return a number for each reading; those averaged into one share it: of one sensor, close in time and place."""
    seconds = _SHORTEST_S if moving.any() else _STILL_S
    for _ in range(24):
        block = _number_blocks(rows, moving, seconds)
        if block.max() + 1 <= most:
            break
        seconds *= 1.4
    return block


def _number_blocks(rows: _Rows, moving: FloatArray, seconds: float) -> IntArray:
    time = rows.columns["time"]
    block = np.empty(len(time), dtype=np.int64)
    following = 0
    for number in range(len(rows.sensors)):
        at = np.flatnonzero(rows.sensor == number)
        # Sensors that stand still are averaged over the same times, so that they show the air they share.
        began = time[at[0]] if moving[at].any() else math.floor(time[0] / seconds) * seconds
        slot = np.floor((time[at] - began + 1e-6) / seconds)
        if moving[at].any() and seconds < _FAST_S:
            # In a plume every reading tells where its edge is; outside of it a longer mean says as much.
            quick = np.floor((time[at] - began + 1e-6) / (0.5 * seconds))
            slot = np.where(_stands_out(rows.columns["value"][at]), quick, 2.0 * np.floor(quick / 2.0))
        reach = max(12.0, 3.0 * seconds)
        east = np.floor(rows.columns["easting"][at] / reach) if not moving[at].any() else 0.0 * slot
        north = np.floor(rows.columns["northing"][at] / reach) if not moving[at].any() else 0.0 * slot
        fresh = np.ones(len(at), dtype=bool)
        fresh[1:] = (np.diff(slot) != 0) | (np.diff(east) != 0) | (np.diff(north) != 0)
        block[at] = following + np.cumsum(fresh) - 1
        following += int(fresh.sum())
    return block


def _stands_out(values: FloatArray) -> BoolArray:
    """Tell which readings of a fast series, and their neighbours, are above what noise would be."""
    steps = np.abs(np.diff(values))
    noise = float(np.quantile(steps, 0.35)) / 0.454 / math.sqrt(2.0) if len(steps) else 0.0
    running = np.array([np.quantile(part, 0.2) for part in np.array_split(values, max(len(values) // 120, 1))])
    middles = (np.arange(len(running)) + 0.5) * len(values) / len(running)
    above = values - np.interp(np.arange(len(values)), middles, running) > _OUT * noise
    near: BoolArray = np.convolve(above, np.ones(2 * _BESIDE + 1), mode="same") > 0.5
    return near


def _average(rows: _Rows, block: IntArray, moving: FloatArray, about: tuple[Frame, str, float | None]) -> Observations:
    count = np.bincount(block)

    def mean(values: FloatArray) -> FloatArray:
        known = np.isfinite(values)
        total = np.bincount(block[known], values[known], len(count))
        number = np.bincount(block[known], minlength=len(count))
        return np.where(number > 0, total / np.maximum(number, 1), np.nan)

    columns = rows.columns
    radians = np.radians(columns["wind_from"])
    east, north = mean(np.sin(radians)), mean(np.cos(radians))
    weather = {name: mean(columns[name]) for name in _WEATHER}
    weather["wind_from"] = np.degrees(np.arctan2(east, north)) % 360.0
    delays = np.array(_DELAYS_S if moving.any() else (0.0,))
    values = np.stack([mean(_shifted(rows, moving, delay)) for delay in delays])
    duration = np.where(np.isfinite(columns["duration"]), columns["duration"], 0.0)
    first, last = _ends(columns["time"], block, len(count))
    keep = np.argsort(first, kind="stable")
    return Observations(
        frame=about[0],
        units=about[1],
        molar_mass=about[2],
        time=mean(columns["time"])[keep],
        span=np.maximum(last - first, mean(duration))[keep],
        start=np.column_stack([mean(columns[c]) for c in ("easting", "northing", "height")])[keep],
        end=np.column_stack([mean(columns[c]) for c in ("end_easting", "end_northing", "end_height")])[keep],
        beam=mean(columns["beam"])[keep],
        sensor=mean(rows.sensor.astype(np.float64)).astype(np.int64)[keep],
        sensors=rows.sensors,
        delays=delays,
        values=values[:, keep],
        unit=mean(columns["unit"])[keep],
        weather={name: column[keep] for name, column in weather.items()},
        moving=mean(moving)[keep],
    )


def _ends(time: FloatArray, block: IntArray, count: int) -> tuple[FloatArray, FloatArray]:
    first, last = np.full(count, np.inf), np.full(count, -np.inf)
    np.minimum.at(first, block, time)
    np.maximum.at(last, block, time)
    return first, last


def _shifted(rows: _Rows, moving: FloatArray, delay: float) -> FloatArray:
    """Return what each sensor read `delay` seconds later, where it moves; else what it read."""
    values = rows.columns["value"].copy()
    if delay == 0.0:
        return values
    time = rows.columns["time"]
    for number in range(len(rows.sensors)):
        at = np.flatnonzero((rows.sensor == number) & (moving > 0))
        if len(at):
            values[at] = np.interp(time[at] + delay, time[at], rows.columns["value"][at])
    return values
