"""How likely a leg is to show a site that emits: from sensor, height, wind, mixing and emission rate.

A sniffer meets a plume where its leg crosses the plume's centreline. Where the centreline lies at a distance x downwind
is uncertain across the wind by ``s(x)^2 = (theta x)^2 + sigma_y(x)^2``, with theta the error of the forecast direction
[rad]. A crossing shows a site of rate q where the most that it reads exceeds the limit L,
``p(x) = Phi[ln(P q g(x) a(x) / cL) / S]``: g is the mean plume's axis per unit rate, P how much narrower and so denser
the plume of an instant is, a what a slow sensor leaves of a short peak, c what noise takes off the limit, and S the
spread of peaks about that. A leg
from y1 to y2 across the wind so shows a site with ``p(x) {Phi[y2/s(x)] - Phi[y1/s(x)]}``. Summed over x this is the
sweep width of search theory.

An imager sees a site within its swath where the rate exceeds its limit, ``p = Phi[ln(q/L)/S']``.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from upwind import compounds
from upwind.arrays import FloatArray
from upwind.dispersion.receptors import Receptors
from upwind.dispersion.site import Site
from upwind.dispersion.spread import briggs
from upwind.dispersion.stability import obukhov_of_class
from upwind.dispersion.steady import GaussianPlume
from upwind.errors import InputError
from upwind.records import DetectionLimit, Platform, Sensor, Wind

__all__ = ["Chances", "Outlook", "Rates", "chances_of"]

#: P: about half of the variance of a ten-minute plume across the wind is meander, so an instant's is half as wide.
NARROWER = 2.0
#: S, S': spread of the logarithm of a crossing's peak, and of what an imager makes of one rate. Choices.
PEAK_SPREAD, IMAGE_SPREAD = 0.8, 0.5
#: A limit is three standard deviations of one reading's noise; among a crossing's readings noise adds one to the peak.
NOISE_ADDS = 1.0 / 3.0
#: Where sites are thought to vent. [m]
VENT_M = 3.0
#: Distances at which chances are tabled, and how far. [m]
STEP_M, FARTHEST_M = 25.0, 6_000.0
#: A chance below this, for the strongest rate, ends the table.
LEAST = 0.02
#: Air at 15 C and 1013.25 hPa. [mol/m3]
_MOLES = 42.29
_PARTS = {"ppm": 1e-6, "ppmv": 1e-6, "umol/mol": 1e-6, "ppb": 1e-9, "ppbv": 1e-9, "nmol/mol": 1e-9, "ppt": 1e-12}
_MASSES = {"ug/m3": 1e-9, "mg/m3": 1e-6, "g/m3": 1e-3}


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """The weather that a flight expects: wind at 10 m, how far its direction may err, Pasquill class 0 (A) to 5 (F)."""

    speed_m_s: float
    wind_from_deg: float
    direction_error_deg: float = 12.0
    pasquill: int = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Rates:
    """What emission rates are expected: a log-normal of this median [kg/h] and spread, in classes alike in number."""

    median_kg_h: float = 0.36
    spread: float = 0.8
    classes: int = 5

    def values(self) -> FloatArray:
        """Return the middle of each class, (rate,). [kg/h]"""
        normal = NormalDist()
        middles = [normal.inv_cdf((number + 0.5) / self.classes) for number in range(self.classes)]
        return np.asarray(self.median_kg_h * np.exp(self.spread * np.array(middles)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Chances:
    """What a crossing shows, on a table of distances.

    Attributes
    ----------
    downwind_m
        Even steps; of the path from the site, toward where the wind blows. (distance,)
    crossing
        Probability that a path across the whole plume shows a site that emits, (rate, distance).
    spread_m
        Standard deviation, across the wind, of where the plume is crossed, (distance,).
    """

    downwind_m: FloatArray
    crossing: FloatArray
    spread_m: FloatArray

    def sweep_m(self) -> FloatArray:
        """Return the sweep width of an endless path across the wind, (rate,). [m]"""
        step = self.downwind_m[1] - self.downwind_m[0]
        return np.asarray(self.crossing.sum(axis=1) * step)


def chances_of(
    sensor: Sensor, gas: str, platform: Platform, outlook: Outlook, rates: Rates, height_m: float
) -> Chances:
    """Return what a sensor's crossings show of a gas.

    Raises
    ------
    InputError
        The sensor has no detection limit for the gas in a unit that says how much is seen from a leg, an imager lacks
        its swath, or there is no wind to carry anything to a sniffer.
    """
    limit = _limit(sensor, gas)
    if limit.units == "kg/h":
        return _seen(sensor, limit, rates)
    if outlook.speed_m_s <= 0.0:
        msg = "a sniffer needs wind to plan by: in a calm nothing comes to it"
        raise InputError(msg)
    return _smelled(sensor, _mass_limit(limit, gas), platform, (outlook, height_m), rates)


def _limit(sensor: Sensor, gas: str) -> DetectionLimit:
    known = [limit for limit in sensor.detection_limits if limit.gas.casefold() == gas.casefold()]
    usable = [limit for limit in known if limit.units == "kg/h" or limit.units in _PARTS or limit.units in _MASSES]
    if not usable:
        has = ", ".join(f"{limit.gas} [{limit.units}]" for limit in sensor.detection_limits) or "none"
        msg = (
            f'the sensor "{sensor.name}" has no detection limit for {gas} as a concentration or in kg/h (it has: {has})'
        )
        raise InputError(msg)
    return usable[0]


def _mass_limit(limit: DetectionLimit, gas: str) -> float:
    """Return the limit in kg/m3."""
    if limit.units in _MASSES:
        return limit.limit * _MASSES[limit.units]
    compound = compounds.find(gas)
    if compound is None:
        msg = f"{gas} has no molar mass, so {limit.units} of it are no mass; give its limit in ug/m3"
        raise InputError(msg)
    return limit.limit * _PARTS[limit.units] * _MOLES * compound.molar_mass_g_mol * 1e-3


def _smelled(sensor: Sensor, limit: float, platform: Platform, flown: tuple[Outlook, float], rates: Rates) -> Chances:
    """Return the table of a sniffer; `limit` in kg/m3, `flown` the weather and the height. [m]"""
    outlook, height = flown
    distance = STEP_M * np.arange(1.0, FARTHEST_M / STEP_M, dtype=np.float64)
    axis = _axis(distance, outlook, height)
    sigma_y, _ = briggs(distance, outlook.pasquill, urban=False)
    # A first-order sensor reaches 1 - exp(-t/tau) of a step that lasts t.
    lasts = 2.0 * sigma_y / NARROWER / max(platform.speed_m_s, 0.1)
    tau = (sensor.response_s or 0.0) / math.log(10.0)
    left = -np.expm1(-lasts / tau) if tau > 0.0 else np.ones_like(lasts)
    peak = NARROWER * (rates.values()[:, None] / 3600.0) * (axis * left)[None, :]
    with np.errstate(divide="ignore"):
        crossing = _phi(np.log(peak / ((1.0 - NOISE_ADDS) * limit)) / PEAK_SPREAD)
    theta = math.radians(outlook.direction_error_deg)
    last = int(np.flatnonzero(crossing[-1] >= LEAST).max(initial=1)) + 1
    spread = np.hypot(theta * distance, sigma_y)
    return Chances(downwind_m=distance[:last], crossing=crossing[:, :last], spread_m=spread[:last])


def _axis(distance: FloatArray, outlook: Outlook, height_m: float) -> FloatArray:
    """Return the mean concentration at a height on the plume's axis per unit rate, (distance,). [s m-3]"""
    with np.errstate(divide="ignore"):
        obukhov = np.divide(1.0, np.array([obukhov_of_class(outlook.pasquill)]))
    missing = np.array([np.nan])
    wind = Wind(
        time=np.zeros(1),
        wind_speed=np.array([float(outlook.speed_m_s)]),
        wind_from=np.array([270.0]),
        wind_height=np.array([10.0]),
        sigma_wind_direction=missing,
        friction_velocity=missing,
        obukhov_length=obukhov,
        temperature=missing,
        pressure=missing,
    )
    places = np.column_stack([distance, np.zeros_like(distance), np.full_like(distance, height_m)])
    receptors = Receptors.at(np.zeros(len(distance)), places)
    return GaussianPlume(site=Site(family="rural")).sensitivity(receptors, (0.0, 0.0, VENT_M), wind)


def _seen(sensor: Sensor, limit: DetectionLimit, rates: Rates) -> Chances:
    """Return the table of an imager: even over its swath."""
    if sensor.swath_m is None:
        msg = f'the sensor "{sensor.name}" says no swath, so what it sees from a leg is not known'
        raise InputError(msg)
    half = 0.5 * sensor.swath_m
    distance = np.linspace(-half, half, 41)
    chance = _phi(np.log(rates.values() / limit.limit) / IMAGE_SPREAD)
    # What is beside a leg's end is not seen: the edge is sharp.
    return Chances(
        downwind_m=distance,
        crossing=np.repeat(chance[:, None], distance.size, axis=1),
        spread_m=np.full(distance.size, 1.0),
    )


def _phi(values: FloatArray) -> FloatArray:
    """Return the normal distribution function."""
    flat = [0.5 * math.erfc(-value / math.sqrt(2.0)) for value in np.ravel(values)]
    return np.array(flat).reshape(np.shape(values))
