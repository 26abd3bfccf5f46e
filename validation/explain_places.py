"""How well mapped places are told from all else: simulated towns, measured compositions that were not learnt from.

From the top of the checkout::

    python -m validation.explain_places --out docs/explain-places-figures.md

A town has emitters of every benign class, as densely as `kinds.FIELDS` says but for a factor of 2 either way that the
method does not know, a part of them on the map. One of them is smelled: its composition is a measured profile of its
class from references that the method has not learnt from; its position is known with an error. Or else listed compounds
over such a profile are smelled at a house, with the same town about it. Whoever smells is told hour and map alike.
*Beside*: the house stands 20 to 60 m from a shop of the map that is at work, and the profile under the listed compounds
is one of what that shop lets out, which is the worst that a neighbour can do.

Two noses smell: a gas chromatograph, and ten masses of a proton-transfer spectrometer (isobars together, none below a
part of all that was found, told of that limit).

What this cannot grade: the densities, shares and rates themselves, which nobody has measured.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import product
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from validation.explain_cases import CLASSES, Cases, folds, mixed, read, seen
from validation.explain_method import laid, learnt
from validation.explain_scores import area, calibration

from upwind.compounds.species import isobars, keys_of
from upwind.exercise.city.noses import TEN
from upwind.explain import Moment, Neighbourhood, explain_there
from upwind.explain.kinds import FIELDS, every_kind, kind_of
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
NOSES = ("gc", "ten masses")
#: Ten masses: what is less than this of all that was found is below its limit. [part]
LIMIT_PART = 0.03
#: How far a hidden house stands from the shop beside it. [m]
BESIDE_M = (20.0, 60.0)
#: Those listed that one of the ten masses may be; the chromatograph sees all.
OF_TEN = ("67-64-1", "78-93-3", "108-88-3", "60-29-7")


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
    added = {"gc": mixed(cases, 7), "ten masses": mixed(cases, 7, OF_TEN)}
    rows = []
    for number, (training, tested) in enumerate(folds(cases, FOLDS, 0)):
        profiles = learnt(cases.of(training))
        for nose in NOSES:
            benign, hidden = (_Smelled(cases=each, nose=nose, tested=tested) for each in (cases, added[nose]))
            for error in ERRORS_M:
                rng = np.random.default_rng([number, int(error)])
                for _ in range(arguments.trials):
                    rows.append(_benign(rng, benign, profiles, error))
                    rows.append(_hidden(rng, hidden, profiles, error))
                    rows.append(_beside(rng, hidden, profiles, error))
    arguments.out.write_text(_page(rows, arguments.trials * FOLDS), encoding="utf-8")
    print(f"Figures are in {arguments.out}")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Smelled:
    """What may be smelled, by which nose; only the `tested` cases were not learnt from."""

    cases: Cases
    nose: str
    tested: NDArray[np.bool_]

    def row(self, rng: np.random.Generator, names: Iterable[str]) -> int:
        """Return a tested case of one of some classes."""
        able = np.isin(self.cases.classes, [CLASSES.index(name) for name in names])
        return int(rng.choice(np.flatnonzero(self.tested & able)))

    @property
    def measured(self) -> frozenset[str]:
        """The classes of the tested cases."""
        return frozenset(CLASSES[each] for each in np.unique(self.cases.classes[self.tested]))


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What was so and what was said: `best` is the likeliest place's probability, `right` whether it is the source."""

    kind: str
    nose: str
    error: float
    mapped: bool
    best: float
    right: bool
    unexplained: float


