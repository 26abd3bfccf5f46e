"""What a sensor can tell apart, and benign compositions as that sensor would see them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from upwind.arrays import FloatArray
from upwind.compounds.species import Species, by_key
from upwind.explain.profiles import Profiles

__all__ = ["LIMIT_STEP", "View", "listed_view", "nearest", "seen", "shares", "views_of", "whole_view"]

#: Limits count as the power of this next below them.
LIMIT_STEP = 4.0


@dataclass(frozen=True, slots=True)
class View:
    """The channels of a sensor: each holds the keys of all species that it takes for one.

    `limits` are the parts of all that is found below which each channel finds nothing [%]; empty: it finds everything.
    """

    channels: tuple[frozenset[str], ...]
    limits: tuple[float, ...] = ()

    def limited(self, parts: FloatArray) -> View:
        """Return the view with limits, shape (channel,), on a coarse scale: samples alike share what is learnt. [%]"""
        if not (parts > 0.0).any():
            return View(self.channels)
        steps = np.floor(np.log(np.where(parts > 0.0, parts, 1.0)) / np.log(LIMIT_STEP))
        return View(self.channels, tuple(np.where(parts > 0.0, LIMIT_STEP**steps, 0.0).tolist()))

    def amounts(self, readings: Iterable[tuple[frozenset[str], float]]) -> FloatArray:
        """Return the amount in each channel, shape (channel,); a reading that meets no channel is left out.

        A reading goes whole to the first channel that it shares a species with.
        """
        places = {key: place for place, keys in reversed(list(enumerate(self.channels))) for key in keys}
        amounts = np.zeros(len(self.channels))
        for keys, amount in readings:
            met = sorted(places[key] for key in keys if key in places)
            if met:
                amounts[met[0]] += amount
        return amounts


def seen(profiles: Profiles, view: View) -> FloatArray:
    """Return what a view sees of every composition, shape (composition, channel), rows summing to 100 (or to 0).

    What several channels could hold is split evenly among them; what is below a channel's limit is not seen.
    """
    places = {key: place for place, key in enumerate(profiles.keys)}
    table = np.zeros((len(profiles.keys), len(view.channels)))
    for channel, keys in enumerate(view.channels):
        table[[places[key] for key in keys if key in places], channel] = 1.0
    table /= np.maximum(table.sum(axis=1, keepdims=True), 1.0)
    parts = shares(profiles.shares @ table)
    return shares(np.where(parts >= view.limits, parts, 0.0)) if view.limits else parts


def shares(amounts: FloatArray) -> FloatArray:
    """Return amounts as parts of their row's sum. [%]"""
    total = amounts.sum(axis=1, keepdims=True)
    return np.where(total > 0.0, 100.0 * amounts / np.where(total > 0.0, total, 1.0), 0.0)


def nearest(profiles: Profiles, view: View, amounts: FloatArray) -> float:
    """Return how like a sample is to the composition most like it, 0 to 1: the sum of roots of shares' products."""
    likeness = np.sqrt(seen(profiles, view)) @ np.sqrt(shares(amounts[None])[0]) / 100.0
    return float(likeness.max())


def listed_view(readings: Sequence[frozenset[str]]) -> View:
    """Return the view of a sensor that measures what is listed and nothing else."""
    return View(tuple(sorted(set(readings), key=sorted)))


@lru_cache(maxsize=64)
def whole_view(profiles: Profiles, merged: frozenset[frozenset[str]], blind: frozenset[str]) -> View:
    """Return the view that tells every species from every other, but for those of `merged`; `blind` ones are unseen."""
    together = {key for keys in merged for key in keys}
    single = (frozenset([key]) for key in profiles.keys if key not in together and key not in blind)
    return View(tuple(sorted({*merged, *single}, key=sorted)))


def views_of(profiles: Profiles, readings: Sequence[frozenset[str]], blind: frozenset[str]) -> tuple[View, ...]:
    """Return the views under which a table of parts of the whole gas may have been made.

    A gas chromatograph tells every species; a table that names only what a PTR-MS, or an infrared spectrometer with
    public spectra, could see may as well come from one of these.
    """
    merged = frozenset(keys for keys in readings if len(keys) > 1)
    views = [whole_view(profiles, merged, blind)]
    known = [by_key().get(key) for keys in readings for key in keys]
    if all(species is not None and species.is_infrared for species in known):
        views.append(_instrument(profiles, "infrared", blind))
    if all(species is not None and species.ion > 0.0 for species in known):
        views.append(_instrument(profiles, "ptr-ms", blind))
    return tuple(views)


@lru_cache(maxsize=64)
def _instrument(profiles: Profiles, kind: str, blind: frozenset[str]) -> View:
    """Return the view of an instrument that cannot see everything."""
    table: list[Species] = [by_key()[key] for key in profiles.keys if key in by_key() and key not in blind]
    if kind == "infrared":
        return listed_view([frozenset([species.key]) for species in table if species.is_infrared])
    ions: dict[float, set[str]] = {}
    for species in table:
        if species.ion > 0.0:
            ions.setdefault(round(species.ion, 3), set()).add(species.key)
    return listed_view([frozenset(keys) for keys in ions.values()])
