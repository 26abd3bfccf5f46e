"""A city's exercise as the files of a mission, as text: tracks, wind, map, people, reports, authorisations, truth."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any

import numpy as np

from upwind.exercise.city.emitters import Emitter
from upwind.exercise.city.patrols import MAST_M, Patrol
from upwind.exercise.city.reports import REPORT_COLUMNS, draw_reports
from upwind.exercise.city.streets import Streets
from upwind.exercise.city.trades import zone_hours
from upwind.exercise.city.world import City, CityConditions, Flight, draw_city, fly_over
from upwind.exercise.mission import TRUTH_COLUMNS

__all__ = ["CITY_TRUTH_COLUMNS", "city_files"]

CITY_TRUTH_COLUMNS = (*TRUTH_COLUMNS, "gas", "flight", "kind", "place", "share_of_flight", "peak_signal_to_noise")
#: A source of which no reading holds as much as its noise is left out of the truth of that flight and gas.
LEAST_PEAK = 1.0
MARGIN_M = 25.0
CEILING_M = 40.0
FICTION = "exercise: a fictional city, nobody lives there"


def city_files(seed: int, name: str, conditions: CityConditions | None = None) -> dict[str, str]:
    """Return each file's text by its name: the same seed gives the same bytes."""
    rng = np.random.default_rng(seed)
    city = draw_city(rng, conditions)
    flights = [fly_over(rng, city, patrol) for patrol in city.patrols]
    files = {
        "mission.toml": _mission(city, name),
        "area.geojson": _area(city),
        "places.geojson": _places(city.streets),
        "population.geojson": _population(city.streets),
        "authorisations.toml": _authorisations(city),
        "truth.csv": _truth(city, flights),
    }
    if city.hidden is not None:
        files["reports.csv"] = _table(REPORT_COLUMNS, [said.row(city) for said in draw_reports(rng, city)])
    for flight in flights:
        label = flight.patrol.slot.id.lower()
        files[f"{label}.csv"] = _track(city, flight)
        files[f"wind-{label}.csv"] = _wind(city, flight)
    return files


def _mission(city: City, name: str) -> str:
    reports = 'reports = "reports.csv"\n' if city.hidden is not None else ""
    head = (
        f"# {FICTION}\n"
        f'name = "{name}"\n'
        'area = "area.geojson"\n'
        'truth = "truth.csv"\n'
        f"{reports}"
        'places = "places.geojson"\n'
        'population = "population.geojson"\n'
        'authorisations = "authorisations.toml"\n'
    )
    flights = (
        "\n[[flight]]\n"
        f'id = "{slot.id}"\n'
        f'files = ["{slot.id.lower()}.csv"]\n'
        'platform = "quadcopter"\n'
        'sensor = "PTR-MS"\n'
        f'wind = "wind-{slot.id.lower()}.csv"\n'
        'authority = "exercise: nobody was looked at"\n'
        for slot in city.conditions.slots
    )
    return head + "".join(flights)


def _authorisations(city: City) -> str:
    starts = [_moment(city, patrol, 0.0) for patrol in city.patrols]
    first, last = min(starts) - timedelta(hours=1), max(starts) + timedelta(hours=3)
    return (
        f"# {FICTION}\n"
        "[[authorisation]]\n"
        'id = "USA-EXERCISE-1"\n'
        'state = "USA"\n'
        f"from = {first:%Y-%m-%dT%H:%M:%SZ}\n"
        f"to = {last:%Y-%m-%dT%H:%M:%SZ}\n"
        "floor_m = 0\n"
        f"ceiling_m = {CEILING_M:.0f}\n"
        'platform = "quadcopter"\n'
        'basis = "exercise: no state gave this"\n'
    )


def _moment(city: City, patrol: Patrol, after_s: float) -> datetime:
    """Return when something was, UTC."""
    local = patrol.start + timedelta(seconds=after_s)
    return (local - timedelta(hours=zone_hours(city.streets.frame.longitude))).replace(tzinfo=UTC)


def _track(city: City, flight: Flight) -> str:
    patrol = flight.patrol
    place = city.streets.frame.to_geographic(patrol.easting[::2], patrol.northing[::2])
    heads = ("time", "longitude [deg]", "latitude [deg]", "height [m]")
    gases = tuple(f"{channel.name} [ppb]" for channel in city.conditions.nose.channels)
    times = [f"{_moment(city, patrol, float(second)):%Y-%m-%dT%H:%M:%SZ}" for second in range(place[0].size)]
    columns = [*_texts(place, 7), *_texts([patrol.up[::2]], 1), *_texts(flight.read, 2)]
    return _table((*heads, *gases), zip(times, *columns, strict=True))