def _benign(rng: np.random.Generator, smelled: _Smelled, profiles: Profiles, error: float) -> Outcome:
    """Return what is said of one emitter."""
    time = _hour(rng)
    town = _town(rng)
    able = [one for one in town if np.hypot(one.east, one.north) < HALF_M / 2.0 and one.name in smelled.measured]
    able = [one for one in able if one.place is None or _emits(rng, one.place, time)]
    if not able:
        return _benign(rng, smelled, profiles, error)
    emitter = able[rng.integers(len(able))]
    row = smelled.row(rng, [emitter.name])
    answer = _answer(smelled, row, profiles, _about(rng, town, (emitter.east, emitter.north), error, time))
    best = answer.places[0] if answer.places else None
    right = best is not None and emitter.place is not None and best.id == emitter.place.id
    return _outcome("benign", smelled.nose, error, answer, mapped=emitter.place is not None, right=right)


def _hidden(rng: np.random.Generator, smelled: _Smelled, profiles: Profiles, error: float) -> Outcome:
    """Return what is said of listed compounds that are let out at a house in the town's middle."""
    row = smelled.row(rng, CLASSES)
    answer = _answer(smelled, row, profiles, _about(rng, _town(rng), (0.0, 0.0), error, _hour(rng)))
    return _outcome("hidden", smelled.nose, error, answer)


def _beside(rng: np.random.Generator, smelled: _Smelled, profiles: Profiles, error: float) -> Outcome:
    """Return what is said of listed compounds at a house beside a shop, over what that shop lets out."""
    time = _hour(rng)
    away, bearing = rng.uniform(*BESIDE_M), rng.uniform(0.0, 2.0 * math.pi)
    able = [tag for tag, kind in every_kind() if smelled.measured.intersection(kind.classes)]
    shop = _place(9999, away * math.cos(bearing), away * math.sin(bearing), able[rng.integers(len(able))])
    kind = kind_of(shop)
    if kind is None or not _emits(rng, shop, time):
        return _beside(rng, smelled, profiles, error)
    row = smelled.row(rng, smelled.measured.intersection(kind.classes))
    town = [*_town(rng), Emitter(name="", east=0.0, north=0.0, place=shop)]
    answer = _answer(smelled, row, profiles, _about(rng, town, (0.0, 0.0), error, time))
    return _outcome("beside", smelled.nose, error, answer)


def _outcome(
    kind: str, nose: str, error: float, answer: Explained, *, mapped: bool = False, right: bool = False
) -> Outcome:
    best = answer.places[0].probability if answer.places else 0.0
    said = answer.unexplained.probability
    return Outcome(kind=kind, nose=nose, error=error, mapped=mapped, best=best, right=right, unexplained=said)


def _town(rng: np.random.Generator) -> list[Emitter]:
    """Return the emitters of one town."""
    emitters: list[Emitter] = []
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
    rng: np.random.Generator, town: list[Emitter], at: tuple[float, float], error: float, time: datetime
) -> Neighbourhood:
    """Return what is known of the place of a source: the map, the hour, and a position with its error."""
    east, north = at[0] + error * rng.standard_normal(), at[1] + error * rng.standard_normal()
    longitude, latitude = HERE.to_geographic(np.array([east]), np.array([north]))
    house = _place(0, 0.0, 0.0, ("building", "yes"))
    return Neighbourhood(
        places=(house, *(emitter.place for emitter in town if emitter.place is not None)),
        whereabouts=within(float(longitude[0]), float(latitude[0]), error * SIGMAS_90),
        moment=Moment(time=time),
    )


def _answer(smelled: _Smelled, row: int, profiles: Profiles, neighbourhood: Neighbourhood) -> Explained:
    """Return the answer for one case as a nose smells it."""
    one = np.zeros(len(smelled.cases.classes), dtype=np.bool_)
    one[row] = True
    table, view = laid(seen(smelled.cases.of(one), "gc"))
    found = [(keys, float(amount)) for keys, amount in zip(view.channels, table[0], strict=True) if amount > 0.0]
    if smelled.nose == "gc":
        readings = [_reading(keys, amount, math.nan) for keys, amount in found]
        return explain_there(Sample(name="", readings=tuple(readings), is_whole=True), neighbourhood, profiles)
    channels = [isobars(keys_of(channel.name)) for channel in TEN.channels]
    sums = [sum(amount for keys, amount in found if keys & channel) for channel in channels]
    limit = LIMIT_PART * (sum(sums) or 1.0)
    readings = [
        _reading(keys, amount if amount > limit else math.nan, limit)
        for keys, amount in zip(channels, sums, strict=True)
    ]
    return explain_there(Sample(name="", readings=tuple(readings), is_whole=False), neighbourhood, profiles)


