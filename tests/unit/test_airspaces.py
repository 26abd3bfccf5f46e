"""Airspace as it is published: known places, every part of each layout, and words instead of tracebacks."""

from __future__ import annotations

import gzip
import json
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod

from upwind.errors import FormatError
from upwind.readers import openair
from upwind.readers.airspaces import read_airspaces
from upwind.readers.files import open_file
from upwind.records import Airspace, Datum, Level

SHARED = Path(__file__).parents[2].parent / "shared" / "data" / "flight"
GLOBE = Geod(ellps="WGS84")


def holds(airspace: Airspace, longitude: float, latitude: float) -> bool:
    """Return whether an odd number of rings hold a point."""
    odd = False
    for ring in airspace.rings:
        x, y = ring[:, 0] - longitude, ring[:, 1] - latitude
        crosses = np.flatnonzero((y[:-1] > 0) != (y[1:] > 0))
        east = x[crosses] - y[crosses] * (x[crosses + 1] - x[crosses]) / (y[crosses + 1] - y[crosses])
        odd ^= bool((east > 0).sum() % 2)
    return odd


def record(sequence: int, via: str, position: str, **more: str) -> str:
    """Return a record of special-use airspace; `more` are limits, name, centre, code, as their columns have them."""
    text = [" "] * 132
    columns = {
        0: "SUSAUR",
        6: more.get("region", "K2"),
        8: more.get("kind", "R"),
        9: more.get("area", "9999"),
        19: "A",
        20: f"{sequence:03d}0{more.get('continues', '0')}",
        26: more.get("code", " "),
        30: via.ljust(2),
        32: position,
        51: more.get("centre", ""),
        81: more.get("limits", ""),
        93: more.get("name", ""),
    }
    for at, value in columns.items():
        text[at : at + len(value)] = value
    return "".join(text)


SQUARE = [
    record(1, "G", "N36000000W115000000", limits="01500AFL180 ", name="R-9999", code="C", continues="1"),
    record(1, "", "", continues="2"),
    record(2, "G", "N36000000W114000000"),
    record(3, "H", "N37000000W114000000"),
    record(4, "HE", "N37000000W115000000"),
]


def written(folder: Path, text: str | bytes, name: str = "airspace.txt") -> Path:
    """Return a file that holds text."""
    path = folder / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def test_a_square_of_records_is_read(tmp_path: Path) -> None:
    (found,) = read_airspaces(written(tmp_path, "\n".join(["HDR01FAACIFP18", *SQUARE])))
    assert (found.id, found.name, found.state, found.kind) == ("K2:R9999:A", "R-9999", "USA", "restricted")
    assert (found.active, found.schedule) == ("always", "")
    assert found.floor == Level(metres=457.2, datum=Datum.GROUND)
    assert found.ceiling == Level(metres=5486.4, datum=Datum.PRESSURE)
    (ring,) = found.rings
    # The southern edge is a geodesic and bows north by L^2 tan(latitude) / 8R; the northern one is a parallel.
    southern = ring[np.abs(ring[:, 0] + 114.5).argsort()][:2]
    bow = (southern[:, 1].min() - 36.0) * 110_950
    length = GLOBE.inv(-115, 36, -114, 36)[2]
    assert bow == pytest.approx(length**2 * math.tan(math.radians(36)) / 8 / 6.386e6, abs=2.0)
    assert ring[:, 1].max() == 37.0


def test_a_circle_and_two_arcs_are_read(tmp_path: Path) -> None:
    lines = [
        record(1, "CE", "", centre="N37000000W1150000000030", limits="GND  AUNLTDM", area="1"),
        record(1, "R", "N37030000W115000000", centre="N37000000W1150000000030", limits="05000MFL300 ", area="2"),
        record(2, "RE", "N36570000W115000000", centre="N36570000W1144600000030", area="2"),
    ]
    circle, half = read_airspaces(written(tmp_path, "\n".join(lines)))
    assert circle.ceiling.metres == math.inf
    area = abs(GLOBE.polygon_area_perimeter(*circle.rings[0].T)[0])
    assert area == pytest.approx(math.pi * 5556**2, rel=1e-3)
    assert holds(half, -114.95, 37.0)
    assert holds(half, -115.005, 37.0)
    assert not holds(half, -115.02, 37.0)


def test_times_of_continuation_records_are_the_schedule(tmp_path: Path) -> None:
    continued = list(record(1, "", "", continues="2"))
    continued[26] = "N"
    continued[29:49] = "1070051730SPECIAL   "
    first = SQUARE[0][:26] + " " + SQUARE[0][27:]
    (found,) = read_airspaces(written(tmp_path, "\n".join([first, "".join(continued), *SQUARE[2:]])))
    assert (found.active, found.schedule) == ("by schedule", "Mon 0700 to Fri 1730; SPECIAL")


