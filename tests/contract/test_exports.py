"""One route through every format of `EXPORTS` and back: the same places, in the same order, in the same lines."""

from __future__ import annotations

import io
import json
import re
import zipfile
from dataclasses import replace
from pathlib import Path, PurePath

import numpy as np
import pytest
import shapely

from upwind.errors import InputError
from upwind.flights.exports import EXPORTS, exported
from upwind.readers.airspaces import read_airspaces
from upwind.readers.plans import read_plan
from upwind.records import Autopilot, HeightOver, Home, LostLink, Route

SAID = {"plan": {"time_s": 3600.0, "lower_bound_s": 3500.0}, "authority": 'of "Ñandú" & <sons>'}
#: Three sorties, the second of which crosses 180 degrees; lines of one to three legs, two that touch, and transits.
PLACES = [
    [(-110.5012345, 31.8), (-110.49, 31.8000001), (-110.48, 31.8), (-110.47, 31.8), (-110.47, 31.801)],
    [(179.9999999, -16.5), (-179.9999999, -16.5), (-179.99, -16.51), (-179.99, -16.52), (179.99, -16.52)],
    [(0.0000001, 0.0), (-0.0000001, 0.0000001), (0.01, -0.0000001)],
]
LINES = [0, 0, 0, 1, -1, 2, -1, 3, 3, -1, 4, -1]
ENDINGS = list(EXPORTS)


def route(home: Home | None = None) -> Route:
    places = np.array([place for sortie in PLACES for place in sortie])
    count = len(places)
    return Route(
        name="",
        sha256="",
        longitude=places[:, 0].copy(),
        latitude=places[:, 1].copy(),
        height=np.linspace(80.0, 120.0, count).round(3),
        over=(HeightOver.GROUND,) * count,
        sortie=np.repeat(np.arange(len(PLACES)), [len(one) for one in PLACES]),
        line=np.array(LINES),
        command=np.full(count, 16),
        params=np.column_stack([np.zeros((count, 3)), np.full(count, np.nan)]),
        home=home,
        speed_m_s=25.0,
    )


HOMES = {
    "no home": None,
    "home": Home(longitude=-110.5098765, latitude=31.7912345, height_m=np.nan),
    "home on the other side": Home(longitude=-179.9999999, latitude=-16.5, height_m=np.nan),
}


@pytest.mark.parametrize("where", HOMES)
@pytest.mark.parametrize("ending", ENDINGS)
def test_a_route_comes_back_as_it_went(tmp_path: Path, ending: str, where: str) -> None:
    went = route(HOMES[where])
    path = tmp_path / f"survey{ending}"
    path.write_bytes(exported(went, SAID, path))
    came = read_plan(path)
    assert len(came.longitude) == len(went.longitude)
    assert np.abs(came.longitude - went.longitude).max() <= 1e-7
    assert np.abs(came.latitude - went.latitude).max() <= 1e-7
    assert np.abs(came.height - went.height).max() <= 1e-3
    assert came.over == went.over
    assert came.sortie.tolist() == went.sortie.tolist()
    assert came.line.tolist() == went.line.tolist()
    home = HOMES[where]
    if home is not None:
        assert came.home is not None
        assert (came.home.longitude, came.home.latitude) == pytest.approx((home.longitude, home.latitude), abs=1e-7)


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_single_waypoint_and_a_route_without_heights_come_back(tmp_path: Path, ending: str) -> None:
    whole = route()
    one = replace(
        whole,
        longitude=whole.longitude[:1],
        latitude=whole.latitude[:1],
        height=whole.height[:1],
        over=whole.over[:1],
        sortie=whole.sortie[:1],
        line=whole.line[:0],
        command=whole.command[:1],
        params=whole.params[:1],
    )
    for number, went in enumerate((one, replace(whole, height=np.full(len(whole.height), np.nan)))):
        path = tmp_path / f"survey-{number}{ending}"
        path.write_bytes(exported(went, {}, path))
        came = read_plan(path)
        assert came.longitude == pytest.approx(went.longitude, abs=1e-7)
        assert came.line.tolist() == went.line.tolist()


@pytest.mark.parametrize("ending", ENDINGS)
def test_the_same_route_is_the_same_bytes(ending: str) -> None:
    path = PurePath(f"survey{ending.upper()}")
    assert exported(route(), SAID, path) == exported(route(), SAID, path)


def test_waypoints_are_the_only_items_of_command_16() -> None:
    document = json.loads(exported(route(HOMES["home"]), SAID, PurePath("survey.plan")))
    items = document["mission"]["items"]
    places = [(item["params"][5], item["params"][4]) for item in items if item["command"] == 16]
    assert places == [place for sortie in PLACES for place in sortie]
    assert [item["doJumpId"] for item in items] == list(range(1, len(items) + 1))
    assert sum(item["command"] == 22 for item in items) == len(PLACES)
    assert document["mission"]["plannedHomePosition"][:2] == [31.7912345, -110.5098765]
    assert document["upwind"] == SAID


