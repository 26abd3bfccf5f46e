"""Where confirmed sites concentrate: counts in large cells, for prevention and staffing; no place, no small count.

A cell of fewer than `FEWEST` sites is left out, and nothing is given that the cells add up to.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from upwind.outcomes.figures import FEWEST
from upwind.release.sanitise import cell_of

__all__ = ["LEAST_CELL_M", "hotspots"]

#: Smaller cells would tell places. [m]
LEAST_CELL_M = 5_000.0


def hotspots(places: Iterable[tuple[float, float]], cell_m: float) -> dict[str, Any]:
    """Return the cells of a fixed grid that hold enough sites, as GeoJSON, the fullest first.

    Parameters
    ----------
    places
        Longitude and latitude of confirmed sites. [deg]
    cell_m
        Side of a cell. [m]
    """
    counts: defaultdict[tuple[float, float, float, float], int] = defaultdict(int)
    for longitude, latitude in places:
        counts[cell_of(longitude, latitude, cell_m)] += 1
    full = sorted(((count, cell) for cell, count in counts.items() if count >= FEWEST), reverse=True)
    return {
        "type": "FeatureCollection",
        "cell_m": cell_m,
        "suppressed_below": FEWEST,
        "features": [_feature(cell, count) for count, cell in full],
    }


def _feature(cell: tuple[float, float, float, float], count: int) -> dict[str, Any]:
    west, south, east, north = cell
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {
        "type": "Feature",
        "geometry": {"type": "Polygon", "coordinates": [ring]},
        "properties": {"sites": count},
    }
