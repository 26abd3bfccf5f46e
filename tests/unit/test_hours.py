"""Opening hours: what most places write is read as a person would, and the rest is unknown, never open."""

from __future__ import annotations

from datetime import datetime

import pytest

from upwind.readers.places.hours import hours_of

#: 2 March 2026 was a Monday.
WEEK = {"Mo": 2, "Tu": 3, "We": 4, "Th": 5, "Fr": 6, "Sa": 7, "Su": 8}


def at(day: str, clock: str, month: int = 3) -> datetime:
    return datetime.fromisoformat(f"2026-{month:02d}-{WEEK[day]:02d}T{clock}-06:00")


@pytest.mark.parametrize(
    ("text", "day", "clock", "is_open"),
    [
        ("24/7", "Su", "03:00", True),
        ("08:00-16:15", "Su", "16:14", True),
        ("08:00-16:15", "Su", "16:15", False),
        ("Mo-Fr 08:00-10:30, 11:00-16:00", "We", "10:45", False),
        ("Mo-Fr 08:00-10:30, 11:00-16:00", "We", "11:00", True),
        ("Mo-Fr 10:00-19:00, Sa 10:00-18:00", "Sa", "17:00", True),
        ("Mo-Fr 10:00-19:00, Sa 10:00-18:00", "Mo", "18:30", True),
        ("Fr-Sa 22:00-04:00", "Sa", "03:00", True),
        ("Fr-Sa 22:00-04:00", "Su", "03:59", True),
        ("Fr-Sa 22:00-04:00", "Fr", "03:00", False),
        ("Fr-Sa 22:00-28:00", "Su", "03:59", True),
        ("Fr-Mo 16:00-03:00", "Su", "17:00", True),
        ("Fr-Mo 16:00-03:00", "We", "17:00", False),
        ("Mo-Fr 08:00-20:00; We off", "We", "12:00", False),
        ("Mo-Fr 08:00-20:00; We 10:00-12:00", "We", "13:00", False),
        ("Mo-Fr 08:00-19:00 Sa 09:00-19:00 Su 12:00-18:00", "Sa", "08:30", False),
        ("Mo-Sa 8-20; Su closed", "Mo", "19:59", True),
        ("Mo,Fr 11:00-18:00; We,Th 11:00-20:00", "Th", "19:00", True),
        ("Jun-Aug: Su-Sa 09:00-24:00; Sep-May: Su-Sa 09:00-18:00", "Mo", "20:00", False),
        ("Nov-Feb off; Mar-Oct 10:00-18:00", "Mo", "12:00", True),
        ('Mo-Fr 08:00-16:00 || "on appointment"', "We", "10:00", True),
        ('Mo-Fr 08:00-16:00 || "on appointment"', "We", "18:00", None),
        ('Mo-Fr 08:00-16:00 "when in; not else"', "We", "10:00", None),
        ('"for request only"', "We", "10:00", None),
        ("Mo-Fr", "We", "03:00", True),
        ('Mo-Fr 11:00-15:00 open "Lunch"; We-Fr 17:00-22:00 open "Dinner"', "Tu", "12:00", True),
        ('Mo-Fr 11:00-15:00 open "Lunch"; We-Fr 17:00-22:00 open "Dinner"', "Mo", "18:00", False),
        ("Mo-Fr 08:00-18:00; Sa unknown", "Sa", "12:00", None),
        ("Mo-Fr 08:00-18:00 off", "Mo", "12:00", False),
        ("Tu, Fr 10:00-18:00; We-Th 10:00-20:00", "Tu", "03:00", False),
        ("Fr 10:00-05:00; Sa 11:30-05:00", "Sa", "03:00", True),
    ],
)
def test_what_is_written_is_meant(text: str, day: str, clock: str, is_open: bool | None) -> None:  # noqa: FBT001
    hours = hours_of(text)
    assert hours is not None
    assert hours.is_open(at(day, clock), holiday=False) is is_open


def test_a_date_lies_within_its_season() -> None:
    hours = hours_of("Mo-Fr 10:00-18:00; Jun 05-Aug 13 Mo-Fr 11:00-18:00")
    assert hours is not None
    assert hours.is_open(datetime.fromisoformat("2026-06-04T10:30+00:00"), holiday=False)
    assert not hours.is_open(datetime.fromisoformat("2026-06-05T10:30+00:00"), holiday=False)


def test_holidays_count_where_the_place_speaks_of_them() -> None:
    hours, silent = hours_of("Mo-Fr 10:00-18:00; PH off"), hours_of("Mo-Fr 10:00-18:00")
    assert hours is not None
    assert silent is not None
    assert hours.is_open(at("Mo", "12:00"), holiday=False)
    assert not hours.is_open(at("Mo", "12:00"), holiday=True)
    assert silent.is_open(at("Mo", "12:00"), holiday=True)
    both = hours_of("Sa-Su,PH 12:00-18:00")
    assert both is not None
    assert not both.is_open(at("Mo", "13:00"), holiday=False)
    assert both.is_open(at("Mo", "13:00"), holiday=True)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "sunrise-sunset",
        "17:00+",
        "Mo-Fr 16:00-, Sa 14:00-",
        "Sa[1] 10:00-12:00",
        "2017 Jul 1 - 2017 Aug 8 off",
        "week 1-10 Mo 10:00-12:00",
        "SH off",
        "Seasonal, only summer time",
        "Mon - Fri 11am - 11pm",
        "Mo-Fr 09:30 - 15:00. Lunch Mo-Fr 11:00 - 13:30",
        "25:00-26:00",
        "08:00-49:00",
        "easter off",
        '"unclosed',
        ";;",
    ],
)
def test_what_is_not_understood_is_unknown(text: str) -> None:
    assert hours_of(text) is None
