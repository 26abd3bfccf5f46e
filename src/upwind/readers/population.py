"""Who lives where: census areas as GeoJSON polygons, or persons a cell as GeoTIFF (WorldPop, GHSL)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from upwind.arrays import FloatArray
from upwind.readers.areas import rings_of
from upwind.readers.files import File, open_file
from upwind.readers.keys import parsed
from upwind.readers.loading import load
from upwind.records import PopulatedArea
from upwind.records.mapped import Raster

__all__ = ["PERSON_KEYS", "read_population"]

#: Properties that hold an area's number of persons, capitals apart: plain, of INEGI, of the US Census, of WorldPop.
PERSON_KEYS = (
    "population",
    "persons",
    "pop",
    "pobtot",
    "pob",
    "pob_total",
    "population_total",
    "p0010001",
    "pop_total",
)
_REMEDY = f"give each Feature its number of persons as one of the properties {', '.join(PERSON_KEYS)}"
#: Loaded when a file asks for it.
_GEOTIFF = "upwind.readers.geotiff"
_TIFF = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")

#: West, south, east, north. [deg]
Box = tuple[float, float, float, float]


def read_population(path: Path, box: Box) -> tuple[PopulatedArea, ...]:
    """Return the areas with people that touch a box.

    Parameters
    ----------
    path
        GeoJSON whose polygons carry a number of persons, or a GeoTIFF of persons a cell; a cell becomes an area.
    box
        West, south, east, north; areas beyond it are left out. [deg]

    Raises
    ------
    FormatError
        It is neither, an area lacks its number of persons, or the number is negative or none at all.
    """
    file = open_file(path, binary=True)
    if file.head.startswith(_TIFF):
        return tuple(_cells(path, file, box))
    return tuple(area for area in _areas(open_file(path)) if _touches(area, box))


def _areas(file: File) -> Iterator[PopulatedArea]:
    document = parsed(file, "GeoJSON")
    features = document.get("features")
    if document.get("type") != "FeatureCollection" or not isinstance(features, list):
        raise file.fault(0, "", "this is no GeoJSON FeatureCollection", _REMEDY)
    for number, feature in enumerate(features, start=1):
        place = f"feature {number}"
        if not isinstance(feature, dict) or not isinstance(feature.get("geometry"), dict):
            raise file.fault(0, place, "it has no geometry", "give a Polygon or MultiPolygon")
        yield PopulatedArea(
            id=str(feature.get("id", number)),
            persons=_persons(file, place, feature.get("properties")),
            polygons=tuple(tuple(rings) for rings in rings_of(file, place, feature["geometry"])),
        )


def _persons(file: File, place: str, properties: object) -> float:
    """Return an area's number of persons."""
    said: dict[str, Any] = properties if isinstance(properties, dict) else {}
    by_name = {name.casefold(): value for name, value in said.items()}
    key = next((key for key in PERSON_KEYS if key in by_name), None)
    if key is None:
        raise file.fault(0, place, "it does not say how many persons live there", _REMEDY)
    value = by_name[key]
    if not isinstance(value, (int, float)) or isinstance(value, bool) or not 0.0 <= value < np.inf:
        raise file.fault(0, f'{place}: property "{key}"', f"{value!r} is no number of persons", "give 0 or more")
    return float(value)


def _cells(path: Path, file: File, box: Box) -> Iterator[PopulatedArea]:
    raster: Raster = load(_GEOTIFF).read_raster(path)
    grid, persons = raster.grid, raster.bands[0]
    if np.nanmin(persons, initial=0.0) < 0.0:
        fault = f"{np.nanmin(persons):g} persons live in a cell"
        raise file.fault(0, "band 1", fault, "say in the file which value means that nothing is known (nodata)")
    longitude = grid.west + grid.step_longitude * np.arange(grid.columns + 1)
    latitude = grid.north - grid.step_latitude * np.arange(grid.rows + 1)
    columns = np.flatnonzero((longitude[1:] > box[0]) & (longitude[:-1] < box[2]))
    for row in np.flatnonzero((latitude[:-1] > box[1]) & (latitude[1:] < box[3])):
        for column in columns[np.nan_to_num(persons[row, columns]) > 0.0]:
            west, east = longitude[column], longitude[column + 1]
            north, south = latitude[row], latitude[row + 1]
            ring = np.array([[west, south], [east, south], [east, north], [west, north], [west, south]])
            value = float(persons[row, column])
            yield PopulatedArea(id=f"cell {row}, {column}", persons=value, polygons=((ring,),))


def _touches(area: PopulatedArea, box: Box) -> bool:
    corners: FloatArray = np.concatenate([rings[0] for rings in area.polygons])
    low, high = corners.min(axis=0), corners.max(axis=0)
    return bool(low[0] <= box[2] and high[0] >= box[0] and low[1] <= box[3] and high[1] >= box[1])
