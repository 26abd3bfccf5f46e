"""Opening hours as OpenStreetMap writes them: the part of the notation that most places use, and "unknown" beyond it.

Read: days and their ranges, public holidays (`PH`), months and dates without a year, several spans of time, spans past
midnight, `off`, `closed`, `24/7`, rules after `;` (replace the day), after a comma (add to it) and after `||` (where
nothing else holds), comments (which leave a rule unknown). Not read, so unknown: years, weeks, school holidays, sunrise
and its like, open ends (`17:00+`), the first Saturday of a month.

Two readings differ from the letter of the notation: a night that began on Friday lasts into Saturday, whatever
Saturday's own rule says, and ``Tu, Fr`` is a list although a blank follows the comma.

References
----------
https://wiki.openstreetmap.org/wiki/Key:opening_hours/specification (unverified: held against another reader, ADR 0021).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

__all__ = ["Hours", "hours_of"]

_DAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_DAY_MIN = 24 * 60
#: A span may say hours of the day after, to 48.
_LATEST_MIN = 2 * _DAY_MIN

_DAY = rf"(?:{'|'.join(_DAYS)}|PH)"
_DAY_LIST = rf"{_DAY}(?:\s*-\s*{_DAY})?(?:\s*,\s*{_DAY}(?:\s*-\s*{_DAY})?)*"
_DATE = rf"(?:{'|'.join(_MONTHS)})(?:\s+\d{{1,2}})?"
_DATE_LIST = rf"{_DATE}(?:\s*-\s*{_DATE})?(?:\s*,\s*{_DATE}(?:\s*-\s*{_DATE})?)*"
_SPAN = r"\d{1,2}(?::\d\d)?\s*-\s*\d{1,2}(?::\d\d)?(?!\d|:|\+)"
_TIMES = rf"24/7|off\b|closed\b|open\b|{_SPAN}(?:\s*,\s*{_SPAN})*"
_RULE = re.compile(
    rf"\s*(?P<dates>{_DATE_LIST})?\s*:?\s*(?P<days>{_DAY_LIST})?\s*:?\s*(?P<times>{_TIMES})?"
    r"\s*(?P<state>open\b|off\b|closed\b|unknown\b)?\s*(?P<comment>\"[^\"]*\")?\s*"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rule:
    """When it holds and what: `spans` in minutes of the day; `is_open` is None where a comment decides.

    `dates` are pairs of (month, day), `days` of the week counted from Monday; empty: all. `holidays` says that it names
    public holidays, `adds` that it leaves what held before, `falls_back` that it holds where nothing else does.
    """

    dates: tuple[tuple[tuple[int, int], tuple[int, int]], ...]
    days: frozenset[int]
    holidays: bool
    spans: tuple[tuple[int, int], ...]
    is_open: bool | None
    adds: bool
    falls_back: bool

    def matches(self, day: date, *, holiday: bool) -> bool:
        """Return whether the rule speaks of a day."""
        on = (day.month, day.day)
        within = (first <= on <= last if first <= last else on >= first or on <= last for first, last in self.dates)
        if self.dates and not any(within):
            return False
        if self.holidays and holiday:
            return True
        return day.weekday() in self.days or not (self.days or self.holidays)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hours:
    """When a place is open."""

    rules: tuple[_Rule, ...]

    def is_open(self, at: datetime, *, holiday: bool) -> bool | None:
        """Return whether the place is open; None where the hours leave it to a comment.

        Parameters
        ----------
        at
            The local time there.
        holiday
            Whether that day is a public holiday there: the notation needs it and no calendar is kept here.
        """
        first = [rule for rule in self.rules if not rule.falls_back]
        if any(rule.is_open is not False for rule in first):
            state = _state(first, at, holiday=holiday)
            if state is not False:
                return state
        return _state([rule for rule in self.rules if rule.falls_back], at, holiday=holiday)


def hours_of(text: str) -> Hours | None:
    """Return the hours that a tag `opening_hours` says; None where it says nothing, or what is not read here.

    Examples
    --------
    >>> from datetime import datetime
    >>> night = datetime.fromisoformat("2026-03-07T01:00-06:00")  # a Saturday
    >>> hours_of("Mo-Th 08:00-18:00; Fr 20:00-02:00; PH off").is_open(night, holiday=False)
    True
    >>> hours_of("sunrise-sunset") is None
    True
    """
    rules: list[_Rule] = []
    for number, part in enumerate(re.split(r"\|\|", text)):
        for piece in _outside_quotes(part):
            found = list(_rules(piece, falls_back=number > 0))
            if not found or None in found:
                return None
            rules += [rule for rule in found if rule is not None]
    return Hours(rules=tuple(rules)) if rules else None


def _outside_quotes(text: str) -> list[str]:
    """Return the pieces between semicolons that stand in no comment, blank ones left out."""
    pieces = re.findall(r"(?:[^;\"]|\"[^\"]*\")+", text)
    return [piece for piece in pieces if piece.strip()]


def _rules(piece: str, *, falls_back: bool) -> Iterator[_Rule | None]:
    """Yield the rules between two semicolons; the second and later ones add to the first. None: not understood."""
    place, adds = 0, False
    while place < len(piece):
        match = _RULE.match(piece, place)
        if match is None or not any(match.groups()) or (match["dates"] and match.end() == place):
            yield None
            return
        yield _rule(match, adds=adds, falls_back=falls_back)
        place = match.end() + (piece[match.end() : match.end() + 1] == ",")
        adds = True


def _rule(match: re.Match[str], *, adds: bool, falls_back: bool) -> _Rule | None:
    """Return one rule; None where its times are none."""
    times = match["times"] or match["state"] or "open"
    said = {match["times"], match["state"]}
    is_off = bool(said & {"off", "closed"})
    whole = is_off or times in ("24/7", "open", "unknown")
    spans = ((0, _DAY_MIN),) if whole else tuple(map(_span, re.findall(_SPAN, times)))
    if any(last > _LATEST_MIN or first > _DAY_MIN for first, last in spans):
        return None
    names = match["days"] or ""
    unsure = "unknown" in said or (match["comment"] is not None and "open" not in said)
    return _Rule(
        dates=tuple(_dates(match["dates"] or "")),
        days=frozenset(_days(names)),
        holidays="PH" in names,
        spans=spans,
        is_open=False if is_off else (None if unsure else True),
        adds=adds,
        falls_back=falls_back,
    )


def _span(text: str) -> tuple[int, int]:
    """Return the minutes of a span; one that ends before it begins goes on past midnight."""
    first, last = (int(hour) * 60 + int(minute or 0) for hour, minute in re.findall(r"(\d{1,2})(?::(\d\d))?", text))
    return first, last if last > first else last + _DAY_MIN


def _days(text: str) -> Iterator[int]:
    for part in text.split(","):
        named = [_DAYS.index(name) for name in re.findall("|".join(_DAYS), part)]
        if named:
            yield from ((named[0] + step) % 7 for step in range((named[-1] - named[0]) % 7 + 1))


def _dates(text: str) -> Iterator[tuple[tuple[int, int], tuple[int, int]]]:
    for part in filter(None, text.split(",")):
        named = re.findall(rf"({'|'.join(_MONTHS)})(?:\s+(\d{{1,2}}))?", part)
        (first, from_day), (last, to_day) = named[0], named[-1]
        yield (
            (_MONTHS.index(first) + 1, int(from_day or 1)),
            (_MONTHS.index(last) + 1, int(to_day or 31)),
        )


def _state(rules: Sequence[_Rule], at: datetime, *, holiday: bool) -> bool | None:
    """Return what rules say of a moment: the night before may last into it."""
    minute = at.hour * 60 + at.minute
    today, before = at.date(), at.date() - timedelta(days=1)
    spans = [
        *_spans(rules, today, holiday=holiday),
        *((first - _DAY_MIN, last - _DAY_MIN, state) for first, last, state in _spans(rules, before, holiday=False)),
    ]
    states = [state for first, last, state in spans if first <= minute < last]
    if True in states:
        return True
    return None if None in states else False


def _spans(rules: Sequence[_Rule], day: date, *, holiday: bool) -> list[tuple[int, int, bool | None]]:
    """Return the spans of a day: those of the last rule that speaks of it, and of what adds to it."""
    spans: list[tuple[int, int, bool | None]] = []
    for rule in rules:
        if not rule.matches(day, holiday=holiday):
            continue
        if not rule.adds or rule.is_open is False:
            spans = []
        if rule.is_open is not False:
            spans += [(first, last, rule.is_open) for first, last in rule.spans]
    return spans
