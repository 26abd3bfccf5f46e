r"""What lies upwind counts: mapped benign sources as explanations, each at its place.

Emitters of a class are strewn over the land with density :math:`\lambda_c`; a map shows the part :math:`m_c` of them,
each at a place :math:`x_p` of its own. Given the density :math:`f` of the source's position, a class of probability
:math:`P_c` by its compounds alone is worth

.. math:: P_c \left[(1 - m_c) r_c + \sum_p \frac{f(x_p)}{\lambda_c} k_p \frac{h_p(t)}{\bar h_p} r_p\right]

where the sum is over the places of the class, :math:`k_p` says how much of what was found is of what such places let
out, :math:`h_p` how much goes on there at the time :math:`t` (and on average), and :math:`r_p` how well the located
rate fits, or else how often such a place emits enough to be smelled; :math:`r_c` is the same for any kind of the class.
"Unexplained" is a class, too: hidden sources are strewn as densely as the prior says, :math:`m = 0`, and let out what
a house may. To compounds alone the classes are even, which takes emitters of a rare class to be smelled as much more
often as they are rarer. How much that is nobody knows; half of it (each :math:`P_c` times the root of its density, so
that all that is unmapped stays worth as much) is taken back. Where the map does not reach, nothing is known and
nothing changes. All of it is a model of expert judgement, bounded, and never proof.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from upwind.explain.answer import (
    FEWEST_CHANNELS,
    LEAST_PROBABILITY,
    NONE_HOLDS,
    PRIOR_UNEXPLAINED,
    TOO_FEW,
    explain,
)
from upwind.explain.kinds import FIELDS, HIDDEN_KG_H, Kind, kind_of, range_of
from upwind.explain.makeup import by_compounds
from upwind.explain.premises import Moment, by_hours, by_range, by_rate, extent_m
from upwind.explain.profiles import CLASSES, Profiles, shipped
from upwind.explain.whereabouts import Whereabouts
from upwind.records import Estimate, Explained, KnownPlace, Place, PlaceEvidence, Remark, Sample

__all__ = ["Neighbourhood", "explain_there"]

#: Farther from the source's draws than this no place is a candidate. [m]
REACH_M = 3000.0
#: A map reaches a place where it shows anything so near. [m]
MAP_REACH_M = 500.0
#: A place where the source's position is less dense is no candidate. [1/km2]
LEAST_DENSITY = 1e-3
#: Places less probable than this are not listed, nor more of them than these.
LEAST_LISTED = 1e-3
MOST_PLACES = 10
#: A place of this probability is named among what would separate.
WORTH_A_VISIT = 0.1

#: As densely hidden sources would have to stand among benign ones for the prior to hold [1/km2]; what it would be if
#: they were rarer is said beside it.
HIDDEN_PER_KM2 = PRIOR_UNEXPLAINED / (1.0 - PRIOR_UNEXPLAINED) * sum(field.per_km2 for field in FIELDS.values())
RARER = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbourhood:
    """A map, where on it the source may be, and when it was smelled; `moment` is None where nobody knows."""

    places: tuple[Place, ...]
    whereabouts: Whereabouts
    moment: Moment | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Candidate:
    """A place that may be the source; `gains` is what it is worth to each of its classes."""

    place: Place
    kind: Kind
    is_open: bool | None
    evidence: tuple[PlaceEvidence, ...]
    gains: Mapping[str, float]


def explain_there(sample: Sample, neighbourhood: Neighbourhood, profiles: Profiles | None = None) -> Explained:
    """Return what explains a sample, by its compounds and by what lies where its source may be.

    Parameters
    ----------
    sample
        As `explain` takes it.
    neighbourhood
        The map and the source's whereabouts.
    profiles
        Benign compositions; by default those that come with the package.
    """
    known = shipped() if profiles is None else profiles
    explained = explain(sample, known)
    near = _near(neighbourhood)
    if not near:
        note = f"the map shows nothing within {MAP_REACH_M:.0f} m of the source: it says nothing of what lies there"
        return replace(explained, notes=(*explained.notes, note))
    candidates = _candidates(near, sample, neighbourhood, known)
    probability = {each.name: each.probability for each in explained.explanations}
    worth, shares = _worth(probability, candidates, neighbourhood.whereabouts)
    has_composition = len({reading.keys for reading in sample.readings if reading.amount > 0.0}) >= FEWEST_CHANNELS
    unexplained_worth = explained.unexplained.probability
    if has_composition:
        unexplained_worth *= math.exp(by_range(neighbourhood.whereabouts, HIDDEN_KG_H))
    else:  # one gas is no co-emission, whatever is on no map
        unexplained_worth *= min(1.0, sum(worth.values()) / (1.0 - unexplained_worth))
    total = sum(worth.values()) + unexplained_worth
    ranked = sorted(zip(candidates, shares, strict=True), key=lambda pair: (-pair[1], pair[0].place.id))
    listed = [(candidate, share / total) for candidate, share in ranked[:MOST_PLACES] if share / total >= LEAST_LISTED]
    places = tuple(_known(candidate, part, neighbourhood) for candidate, part in listed)
    explanations = sorted(
        (replace(each, probability=worth[each.name] / total) for each in explained.explanations),
        key=lambda each: -each.probability,
    )
    unexplained = replace(explained.unexplained, probability=unexplained_worth / total)
    abstained = not has_composition or max(unexplained.probability, explanations[0].probability) < LEAST_PROBABILITY
    why = (explained.why_abstained or NONE_HOLDS) if has_composition else TOO_FEW
    return replace(
        explained,
        explanations=tuple(explanations),
        unexplained=unexplained,
        abstained=abstained,
        why_abstained=why if abstained else None,
        would_separate=_would_separate(explained, places),
        places=places,
        notes=(*explained.notes, *_if_rarer(unexplained.probability)),
    )


def _worth(
    probability: Mapping[str, float], candidates: Sequence[_Candidate], where: Whereabouts
) -> tuple[dict[str, float], list[float]]:
    """Return what each class is worth, mapped or not, and what each candidate is of it."""
    unmapped = {name: (1.0 - FIELDS[name].mapped) * math.exp(by_range(where, range_of(name))) for name in CLASSES}
    met = _met(probability, unmapped)
    worth = {name: met[name] * unmapped[name] for name in CLASSES}
    shares = []
    for candidate in candidates:
        parts = {name: met[name] * gain for name, gain in candidate.gains.items()}
        worth |= {name: worth[name] + part for name, part in parts.items()}
        shares.append(sum(parts.values()))
    return worth, shares


def _met(probability: Mapping[str, float], unmapped: Mapping[str, float]) -> dict[str, float]:
    """Return the classes' probabilities by how densely they stand, too; what is unmapped stays worth as much."""
    met = {name: probability[name] * math.sqrt(FIELDS[name].per_km2) for name in CLASSES}
    before, after = (sum(each[name] * unmapped[name] for name in CLASSES) for each in (probability, met))
    return {name: met[name] * before / after for name in CLASSES}