@pytest.mark.parametrize(
    ("line", "column", "value", "says"),
    [
        (0, 32, "N36600000", "columns 33-51: 'N36600000W115000000' is no position"),
        (0, 41, "W181000000", "is no position"),
        (2, 30, "A", "column 31: the outline goes on by 'A'"),
        (2, 31, "E", "column 32: the outline ends before this area does"),
        (4, 31, " ", "column 32: the outline does not end here"),
        (3, 20, "0010", "columns 21-24: the sequence number '0010' is not more"),
        (0, 8, "X", "column 9: 'X' is no type"),
        (0, 81, "12X", "columns 82-87: '12X00A' is no height"),
    ],
)
def test_a_bad_record_is_named(tmp_path: Path, line: int, column: int, value: str, says: str) -> None:
    lines = list(SQUARE)
    lines[line] = lines[line][:column] + value + lines[line][column + len(value) :]
    with pytest.raises(FormatError) as told:
        read_airspaces(written(tmp_path, "\n".join(lines)))
    assert says in str(told.value)
    assert told.value.line == line + 1


#: What the FAA publishes at places anybody knows (AIRAC 2607; Order JO 7400.10 has the same areas).
PLACES = {
    "the White House": (-77.0365, 38.8977, "prohibited", {"P-56"}),
    "the Naval Observatory": (-77.0665, 38.9217, "prohibited", {"P-56"}),
    "Mount Vernon": (-77.086, 38.708, "prohibited", {"P-73"}),
    "Camp David": (-77.465, 39.648, "prohibited", {"P-40"}),
    "Pantex": (-101.56, 35.32, "prohibited", {"P-47"}),
    "Groom Lake": (-115.811, 37.235, "restricted", {"R-4808N"}),
    "Edwards, in the R-2508 complex": (-117.88, 34.9, "restricted", {"R-2508", "R-2515"}),
    "off San Diego": (-118.5, 32.3, "warning", {"W-291E"}),
    "Denver": (-104.99, 39.74, "prohibited", set()),
}


@pytest.fixture(scope="module")
def faa() -> tuple[Airspace, ...]:
    path = SHARED / "airspace" / "faa_cifp_UR_UC_records.txt.gz"
    if not path.exists():
        pytest.skip("the FAA's records are not beside the checkout")
    return read_airspaces(path)


@pytest.mark.shared
@pytest.mark.parametrize("place", PLACES)
def test_known_places_are_in_their_areas(faa: tuple[Airspace, ...], place: str) -> None:
    longitude, latitude, kind, expected = PLACES[place]
    assert {one.name for one in faa if one.kind == kind and holds(one, longitude, latitude)} == expected


@pytest.mark.shared
def test_every_area_of_the_faa_is_read(faa: tuple[Airspace, ...]) -> None:
    path = SHARED / "airspace" / "faa_cifp_UR_UC_records.txt.gz"
    lines = [line for line in gzip.decompress(path.read_bytes()).decode().splitlines() if line[4:6] == "UR"]
    # Outlines that end are as many as areas: both are counted apart from the reader.
    assert len(lines) == 29_994
    assert len(faa) == len({one.id for one in faa}) == sum(line[31] == "E" for line in lines) == 1583
    # The FAA's readme: limits of GND and 00000A are those of a part that is left out.
    excluded = sum(line[81:93] == "GND  A00000A" for line in lines)
    assert sum(one.kind == "excluded" for one in faa) == excluded == 16
    assert {one.active for one in faa} == {"always", "by schedule"}
    for airspace in faa:
        (ring,) = airspace.rings
        assert (ring[0] == ring[-1]).all()
        assert np.isfinite(ring).all()
        assert airspace.floor.metres <= airspace.ceiling.metres or airspace.floor.datum != airspace.ceiling.datum


OPENAIR = """* a comment
AC R
AN LO R-12 "TEST"
AY R
AI ab-12
AL 1500ft AGL
AH FL100
AF 123.450
V X=39:06:36 N 119:42:00 W
DC 5   * nautical miles
AC D
AN CTR
AL SFC
AH 3500ft AMSL
AA NONE
DP 39:00.5 N 119:30.0 W
DP 39:00:30N 119:00:00W
V D=-
V X=39:30:00 N 119:15:00 W
DB 39:20:00 N 119:00:00 W, 39:20:00 N 119:30:00 W
AC Q
AN CTR
AA 2026-07-09T08:00Z/2026-07-09T10:00Z
AL 300m
AH UNL
AY PROHIBITED
V X=40:00:00 N 119:15:00 W
DA 10,0,90
DP 40:00:00.000 N 119:15:00 W
DP 40:10:00 N 119:15:00 W
"""


