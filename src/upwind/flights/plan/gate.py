"""The gate that every plan goes through before it may leave: nothing of where it could lead is entered unasked.

What is held against borders and airspace is not the line on the map but what the flight sweeps; see `sweep`. Where it
is allowed to be anywhere about, it need not be swept; see `leave`.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import accumulate

import numpy as np

from upwind.flights.audit.entries import Audit, unauthorised
from upwind.flights.plan.air import air_of
from upwind.flights.plan.leave import Leave, flight_of, is_allowed
from upwind.flights.plan.sortie import Sortie
from upwind.flights.plan.survey import Breeze
from upwind.flights.plan.sweep import MARGIN_M, Part, Sweep, parts_of
from upwind.records import Entry, Platform, Trajectory

__all__ = ["MARGIN_M", "Flights", "asked_for", "entered", "is_settled", "sweeping", "swept"]

#: Sorties, their platform and base, the start of the first or of each, and the wind; as `swept` takes them.
Flights = tuple[Sequence[Sortie], Platform, tuple[float, float] | None, float | Sequence[float], Breeze | None]


def swept(
    sorties: Sequence[Sortie],
    platform: Platform,
    base: tuple[float, float] | None,
    start: float | Sequence[float],
    wind: Breeze | None = None,
) -> Trajectory:
    """Return all that sorties may sweep as flights of one trajectory.

    Parameters
    ----------
    sorties
        In the order flown.
    platform
        Its speed and bank tell how long the way home takes and how wide it turns.
    base
        Longitude and latitude that a lost link leads to; without one, the first waypoint. [deg]
    start
        Of the first sortie, each next one beginning when the last ends; or of each. [s since 1970-01-01T00:00Z]
    wind
        That was planned for.
    """
    sweep = _sweep_of(sorties, platform, base, wind)
    parts: list[Part] = []
    for number, (sortie, begin) in enumerate(_begun(sorties, start), start=1):
        parts += [replace(part, name=f"sortie {number}{part.name}") for part in parts_of(sortie, begin, sweep)]
    return _trajectory(_numbered(parts), platform)


def is_settled(
    leave: Leave,
    sorties: Sequence[Sortie],
    platform: Platform,
    base: tuple[float, float] | None,
    start: float | Sequence[float],
    wind: Breeze | None = None,
) -> bool:
    """Return whether it is known, without sweeping them, that sorties enter nothing that `leave` does not allow.

    True says that no entry of what `swept` returns, which takes the same, is unauthorised. False says nothing.
    """
    sweep = _sweep_of(sorties, platform, base, wind)
    flights = (flight_of(sortie, begin, sweep, platform.name) for sortie, begin in _begun(sorties, start))
    return all(is_allowed(flight, leave) for flight in flights)


def sweeping(
    sorties: Sequence[Sortie],
    platform: Platform,
    base: tuple[float, float] | None,
    start: float | Sequence[float],
    wind: Breeze | None = None,
) -> tuple[Sweep, list[tuple[Sortie, float]]]:
    """Return what sorties, as `swept` takes them, have in common, and each with its start. [s since 1970]"""
    return _sweep_of(sorties, platform, base, wind), list(_begun(sorties, start))


def _sweep_of(
    sorties: Sequence[Sortie], platform: Platform, base: tuple[float, float] | None, wind: Breeze | None
) -> Sweep:
    """Return what sorties have in common."""
    first = sorties[0].waypoints[0]
    home = base if base is not None else (float(first[0]), float(first[1]))
    air = air_of(platform, *((wind.speed, wind.from_deg) if wind is not None else (0.0, 0.0)))
    highest = max(float(sortie.waypoints[:, 2].max()) for sortie in sorties)
    return Sweep(air=air, home=home, based=base is not None, height_m=highest)


def _begun(sorties: Sequence[Sortie], start: float | Sequence[float]) -> Iterator[tuple[Sortie, float]]:
    """Return sorties, each with its start. [s since 1970-01-01T00:00Z]"""
    if isinstance(start, float):
        start = [start + before for before in accumulate((one.time_s for one in sorties[:-1]), initial=0.0)]
    return zip(sorties, start, strict=True)


def asked_for(judged: Audit) -> tuple[Entry, ...]:
    """Return what would have to be allowed, of the audit of what a plan sweeps.

    An entry a state and kind, as long, as low and as high as all of them.
    """
    return tuple(entry for entry in entered(judged) if not entry.authorised_by)


def entered(judged: Audit) -> tuple[Entry, ...]:
    """Return all that a plan may enter, an entry a state and kind; one of them that nobody allowed speaks for all."""
    groups: defaultdict[tuple[str, str, str], list[Entry]] = defaultdict(list)
    refused = unauthorised(judged.entries)
    for entry in (*refused, *(one for one in judged.entries if one.authorised_by)):
        groups[entry.state, entry.kind, entry.name].append(entry)
    return tuple(_widest(entries) for entries in groups.values())


def _widest(entries: Sequence[Entry]) -> Entry:
    low = [entry.lowest_m for entry in entries]
    high = [entry.highest_m for entry in entries]
    return replace(
        entries[0],
        start=min(entry.start for entry in entries),
        end=max(entry.end for entry in entries),
        lowest_m=None if None in low else min(one for one in low if one is not None),
        highest_m=None if None in high else max(one for one in high if one is not None),
    )


def _numbered(parts: Sequence[Part]) -> list[Part]:
    """Return parts that can be told apart by their names."""
    met: Counter[str] = Counter()
    found = []
    for part in parts:
        met[part.name] += 1
        again = met[part.name] > 1
        found.append(replace(part, name=f"{part.name} {met[part.name]}") if again else part)
    return found


def _trajectory(parts: Sequence[Part], platform: Platform) -> Trajectory:
    places = np.concatenate([part.way for part in parts])
    count = len(places)
    unknown = np.full(count, np.nan)
    return Trajectory(
        name="plan",
        sha256="",
        time=np.concatenate([part.time for part in parts]),
        longitude=(places[:, 0] + 180.0) % 360.0 - 180.0,
        latitude=places[:, 1].copy(),
        height=np.concatenate([np.broadcast_to(part.height, len(part.way)) for part in parts]),
        altitude=unknown,
        ellipsoidal_height=unknown,
        pressure_altitude=unknown,
        row=np.arange(count),
        flight=np.repeat(np.arange(len(parts)), [len(part.way) for part in parts]),
        flights=tuple(part.name for part in parts),
        platform=np.zeros(count, dtype=np.int64),
        platforms=(platform.name,),
        is_planned=True,
    )
