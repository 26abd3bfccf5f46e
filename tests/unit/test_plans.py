"""What plans say beside their waypoints, and what is wrong with those that are none."""

from __future__ import annotations

import io
import json
import math
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from upwind.errors import FormatError
from upwind.readers.plans import read_plan
from upwind.records import HeightOver, Home, Route

TAKE_OFF, RETURN, SPEED, TRIGGER = 22, 20, 178, 206


def item(command: int, params: Sequence[float | None] = (), frame: int = 3) -> dict[str, Any]:
    said = [*params, *[0.0] * (7 - len(params))]
    return {"type": "SimpleItem", "command": command, "frame": frame, "params": said}


def waypoint(longitude: float, latitude: float, height: float = 50.0, frame: int = 3) -> dict[str, Any]:
    return item(16, [5, 0, 0, None, latitude, longitude, height], frame)


def plan(*items: dict[str, Any], **mission: object) -> str:
    said = {"items": list(items), "plannedHomePosition": [32.0, -110.0, 900.0], "vehicleType": 2, **mission}
    return json.dumps({"fileType": "Plan", "mission": said})


def survey(items: Sequence[dict[str, Any]]) -> dict[str, Any]:
    return {"type": "ComplexItem", "complexItemType": "survey", "TransectStyleComplexItem": {"Items": list(items)}}


def read(folder: Path, text: str | bytes, name: str = "f.plan") -> Route:
    path = folder / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return read_plan(path)


def refused(folder: Path, text: str | bytes) -> str:
    with pytest.raises(FormatError) as caught:
        read(folder, text)
    line = str(caught.value)
    assert "\n" not in line
    assert len(line) <= 400
    assert "f.plan:" in line
    return line


def test_a_plan_keeps_what_is_no_waypoint(tmp_path: Path) -> None:
    text = plan(
        item(TAKE_OFF, [15, 0, 0, None, 32.0, -110.0, 40.0]),
        waypoint(-110.0, 32.001),
        item(SPEED, [1, 12, -1], 2),
        waypoint(-110.0, 32.002),
        item(RETURN, [], 2),
        hoverSpeed=7.5,
        cruiseSpeed=15,
    )
    route = read(tmp_path, text)
    assert [(one.before, one.command) for one in route.actions] == [(0, TAKE_OFF), (1, SPEED), (2, RETURN)]
    assert route.actions[0].params[4:] == (32.0, -110.0, 40.0)
    assert math.isnan(route.actions[0].params[3])
    assert route.params[0, 0] == 5.0
    assert np.isnan(route.params[0, 3])
    assert route.home == Home(longitude=-110.0, latitude=32.0, height_m=900.0)
    assert route.speed_m_s == 7.5
    assert read(tmp_path, text.replace('"vehicleType": 2', '"vehicleType": 1')).speed_m_s == 15.0
    assert route.line.tolist() == [-1]


def test_frames_say_what_heights_are_over(tmp_path: Path) -> None:
    route = read(tmp_path, plan(*(waypoint(-110.0, 32.0 + number / 1e3, 50.0, number) for number in (0, 3, 10))))
    assert route.over == (HeightOver.SEA, HeightOver.HOME, HeightOver.GROUND)


def test_another_take_off_begins_another_sortie(tmp_path: Path) -> None:
    ways = [waypoint(-110.0, 32.0 + number / 1e3) for number in range(4)]
    camera = [item(TRIGGER, [20], 2)]
    text = plan(item(TAKE_OFF), *camera, *ways[:2], item(RETURN), item(TAKE_OFF), *camera, *ways[2:])
    route = read(tmp_path, text)
    assert route.sortie.tolist() == [0, 0, 1, 1]
    assert route.line.tolist() == [0, -1, 1]


