"""Hulls, held against shapely: what they meet, and that they hold what they are about."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from validation.grounds import edges, met

from upwind.flights.audit.entries import ENTERED
from upwind.flights.borders.airspace import shipped_airspaces
from upwind.flights.borders.atlas import Atlas, atlas_of
from upwind.flights.borders.hulls import Hull, areas_met, hull_about, meets

#: Of its width, by which 32 sides about a shape stand off from it at most.
_OFF = 0.5 * np.tan(np.pi / 32)


@pytest.fixture(scope="module")
def atlas() -> Atlas:
    return atlas_of(shipped_airspaces())


def about(places: np.ndarray, beyond: tuple[float, float]) -> tuple[Hull, shapely.Geometry]:
    """Return a hull, and what it must hold."""
    corners = [places + np.array(beyond) * sign for sign in ((-1, -1), (1, -1), (1, 1), (-1, 1))]
    return hull_about(places, beyond), shapely.MultiPoint(np.concatenate(corners)).convex_hull


def names(atlas: Atlas, hull: Hull) -> set[str]:
    special = [atlas.airspaces[area] for area in areas_met(atlas.special, hull)]
    return {atlas.states[area] for area in areas_met(atlas.borders, hull)} | {
        f"{one.state}*{one.id}" for one in special if one.kind in ENTERED
    }


@pytest.mark.slow
def test_a_hull_meets_the_areas_that_shapely_says(atlas: Atlas) -> None:
    """Nothing that what it is about meets is left out, and nothing is said that it stands well off from."""
    rng = np.random.default_rng(11)
    several = nothing = 0
    for _ in range(400):
        middle = rng.choice(edges(178.0, 79.0)) + rng.normal(0.0, 0.2, 2)
        size = 10.0 ** rng.uniform(-3.0, -0.3)
        places = middle + rng.normal(0.0, size, (int(rng.integers(1, 9)), 2)) @ np.diag([1.0, rng.uniform(0.05, 1.0)])
        hull, inner = about(places, (float(rng.uniform(0.0, size)), float(rng.uniform(0.0, size))))
        west, south, east, north = inner.bounds
        found = names(atlas, hull)
        assert met(inner) <= found
        assert found <= met(inner.buffer(1e-6 + _OFF * float(np.hypot(east - west, north - south))))
        several += len(found) > 1
        nothing += not found
    assert several > 100
    assert nothing > 3


def test_a_hull_meets_the_lines_that_shapely_says() -> None:
    rng = np.random.default_rng(12)
    lines = rng.uniform(-3.0, 3.0, (4000, 4))
    lines[::2, 2:] = lines[::2, :2] + rng.normal(0.0, 0.1, (2000, 2))
    hull, inner = about(rng.normal(0.0, 0.5, (6, 2)), (0.1, 0.2))
    found = meets(hull, lines)
    drawn = shapely.linestrings(lines.reshape(-1, 2, 2))
    west, south, east, north = inner.bounds
    outer = inner.buffer(_OFF * float(np.hypot(east - west, north - south)))
    assert found[shapely.intersects(inner, drawn)].all()
    assert shapely.intersects(outer, drawn)[found].all()
    assert 0 < np.count_nonzero(found) < len(found)


def test_a_hull_in_a_hole_meets_nothing_of_what_is_round_it(atlas: Atlas) -> None:
    """Lesotho lies in South Africa, and is not of it."""
    assert names(atlas, hull_about(np.array([(28.2, -29.6)]), (0.2, 0.2))) == {"LSO"}
    assert names(atlas, hull_about(np.array([(28.2, -29.6)]), (3.0, 0.2))) == {"LSO", "ZAF"}


@pytest.mark.parametrize(
    "places", [[(179.5, 10.0)], [(-179.5, 10.0)], [(178.5, 10.0), (-178.5, 10.0)], [(10.0, 81.0)], [(10.0, -81.0)]]
)
def test_no_hull_at_the_seam_or_a_pole_is_plain(places: list[tuple[float, float]]) -> None:
    assert not hull_about(np.array(places), (0.0, 0.0)).is_plain
    assert hull_about(np.array([(178.0, -79.0), (170.0, -70.0)]), (0.5, 0.5)).is_plain
