"""The log by itself: one way to write an entry, and every change, gap or swap named at the first bad entry."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from upwind.errors import ContractError
from upwind.review.log import NO_ENTRY, Draft, LogEntry, LogError, canonical, chained, checked, stamp

many = settings(max_examples=100)

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
TEXT = st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\x00"), max_size=8)
KEY = st.text("abc_", min_size=1, max_size=3)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEY, inner, max_size=3),
    max_leaves=8,
)


def entries(count: int) -> list[LogEntry]:
    made: list[LogEntry] = []
    for seq in range(1, count + 1):
        draft = Draft(who="analyst-1", what="comment", case="site-1", body={"text": f"número {seq}"})
        made.append(chained(draft, seq, NOON + timedelta(seconds=seq), made[-1].digest if made else NO_ENTRY))
    return made


@many
@given(VALUES)
def test_canonical_json_is_json_and_has_one_way(value: object) -> None:
    written = canonical(value)
    assert json.loads(written) == value
    assert canonical(json.loads(written)) == written


def test_canonical_json_is_that_of_rfc_8785_where_both_speak() -> None:
    """The strings of the example in its section 3.2.2, keys in the order of 3.2.3, and the literals."""
    value = {"string": '\u20ac$\u000f\u000aA\'B"\\\\"/', "literals": [None, True, False]}
    assert canonical(value) == '{"literals":[null,true,false],"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}'


@pytest.mark.parametrize("value", [0.5, float("nan"), 2**53, "\x00", "\ud800", {1: "x"}, {"é": "x"}, {"a"}, b"x"])
def test_what_has_no_one_way_is_refused(value: object) -> None:
    with pytest.raises(ContractError):
        canonical([value])


def test_a_digest_is_the_leaf_hash_of_the_bytes() -> None:
    (entry,) = entries(1)
    octets = (
        '{"at":"2026-03-01T12:00:01.000000Z","body":{"text":"número 1"},"case":"site-1",'
        f'"previous":"{"0" * 64}","seq":1,"what":"comment","who":"analyst-1"}}'
    ).encode()
    assert entry.digest == hashlib.sha256(b"\x00" + octets).hexdigest()


def test_times_are_spelt_in_utc_and_sort() -> None:
    east = datetime(2026, 3, 1, 14, tzinfo=timezone(timedelta(hours=2)))
    assert stamp(east) == stamp(NOON) == "2026-03-01T12:00:00.000000Z"
    assert stamp(NOON + timedelta(microseconds=1)) > stamp(NOON)


def test_a_whole_log_verifies() -> None:
    whole = entries(9)
    assert [entry.seq for entry, _ in checked(whole)] == list(range(1, 10))
    assert list(checked([])) == []


CHANGES = {
    "at": NOON,
    "who": "analyst-2",
    "what": "judgement",
    "case": "site-2",
    "body": {"text": "another"},
    "previous": NO_ENTRY,
    "digest": "f" * 64,
}


def first_bad(log: list[LogEntry]) -> int:
    with pytest.raises(LogError) as caught:
        exhaust(checked(log))
    assert caught.value.exit_code == 3
    assert f"log entry {caught.value.seq}:" in str(caught.value)
    return caught.value.seq


def exhaust(iterator: Iterator[object]) -> None:
    for _ in iterator:
        pass


@pytest.mark.parametrize("field", CHANGES)
def test_any_changed_field_is_found_where_it_stands(field: str) -> None:
    log = entries(6)
    log[3] = replace(log[3], **{field: CHANGES[field]})  # type: ignore[arg-type]
    assert first_bad(log) == 4


def test_gaps_swaps_and_rewritten_tails_are_found() -> None:
    log = entries(6)
    assert first_bad(log[1:]) == 1
    assert first_bad([*log[:2], *log[3:]]) == 3
    assert first_bad([log[0], log[2], log[1], *log[3:]]) == 2
    forged = chained(Draft(who="x", what="comment", body={}), 3, NOON, log[1].digest)
    assert first_bad([*log[:2], forged, *log[3:]]) == 4
