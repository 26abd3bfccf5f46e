"""What acting came to, in figures: whether places were at work, how that is borne out, people as counts, and seizures.

Of each release the last answer of the time counts: a restatement takes the place of what was said, and both stay in
the log.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from upwind.compounds import find
from upwind.outcomes.figures import Figure
from upwind.review.log import LogEntry

__all__ = ["acted"]

_SECTION = "answers"
_PEOPLE = ("arrests", "harmed_residents", "harmed_officers")
#: What is counted by name beside the listed compounds; all else is one group, for names are free text.
_DRUGS = frozenset({"amphetamine", "cocaine", "fentanyl", "heroin", "methamphetamine"})
_OTHER = "other substances"


def acted(answers: Sequence[LogEntry]) -> Iterable[Figure]:
    """Yield the figures of the answers of a report's time."""
    said = {entry.body["release"]: entry.body for entry in answers if entry.body.get("outcome")}
    for field, name in (("activity", "activity when acted on"), ("evidence", "borne out by")):
        yield from _grouped(name, field, said)
    for field in _PEOPLE:
        count = sum(body.get(field) or 0 for body in said.values())
        query = f"sum {field} of the last answer of each release that has an outcome"
        yield Figure(section=_SECTION, name=field.replace("_", " "), group="", value=count, query=query, rests_on=count)
    yield from _seized(said)


def _grouped(name: str, field: str, said: Mapping[str, Mapping[str, Any]]) -> Iterable[Figure]:
    counts = Counter(str(body[field]) for body in said.values() if body.get(field))
    query = f"releases by {field} of their last answer that has an outcome"
    for group in [*sorted(counts), ""]:
        count = counts[group] if group else counts.total()
        yield Figure(section=_SECTION, name=name, group=group, value=count, query=query, rests_on=count)


def _seized(said: Mapping[str, Mapping[str, Any]]) -> Iterable[Figure]:
    """Yield the grams seized of each listed compound and drug, and of all others together."""
    grams: Counter[str] = Counter()
    releases: defaultdict[str, set[str]] = defaultdict(set)
    for release, body in said.items():
        for row in body.get("seized") or ():
            name = _named(row["substance"])
            grams[name] += row["grams"]
            releases[name].add(release)
    query = "sum seized[].grams of the last answer of each release that has an outcome, by substance"
    for name in sorted(grams):
        number = len(releases[name])
        yield Figure(
            section=_SECTION,
            name="seized [g]",
            group=name,
            value=grams[name],
            query=query,
            is_count=False,
            rests_on=number,
        )


def _named(substance: str) -> str:
    known = find(substance.strip())
    if known is not None:
        return known.name
    return substance.strip().lower() if substance.strip().lower() in _DRUGS else _OTHER