def test_a_survey_whose_camera_never_stops_has_its_lines_where_it_flies_forth_and_back(tmp_path: Path) -> None:
    places = [(-110.0, 32.0), (-109.99, 32.0), (-109.99, 32.001), (-110.0, 32.001), (-110.0, 32.002), (-109.99, 32.002)]
    ways = [waypoint(*place) for place in places]
    for begin in ([item(TRIGGER, [20], 2)], []):
        route = read(tmp_path, plan(waypoint(-110.01, 32.0), survey([ways[0], *begin, *ways[1:]])))
        assert route.line.tolist() == [-1, 0, -1, 1, -1, 2]


def test_a_survey_with_turn_arounds_has_its_lines_where_the_camera_works(tmp_path: Path) -> None:
    ways = [waypoint(-110.0 + east / 1e3, 32.0 + north / 1e3) for north in (0, 1) for east in range(4)]
    ways[4:] = ways[:3:-1]
    on, off = item(TRIGGER, [20], 2), item(TRIGGER, [0], 2)
    first = [ways[0], ways[1], on, ways[2], off, ways[3]]
    second = [ways[4], ways[5], on, ways[6], off, ways[7]]
    route = read(tmp_path, plan(survey([*first, *second]), survey([*first, *second])))
    assert route.line.tolist() == [-1, 0, -1, -1, -1, 1, -1, -1, -1, 2, -1, -1, -1, 3, -1]


def test_a_landing_pattern_is_passed_over_and_an_unknown_item_refused(tmp_path: Path) -> None:
    landing = {"type": "ComplexItem", "complexItemType": "fwLandingPattern", "landCoordinate": [32.0, -110.0, 0]}
    assert len(read(tmp_path, plan(waypoint(-110.0, 32.0), landing)).longitude) == 1
    scan = {"type": "ComplexItem", "complexItemType": "StructureScan-v2"}
    assert "mission item 2: a complex item of kind 'StructureScan-v2'" in refused(
        tmp_path, plan(waypoint(-110.0, 32.0), scan)
    )


FAULTS = [
    ("no mission", '{"fileType": "Plan"}', 'key "mission": this is missing'),
    ("no items", plan().replace('"items": []', '"items": 3'), "missing or no list"),
    ("fence only", plan(), "no waypoint"),
    ("off the globe", plan(waypoint(-110.0, 91.0)), "mission item 1: the waypoint is not on the globe"),
    ("no place", plan(item(16, [0, 0, 0, None, None, None, None])), "not on the globe"),
    ("no frame", plan(waypoint(-110.0, 32.0, frame=2)), "frame 2 has no place"),
    ("six params", plan(item(16)).replace("[0.0, ", "["), '"params" is not seven numbers'),
    ("words", plan(waypoint(-110.0, 32.0)).replace("32.0,", '"32",'), '"params" is not seven numbers'),
    ("too high", plan(waypoint(-110.0, 32.0, 1e7)), "a height of 1e+07 m cannot be"),
    ("infinite", plan(waypoint(-110.0, 32.0)).replace("50.0", "Infinity"), "not JSON"),
    ("home", plan(waypoint(-110.0, 32.0), plannedHomePosition=[320, 0, 0]), "home is not on the globe"),
    (
        "rows missing",
        "QGC WPL 110\n0\t1\t0\t16\t0\t0\t0\t0\t32\t-110\t9\t1\n2\t0\t3\t16\t0\t0\t0\t0\t32\t-110\t9\t1",
        ":3:",
    ),
    ("a cell missing", "QGC WPL 110\n0\t1\t0\t16\t0\t0\t0\t0\t32\t-110\t9\n", ":2: 11 cells, not 12"),
    ("no number", "QGC WPL 110\n0\t1\t0\t16\t0\t0\t0\t0\t32\tx\t9\t1\n", ":2: a cell is no number"),
    ("another version", "QGC WPL 100\n", "version 100"),
    ("home alone", "QGC WPL 110\n0\t1\t0\t16\t0\t0\t0\t0\t32\t-110\t9\t1\n", "no waypoint"),
    ("nothing", "QGC WPL 110\n", "no row"),
    ("document type", '<?xml version="1.0"?><!DOCTYPE kml [<!ENTITY a "b">]><kml>&a;</kml>', "document type"),
    ("KML without lines", "<kml><Document/></kml>", "neither a line nor a point"),
    ("KML cut off", "<kml><Document><Placemark>", "cut off or broken"),
    ("KML words", "<kml><Placemark><Point><coordinates>a,b</coordinates></Point></Placemark></kml>", "placemark 1"),
    ("KML a line of one", "<kml><LineString><coordinates>1,2</coordinates></LineString></kml>", "at least two"),
    ("WPML without", '<kml xmlns:wpml="http://www.dji.com/wpmz/1.0.2"/>', "no waypoint"),
    ("GeoJSON cut off", '{"type": "LineString", "coordinates": [[1,2]', "not JSON"),
    ("GeoJSON a circle", '{"type": "Circle"}', "'Circle' is no geometry"),
    ("GeoJSON a polygon", '{"type": "Polygon", "coordinates": []}', "neither a line nor a point"),
    ("GeoJSON latitude first", '{"type": "LineString", "coordinates": [[32,-110],[33,-110]]}', "not on the globe"),
    ("GeoJSON words", '{"type": "LineString", "coordinates": [["a","b"],[1,2]]}', "no position"),
    ("a table", "time,longitude\n", "this is no plan"),
    ("no KML in it", b"PK\x03\x04", "cut off or broken"),
    ("empty", "", "no plan"),
]


