"""What a report holds back from readers outside the house, so that no small count can be told, nor worked out.

A figure that rests on fewer than `FEWEST` entries is held back. Where groups and their total stand side by side, that
alone can be undone by subtraction, so further figures of the sum are held back, the smallest first and the total last,
until every small count could be at least two numbers (the complementary suppression of official statistics).

References
----------
L. Willenborg, T. de Waal, Elements of Statistical Disclosure Control, Springer 2001, doi:10.1007/978-1-4613-0121-9
(unverified).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from upwind.outcomes.figures import FEWEST, Figure

__all__ = ["HELD", "SMALL", "Sum", "held_back"]

#: What stands in place of a small count, and of what would give one away.
SMALL, HELD = f"<{FEWEST}", "held back"

#: A total, and the figures that add up to it.
Sum = tuple[Figure, Sequence[Figure]]
Key = tuple[str, str, str]


def held_back(figures: Sequence[Figure], sums: Iterable[Sum] = ()) -> dict[Key, str]:
    """Return what stands in place of each figure that is held back, by its section, name and group.

    Parameters
    ----------
    sums
        Beside those of groups and their total, which are found by themselves.
    """
    held = {
        figure.key: SMALL if figure.is_count else HELD
        for figure in figures
        if figure.rests_on is not None and 0 < figure.rests_on < FEWEST
    }
    every = [*_grouped(figures), *sums]
    while exposed := next((one for one in every if _is_exposed(one, held)), None):
        held[_next(exposed, held).key] = HELD
    return held


def _grouped(figures: Sequence[Figure]) -> list[Sum]:
    """Return the figures that stand in groups, with their totals."""
    groups: defaultdict[tuple[str, str], list[Figure]] = defaultdict(list)
    totals = {}
    for figure in figures:
        if figure.group:
            groups[figure.section, figure.name].append(figure)
        else:
            totals[figure.section, figure.name] = figure
    return [(totals[name], parts) for name, parts in groups.items() if name in totals]


def _is_exposed(one: Sum, held: Mapping[Key, str]) -> bool:
    """Return whether a small figure of a sum can be worked out from those that are not held back."""
    total, parts = one
    hidden = [part for part in parts if part.key in held]
    if total.key in held or not hidden:
        return False
    if not total.is_count:
        return len(hidden) == 1
    small = sum(held[part.key] == SMALL for part in hidden)
    if small == 0:
        return False
    most, others = FEWEST - 1, len(hidden) - small
    rest = round((total.value or 0) - sum(part.value or 0 for part in parts if part.key not in held))
    highest = min(most, rest - (small - 1) - FEWEST * others)
    lowest = 1 if others else max(1, rest - most * (small - 1))
    return lowest >= highest


def _next(one: Sum, held: Mapping[Key, str]) -> Figure:
    """Return what is held back next: the smallest part that is not nothing, and the total where none is left."""
    total, parts = one
    shown = [part for part in parts if part.key not in held and part.value]
    return min(shown, key=lambda part: part.value or 0) if shown else total
