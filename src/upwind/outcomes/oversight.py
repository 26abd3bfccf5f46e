"""What those who oversee are told: figures, each counted from the log by a query that anybody may ask again.

A query is a kind of entries, the field that groups them, and what is counted. Small counts are held back where a
reader could tell who or where from them.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from upwind.outcomes.acted import acted
from upwind.outcomes.answers import Outcome, Step
from upwind.outcomes.figures import Figure
from upwind.outcomes.suppression import Sum
from upwind.outcomes.times import Span, Waited, median_wait
from upwind.review.judgement import Verdict
from upwind.review.kinds import What
from upwind.review.log import LogEntry
from upwind.review.standing import fold

__all__ = ["AUDIENCES", "Told", "figures", "sums"]

_HOUR_S = 3600.0
#: Leads that came to nothing on the ground.
_FALSE_LEADS = "false leads"
_FALSE = frozenset({Outcome.BENIGN, Outcome.NOTHING_FOUND, Outcome.ERROR})


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """The entries that a report is made of: all until its end, and those since its beginning."""

    every: Sequence[LogEntry]
    start: datetime
    end: datetime

    def of(self, *kinds: What) -> list[LogEntry]:
        """Return the entries of some kinds within the report's time."""
        return [entry for entry in self.every if entry.what in kinds and self.start <= entry.at < self.end]


def figures(told: Told) -> list[Figure]:
    """Return every figure of a report."""
    return [figure for count in (_flights, _airspace, _sites, _answers, _accounts, _times) for figure in count(told)]


def sums(every: Sequence[Figure]) -> list[Sum]:
    """Return the sums among figures of several names."""
    named = {figure.name: figure for figure in every if not figure.group}
    parts = [named[f"outcome: {outcome}"] for outcome in _FALSE if f"outcome: {outcome}" in named]
    return [(named[_FALSE_LEADS], parts)] if _FALSE_LEADS in named else []


#: Which sections each audience reads; the house itself reads all, unsuppressed.
AUDIENCES: Mapping[str, frozenset[str]] = {
    "house": frozenset({"flights", "airspace", "sites", "answers", "accounts", "times"}),
    "legislature": frozenset({"flights", "airspace", "sites", "answers", "accounts", "times"}),
    "partner": frozenset({"airspace", "sites", "answers", "times"}),
    "public": frozenset({"sites", "answers"}),
}


def _flights(told: Told) -> Iterable[Figure]:
    yield from _grouped(("flights", "flights"), told, (What.FLIGHT, "platform"))
    yield from _grouped(("flights", "hours flown"), told, (What.FLIGHT, "platform"), "seconds")


def _airspace(told: Told) -> Iterable[Figure]:
    counts: Counter[tuple[str, bool]] = Counter()
    for entry in told.of(What.FLIGHT):
        counts.update((each["state"], each["is_authorised"]) for each in entry.body["entries"])
    for leave, name in ((True, "entries with authorisation"), (False, "entries without authorisation")):
        query = f'count entries[] of what = "flight" where is_authorised = {str(leave).lower()}, by state'
        for state in sorted({state for state, _ in counts}):
            yield _number("airspace", (name, state), counts[state, leave], query)
        total = sum(count for (_, has), count in counts.items() if has is leave)
        yield _number("airspace", (name, ""), total, query)


def _sites(told: Told) -> Iterable[Figure]:
    first = {entry.case: entry for entry in reversed(told.every) if entry.what == What.SITE}
    fresh = [entry for entry in first.values() if told.start <= entry.at < told.end]
    yield _count("sites", "sites found", fresh, 'the first what = "site" of each case')
    judged = told.of(What.JUDGEMENT)
    yield _count("sites", "judgements", judged, 'what = "judgement"')
    decided = _decided(told)
    for verdict in Verdict:
        cases = [case for case, (last, at) in decided.items() if last is verdict and told.start <= at < told.end]
        query = f'cases whose fold is "{verdict}", decided in the time'
        yield _number("sites", (f"sites {verdict}", ""), len(cases), query)
    yield from _grouped(("sites", "releases"), _once(told), (What.RELEASE, "partner"))
    yield _count("sites", "recalls", told.of(What.RECALL), 'what = "recall"')