def _if_rarer(unexplained: float) -> tuple[str, ...]:
    """Return how "unexplained" hangs on how densely hidden sources are said to stand, where it is worth saying."""
    if unexplained < WORTH_A_VISIT:
        return ()
    odds = unexplained / (1.0 - unexplained) / RARER
    dense, rarer = HIDDEN_PER_KM2, HIDDEN_PER_KM2 / RARER
    chosen = f"{unexplained:.0%} unexplained takes hidden sources to stand {dense:.0f} per km2, a choice of the prior"
    return (f"{chosen}; were they {rarer:.0f} per km2 it would be {odds / (1.0 + odds):.0%}",)


def _would_separate(explained: Explained, places: Sequence[KnownPlace]) -> tuple[Remark, ...]:
    """Return what to measure next: beside the likeliest place where there is one worth a visit."""
    if not places or places[0].probability < WORTH_A_VISIT:
        return explained.would_separate
    beside = Remark(says="beside it", place=places[0].name, kind=places[0].kind)
    return (beside, *explained.would_separate)


def _near(neighbourhood: Neighbourhood) -> list[Place]:
    """Return the places that may matter; none where the map does not reach the source."""
    where = neighbourhood.whereabouts
    frame = where.frame
    longitude = np.array([place.longitude for place in neighbourhood.places])
    latitude = np.array([place.latitude for place in neighbourhood.places])
    east, north = frame.to_local(where.longitude, where.latitude)
    middle = float(where.weight @ east), float(where.weight @ north)
    reach = float(np.hypot(east - middle[0], north - middle[1]).max())
    there = frame.to_local(longitude, latitude)
    away = np.hypot(there[0] - middle[0], there[1] - middle[1])
    if not len(away) or away.min() > MAP_REACH_M + reach:
        return []
    return [neighbourhood.places[number] for number in np.flatnonzero(away < REACH_M + reach)]


def _candidates(
    near: Sequence[Place], sample: Sample, neighbourhood: Neighbourhood, profiles: Profiles
) -> list[_Candidate]:
    """Return the places of a kind that may emit, and what each is worth as an explanation."""
    kinds = [(place, kind) for place in near if (kind := kind_of(place)) is not None]
    if not kinds:
        return []
    densities = neighbourhood.whereabouts.density(
        np.array([place.longitude for place, _ in kinds]),
        np.array([place.latitude for place, _ in kinds]),
        np.array([extent_m(place) for place, _ in kinds]),
    )
    return [
        _candidate(place, kind, float(density) * 1e6, by_compounds(kind, sample, profiles), neighbourhood)
        for (place, kind), density in zip(kinds, densities, strict=True)
        if density * 1e6 > LEAST_DENSITY
    ]


def _candidate(
    place: Place, kind: Kind, per_km2: float, compounds: PlaceEvidence | None, neighbourhood: Neighbourhood
) -> _Candidate:
    """Return what a place is worth as an explanation, and why."""
    is_open, hours = (None, None) if neighbourhood.moment is None else by_hours(place, kind, neighbourhood.moment)
    found = (compounds, hours, by_rate(place, kind, neighbourhood.whereabouts))
    other = [line for line in found if line is not None]
    factor = math.exp(sum(line.log_likelihood_ratio for line in other)) / len(kind.classes)
    gains = {name: per_km2 / FIELDS[name].per_km2 for name in kind.classes}
    fields = ", ".join(f"{FIELDS[name].per_km2:g} of {name}" for name in kind.classes)
    position = PlaceEvidence(
        of="position",
        log_likelihood_ratio=math.log(sum(gains.values()) / len(gains)),
        words=f"the source is here with {per_km2:.3g} per km2; at large there are {fields}",
    )
    return _Candidate(
        place=place,
        kind=kind,
        is_open=is_open,
        evidence=(position, *other),
        gains={name: factor * gain for name, gain in gains.items()},
    )


def _known(candidate: _Candidate, probability: float, neighbourhood: Neighbourhood) -> KnownPlace:
    place = candidate.place
    middle, low, high = neighbourhood.whereabouts.distances(place.longitude, place.latitude)
    return KnownPlace(
        id=place.id,
        name=place.name,
        kind=candidate.kind.name,
        classes=candidate.kind.classes,
        longitude=place.longitude,
        latitude=place.latitude,
        distance_m=Estimate(median=middle, lower=low, upper=high, level=0.9, units="m"),
        is_open=candidate.is_open,
        probability=probability,
        evidence=candidate.evidence,
    )
