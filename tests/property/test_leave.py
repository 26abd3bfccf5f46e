"""What passes without being swept would pass if it were: by shapely on the exported plan, and by the audit itself."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from makers.flown import authorisation
from makers.near_borders import CRAFT, EYE, GEOD, QUICK, SQUARE, START, Plan
from validation.grounds import met

from upwind.flights.audit.entries import audit
from upwind.flights.borders.airspace import shipped_airspaces
from upwind.flights.borders.atlas import Atlas, atlas_of
from upwind.flights.borders.hulls import hull_about, meets
from upwind.flights.plan import plan_sorties
from upwind.flights.plan.gate import asked_for, is_settled, swept
from upwind.flights.plan.leave import Leave


@pytest.fixture(scope="module")
def atlas() -> Atlas:
    return atlas_of(shipped_airspaces())


@pytest.mark.slow
def test_what_is_settled_enters_nothing_unasked(atlas: Atlas) -> None:
    settled = crossing = 0
    for seed in range(60):
        plan = Plan(seed)
        wanted = asked_for(audit(swept(*plan.flights), (), atlas))
        states = sorted({entry.state for entry in wanted})
        given = states[: len(states) // 2] if plan.rng.random() < 0.2 else states
        leave = tuple(map(plan.allowed, given))
        if not is_settled(Leave(authorisations=leave, atlas=atlas), *plan.flights):
            continue
        settled += 1
        crossing += len(states) > 1
        assert not asked_for(audit(swept(*plan.flights), leave, atlas))
        special = {one.state for one in leave if one.special_use}
        led = plan.led()
        high = {f"{one.state}*{one.id}" for one in atlas.airspaces if one.floor.metres > 0.0}
        for name in met(led) - high:
            state, _, area = name.partition("*")
            assert state in (special if area else given)
    assert settled > 20
    assert crossing > 2


def test_far_from_everything_that_is_not_allowed_nothing_need_be_swept(atlas: Atlas) -> None:
    """The middle of France, and of the Pacific: there no plan is swept that has leave of France, or of nobody."""
    plan = Plan(3)
    days = START - timedelta(days=1), START + timedelta(days=9)
    for middle, state in (((2.0, 47.0), "FRA"), ((-140.0, 10.0), None)):
        square = np.array(middle) + 0.03 * np.array(SQUARE)
        sorties = plan_sorties([[square]], CRAFT, EYE, plan.wind, None, QUICK)
        leave = tuple(authorisation(one, *days) for one in (state,) if one is not None)
        flights = (sorties, CRAFT, None, START.timestamp(), plan.wind)
        assert is_settled(Leave(authorisations=leave, atlas=atlas), *flights)
        assert is_settled(Leave(authorisations=(), atlas=atlas), *flights) is (state is None)


@settings(max_examples=25)
@given(seed=st.integers(0, 10_000))
def test_all_that_is_swept_lies_in_the_hull_of_the_flight_and_in_its_time(seed: int) -> None:
    plan = Plan(seed)
    flight = plan.flight()
    way = swept(plan.sorties[:1], CRAFT, plan.base, START.timestamp(), plan.wind)
    hull = hull_about(np.vstack([flight.places, flight.home]), flight.beyond)
    assert flight.start <= way.time.min() <= way.time.max() <= flight.end
    assert flight.lowest == way.height.min()
    assert flight.highest == way.height.max()
    places = np.column_stack([way.longitude, way.latitude])
    assert meets(hull, np.column_stack([places, places])).all()
    # And so do the ways between them, those home on the geodesic.
    long = np.flatnonzero((np.abs(np.diff(places, axis=0)).max(axis=1) > 0.001) & (np.diff(way.flight) == 0))[::37]
    for at in long.tolist():
        between = np.array(GEOD.npts(*places[at], *places[at + 1], 9))
        assert meets(hull, np.column_stack([between, between])).all()