def _once(told: Told) -> Told:
    """Return the first entry of each release: one that was sealed anew counts once."""
    sealed = [entry for entry in told.every if entry.what == What.RELEASE]
    first = {entry.body["release"]: entry for entry in reversed(sealed)}
    return replace(told, every=sorted(first.values(), key=lambda entry: entry.seq))


def _answers(told: Told) -> Iterable[Figure]:
    partner = {entry.body["release"]: entry.body["partner"] for entry in told.every if entry.what == What.RELEASE}
    reached: defaultdict[str, set[str]] = defaultdict(set)
    for entry in told.of(What.RECEIPT):
        reached["receipt"].add(entry.body["release"])
    outcomes: dict[str, str] = {}
    for entry in told.of(What.ANSWER):
        reached[entry.body["step"]].add(entry.body["release"])
        if entry.body["outcome"]:
            outcomes[entry.body["release"]] = entry.body["outcome"]
    for step in ("receipt", Step.CLASSIFIED, Step.DECLINED, Step.ACTED, Step.VERIFIED, Step.CONTESTED):
        query = f'releases with an answer of step "{step}", by partner'
        groups = Counter(partner.get(release, "") for release in reached[str(step)])
        for code in sorted(groups):
            yield _number("answers", (f"releases: {step}", code), groups[code], query)
        yield _number("answers", (f"releases: {step}", ""), sum(groups.values()), query)
    for outcome, count in sorted(Counter(outcomes.values()).items()):
        query = f'releases whose last answer has the outcome "{outcome}"'
        yield _number("answers", (f"outcome: {outcome}", ""), count, query)
    false = sum(outcome in _FALSE for outcome in outcomes.values())
    query = f"releases whose last outcome is one of: {', '.join(sorted(_FALSE))}"
    yield _number("answers", (_FALSE_LEADS, ""), false, query)
    yield from _responses(told)
    yield from acted(told.of(What.ANSWER))
    yield from _grouped(("answers", "complaints"), told, (What.COMPLAINT, "by"))
    yield from _grouped(("answers", "reminders"), told, (What.REMINDER, "standing"))


def _responses(told: Told) -> Iterable[Figure]:
    """Yield the share of the time's releases that were answered by its end: that one came is no answer."""
    answers = [entry for entry in told.every if entry.what == What.ANSWER and entry.at < told.end]
    answered = {entry.body["release"] for entry in answers if entry.body["step"] != Step.RECEIVED}
    groups: defaultdict[str, list[bool]] = defaultdict(list)
    for entry in _once(told).of(What.RELEASE):
        for group in (entry.body["partner"], ""):
            groups[group].append(entry.body["release"] in answered)
    for group, said in sorted(groups.items(), key=lambda one: (not one[0], one[0])):
        yield Figure(
            section="answers",
            name="share of releases answered",
            group=group,
            value=round(sum(said) / len(said), 3),
            query=f'releases with an answer other than "{Step.RECEIVED}" over all releases, by partner',
            is_count=False,
            rests_on=min(sum(said), len(said) - sum(said)),
        )


def _accounts(told: Told) -> Iterable[Figure]:
    yield from _grouped(("accounts", "denied access"), told, (What.DENIED, "right"))


def _times(told: Told) -> Iterable[Figure]:
    """Yield how long each step takes over those cases that came in the report's time, the others still waiting."""
    first: defaultdict[str, dict[str, datetime]] = defaultdict(dict)
    for entry in told.every:
        if entry.at < told.end and entry.case:
            first[entry.case].setdefault(entry.what, entry.at)
            if entry.what == What.ANSWER:
                first[entry.case].setdefault(f"answer {entry.body['step']}", entry.at)
    for case, (verdict, at) in _decided(told).items():
        if verdict is Verdict.CONFIRMED:
            first[case]["confirmed"] = at
    legs = (
        ("site", "confirmed", "from detection to judgement"),
        ("confirmed", "release", "from judgement to release"),
        ("release", "receipt", "from release to receipt"),
        ("receipt", f"answer {Step.ACTED}", "from receipt to action"),
    )
    for leg in legs:
        yield from _leg(told, first, leg)


