"""A fence holds all that its plan sweeps, and nothing that nobody allowed: by shapely, on the outlines themselves."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from makers.near_borders import Plan
from validation.grounds import met

from upwind.arrays import FloatArray
from upwind.flights.audit.entries import audit
from upwind.flights.borders.airspace import shipped_airspaces
from upwind.flights.borders.atlas import Atlas, atlas_of
from upwind.flights.plan.fence import MOST_CORNERS, fence_of
from upwind.flights.plan.gate import asked_for, swept
from upwind.flights.plan.leave import Leave, allowed_hull
from upwind.records import Trajectory


@pytest.fixture(scope="module")
def atlas() -> Atlas:
    return atlas_of(shipped_airspaces())


def led_over(way: Trajectory) -> shapely.Geometry:
    """Return all ways of a trajectory, each from place to place."""
    places = np.column_stack([way.longitude, way.latitude])
    flights = (places[way.flight == one] for one in np.unique(way.flight))
    return shapely.MultiLineString([one for one in flights if len(one) > 1])


def polygon(ring: FloatArray) -> shapely.Polygon:
    return shapely.Polygon(ring)


@pytest.mark.slow
def test_a_fence_holds_what_is_swept_and_nothing_that_nobody_allowed(atlas: Atlas) -> None:
    let = tight = none = 0
    for seed in range(80):
        plan = Plan(seed)
        wanted = asked_for(audit(swept(*plan.flights), (), atlas))
        states = sorted({entry.state for entry in wanted})
        allowed = tuple(map(plan.allowed, states))
        leave = Leave(authorisations=allowed, atlas=atlas)
        way = swept(*plan.flights)
        if asked_for(audit(way, allowed, atlas)):
            continue
        let += 1
        ring = fence_of(leave, plan.flights)
        tight += allowed_hull(plan.flight(), leave) is None
        if ring is None:
            none += 1
            continue
        fence = polygon(ring)
        assert fence.is_valid
        assert len(ring) <= MOST_CORNERS
        assert fence.covers(led_over(way))
        special = {one.state for one in allowed if one.special_use}
        swept_in = met(led_over(way))
        for name in met(fence) - swept_in:
            state, _, area = name.partition("*")
            assert state in (special if area else states), (seed, name)
        for one in allowed:
            if one.area is not None:
                outside = fence - shapely.geometry.shape(one.area)
                assert one.state not in met(outside), (seed, one.id)
    assert let > 20
    assert tight > 5
    assert none <= let // 10
