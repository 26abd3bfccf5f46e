"""What holds for every sample: probabilities sum to 1, and what carries no information changes nothing."""

from __future__ import annotations

import math
from dataclasses import replace
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from upwind.explain import explain
from upwind.records import Explained, Reading, Sample

#: Of many kinds, isomers and never-reported ones among them.
COMPOUNDS = [
    "67-64-1",
    "78-93-3",
    "108-88-3",
    "60-29-7",
    "108-24-7",
    "110-89-4",
    "7647-01-0",
    "106-97-8",
    "78-78-4",
    "71-43-2",
    "64-17-5",
    "74-82-8",
    "127-18-4",
    "123-86-4",
    "67-56-1",
    "75-07-0",
    "74-85-1",
    "80-56-8",
    "541-02-6",
    "109-99-9",
]


def reading(cas: str, amount: float, limit: float = math.nan) -> Reading:
    """Return one line of a table."""
    return Reading(compound=cas, keys=frozenset([cas]), amount=amount, limit=limit, uncertainty=math.nan)


samples = st.builds(
    lambda amounts, is_whole: Sample(
        name="s", readings=tuple(reading(cas, amount) for cas, amount in amounts.items()), is_whole=is_whole
    ),
    st.dictionaries(st.sampled_from(COMPOUNDS), st.floats(0.01, 100.0), min_size=1, max_size=8),
    st.booleans(),
)


def told(answer: Explained) -> dict[str, float]:
    """Return every probability by its name."""
    return {each.name: each.probability for each in answer.explanations} | {"-": answer.unexplained.probability}


def same(first: Explained, second: Explained) -> bool:
    """Return whether two answers say the same."""
    one, other = told(first), told(second)
    return one.keys() == other.keys() and all(math.isclose(one[k], other[k], abs_tol=1e-9) for k in one)


@settings(max_examples=25)
@given(sample=samples)
def test_probabilities_sum_to_one(sample: Sample) -> None:
    probabilities = told(explain(sample)).values()
    assert sum(probabilities) == pytest.approx(1.0, abs=1e-9)
    assert min(probabilities) >= 0.0


@settings(max_examples=15)
@given(sample=samples, order=st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing(sample: Sample, order: Random) -> None:
    rows = list(sample.readings)
    order.shuffle(rows)
    assert same(explain(sample), explain(replace(sample, readings=tuple(rows))))


@settings(max_examples=15)
@given(sample=samples, cas=st.sampled_from(COMPOUNDS), limit=st.sampled_from([math.inf, math.nan]))
def test_a_non_detect_without_a_limit_changes_nothing(sample: Sample, cas: str, limit: float) -> None:
    if any(cas in each.keys for each in sample.readings):
        return
    more = replace(sample, readings=(*sample.readings, reading(cas, math.nan, limit)))
    assert same(explain(sample), explain(more))


@settings(max_examples=15)
@given(sample=samples, factor=st.floats(0.01, 100.0))
def test_only_the_composition_counts(sample: Sample, factor: float) -> None:
    scaled = tuple(replace(each, amount=each.amount * factor) for each in sample.readings)
    assert same(explain(sample), explain(replace(sample, readings=scaled)))
