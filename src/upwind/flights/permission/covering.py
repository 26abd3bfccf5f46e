"""Which authorisations cover an entry, and why another does not. Pure: no clock, no file."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from upwind.arrays import PRESENCE, FloatArray, check
from upwind.errors import ContractError
from upwind.flights.permission.areas import inside
from upwind.records import Authorisation, EntryKind, Refusal, Shortfall

__all__ = ["ANY_PLATFORM", "Presence", "covering", "nearest", "refusal", "shortfalls"]

#: The platform of an authorisation that covers every platform.
ANY_PLATFORM = "*"


@dataclass(frozen=True, slots=True, kw_only=True)
class Presence:
    """An entry as authorisations see it: all samples of one flight in one state and kind.

    Attributes
    ----------
    state
        ISO A3.
    kind
        "land", "territorial sea" or "special use".
    platform
        As the track or the mission names it; "" is not known, and then only an authorisation for any platform covers.
    start, end
        First and last time, those of the border crossings where they are known. [s since 1970-01-01T00:00Z]
    time, longitude, latitude, lowest, highest
        Shape (sample,), one at least, meeting `PRESENCE`. Where an entry was found only between two samples, give the
        points at which it was. A height that is not known has NaN or infinite bounds.

    Raises
    ------
    ContractError
        The arrays do not meet `PRESENCE`, there is no sample, a sample is outside `start` to `end`, or the bounds of a
        height are the wrong way round.
    """

    state: str
    kind: EntryKind
    platform: str
    start: float
    end: float
    time: FloatArray
    longitude: FloatArray
    latitude: FloatArray
    lowest: FloatArray
    highest: FloatArray

    def __post_init__(self) -> None:
        """Hold the contract; an entry without samples would be covered by anything."""
        check({spec.name: getattr(self, spec.name) for spec in PRESENCE}, PRESENCE)
        if self.time.ndim != 1 or not self.time.size:
            msg = "an entry has one sample at least"
            raise ContractError(msg)
        if not self.start <= float(self.time.min()) <= float(self.time.max()) <= self.end:
            msg = "an entry's samples lie between its first and its last time"
            raise ContractError(msg)
        if bool((self.lowest > self.highest).any()):
            msg = "a height's lower bound is not above its upper one"
            raise ContractError(msg)


def covering(presence: Presence, authorisations: Sequence[Authorisation]) -> tuple[str, ...]:
    """Return the ids of the authorisations that cover the whole of an entry, in their order.

    One must cover all of it: its state, first to last time, the platform, every height, every sample within the area
    where there is one, and special use where the entry is of that kind. All bounds are inclusive, times to the
    microsecond. Two authorisations that cover half of it each cover none of it.

    Platforms are compared without regard to capitals or to blanks about them, since call signs are written either way.
    A floor of 0 or less is no limit, as nothing flies below the ground; any other floor or ceiling does not cover a
    height that is not known. `conditions` are words for people and are not checked.
    """
    return tuple(one.id for one in authorisations if not any(fault(presence, one) for fault in _FAULTS))


def shortfalls(presence: Presence, authorisation: Authorisation) -> tuple[Shortfall, ...]:
    """Return all that keeps an authorisation from covering an entry; nothing where it covers it."""
    return tuple(short for fault in _FAULTS if (short := fault(presence, authorisation)) is not None)


def nearest(presence: Presence, authorisations: Sequence[Authorisation]) -> Authorisation | None:
    """Return the authorisation of the entry's state that fails it for the fewest reasons; None where it has none.

    Of several such, the one whose time is closest, then the first.
    """
    own = [one for one in authorisations if one.state == presence.state]
    return min(own, key=lambda one: (len(shortfalls(presence, one)), _apart_s(presence, one)), default=None)


def refusal(presence: Presence, authorisations: Sequence[Authorisation]) -> Refusal | None:
    """Return why no authorisation covers an entry; None where one does."""
    close = nearest(presence, authorisations)
    if close is None:
        return Refusal(state=presence.state)
    short = shortfalls(presence, close)
    return Refusal(state=presence.state, authorisation=close.id, shortfalls=short) if short else None


def _apart_s(presence: Presence, authorisation: Authorisation) -> float:
    """Return by how much the authorisation falls short of the entry's time at its ends, in all. [s]"""
    late = max(authorisation.start.timestamp() - presence.start, 0.0)
    return late + max(presence.end - authorisation.end.timestamp(), 0.0)


