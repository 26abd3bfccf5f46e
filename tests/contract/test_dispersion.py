"""Every dispersion model of the registry keeps the same promises."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from upwind.dispersion.models import MODELS
from upwind.dispersion.receptors import DispersionModel, Receptors
from upwind.dispersion.stability import KARMAN, psi_m
from upwind.errors import ContractError
from upwind.records import Wind

SOURCE = (5.0, -3.0, 1.0)
TIMES = 400.0 + np.arange(1200.0)
PLACES = np.array([[60.0, -3.0, 1.5], [110.0, 7.0, 2.0], [205.0, -13.0, 8.0], [405.0, 17.0, 1.5], [30.0, -5.0, 0.0]])

each_model = pytest.mark.parametrize("model", MODELS, ids=[model.name for model in MODELS])


def steady(**changes: float) -> Wind:
    """Return twenty minutes of the same wind, from the west unless changed."""
    columns = {
        "wind_speed": 4.0,
        "wind_from": 270.0,
        "wind_height": 3.0,
        "sigma_wind_direction": 9.0,
        "friction_velocity": 0.3,
        "obukhov_length": -60.0,
        "temperature": 290.0,
        "pressure": 1e5,
    }
    return Wind(time=TIMES, **{name: np.full(len(TIMES), value) for name, value in (columns | changes).items()})


def readings(model: DispersionModel, places: np.ndarray, wind: Wind, source: Any = SOURCE) -> np.ndarray:
    time = np.full(len(places), TIMES[0] + 900.25)
    return model.sensitivity(Receptors.at(time, np.array(places, dtype=float)), source, wind)


def turned(places: np.ndarray, angle: float) -> np.ndarray:
    """Return places turned clockwise about the origin."""
    cos, sin = math.cos(angle), math.sin(angle)
    return np.asarray(places) @ np.array([[cos, -sin, 0.0], [sin, cos, 0.0], [0.0, 0.0, 1.0]])


def test_models_have_names_of_their_own() -> None:
    assert len({model.name for model in MODELS}) == len(MODELS)


@each_model
def test_what_is_downwind_reads_and_what_is_upwind_does_not(model: DispersionModel) -> None:
    upwind = np.array([[-20.0, -3.0, 1.0], [-60.0, 10.0, 2.0], [-500.0, -3.0, 1.0]])
    result = readings(model, np.concatenate([PLACES, upwind]), steady())
    assert result.shape == (8,)
    assert result.dtype == np.float64
    assert (result[:5] > 0.0).all()
    assert (result[5:] < 1e-6 * result[:5].max()).all()


@each_model
def test_doubling_the_wind_halves_the_concentration(model: DispersionModel) -> None:
    slow, fast = readings(model, PLACES, steady()), readings(model, PLACES, steady(wind_speed=8.0))
    np.testing.assert_allclose(fast, slow / 2.0, rtol=0.015)  # exact for plumes, a matter of steps for puffs


@each_model
@pytest.mark.parametrize("degrees", [37.0, 90.0, 181.0])
def test_turning_the_world_turns_the_answer(model: DispersionModel, degrees: float) -> None:
    angle = math.radians(degrees)
    result = readings(
        model, turned(PLACES, angle), steady(wind_from=270.0 + degrees), tuple(turned(np.array(SOURCE), angle))
    )
    np.testing.assert_allclose(result, readings(model, PLACES, steady()), rtol=1e-9)


@each_model
def test_moving_the_world_moves_the_answer(model: DispersionModel) -> None:
    shift = np.array([5000.0, -7000.0, 0.0])
    result = readings(model, PLACES + shift, steady(), tuple(np.array(SOURCE) + shift))
    np.testing.assert_allclose(result, readings(model, PLACES, steady()), rtol=1e-9)


@each_model
def test_a_beam_is_the_mean_of_its_points(model: DispersionModel) -> None:
    start, end = np.array([[60.0, -40.0, 1.0], [30.0, -3.0, 2.0]]), np.array([[80.0, 50.0, 6.0], [130.0, 5.0, 2.0]])
    beams = Receptors(time=np.full(2, TIMES[600]), start=start, end=end)
    share = ((np.arange(1000) + 0.5) / 1000.0)[:, None]
    for beam, (a, b) in zip(model.sensitivity(beams, SOURCE, steady()), zip(start, end, strict=True), strict=True):
        points = model.sensitivity(Receptors.at(np.full(1000, TIMES[600]), a + share * (b - a)), SOURCE, steady())
        assert beam == pytest.approx(points.mean(), rel=2e-3)


@each_model
@pytest.mark.parametrize("length", [-60.0, 1e9, 80.0])
def test_what_crosses_a_plane_downwind_is_what_was_let_out(model: DispersionModel, length: float) -> None:
    across, up = np.linspace(-90.0, 90.0, 181), np.geomspace(0.05, 90.0, 120)
    places = np.array([[155.0, y - 3.0, z] for z in up for y in across])
    level = readings(model, places, steady(obukhov_length=length)).reshape(len(up), len(across))
    roughness = model.site.roughness_m  # type: ignore[attr-defined]

    def profile(z: np.ndarray) -> np.ndarray:
        psi = np.array([psi_m(one / length) for one in np.atleast_1d(z)])
        return np.maximum(np.log(np.atleast_1d(z) / roughness) - psi, 0.0) / KARMAN

    wind = 4.0 * profile(up) / profile(np.array([3.0]))
    flux = np.trapezoid(np.trapezoid(level, across, axis=1) * wind, up)
    # The plume rides on one speed, that of 0.6 of its mean height, in place of a profile.
    assert flux == pytest.approx(1.0, abs=0.15)


@each_model
def test_over_a_ground_without_drag_the_flux_is_the_rate(model: Any) -> None:
    # At z0 = 1e-290 m the logarithmic wind is nearly the same at all heights, so that no carrying speed is chosen.
    free = replace(model, site=replace(model.site, family="rural", roughness_m=1e-290))
    across, up = np.linspace(-90.0, 90.0, 181), np.linspace(0.0, 60.0, 121)
    places = np.array([[155.0, y - 3.0, z] for z in up for y in across])
    level = readings(free, places, steady(obukhov_length=1e9)).reshape(len(up), len(across))
    assert 4.0 * np.trapezoid(np.trapezoid(level, across, axis=1), up) == pytest.approx(1.0, abs=0.01)


@each_model
def test_far_away_a_lid_mixes_the_air_below_it(model: Any) -> None:
    low = replace(model, site=replace(model.site, lid_m=40.0))
    heights = np.array([0.0, 10.0, 20.0, 30.0, 39.0, 41.0])
    places = np.column_stack([np.full(6, 1505.0), np.full(6, -3.0), heights])
    wind = steady(obukhov_length=-15.0)
    below, open_air = readings(low, places, wind), readings(model, places, wind)
    np.testing.assert_allclose(below[:5], below[0], rtol=0.02)
    assert below[5] == 0.0
    assert below[0] > open_air[0]
    near = PLACES[:2]
    np.testing.assert_allclose(
        readings(low, near, steady(obukhov_length=80.0))[0],
        readings(model, near, steady(obukhov_length=80.0))[0],
        rtol=0.02,
    )


@each_model
def test_what_the_wind_does_not_say_is_not_made_up(model: DispersionModel) -> None:
    for column in ("wind_speed", "wind_from", "wind_height", "obukhov_length"):
        assert np.isnan(readings(model, PLACES, steady(**{column: math.nan}))).all()
    assert np.isnan(readings(model, PLACES, steady(wind_speed=0.0))).all()
    after = Receptors.at(np.full(5, TIMES[-1] + 60.0), PLACES)
    assert np.isnan(model.sensitivity(after, SOURCE, steady())).all()


@each_model
def test_a_source_stands_above_the_ground(model: DispersionModel) -> None:
    with pytest.raises(ContractError, match="source"):
        readings(model, PLACES, steady(), (0.0, 0.0, -1.0))


@each_model
def test_no_receptor_reads_nothing(model: DispersionModel) -> None:
    assert readings(model, np.empty((0, 3)), steady()).shape == (0,)


def test_receptors_hold_their_contract() -> None:
    with pytest.raises(ContractError, match="shapes"):
        Receptors.at(np.zeros(2), np.zeros((3, 3)))
    with pytest.raises(ContractError, match="below the ground"):
        Receptors.at(np.zeros(1), np.array([[0.0, 0.0, -1.0]]))
    with pytest.raises(ContractError, match="every time"):
        Receptors.at(np.array([math.nan]), np.zeros((1, 3)))
