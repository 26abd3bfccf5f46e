"""How well mapped places are told from all else: simulated towns, measured compositions that were not learnt from.

From the top of the checkout::

    python -m validation.explain_places --out docs/explain-places-figures.md

A town has emitters of every benign class, as densely as `kinds.FIELDS` says but for a factor of 2 either way that the
method does not know, a part of them on the map. One of them is smelled: its composition is a measured profile of its
class from references that the method has not learnt from; its position is known with an error. Or else listed compounds
over such a profile are smelled at a house, with the same town about it. Whoever smells is told hour and map alike.

What this cannot grade: the densities, shares and rates themselves, which nobody has measured.
"""

from __future__ import annotations

import argparse
import math
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from validation.explain_cases import CLASSES, Cases, folds, mixed, read, seen
from validation.explain_method import laid, learnt
from validation.explain_scores import area, calibration

from upwind.explain import Moment, Neighbourhood, explain_there
from upwind.explain.kinds import FIELDS, every_kind
from upwind.explain.profiles import Profiles
from upwind.explain.whereabouts import within
from upwind.geo import Frame
from upwind.readers.places.hours import hours_of
from upwind.records import Explained, Place, Reading, Sample

HERE = Frame(longitude=-110.5, latitude=31.25)
#: Half the side of a town. [m]
HALF_M = 700.0
#: Errors of the position, 1 sigma of either axis. [m]
ERRORS_M = (15.0, 40.0, 100.0)
#: A density or share differs from what the method believes by about so much (1 sigma of the logarithm).
IGNORANCE = math.log(2.0)
#: 1 sigma in two dimensions -> the radius that holds nine of ten.
SIGMAS_90 = math.sqrt(-2.0 * math.log(0.1))
FOLDS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Emitter:
    """One emitter of a town: `place` is None where it is on no map."""

    name: str
    east: float
    north: float
    place: Place | None


def main() -> None:
    """Compute every figure and write the page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--trials", type=int, default=60, help="for each fold and error of the position")
    arguments = parser.parse_args()
    cases = read()
    hidden = mixed(cases, 7)
    rows = []
    for number, (training, tested) in enumerate(folds(cases, FOLDS, 0)):
        profiles = learnt(cases.of(training))
        for error in ERRORS_M:
            rng = np.random.default_rng([number, int(error)])
            for _ in range(arguments.trials):
                rows.append((error, *_benign(rng, cases, tested, profiles, error)))
                rows.append((error, *_hidden(rng, hidden, tested, profiles, error)))
    arguments.out.write_text(_page(rows, arguments.trials * FOLDS), encoding="utf-8")
    print(f"Figures are in {arguments.out}")


Outcome = tuple[bool, bool, float, bool, float]


def _benign(
    rng: np.random.Generator, cases: Cases, tested: NDArray[np.bool_], profiles: Profiles, error: float
) -> Outcome:
    """Return what is said of one emitter: not hidden, whether mapped, the best place's probability, whether right."""
    time = _hour(rng)
    town = _town(rng)
    measured = {CLASSES[each] for each in np.unique(cases.classes[tested])}
    able = [one for one in town if np.hypot(one.east, one.north) < HALF_M / 2.0 and one.name in measured]
    able = [one for one in able if one.place is None or _emits(rng, one.place, time)]
    if not able:
        return _benign(rng, cases, tested, profiles, error)
    emitter = able[rng.integers(len(able))]
    row = rng.choice(np.flatnonzero(tested & (cases.classes == CLASSES.index(emitter.name))))
    answer = _answer(cases, int(row), profiles, _about(rng, town, emitter.east, emitter.north, error, time))
    best = answer.places[0] if answer.places else None
    right = best is not None and emitter.place is not None and best.id == emitter.place.id
    return (
        False,
        emitter.place is not None,
        0.0 if best is None else best.probability,
        right,
        answer.unexplained.probability,
    )


def _hidden(
    rng: np.random.Generator, cases: Cases, tested: NDArray[np.bool_], profiles: Profiles, error: float
) -> Outcome:
    """Return what is said of listed compounds that are let out at a house in the town's middle."""
    row = rng.choice(np.flatnonzero(tested))
    answer = _answer(cases, int(row), profiles, _about(rng, _town(rng), 0.0, 0.0, error, _hour(rng)))
    best = answer.places[0].probability if answer.places else 0.0
    return True, False, best, False, answer.unexplained.probability


def _town(rng: np.random.Generator) -> list[Emitter]:
    """Return the emitters of one town."""
    emitters = []
    area_km2 = (2.0 * HALF_M / 1000.0) ** 2
    for name, field in FIELDS.items():
        own = [kind_tag for kind_tag in every_kind() if name in kind_tag[1].classes]
        expected = area_km2 * field.per_km2 * math.exp(IGNORANCE * rng.standard_normal())
        mapped = min(field.mapped * math.exp(0.3 * rng.standard_normal()), 0.98)
        for _ in range(rng.poisson(expected)):
            east, north = rng.uniform(-HALF_M, HALF_M, 2)
            tag = own[rng.integers(len(own))][0] if own and rng.random() < mapped else None
            place = None if tag is None else _place(len(emitters), float(east), float(north), tag)
            emitters.append(Emitter(name=name, east=float(east), north=float(north), place=place))
    return emitters or _town(rng)


