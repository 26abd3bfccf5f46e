"""A hunt: one hidden source in a square, and a drone that is told leg by leg where to fly, to grade who tells it.

The wind, the gas, the ambient and the sensor's errors are drawn before the first leg and the same for whoever flies. A
leg is a way between corners at a set speed; at a corner the drone loses the time that it takes to change its velocity.
What it reads so far comes back as the track that a reader would hand on, with the wind as measured on board. The gas
moves as filaments (`cloud`): no plume formula takes part, and nothing of `dispersion`.

Every range here is a choice, made before any searcher was graded by it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from upwind.arrays import FloatArray
from upwind.exercise.cloud import Cloud, cloud_of, look
from upwind.exercise.conditions import METHANE, Conditions, ExerciseGas, Range, draw
from upwind.exercise.filaments import Filaments, TrueSource, warm_up_s
from upwind.exercise.scenes import START_S
from upwind.exercise.sensors import GasSensor, sense
from upwind.exercise.survey import DRONE_TICK_S, GAS_CONSTANT, draw_ambient, draw_frame, draw_wind_error
from upwind.exercise.wind import Stability, Weather, blow, draw_weather, measure
from upwind.geo import Frame
from upwind.records import Gas, Track, Wind

__all__ = ["FAINT", "SIDE_M", "USUAL", "Flown", "Hunt", "fly", "make_hunt", "take_off", "track_of"]

#: The square that the source is in, and the drone stays in. [m]
SIDE_M = 400.0
#: How far from the drone the source is at first. [m]
AWAY_M: Range = (50.0, 300.0)
#: The drone's speed over ground [m/s], its acceleration [m s-2], how long it hovers at first and flies at most. [s]
SPEED_M_S, ACCELERATION, HOVER_S, LONGEST_S = 5.0, 2.5, 10.0, 1200.0
#: It flies at one height above ground. [m]
HEIGHT_M: Range = (4.0, 8.0)
#: Sources lie no nearer than this to the square's edge. [m]
MARGIN_M = 20.0

#: What is usual: methane of 1-5 kg/h in any weather.
USUAL = Conditions()
#: A source a tenth as strong, in air that wanders: light winds by day.
FAINT = Conditions(gas=replace(METHANE, rate_kg_h=(0.1, 0.5)), stabilities=(Stability.UNSTABLE,))


@dataclass(frozen=True, slots=True, kw_only=True)
class Hunt:
    """One hunt with its truth, `source`; everything else that happens is drawn as well.

    `start` easting, northing [m]; `ambient` (tick,) in the gas's unit; `wind_speed` [m/s] and `wind_from` [deg] as
    measured on board (second,); `noise` seeds the sensor's.
    """

    seed: int
    gas: ExerciseGas
    frame: Frame
    weather: Weather
    source: TrueSource
    start: tuple[float, float]
    height_m: float
    cloud: Cloud
    ambient: FloatArray
    wind_speed: FloatArray
    wind_from: FloatArray
    sensor: GasSensor

    @property
    def area(self) -> tuple[float, float, float, float]:
        """West, south, east, north of the square. [deg]"""
        half = 0.5 * SIDE_M
        east, north = self.frame.to_geographic(np.array([-half, half]), np.array([-half, half]))
        return float(east[0]), float(north[0]), float(east[1]), float(north[1])


@dataclass(frozen=True, slots=True, kw_only=True)
class Flown:
    """What was flown: `knots` (knot, 3) time [s], easting, northing [m], straight between them; `air` (tick,) met.

    `air` is what the source adds at each tick of half a second, in the gas's unit.
    """

    knots: FloatArray
    air: FloatArray

    @property
    def time_s(self) -> float:
        """Since take-off."""
        return float(self.knots[-1, 0])

    @property
    def place(self) -> tuple[float, float]:
        """Easting, northing now. [m]"""
        return float(self.knots[-1, 1]), float(self.knots[-1, 2])


def make_hunt(seed: int, conditions: Conditions = USUAL) -> Hunt:
    """Return the hunt of a seed.

    Parameters
    ----------
    seed
        Decides everything.
    conditions
        Of these count the gas, the weather, the sensor's lag, and the wind's errors.
    """
    rng = np.random.default_rng([seed, 20])
    weather = draw_weather(rng, conditions.stabilities[int(rng.integers(len(conditions.stabilities)))])
    source, start = _places(rng, conditions.gas)
    edge = 0.5 * SIDE_M * np.sqrt(2.0)
    series = blow(rng, weather, (-warm_up_s(weather, edge), LONGEST_S + 1.0), DRONE_TICK_S)
    filaments = Filaments(
        per_second=rng.uniform(4.0, 6.0), size_m=rng.uniform(0.2, 0.5), growth=rng.uniform(0.14, 0.24)
    )
    lag = draw(rng, conditions.lag_s)
    transport = lag * rng.uniform(0.3, 0.8)
    height_m = draw(rng, HEIGHT_M)
    second = np.arange(int(LONGEST_S) + 1, dtype=np.float64)
    error = draw_wind_error(rng, conditions)
    speed, wind_from = measure(rng, series, error, second, np.full(second.size, height_m))
    return Hunt(
        seed=seed,
        gas=conditions.gas,
        frame=draw_frame(rng),
        weather=weather,
        source=source,
        start=start,
        height_m=height_m,
        ambient=draw_ambient(rng, conditions, DRONE_TICK_S * np.arange(2 * int(LONGEST_S) + 2, dtype=np.float64)),
        wind_speed=speed,
        wind_from=wind_from,
        sensor=GasSensor(
            transport_s=transport, response_s=lag - transport, noise=draw(rng, conditions.gas.noise), resolution=0.0
        ),
        cloud=cloud_of(rng, source, series, filaments, edge),
    )


def _places(rng: np.random.Generator, gas: ExerciseGas) -> tuple[TrueSource, tuple[float, float]]:
    """Return the source and where the drone starts, as far apart as `AWAY_M` says."""
    reach = 0.5 * SIDE_M - MARGIN_M
    while True:
        source, start = rng.uniform(-reach, reach, (2, 2))
        if AWAY_M[0] <= np.hypot(*(source - start)) <= AWAY_M[1]:
            break
    hidden = TrueSource(
        easting_m=float(source[0]),
        northing_m=float(source[1]),
        height_m=float(rng.uniform(0.0, 3.0)),
        rate_kg_h=draw(rng, gas.rate_kg_h),
    )
    return hidden, (float(start[0]), float(start[1]))


def take_off(hunt: Hunt) -> Flown:
    """Return what is flown before anybody decides: the drone stands in the air for some seconds."""
    return _met(hunt, Flown(knots=np.array([[0.0, *hunt.start], [HOVER_S, *hunt.start]]), air=np.zeros(0)))


def fly(hunt: Hunt, flown: Flown, corners: FloatArray) -> Flown:
    """Return what is flown after a leg from where the drone is along corners (corner, 2) [m].

    Corners outside the square are moved to its edge. The flight ends at `LONGEST_S`, wherever that is.
    """
    half = 0.5 * SIDE_M
    knots = [flown.knots[-1]]
    before, after = flown.knots[-2:]
    velocity = (after[1:] - before[1:]) / (after[0] - before[0])
    for corner in np.clip(corners, -half, half):
        when, place = knots[-1][0], knots[-1][1:]
        way = float(np.hypot(*(corner - place)))
        if way < 1e-6:  # noqa: PLR2004 - a micrometre
            continue
        wanted = (corner - place) / way * SPEED_M_S
        # Half of the time that the change takes is lost, as the other half is flown along the legs.
        pause = float(np.hypot(*(wanted - velocity))) / (2.0 * ACCELERATION)
        knots.append(np.array([when + pause, *place]))
        knots.append(np.array([when + pause + way / SPEED_M_S, *corner]))
        velocity = wanted
    return _met(hunt, replace(flown, knots=_until(np.vstack([flown.knots, *knots[1:]]), LONGEST_S)))


def _until(knots: FloatArray, last: float) -> FloatArray:
    """Return the knots up to a time, the last one at it where they go further."""
    if knots[-1, 0] <= last:
        return knots
    end = [np.interp(last, knots[:, 0], knots[:, axis]) for axis in range(3)]
    return np.vstack([knots[knots[:, 0] < last], end])


def _met(hunt: Hunt, flown: Flown) -> Flown:
    """Return the flight with the air that it met since it was last asked."""
    ticks = np.arange(len(flown.air), int(flown.time_s / DRONE_TICK_S + 1e-9) + 1)
    time = ticks * DRONE_TICK_S
    east, north = (np.interp(time, flown.knots[:, 0], flown.knots[:, axis]) for axis in (1, 2))
    mass = look(hunt.cloud, np.column_stack([east, north, np.full(len(ticks), hunt.height_m)]), ticks)
    moles = mass / hunt.gas.molar_mass * GAS_CONSTANT * hunt.weather.temperature_k / hunt.weather.pressure_pa
    return replace(flown, air=np.concatenate([flown.air, moles * hunt.gas.per_mole]))


def track_of(hunt: Hunt, flown: Flown) -> Track:
    """Return what the drone has read so far, once a second, as a reader would hand it on."""
    air = flown.air + hunt.ambient[: len(flown.air)]
    values = sense(np.random.default_rng([hunt.seed, 21]), hunt.sensor, air[None], DRONE_TICK_S)[0, ::2]
    second = np.arange(len(values), dtype=np.float64)
    east, north = (np.interp(second, flown.knots[:, 0], flown.knots[:, axis]) for axis in (1, 2))
    longitude, latitude = hunt.frame.to_geographic(east, north)
    missing = np.full(second.size, np.nan)
    up = np.full(second.size, hunt.height_m)
    wind = Wind(
        time=START_S + second,
        wind_speed=hunt.wind_speed[: second.size],
        wind_from=hunt.wind_from[: second.size],
        wind_height=up,
        sigma_wind_direction=missing,
        friction_velocity=missing,
        obukhov_length=missing,
        temperature=np.full(second.size, hunt.weather.temperature_k),
        pressure=np.full(second.size, hunt.weather.pressure_pa),
    )
    return Track(
        name="hunt.csv",
        sha256="",
        time=START_S + second,
        longitude=longitude,
        latitude=latitude,
        height=up,
        duration=missing,
        end_longitude=missing,
        end_latitude=missing,
        end_height=missing,
        sensor=np.zeros(second.size, dtype=np.int64),
        sensors=("drone",),
        gases=(Gas(name=hunt.gas.name, units="ppm", values=values * 1e6 / hunt.gas.per_mole),),
        wind=wind,
        extra={},
    )
