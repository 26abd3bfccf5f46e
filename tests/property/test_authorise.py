"""Whatever is drawn: an authorisation that covers an entry stops to as soon as any of its bounds falls short."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from makers.entries import entry_of
from makers.flown import authorisation

from upwind.flights.permission.areas import inside
from upwind.flights.permission.covering import Presence, covering, shortfalls
from upwind.flights.permission.draft import draft
from upwind.readers.authorisations import read_authorisations
from upwind.records import Authorisation, EntryKind

many = settings(max_examples=150)
MICROSECOND = timedelta(microseconds=1)

moments = st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1)).map(lambda moment: moment.replace(tzinfo=UTC))  # noqa: DTZ001 - made aware in the next step
metres = st.floats(1.0, 20_000.0)


@st.composite
def presences(draw: Any) -> Presence:
    start = draw(moments)
    lasts = draw(st.lists(st.integers(0, 10**10), max_size=6))
    times = sorted([start.timestamp(), *((start + timedelta(microseconds=one)).timestamp() for one in lasts)])
    bounds = [sorted((draw(metres), draw(metres))) for _ in times]
    return Presence(
        state=draw(st.sampled_from(["MEX", "USA", "GTM"])),
        kind=draw(st.sampled_from(list(EntryKind))),
        platform=draw(st.text(min_size=1, max_size=8).filter(lambda name: name.strip() and name.isprintable())),
        start=times[0],
        end=times[-1],
        time=np.array(times),
        longitude=np.array([draw(st.floats(-179.0, 179.0)) for _ in times]),
        latitude=np.array([draw(st.floats(-89.0, 89.0)) for _ in times]),
        lowest=np.array([low for low, _ in bounds]),
        highest=np.array([high for _, high in bounds]),
    )


def box(west: float, south: float, east: float, north: float) -> dict[str, Any]:
    """Return a rectangle; its long sides are cut, so that none spans more than half the globe."""
    middle = (west + east) / 2.0
    ring = [[west, south], [middle, south], [east, south], [east, north], [middle, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


def tightest(presence: Presence) -> Authorisation:
    """Return an authorisation that covers an entry and nothing beyond it."""
    return authorisation(
        presence.state,
        datetime.fromtimestamp(presence.start, UTC),
        datetime.fromtimestamp(presence.end, UTC),
        id="1",
        floor_m=float(presence.lowest.min()),
        ceiling_m=float(presence.highest.max()),
        platform=presence.platform,
        special_use=presence.kind == EntryKind.SPECIAL_USE,
        area=box(*around(presence)),
    )


def around(presence: Presence) -> tuple[float, float, float, float]:
    longitude, latitude = presence.longitude, presence.latitude
    return float(longitude.min()), float(latitude.min()), float(longitude.max()), float(latitude.max())


@many
@given(presence=presences())
def test_every_bound_is_inclusive(presence: Presence) -> None:
    assert covering(presence, [tightest(presence)]) == ("1",)


@many
@given(presence=presences(), less=st.floats(1e-6, 5_000.0), sooner=st.timedeltas(MICROSECOND, timedelta(days=9)))
def test_no_bound_can_be_drawn_in(presence: Presence, less: float, sooner: timedelta) -> None:
    fits = tightest(presence)
    west, south, east, north = around(presence)
    part = min(less, 1.0)
    short = [
        replace(fits, start=fits.start + sooner),
        replace(fits, end=fits.end - sooner),
        replace(fits, floor_m=(fits.floor_m or 0.0) + less),
        replace(fits, ceiling_m=(fits.ceiling_m or 0.0) - less),
        replace(fits, platform=f"{fits.platform}x"),
        replace(fits, state="CAN"),
        replace(fits, area=box(west + part, south, east + part, north)),
        replace(fits, area=box(west, south - part, east, north - part)),
        *([replace(fits, special_use=False)] if fits.special_use else []),
    ]
    assert covering(presence, short) == ()
    assert all(shortfalls(presence, one) for one in short)


@many
@given(presence=presences(), more=st.floats(0.0, 5_000.0), later=st.timedeltas(timedelta(0), timedelta(days=9)))
def test_wider_bounds_cover_too(presence: Presence, more: float, later: timedelta) -> None:
    fits = tightest(presence)
    wider = replace(
        fits,
        start=fits.start - later,
        end=fits.end + later,
        floor_m=(fits.floor_m or 0.0) - more,
        ceiling_m=(fits.ceiling_m or 0.0) + more,
        platform="*",
        special_use=True,
        area=None,
    )
    assert covering(presence, [wider]) == ("1",)


@many
@given(presence=presences(), cut=st.integers(0, 6))
def test_a_part_of_what_is_covered_is_covered(presence: Presence, cut: int) -> None:
    fits = tightest(presence)
    keep = slice(min(cut, presence.time.size - 1), None)
    columns = {name: getattr(presence, name)[keep] for name in ("time", "longitude", "latitude", "lowest", "highest")}
    assert covering(replace(presence, start=float(columns["time"][0]), **columns), [fits]) == ("1",)


@many
@given(presence=presences(), unknown=st.booleans())
def test_what_is_asked_for_covers_once_it_is_given(presence: Presence, unknown: bool) -> None:  # noqa: FBT001 - drawn
    asked = replace(presence, highest=np.full(presence.time.size, np.nan)) if unknown else presence
    with TemporaryDirectory() as folder:
        path = Path(folder) / "a.toml"
        path.write_text(draft(entry_of(asked)), encoding="utf-8")
        assert len(covering(asked, read_authorisations(path))) == 1


@many
@given(
    turns=st.lists(st.floats(0.0, 1.0, exclude_max=True), min_size=3, max_size=12, unique=True),
    centre=st.tuples(st.floats(-120.0, 120.0), st.floats(-50.0, 50.0)),
    seed=st.integers(0, 2**32 - 1),
)
def test_a_convex_area_is_where_all_its_sides_have_it_on_the_left(
    turns: list[float], centre: tuple[float, float], seed: int
) -> None:
    # Another definition of the inside than counting crossings: a half-plane for each side.
    corners = [
        [centre[0] + 30.0 * math.cos(turn), centre[1] + 30.0 * math.sin(turn)]
        for turn in (2.0 * math.pi * share for share in sorted(turns))
    ]
    rng = np.random.default_rng(seed)
    x, y = (middle + rng.uniform(-35.0, 35.0, 200) for middle in centre)
    left = np.full(200, np.inf)
    for (ax, ay), (bx, by) in zip(corners, corners[1:] + corners[:1], strict=True):
        left = np.minimum(left, (bx - ax) * (y - ay) - (by - ay) * (x - ax))
    clear = np.abs(left) > 1e-6
    found = inside({"type": "Polygon", "coordinates": [[*corners, corners[0]]]}, x, y)
    np.testing.assert_array_equal(found[clear], left[clear] > 0.0)
