"""The airspace that upwind brings along: what was read, in a small file, of a cycle that says when it ends."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from upwind.flights.borders.airspace import (
    CYCLE,
    VALID_FROM,
    VALID_TO,
    pack_airspaces,
    shipped_airspaces,
    unpack_airspaces,
)
from upwind.flights.borders.polygons import polygons_of
from upwind.readers.airspaces import read_airspaces
from upwind.records import Airspace, Datum, Level

TOP = Path(__file__).parents[2]
RECORDS = TOP.parent / "shared" / "data" / "flight" / "airspace" / "faa_cifp_UR_UC_records.txt.gz"


def said(airspace: Airspace) -> tuple[object, ...]:
    """Return everything of an airspace but its rings."""
    keys = ("id", "name", "state", "kind", "floor", "ceiling", "active", "schedule")
    return tuple(getattr(airspace, key) for key in keys)


def test_the_cycle_says_when_it_ends() -> None:
    assert CYCLE == "2607"
    # The FAA's table of dates: 9 July 2026, and 3 September 2026 for the cycle after the next.
    assert (VALID_FROM.date().isoformat(), (VALID_TO + (VALID_TO - VALID_FROM)).date().isoformat()) == (
        "2026-07-09",
        "2026-09-03",
    )
    assert "2607" in (TOP / "NOTICE").read_text(encoding="utf-8")


def test_there_are_1583_areas() -> None:
    shipped = shipped_airspaces()
    assert len({one.id for one in shipped}) == 1583
    assert {one.state for one in shipped} == {"USA"}
    assert sum(one.kind == "prohibited" for one in shipped) == 12


@pytest.mark.shared
@pytest.mark.skipif(not RECORDS.exists(), reason="the FAA's records are not beside the checkout")
def test_what_is_shipped_is_what_the_records_say() -> None:
    read, shipped = read_airspaces(RECORDS), shipped_airspaces()
    assert list(map(said, shipped)) == list(map(said, read))
    for one, other in zip(shipped, read, strict=True):
        assert np.abs(one.rings[0] - other.rings[0]).max() < 1e-7


def test_airspaces_without_limits_and_with_holes_come_back() -> None:
    square = np.array([[0.0, 0.0], [4.0, 0.0], [4.0, 4.0], [0.0, 0.0]])
    made = Airspace(
        id="a",
        name="Á",
        state="",
        kind="geofence",
        rings=(square, square / 4 + 1),
        floor=Level(metres=-math.inf, datum=Datum.GROUND),
        ceiling=Level(metres=math.inf, datum=Datum.SEA),
        active="always",
        schedule="",
    )
    back, again = unpack_airspaces(pack_airspaces([made, made]))
    assert said(back) == said(again) == said(made)
    assert [ring.tolist() for ring in back.rings] == [ring.tolist() for ring in made.rings]


def test_outlines_of_airspaces_are_rings_without_their_first_vertex_again() -> None:
    shipped = shipped_airspaces()[:3]
    outlines = polygons_of(shipped)
    assert outlines.names == tuple(one.id for one in shipped)
    assert outlines.area.tolist() == [0, 1, 2]
    assert outlines.start.tolist() == np.cumsum([0, *(len(one.rings[0]) - 1 for one in shipped)]).tolist()
    assert polygons_of([]).start.tolist() == [0]
