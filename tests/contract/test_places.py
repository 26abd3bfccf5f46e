"""Every format of maps, given the same places, reads as the same places; a damaged one is places or one line."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import osmium
import pytest

from upwind.errors import FormatError
from upwind.readers.places import PLACES, PlaceFormat, read_places
from upwind.readers.places.openstreetmap import KEPT

#: Name, longitude, latitude, tags.
PAINTER = ("Pintura Sol", -110.5, 31.25, {"shop": "paint", "opening_hours": "Mo-Fr 08:00-18:00"})
STATION = ("", -110.501, 31.251, {"amenity": "fuel"})
#: A workshop of 0.002 by 0.001 degrees.
RING = [(-110.504, 31.252), (-110.502, 31.252), (-110.502, 31.253), (-110.504, 31.253), (-110.504, 31.252)]
WORKSHOP_TAGS = {"building": "yes", "craft": "car_painter"}


def tagged(name: str, tags: dict[str, str]) -> dict[str, str]:
    return {**tags, "name": name} if name else tags


def openstreetmap(path: Path) -> None:
    with osmium.SimpleWriter(str(path)) as writer:
        for number, (name, longitude, latitude, tags) in enumerate((PAINTER, STATION), start=1):
            node = osmium.osm.mutable.Node(id=number, location=(longitude, latitude), tags=tagged(name, tags))
            writer.add_node(node)
        for number, corner in enumerate(RING[:-1], start=10):
            writer.add_node(osmium.osm.mutable.Node(id=number, location=corner, tags={}))
        writer.add_node(osmium.osm.mutable.Node(id=20, location=(-110.6, 31.0), tags={"natural": "tree"}))
        writer.add_way(osmium.osm.mutable.Way(id=3, nodes=[10, 11, 12, 13, 10], tags=WORKSHOP_TAGS))


def geojson(path: Path) -> None:
    points = [
        {
            "type": "Feature",
            "id": f"node/{number}",
            "properties": {**tagged(name, tags), "height": None},
            "geometry": {"type": "Point", "coordinates": [longitude, latitude]},
        }
        for number, (name, longitude, latitude, tags) in enumerate((PAINTER, STATION), start=1)
    ]
    area = {
        "type": "Feature",
        "properties": {"@id": "way/3", **WORKSHOP_TAGS},
        "geometry": {"type": "Polygon", "coordinates": [RING]},
    }
    road = {"type": "Feature", "properties": {}, "geometry": {"type": "LineString", "coordinates": RING[:2]}}
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [*points, area, road]}), encoding="utf-8")


def table(path: Path) -> None:
    middle = (-110.503, 31.2525)
    lines = ["id,longitude,latitude,name,shop,amenity,building,craft,opening_hours"]
    lines += ["node/1,-110.5,31.25,Pintura Sol,paint,,,,Mo-Fr 08:00-18:00", "node/2,-110.501,31.251,,,fuel,,,"]
    lines += [f"way/3,{middle[0]},{middle[1]},,,,yes,car_painter,"]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


MAKERS: dict[str, tuple[str, Callable[[Path], None]]] = {
    "OpenStreetMap extract": ("town.osm.pbf", openstreetmap),
    "GeoJSON": ("town.geojson", geojson),
    "table of places": ("town.csv", table),
}
every_format = pytest.mark.parametrize("layout", PLACES, ids=lambda layout: layout.name)


def made(folder: Path, layout: PlaceFormat) -> Path:
    name, make = MAKERS[layout.name]
    make(folder / name)
    return folder / name


@every_format
def test_it_reads_the_places_as_made(tmp_path: Path, layout: PlaceFormat) -> None:
    painter, station, workshop = read_places(made(tmp_path, layout))
    assert (painter.id, station.id, workshop.id) == ("node/1", "node/2", "way/3")
    for place, (name, longitude, latitude, tags) in ((painter, PAINTER), (station, STATION)):
        assert place.name == name
        assert (place.longitude, place.latitude) == pytest.approx((longitude, latitude), abs=1e-7)
        assert {key: place.tags[key] for key in tags} == tags
        assert place.outline is None
    assert {key: workshop.tags[key] for key in WORKSHOP_TAGS} == WORKSHOP_TAGS
    assert (workshop.longitude, workshop.latitude) == pytest.approx((-110.503, 31.2525), abs=1e-7)
    if layout.name != "table of places":
        assert workshop.outline is not None
        assert workshop.outline["type"] == "Polygon"
        assert sorted({tuple(corner) for corner in workshop.outline["coordinates"][0]}) == sorted(set(RING))


@every_format
def test_its_name_does_not_matter(tmp_path: Path, layout: PlaceFormat) -> None:
    path = made(tmp_path, layout).rename(tmp_path / "map")
    assert len(read_places(path)) == 3


def said_of(path: Path) -> str:
    """Return the line with which a file is refused, "" where it is a map."""
    try:
        read_places(path)
    except FormatError as error:
        line = str(error)
        assert "\n" not in line
        assert len(line) <= 400
        assert path.name in line
        return line
    return ""


@every_format
def test_whatever_is_done_to_it_is_places_or_one_line(tmp_path: Path, layout: PlaceFormat) -> None:
    path = made(tmp_path, layout)
    content = path.read_bytes()
    draw = np.random.default_rng(20261126)
    said = []
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
        said.append(said_of(path))
    assert any(said)


@every_format
def test_a_file_cut_in_half_is_refused_or_shorter(tmp_path: Path, layout: PlaceFormat) -> None:
    path = made(tmp_path, layout)
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])
    assert said_of(path) or len(read_places(path)) < 3


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("a.csv", "", "the file is empty"),
        ("a.csv", "longitude,latitude,shop\n", "no row below the header"),
        ("a.csv", "lon,latitude,shop\n1,2,paint\n", 'a.csv:1: there is no column "longitude"'),
        ("a.csv", "longitude,latitude\n1,95\n", 'a.csv:2: column "latitude": 95 is not a latitude'),
        ("a.csv", "longitude,latitude\n1,north\n", '"north" is not a number'),
        ("a.csv", "longitude,latitude,rate\n1,2,much\n", 'column "rate": "much" is no rate'),
        ("a.csv", "longitude,latitude,rate\n1,2,5-1\n", '"5-1" is no rate'),
        ("a.csv", "longitude,latitude,shop,shop\n1,2,a,b\n", 'column "shop" stands twice'),
        ("a.geojson", '{"type": "FeatureCollection", "features": []}', "there is no place in it"),
        ("a.geojson", '{"type": "FeatureCollection"}', 'key "features"'),
        ("a.geojson", '{"features": [', "this is not JSON"),
        ("a.geojson", '{"type": "Polygon", "coordinates": []}', "feature 1: this is no Feature"),
        (
            "a.geojson",
            '{"type": "Feature", "properties": {}, "geometry": {"type": "Point", "coordinates": [200, 1]}}',
            "feature 1: 200 is neither",
        ),
        (
            "a.geojson",
            '{"type": "Feature", "properties": {"rate": "x"}, "geometry": {"type": "Point", "coordinates": [2, 1]}}',
            'feature 1: property "rate": "x" is no rate',
        ),
        ("a.osm.pbf", "longitude,latitude\n1,2\n", "the name says OpenStreetMap extract, the content is not"),
    ],
)
def test_a_fault_is_told_in_one_line(tmp_path: Path, name: str, text: str, says: str) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    assert says in said_of(tmp_path / name)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    assert "no.osm.pbf: cannot be read" in said_of(tmp_path / "no.osm.pbf")


@pytest.mark.shared
def test_a_measured_city_is_read_as_another_program_counts_it() -> None:
    path = Path(__file__).parents[3] / "shared" / "data" / "chem" / "samples" / "Helsinki.osm.pbf"
    places = read_places(path)
    counted: dict[str, int] = dict.fromkeys(("node", "way", "relation"), 0)
    for item in osmium.FileProcessor(path):  # without areas, filters and geometry: a count of its own
        if any(key in item.tags for key in KEPT):
            counted["node" if item.is_node() else "way" if item.is_way() else "relation"] += 1
    kinds = [place.id.partition("/")[0] for place in places]
    assert kinds.count("node") == counted["node"]
    assert kinds.count("way") == counted["way"]
    assert 0 < kinds.count("relation") <= counted["relation"]
    east, north = ([getattr(place, axis) for place in places] for axis in ("longitude", "latitude"))
    assert 24.9 < np.median(east) < 25.0
    assert 60.1 < np.median(north) < 60.2