def _leg(told: Told, first: Mapping[str, Mapping[str, datetime]], leg: tuple[str, str, str]) -> Iterable[Figure]:
    """Yield how long one step takes: over all, by the month in which it began, and by partner."""
    begin, end, name = leg
    partner = {entry.case: entry.body["partner"] for entry in reversed(told.every) if entry.what == What.RELEASE}
    begun = {case: times for case, times in first.items() if begin in times and told.start <= times[begin] < told.end}
    waits: defaultdict[tuple[str, str], list[Waited]] = defaultdict(list)
    for case, times in begun.items():
        hours = (times.get(end, told.end) - times[begin]).total_seconds() / _HOUR_S
        groups = (("", ""), (" by month", f"{times[begin]:%Y-%m}"), (" by partner", partner.get(case, "")))
        for key in groups:
            waits[key].append(Waited(hours=hours, is_over=end in times))
    query = f'hours from the first "{begin}" to the first "{end}" of a case, Kaplan-Meier, 90 % interval'
    yield _time((name, ""), median_wait(waits.pop(("", ""), [])), query)
    for (by, group), some in sorted(waits.items()):
        if group:
            yield _time((f"{name}{by}", group), median_wait(some), f"{query},{by}")


def _time(named: tuple[str, str], span: Span, query: str) -> Figure:
    known = [None if value == float("inf") else value for value in (span.median, span.lower, span.upper)]
    return Figure(
        section="times",
        name=f"hours {named[0]}",
        group=named[1],
        value=known[0],
        lower=known[1],
        upper=known[2],
        query=query,
        is_count=False,
        rests_on=span.happened,
        detail=f"{span.happened} of {span.number} happened",
    )


def _decided(told: Told) -> dict[str, tuple[Verdict, datetime]]:
    """Return the verdict of each decided case at the report's end, and when it fell."""
    cases: defaultdict[str, list[LogEntry]] = defaultdict(list)
    for entry in told.every:
        if entry.case and entry.at < told.end:
            cases[entry.case].append(entry)
    found = {}
    for case, entries in cases.items():
        standing = fold(case, entries)
        if standing.verdict is not None:
            last = standing.votes[-1].seq
            found[case] = (standing.verdict, next(entry.at for entry in entries if entry.seq == last))
    return found


def _grouped(named: tuple[str, str], told: Told, by: tuple[What, str], seconds: str = "") -> Iterable[Figure]:
    """Yield how many entries of a kind there are for each value of a field, or how many hours they say, and of all."""
    (section, name), (what, field) = named, by
    groups: defaultdict[str, float] = defaultdict(float)
    numbers: Counter[str] = Counter()
    for entry in told.of(what):
        numbers[str(entry.body[field])] += 1
        groups[str(entry.body[field])] += entry.body[seconds] / _HOUR_S if seconds else 1
    query = f'{f"sum {seconds} / 3600 of" if seconds else "count"} what = "{what}", by {field}'
    for group in [*sorted(groups), ""]:
        total = groups[group] if group else sum(groups.values())
        yield Figure(
            section=section,
            name=name,
            group=group,
            value=round(total, 3) if seconds else round(total),
            query=query,
            is_count=not seconds,
            rests_on=numbers[group] if group else numbers.total(),
        )


def _count(section: str, name: str, entries: Sequence[LogEntry], query: str) -> Figure:
    return _number(section, (name, ""), len(entries), f"count {query}")


def _number(section: str, named: tuple[str, str], count: int, query: str) -> Figure:
    name, group = named
    return Figure(section=section, name=name, group=group, value=count, query=query, rests_on=count)