def _state(presence: Presence, authorisation: Authorisation) -> Shortfall | None:
    if authorisation.state == presence.state:
        return None
    return Shortfall(says="state", said={"state": authorisation.state, "flown": presence.state})


def _start(presence: Presence, authorisation: Authorisation) -> Shortfall | None:
    start = authorisation.start.timestamp()
    if start <= presence.start:
        return None
    if start > presence.end:
        return Shortfall(says="begins after it left", said=_span(start - presence.end))
    return Shortfall(says="begins too late", said=_span(start - presence.start))


def _end(presence: Presence, authorisation: Authorisation) -> Shortfall | None:
    end = authorisation.end.timestamp()
    if presence.end <= end:
        return None
    if end < presence.start:
        return Shortfall(says="ends before it enters", said=_span(presence.start - end))
    return Shortfall(says="ends too early", said=_span(presence.end - end))


def _platform(presence: Presence, authorisation: Authorisation) -> Shortfall | None:
    allowed, flown = authorisation.platform.strip(), presence.platform.strip()
    if allowed == ANY_PLATFORM or (flown and allowed.casefold() == flown.casefold()):
        return None
    says = "platform" if flown else "platform not known"
    return Shortfall(says=says, said={"platform": allowed, "flown": flown})


def _special_use(presence: Presence, authorisation: Authorisation) -> Shortfall | None:
    needed = presence.kind == EntryKind.SPECIAL_USE and not authorisation.special_use
    return Shortfall(says="special use") if needed else None


def _floor(presence: Presence, authorisation: Authorisation) -> Shortfall | None:
    floor = authorisation.floor_m
    if floor is None or floor <= 0.0 or bool((np.isfinite(presence.lowest) & (presence.lowest >= floor)).all()):
        return None
    lowest = float(presence.lowest.min())
    if not math.isfinite(lowest):
        return Shortfall(says="floor, height not known", said={"limit": _metres(floor)})
    says = "below" if bool((presence.highest < floor).any()) else "perhaps below"
    return Shortfall(says=says, said={"limit": _metres(floor), "height": _metres(math.floor(lowest * 10.0) / 10.0)})


def _ceiling(presence: Presence, authorisation: Authorisation) -> Shortfall | None:
    ceiling = authorisation.ceiling_m
    known = np.isfinite(presence.highest)
    highest = np.maximum(presence.highest, 0.0)  # what reads below the ground is at the ground
    if ceiling is None or bool((known & (highest <= ceiling)).all()):
        return None
    if not bool(known.all()):
        return Shortfall(says="ceiling, height not known", said={"limit": _metres(ceiling)})
    says = "above" if bool((presence.lowest > ceiling).any()) else "perhaps above"
    height = _metres(math.ceil(highest.max() * 10.0) / 10.0)
    return Shortfall(says=says, said={"limit": _metres(ceiling), "height": height})


def _area(presence: Presence, authorisation: Authorisation) -> Shortfall | None:
    if authorisation.area is None:
        return None
    outside = int((~inside(authorisation.area, presence.longitude, presence.latitude)).sum())
    said = {"outside": f"{outside:,}", "all": f"{presence.time.size:,}"}
    return Shortfall(says="area", said=said) if outside else None


#: Each returns what keeps an authorisation from covering an entry, or None. The cheapest stand first.
_FAULTS = (_state, _start, _end, _platform, _special_use, _floor, _ceiling, _area)


def _metres(height: float) -> str:
    return f"{height:,.1f}".removesuffix(".0")


def _span(seconds: float) -> Mapping[str, str]:
    """Return a stretch of time in the unit that a person would say it in."""
    for unit, length in (("days", 86_400.0), ("h", 3_600.0), ("min", 60.0)):
        if seconds >= 2.0 * length:
            return {"number": f"{math.floor(seconds / length):,}", "unit": unit}
    return {"number": f"{max(seconds, 1e-6):.6f}".rstrip("0").rstrip("."), "unit": "s"}