def _wind(city: City, flight: Flight) -> str:
    seconds, speed, wind_from = flight.wind
    times = [f"{_moment(city, flight.patrol, float(second)):%Y-%m-%dT%H:%M:%SZ}" for second in seconds]
    heights = [f"{MAST_M:.0f}"] * seconds.size
    heads = ("time", "wind_speed [m/s]", "wind_from [deg]", "wind_height [m]", "temperature [K]", "pressure [Pa]")
    weather = flight.patrol.weather
    air = [f"{weather.temperature_k:.1f}"] * seconds.size, [f"{weather.pressure_pa:.0f}"] * seconds.size
    return _table(heads, zip(times, *_texts([speed], 2), *_texts([wind_from], 1), heights, *air, strict=True))


def _truth(city: City, flights: Sequence[Flight]) -> str:
    """Return who could be smelled on each flight; `rate_kg_h` is the gas's own, while it is let out."""
    names = _names(city.emitters)
    every = product(flights, enumerate(city.emitters), enumerate(city.conditions.nose.channels))
    rows = []
    for flight, (number, emitter), (at, channel) in every:
        peak = flight.peak[number, at]
        if peak < LEAST_PEAK:
            continue
        longitude, latitude = _degrees(city.streets, [(emitter.easting_m, emitter.northing_m)])[0]
        rate = emitter.rate_kg_h * sum(emitter.gas.get(one, 0.0) for one in channel.smells)
        numbers = (f"{longitude:.6f}", f"{latitude:.6f}", f"{emitter.height_m:.2f}", f"{rate:.5f}")
        slot, share = flight.patrol.slot.id, f"{flight.share[number]:.3f}"
        told = (channel.name, slot, emitter.kind, emitter.id, share, f"{peak:.1f}")
        rows.append((f"{slot.lower()}.csv", names[number], *numbers, *told))
    return _table(CITY_TRUTH_COLUMNS, rows)


def _names(emitters: Sequence[Emitter]) -> list[str]:
    """Return what the truth calls each: its kind, and a number where there are several."""
    kinds = [one.kind for one in emitters]
    return [f"{kind} {kinds[: at + 1].count(kind)}" if kinds.count(kind) > 1 else kind for at, kind in enumerate(kinds)]


def _area(city: City) -> str:
    reach = city.streets.reach_m + MARGIN_M
    ring = _degrees(city.streets, [(x * reach, y * reach) for x, y in ((-1, -1), (1, -1), (1, 1), (-1, 1), (-1, -1))])
    return json.dumps(_feature(ring, {"name": "searched area", "note": FICTION})) + "\n"


def _places(streets: Streets) -> str:
    features = []
    for building in streets.buildings:
        middle = building.across_m, building.along_m
        ring = _ring(streets, middle, (building.half_across_m, building.half_along_m))
        kind = next((building.tags[key] for key in ("shop", "craft", "amenity") if key in building.tags), "")
        name = {"name": f"Exercise {kind.replace('_', ' ')}"} if kind else {}
        features.append(_feature(ring, {"id": building.id, **name, **building.tags}))
    return _collection(features)


def _population(streets: Streets) -> str:
    return _collection(
        _feature(
            _ring(streets, (block.across_m, block.along_m), (block.half_across_m, block.half_along_m)),
            {"id": f"block/{number}", "population": block.population},
        )
        for number, block in enumerate(streets.blocks, start=1)
    )


def _ring(streets: Streets, middle: tuple[float, float], half: tuple[float, float]) -> list[list[float]]:
    """Return the closed ring of a rectangle in the turned axes."""
    corners = np.array([(-1.0, -1.0), (1.0, -1.0), (1.0, 1.0), (-1.0, 1.0), (-1.0, -1.0)]) * half + middle
    east, north = streets.place(corners[:, 0], corners[:, 1])
    return _degrees(streets, list(zip(east, north, strict=True)))


def _degrees(streets: Streets, places: Sequence[tuple[float, float]]) -> list[list[float]]:
    """Return longitude and latitude of places in the frame, to a decimetre."""
    east, north = np.array(places, dtype=np.float64).T
    longitude, latitude = streets.frame.to_geographic(east, north)
    return [[round(float(x), 6), round(float(y), 6)] for x, y in zip(longitude, latitude, strict=True)]


def _feature(ring: list[list[float]], properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "Feature",
        "properties": properties,
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }


def _collection(features: Iterable[dict[str, Any]]) -> str:
    """Return the features as a collection, a line each."""
    lines = ",\n".join(json.dumps(feature) for feature in features)
    return f'{{"type": "FeatureCollection", "note": "{FICTION}", "features": [\n{lines}\n]}}\n'


def _texts(columns: Iterable[Any], digits: int) -> list[list[str]]:
    return [[f"{value:.{digits}f}" for value in column] for column in columns]


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a CSV table; names that hold commas are quoted."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(heads)
    writer.writerows(rows)
    return stream.getvalue()
