"""One case answered and judged: a flat row for the ledger."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from validation.cases import Trial

from upwind.exercise.score import NEAR_M, Release, assign, holds
from upwind.geo import Frame
from upwind.invert import Settings, locate
from upwind.invert.smc import Effort
from upwind.render.content import Provenance
from upwind.render.geojson import located_collection

__all__ = ["answered", "judged", "offset", "radius"]

Row = dict[str, Any]


def answered(trial: Trial, seed: int) -> Row:
    """Return what the locator says of a trial, judged by its truth, and what it cost."""
    settings = Settings(gases=(trial.gas,), area=trial.area, seed=seed, effort=Effort(workers=1))
    wall, cpu = time.perf_counter(), time.process_time()
    located = locate(trial.tracks, settings)
    cost = {"cpu_s": round(time.process_time() - cpu, 3), "wall_s": round(time.perf_counter() - wall, 3)}
    document = located_collection(located, Provenance(version="", seed=seed, command="", inputs=()))
    return judged(document, trial.truth) | cost | {"readings": sum(len(track.time) for track in trial.tracks)}


def judged(document: Mapping[str, Any], truth: Sequence[Release]) -> Row:
    """Return how one answer of one gas fits.

    `numbers` pairs each number of sources with its probability; `best` judges the most probable source by the first
    true one, wherever it lies; `matches` judges those found within 30 m of true ones.
    """
    features = document["features"]
    pairs = assign([[math.hypot(*offset(release, feature)) for release in truth] for feature in features])
    best = max(features, key=lambda feature: float(feature["properties"]["probability"]), default=None)
    return {
        "true": len(truth),
        "seen": sum(release.seen for release in truth),
        "status": document["status"][0]["status"],
        "numbers": [[row["n"], row["probability"]] for row in document["number_of_sources"]],
        "reported": len(features),
        "best": _judge(best, truth[0]) if best is not None and truth else None,
        "matches": [_judge(features[found], truth[at]) for found, at in pairs],
        "near_m": NEAR_M,
    }


def offset(release: Release, feature: Mapping[str, Any]) -> tuple[float, float]:
    """Return how far east and north of the found source the true one lies [m]."""
    longitude, latitude = feature["geometry"]["coordinates"][:2]
    frame = Frame(longitude=float(longitude), latitude=float(latitude))
    easting, northing = frame.to_local(np.array([release.longitude]), np.array([release.latitude]))
    return float(easting[0]), float(northing[0])


def _judge(feature: Mapping[str, Any], release: Release) -> Row:
    said = feature["properties"]
    easting, northing = offset(release, feature)
    rate, known = said["emission_rate"], math.isfinite(release.rate_kg_h)
    return {
        "probability": said["probability"],
        "seen": release.seen,
        "error_m": math.hypot(easting, northing),
        "easting_m": -easting,
        "northing_m": -northing,
        "easting_width_m": said["easting_90"][1] - said["easting_90"][0],
        "northing_width_m": said["northing_90"][1] - said["northing_90"][0],
        "rate_ratio": rate["median"] / release.rate_kg_h if rate and known else None,
        "rate_width": rate["upper"] / rate["lower"] if rate and rate["lower"] > 0.0 else None,
        "rate_held": rate["lower"] <= release.rate_kg_h <= rate["upper"] if rate and known else None,
        "easting_held": said["easting_90"][0] <= easting <= said["easting_90"][1],
        "northing_held": said["northing_90"][0] <= northing <= said["northing_90"][1],
        "region_held": holds(said["region_90"], release.longitude, release.latitude),
        "radius_m": radius(said["region_90"]),
    }


def radius(geometry: Mapping[str, Any]) -> float:
    """Return the radius of the circle as large as a GeoJSON Polygon or MultiPolygon [m]."""
    polygons = [geometry["coordinates"]] if geometry["type"] == "Polygon" else geometry["coordinates"]
    if not polygons:
        return 0.0
    longitude, latitude = polygons[0][0][0][:2]
    frame = Frame(longitude=float(longitude), latitude=float(latitude))
    area = sum(_area(polygon[0], frame) - sum(_area(hole, frame) for hole in polygon[1:]) for polygon in polygons)
    return math.sqrt(max(area, 0.0) / math.pi)


def _area(ring: Sequence[Sequence[float]], frame: Frame) -> float:
    """Return what a ring encloses [m2]."""
    places = np.array([point[:2] for point in ring], dtype=float)
    easting, northing = frame.to_local(places[:, 0], places[:, 1])
    corners = list(zip(easting, northing, strict=True))
    return abs(float(sum(a[0] * b[1] - b[0] * a[1] for a, b in pairwise(corners)))) / 2.0
