"""What a flight would have shown, had a site emitted: from what it read, in the wind that it read it in.

Only silence counts: where a reading stands above ambient by more than the limit, something else may be hidden in it,
and it is left out. The limit is three standard deviations of the readings below ambient, or that of the sensor where it
is greater. What remains are, for every few minutes, the straight legs that a moving sensor flew
(`flights.search.silence` says what a leg shows) and the places where standing ones stood. A standing sensor is met
where the plume's centreline passes within one width of it; standing sensors read one wind, so of several the one that
is met most surely counts. What a beam would have shown is not known here: it says nothing.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import numpy as np

from upwind.arrays import BoolArray, FloatArray, IntArray
from upwind.dispersion.stability import pasquill_class
from upwind.errors import InputError
from upwind.flights.search.chances import NARROWER, Chances, Outlook, Rates, chances_of
from upwind.flights.search.legs import Leg
from upwind.flights.search.silence import silence
from upwind.geo import Frame, frame_of
from upwind.records import DetectionLimit, Fit, Located, Platform, Sensor, Source, Track
from upwind.sites.rates import log_spread

__all__ = ["Look", "View", "look_at"]

#: The wind of so long is one wind. [s]
_WINDOW_S = 600.0
#: A sensor that gets no farther than this in that time stands. [m]
_STANDS_M = 20.0
#: A way is straight where it keeps so close to a line. [m]
_STRAIGHT_M = 25.0
#: How far a measured direction may err, at least and at most. [deg]
_ERRS = (6.0, 30.0)
#: Readings averaged for longer see the mean plume, which is wider and thinner than that of an instant. [s]
_AVERAGED_S = 60.0
#: A limit is so many standard deviations of noise.
_SIGMAS = 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Window:
    """A few minutes: legs flown in silence, silent standing sensors (sensor, 2) [m], the wind, and the height. [m]"""

    legs: tuple[Leg, ...]
    stations: FloatArray
    outlook: Outlook
    height_m: float


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """One gas as one flight looked for it; `sensor` carries the limit that its readings had."""

    gas: str
    sensor: Sensor
    platform: Platform
    windows: tuple[_Window, ...]

    def miss(self, easting: FloatArray, northing: FloatArray, rates: Rates) -> FloatArray | None:
        """Return the chance that nothing was shown of a site that emitted, (rate, place); None if nobody can say."""
        left = np.ones((rates.classes, easting.size))
        for window in self.windows:
            try:
                chances = chances_of(self.sensor, self.gas, self.platform, window.outlook, rates, window.height_m)
            except InputError:
                return None
            if window.legs:
                left *= silence(window.legs, easting, northing, chances, window.outlook.wind_from_deg)
            if len(window.stations):
                left *= 1.0 - _met(window, easting, northing, chances)
        return left


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What one flight (or flights located jointly) looked for, and where; `views` are those of its gases."""

    flight: str
    time: datetime
    frame: Frame
    views: tuple[View, ...]

    def chance(self, places: FloatArray, sources: Sequence[Source]) -> float | None:
        """Return the probability that it would have shown a site that emits as `sources` do; see `Looked`."""
        easting, northing = self.frame.to_local(places[:, 0], places[:, 1])
        chances = []
        for view in self.views:
            rated = [source.emission_rate for source in sources if source.gas == view.gas]
            for rate in (one for one in rated if one is not None):
                rates = Rates(median_kg_h=rate.median, spread=log_spread(rate), classes=3)
                missed = view.miss(easting, northing, rates)
                chances += [] if missed is None else [1.0 - float(missed.mean())]
        return max(chances, default=None)

    def miss(self, longitude: FloatArray, latitude: FloatArray, gases: Sequence[str], rates: Rates) -> FloatArray:
        """Return the chance that nothing was shown of a site that emits one of some gases, (rate, place).

        Each of the gases is as likely; one that was not looked for is missed.
        """
        easting, northing = self.frame.to_local(longitude, latitude)
        views = {view.gas: view for view in self.views}
        total = np.zeros((rates.classes, longitude.size))
        for gas in gases:
            missed = views[gas].miss(easting, northing, rates) if gas in views else None
            total += 1.0 if missed is None else missed
        return np.asarray(total / len(gases))