@pytest.mark.parametrize(("text", "says"), [one[1:] for one in FAULTS], ids=[one[0] for one in FAULTS])
def test_a_fault_is_one_line_that_names_it(tmp_path: Path, text: str | bytes, says: str) -> None:
    assert says in refused(tmp_path, text)


def wayline(marks: str, mode: str = "relativeToStartPoint") -> str:
    return f"<Folder>{marks}<wpml:executeHeightMode>{mode}</wpml:executeHeightMode></Folder>"


def mark(longitude: float, latitude: float, index: int, inner: str = "") -> str:
    return (
        f"<Placemark><Point><coordinates> {longitude},{latitude} </coordinates></Point>"
        f"<wpml:index>{index}</wpml:index><wpml:executeHeight>60</wpml:executeHeight>{inner}</Placemark>"
    )


def wpml(*folders: str) -> str:
    return f'<kml xmlns:wpml="http://www.dji.com/wpmz/1.0.2"><Document>{"".join(folders)}</Document></kml>'


def test_waylines_are_sorties_in_flying_order(tmp_path: Path) -> None:
    text = wpml(wayline(mark(2, 1, 1) + mark(1, 1, 0), "WGS84"), wayline(mark(3, 1, 0) + mark(4, 1, 1)))
    route = read(tmp_path, text, "f.kmz")
    assert route.longitude.tolist() == [1, 2, 3, 4]
    assert route.sortie.tolist() == [0, 0, 1, 1]
    assert route.over == (HeightOver.ELLIPSOID,) * 2 + (HeightOver.HOME,) * 2
    assert route.line.tolist() == [-1, -1, -1]


def test_a_wayline_with_a_fault_is_refused_by_name(tmp_path: Path) -> None:
    assert "placemark 2: the index 0 is taken" in refused(tmp_path, wpml(wayline(mark(1, 1, 0) + mark(2, 1, 0))))
    assert "'sideways' is not known" in refused(tmp_path, wpml(wayline(mark(1, 1, 0), "sideways")))
    assert "no count" in refused(tmp_path, wpml(wayline(mark(1, 1, -1))))


def test_an_archive_without_a_plan_or_with_a_lock_is_refused(tmp_path: Path) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("readme.txt", "nothing")
    assert "no plan in this archive" in refused(tmp_path, packed.getvalue())
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("doc.kml", "<kml/>")
    locked = bytearray(packed.getvalue())
    locked[6] |= 1
    locked[locked.index(b"PK\x01\x02") + 8] |= 1
    assert "locked with a password" in refused(tmp_path, bytes(locked))


