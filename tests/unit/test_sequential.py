"""The posterior that grows: it comes to where the batch is, purely and repeatably, at a bounded size."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from itertools import islice

import numpy as np
import pytest

from upwind.arrays import FloatArray
from upwind.exercise.conditions import Conditions
from upwind.exercise.mission import AREA_REACH
from upwind.exercise.scenes import as_track, make_scene
from upwind.exercise.survey import Scene
from upwind.invert import Settings, locate
from upwind.invert.growth import append, rows_of, thin, with_nodes, with_room
from upwind.invert.layout import HEADER, NUMBER
from upwind.invert.live import Live, caught_up, is_due, refitted
from upwind.invert.observations import Observations, common_frame, gather
from upwind.invert.problem import Tuning, build
from upwind.invert.sequential import Budget, State, draws, init, one_by_one, step
from upwind.invert.smc import Effort
from upwind.records import Source, Track, Wind

GAS = "methane"
QUICK = Settings(effort=Effort(chains=8, length=8, last=16))


@cache
def flight() -> Scene:
    """Return a flight of 600 readings past one strong source."""
    return make_scene(np.random.default_rng(29), Conditions(samples=(600.0, 600.0)), 1)


@cache
def observations() -> Observations:
    track = as_track(flight())
    gathered = gather([track], GAS, common_frame([track]), (10**6, 10**6))
    assert gathered is not None
    return gathered


def area() -> tuple[float, float, float, float]:
    half = AREA_REACH * flight().side_m
    (west, east), (south, north) = flight().frame.to_geographic(np.array([-half, half]), np.array([-half, half]))
    return float(west), float(south), float(east), float(north)


def head(rows: int) -> Observations:
    return rows_of(observations(), np.arange(rows))


@cache
def opening(rows: int, budget: Budget) -> State:
    return init(np.random.default_rng(5), head(rows), QUICK, budget)


def after(rng: np.random.Generator, state: State, steps: int) -> State:
    for observation in islice(one_by_one(observations(), len(state.ground.past.time)), steps):
        state = step(rng, state, observation)
    return state


def arrays(state: State) -> list[FloatArray]:
    problem = [column for column in state.ground.problem if isinstance(column, np.ndarray)]
    return [state.members.states, state.members.ambient, state.log_weight, state.cross, state.squares, *problem]


def part_of(track: Track, rows: int) -> Track:
    """Return the first rows of a track, as a file that is still being written holds them."""
    whole = ("name", "sha256", "sensors", "extra", "gases", "wind")
    columns = {name: getattr(track, name)[:rows] for name in Track.__dataclass_fields__ if name not in whole}
    gases = tuple(replace(gas, values=gas.values[:rows]) for gas in track.gases)
    wind = Wind(**{name: getattr(track.wind, name)[:rows] for name in Wind.__dataclass_fields__})
    return replace(track, **columns, gases=gases, wind=wind)


def offset(source: Source, other: Source) -> tuple[float, float]:
    """Return how far east and north a source lies from another. [m]"""
    east, north = flight().frame.to_local(
        np.array([source.longitude, other.longitude]), np.array([source.latitude, other.latitude])
    )
    return float(east[0] - east[1]), float(north[0] - north[1])


def agree(one: Source, other: Source) -> bool:
    """Tell whether the 90 % intervals of two sources' positions overlap in both directions."""
    away = offset(one, other)
    intervals = zip(away, (one.easting_90, one.northing_90), (other.easting_90, other.northing_90), strict=True)
    return all(a[0] + shift <= b[1] and b[0] <= a[1] + shift for shift, a, b in intervals)


@pytest.mark.slow
def test_a_followed_flight_comes_to_where_the_batch_is() -> None:
    track, settings, rng = as_track(flight()), Settings(area=area()), np.random.default_rng(1)
    live: Live | None = None
    for rows in range(20, 601, 20):
        part = part_of(track, rows)
        live = caught_up(rng, live, [part]) if live is not None else None
        live = refitted(rng, [part], GAS, settings) if live is None or is_due(live) else live
    assert live is not None
    assert live.stepped > 20
    batch = locate([track], settings)[0].sources[0]
    (found,) = live.located.sources
    truth = flight().sources[0]
    east, north = flight().frame.to_local(np.array([found.longitude]), np.array([found.latitude]))
    assert np.hypot(east[0] - truth.easting_m, north[0] - truth.northing_m) < 60.0
    assert found.emission_rate is not None
    assert 0.33 < found.emission_rate.median / truth.rate_kg_h < 3.0
    assert agree(found, batch)