@pytest.mark.parametrize(("where", "longitude"), [("home", -110.5098765), ("no home", -110.5012345)])
def test_row_0_of_waypoints_is_home(where: str, longitude: float) -> None:
    rows = exported(route(HOMES[where]), SAID, PurePath("survey.waypoints")).decode().splitlines()
    assert rows[0] == "QGC WPL 110"
    cells = [row.split("\t") for row in rows[1:]]
    assert {len(one) for one in cells} == {12}
    assert [int(one[0]) for one in cells] == list(range(len(cells)))
    assert [one[1] for one in cells] == ["1"] + ["0"] * (len(cells) - 1)
    assert float(cells[0][9]) == pytest.approx(longitude, abs=1e-7)
    assert sum(one[3] == "16" for one in cells[1:]) == sum(map(len, PLACES))


def test_waylines_stand_where_aircraft_look_for_them() -> None:
    with zipfile.ZipFile(io.BytesIO(exported(route(), SAID, PurePath("survey.kmz")))) as packed:
        assert packed.namelist() == ["wpmz/template.kml", "wpmz/waylines.wpml"]
        text = packed.read("wpmz/waylines.wpml").decode()
    assert text.count("<Folder>") == len(PLACES)
    assert text.count("<Placemark>") == text.count("<Point>") == sum(map(len, PLACES))


def test_a_format_that_is_not_known_is_refused_with_those_that_are() -> None:
    with pytest.raises(InputError, match=r"\.plan, \.waypoints, \.kml, \.kmz, \.geojson"):
        exported(route(), SAID, PurePath("survey.pdf"))


FENCE = np.array([[-110.51, 31.79], [-110.46, 31.79], [-110.45, 31.81], [-110.5, 31.82]])


def secured(height_m: float = 120.0, over: HeightOver = HeightOver.HOME) -> Route:
    return replace(route(HOMES["home"]), fence=FENCE, lost_link=LostLink(height_m=height_m, over=over))


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_fence_and_a_way_home_change_nothing_of_the_way(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"survey{ending}"
    path.write_bytes(exported(replace(secured(), autopilot=Autopilot.ARDUPILOT), SAID, path))
    came = read_plan(path)
    assert came.longitude == pytest.approx(route().longitude, abs=1e-7)
    assert came.line.tolist() == route().line.tolist()


def test_the_fence_of_a_plan_is_read_as_a_fence(tmp_path: Path) -> None:
    for ending in (".plan", ".geojson"):
        path = tmp_path / f"survey{ending}"
        path.write_bytes(exported(secured(), SAID, path))
        (fence,) = read_airspaces(path)
        assert fence.kind == "geofence"
        (ring,) = fence.rings
        assert shapely.Polygon(ring).symmetric_difference(shapely.Polygon(FENCE)).area < 1e-12


@pytest.mark.parametrize(
    ("autopilot", "over", "points", "firmware"),
    [
        (None, HeightOver.HOME, [], 0),
        (Autopilot.ARDUPILOT, HeightOver.HOME, [[31.7912345, -110.5098765, 120.0]], 3),
        (Autopilot.PX4, HeightOver.HOME, [[31.7912345, -110.5098765, 0.0]], 12),
        (Autopilot.ARDUPILOT, HeightOver.GROUND, [], 3),
    ],
)
def test_home_is_a_rally_point_at_the_height_that_the_autopilot_means(
    autopilot: Autopilot | None, over: HeightOver, points: list[list[float]], firmware: int
) -> None:
    went = replace(secured(over=over), autopilot=autopilot)
    document = json.loads(exported(went, SAID, PurePath("survey.plan")))
    assert document["rallyPoints"]["points"] == points
    assert document["mission"]["firmwareType"] == firmware


@pytest.mark.parametrize(
    ("height_m", "over", "said"),
    [(120.0, HeightOver.HOME, "120"), (120.0, HeightOver.GROUND, None), (1600.0, HeightOver.HOME, None)],
)
def test_waylines_return_at_the_height_over_home_that_was_asked(
    height_m: float, over: HeightOver, said: str | None
) -> None:
    octets = exported(secured(height_m, over), SAID, PurePath("survey.kmz"))
    with zipfile.ZipFile(io.BytesIO(octets)) as packed:
        text = packed.read("wpmz/waylines.wpml").decode()
    for name in ("globalRTHHeight", "takeOffSecurityHeight"):
        found = re.search(f"<wpml:{name}>(.*?)</wpml:{name}>", text)
        assert (None if found is None else found[1]) == said
    assert "<wpml:executeRCLostAction>goBack<" in text
