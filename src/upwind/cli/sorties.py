"""What a person sees of a plan in the terminal: a row a sortie, and how far the whole is from the best possible."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from upwind.cli.screen import table
from upwind.flights.plan import Sortie, Survey
from upwind.flights.search.patterned import Pattern
from upwind.flights.search.reckoning import LEVEL, chance_of, finds_an_hour
from upwind.flights.search.sorties import Search
from upwind.records import Estimate
from upwind.render.numbers import figure, percent, span

__all__ = ["chance_in_words", "show_pattern", "show_search", "show_survey"]

_HEADS = ("sortie", "lines", "km", "time", "from (UTC)")
_NUMBERS = ("sortie", "lines", "km", "time")


def show_survey(survey: Survey, start: datetime) -> None:
    """Print the sorties of a survey, what of the area they see, bound and gap."""
    rows = list(_rows(survey.sorties, start))
    table(f"{_counted(survey.sorties)}, course {survey.course:.0f}°", _HEADS, rows, right=_NUMBERS)
    print(
        f"In all {survey.length_m / 1000:,.1f} km in {span(survey.time_s)}; {survey.coverage:.2%} of the area is seen."
    )
    print(f"No plan of straight lines takes less than {span(survey.lower_bound_s)}: the gap is {survey.gap:.2%}.")


def show_pattern(pattern: Pattern, start: datetime) -> None:
    """Print the sorties of a pattern, and what its legs take by themselves."""
    rows = list(_rows(pattern.sorties, start))
    table(f"{pattern.kind}: {_counted(pattern.sorties)}", _HEADS, rows, right=_NUMBERS)
    print(f"In all {pattern.length_m / 1000:,.1f} km in {span(pattern.time_s)}.")
    print(
        f"No order of these legs takes less than {span(pattern.lower_bound_s)}, the legs alone: the gap is "
        f"{pattern.gap:.2%}."
    )


def show_search(search: Search, start: datetime) -> None:
    """Print the sorties of a search with what each may find, and what even coverage would."""
    rows = [
        [
            *row,
            chance_in_words(chance_of(worth.finds)),
            _an_hour(finds_an_hour(worth.finds, sortie.time_s)),
            _an_hour(finds_an_hour(worth.even_finds, worth.even_s)),
        ]
        for row, sortie, worth in zip(_rows(search.sorties, start), search.sorties, search.worths, strict=True)
    ]
    ours = chance_in_words(chance_of(search.finds))
    heads = (*_HEADS, "prob. of a find", "finds an hour", "even coverage")
    table(f"{_counted(search.sorties)}: a find with {ours}", heads, rows, right=(*_NUMBERS, *heads[-3:]))
    whole = f"In all {search.length_m / 1000:,.1f} km in {span(search.time_s)}"
    print(f"{whole}. Even coverage: finds an hour in the same air.")
    print(f"Intervals hold {100.0 * LEVEL:.0f} % of maps such as those that searches were graded on.")
    print(f"By the model, no legs across the wind find more than {1.0 + search.gap:.2f} times as much.")


def chance_in_words(chance: Estimate) -> str:
    """Return a probability with its interval as ``27 % (11-57)``."""
    return f"{percent(chance.median)} ({100.0 * chance.lower:.0f}-{100.0 * chance.upper:.0f})"


def _an_hour(finds: Estimate) -> str:
    return f"{figure(finds.median)} ({figure(finds.lower)}-{figure(finds.upper)})"


def _rows(sorties: Sequence[Sortie], start: datetime) -> Iterator[list[str]]:
    at = start
    for number, sortie in enumerate(sorties, start=1):
        lines, km = str(len(sortie.lines)), f"{sortie.length_m / 1000:,.1f}"
        yield [str(number), lines, km, span(sortie.time_s), f"{at:%m-%d %H:%M}"]
        at += timedelta(seconds=sortie.time_s)


def _counted(sorties: Sequence[Sortie]) -> str:
    lines = sum(len(sortie.lines) for sortie in sorties)
    return f"{lines} lines in {len(sorties)} sortie{'s' * (len(sorties) != 1)}"
