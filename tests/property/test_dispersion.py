"""What the physics of dispersion promises, over drawn cases."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from upwind.dispersion.gaussian import plain_plume, vertical_density
from upwind.dispersion.plume import TAIL, _pointed, coupling
from upwind.dispersion.puff import GaussianPuff
from upwind.dispersion.receptors import Receptors
from upwind.dispersion.site import Building, Site
from upwind.dispersion.spread import NODE_STEP, Surface, spread_table
from upwind.dispersion.steady import GaussianPlume
from upwind.records import Wind

few = settings(max_examples=30)


def series(seconds: np.ndarray, speed: np.ndarray, wind_from: np.ndarray) -> Wind:
    """Return a neutral wind measured at 5 m."""

    def all_of(value: float) -> np.ndarray:
        return np.full(len(seconds), value)

    return Wind(
        time=seconds,
        wind_speed=speed,
        wind_from=wind_from,
        wind_height=all_of(5.0),
        sigma_wind_direction=all_of(8.0),
        friction_velocity=all_of(math.nan),
        obukhov_length=all_of(1e9),
        temperature=all_of(math.nan),
        pressure=all_of(math.nan),
    )


def steady(speed: float = 4.0) -> Wind:
    seconds = np.arange(0.0, 1200.0, 10.0)
    return series(seconds, np.full(len(seconds), speed), np.full(len(seconds), 270.0))


@few
@given(h=st.floats(0.0, 49.0), sigma=st.floats(0.5, 200.0))
def test_nothing_leaves_through_the_ground_or_the_lid(h: float, sigma: float) -> None:
    z = (np.arange(2000) + 0.5) * 0.025
    assert sum(vertical_density(one, h, sigma, 50.0) for one in z) * 0.025 == pytest.approx(1.0, abs=1e-4)


@few
@given(z=st.floats(0.0, 50.0), h=st.floats(0.0, 49.0), share=st.floats(0.02, 1.49))
def test_images_solve_the_diffusion_between_two_walls(z: float, h: float, share: float) -> None:
    # The same density as its Fourier series: 1/H [1 + 2 sum cos(n pi z/H) cos(n pi h/H) exp(-(n pi sigma/H)^2 / 2)].
    n = np.arange(1, 400)
    terms = np.cos(n * math.pi * z / 50.0) * np.cos(n * math.pi * h / 50.0) * np.exp(-0.5 * (n * math.pi * share) ** 2)
    series_sum = (1.0 + 2.0 * float(terms.sum())) / 50.0
    assert vertical_density(z, h, 50.0 * share, 50.0) == pytest.approx(series_sum, abs=1e-8)


@few
@given(
    x=st.one_of(st.floats(-50.0, 0.05), st.floats(50.0, 500.0)),
    y=st.floats(-60.0, 60.0),
    z=st.floats(0.0, 30.0),
    h=st.one_of(st.just(0.0), st.floats(0.0, 20.0)),
    speed=st.floats(0.5, 15.0),
)
def test_the_kernel_is_two_plain_plumes_on_the_wind_at_their_height(
    x: float, y: float, z: float, h: float, speed: float
) -> None:
    tables = spread_table("rural", Surface(inverse_obukhov=0.0, roughness_m=0.03), 120)[None]
    point = (x, y, z)
    level, _ = coupling(point, point, (0.0, 0.0, h, h), (1.0, 0.0, speed), (1.0, 1.0), (tables, 0))
    if x <= 0.05:
        assert level == 0.0
        return
    nodes = np.arange(120) * NODE_STEP
    sigma_y, sigma_z, slowing = (np.interp(math.sqrt(x), nodes, tables[0, :, column]) for column in range(3))
    widths = np.array([[sigma_y + 0.3, sigma_z + 0.3], [2.0 * (sigma_y + 0.3), sigma_z + 0.3]])
    carried = 0.6 * math.sqrt(2.0 / math.pi) * (sigma_z + 0.3)
    faster = wind_ratio(math.hypot(carried, h), carried)
    narrow, wide = plain_plume(np.array([[x, y, z]] * 2), h, widths, np.full(2, speed / slowing))
    both = (1.0 - TAIL) * narrow + TAIL * wide
    # The kernel's power law stands for the logarithmic wind between the plume's own height and the source's. Where it
    # stops, at 5 sigma_y, the wide plume is exp(-25/8) of its axis.
    stopped = both if abs(y) > 5.0 * widths[0, 0] else 0.0
    assert stopped <= 0.5 * TAIL * math.exp(-25.0 / 8.0) / (2.0 * widths[0, 0] * widths[0, 1] * speed / slowing)
    assert level == pytest.approx((both - stopped) / faster, rel=1e-9 if h == 0.0 else 0.1, abs=1e-30)


@pytest.mark.parametrize("exponent", np.linspace(0.8, 2.0, 25))
def test_the_table_of_pointed_profiles_is_their_exponential(exponent: float) -> None:
    u = np.geomspace(1e-6, 40.0, 4000)
    table = np.array([_pointed(float(one), float(exponent)) for one in u])
    error = np.abs(table - np.exp(-(u**exponent)))
    assert error[u < 9.0].max() < 1e-3
    assert error[u >= 9.0].max() < 3.1e-3
    assert (np.diff(table) <= 0.0).all()


def wind_ratio(height: float, reference: float) -> float:
    """Return the neutral logarithmic wind over z0 = 0.03 m at a height over that at another [m]."""
    return math.log(height / 0.03) / math.log(reference / 0.03)


@few
@given(y=st.floats(-30.0, 30.0), z=st.floats(0.0, 15.0), x=st.floats(30.0, 400.0), speed=st.floats(1.0, 9.0))
def test_in_a_steady_wind_puffs_are_the_plume(x: float, y: float, z: float, speed: float) -> None:
    site = Site(family="rural")
    receptors = Receptors.at(np.array([1000.3]), np.array([[x, y, z]]))
    puffs = GaussianPuff(site=site, step_s=0.5).sensitivity(receptors, (0.0, 0.0, 2.0), steady(speed))[0]
    nodes = np.arange(100) * NODE_STEP
    table = spread_table("rural", Surface(inverse_obukhov=1e-9, roughness_m=0.03), 100)
    sigma_y, sigma_z, slowing = (np.interp(math.sqrt(x), nodes, table[:, column]) for column in range(3))
    sigma = np.array([[sigma_y + 0.3, sigma_z + 0.3]])
    plume = plain_plume(np.array([[x, y, z]]), 2.0, sigma, np.array([speed / slowing]))[0]
    axis = 1.0 / (2.0 * math.pi * sigma[0, 0] * sigma[0, 1] * speed / slowing)
    assert puffs == pytest.approx(plume, rel=0.03, abs=0.01 * axis)


def test_a_turn_of_the_wind_reaches_a_receptor_when_the_air_does() -> None:
    # West wind at 5 m/s until 600 s, then south wind. What was 200 m east of the source at 600 s moves north with it.
    seconds = np.arange(0.0, 1201.0, 1.0)
    wind = series(seconds, np.full(1201, 5.0), np.where(seconds <= 600.0, 270.0, 180.0))
    model = GaussianPuff(site=Site(family="rural"))
    times = np.array([590.0, 620.0, 700.0, 700.0, 700.0])
    places = np.array([[200.0, 0, 1], [200.0, 100, 1], [200.0, 0, 1], [0, 100.0, 1], [100.0, 0, 1]], dtype=float)
    before, along, gone, new, cleared = model.sensitivity(Receptors.at(times, places), (0.0, 0.0, 1.0), wind)
    assert before > 0.0
    assert along > 0.3 * before
    assert gone < 1e-3 * before
    assert new > before
    assert cleared < 1e-3 * before


@few
@given(
    first=st.tuples(st.floats(-50.0, 50.0), st.floats(-50.0, 50.0), st.floats(0.0, 10.0)),
    second=st.tuples(st.floats(-50.0, 50.0), st.floats(-50.0, 50.0), st.floats(0.0, 10.0)),
)
def test_a_mean_over_sources_does_not_depend_on_their_order(
    first: tuple[float, float, float], second: tuple[float, float, float]
) -> None:
    # A model is linear: the source enters by its place alone, and no state is kept from one to the next.
    model = GaussianPlume(site=Site(family="rural"))
    receptors = Receptors.at(np.array([500.0, 505.0]), np.array([[150.0, 5.0, 1.5], [200.0, -20.0, 3.0]]))
    one, other = (model.sensitivity(receptors, place, steady()) for place in (first, second))
    other_again, one_again = (model.sensitivity(receptors, place, steady()) for place in (second, first))
    np.testing.assert_array_equal(one + other, one_again + other_again)


@pytest.mark.parametrize("kind", [GaussianPlume, GaussianPuff])
def test_the_wake_of_a_building_thins_the_plume_near_it_and_is_forgotten_far_away(
    kind: type[GaussianPlume | GaussianPuff],
) -> None:
    house = Building(width_m=10.0, height_m=6.0)
    places = np.array([[10.0, 0.0, 1.0], [20.0, 0.0, 1.0], [100.0, 0.0, 1.0], [1500.0, 0.0, 1.0]])
    receptors = Receptors.at(np.full(4, 1000.0), places)
    with_house, without = (
        kind(site=Site(family="urban", roughness_m=0.5, building=one)).sensitivity(receptors, (0.0, 0.0, 1.0), steady())
        for one in (house, None)
    )
    ratio = with_house / without
    assert (np.diff(ratio) > 0.0).all()
    assert ratio[0] < 0.7
    assert ratio[-1] == pytest.approx(1.0, abs=0.01)
