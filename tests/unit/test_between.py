"""What is entered between two samples may have been entered at the height of either."""

from __future__ import annotations

import numpy as np
from makers.flown import trajectory

from upwind.flights.audit.entries import audit
from upwind.flights.borders.atlas import Atlas
from upwind.flights.borders.grid import build
from upwind.flights.borders.polygons import Polygons, polygons_of


def test_a_corner_cut_on_the_way_down_has_the_heights_of_both_ends() -> None:
    box = np.array([(0.0, 0.0), (0.1, 0.0), (0.1, 0.1), (0.0, 0.1)])
    area = build(
        Polygons(
            names=("AAA",),
            area=np.zeros(1, dtype=np.int32),
            start=np.array([0, 4]),
            longitude=box[:, 0].copy(),
            latitude=box[:, 1].copy(),
        )
    )
    track = trajectory([1.6e9, 1.6e9 + 60.0], [0.09, 0.11], [0.108, 0.088], height=np.array([500.0, 100.0]))
    special = build(polygons_of(()))
    atlas = Atlas(states=("AAA",), borders=area, land=area, airspaces=(), special=special)
    entries = audit(track, (), atlas).entries
    assert {(entry.points, entry.lowest_m, entry.highest_m) for entry in entries} == {(0, 100.0, 500.0)}
