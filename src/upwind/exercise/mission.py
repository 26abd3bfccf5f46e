"""An exercise as the files of a mission: track, truth, area and `mission.toml`, as text."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from upwind.arrays import FloatArray
from upwind.exercise.conditions import Kind
from upwind.exercise.scenes import START_S, as_track
from upwind.exercise.survey import Scene

__all__ = ["TRUTH_COLUMNS", "mission_files", "write_mission"]

TRUTH_COLUMNS = ("file", "source", "longitude", "latitude", "height_m", "rate_kg_h")
#: The area reaches so far from the middle, in sides of the box: a turned box's corners lie within.
AREA_REACH = 0.75

_PLATFORM = {
    Kind.DRONE: ("quadcopter", "drone"),
    Kind.SAMPLERS: ("fixed", "samplers"),
    Kind.BEAMS: ("fixed", "open path"),
}


def mission_files(scene: Scene, name: str, track: str) -> dict[str, str]:
    """Return each file's text by its name; `name` is the mission's, `track` the track table's file."""
    return {
        "mission.toml": _mission(scene, name, track),
        track: _track(scene),
        "truth.csv": _truth(scene, track),
        "area.geojson": json.dumps(_area(scene)) + "\n",
    }


def write_mission(scene: Scene, folder: Path, track: str = "track.csv") -> None:
    """Write the mission, named as its folder, which is made if need be."""
    folder.mkdir(parents=True, exist_ok=True)
    for file, text in mission_files(scene, folder.resolve().name, track).items():
        (folder / file).write_text(text, encoding="utf-8", newline="\n")


def _mission(scene: Scene, name: str, track: str) -> str:
    platform, sensor = _PLATFORM[scene.conditions.kind]
    return (
        f'name = "{name}"\n'
        'area = "area.geojson"\n'
        f'gas = ["{scene.conditions.gas.name}"]\n'
        'truth = "truth.csv"\n\n'
        "[[flight]]\n"
        'id = "E1"\n'
        f'files = ["{track}"]\n'
        f'platform = "{platform}"\n'
        f'sensor = "{sensor}"\n'
        'authority = "exercise: nobody was looked at"\n'
    )


def _track(scene: Scene) -> str:
    """Return the track table; a column that nobody observed is absent."""
    readings, track = scene.readings, as_track(scene)
    gas = scene.conditions.gas
    columns: Mapping[str, tuple[FloatArray, int]] = {
        "duration [s]": (track.duration, 0),
        "longitude [deg]": (track.longitude, 7),
        "latitude [deg]": (track.latitude, 7),
        "height [m]": (track.height, 2),
        "end_longitude [deg]": (track.end_longitude, 7),
        "end_latitude [deg]": (track.end_latitude, 7),
        "end_height [m]": (track.end_height, 2),
        f"{gas.name} [{gas.unit}]": (readings.gas, 4),
        "wind_speed [m/s]": (track.wind.wind_speed, 2),
        "wind_from [deg]": (track.wind.wind_from, 1),
        "wind_height [m]": (track.wind.wind_height, 1),
        "sigma_wind_direction [deg]": (track.wind.sigma_wind_direction, 1),
        "temperature [K]": (track.wind.temperature, 1),
        "pressure [Pa]": (track.wind.pressure, 0),
    }
    known = {head: column for head, column in columns.items() if np.isfinite(column[0]).any()}
    texts = [
        [datetime.fromtimestamp(time, UTC).strftime("%Y-%m-%dT%H:%M:%SZ") for time in START_S + readings.time_s],
        [readings.sensors[number] for number in readings.sensor],
        *([f"{value:.{digits}f}" for value in column] for column, digits in known.values()),
    ]
    return _csv(("time", "sensor", *known), zip(*texts, strict=True))


def _truth(scene: Scene, track: str) -> str:
    """Return the truth; the last column tells how far the best reading stands out, in the sensor's noise."""
    rows = []
    for number, (source, peak) in enumerate(zip(scene.sources, scene.peak, strict=True), start=1):
        place = (np.array([source.easting_m]), np.array([source.northing_m]))
        longitude, latitude = scene.frame.to_geographic(*place)
        numbers = (f"{longitude[0]:.7f}", f"{latitude[0]:.7f}", f"{source.height_m:.2f}", f"{source.rate_kg_h:.4f}")
        rows.append((track, f"S{number}", *numbers, f"{peak:.1f}"))
    return _csv((*TRUTH_COLUMNS, "peak_signal_to_noise"), rows)


def _area(scene: Scene) -> dict[str, object]:
    """Return the square about the box as a GeoJSON Feature."""
    reach = AREA_REACH * scene.side_m
    corners = reach * np.array([(-1.0, -1.0), (1.0, -1.0), (1.0, 1.0), (-1.0, 1.0), (-1.0, -1.0)])
    longitude, latitude = scene.frame.to_geographic(corners[:, 0], corners[:, 1])
    ring = [[round(float(x), 6), round(float(y), 6)] for x, y in zip(longitude, latitude, strict=True)]
    return {
        "type": "Feature",
        "properties": {"name": "searched area"},
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }


def _csv(heads: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    return "".join(",".join(row) + "\n" for row in (heads, *rows))
