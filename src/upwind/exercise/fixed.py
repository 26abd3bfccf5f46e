"""Scenes with sensors that stand still: samplers on arcs (10-minute means) and open paths over a field (5 minutes)."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from upwind.arrays import FloatArray
from upwind.exercise.conditions import Kind, draw
from upwind.exercise.filaments import Receptors, TrueSource
from upwind.exercise.survey import (
    FIXED_TICK_S,
    MAST_M,
    Readings,
    Scene,
    Survey,
    draw_ambient,
    draw_wind_error,
    enhancement,
    scene_of,
    start_wind,
)
from upwind.exercise.wind import WindError, WindSeries, measure

__all__ = ["fixed_scene"]

#: Arcs of samplers about the middle of the sources [m], and heights of samplers and beams [m].
ARCS_M = (50.0, 100.0, 200.0)
HEIGHT_M = (1.0, 2.5)
#: Averaging times, and how many averages there are [s].
SAMPLER_S, SAMPLER_PERIODS = 600, 3
BEAM_S, BEAM_PERIODS = 300, 24
#: Hour-scale swing of the wind over fixed beams, which would else look along the plume all day [deg].
BEAM_SWING_DEG = 25.0
#: Means of minutes carry less of a sensor's noise than readings of a second.
MEAN_NOISE = 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class _Layout:
    """Where the sensors stand, columns (receptor,), and how long one average lasts [s]."""

    begin: tuple[FloatArray, FloatArray, FloatArray]
    beam: tuple[FloatArray, FloatArray, FloatArray]
    average_s: int
    periods: int
    names: tuple[str, ...]


def fixed_scene(rng: np.random.Generator, survey: Survey) -> Scene:
    """Return what samplers or beams read; sources stand nearer to the middle than a drone's may."""
    beams = survey.conditions.kind is Kind.BEAMS
    if beams:
        survey = replace(survey, weather=replace(survey.weather, swing_deg=BEAM_SWING_DEG))
        layout = _field(rng, survey)
    else:
        survey = replace(survey, sources=tuple(_nearer(source) for source in survey.sources))
        layout = _arcs(rng, survey)
    ticks = layout.average_s * layout.periods
    series = start_wind(rng, survey, ticks * FIXED_TICK_S, FIXED_TICK_S)
    place = [column[:, None] for column in (*layout.begin, *layout.beam)]
    receptors = Receptors(
        easting=place[0],
        northing=place[1],
        up=place[2],
        beam_east=place[3],
        beam_north=place[4],
        beam_up=place[5],
        ticks=ticks,
        tick_s=FIXED_TICK_S,
    )
    brought = _mean(enhancement(rng, survey, series, receptors), layout)
    noise = MEAN_NOISE * draw(rng, survey.conditions.gas.noise)
    peak = tuple(float(each.max() / noise) for each in brought)
    return scene_of(
        rng, survey, peak, _readings(rng, survey, series, layout, _read(rng, survey, layout, brought, noise))
    )


def _nearer(source: TrueSource) -> TrueSource:
    """Return the source at a third of its distance from the middle, so that arcs lie about it."""
    return replace(source, easting_m=source.easting_m / 3.0, northing_m=source.northing_m / 3.0)


def _mean(series: FloatArray, layout: _Layout) -> FloatArray:
    """Return the averages of (..., tick) as (..., period)."""
    return np.asarray(series.reshape(*series.shape[:-1], layout.periods, layout.average_s).mean(axis=-1))


def _read(rng: np.random.Generator, survey: Survey, layout: _Layout, brought: FloatArray, noise: float) -> FloatArray:
    """Return the gas each sensor reports, shape (receptor, period): its own offset, one air for all."""
    time = (np.arange(layout.periods) + 0.5) * np.float64(layout.average_s)
    air = draw_ambient(rng, survey.conditions, time)
    shape = (len(layout.names), layout.periods)
    offset = noise * rng.standard_normal(shape[0])[:, None]
    return np.asarray(brought.sum(axis=0) + air + offset + noise * rng.standard_normal(shape))


