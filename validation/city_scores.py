"""What `upwind explain` says of visits to dwellings, and how many flags that makes at a threshold."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from validation.city_visits import LIMIT_SIGMA

from upwind import compounds
from upwind.compounds.species import isobars, keys_of
from upwind.exercise.city.noses import TEN
from upwind.explain import explain
from upwind.explain.answer import LIMIT_PART
from upwind.explain.excess import LOWEST
from upwind.explain.profiles import LISTED
from upwind.explain.views import LIMIT_STEP
from upwind.readers.samples import MOLAR_VOLUME_L
from upwind.records import Reading, Sample

__all__ = ["FLAGS_A_THOUSAND", "Row", "explain_all", "is_asked", "key_of", "listed_found", "scored", "threshold"]

Row = dict[str, Any]
#: The bound that the target names.
FLAGS_A_THOUSAND = 0.1

_NAMES = [channel.name for channel in TEN.channels]
_KEYS = [isobars(keys_of(name)) for name in _NAMES]
_LISTED = np.array([bool(keys & LISTED) for keys in _KEYS])
_CHUNK = 100


def _masses() -> NDArray[np.float64]:
    """Return ug/m3 a ppb of each channel's compound."""
    found = [compounds.find(name) for name in _NAMES]
    return np.array([one.molar_mass_g_mol / MOLAR_VOLUME_L for one in found if one is not None])


_MASSES = _masses()


def _found(row: Row) -> NDArray[np.bool_]:
    return np.array(row["value"]) > LIMIT_SIGMA * np.array(row["sigma"])


def listed_found(row: Row) -> tuple[str, ...]:
    """Return the channels above their limits that may hold a listed compound."""
    return tuple(name for name, there in zip(_NAMES, _found(row) & _LISTED, strict=True) if there)


def is_asked(row: Row) -> bool:
    """Return whether two such channels show: where fewer do, the Bayes factor is at its floor by construction."""
    return len(listed_found(row)) > 1


def key_of(row: Row) -> str:
    """Return what names a row among all."""
    return "/".join(str(row.get(name, "")) for name in ("city", "redraw", "visit", "kind", "id", "pair", "rate"))


def _sample(row: Row) -> Sample:
    """Return a row as the sample that a table of it would be read as."""
    found = _found(row)
    readings = []
    for at, (name, keys) in enumerate(zip(_NAMES, _KEYS, strict=True)):
        value, sigma = row["value"][at] * _MASSES[at], row["sigma"][at] * _MASSES[at]
        readings.append(
            Reading(
                compound=name,
                keys=keys,
                amount=value if found[at] else float("nan"),
                limit=LIMIT_SIGMA * sigma,
                uncertainty=sigma if found[at] else float("nan"),
            )
        )
    return Sample(name="", readings=tuple(readings), is_whole=False)


def _view(row: Row) -> tuple[int, ...]:
    """Return the step of each channel's limit, and what is found: samples alike in this share what is learnt."""
    found = _found(row)
    total = float((np.array(row["value"]) * _MASSES)[found].sum())
    parts = LIMIT_SIGMA * np.array(row["sigma"]) * _MASSES / total
    steps = np.floor(np.log(100.0 * parts) / np.log(LIMIT_STEP)).astype(int)
    kept = found | (parts <= LIMIT_PART)
    return tuple(int(step) if one else 9 for step, one in zip(steps, kept, strict=True)) + tuple(map(int, found))


def explain_all(rows: Sequence[Row], place: Path) -> None:
    """Append to a file, a line a row, the answer for every row that it does not hold yet."""
    known = {said["key"] for said in _lines(place)}
    todo = sorted((row for row in rows if key_of(row) not in known), key=_view)
    for first in range(0, len(todo), _CHUNK):
        chunk = todo[first : first + _CHUNK]
        with place.open("a", encoding="utf-8") as stream:
            stream.writelines(json.dumps(_answer(row)) + "\n" for row in chunk)
        print(f"{first + len(chunk)} of {len(todo)}", flush=True)


def _answer(row: Row) -> Row:
    said = explain(_sample(row)).unexplained
    return {"key": key_of(row), "probability": said.probability, "log_bayes_factor": said.log_bayes_factor}


def _lines(place: Path) -> Iterator[Row]:
    if place.exists():
        yield from map(json.loads, place.read_text(encoding="utf-8").splitlines())


def scored(rows: Sequence[Row], place: Path, what: str = "log_bayes_factor") -> NDArray[np.float64]:
    """Return each row's answer, the floor where nothing was asked, NaN where it was not answered yet."""
    said = {line["key"]: float(line[what]) for line in _lines(place)}
    floor = LOWEST if what == "log_bayes_factor" else 0.0
    return np.array([said.get(key_of(row), np.nan) if is_asked(row) else floor for row in rows])


@dataclass(frozen=True, slots=True, kw_only=True)
class Threshold:
    """What is above `value` is flagged (city parity, even first), each chosen on the cities of the other parity."""

    value: tuple[float, float]

    def flags(self, factors: NDArray[np.float64], cities: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Return what is flagged: every city by a threshold that it had no part in."""
        return np.asarray(factors > np.array(self.value)[cities % 2])


def threshold(benign: NDArray[np.float64], cities: NDArray[np.int64], flags_a_thousand: float) -> Threshold:
    """Return, for each half of the cities, the lowest threshold that keeps to a bound on the other half's benign."""
    return Threshold(
        value=(
            _lowest(benign[cities % 2 == 1], flags_a_thousand),
            _lowest(benign[cities % 2 == 0], flags_a_thousand),
        )
    )


def _lowest(benign: NDArray[np.float64], flags_a_thousand: float) -> float:
    """Return the lowest threshold that keeps to a bound on false flags over the visits seen."""
    return float(np.sort(benign)[::-1][int(flags_a_thousand / 1000.0 * benign.size)])
