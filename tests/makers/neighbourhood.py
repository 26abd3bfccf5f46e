"""A wind, a lead and a few houses, as small as tests of protection need them."""

from __future__ import annotations

import numpy as np

from upwind.geo import Frame
from upwind.records import Emission, Estimate, Lead, Place, PopulatedArea, Wind

FRAME = Frame(longitude=-30.0, latitude=25.0)


def rate(median: float, factor: float = 2.0) -> Estimate:
    return Estimate(median=median, lower=median / factor, upper=median * factor, level=0.9, units="kg/h")


def lead(*emissions: tuple[str, float | None], radius: float = 0.0) -> Lead:
    return Lead(
        id="lead",
        longitude=FRAME.longitude,
        latitude=FRAME.latitude,
        easting_90=(-radius, radius),
        northing_90=(-radius, radius),
        emissions=tuple(
            Emission(compound=name, rate=None if median is None else rate(median)) for name, median in emissions
        ),
    )


def wind(speed: float = 3.0, wind_from: float = 270.0, rows: int = 24) -> Wind:
    none = np.full(rows, np.nan)
    return Wind(
        time=1.78e9 + 3600.0 * np.arange(rows),
        wind_speed=np.full(rows, speed),
        wind_from=np.full(rows, wind_from),
        wind_height=np.full(rows, 10.0),
        sigma_wind_direction=none,
        friction_velocity=none,
        obukhov_length=np.full(rows, 1e5),
        temperature=none,
        pressure=none,
    )


def ring(east: float, north: float, width: float, height: float) -> np.ndarray:
    x = east + np.array([-1, 1, 1, -1, -1]) * width / 2
    y = north + np.array([-1, -1, 1, 1, -1]) * height / 2
    return np.column_stack(FRAME.to_geographic(x, y))


def house(east: float, north: float, width: float = 10.0, height: float = 10.0, **tags: str) -> Place:
    outline = ring(east, north, width, height)
    longitude, latitude = FRAME.to_geographic(np.array(east), np.array(north))
    return Place(
        id=f"house/{east:g},{north:g}",
        name="",
        longitude=float(longitude),
        latitude=float(latitude),
        outline={"type": "Polygon", "coordinates": [outline.tolist()]},
        tags={"building": "house"} | tags,
    )


def area(persons: float, east: float, north: float, width: float, height: float) -> PopulatedArea:
    return PopulatedArea(id="area", persons=persons, polygons=((ring(east, north, width, height),),))
