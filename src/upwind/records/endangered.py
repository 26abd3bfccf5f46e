"""Who could come to harm about a place: what it gives off, how far that reaches, and who is there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from upwind.arrays import FloatArray
from upwind.records.inferred import Estimate

__all__ = [
    "Emission",
    "Exposure",
    "Facility",
    "Isolation",
    "Lead",
    "Limit",
    "Opening",
    "PopulatedArea",
    "Precaution",
    "Protection",
    "WindOfHour",
    "Zone",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Emission:
    """What one compound leaves a place at; `rate` [kg/h] is None where nobody inferred it."""

    compound: str
    rate: Estimate | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Lead:
    """A place to protect people about, as an analysis left it.

    `easting_90`, `northing_90` are [lower, upper] in metres about longitude and latitude [deg].
    """

    id: str
    longitude: float
    latitude: float
    easting_90: tuple[float, float]
    northing_90: tuple[float, float]
    emissions: tuple[Emission, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PopulatedArea:
    """An area and how many persons live in it.

    `polygons` are outlines, each followed by its holes: rings (vertex, 2) of longitude and latitude [deg], closed.
    """

    id: str
    persons: float
    polygons: tuple[tuple[FloatArray, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """A concentration not to be passed.

    Attributes
    ----------
    kind
        "level 3", "level 2", "level 1" (of AEGL or of what stands in for it), "flammable 60 %", "flammable 10 %" or
        "odour".
    minutes
        For how long the exposure lasts; None where time has no part.
    mg_m3
        The concentration. [mg m-3]
    basis
        What it is and from where, in words: a stand-in and a figure nobody verified say so.
    stands_in
        Whether it is not the AEGL of these minutes itself.
    verified
        Whether the figure was.
    """

    kind: str
    minutes: float | None
    mg_m3: float
    basis: str
    stands_in: bool
    verified: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Zone:
    """How far a limit is passed, outdoors.

    `scenario` is "as measured", "spill outdoors" or "spill indoors"; `is_all_round` where the cloud would be heavy, and
    the zone is meant to be too large because no dense-gas model was run. `distance` [m] is along the wind, 0 where the
    limit is passed nowhere; `outlines` maps a probability to the GeoJSON MultiPolygon within which the limit is passed
    with that probability or more (empty for limits that are not drawn). `exposed` counts residents as if outdoors,
    `sheltered` as inside closed buildings; None where no population is known, or the limit has no duration.
    """

    scenario: str
    compound: str
    limit: Limit
    is_all_round: bool
    distance: Estimate
    outlines: Mapping[float, Mapping[str, Any]]
    exposed: Estimate | None
    sheltered: Estimate | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Facility:
    """A school, kindergarten, clinic, hospital or home for the old; `chance` that it is within the warning zone."""

    kind: str
    name: str
    longitude: float
    latitude: float
    distance_m: float
    bearing_deg: float
    chance: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Isolation:
    """Published first distances for a small spill of a compound (Emergency Response Guidebook) [m].

    `day_m`, `night_m` are downwind; None where the guidebook's table of poisonous gases does not list it.
    """

    compound: str
    un: str
    guide: str
    isolation_m: float
    day_m: float | None
    night_m: float | None
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Precaution:
    """The distance to keep from the place, whatever the wind, until somebody measured there.

    `cause` is "zone" (the 95 % reach of the gravest warning zone: `kind` of limit, `compound`, `scenario`), "isolation"
    (the guidebook's distance for `compound`) or "unidentified" (its distance for what nobody knows).
    """

    metres: float
    cause: str
    compound: str = ""
    scenario: str = ""
    kind: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """What whoever opens the door may meet: the air inside [mg/m3], and that over the lower flammable limit [%]."""

    compound: str
    inside: Estimate
    of_flammable: Estimate | None
    of_level_3: Estimate | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Exposure:
    """Residents about the place: within the precautionary distance, whatever the wind, and in the warning zone."""

    within_distance: Estimate
    in_zone: Estimate


@dataclass(frozen=True, slots=True, kw_only=True)
class WindOfHour:
    """The wind that zones were computed for.

    `kind` is "hour" (rows of that hour of the day), "all" (every row of the file) or "none" (no file: the assumed worst
    and a usual case, from any side). `wind_from` [deg] and `spread_deg` are of the mean direction; NaN where it comes
    from any side. `calm` is the share of draws below the least speed that a plume needs.
    """

    kind: str
    rows: int
    wind_from: float
    spread_deg: float
    speed: Estimate
    calm: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Protection:
    """All of it, for one lead.

    Attributes
    ----------
    exposure
        None where no population is known.
    shelter
        Minutes, and the mean indoor over the mean outdoor concentration of closed buildings over them.
    town
        Whether gas was taken to spread over a town or over open country.
    release_kg
        The inventory that an operator chose; None: only the emission as measured.
    notes
        What was not computed and why: a key of the words, and the compound it is said of or "".
    """

    lead: Lead
    wind: WindOfHour
    town: bool
    release_kg: float | None
    zones: tuple[Zone, ...]
    facilities: tuple[Facility, ...]
    isolations: tuple[Isolation, ...]
    openings: tuple[Opening, ...]
    exposure: Exposure | None
    shelter: Mapping[float, Estimate]
    precaution: Precaution
    notes: tuple[tuple[str, str], ...]
