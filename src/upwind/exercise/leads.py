"""How well candidate sites fit a city's truth: is the first one the hidden source, are shops called what they are.

Nothing here knows how sites were made: it reads what `upwind run` writes, and leaves out what an answer does not say.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from upwind.exercise.score import NEAR_M, Release, holds
from upwind.geo import Frame
from upwind.records.mapped import SearchMap

__all__ = ["HIDDEN", "Confuser", "Leads", "Searched", "leads_of", "searched"]

#: What the truth calls the source that nobody may know of.
HIDDEN = "hidden"


@dataclass(frozen=True, slots=True, kw_only=True)
class Confuser:
    """A benign source that a site was made of; `called_benign` is None where the site explains nothing."""

    source: str
    site: str
    rank: int
    error_m: float
    called_benign: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Leads:
    """Sites against the truth.

    Attributes
    ----------
    sites
        How many there are.
    hidden_rank
        The place, from 1, of the first site that lies within 30 m of the hidden source or whose region holds it; None
        where there is none.
    error_m, probability, called
        Of that site: how far it is off, how probable, and the explanation that it puts first.
    reports
        The reports that it rests on.
    confusers
        Benign sources with a site within 30 m, each once, by rank.
    """

    sites: int
    hidden_rank: int | None
    error_m: float | None
    probability: float | None
    called: str | None
    reports: tuple[str, ...]
    confusers: tuple[Confuser, ...]

    @property
    def first_is_hidden(self) -> bool:
        """Whether the site that stands first is the hidden source."""
        return self.hidden_rank == 1

    def as_json(self) -> dict[str, Any]:
        """Return the score with all that it says."""
        return asdict(self) | {"first_is_hidden": self.first_is_hidden}


@dataclass(frozen=True, slots=True, kw_only=True)
class Searched:
    """A search map at the hidden source, and over all cells.

    `expected` is how many undiscovered sites the map expects; `undiscovered` and `shown` are its two bands in the
    source's cell, and `higher` the part of all cells that it thinks likelier to hide one.
    """

    expected: float
    undiscovered: float
    shown: float
    higher: float


def leads_of(document: Mapping[str, Any], releases: Sequence[Release]) -> Leads:
    """Return how well the sites of a FeatureCollection fit; they are ranked by probability."""
    ranked = sorted(document["features"], key=lambda feature: -_probability(feature["properties"]))
    places = {one.source: one for one in releases}
    hidden = next((one for one in places.values() if one.kind == HIDDEN), None)
    rank = next((at for at, one in enumerate(ranked, start=1) if hidden is not None and _lies_on(one, hidden)), None)
    site = None if rank is None else ranked[rank - 1]
    said: Mapping[str, Any] = {} if site is None else site["properties"]
    rest = [(at, one) for at, one in enumerate(ranked, start=1) if at != rank]
    found = (_confuser(one, rest) for one in places.values() if one.kind != HIDDEN)
    return Leads(
        sites=len(ranked),
        hidden_rank=rank,
        error_m=None if site is None or hidden is None else _away(site, hidden),
        probability=None if site is None else _probability(said),
        called=_called(said),
        reports=tuple(str(each) for each in said.get("reports") or ()),
        confusers=tuple(sorted((one for one in found if one is not None), key=lambda one: one.rank)),
    )


def searched(mapped: SearchMap, release: Release) -> Searched | None:
    """Return what a search map says of the place of a release; None where it does not reach there."""
    grid = mapped.grid
    column = int((release.longitude - grid.west) // grid.step_longitude)
    row = int((grid.north - release.latitude) // grid.step_latitude)
    if not (0 <= row < grid.rows and 0 <= column < grid.columns):
        return None
    here = float(mapped.undiscovered[row, column])
    return Searched(
        expected=float(mapped.undiscovered.sum()),
        undiscovered=here,
        shown=float(mapped.shown[row, column]),
        higher=float((mapped.undiscovered > here).mean()),
    )


def _confuser(release: Release, sites: Sequence[tuple[int, Mapping[str, Any]]]) -> Confuser | None:
    """Return the nearest site of a benign source; None where there is none within `NEAR_M`."""
    near = min(((_away(site, release), rank, site) for rank, site in sites), default=None, key=lambda each: each[:2])
    if near is None or near[0] > NEAR_M:
        return None
    said = near[2]["properties"]
    called = _called(said)
    return Confuser(
        source=release.source,
        site=str(said.get("id", "")),
        rank=near[1],
        error_m=near[0],
        called_benign=None if called is None else called != "unexplained",
    )


def _probability(said: Mapping[str, Any]) -> float:
    """Return a probability that is a number, or an estimate's median."""
    value = said["probability"]
    return float(value["median"] if isinstance(value, Mapping) else value)


def _called(said: Mapping[str, Any]) -> str | None:
    """Return the explanation that a site puts first; None where it has none."""
    explanations = said.get("explanations")
    if not explanations:
        return None
    best = max(explanations, key=lambda each: float(each["probability"]))
    unexplained = said.get("unexplained")
    if unexplained and float(unexplained["probability"]) > float(best["probability"]):
        return "unexplained"
    return str(best["class"])


def _away(site: Mapping[str, Any], release: Release) -> float:
    """Return how far a site lies from a release. [m]"""
    longitude, latitude = site["geometry"]["coordinates"][:2]
    frame = Frame(longitude=release.longitude, latitude=release.latitude)
    east, north = frame.to_local(np.array([float(longitude)]), np.array([float(latitude)]))
    return float(np.hypot(east[0], north[0]))


def _lies_on(site: Mapping[str, Any], release: Release) -> bool:
    """Return whether a site is that of a release."""
    region = site["properties"].get("region_90")
    inside = region is not None and holds(region, release.longitude, release.latitude)
    return inside or _away(site, release) <= NEAR_M