def look_at(flight: str, tracks: Sequence[Track], located: Sequence[Located], sensor: Sensor | None) -> Look | None:
    """Return what a flight would have shown.

    Parameters
    ----------
    flight
        What its sightings are called.
    tracks
        Located jointly.
    located
        The answers for their gases: only what was fitted is known to be silent.
    sensor
        What the catalogue says of it; None where it says nothing.

    Returns
    -------
    Look | None
        None where nothing was fitted, or beams were read.
    """
    fits = [(answer.gas, answer.fit) for answer in located if answer.fit is not None]
    if not fits or any(np.isfinite(track.end_longitude).any() for track in tracks):
        return None
    every = fits[0][1]
    frame = frame_of(every.longitude, every.latitude)
    views = (_view(gas, fit, (tracks, frame, sensor)) for gas, fit in fits)
    middle = float(np.mean([every.time.min(), every.time.max()]))
    return Look(
        flight=flight,
        time=datetime.fromtimestamp(middle, UTC),
        frame=frame,
        views=tuple(view for view in views if view is not None),
    )


def _view(gas: str, fit: Fit, about: tuple[Sequence[Track], Frame, Sensor | None]) -> View | None:
    tracks, frame, known = about
    excess = fit.observed - fit.ambient
    below = excess[excess < 0.0]
    noise = float(np.sqrt(np.mean(below**2))) if below.size else 0.0
    averaged = float(np.median(np.concatenate([track.duration for track in tracks])))
    limit = max(_SIGMAS * noise, _known_limit(known, gas, fit.units))
    if not limit > 0.0:
        return None
    silent = np.isfinite(excess) & (excess <= limit) & fit.used
    claimed = limit * (NARROWER if averaged > _AVERAGED_S else 1.0)
    base = known if known is not None else Sensor(name="sensor")
    sensor = replace(base, detection_limits=(DetectionLimit(gas=gas, limit=claimed, units=fit.units),))
    easting, northing = frame.to_local(fit.longitude, fit.latitude)
    positions = np.column_stack([easting, northing])
    height = float(np.nanmedian(np.concatenate([track.height for track in tracks])))
    pasquill = _pasquill(tracks)
    windows = (_window(fit, positions, rows & silent, (height, pasquill)) for rows in _windows(fit.time))
    return View(
        gas=gas,
        sensor=sensor,
        platform=Platform(name="", speed_m_s=_speed(fit, positions), bank_deg=0.0, endurance_h=math.inf),
        windows=tuple(window for window in windows if window is not None),
    )


def _known_limit(sensor: Sensor | None, gas: str, units: str) -> float:
    """Return the catalogue's limit, 0 where it has none; ppb are told as ppm."""
    factors = {("ppb", "ppm"): 1e-3, ("ppt", "ppm"): 1e-6, ("ug/m3", "mg/m3"): 1e-3, ("g/m3", "mg/m3"): 1e3}
    limits = sensor.detection_limits if sensor is not None else ()
    return max(
        (
            limit.limit * factors.get((limit.units, units), 1.0)
            for limit in limits
            if limit.gas.casefold() == gas.casefold() and (limit.units == units or (limit.units, units) in factors)
        ),
        default=0.0,
    )


def _pasquill(tracks: Sequence[Track]) -> int:
    """Return the class of the air, neutral where nobody measured it."""
    lengths = np.concatenate([track.wind.obukhov_length for track in tracks])
    lengths = lengths[np.isfinite(lengths) & (lengths != 0.0)]
    return pasquill_class(float(np.median(1.0 / lengths))) if lengths.size else 3


def _speed(fit: Fit, positions: FloatArray) -> float:
    """Return how fast sensors moved, in the median. [m/s]"""
    speeds = []
    for sensor in np.unique(fit.sensor):
        rows = np.flatnonzero(fit.sensor == sensor)
        step, lasted = np.hypot(*np.diff(positions[rows], axis=0).T), np.diff(fit.time[rows])
        speeds.append(step[lasted > 0.0] / lasted[lasted > 0.0])
    every = np.concatenate(speeds)
    return float(np.median(every)) if every.size else 0.0


