"""What sites are made of: sources as flights saw them, and what each flight would have shown."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import combinations
from statistics import NormalDist
from typing import Protocol

import numpy as np

from upwind.arrays import FloatArray
from upwind.geo import Frame
from upwind.records import Located, Place, Report, Source

__all__ = ["About", "Evidence", "Looked", "Sighting", "emitters_about", "evidence_id", "sightings_of"]

#: Draws of a position that stand for it: enough for a shape, few enough for many pairs. A square number.
DRAWS = 64
#: A mapped emitter is about a sighting where it is so near. [m]
_ABOUT_M = 300.0
#: A source is reported when it is as likely as not.
_LIKELY = 0.5
#: Of a normal distribution, half the width of its 90 % interval.
_HALF_90 = NormalDist().inv_cdf(0.95)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """A source of one flight (or of flights located jointly, called by `flight`), which began at `time`.

    `key` comes from the inputs' digests, the gas and the source's ordinal; `places` (draw, 2) are longitude and
    latitude of equally likely positions [deg], as many of every sighting; `flights` are all that took part.
    """

    key: str
    flight: str
    flights: tuple[str, ...]
    time: datetime
    source: Source
    places: FloatArray


class Looked(Protocol):
    """What one flight (or flights located jointly) would have shown, at about one time."""

    @property
    def flight(self) -> str:
        """As sightings call it."""

    @property
    def time(self) -> datetime:
        """When it looked, about."""

    def chance(self, places: FloatArray, sources: Sequence[Source]) -> float | None:
        """Return the probability that it would have shown a site that emits.

        Parameters
        ----------
        places
            Of the site, equally likely, (draw, 2): longitude, latitude. [deg]
        sources
            As other flights saw it: gases and rates.

        Returns
        -------
        float | None
            None where it did not look for any of these gases, or nobody can say.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What tells one place from several, beside positions. All of it but `sought` and `alike` is judgement.

    Attributes
    ----------
    per_km2
        Emitters that a flight would show, in a square kilometre; it may be wrong by `error` either way (90 %).
    again
        Chance that one more flight shows a site, and that a site has one more of the gases.
    shows
        Chance that a flight which shows a site shows one of its gases.
    sought
        Which gases each flight looked for; one that is not named here looked for what it saw.
    alike
        Of pairs of sightings' keys of one flight, in order: what its readings say for one place. [nats]
    """

    per_km2: float = 2.0
    error: float = 5.0
    again: float = 0.3
    shows: float = 0.7
    sought: Mapping[str, frozenset[str]] = field(default_factory=dict)
    alike: Mapping[tuple[str, str], float] = field(default_factory=dict)

    def expects(self, group: Sequence[Sighting]) -> float:
        """Return the log odds that one site shows itself so, were positions known to a square metre. [nats]"""
        gases = {one.source.gas for one in group}
        flights: dict[str, set[str]] = {}
        for one in group:
            flights.setdefault(one.flight, set()).add(one.source.gas)
        missed = sum(len(gases & self.sought.get(flight, frozenset()) - seen) for flight, seen in flights.items())
        new = len(flights) + len(gases) - 2
        return (
            new * math.log(self.again)
            + (len(group) - 1 - new) * math.log(self.shows)
            + missed * math.log(1.0 - self.shows)
            - (len(group) - 1) * math.log(self.per_km2 * 1e-6)
        )

    def told(self, keys: Sequence[str]) -> float:
        """Return what readings say for one place of a flight's sightings: the mean pair, once for each but the first.

        As many pairs as there are would tell the same several times.
        """
        pairs = [self.alike.get(pair, 0.0) for pair in combinations(sorted(keys), 2)]
        return (len(keys) - 1) * sum(pairs) / len(pairs) if pairs else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """All there is to fuse; the order within each makes no difference."""

    sightings: tuple[Sighting, ...] = ()
    looks: tuple[Looked, ...] = ()
    reports: tuple[Report, ...] = ()
    about: About = field(default_factory=About)


def evidence_id(digests: Sequence[str], gas: str, ordinal: int) -> str:
    """Return what a source is called for ever: from its inputs' digests, never from an estimate."""
    said = "\n".join([*sorted(digests), gas, str(ordinal)])
    return hashlib.sha256(said.encode()).hexdigest()[:16]


def emitters_about(sightings: Sequence[Sighting], emitters: Sequence[Place]) -> float:
    """Return how densely mapped emitters lie about sightings, in the mean. [1/km2]"""
    if not sightings or not emitters:
        return 0.0
    longitude = np.array([place.longitude for place in emitters])
    latitude = np.array([place.latitude for place in emitters])
    frames = [Frame(longitude=one.source.longitude, latitude=one.source.latitude) for one in sightings]
    near = [np.hypot(*frame.to_local(longitude, latitude)) <= _ABOUT_M for frame in frames]
    return float(np.sum(near)) / len(frames) / (math.pi * (_ABOUT_M / 1000.0) ** 2)


def sightings_of(
    flights: tuple[str, ...], name: str, time: datetime, digests: Sequence[str], answers: Sequence[Located]
) -> tuple[Sighting, ...]:
    """Return the sources that are as likely as not, of the answers for all gases of flights located jointly."""
    return tuple(
        Sighting(
            key=evidence_id(digests, source.gas, ordinal),
            flight=name,
            flights=flights,
            time=time,
            source=source,
            places=_places(answer, source),
        )
        for answer in answers
        for ordinal, source in enumerate((one for one in answer.sources if one.probability >= _LIKELY), start=1)
    )


def _places(answer: Located, source: Source) -> FloatArray:
    """Return draws of a source's position; where none were kept, a lattice of the intervals' normal distribution."""
    if answer.posterior is not None:
        at = np.flatnonzero(answer.posterior.source == answer.sources.index(source))
        if at.size:
            at = at[np.linspace(0, at.size - 1, DRAWS).astype(int)]
            return np.column_stack([answer.posterior.longitude[at], answer.posterior.latitude[at]])
    return _lattice(source)


def _lattice(source: Source) -> FloatArray:
    side = round(DRAWS**0.5)
    steps = np.array([NormalDist().inv_cdf((n + 0.5) / side) for n in range(side)]) / (2.0 * _HALF_90)
    east, north = (np.mean(ends) + steps * (ends[1] - ends[0]) for ends in (source.easting_90, source.northing_90))
    easting, northing = (grid.ravel() for grid in np.meshgrid(east, north))
    frame = Frame(longitude=source.longitude, latitude=source.latitude)
    return np.column_stack(frame.to_geographic(easting, northing))
