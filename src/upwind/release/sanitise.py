"""The tear-line: what an agreement allows out, and no more; the rest is not there to be denied.

A coarse place is the middle of the cell of a fixed grid that holds it. The grid is fixed on the globe and knows neither
release nor partner, so a hundred releases of one site tell what one tells.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from upwind.records import Agreement

__all__ = ["Outgoing", "cell_of", "outgoing"]

#: Metres a degree of latitude on the sphere of equal area with WGS84; only the cell's size depends on it.
_METRES_A_DEGREE = 111_195.0
#: Rows nearer to the pole than this share one width of cell. [deg]
_POLEWARD = 89.0
#: Where a place would hide behind another name; `location` alone decides the place.
_PLACES = frozenset(
    {"location", "longitude", "latitude", "coordinates", "geometry", "region_90", "region_50", "easting_90",
     "northing_90", "bbox", "cell", "cell_m", "radius_90_m", "geohash", "mgrs"}
)  # fmt: skip
_DECIMALS = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """What of a site may leave: its place, exact or the middle of `cell` (west, south, east, north), and properties."""

    longitude: float
    latitude: float
    cell_m: float | None
    cell: tuple[float, float, float, float] | None
    properties: Mapping[str, Any]


def outgoing(feature: Mapping[str, Any], agreement: Agreement) -> Outgoing:
    """Return what an agreement lets out of a site's Feature.

    Where the data cannot tell what it is, `explanations` is empty and `unexplained` stays: what was assumed before
    looking would be read as what was found.
    """
    longitude, latitude = (float(value) for value in feature["geometry"]["coordinates"][:2])
    properties = feature["properties"]
    exact = agreement.cell_m is None
    named = {name: properties[name] for name in agreement.allow if properties.get(name) is not None}
    if properties.get("abstained"):
        named = {name: [] if name == "explanations" else said for name, said in named.items() if name != "unexplained"}
    allowed = named if exact else _placeless(named)
    if agreement.cell_m is None:
        place = (round(longitude, _DECIMALS), round(latitude, _DECIMALS))
        return Outgoing(longitude=place[0], latitude=place[1], cell_m=None, cell=None, properties=allowed)
    west, south, east, north = cell_of(longitude, latitude, agreement.cell_m)
    return Outgoing(
        longitude=round((west + east) / 2.0, _DECIMALS),
        latitude=round((south + north) / 2.0, _DECIMALS),
        cell_m=agreement.cell_m,
        cell=(west, south, east, north),
        properties=allowed,
    )


def _placeless(value: Any) -> Any:  # noqa: ANN401 - whatever JSON holds
    """Return a value without whatever in it tells a place."""
    if isinstance(value, Mapping):
        return {key: _placeless(inner) for key, inner in value.items() if key not in _PLACES}
    return [_placeless(inner) for inner in value] if isinstance(value, list) else value


def cell_of(longitude: float, latitude: float, side_m: float) -> tuple[float, float, float, float]:
    """Return the cell that holds a place: west, south, east, north. [deg]

    Rows begin at the south pole. A row is cut into a whole number of equal cells that are at least `side_m` wide at its
    poleward edge, but for the last degree about a pole.
    """
    rows = max(math.floor(180.0 * _METRES_A_DEGREE / side_m), 1)
    high = 180.0 / rows
    row = min(math.floor((latitude + 90.0) / high), rows - 1)
    south = -90.0 + row * high
    poleward = min(max(abs(south), abs(south + high)), _POLEWARD)
    around = 360.0 * _METRES_A_DEGREE * math.cos(math.radians(poleward))
    columns = max(math.floor(around / side_m), 1)
    wide = 360.0 / columns
    column = min(math.floor(((longitude + 180.0) % 360.0) / wide), columns - 1)
    west = -180.0 + column * wide
    edges = (west, south, west + wide, south + high)
    return tuple(round(edge, _DECIMALS) for edge in edges)  # type: ignore[return-value] # four in, four out
