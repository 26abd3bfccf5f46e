"""The public-safety sheet of a package: how far to keep away, and what its compounds do, computed for the day."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from upwind.compounds import find
from upwind.records import Emission, Estimate, Lead
from upwind.release.policy import ClearedSite
from upwind.release.sanitise import outgoing
from upwind.release.words import word
from upwind.render.words import compound_name
from upwind.safety import Scenario, Surroundings, protect

__all__ = ["sheet_of"]

_FIGURES = ("median", "lower", "upper", "level")


def sheet_of(cleared: ClearedSite) -> dict[str, tuple[str, ...]]:
    """Return the sheet in each of the agreement's languages.

    The distance to keep is computed from all that is known of the site but its place, for which the one that is told
    stands: it protects people, and tells of the site no more than its number. Compounds are named where the agreement
    lets them out.
    """
    metres = _distance(cleared)
    said = outgoing(cleared.feature, cleared.agreement).properties
    known = [found for found in map(find, _names(said)) if found is not None]
    return {
        language: (
            word("sheet_distance", language, metres=metres),
            word("sheet_general", language),
            *(word("sheet_compound", language, name=compound_name(found.name, language)) for found in known),
            word("sheet_call", language),
        )
        for language in cleared.agreement.languages
    }


def _distance(cleared: ClearedSite) -> str:
    """Return the metres to keep away: what is passed on of an emission, or the guidebook's where no rate is known."""
    said = cleared.feature["properties"]
    told = outgoing(cleared.feature, cleared.agreement)
    rate = _rate(said.get("emission_rate"))
    lead = Lead(
        id=cleared.id,
        longitude=told.longitude,
        latitude=told.latitude,
        easting_90=(0.0, 0.0),
        northing_90=(0.0, 0.0),
        emissions=tuple(Emission(compound=name, rate=rate) for name in _names(said) if find(name) is not None),
    )
    asked = Scenario(time_s=cleared.at.timestamp())
    return f"{protect(lead, None, Surroundings(), asked, np.random.default_rng(0)).precaution.metres:,.0f}"


def _rate(said: object) -> Estimate | None:
    if not isinstance(said, Mapping) or not all(isinstance(said.get(each), (int, float)) for each in _FIGURES):
        return None
    return Estimate(**{each: float(said[each]) for each in _FIGURES}, units=str(said.get("units", "kg/h")))


def _names(said: Mapping[str, Any]) -> list[str]:
    named = said.get("compounds") or [said.get("gas")]
    return [str(name) for name in named if name] if isinstance(named, list) else []
