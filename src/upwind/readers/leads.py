"""Sources and sites as `upwind` itself writes them, read back: where they are, what they give off and how much."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

from upwind.readers.files import File, open_file
from upwind.readers.keys import nearest, parsed
from upwind.records import Emission, Estimate, Lead

__all__ = ["read_lead"]

_NEEDED = "give sources.geojson or sites.geojson as upwind writes them"


def read_lead(path: Path, name: str | None) -> Lead:
    """Return one Feature of a file of sources or sites.

    Parameters
    ----------
    name
        The Feature's id, or its number from 1; None: the file's only Feature.

    Raises
    ------
    FormatError
        It is no such file, or has no such Feature, or the Feature says no compound.
    """
    file = open_file(path)
    document = parsed(file, "GeoJSON")
    features = document.get("features")
    if not isinstance(features, list) or not features:
        raise file.fault(0, "", "there is no Feature in it", _NEEDED)
    names = [_name_of(feature, number) for number, feature in enumerate(features, start=1)]
    number = _number(file, names, name)
    feature = features[number]
    place = f"feature {names[number]}"
    properties = feature.get("properties") if isinstance(feature, dict) else None
    if not isinstance(properties, dict):
        raise file.fault(0, place, "it has no properties", _NEEDED)
    longitude, latitude = _point(file, place, feature)
    east, north = (_bounds(properties, f"{axis}_90") for axis in ("easting", "northing"))
    radius = properties.get("radius_90_m")
    if isinstance(radius, (int, float)) and "easting_90" not in properties:
        east = north = (-float(radius), float(radius))
    return Lead(
        id=names[number],
        longitude=longitude,
        latitude=latitude,
        easting_90=east,
        northing_90=north,
        emissions=_emissions(file, place, properties),
    )


def _name_of(feature: object, number: int) -> str:
    if not isinstance(feature, dict):
        return str(number)
    properties = feature.get("properties")
    inner = properties.get("id") if isinstance(properties, dict) else None
    return str(feature.get("id") or inner or number)


def _number(file: File, names: list[str], name: str | None) -> int:
    """Return which Feature is meant, from 0."""
    if name is None:
        if len(names) > 1:
            raise file.fault(0, "", f"it holds {len(names)} places", f"say which: --id {names[0]}")
        return 0
    if name in names:
        return names.index(name)
    if name.isdecimal() and 1 <= int(name) <= len(names):
        return int(name) - 1
    raise file.fault(0, "", f"there is no place {name!r} in it", nearest(name, names))


def _point(file: File, place: str, feature: dict[str, Any]) -> tuple[float, float]:
    geometry = feature.get("geometry")
    try:
        longitude, latitude = (float(part) for part in geometry["coordinates"][:2])  # type: ignore[index]
    except (KeyError, TypeError, ValueError):
        raise file.fault(0, place, "it is no Point", _NEEDED) from None
    if not (abs(longitude) <= 180.0 and abs(latitude) <= 90.0):  # noqa: PLR2004 - the globe
        raise file.fault(0, place, f"{longitude:g}, {latitude:g} is not on the globe", "longitude first, in degrees")
    return longitude, latitude


def _bounds(properties: dict[str, Any], key: str) -> tuple[float, float]:
    """Return an interval in metres about the position; none is the position itself."""
    said = properties.get(key)
    if isinstance(said, list) and len(said) == 2 and all(isinstance(each, (int, float)) for each in said):  # noqa: PLR2004
        return float(said[0]), float(said[1])
    return 0.0, 0.0


def _emissions(file: File, place: str, properties: dict[str, Any]) -> tuple[Emission, ...]:
    """Return what a Feature gives off: gases with their rates, then its compounds without one."""
    found: dict[str, Estimate | None] = {}
    gas, rates = properties.get("gas"), properties.get("emission_rates")
    if isinstance(gas, str):
        said = properties.get("emission_rate")
        found[gas] = None if said is None else _rate(file, place, said)
    if isinstance(rates, dict):
        found |= {name: _rate(file, place, said) for name, said in rates.items()}
    compounds = properties.get("compounds")
    for compound in compounds if isinstance(compounds, list) else ():
        found.setdefault(str(compound), None)
    if not found:
        raise file.fault(0, place, 'it says no compound ("gas" or "compounds")', _NEEDED)
    return tuple(Emission(compound=name, rate=rate) for name, rate in found.items())


def _rate(file: File, place: str, said: object) -> Estimate:
    """Return an emission rate."""
    where = f'{place}: property "emission_rate"'
    estimate = said if isinstance(said, dict) else {}
    try:
        lower, median, upper, level = (float(estimate[key]) for key in ("lower", "median", "upper", "level"))
    except (KeyError, TypeError, ValueError):
        raise file.fault(0, where, "it is no estimate", "give median, lower, upper, level, units") from None
    if not (0.0 < lower <= median <= upper < math.inf and 0.0 < level < 1.0 and estimate.get("units") == "kg/h"):
        fault = "it is no rate above 0 in kg/h with its interval"
        raise file.fault(0, where, fault, "give 0 < lower <= median <= upper")
    return Estimate(median=median, lower=lower, upper=upper, level=level, units="kg/h")
