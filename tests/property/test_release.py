"""Whatever is drawn: markings only tighten, cells tell nothing more by repetition, and the gate needs everybody."""

from __future__ import annotations

import math
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from makers.releases import NOW, agreement, docket, site

from upwind.release.markings import LEVELS, TLP, Marking, marking_of, rolled_up
from upwind.release.policy import Answer, ClearedSite, NotClearedError, clear
from upwind.release.sanitise import cell_of, outgoing

#: Both edges are rounded to the seventh decimal of a degree. [m]
ROUNDED_M = 1e-7 * 111_195.0
many = settings(max_examples=300)
codes = st.frozensets(st.sampled_from(["USA", "MEX", "CAN", "GTM", "COL"]), max_size=4)
markings = st.builds(
    Marking,
    level=st.sampled_from(LEVELS),
    fgi=codes,
    rel_to=st.none() | codes,
    tlp=st.sampled_from(TLP),
)
longitudes, latitudes = st.floats(-180.0, 180.0, exclude_max=True), st.floats(-89.9, 89.9)


@many
@given(markings)
def test_a_marking_says_itself(marking: Marking) -> None:
    assert marking_of(str(marking)) == marking


@many
@given(st.lists(markings, min_size=1, max_size=5))
def test_a_banner_is_never_below_a_portion(portions: list[Marking]) -> None:
    banner = rolled_up(portions)
    for portion in portions:
        assert LEVELS.index(banner.level) >= LEVELS.index(portion.level)
        assert TLP.index(banner.tlp) >= TLP.index(portion.tlp)
        assert banner.fgi >= portion.fgi
        for partner in ("USA", "MEX", "CAN", "GTM", "COL"):
            ceiling = Marking(level=LEVELS[-1])
            if not banner.allows(partner, ceiling):
                assert portion.rel_to is None or partner in portion.rel_to
    named = [portion.rel_to for portion in portions if portion.rel_to is not None]
    assert banner.rel_to == (frozenset.intersection(*named) if named else None)


@many
@given(longitudes, latitudes, st.floats(10.0, 50_000.0))
def test_a_cell_holds_its_place_and_is_as_large_as_was_said(longitude: float, latitude: float, side: float) -> None:
    west, south, east, north = cell_of(longitude, latitude, side)
    assert (longitude - west + 2e-7) % 360.0 <= east - west + 4e-7  # also just before the antimeridian
    assert south - 2e-7 <= latitude <= north + 2e-7
    least = side * (1.0 - 1e-3) - ROUNDED_M
    assert (north - south) * 111_195.0 >= least
    if abs(latitude) < 88.0:
        wide = (east - west) * 111_195.0 * math.cos(math.radians(max(abs(south), abs(north))))
        assert wide >= least


@many
@given(longitudes, latitudes, st.floats(0.0, 1.0), st.floats(0.0, 1.0))
def test_all_places_of_a_cell_give_one_answer(longitude: float, latitude: float, east: float, north: float) -> None:
    """So fifty releases of a site, and releases of its neighbours, tell no more than one."""
    edges = cell_of(longitude, latitude, 1000.0)
    inside = 1e-6 + (1.0 - 2e-6) * east, 1e-6 + (1.0 - 2e-6) * north
    other = edges[0] + inside[0] * (edges[2] - edges[0]), edges[1] + inside[1] * (edges[3] - edges[1])
    again = cell_of(*other, 1000.0)
    assert (
        again == pytest.approx(edges, abs=2e-7)
        or min(abs(other[0] - edges[0]), abs(other[0] - edges[2]), abs(other[1] - edges[1]), abs(other[1] - edges[3]))
        < 2e-6
    )


@many
@given(
    st.frozensets(st.sampled_from(["reviewer-1", "reviewer-2", "reviewer-3", "releaser-1"])),
    st.sampled_from(["open", "second", "third", "confirmed", "rejected", "unsure", "closed"]),
    markings,
    st.integers(-400, 400),
    st.sampled_from(["", "the other agency"]),
    st.none() | st.booleans(),
)
def test_nothing_is_cleared_unless_all_is_there(
    people: frozenset[str], state: str, marking: Marking, days: int, asked: str, is_free: Any
) -> None:
    now = NOW + timedelta(days=days)
    answers = () if is_free is None else (Answer(asked="the other agency", is_free=is_free, at=now),)
    agreed, said = agreement(deconfliction=asked), docket(state=state, confirmed_by=people, answers=answers)
    feature = site(marking=str(marking))
    try:
        cleared = clear(feature, said, agreed, "releaser-1", now)
    except NotClearedError:
        return
    assert state == "confirmed"
    assert len(people) >= agreed.threshold
    assert "releaser-1" not in people
    assert agreed.start <= now < agreed.end
    assert agreed.end_use_check <= now.date()
    assert not asked or is_free
    assert marking.level == LEVELS[0]
    assert marking.rel_to is None or "MEX" in marking.rel_to
    assert marking.tlp not in ("AMBER+STRICT", "RED")
    assert cleared.marking.rel_to == frozenset({"MEX"})


def test_everything_there_is_cleared() -> None:
    assert clear(site(), docket(), agreement(), "releaser-1", NOW).id == site()["properties"]["id"]


def test_only_the_gate_makes_a_cleared_site() -> None:
    with pytest.raises(TypeError, match="only"):
        ClearedSite(object(), id="site-1")


json_values: st.SearchStrategy[Any] = st.recursive(
    st.text(max_size=8) | st.integers() | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)


@many
@given(
    st.dictionaries(st.text(min_size=1, max_size=8), json_values, max_size=6), st.sets(st.text(min_size=1, max_size=8))
)
def test_only_what_is_allowed_leaves(properties: dict[str, Any], allow: set[str]) -> None:
    feature = site(**properties)
    out = outgoing(feature, agreement(allow=tuple(allow), cell_m=1000.0))
    assert set(out.properties) <= allow & set(feature["properties"])
    assert (out.longitude, out.latitude) != (-110.5, 29.5)