def test_a_map_of_lines_is_a_plan_of_lines(tmp_path: Path) -> None:
    text = json.dumps({"type": "MultiLineString", "coordinates": [[[1, 2, 30], [1, 3, 30]], [[2, 3], [2, 2], [2, 1]]]})
    route = read(tmp_path, text, "f.geojson")
    assert route.line.tolist() == [0, -1, 1, 1]
    assert route.height[:2].tolist() == [30.0, 30.0]
    assert np.isnan(route.height[2:]).all()
    assert set(route.over) == {HeightOver.ELLIPSOID}


def feature(kind: str, sequence: object, coordinates: list[Any], **more: object) -> dict[str, Any]:
    shape = "Point" if kind == "waypoint" else "LineString"
    return {
        "type": "Feature",
        "properties": {"kind": kind, "sequence": sequence, **more},
        "geometry": {"type": shape, "coordinates": coordinates},
    }


def collection(*features: dict[str, Any]) -> str:
    return json.dumps({"type": "FeatureCollection", "features": list(features)})


def test_lines_join_waypoints_that_follow_one_another(tmp_path: Path) -> None:
    ways = [feature("waypoint", number, [1, number]) for number in range(3)]
    assert read(tmp_path, collection(*ways, feature("line", 0, [[1, 1], [1, 2]]))).line.tolist() == [-1, 0]
    assert "feature 4: the line does not join" in refused(
        tmp_path, collection(*ways, feature("line", 0, [[1, 0], [1, 2]]))
    )
    assert 'feature 2: property "sequence" is missing' in refused(
        tmp_path, collection(ways[0], feature("waypoint", None, [1, 1]))
    )
    assert "the sequence 0 is taken" in refused(tmp_path, collection(ways[0], ways[0]))
    assert "'1.5' is no count" in refused(tmp_path, collection(feature("waypoint", 1.5, [1, 1])))


def test_a_way_flown_twice_keeps_its_lines_apart(tmp_path: Path) -> None:
    ways = [feature("waypoint", number, [1, number % 2]) for number in range(4)]
    lines = [feature("line", number, [[1, 0], [1, 1]]) for number in range(2)]
    assert read(tmp_path, collection(*ways, *lines)).line.tolist() == [0, -1, 1]


def test_sorties_come_one_after_another(tmp_path: Path) -> None:
    ways = [feature("waypoint", number, [1, number], sortie=number // 2) for number in range(4)]
    assert read(tmp_path, collection(*ways)).sortie.tolist() == [0, 0, 1, 1]
    assert "end it within one" in refused(tmp_path, collection(*ways, feature("line", 0, [[1, 1], [1, 2]])))
    ways[0]["properties"]["sortie"] = 1
    assert "its sortie comes before" in refused(tmp_path, collection(*ways[:2]))


def test_kml_says_kind_and_sequence_in_its_extended_data(tmp_path: Path) -> None:
    def placemark(kind: str, sequence: int, shape: str) -> str:
        said = {"kind": kind, "sequence": sequence}
        pairs = "".join(f'<Data name="{name}"><value>{value}</value></Data>' for name, value in said.items())
        return f"<Placemark><ExtendedData>{pairs}</ExtendedData>{shape}</Placemark>"

    points = "".join(
        placemark("waypoint", number, f"<Point><coordinates>1,{number},20</coordinates></Point>")
        for number in (2, 1, 0)
    )
    line = placemark("line", 0, "<LineString><coordinates>1,1 1,2</coordinates></LineString>")
    home = placemark(
        "home", 0, "<Point><altitudeMode>absolute</altitudeMode><coordinates>1,0,900</coordinates></Point>"
    )
    route = read(tmp_path, f"<kml><Document>{points}{line}{home}</Document></kml>", "f.kml")
    assert route.latitude.tolist() == [0, 1, 2]
    assert np.isnan(route.height).all()  # clamped to the ground
    assert route.line.tolist() == [-1, 0]
    assert route.home == Home(longitude=1.0, latitude=0.0, height_m=900.0)
