"""How reviewers do: against known cases, against each other, and with or without the machine's word.

All of it is read off the log. Each reviewer sees only their own score; who may see more is the edge's to decide.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from upwind.records import Estimate
from upwind.review.agreement import agreement, share
from upwind.review.judgement import Verdict
from upwind.review.kinds import What
from upwind.review.log import LogEntry

__all__ = ["Score", "Sway", "agreed", "scores", "sway"]

#: Drift shows in the latest known cases; so many are enough to see it, and few enough to be recent.
LATEST = 20
_EVEN = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """How often a person was right about `known` cases: over all of them, and over the latest ones."""

    person: str
    known: int
    right: Estimate | None
    lately: Estimate | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sway:
    """The share of first verdicts that side with the machine, where its probability was shown, and where withheld."""

    shown: Estimate | None
    withheld: Estimate | None


def scores(entries: Iterable[LogEntry]) -> list[Score]:
    """Return every reviewer's score on known cases, by name; the verdict that counts is the one first given."""
    told = list(entries)
    truths = {entry.case: Verdict(entry.body["truth"]) for entry in told if entry.what == What.KNOWN}
    hits: defaultdict[str, list[bool]] = defaultdict(list)
    for entry in told:
        if entry.what == What.JUDGEMENT and entry.case in truths:
            hits[entry.who].append(entry.body["verdict"] == truths[entry.case])
    return [
        Score(
            person=person,
            known=len(right),
            right=share(sum(right), len(right)),
            lately=share(sum(right[-LATEST:]), len(right[-LATEST:])),
        )
        for person, right in sorted(hits.items())
    ]


def agreed(entries: Iterable[LogEntry]) -> Estimate | None:
    """Return how far reviewers agree with each other beyond chance, over all cases that two or more judged."""
    ratings: defaultdict[str, dict[str, str]] = defaultdict(dict)
    for entry in entries:
        if entry.what == What.JUDGEMENT:
            ratings[entry.case].setdefault(entry.who, entry.body["verdict"])
    return agreement(list(ratings.values()), tuple(Verdict))


def sway(entries: Iterable[LogEntry]) -> Sway:
    """Return how often first verdicts side with the machine; that they do so less where it was withheld is its sway.

    The machine's side is *confirmed* where its probability at that time was even or more, *rejected* below; to be
    unsure is to side with nobody.
    """
    machine: dict[str, float] = {}
    sided: Mapping[bool, list[bool]] = {True: [], False: []}
    for entry in entries:
        if entry.what == What.SITE:
            machine[entry.case] = float(entry.body["probability"])
        elif entry.what == What.JUDGEMENT and entry.body["stage"] == 1 and entry.case in machine:
            side = Verdict.CONFIRMED if machine[entry.case] >= _EVEN else Verdict.REJECTED
            sided[entry.body["withheld"]].append(entry.body["verdict"] == side)
    return Sway(**{name: share(sum(sided[is_so]), len(sided[is_so])) for name, is_so in _SIDES.items()})


_SIDES = {"shown": False, "withheld": True}
