"""What covers an entry, to its last second and metre; and the words for what does not."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from makers.entries import entry_of
from makers.flown import authorisation

from upwind.errors import ContractError
from upwind.flights.permission.covering import Presence, covering, nearest, refusal, shortfalls
from upwind.flights.permission.draft import draft
from upwind.readers.authorisations import read_authorisations
from upwind.records import Authorisation, EntryKind
from upwind.render.leave import refusal_words, shortfall_words

START = datetime(2020, 9, 15, 0, 43, tzinfo=UTC)
END = datetime(2020, 9, 15, 0, 50, tzinfo=UTC)
AREA = {"type": "Polygon", "coordinates": [[[-118, 32], [-117, 32], [-117, 33], [-118, 33], [-118, 32]]]}
ALLOWED = authorisation("MEX", START, END, id="MEX-2020-7", floor_m=100.0, ceiling_m=3000.0, platform="PSWRD35")


def there(**changes: Any) -> Presence:
    """Return three samples that fill all that is allowed to its brim."""
    said: dict[str, Any] = {
        "state": "MEX",
        "kind": EntryKind.SEA,
        "platform": "PSWRD35",
        "start": START.timestamp(),
        "end": END.timestamp(),
        "time": np.array([START.timestamp(), START.timestamp() + 7.0, END.timestamp()]),
        "longitude": np.array([-117.5, -117.4, -117.3]),
        "latitude": np.array([32.1, 32.2, 32.3]),
        "lowest": np.array([100.0, 900.0, 2990.0]),
        "highest": np.array([120.0, 920.0, 3000.0]),
    }
    return Presence(**(said | changes))


def heights(lowest: float, highest: float) -> Presence:
    return there(lowest=np.array([500.0, lowest, 500.0]), highest=np.array([510.0, highest, 510.0]))


@pytest.mark.parametrize(
    ("presence", "allowed", "words"),
    [
        (there(), ALLOWED, ""),
        (there(), replace(ALLOWED, state="USA"), "its state is USA, not MEX"),
        (there(), replace(ALLOWED, end=END - timedelta(seconds=12)), "it ends 12 s before the flight leaves"),
        (there(), replace(ALLOWED, end=END - timedelta(microseconds=1)), "it ends 0.000001 s before the flight leaves"),
        (there(), replace(ALLOWED, start=START + timedelta(minutes=3)), "it begins 3 min after the flight enters"),
        (
            there(),
            replace(ALLOWED, start=START - timedelta(days=9), end=START - timedelta(hours=5)),
            "it ends 5 h before the flight enters",
        ),
        (
            there(),
            replace(ALLOWED, start=END + timedelta(days=3), end=END + timedelta(days=4)),
            "it begins 3 days after the flight has left",
        ),
        (there(), replace(ALLOWED, platform="RC-135"), "its platform is RC-135, not PSWRD35"),
        (there(platform=""), ALLOWED, "its platform is PSWRD35, and that of the flight is not known"),
        (there(platform=""), replace(ALLOWED, platform="*"), ""),
        (there(platform=" pswrd35 "), ALLOWED, ""),
        (there(platform="PSWRD3"), ALLOWED, "its platform is PSWRD35, not PSWRD3"),
        (there(platform="*"), ALLOWED, "its platform is PSWRD35, not *"),
        (there(kind=EntryKind.SPECIAL_USE), ALLOWED, "it does not cover areas of special use"),
        (there(kind=EntryKind.SPECIAL_USE), replace(ALLOWED, special_use=True), ""),
        (there(), replace(ALLOWED, special_use=True), ""),
        (heights(3412.0, 3412.0), ALLOWED, "its ceiling is 3,000 m, the flight was at 3,412 m"),
        (heights(2990.0, 3000.01), ALLOWED, "its ceiling is 3,000 m, the flight may have been at 3,000.1 m"),
        (heights(80.0, 90.0), ALLOWED, "its floor is 100 m, the flight was at 80 m"),
        (heights(99.99, 120.0), ALLOWED, "its floor is 100 m, the flight may have been at 99.9 m"),
        (heights(500.0, np.inf), ALLOWED, "its ceiling is 3,000 m, and how high the flight was is not known"),
        (heights(500.0, np.nan), ALLOWED, "its ceiling is 3,000 m, and how high the flight was is not known"),
        (heights(-np.inf, 900.0), ALLOWED, "its floor is 100 m, and how high the flight was is not known"),
        (heights(np.nan, 900.0), ALLOWED, "its floor is 100 m, and how high the flight was is not known"),
        (heights(np.nan, np.nan), replace(ALLOWED, floor_m=None, ceiling_m=None), ""),
        (
            heights(-np.inf, -np.inf),
            replace(ALLOWED, floor_m=None),
            "its ceiling is 3,000 m, and how high the flight was is not known",
        ),
        (there(), replace(ALLOWED, end=START), "it ends 7 min before the flight leaves"),
        (heights(-4.0, 2.0), replace(ALLOWED, floor_m=0.0), ""),
        (heights(-4.0, -2.0), replace(ALLOWED, floor_m=0.0), ""),
        (heights(-np.inf, 900.0), replace(ALLOWED, floor_m=0.0), ""),
        (there(), replace(ALLOWED, area=AREA), ""),
        (there(longitude=np.array([-117.0, -118.0, -117.5]), latitude=np.array([32.0, 32.5, 33.0])), ALLOWED, ""),
        (
            there(longitude=np.array([-117.5, -116.9999, -119.0])),
            replace(ALLOWED, area=AREA),
            "2 of 3 samples are outside its area",
        ),
        (
            there(platform="RC-135"),
            replace(ALLOWED, end=END - timedelta(seconds=2)),
            "it ends 2 s before the flight leaves and its platform is PSWRD35, not RC-135",
        ),
    ],
)
def test_an_authorisation_covers_all_of_an_entry_or_says_why_not(
    presence: Presence, allowed: Authorisation, words: str
) -> None:
    short = shortfalls(presence, allowed)
    assert shortfall_words(short, "en") == words
    assert not words or shortfall_words(short, "es") != words
    assert covering(presence, [allowed]) == (("MEX-2020-7",) if not words else ())


def test_what_is_not_known_is_not_what_is_not_said() -> None:
    assert covering(there(platform=""), [replace(ALLOWED, platform="")]) == ()
    above = heights(np.inf, np.inf)
    assert covering(above, [replace(ALLOWED, ceiling_m=None)]) == ()


def test_two_halves_are_no_whole() -> None:
    middle = START + timedelta(minutes=4)
    halves = [replace(ALLOWED, id="1", end=middle), replace(ALLOWED, id="2", start=middle)]
    assert covering(there(), halves) == ()
    assert covering(there(), [*halves, ALLOWED, replace(ALLOWED, id="any", platform="*")]) == ("MEX-2020-7", "any")


def test_without_authorisations_nothing_is_covered() -> None:
    assert covering(there(), []) == ()
    refused = refusal(there(), [])
    assert refused is not None
    assert refusal_words(refused, "en") == "there is no authorisation of MEX"
    assert nearest(there(), [replace(ALLOWED, state="USA")]) is None


def test_the_nearest_is_the_one_with_the_fewest_reasons_then_the_closest_in_time() -> None:
    far = replace(ALLOWED, id="far", start=START - timedelta(days=9), end=START - timedelta(days=8))
    close = replace(ALLOWED, id="close", end=END - timedelta(seconds=12))
    other = replace(close, id="other", platform="RC-135")
    assert nearest(there(), [far, other, close]) is close
    refused = refusal(there(), [far, other, close])
    assert refused is not None
    assert refusal_words(refused, "en") == '"close" does not cover it: it ends 12 s before the flight leaves'
    assert refusal_words(refused, "es") == "«close» no la cubre: termina 12 s antes de que el vuelo salga"
    assert refusal(there(), [far, ALLOWED]) is None


@pytest.mark.parametrize(
    "changes",
    [
        {name: np.empty(0) for name in ("time", "longitude", "latitude", "lowest", "highest")},
        {"time": np.array([START.timestamp() - 1.0, START.timestamp(), END.timestamp()])},
        {"end": END.timestamp() - 1.0},
        {"start": np.nan},
        {"longitude": np.array([0.0, 1.0])},
        {"latitude": np.array([0.0, 1.0, np.nan])},
        {"lowest": np.array([0.0, 0.0, 3001.0])},
    ],
)
def test_an_entry_without_samples_of_its_own_is_no_entry(changes: dict[str, Any]) -> None:
    with pytest.raises(ContractError):
        there(**changes)


def test_the_text_to_ask_with_covers_the_entry_once_it_is_given(tmp_path: Path) -> None:
    asked = there(kind=EntryKind.SPECIAL_USE, platform='a "b" \\ \x7f ñ', start=START.timestamp() - 0.25)
    text = draft(entry_of(asked))
    (tmp_path / "a.toml").write_text(text, encoding="utf-8")
    assert covering(asked, read_authorisations(tmp_path / "a.toml")) == ("MEX-20200915T004259Z",)
    assert tomllib.loads(text)["authorisation"][0]["basis"] == "…"


def test_the_text_to_ask_with_makes_up_no_ceiling(tmp_path: Path) -> None:
    asked = replace(heights(np.nan, np.inf), platform="")
    text = draft(entry_of(asked))
    (tmp_path / "a.toml").write_text(text, encoding="utf-8")
    assert "ceiling_m =" not in text
    assert "not known" in text
    assert len(covering(asked, read_authorisations(tmp_path / "a.toml"))) == 1
