"""What lies about a site, for its map and the table beside it: regions, zones, tracks, crossings, other sites near."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from itertools import islice
from typing import Any

import numpy as np

from upwind.arrays import IntArray
from upwind.geo import Frame
from upwind.records import Gas, Track
from upwind.render.readings import weather_of
from upwind.review.log import stamp
from upwind.store.cases import view
from upwind.store.clearances import is_seen
from upwind.store.session import Session
from upwind.store.shelf import Shelf
from upwind.store.sites import OF_FLIGHT, evidence_of, places_within
from upwind.web.hazards import hazard_features, hazard_rows
from upwind.web.outside import is_area, is_number, rows_in
from upwind.web.passes import Pass, passes_of, track_of, vicinity

__all__ = ["Ground", "ground_of", "place_of", "stamped"]

#: Readings of a track that are drawn; the strongest of every stretch stays.
_MOST_READINGS = 1_500
#: Other sites are near within this. [m]
_NEAR_M = 5_000.0
_MOST_NEAR = 20
_METRES_A_DEGREE = 111_320.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """The features of a map, and rows of the table that says the same."""

    features: Sequence[Mapping[str, Any]]
    near: Sequence[Mapping[str, Any]]
    tracks: Sequence[Mapping[str, Any]]
    passes: Sequence[Pass]
    winds: Sequence[Mapping[str, Any]]
    hazards: Mapping[str, Any]

    @property
    def peak(self) -> float:
        """The greatest reading of all tracks, at which the colours end."""
        return max((track["peak"] or 0.0 for track in self.tracks), default=0.0)

    def as_json(self) -> dict[str, Any]:
        """Return the map as GeoJSON."""
        return {"type": "FeatureCollection", "features": list(self.features)}


def ground_of(session: Session, shelf: Shelf, person: str, case: str) -> Ground:
    """Return what lies about a case's site, as a person may see it; nothing where the site is forgotten.

    Raises
    ------
    AbsentError
        There is no such case.
    """
    found = view(session, person, case)
    if found.feature is None:
        return Ground(features=(), near=(), tracks=(), passes=(), winds=(), hazards=hazard_rows({}))
    said, place = found.feature["properties"], place_of(found.feature)
    near = list(_near(session, person, case, place))
    evidence = evidence_of(session, case)
    kept = [(name, _drawn(shelf, digest, str(said.get("gas", "")))) for digest, name in evidence]
    tracks = [(name, features) for name, features in kept if features]
    radius = said.get("radius_90_m")
    around = vicinity(place, radius if is_number(radius) else 0.0, str(said.get("gas", "")))
    passes = passes_of(shelf, evidence, around)
    features = [
        *hazard_features(said, place),
        *_regions(said),
        *(each for name, drawn in tracks for each in _named(name, drawn)),
        *(_crossing(one) for one in passes if one.is_crossing),
        *(_point(each, {"role": "near", "name": each["id"]}) for each in near),
        _point({"longitude": place[0], "latitude": place[1]}, {"role": "site", "name": case}),
    ]
    rows = [{"name": name, **drawn[0]["properties"]} for name, drawn in tracks]
    return Ground(
        features=features, near=near, tracks=rows, passes=passes, winds=_winds(said, rows), hazards=hazard_rows(said)
    )


def place_of(feature: Mapping[str, Any]) -> tuple[float, float]:
    """Return longitude and latitude of a Feature that is a Point. [deg]"""
    longitude, latitude = feature["geometry"]["coordinates"][:2]
    return float(longitude), float(latitude)


def _regions(said: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the regions that hold the site with so much probability, as far as its properties have them."""
    for level in (90, 50):
        geometry = said.get(f"region_{level}")
        if is_area(geometry):
            yield {"type": "Feature", "geometry": geometry, "properties": {"role": "region", "level": level}}


