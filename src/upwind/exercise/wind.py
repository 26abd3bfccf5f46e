"""The true wind of an exercise: a profile with height, eddies that make a plume meander, and what an anemometer says.

References
----------
Profile and turbulence follow similarity theory with the Businger-Dyer functions, sigma_w and sigma_v as Panofsky,
Tennekes, Lenschow and Wyngaard (1977) give them for the convective surface layer, dissipation as Kaimal and Finnigan
(1994) do (all quoted from memory, unverified). `SAMPLED` brings the hourly sigma_v down to what some ten minutes hold;
the tests compare the resulting spread with Briggs (1973), doi:10.2172/5118833.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numba import njit

from upwind.arrays import FloatArray

__all__ = ["Stability", "Weather", "WindError", "WindSeries", "blow", "decay", "draw_weather", "measure", "wander"]

KARMAN = 0.4
#: sigma_v / u* of a neutral hour.
NEUTRAL_SIGMA_V = 2.29
#: Share of an hour's sigma_v that shows within minutes.
SAMPLED = 0.6
#: The same in stable air, where the hour's sigma_v is mostly slow.
SAMPLED_STABLE = 0.4
#: Sideways motion that even the calmest night keeps. [m/s]
NIGHT_MEANDER = 0.1
#: Share of the horizontal variance held by eddies larger than the plume; they move all of it at once.
MEANDER_SHARE = 0.5
#: Lowest height at which profiles are read. [m]
LOWEST = 0.3


class Stability(StrEnum):
    """How the air mixes."""

    UNSTABLE = "unstable"
    NEUTRAL = "neutral"
    STABLE = "stable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Weather:
    """What stays the same during one exercise.

    Attributes
    ----------
    speed_m_s
        Mean wind at 10 m.
    wind_from_deg, veer_deg_h
        Mean direction at the start, and how it turns.
    swing_deg
        Standard deviation of an hour-scale swing of the direction.
    roughness_m, obukhov_m, lid_m
        Of the ground; Obukhov length; mixing height.
    meander_time_s, meander_factor
        Time scale of the large eddies, and how much stronger than usual they are.
    """

    stability: Stability
    speed_m_s: float
    wind_from_deg: float
    veer_deg_h: float
    swing_deg: float
    roughness_m: float
    obukhov_m: float
    lid_m: float
    meander_time_s: float
    meander_factor: float
    temperature_k: float
    pressure_pa: float

    @property
    def friction_velocity(self) -> float:
        """Return u* [m/s]."""
        return float(self.speed_m_s * KARMAN / self._shape(np.array(10.0)))

    def _shape(self, height: FloatArray) -> FloatArray:
        """Return the speed in units of u* / k."""
        top = np.maximum(height, LOWEST)
        rough = self.roughness_m
        return np.asarray(np.log(top / rough) - _psi(top / self.obukhov_m) + _psi(np.array(rough / self.obukhov_m)))

    def speed_at(self, height: FloatArray) -> FloatArray:
        """Return the mean speed at a height [m/s]."""
        return np.asarray(self.friction_velocity / KARMAN * self._shape(height))

    def sigma_w(self, height: FloatArray) -> FloatArray:
        """Return the standard deviation of the vertical wind [m/s]."""
        convective = np.maximum(-np.maximum(height, LOWEST) / self.obukhov_m, 0.0)
        return np.asarray(1.25 * self.friction_velocity * (1.0 + 3.0 * convective) ** (1 / 3))

    @property
    def sigma_v(self) -> float:
        """Return the standard deviation of the horizontal wind over some ten minutes [m/s]."""
        if self.stability is Stability.STABLE:
            return SAMPLED_STABLE * NEUTRAL_SIGMA_V * self.friction_velocity
        convective = max(-self.lid_m / (24.0 * self.obukhov_m), 0.0)
        return float(SAMPLED * NEUTRAL_SIGMA_V * self.friction_velocity * (1.0 + convective) ** (1 / 3))

    @property
    def sigma_meander(self) -> float:
        """Return the part of sigma_v that moves the whole plume [m/s]."""
        floor = NIGHT_MEANDER if self.stability is Stability.STABLE else 0.0
        return float(self.meander_factor * np.hypot(np.sqrt(MEANDER_SHARE) * self.sigma_v, floor))

    @property
    def sigma_small(self) -> float:
        """Return the part of sigma_v that tears the plume apart [m/s]."""
        return float(np.sqrt(1.0 - MEANDER_SHARE) * self.sigma_v)

    def dissipation(self, height: FloatArray) -> FloatArray:
        """Return the dissipation of turbulent energy [m2 s-3]."""
        z = np.maximum(height, LOWEST)
        ratio = z / self.obukhov_m
        shape = np.where(ratio < 0, (1.0 + 0.5 * np.abs(ratio) ** (2 / 3)) ** 1.5, 1.0 + 4.0 * np.maximum(ratio, 0.0))
        return np.asarray(self.friction_velocity**3 / (KARMAN * z) * shape)


def _psi(ratio: FloatArray) -> FloatArray:
    """Return the Businger-Dyer correction of the log law at height / Obukhov length."""
    x = (1.0 - 16.0 * np.minimum(ratio, 0.0)) ** 0.25
    unstable = 2.0 * np.log((1.0 + x) / 2.0) + np.log((1.0 + x * x) / 2.0) - 2.0 * np.arctan(x) + np.pi / 2.0
    return np.asarray(np.where(ratio < 0.0, unstable, -5.0 * np.clip(ratio, 0.0, 1.0)))


def draw_weather(rng: np.random.Generator, stability: Stability) -> Weather:
    """Return the weather of one exercise: 2-6 m/s at 10 m, any direction."""
    speed, obukhov, lid = {
        Stability.UNSTABLE: ((2.0, 5.0), -rng.uniform(10.0, 60.0), rng.uniform(700.0, 1500.0)),
        Stability.NEUTRAL: ((3.0, 6.0), 1e6, rng.uniform(400.0, 1000.0)),
        Stability.STABLE: ((2.0, 4.5), rng.uniform(25.0, 120.0), rng.uniform(60.0, 200.0)),
    }[stability]
    return Weather(
        stability=stability,
        speed_m_s=rng.uniform(*speed),
        wind_from_deg=rng.uniform(0.0, 360.0),
        veer_deg_h=rng.normal(0.0, 20.0),
        swing_deg=0.0,
        roughness_m=float(np.exp(rng.uniform(np.log(0.02), np.log(0.2)))),
        obukhov_m=obukhov,
        lid_m=lid,
        meander_time_s=float(np.exp(rng.uniform(np.log(30.0), np.log(200.0)))),
        meander_factor=rng.uniform(0.8, 1.4),
        temperature_k=rng.uniform(278.0, 303.0),
        pressure_pa=rng.uniform(93_000.0, 102_500.0),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class WindSeries:
    """The true wind in time: `toward_*` (tick,) a unit vector; `eddy_*` (tick,), what large eddies add [m/s].

    Ticks are `tick_s` apart and begin at `start_s` (negative: before the first reading).
    """

    weather: Weather
    start_s: float
    tick_s: float
    toward_east: FloatArray
    toward_north: FloatArray
    eddy_east: FloatArray
    eddy_north: FloatArray

    def at(self, time_s: FloatArray, height: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return the eastward and northward wind at times and heights [m/s]."""
        tick = np.rint((time_s - self.start_s) / self.tick_s).astype(np.int64)
        tick = np.clip(tick, 0, self.toward_east.size - 1)
        speed = self.weather.speed_at(height)
        east = speed * self.toward_east[tick] + self.eddy_east[tick]
        north = speed * self.toward_north[tick] + self.eddy_north[tick]
        return east, north