def _reading(keys: frozenset[str], amount: float, limit: float) -> Reading:
    return Reading(compound="", keys=keys, amount=amount, limit=limit, uncertainty=math.nan)


def _page(rows: list[Outcome], trials: int) -> str:
    """Return the page."""
    lines = [_HEAD.format(trials=trials, each=trials // FOLDS, limit=LIMIT_PART), _COLUMNS, "|---" * 13 + "|"]
    for nose, error in product(NOSES, ERRORS_M):
        own = [row for row in rows if (row.nose, row.error) == (nose, error)]
        lines.append(_line(nose, error, own))
    return "\n".join(lines) + _FOOT


def _line(nose: str, error: float, rows: list[Outcome]) -> str:
    """Return one line of the table."""
    benign, hidden, beside = ([row for row in rows if row.kind == kind] for kind in ("benign", "hidden", "beside"))
    said, right = np.array([row.best for row in benign]), np.array([row.right for row in benign])
    found = [row.right for row in benign if row.mapped]
    parts = []
    for each in (hidden, beside):
        called = np.mean([row.unexplained > _CALLED for row in each])
        parts += [f"{called:.0%}", f"{np.mean([row.best > _CALLED for row in each]):.1%}"]
    false = [row.unexplained > _CALLED for row in benign]
    unexplained = np.array([row.unexplained for row in benign])
    areas = [f"{area(np.array([row.unexplained for row in each]), unexplained):.3f}" for each in (hidden, beside)]
    return (
        f"| {nose} | {error:.0f} m | {len(found) / len(benign):.0%} | {np.mean(found):.0%} "
        f"| {area(said[right], said[~right]):.2f} | {calibration(said, right):.3f} "
        f"| {' | '.join(parts)} | {np.mean(false):.1%} | {' | '.join(areas)} |"
    )


_CALLED = 0.5

_FOOT = """

Read: where the source is on no map, the best place should be improbable; no hidden one should be explained away by a
neighbour, though nobody can tell a house from a shop beside it by solvents that the shop lets out. A hidden source
inside a shop that lets out the same compounds is not graded here, and would be explained away.
"""

_HEAD = """# Figures of mapped places

Made by `python -m validation.explain_places --trials {each}`: {trials} simulated towns for each nose, each error of the
position and each kind of source; compositions of EPA SPECIATE 5.2 that were not learnt from (folds by literature
reference), as a gas chromatograph smells them, or as ten masses of a proton-transfer spectrometer that see {limit:.0%}
of all that they find. The towns' densities and shares on the map differ by a factor of about 2 from what the method
believes. The densities, hours and rates themselves are expert judgement and graded by nothing; no measured profile of a
clandestine laboratory is public.

*Mapped*: the source is on the map. *Found*: of these, it is the likeliest place. *Area*: the best place's probability
where it is the source over where it is not. *ECE*: of that probability. *Hidden*: two to four listed compounds over a
benign profile, at a house amid the town. *Beside*: the house is 20 to 60 m from a shop of the map that is at work, and
the profile under them is of what that shop lets out. *Called* unexplained (above 0.5), *away*: explained away by a
place (above 0.5). *False*: benign ones called unexplained. The last two: area of unexplained, over benign.
"""
_COLUMNS = (
    "| nose | error | mapped | found | area | ECE | hidden called | away | beside called | away | false "
    "| hidden | beside |"
)


if __name__ == "__main__":
    main()
