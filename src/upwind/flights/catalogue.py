"""The catalogue of platforms and sensors, and the same of a person's own TOML file."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from upwind.errors import InputError
from upwind.readers.columns import GAS_UNITS
from upwind.readers.files import File, open_file, shown
from upwind.readers.keys import FLAG, TEXT, Kind, check_keys, items, nearest, number, parsed_toml
from upwind.records import DetectionLimit, Flight, Platform, Sensor

__all__ = ["FIXED", "platform", "platform_of", "platforms", "sensor", "sensor_of", "sensors"]

#: The category of what does not move.
FIXED = "fixed"
#: The category of what can stand in the air.
_HOVERS = "multirotor"
_LIMIT = re.compile(r"(\S.*) \[(.+)\]")
#: Beside concentrations, a column and an emission rate.
_LIMIT_UNITS = (*GAS_UNITS, "ppm m", "kg/h")

_INF = float("inf")
_SPEED = number("a speed from 0 to 1,000 m/s", 0.0, 1000.0)
_PLATFORM_KEYS = {
    "name": TEXT,
    "description": TEXT,
    "category": TEXT,
    "speed_m_s": _SPEED,
    "slowest_m_s": _SPEED,
    "fastest_m_s": _SPEED,
    "climb_m_s": number("a speed above 0, to 1,000 m/s", 0.0, 1000.0, over=True),
    "bank_deg": number("an angle from 0 to 89 degrees", 0.0, 89.0),
    "endurance_h": number("a number of hours above 0", 0.0, _INF, over=True),
    "ceiling_m": number("a height above 0, to 100,000 m", 0.0, 100_000.0, over=True),
    "range_km": number("a distance above 0, to 40,000 km", 0.0, 40_000.0, over=True),
    "separation_m": number("a distance above 0, to 100,000 m", 0.0, 100_000.0, over=True),
    "separation_height_m": number("a height above 0, to 10,000 m", 0.0, 10_000.0, over=True),
    "source": TEXT,
    "verified": FLAG,
    "why_unverified": TEXT,
}
_PLATFORM_NEEDS = ("name", "speed_m_s", "bank_deg", "endurance_h")
_SENSOR_KEYS = {
    "name": TEXT,
    "kind": TEXT,
    "description": TEXT,
    "swath_m": number("a width above 0, to 1,000,000 m", 0.0, 1_000_000.0, over=True),
    "height_m": number("a height above 0, to 100,000 m", 0.0, 100_000.0, over=True),
    "overlap": number("a share from 0 to 0.99", 0.0, 0.99),
    "range_m": number("a distance above 0, to 1,000,000 m", 0.0, 1_000_000.0, over=True),
    "response_s": number("a time from 0 to 86,400 s", 0.0, 86_400.0),
    "detection_limits": Kind(words='a table such as { "methane [ppb]" = 2 }', fits=lambda said: isinstance(said, dict)),
    "source": TEXT,
    "verified": FLAG,
    "why_unverified": TEXT,
}
_SENSOR_NEEDS = ("name", "swath_m", "overlap", "height_m")
_AMOUNT = number("a number above 0", 0.0, 1e12, over=True)


def platform(name: str | Path) -> Platform:
    """Return a platform of the catalogue by its name, whatever its capitals, or that of a TOML file.

    Raises
    ------
    InputError
        The catalogue has no such name and there is no such file.
    FormatError
        The file has an unknown key, lacks a needed one, or holds figures that no aircraft has.

    Examples
    --------
    >>> platform("Quadcopter").fastest_m_s
    23.0
    """
    path = _file_named(name)
    if path is not None:
        file = open_file(path)
        return _platform(file, "", parsed_toml(file, "platforms (docs/how-to/platforms.md)"), _PLATFORM_NEEDS)
    known = platforms()
    return known[_found(str(name), known, "platform")]


def sensor(name: str | Path) -> Sensor:
    """Return a sensor of the catalogue by its name, whatever its capitals, or that of a TOML file.

    Raises
    ------
    InputError
        The catalogue has no such name and there is no such file.
    FormatError
        The file has an unknown key, lacks a needed one, or holds figures that no sensor has.

    Examples
    --------
    >>> sensor("methaneair").detection_limits
    (DetectionLimit(gas='methane', limit=120.0, units='kg/h'),)
    """
    path = _file_named(name)
    if path is not None:
        file = open_file(path)
        table = parsed_toml(file, "sensors (docs/how-to/platforms.md)")
        # What smells has limits in place of a swath.
        return _sensor(file, "", table, ("name",) if "detection_limits" in table else _SENSOR_NEEDS)
    known = sensors()
    return known[_found(str(name), known, "sensor")]


def platform_of(flight: Flight) -> Platform | None:
    """Return the platform that a mission names for a flight; None where its words are its own."""
    if flight.platform_file is not None:
        return platform(flight.platform_file)
    return platforms().get(_plain(flight.platform))


def sensor_of(flight: Flight) -> Sensor | None:
    """Return the sensor that a mission names for a flight; None where its words are its own."""
    if flight.sensor_file is not None:
        return sensor(flight.sensor_file)
    return sensors().get(_plain(flight.sensor))


@cache
def platforms() -> Mapping[str, Platform]:
    """Return the catalogue's platforms by their names in small letters."""
    file = _own("platforms.toml")
    said = items(file, parsed_toml(file, file.name), "platform")
    found = [_platform(file, where, table, (*_PLATFORM_NEEDS, "source")) for where, table in said]
    return {_plain(one.name): one for one in found}


