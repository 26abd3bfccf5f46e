"""Every format of plans, given the same plan, reads as the same route; a damaged one is a route or one line."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from upwind.errors import FormatError
from upwind.readers.plans import PLANS, PlanFormat, read_plan
from upwind.records import HeightOver, Route

#: Three lines forth and back at 120 m; the waypoints at both ends of each, longitude and latitude.
WAYPOINTS = [(-110.50123456789, 31.8), (-110.49, 31.8), (-110.49, 31.801), (-110.50123456789, 31.801)]
WAYPOINTS += [(-110.50123456789, 31.802), (-110.49, 31.802)]
LINES = [0, -1, 1, -1, 2]
HOME = (-110.51, 31.79, 1400.0)
HEIGHT = 120.0


def mission_rows() -> list[tuple[int, int, list[float | None]]]:
    """Return command, frame and parameters of a take-off, waypoints with a camera on the lines, and a return."""
    rows: list[tuple[int, int, list[float | None]]] = [(22, 3, [0, 0, 0, None, HOME[1], HOME[0], HEIGHT])]
    for number, (longitude, latitude) in enumerate(WAYPOINTS):
        rows.append((16, 3, [0, 0, 0, None, latitude, longitude, HEIGHT]))
        rows.append((206, 2, [0 if number % 2 else 20, 0, 1, 0, 0, 0, 0]))
    return [*rows, (178, 2, [1, 12, -1, 0, 0, 0, 0]), (20, 2, [0] * 7)]


def qgroundcontrol() -> bytes:
    items = [
        {"type": "SimpleItem", "command": command, "frame": frame, "params": params, "autoContinue": True}
        for command, frame, params in mission_rows()
    ]
    survey = {
        "type": "ComplexItem",
        "complexItemType": "survey",
        "angle": 0,
        "polygon": [],
        "TransectStyleComplexItem": {"Items": items[1:-2], "TurnAroundDistance": 0},
    }
    mission = {
        "items": [items[0], survey, *items[-2:]],
        "plannedHomePosition": [HOME[1], HOME[0], HOME[2]],
        "cruiseSpeed": 15,
        "hoverSpeed": 8,
        "vehicleType": 2,
        "firmwareType": 12,
        "version": 2,
    }
    return json.dumps({"fileType": "Plan", "geoFence": {"polygons": []}, "mission": mission, "version": 1}).encode()


def waypoints() -> bytes:
    rows = [(16, 0, [0.0, 0, 0, 0, HOME[1], HOME[0], HOME[2]]), *mission_rows()]
    lines = [
        "\t".join(map(str, [number, 0, frame, command, *(0 if one is None else one for one in params), 1]))
        for number, (command, frame, params) in enumerate(rows)
    ]
    return "\r\n".join(["QGC WPL 110", *lines, ""]).encode()


def wpml() -> bytes:
    marks = [
        f"<Placemark><Point><coordinates>{longitude},{latitude}</coordinates></Point><wpml:index>{number}</wpml:index>"
        f"<wpml:executeHeight>{HEIGHT}</wpml:executeHeight>"
        + (
            f"<wpml:actionGroup><wpml:actionGroupStartIndex>{number}</wpml:actionGroupStartIndex>"
            f"<wpml:actionGroupEndIndex>{number + 1}</wpml:actionGroupEndIndex><wpml:actionTrigger>"
            "<wpml:actionTriggerType>multipleDistance</wpml:actionTriggerType></wpml:actionTrigger></wpml:actionGroup>"
            if number % 2 == 0
            else ""
        )
        + "</Placemark>"
        for number, (longitude, latitude) in enumerate(WAYPOINTS)
    ]
    text = (
        '<?xml version="1.0" encoding="UTF-8"?>\n<kml xmlns="http://www.opengis.net/kml/2.2" '
        'xmlns:wpml="http://www.dji.com/wpmz/1.0.6"><Document><wpml:missionConfig>'
        f"<wpml:takeOffRefPoint>{HOME[1]},{HOME[0]},{HOME[2]}</wpml:takeOffRefPoint></wpml:missionConfig><Folder>"
        "<wpml:executeHeightMode>relativeToStartPoint</wpml:executeHeightMode>"
        f"<wpml:autoFlightSpeed>8</wpml:autoFlightSpeed>{''.join(marks)}</Folder></Document></kml>"
    )
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("wpmz/template.kml", "<kml/>")
        archive.writestr("wpmz/waylines.wpml", text)
    return packed.getvalue()


def kml() -> bytes:
    lines = [
        "<Placemark><name>line</name><LineString><altitudeMode>relativeToGround</altitudeMode><coordinates>"
        + " ".join(f"{longitude},{latitude},{HEIGHT}" for longitude, latitude in WAYPOINTS[begin : begin + 2])
        + "</coordinates></LineString></Placemark>"
        for begin in (0, 2, 4)
    ]
    text = f'<kml xmlns="http://www.opengis.net/kml/2.2"><Document>{"".join(lines)}</Document></kml>'
    return f'<?xml version="1.0"?>\n{text}'.encode()


def geojson() -> bytes:
    features: list[dict[str, object]] = [
        {
            "type": "Feature",
            "properties": {"kind": "waypoint", "sequence": number, "height_m": HEIGHT, "over": "home"},
            "geometry": {"type": "Point", "coordinates": list(place)},
        }
        for number, place in reversed(list(enumerate(WAYPOINTS)))
    ]
    features += [
        {
            "type": "Feature",
            "properties": {"kind": "line", "sequence": number},
            "geometry": {"type": "LineString", "coordinates": [list(place) for place in WAYPOINTS[begin : begin + 2]]},
        }
        for number, begin in enumerate((0, 2, 4))
    ]
    plan = {"time_s": 100.0, "lower_bound_s": 90.0, "gap": 0.11, "length_m": 3000.0, "sorties": 1}
    return json.dumps({"type": "FeatureCollection", "plan": plan, "features": features}).encode()


MAKERS: dict[str, tuple[str, Callable[[], bytes], HeightOver]] = {
    "QGroundControl plan": ("f.plan", qgroundcontrol, HeightOver.HOME),
    "QGC WPL waypoints": ("f.waypoints", waypoints, HeightOver.HOME),
    "DJI WPML": ("f.kmz", wpml, HeightOver.HOME),
    "KML": ("f.kml", kml, HeightOver.GROUND),
    "GeoJSON": ("f.geojson", geojson, HeightOver.HOME),
}
every_format = pytest.mark.parametrize("layout", PLANS, ids=lambda layout: layout.name)


def made(folder: Path, layout: PlanFormat) -> Path:
    name, make, _ = MAKERS[layout.name]
    (folder / name).write_bytes(make())
    return folder / name


@every_format
def test_it_reads_the_plan_as_made(tmp_path: Path, layout: PlanFormat) -> None:
    route = read_plan(made(tmp_path, layout))
    assert np.column_stack([route.longitude, route.latitude]).tolist() == [list(place) for place in WAYPOINTS]
    assert route.height.tolist() == [HEIGHT] * 6
    assert set(route.over) == {MAKERS[layout.name][2]}
    assert route.line.tolist() == LINES
    assert route.surveyed.tolist() == [True, False, True, False, True]
    assert route.sortie.tolist() == [0] * 6
    assert route.command.tolist() == [16] * 6
    assert route.name == MAKERS[layout.name][0]
    assert len(route.sha256) == 64


@every_format
def test_its_name_does_not_matter(tmp_path: Path, layout: PlanFormat) -> None:
    path = made(tmp_path, layout).rename(tmp_path / "plan")
    assert len(read_plan(path).longitude) == 6


def refused(path: Path) -> str:
    with pytest.raises(FormatError) as caught:
        read_plan(path)
    line = str(caught.value)
    assert "\n" not in line
    assert len(line) <= 400
    assert path.name in line
    return line


@every_format
def test_a_part_of_a_plan_is_no_plan(tmp_path: Path, layout: PlanFormat) -> None:
    path = made(tmp_path, layout)
    content = path.read_bytes()
    for share in (0.0, 0.05, 0.3, 0.6, 0.9):
        cut = content[: int(len(content) * share)]
        path.write_bytes(cut if layout.name != "QGC WPL waypoints" else cut.rstrip(b"\r\n0123456789.\t-") + b"\t")
        refused(path)


@every_format
def test_whatever_is_done_to_it_is_a_route_or_one_line(tmp_path: Path, layout: PlanFormat) -> None:
    path = made(tmp_path, layout)
    content = path.read_bytes()
    draw = np.random.default_rng(20261124)
    for _ in range(150):
        worn = bytearray(content)
        match int(draw.integers(3)):
            case 0:
                del worn[int(draw.integers(len(worn))) :]
            case 1:
                for at in draw.integers(len(worn), size=int(draw.integers(1, 6))):
                    worn[at] ^= 1 << int(draw.integers(8))
            case _:
                at = int(draw.integers(len(worn)))
                worn[at : at + int(draw.integers(1, 20))] = draw.bytes(int(draw.integers(0, 20)))
        path.write_bytes(bytes(worn))
        line = said_of(path)
        assert "\n" not in line
        assert len(line) <= 400


def said_of(path: Path) -> str:
    """Return the line with which a file is refused, "" where it is a plan."""
    try:
        return "" if isinstance(read_plan(path), Route) else "no route"
    except FormatError as error:
        return str(error)


def test_random_bytes_are_no_plan(tmp_path: Path) -> None:
    draw = np.random.default_rng(7)
    path = tmp_path / "plan"
    for head in (b"", b"{", b"QGC WPL 110\n", b"PK\x03\x04", b"<kml>", b"<?xml?><kml xmlns='wpmz'>", b"\x1f\x8b"):
        for size in (0, 10, 3000):
            path.write_bytes(head + draw.bytes(size))
            refused(path)


@pytest.mark.shared
def test_plans_from_elsewhere_read() -> None:
    folder = Path(__file__).parents[3] / "shared" / "data" / "flight" / "plans"
    route = read_plan(folder / "sample_qgc110.waypoints")
    assert route.home is not None
    assert (route.longitude.tolist(), route.latitude.tolist(), route.home.height_m) == ([-110.5], [31.81], 120.0)
    assert "no waypoint" in refused(folder / "qgc_geofence_example.plan")