def wander(rng: np.random.Generator, size: int, step: float, time_scale: float) -> FloatArray:
    """Return an Ornstein-Uhlenbeck series of unit variance, shape (size,), `step` and `time_scale` in one unit."""
    keep = float(np.exp(-step / time_scale))
    shocks = rng.standard_normal(size)
    shocks[1:] *= np.sqrt(1.0 - keep * keep)
    decay(shocks, keep)
    return shocks


@njit(cache=True)
def decay(series: FloatArray, keep: float) -> None:
    """Add to each value of a series, in place, `keep` times the one before it."""
    for index in range(1, series.size):
        series[index] += keep * series[index - 1]


def blow(rng: np.random.Generator, weather: Weather, span_s: tuple[float, float], tick_s: float) -> WindSeries:
    """Return one realisation of the wind over `span_s` (from, to)."""
    size = round((span_s[1] - span_s[0]) / tick_s) + 2
    time = span_s[0] + tick_s * np.arange(size)
    swing = weather.swing_deg * wander(rng, size, tick_s, 3600.0)
    toward = np.radians(weather.wind_from_deg + 180.0 + weather.veer_deg_h * time / 3600.0 + swing)
    along = weather.sigma_meander * wander(rng, size, tick_s, weather.meander_time_s)
    across = weather.sigma_meander * wander(rng, size, tick_s, weather.meander_time_s)
    return WindSeries(
        weather=weather,
        start_s=span_s[0],
        tick_s=tick_s,
        toward_east=np.sin(toward),
        toward_north=np.cos(toward),
        eddy_east=along * np.sin(toward) + across * np.cos(toward),
        eddy_north=along * np.cos(toward) - across * np.sin(toward),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class WindError:
    """How an anemometer errs: AR(1) in direction and in the speed's logarithm, beside local turbulence."""

    direction_deg: float
    direction_time_s: float
    speed: float
    speed_time_s: float


def measure(
    rng: np.random.Generator, series: WindSeries, error: WindError, time_s: FloatArray, height: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return the measured speed [m/s] and direction [deg] at each reading, one second apart."""
    east, north = series.at(time_s, height)
    size = time_s.size
    # Eddies of some ten metres pass an anemometer in a few seconds; the plume elsewhere does not feel them.
    passing = 10.0 / series.weather.speed_m_s
    east = east + series.weather.sigma_small * wander(rng, size, 1.0, passing)
    north = north + series.weather.sigma_small * wander(rng, size, 1.0, passing)
    speed = np.hypot(east, north) * np.exp(error.speed * wander(rng, size, 1.0, error.speed_time_s))
    wrong = error.direction_deg * wander(rng, size, 1.0, error.direction_time_s)
    wind_from = (np.degrees(np.arctan2(-east, -north)) + wrong) % 360.0
    return speed, wind_from
