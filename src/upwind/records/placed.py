"""What stands on the ground, as a map tells it: buildings, shops, schools, works."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

__all__ = ["Place"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One thing of a map.

    `id` is the map's own ("way/123"), or minted from file and row where it has none. `tags` are OpenStreetMap's
    ("building": "yes", "shop": "paint", "opening_hours": "Mo-Fr 08:00-18:00"). `longitude`, `latitude` [deg] lie in its
    middle; `outline` is a GeoJSON Polygon or MultiPolygon, None for a point. `name` is "" where none is known.
    """

    id: str
    name: str
    longitude: float
    latitude: float
    outline: Mapping[str, Any] | None
    tags: Mapping[str, str]