@pytest.mark.slow
def test_steps_alone_keep_a_source_that_the_opening_found() -> None:
    settings, rng = Settings(area=area()), np.random.default_rng(2)
    state = after(rng, init(rng, head(180), settings), 10**6)
    states = draws(rng, state, 1000)
    truth = flight().sources[0]
    longitude, latitude = flight().frame.to_geographic(np.array([truth.easting_m]), np.array([truth.northing_m]))
    there = np.concatenate(observations().frame.to_local(longitude, latitude))
    first = HEADER + len(state.ground.problem.turn_precision)
    assert (states[:, NUMBER] >= 1).mean() > 0.9
    assert np.hypot(*(np.median(states[:, first : first + 2], axis=0) - there)) < 60.0


def test_a_step_is_pure_and_the_same_seed_gives_the_same_bytes() -> None:
    state = opening(80, Budget())
    before = [column.tobytes() for column in arrays(state)]
    one, other = (after(np.random.default_rng(3), state, 6) for _ in range(2))
    assert [column.tobytes() for column in arrays(one)] == [column.tobytes() for column in arrays(other)]
    assert [column.tobytes() for column in arrays(state)] == before
    different = after(np.random.default_rng(4), state, 6)
    assert different.members.states.tobytes() != one.members.states.tobytes()


def test_the_rows_stay_bounded_and_the_weights_are_numbers() -> None:
    budget = Budget(particles=40, length=4, rows=100)
    state = after(np.random.default_rng(3), opening(80, budget), 120)
    assert len(state.ground.past.time) <= 100
    assert state.ground.problem.y.shape[1] == len(state.ground.past.time)
    assert np.isfinite(state.log_weight).all()
    assert np.isfinite(state.members.states).all()
    assert (np.diff(state.ground.past.time) >= 0).all()


def test_a_row_appended_is_the_row_built() -> None:
    tuning = Tuning()
    box = np.array([-500.0, 500.0, -500.0, 500.0])
    whole = build(head(121), box, 2, tuning)
    problem, past = with_room(build(head(120), box, 2, tuning), head(120), float(head(121).time[-1]), tuning)
    grown, _ = append(problem, past, next(one_by_one(head(121), 120)))
    for name in ("start", "end", "speed", "unit", "beam"):
        np.testing.assert_allclose(getattr(grown, name)[-1], getattr(whole, name)[-1])
    np.testing.assert_allclose(grown.y[:, -1], whole.y[:, -1])
    # The oldest gas blows with the mean wind of the flight, which one reading more hardly changes.
    np.testing.assert_allclose(grown.toward[:, -1], whole.toward[:, -1], atol=1e-9)
    assert grown.basis[-1].sum() == pytest.approx(1.0)


def test_thinning_keeps_the_mean_of_what_was_read() -> None:
    tuning = Tuning()
    problem = build(head(120), np.array([-500.0, 500.0, -500.0, 500.0]), 2, tuning)
    problem, past = with_room(problem, head(120), float(head(121).time[-1]), tuning)
    thinned, thinner = thin(problem, past)
    assert len(thinner.time) == 90
    np.testing.assert_allclose(thinned.y[:, :30].mean(), problem.y[:, :60].mean())
    np.testing.assert_allclose(thinned.start[:30].mean(axis=0), problem.start[:60].mean(axis=0))
    np.testing.assert_array_equal(thinned.y[:, 30:], problem.y[:, 60:])
    np.testing.assert_allclose(np.linalg.norm(thinned.toward, axis=2), 1.0, atol=0.3)
    np.testing.assert_allclose(thinned.noise[:30] * np.sqrt(2.0), problem.noise[:60:2])


def test_nodes_to_come_are_drawn_from_their_prior() -> None:
    tuning = Tuning()
    problem = build(head(120), np.array([-500.0, 500.0, -500.0, 500.0]), 2, tuning)
    nodes = len(problem.turn_precision)
    wide, past = with_room(problem, head(120), float(head(120).time[-1] + 400.0), tuning)
    rng = np.random.default_rng(0)
    states = np.zeros((20_000, HEADER + nodes + 12))
    known = rng.multivariate_normal(np.zeros(nodes), np.linalg.inv(problem.turn_precision), len(states))
    states[:, HEADER : HEADER + nodes] = known
    states[:, HEADER + nodes :] = 7.0
    drawn = with_nodes(rng, wide, states, nodes)
    count = len(wide.turn_precision)
    lag = np.abs(np.subtract.outer(past.turn_time, past.turn_time))
    expected = tuning.fast_turn_sd**2 * (0.7 * np.exp(-lag / tuning.turn_memory_s) + 0.3)
    assert count > nodes
    np.testing.assert_allclose(
        np.cov(drawn[:, HEADER : HEADER + count].T), expected, atol=0.04 * tuning.fast_turn_sd**2
    )
    assert (drawn[:, HEADER + count :] == 7.0).all()
