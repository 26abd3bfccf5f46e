"""OpenStreetMap extracts (`.osm.pbf`), read by pyosmium."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import osmium

from upwind.readers.files import File, shown
from upwind.readers.places.middle import middle
from upwind.records import Place

__all__ = ["KEPT", "read"]

#: What has none of these tags is no place: roads, rivers, borders, trees.
KEPT = (
    "aeroway", "amenity", "building", "craft", "emergency", "healthcare", "industrial", "landuse", "leisure",
    "man_made", "military", "office", "power", "shop", "tourism",
)  # fmt: skip

_MADE = osmium.geom.GeoJSONFactory()


def read(file: File) -> tuple[Place, ...]:
    """Return what has a tag of `KEPT`, ordered as the file is: nodes, ways, relations.

    A way or relation that does not close in the extract is a point in the middle of what is there of it; a relation
    of which nothing is there is left out. A tag `rate` is left out, too: on that map it has no meaning of ours.

    Raises
    ------
    FormatError
        The file is damaged.
    """
    found: dict[tuple[int, int], Place] = {}
    wanted = osmium.filter.KeyFilter(*KEPT)
    source = osmium.io.FileBuffer(file.content, "pbf")
    try:
        for item in osmium.FileProcessor(source).with_areas(wanted).with_filter(wanted):
            place = _place(item)
            if place is not None:
                found[_key(place.id)] = place
    except (RuntimeError, ValueError) as error:
        raise file.fault(0, "", f"this extract is damaged ({shown(str(error), 80)})", "fetch or cut it again") from None
    return tuple(found[key] for key in sorted(found))


def _key(identity: str) -> tuple[int, int]:
    """Return what orders places as extracts are ordered."""
    kind, _, number = identity.partition("/")
    return ("node", "way", "relation").index(kind), int(number)


def _place(item: Any) -> Place | None:  # noqa: ANN401 (an object of osmium, of five kinds)
    """Return what one object is, None where it has no position."""
    tags = {tag.k: tag.v for tag in item.tags if tag.k != "rate"}
    if item.is_node():
        at, outline = (item.location.lon, item.location.lat), None
        return _made(f"node/{item.id}", at, outline, tags)
    if item.is_area():
        kind = "way" if item.from_way() else "relation"
        shape = _shape(item)
        return None if shape is None else _made(f"{kind}/{item.orig_id()}", middle(shape), shape, tags)
    if item.is_way():
        there = [(node.lon, node.lat) for node in item.nodes if node.location.valid()]
        if not there:
            return None
        east, north = (sum(each) / len(there) for each in zip(*there, strict=True))
        return _made(f"way/{item.id}", (east, north), None, tags)
    return None


def _shape(area: Any) -> Mapping[str, Any] | None:  # noqa: ANN401
    """Return the outline of an area, None where its rings could not be put together."""
    if area.num_rings()[0] == 0:
        return None
    shape: dict[str, Any] = json.loads(_MADE.create_multipolygon(area))
    if len(shape["coordinates"]) == 1:
        return {"type": "Polygon", "coordinates": shape["coordinates"][0]}
    return shape


def _made(identity: str, at: tuple[float, float], outline: Mapping[str, Any] | None, tags: Mapping[str, str]) -> Place:
    return Place(id=identity, name=tags.get("name", ""), longitude=at[0], latitude=at[1], outline=outline, tags=tags)