def test_openair_is_read(tmp_path: Path) -> None:
    path = written(tmp_path, OPENAIR)
    circle, control, danger = read_airspaces(path)
    assert (circle.id, circle.name, circle.kind, circle.state) == ("ab-12", 'LO R-12 "TEST"', "restricted", "")
    assert (circle.floor, circle.ceiling) == (
        Level(metres=457.2, datum=Datum.GROUND),
        Level(metres=3048.0, datum=Datum.PRESSURE),
    )
    area = abs(GLOBE.polygon_area_perimeter(*circle.rings[0].T)[0])
    assert area == pytest.approx(math.pi * 9260**2, rel=1e-3)
    assert (control.id, control.kind, control.active) == ("CTR", "class D", "by notice")
    assert control.floor == Level(metres=0.0, datum=Datum.GROUND)
    # The arc goes from east to west against the clock, that is round by the north.
    assert holds(control, -119.25, 39.7)
    assert (danger.id, danger.kind, danger.active) == ("CTR #2", "prohibited", "by schedule")
    assert danger.floor == Level(metres=300.0, datum=Datum.SEA)
    assert danger.ceiling.metres == math.inf
    area = abs(GLOBE.polygon_area_perimeter(*danger.rings[0].T)[0])
    assert area == pytest.approx(math.pi * 18520**2 * 0.25, rel=2e-3)
    assert openair.read(open_file(path), "AUT")[0].state == "AUT"


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("DP 39:00.5 N 119:30.0 W", "DP 39:61.5 N 119:30.0 W", ":16: record DP: '39:61.5 N 119:30.0 W' is no position"),
        ("AH FL100", "AH about 100", ":7: record AH: 'about 100' is no height"),
        ("DC 5 ", "DC five", ":10: record DC: 'five' is not 1 numbers"),
        ("DC 5 ", "DC 0", ":10: record DC: 0 is no radius"),
        ("V D=-", "V D=left", ":18: record V: 'D=left' is not known"),
        ("AC D", "AD D", ":11: record AD: this record is not known"),
        ("V X=39:06:36 N 119:42:00 W\nDC", "DC", ":9: record DC: there is no centre"),
        ("AL SFC\n", "", ":11: this area has no floor (AL)"),
        ("AC R\n", "", ":2: record AN: this belongs to no area"),
        ("AF 123.450", "call us", "'call us' is no record"),
    ],
)
def test_bad_openair_is_named(tmp_path: Path, old: str, new: str, says: str) -> None:
    with pytest.raises(FormatError) as told:
        read_airspaces(written(tmp_path, OPENAIR.replace(old, new, 1)))
    assert says in str(told.value)


FENCE = {
    "type": "FeatureCollection",
    "features": [
        {
            "type": "Feature",
            "properties": {"id": 7, "state": "USA", "kind": "restricted", "floor_m": 100, "datum": "mean sea level"},
            "geometry": {
                "type": "Polygon",
                "coordinates": [
                    [[0, 0], [4, 0], [4, 4], [0, 4], [0, 0]],
                    [[1, 1], [1, 2], [2, 2], [2, 1], [1, 1]],
                ],
            },
        },
        {"type": "Feature", "properties": None, "geometry": None},
        {
            "type": "Feature",
            "properties": {"name": "over 180"},
            "geometry": {"type": "Polygon", "coordinates": [[[179, 0], [181, 0, 5], [181, 1], [179, 0]]]},
        },
    ],
}


def test_a_fence_is_read_with_its_hole(tmp_path: Path) -> None:
    first, second = read_airspaces(written(tmp_path, json.dumps(FENCE), "fence.geojson"))
    assert (first.id, first.state, first.kind, first.active) == ("7", "USA", "restricted", "always")
    assert first.floor == Level(metres=100.0, datum=Datum.SEA)
    assert first.ceiling == Level(metres=math.inf, datum=Datum.SEA)
    assert holds(first, 3, 3)
    assert not holds(first, 1.5, 1.5)
    assert (second.id, second.kind) == ("over 180", "geofence")
    assert second.floor.metres == -math.inf
    assert second.rings[0][:, 0].max() == 181.0
    (bare,) = read_airspaces(written(tmp_path, json.dumps(FENCE["features"][0]["geometry"]), "bare.json"))
    assert bare.id == "feature 1"