def _windows(time: FloatArray) -> Iterator[BoolArray]:
    number = ((time - time.min()) // _WINDOW_S).astype(int)
    for window in np.unique(number):
        yield number == window


def _window(fit: Fit, positions: FloatArray, rows: BoolArray, about: tuple[float, int]) -> _Window | None:
    """Return what was silent in a few minutes; None where nothing was, or no wind blew."""
    east = float(np.nanmean(fit.wind_speed[rows] * np.sin(np.radians(fit.wind_from[rows])))) if rows.any() else 0.0
    north = float(np.nanmean(fit.wind_speed[rows] * np.cos(np.radians(fit.wind_from[rows])))) if rows.any() else 0.0
    speed = math.hypot(east, north)
    if not speed > 0.0:
        return None
    wind_from = math.degrees(math.atan2(east, north)) % 360.0
    turn = (fit.wind_from[rows] - wind_from + 180.0) % 360.0 - 180.0
    error = float(np.clip(np.sqrt(np.nanmean(turn**2)), *_ERRS))
    legs: list[Leg] = []
    stations = []
    for sensor in np.unique(fit.sensor[rows]):
        own = np.flatnonzero(fit.sensor == sensor)
        runs = _runs(own[np.isin(own, np.flatnonzero(rows))], own)
        if np.hypot(*np.ptp(positions[np.concatenate(runs)], axis=0)) <= _STANDS_M:
            stations.append(positions[runs[0][0]])
        else:
            legs += [leg for run in runs for leg in _legs(positions[run], about[0])]
    return _Window(
        legs=tuple(legs),
        stations=np.array(stations).reshape(-1, 2),
        outlook=Outlook(speed_m_s=speed, wind_from_deg=wind_from, direction_error_deg=error, pasquill=about[1]),
        height_m=max(about[0], 0.5),
    )


def _runs(silent: IntArray, own: IntArray) -> list[IntArray]:
    """Return the stretches of a sensor's readings in which every one was silent."""
    place = np.searchsorted(own, silent)
    return np.split(silent, np.flatnonzero(np.diff(place) > 1) + 1)


def _legs(way: FloatArray, height_m: float) -> list[Leg]:
    """Return the straight legs that a way consists of (Ramer's and Douglas and Peucker's halving)."""
    if len(way) == 1:
        return []
    first, last = way[0], way[-1]
    along = last - first
    length = float(np.hypot(*along))
    offset = way - first
    off = np.abs(along[0] * offset[:, 1] - along[1] * offset[:, 0]) / length if length > 0.0 else np.hypot(*offset.T)
    farthest = int(np.argmax(off))
    if off[farthest] <= _STRAIGHT_M:
        ends = (float(first[0]), float(first[1])), (float(last[0]), float(last[1]))
        return [Leg(start=ends[0], end=ends[1], height_m=height_m)] if length > 0.0 else []
    return _legs(way[: farthest + 1], height_m) + _legs(way[farthest:], height_m)


def _met(window: _Window, easting: FloatArray, northing: FloatArray, chances: Chances) -> FloatArray:
    """Return the chance that standing sensors show a site that emits, (rate, place)."""
    toward = math.radians(window.outlook.wind_from_deg + 180.0)
    along, across = np.array([math.sin(toward), math.cos(toward)]), np.array([math.cos(toward), -math.sin(toward)])
    best = np.zeros((len(chances.crossing), easting.size))
    places = np.column_stack([easting, northing])
    for station in window.stations:
        x, y = (station - places) @ along, (station - places) @ across
        width = np.interp(x, chances.downwind_m, chances.spread_m)
        share = _below(y / width + 1.0) - _below(y / width - 1.0)
        crossing = [np.interp(x, chances.downwind_m, of, left=0.0, right=0.0) for of in chances.crossing]
        best = np.maximum(best, np.array(crossing) * share)
    return best


def _below(values: FloatArray) -> FloatArray:
    """Return the normal distribution function."""
    return np.array([0.5 * math.erfc(-value / math.sqrt(2.0)) for value in values])