def _arcs(rng: np.random.Generator, survey: Survey) -> _Layout:
    """Return samplers on arcs downwind of the middle, as far to the sides as the wind may swing."""
    towards = survey.weather.wind_from_deg + 180.0 + rng.normal(0.0, 8.0)
    angles = np.radians(towards + np.linspace(-40.0, 40.0, int(rng.integers(9, 18))))
    radius, angle = (grid.ravel() for grid in np.meshgrid(np.array(ARCS_M), angles, indexing="ij"))
    nothing = np.zeros(radius.size)
    up = np.full(radius.size, rng.uniform(*HEIGHT_M))
    return _Layout(
        begin=(radius * np.sin(angle), radius * np.cos(angle), up),
        beam=(nothing, nothing, nothing),
        average_s=SAMPLER_S,
        periods=SAMPLER_PERIODS,
        names=tuple(f"sampler-{number + 1}" for number in range(radius.size)),
    )


def _field(rng: np.random.Generator, survey: Survey) -> _Layout:
    """Return beams from two corners of the box to reflectors along its sides."""
    half = survey.side_m / 2.0
    up = rng.uniform(*HEIGHT_M)
    corners = np.array([[-half, -half]] * 4 + [[half, half]] * 4)
    steps = np.array([0.0, 1.0, 2.0, 1.0]) * half
    far_east = np.concatenate([np.array([half, half, 0.0, -half]), np.array([-half, -half, 0.0, half])])
    far_north = np.concatenate([steps - half, half - steps])
    far_north[[2, 3, 6, 7]] = np.array([half, half, -half, -half])
    turn = np.radians(survey.bearing_deg)
    begin, end = (
        (east * np.cos(turn) + north * np.sin(turn), north * np.cos(turn) - east * np.sin(turn))
        for east, north in ((corners[:, 0], corners[:, 1]), (far_east, far_north))
    )
    return _Layout(
        begin=(begin[0], begin[1], np.full(8, up)),
        beam=(end[0] - begin[0], end[1] - begin[1], np.zeros(8)),
        average_s=BEAM_S,
        periods=BEAM_PERIODS,
        names=tuple(f"beam-{number + 1}" for number in range(8)),
    )


def _mast(
    rng: np.random.Generator, series: WindSeries, error: WindError, layout: _Layout, height: float
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return mean speed [m/s], direction and its standard deviation [deg] on a mast, shape (period,)."""
    ticks = layout.average_s * layout.periods
    time = np.arange(ticks) * np.float64(FIXED_TICK_S)
    speed, wind_from = measure(rng, series, error, time, np.full(ticks, height))
    east, north = (_mean(turn(np.radians(wind_from)), layout) for turn in (np.sin, np.cos))
    length = np.minimum(np.hypot(east, north), 1.0 - 1e-9)
    sigma = np.degrees(np.sqrt(-2.0 * np.log(length)))
    return _mean(speed, layout), np.degrees(np.arctan2(east, north)) % 360.0, sigma


def _readings(
    rng: np.random.Generator, survey: Survey, series: WindSeries, layout: _Layout, gas: FloatArray
) -> Readings:
    """Return the columns, period by period."""
    count, periods = gas.shape
    error = replace(draw_wind_error(rng, survey.conditions), direction_deg=rng.uniform(1.0, 4.0))
    height = MAST_M[int(rng.integers(len(MAST_M)))]
    speed, wind_from, sigma = (np.repeat(column, count) for column in _mast(rng, series, error, layout, height))
    begin = [np.tile(column, periods) for column in layout.begin]
    end = [np.tile(a + b, periods) for a, b in zip(layout.begin, layout.beam, strict=True)]
    point = survey.conditions.kind is Kind.SAMPLERS
    missing = np.full(gas.size, np.nan)
    return Readings(
        time_s=np.repeat(np.arange(periods) * np.float64(layout.average_s), count),
        duration_s=np.full(gas.size, float(layout.average_s)),
        easting=begin[0],
        northing=begin[1],
        up=begin[2],
        end_easting=missing if point else end[0],
        end_northing=missing if point else end[1],
        end_up=missing if point else end[2],
        gas=gas.T.ravel(),
        wind_speed=speed,
        wind_from=wind_from,
        wind_height=np.full(gas.size, height),
        sigma_wind_direction=sigma,
        sensor=tuple(range(count)) * periods,
        sensors=layout.names,
    )