@cache
def sensors() -> Mapping[str, Sensor]:
    """Return the catalogue's sensors by their names in small letters."""
    file = _own("sensors.toml")
    said = items(file, parsed_toml(file, file.name), "sensor")
    found = [_sensor(file, where, table, ("name", "kind", "source")) for where, table in said]
    return {_plain(one.name): one for one in found}


def _own(name: str) -> File:
    """Return a file of the catalogue, which keeps the layout that it asks of others."""
    content = resources.files("upwind.flights").joinpath("data", name).read_bytes()
    return File(shown=name, name=name, sha256="", content=content, growing=False)


def _plain(name: str) -> str:
    return " ".join(name.casefold().split())


def _file_named(name: str | Path) -> Path | None:
    """Return the file that a name means: what is a path, or ends as TOML does."""
    return Path(name) if isinstance(name, Path) or name.casefold().endswith(".toml") else None


def _found(name: str, known: Mapping[str, Platform | Sensor], noun: str) -> str:
    """Return the catalogue's key of a name."""
    if _plain(name) not in known:
        near = nearest(_plain(name), known)
        msg = f"{shown(name)!r} is no {noun} of the catalogue; {near} Or give a TOML file"
        raise InputError(msg)
    return _plain(name)


def _platform(file: File, where: str, table: Mapping[str, Any], needed: tuple[str, ...]) -> Platform:
    check_keys(file, where, table, _PLATFORM_KEYS, needed)
    found = Platform(**_floats(table))
    for key, fault, remedy in _implausible(found):
        raise file.fault(0, f'{where}key "{key}"', fault, remedy)
    return found


def _implausible(found: Platform) -> list[tuple[str, str, str]]:
    """Return which keys say what no platform is: the key, the fault and the remedy."""
    moves = found.category != FIXED
    slowest = found.speed_m_s if found.slowest_m_s is None else found.slowest_m_s
    fastest = found.speed_m_s if found.fastest_m_s is None else found.fastest_m_s
    checks = (
        (moves == (found.speed_m_s > 0.0), "speed_m_s", f"{found.speed_m_s:g} m/s is no cruise", "give one above 0"),
        (
            moves == (found.bank_deg > 0.0),
            "bank_deg",
            f"{found.bank_deg:g} degrees turn nothing",
            "give one above 0",
        ),
        (
            not moves or slowest > 0.0 or found.category == _HOVERS,
            "slowest_m_s",
            "what does not hover cannot fly at 0 m/s",
            f'give one above 0, or category = "{_HOVERS}"',
        ),
        (
            slowest <= found.speed_m_s <= fastest,
            "speed_m_s",
            f"{found.speed_m_s:g} m/s is not between the slowest and the fastest, {slowest:g} and {fastest:g}",
            "give slowest_m_s <= speed_m_s <= fastest_m_s",
        ),
    )
    return [(key, fault, remedy) for plausible, key, fault, remedy in checks if not plausible]


def _sensor(file: File, where: str, table: Mapping[str, Any], needed: tuple[str, ...]) -> Sensor:
    check_keys(file, where, table, _SENSOR_KEYS, needed)
    said = dict(table)
    limits = said.pop("detection_limits", {})
    if ("swath_m" in said) != ("height_m" in said):
        fault, remedy = "a swath is that of a height", "give swath_m and height_m, or neither"
        raise file.fault(0, where.removesuffix(": "), fault, remedy)
    return replace(Sensor(**_floats(said)), detection_limits=tuple(_limits(file, where, limits)))


def _limits(file: File, where: str, limits: Mapping[str, Any]) -> list[DetectionLimit]:
    found = []
    for head, limit in limits.items():
        place = f"{where}detection limit {shown(head)!r}"
        match = _LIMIT.fullmatch(head)
        if match is None or match[2] not in _LIMIT_UNITS:
            remedy = f'write "gas [unit]" with a unit of {", ".join(_LIMIT_UNITS)}'
            raise file.fault(0, place, "this is no gas with its unit", remedy)
        if not _AMOUNT.fits(limit):
            raise file.fault(0, place, f"{shown(repr(limit))} is not {_AMOUNT.words}", f"give {_AMOUNT.words}")
        found.append(DetectionLimit(gas=match[1], limit=float(limit), units=match[2]))
    return found


def _floats(table: Mapping[str, Any]) -> dict[str, Any]:
    """Return a table whose whole numbers are floats; what is true or false stays so."""
    return {key: float(value) if type(value) is int else value for key, value in table.items()}