def _place(number: int, east: float, north: float, tag: tuple[str, str]) -> Place:
    longitude, latitude = HERE.to_geographic(np.array([east]), np.array([north]))
    return Place(
        id=f"p{number}",
        name="",
        longitude=float(longitude[0]),
        latitude=float(latitude[0]),
        outline=None,
        tags={tag[0]: tag[1], "opening_hours": "Mo-Sa 08:00-18:00"} if number % 2 else {tag[0]: tag[1]},
    )


def _hour(rng: np.random.Generator) -> datetime:
    return datetime(2026, 3, 2, tzinfo=UTC) + timedelta(hours=float(rng.uniform(0.0, 168.0)))


def _emits(rng: np.random.Generator, place: Place, time: datetime) -> bool:
    """Return whether a place lets anything out at a time: open, or by the part that goes on."""
    kind = next(kind for tag, kind in every_kind() if place.tags.get(tag[0]) == tag[1])
    hours = hours_of(place.tags.get("opening_hours", "")) or kind.hours
    is_open = hours.is_open(time - timedelta(hours=7), holiday=False)
    return bool(is_open) or rng.random() < kind.closed_share


def _about(
    rng: np.random.Generator, town: list[Emitter], east: float, north: float, error: float, time: datetime
) -> Neighbourhood:
    """Return what is known of the place of a source: the map, the hour, and a position with its error."""
    east, north = east + error * rng.standard_normal(), north + error * rng.standard_normal()
    longitude, latitude = HERE.to_geographic(np.array([east]), np.array([north]))
    house = _place(0, 0.0, 0.0, ("building", "yes"))
    return Neighbourhood(
        places=(house, *(emitter.place for emitter in town if emitter.place is not None)),
        whereabouts=within(float(longitude[0]), float(latitude[0]), error * SIGMAS_90),
        moment=Moment(time=time),
    )


def _answer(cases: Cases, row: int, profiles: Profiles, neighbourhood: Neighbourhood) -> Explained:
    """Return the answer for one case in the view of a chromatograph."""
    one = np.zeros(len(cases.classes), dtype=np.bool_)
    one[row] = True
    table, view = laid(seen(cases.of(one), "gc"))
    readings = tuple(
        Reading(compound="", keys=keys, amount=float(amount), limit=math.nan, uncertainty=math.nan)
        for keys, amount in zip(view.channels, table[0], strict=True)
        if amount > 0.0
    )
    return explain_there(Sample(name="", readings=readings, is_whole=True), neighbourhood, profiles)


def _page(rows: list[tuple[float, bool, bool, float, bool, float]], trials: int) -> str:
    """Return the page."""
    table = np.array(rows, dtype=np.float64)
    lines = [_HEAD.format(trials=trials, each=trials // FOLDS)]
    for error in ERRORS_M:
        own = table[table[:, 0] == error]
        benign, hidden = own[own[:, 1] == 0.0], own[own[:, 1] == 1.0]
        mapped = benign[benign[:, 2] == 1.0]
        said, right = benign[:, 3], benign[:, 4] == 1.0
        lines.append(
            f"| {error:.0f} m | {np.mean(benign[:, 2]):.0%} | {np.mean(mapped[:, 4]):.0%} "
            f"| {area(said[right], said[~right]):.2f} | {calibration(said, right):.3f} "
            f"| {np.mean(hidden[:, 5] > 0.5):.0%} | {np.mean(hidden[:, 3] > 0.5):.1%} "  # noqa: PLR2004
            f"| {np.mean(benign[:, 5] > 0.5):.1%} | {area(hidden[:, 5], benign[:, 5]):.3f} |"  # noqa: PLR2004
        )
    return "\n".join(lines) + _FOOT


_FOOT = """

Read: where the source is on no map, the best place should be improbable; no hidden one should be explained away by a
neighbour. A hidden source inside a shop that lets out the same compounds is not graded here, and would be explained
away.
"""

_HEAD = """# Figures of mapped places

Made by `python -m validation.explain_places --trials {each}`: {trials} simulated towns for each error of the
position, compositions of EPA SPECIATE 5.2 that were not learnt from (folds by literature reference), as a gas
chromatograph sees them. The towns' densities and shares on the map differ by a factor of about 2 from what the method
believes. The densities, hours and rates themselves are expert judgement and graded by nothing; no measured profile of a
clandestine laboratory is public.

*Mapped*: the source is on the map. *Found*: of these, it is the likeliest place. *Area*: the best place's probability
where it is the source over where it is not. *ECE*: of that probability. *Hidden*: two to four listed compounds over a
benign profile, at a house amid the town; *called* unexplained (above 0.5), *explained away* by a place (above 0.5).
*False*: benign ones called unexplained. *Area* of unexplained: hidden over benign.

| position error | mapped | found | area | ECE | hidden called | hidden explained away | false | area of unexplained |
|---|---|---|---|---|---|---|---|---|"""


if __name__ == "__main__":
    main()