def _named(name: str, drawn: Sequence[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    """Yield the features of a track, whose line has its name."""
    line, *readings = drawn
    yield {**line, "properties": {**line["properties"], "name": name}}
    yield from readings


def _crossing(one: Pass) -> dict[str, Any]:
    said = {
        "role": "crossing",
        "t": round(float(one.time[one.at])),
        "name": one.name,
        "value": _short(one.value[one.at]),
    }
    return _point({"longitude": one.longitude, "latitude": one.latitude}, said)


def _winds(said: Mapping[str, Any], tracks: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return the mean wind of each flight: as the run says, or else as its own track measured it."""
    told = [
        {
            "flight": str(wind.get("flight", "")),
            "from": wind["wind_from"],
            "spread": wind["spread"] if is_number(wind.get("spread")) else 0,
            "speed": wind["speed"],
        }
        for wind in rows_in(said.get("winds"))
        if is_number(wind.get("wind_from")) and is_number(wind.get("speed"))
    ]
    known = {wind["flight"] for wind in told}
    own = [{"flight": track["name"].partition(OF_FLIGHT)[0], **track["wind"]} for track in tracks if track["wind"]]
    return [*told, *(wind for wind in own if wind["flight"] not in known)]


def _near(session: Session, person: str, case: str, place: tuple[float, float]) -> Iterator[dict[str, Any]]:
    """Yield other sites within a walk that a person may know of, the nearest first, with distance and bearing."""
    frame = Frame(longitude=place[0], latitude=place[1])
    north = _NEAR_M / _METRES_A_DEGREE
    east = min(north / max(math.cos(math.radians(place[1])), 0.01), 180.0)
    box = (place[0] - east, place[1] - north, place[0] + east, place[1] + north)
    others = [each for each in places_within(session, box) if each[0] != case]
    x, y = frame.to_local(np.array([each[1] for each in others]), np.array([each[2] for each in others]))
    away = np.hypot(x, y)
    seen = (at for at in np.argsort(away, kind="stable") if is_seen(session, person, others[at][0]))
    for at in islice(seen, _MOST_NEAR):
        name, longitude, latitude = others[at]
        bearing = round(math.degrees(math.atan2(x[at], y[at]))) % 360
        yield {"id": name, "longitude": longitude, "latitude": latitude, "m": float(away[at]), "bearing": bearing}


@lru_cache(maxsize=128)
def _drawn(shelf: Shelf, digest: str, gas: str) -> tuple[dict[str, Any], ...]:
    """Return a track's line and readings of a gas, the line first; nothing where the evidence is no track.

    A digest has one content, so what was read once stays true.
    """
    track = track_of(shelf, digest)
    if track is None:
        return ()
    measured = next((one for one in track.gases if one.name == gas), track.gases[0] if track.gases else None)
    if measured is None:
        return ()
    kept = _strongest(measured)
    readings = tuple(_reading(track, measured, int(at), digest[:12]) for at in kept)
    line = [[round(float(track.longitude[at]), 6), round(float(track.latitude[at]), 6)] for at in kept]
    peak = float(np.nanmax(measured.values)) if np.isfinite(measured.values).any() else None
    said = {
        "role": "track",
        "track": digest[:12],
        "from": stamped(track.time[0]),
        "to": stamped(track.time[-1]),
        "from_s": math.floor(track.time[0]),
        "to_s": math.ceil(track.time[-1]),
        "readings": int(track.time.size),
        "gas": measured.name,
        "units": measured.units,
        "peak": peak,
        "wind": _wind(track),
    }
    return ({"type": "Feature", "geometry": {"type": "LineString", "coordinates": line}, "properties": said}, *readings)


def _wind(track: Track) -> dict[str, float] | None:
    """Return the mean wind on a track; None where it was not measured there."""
    weather = weather_of([track], None)
    if weather is None:
        return None
    spread = weather.spread if math.isfinite(weather.spread) else 0.0
    return {"from": round(weather.wind_from) % 360, "spread": round(spread), "speed": round(weather.speed, 1)}


def _strongest(gas: Gas) -> IntArray:
    """Return where the readings to draw stand: of every stretch the strongest, in order."""
    count = gas.values.size
    stretches = np.array_split(np.arange(count), min(count, _MOST_READINGS))
    values = np.nan_to_num(gas.values, nan=-np.inf)
    return np.array([part[np.argmax(values[part])] for part in stretches], dtype=np.int64)


def _reading(track: Track, gas: Gas, at: int, key: str) -> dict[str, Any]:
    said = {"role": "reading", "track": key, "t": round(float(track.time[at])), "value": _short(gas.values[at])}
    return _point({"longitude": float(track.longitude[at]), "latitude": float(track.latitude[at])}, said)


def _short(value: float) -> float | None:
    """Return a reading with four digits; None where there is none."""
    return float(f"{value:.4g}") if math.isfinite(value) else None


def stamped(seconds: float) -> str:
    """Return a time since 1970 as people read it, UTC."""
    return stamp(datetime.fromtimestamp(float(seconds), tz=UTC))[:19].replace("T", " ")


def _point(place: Mapping[str, Any], said: Mapping[str, Any]) -> dict[str, Any]:
    coordinates = [round(place["longitude"], 6), round(place["latitude"], 6)]
    return {"type": "Feature", "geometry": {"type": "Point", "coordinates": coordinates}, "properties": dict(said)}
