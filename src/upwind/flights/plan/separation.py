"""How far apart aircraft of one plan are kept: what the platform's file says, or the usual figure of its class.

The usual figures are those of "well clear": small unmanned aircraft 2,000 ft across and 250 ft up (UK CAA, CAP 3015,
guidance DAA02.GM1; of the kind that Weinert et al. 2018, https://doi.org/10.2514/1.D0091, argue for), larger ones
4,000 ft and 450 ft (RTCA DO-365). Both texts were read in quotations, not themselves: unverified. They are meant for
strangers who meet; that the aircraft of one plan keep as much is a choice on the safe side.
"""

from __future__ import annotations

from dataclasses import dataclass

from upwind.records import Estimate, Platform

__all__ = ["Nearness", "Separation", "separation_of"]

_FOOT_M = 0.3048
#: Categories of the catalogue whose aircraft are small, well under 25 kg; any other, or none, is taken for large.
_SMALL = ("multirotor", "fixed wing", "vertical take-off fixed wing")


@dataclass(frozen=True, slots=True, kw_only=True)
class Separation:
    """What two aircraft keep while both are in the air: `across_m` over ground, `up_m` between heights."""

    across_m: float
    up_m: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Nearness:
    """How near two aircraft come, counted from 1: over ground, and when after the plan's start; most likely. [m, s]

    `across` is None where they are never at heights that are near each other at once, or never both in the air.
    """

    pair: tuple[int, int]
    across: Estimate | None
    after_s: float


def separation_of(platform: Platform) -> Separation:
    """Return what aircraft of a platform keep from one another."""
    across, up = (2_000.0, 250.0) if platform.category in _SMALL else (4_000.0, 450.0)
    return Separation(
        across_m=across * _FOOT_M if platform.separation_m is None else platform.separation_m,
        up_m=up * _FOOT_M if platform.separation_height_m is None else platform.separation_height_m,
    )
