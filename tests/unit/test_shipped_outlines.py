"""The outlines that upwind brings along: packing loses nothing, and what they say holds on known places."""

from __future__ import annotations

import json
import lzma
import tarfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from upwind.flights.borders.packed import pack, unpack
from upwind.flights.borders.polygons import Polygons
from upwind.flights.borders.shipped import land, states

SHARED = Path(__file__).parents[2].parent / "shared" / "data" / "flight" / "bounds"

#: Places anybody can look up, and whose they are.
PLACES = {
    "Eiffel Tower": (2.2945, 48.8584, {"FRA"}, True),
    "Mexico City": (-99.1332, 19.4326, {"MEX"}, True),
    "Vatican": (12.4534, 41.9033, {"VAT"}, True),
    "Maseru": (27.4869, -29.3142, {"LSO"}, True),
    "Baarle-Hertog": (4.9297, 51.4383, {"BEL"}, True),
    "six miles off Coronado": (-117.3, 32.63, {"USA"}, False),
    "Taveuni, past 180 degrees": (-179.97, -16.85, {"FJI"}, True),
    "Lake Superior": (-87.5, 47.6, {"USA"}, True),
    "Manitoulin, an island in a lake": (-82.2, 45.75, {"CAN"}, True),
    "the Atlantic": (-40.0, 30.0, set(), False),
}


def rings_of(vertices: list[list[tuple[int, int]]], area: list[int]) -> Polygons:
    """Return polygons of rings given in hundredths of a degree."""
    flat = np.array([vertex for ring in vertices for vertex in ring], dtype=float).reshape(-1, 2) / 100
    return Polygons(
        names=tuple("ABC"),
        area=np.array(area, dtype=np.int32),
        start=np.cumsum([0, *map(len, vertices)], dtype=np.int64),
        longitude=flat[:, 0],
        latitude=flat[:, 1],
    )


def is_same(one: Polygons, other: Polygons) -> bool:
    """Return whether two outlines are the same to the last bit."""
    columns = ("area", "start", "longitude", "latitude")
    return one.names == other.names and all(
        np.array_equal(getattr(one, column), getattr(other, column)) for column in columns
    )


def holders(polygons: Polygons, longitude: float, latitude: float) -> set[str]:
    """Return the areas that hold a point, edge by edge."""
    following = np.arange(len(polygons.longitude)) + 1
    following[polygons.start[1:] - 1] = polygons.start[:-1]
    x, y = polygons.longitude - longitude, polygons.latitude - latitude
    crosses = np.flatnonzero((y > 0) != (y[following] > 0))
    to = following[crosses]
    east = x[crosses] - y[crosses] * (x[to] - x[crosses]) / (y[to] - y[crosses]) > 0
    ring = np.searchsorted(polygons.start, crosses[east], side="right") - 1
    odd = np.bincount(polygons.area[ring], minlength=len(polygons.names)) % 2 == 1
    return {polygons.names[area] for area in np.flatnonzero(odd)}


def test_a_line_that_two_areas_share_is_written_once() -> None:
    line = [(x, x * x % 97) for x in range(200)]
    west, east = [*line, (0, 500)], [*reversed(line), (300, -500)]
    shared = rings_of([west, east], [0, 1])
    content = pack(shared, 2)
    assert is_same(unpack(content), shared)
    head = json.loads(lzma.decompress(content).partition(b"\n")[0])
    assert head["vertices"] < 210
    assert head["parts"] < 6


# A grid of few places makes rings that share lines, run back on themselves, and touch.
places = st.tuples(st.integers(-3, 3), st.sampled_from([-18000, -1, 0, 1, 9000]))
rings = st.lists(st.lists(places, min_size=1, max_size=9), min_size=1, max_size=6)


@given(rings, st.data())
def test_any_polygons_come_back_to_the_last_bit(vertices: list[list[tuple[int, int]]], data: st.DataObject) -> None:
    area = data.draw(st.lists(st.integers(0, 2), min_size=len(vertices), max_size=len(vertices)))
    made = rings_of(vertices, area)
    assert is_same(unpack(pack(made, 2)), made)


def test_what_would_be_rounded_is_refused() -> None:
    with pytest.raises(ValueError, match="more than 1 decimals"):
        pack(rings_of([[(1, 2), (3, 4), (5, 6)]], [0]), 1)


@pytest.fixture(scope="module")
def borders() -> Polygons:
    return states()


@pytest.fixture(scope="module")
def coast() -> Polygons:
    return land()


@pytest.mark.parametrize("place", PLACES)
def test_known_places_are_in_their_states(borders: Polygons, coast: Polygons, place: str) -> None:
    longitude, latitude, expected, is_land = PLACES[place]
    assert holders(borders, longitude, latitude) == expected
    assert bool(holders(coast, longitude, latitude)) == is_land


def test_there_are_249_states_and_every_vertex_is_on_the_globe(borders: Polygons) -> None:
    assert len(set(borders.names)) == 249
    assert (len(borders.area), len(borders.longitude)) == (1710, 2_051_572)
    assert np.abs(borders.longitude).max() == 180.0
    assert borders.latitude.min() == -85.0511287
    assert np.diff(borders.start).min() >= 3
    assert np.unique(borders.area).size == 249


def test_the_land_of_the_earth_is_as_large_as_known(coast: Polygons) -> None:
    # 148.94 million km2 (CIA World Factbook), of which the ice south of 85.05 degrees S, left out here, is 0.96.
    following = np.arange(len(coast.longitude)) + 1
    following[coast.start[1:] - 1] = coast.start[:-1]
    step = np.radians(coast.longitude[following] - coast.longitude)
    height = (np.sin(np.radians(coast.latitude[following])) + np.sin(np.radians(coast.latitude))) / 2
    ring = np.add.reduceat(step * height, coast.start[:-1])
    assert np.abs(ring).sum() * 6371.0072**2 / 1e6 == pytest.approx(148.94 - 0.96, rel=0.015)


def source_rings(geometry: dict) -> Iterator[list]:
    """Yield the rings of a geometry of the source, straight from its GeoJSON."""
    for part in geometry["geometries"]:
        polygons = part["coordinates"] if part["type"] == "MultiPolygon" else [part["coordinates"]]
        for polygon in polygons:
            yield from polygon


@pytest.mark.shared
@pytest.mark.slow
@pytest.mark.skipif(not SHARED.exists(), reason="the package of the source is not beside the checkout")
def test_the_states_are_those_of_the_source_to_the_last_digit(borders: Polygons) -> None:
    with tarfile.open(SHARED / "osm_borders-maritime_10m-1.1.0.tgz") as archive:
        stream = archive.extractfile("package/borders.geo.json")
        assert stream is not None
        features = json.load(stream)["features"]
    assert [feature["properties"]["isoA3"] for feature in features] == list(borders.names)
    ring = 0
    for number, feature in enumerate(features):
        for expected in source_rings(feature["geometry"]):
            at = slice(borders.start[ring], borders.start[ring + 1])
            assert borders.area[ring] == number
            found = np.column_stack([borders.longitude[at], borders.latitude[at]])
            assert np.array_equal(np.vstack([found, found[:1]]), np.array(expected))
            ring += 1
    assert ring == len(borders.area)