def test_the_fences_of_a_plan_are_read(tmp_path: Path) -> None:
    fence = {
        "polygons": [{"inclusion": True, "polygon": [[38.75, -77.50], [38.76, -77.50], [38.76, -77.49]], "version": 1}],
        "circles": [{"inclusion": False, "circle": {"center": [38.755, -77.498], "radius": 50.0}, "version": 1}],
        "version": 2,
    }
    keep, avoid = read_airspaces(written(tmp_path, json.dumps({"fileType": "Plan", "geoFence": fence}), "a.plan"))
    assert (keep.id, keep.kind, avoid.id, avoid.kind) == (
        "geofence polygon 1",
        "geofence",
        "geofence circle 1",
        "exclusion geofence",
    )
    assert keep.rings[0][0].tolist() == [-77.50, 38.75]
    assert abs(GLOBE.polygon_area_perimeter(*avoid.rings[0].T)[0]) == pytest.approx(math.pi * 2500, rel=0.02)


@pytest.mark.shared
def test_a_plan_of_qgroundcontrol_is_read() -> None:
    path = SHARED / "plans" / "qgc_geofence_example.plan"
    if not path.exists():
        pytest.skip("the plan is not beside the checkout")
    (fence,) = read_airspaces(path)
    assert holds(fence, -77.4971, 38.75075)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('{"type": "Feature"', "this is not JSON"),
        ("[1, 2]", "this is no JSON object"),
        ('{"type": "Point", "coordinates": [0, 0]}', "there is no fence in it"),
        ('{"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1]]]}', "feature 1: a ring is not closed"),
        ('{"type": "Polygon", "coordinates": [[[0, 0], [0, 95], [1, 1], [0, 0]]]}', "[0, 95] is not on the globe"),
        ('{"type": "Polygon", "coordinates": [[[0, NaN], [0, 5], [1, 1], [0, 0]]]}', "is no position"),
        ('{"type": "Polygon", "coordinates": [[[179, 0], [-179, 0], [-179, 1], [179, 0]]]}', "more than half round"),
        ('{"type": "Polygon", "coordinates": 5}', "feature 1: a list is missing"),
        ('{"geoFence": {"circles": [{"circle": {"center": [1, 2], "radius": -1}}]}}', "circle 1: -1 is no radius"),
        ('{"geoFence": {"polygons": [{"polygon": [[1, 2], [3, 4]]}]}}', "polygon 1: the outline has fewer than three"),
        ("longitude,latitude\n1,2\n", "no airspace is recognised in it"),
        ("", "no airspace is recognised in it"),
        ("HDR01FAACIFP18\n", "there is no special-use airspace in it"),
    ],
)
def test_what_is_no_airspace_is_told_in_words(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(FormatError) as told:
        read_airspaces(written(tmp_path, text))
    assert says in str(told.value)
    assert "\n" not in str(told.value)


WHOLE = ["\n".join(SQUARE), OPENAIR, json.dumps(FENCE)]


@settings(max_examples=400)
@given(st.sampled_from(WHOLE), st.data())
def test_damage_never_ends_in_a_traceback(
    tmp_path_factory: pytest.TempPathFactory, text: str, data: st.DataObject
) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(len(text), start + 40)))
    damage = data.draw(
        st.binary(max_size=6) | st.sampled_from([b"9999", b"\n", b'"', b"null", b"-", b"1e999", b"[[]]"])
    )
    folder = tmp_path_factory.mktemp("damaged")
    path = written(folder, text[:start].encode() + damage + text[end:].encode())
    try:
        found = read_airspaces(path)
    except FormatError as told:
        assert "\n" not in str(told)  # noqa: PT017 - whether it is raised is not the question
    else:
        assert all(np.isfinite(ring).all() for one in found for ring in one.rings)


@settings(max_examples=300)
@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.integers() | st.sampled_from(["Polygon", "Feature", "type"]),
        lambda inner: (
            st.lists(inner, max_size=4)
            | st.dictionaries(
                st.sampled_from(
                    [
                        *("type", "coordinates", "geometry", "geometries", "features", "properties", "geoFence"),
                        *("polygons", "circles", "polygon", "circle", "center", "radius", "floor_m", "datum", "id"),
                    ]
                ),
                inner
                | st.sampled_from(["Polygon", "MultiPolygon", "Feature", "FeatureCollection", "GeometryCollection"]),
            )
        ),
        max_leaves=25,
    )
)
def test_no_json_ends_in_a_traceback(tmp_path_factory: pytest.TempPathFactory, document: object) -> None:
    path = written(tmp_path_factory.mktemp("json"), json.dumps(document), "fence.json")
    try:
        read_airspaces(path)
    except FormatError as told:
        assert "\n" not in str(told)  # noqa: PT017 - whether it is raised is not the question
