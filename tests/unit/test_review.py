"""Judgements, terms, hypotheses, agreement, blindness and rank, each against what others have written down."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from makers.candidates import candidate, judgement

from upwind.errors import FaultyError
from upwind.review.agreement import agreement, share
from upwind.review.blind import is_withheld
from upwind.review.docket import order, worth
from upwind.review.hypotheses import diagnosticity, weighed
from upwind.review.judgement import Hypothesis, read_judgement
from upwind.review.leases import LENGTH, granted, is_held
from upwind.review.terms import BANDS, Likelihood, band, mixed, term

many = settings(max_examples=100)

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def test_the_seven_terms_have_the_directives_bands() -> None:
    assert [(str(word), *BANDS[word]) for word in Likelihood] == [
        ("almost no chance", 1, 5),
        ("very unlikely", 5, 20),
        ("unlikely", 20, 45),
        ("roughly even chance", 45, 55),
        ("likely", 55, 80),
        ("very likely", 80, 95),
        ("almost certain", 95, 99),
    ]
    assert band(Likelihood.ALMOST_CERTAIN) == "almost certain (95-99 %)"
    other_row = "remote", "highly improbable", "improbable", "roughly even odds", "probable", "highly probable"
    assert [term(word) for word in (*other_row, "nearly certain")] == list(Likelihood)
    assert term("maybe") is None


@pytest.mark.parametrize(
    "text",
    [
        "We assess with high confidence that this is likely a site.",
        "It is very unlikely to be paint; our confidence is low.".replace(";", ","),
        "Almost certainly acetone (moderate confidence).",
        "Es muy probable, con alta confianza.",
        "Es probable que sea un taller, confianza baja",
    ],
)
def test_likelihood_and_confidence_in_one_sentence_are_refused(text: str) -> None:
    assert mixed(text)
    with pytest.raises(FaultyError) as caught:
        read_judgement(judgement(reason=f"Seen twice. {text}"))
    assert [field for field, _ in caught.value.faults] == ["reason"]


@pytest.mark.parametrize(
    "text",
    [
        "It is likely a site. Our confidence is high, for two flights saw it.",
        "We have high confidence in the wind; the plume is clear.",
        "Unlikely to be the paint shop",
        "The probability map is good. Low confidence.",
        "Es probable. Confianza alta.",
    ],
)
def test_apart_they_may_stand(text: str) -> None:
    assert not mixed(text)
    read_judgement(judgement(reason=text))


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"verdict": "guilty"}, "verdict"),
        ({"verdict": None}, "verdict"),
        ({"likelihood": "80 %"}, "likelihood"),
        ({"confidence": "very high"}, "confidence"),
        ({"reason": ""}, "reason"),
        ({"reason": " \n"}, "reason"),
        ({"reason": 7}, "reason"),
        ({"reason": "a\x00b"}, "reason"),
        ({"sources": [{"id": "s", "reliability": "G", "credibility": 1}]}, "sources.0.reliability"),
        ({"sources": [{"id": "s", "reliability": "AB", "credibility": 1}]}, "sources.0.reliability"),
        ({"sources": [{"id": "s", "reliability": "A", "credibility": 7}]}, "sources.0.credibility"),
        ({"sources": [{"id": "s", "reliability": "A", "credibility": True}]}, "sources.0.credibility"),
        ({"sources": [{"id": "s", "reliability": "A", "credibility": "1"}]}, "sources.0.credibility"),
        ({"sources": "s"}, "sources"),
        ({"hypotheses": [{"name": ""}]}, "hypotheses.0.name"),
        ({"hypotheses": [{"name": "paint", "consistent": "s"}]}, "hypotheses.0.consistent"),
        ({"benign": [1]}, "benign"),
    ],
)
def test_a_bad_field_is_named(wrong: dict[str, Any], field: str) -> None:
    with pytest.raises(FaultyError) as caught:
        read_judgement(judgement(**wrong))
    assert [name for name, _ in caught.value.faults] == [field]


def test_all_bad_fields_are_named_at_once() -> None:
    with pytest.raises(FaultyError) as caught:
        read_judgement({})
    assert [name for name, _ in caught.value.faults] == ["verdict", "likelihood", "confidence", "reason"]
    with pytest.raises(FaultyError):
        read_judgement("confirmed")


def test_a_judgement_comes_back_as_it_went_in() -> None:
    said = judgement(
        hypotheses=[{"name": "paint shop", "consistent": ["s1"], "inconsistent": ["s2"]}],
        sources=[{"id": "s1", "reliability": "B", "credibility": 2}],
        benign=["paint shop"],
    )
    assert read_judgement(said).as_body() == said
    assert read_judgement(read_judgement(said).as_body()) == read_judgement(said)


def test_only_what_tells_hypotheses_apart_weighs() -> None:
    """Heuer's rule: evidence that fits all has no value, and the hypothesis with least against it stands first."""
    paint = Hypothesis(name="paint shop", consistent=("acetone",), inconsistent=("guards", "no sign"))
    farm = Hypothesis(name="farm", consistent=(), inconsistent=("acetone", "guards"))
    unknown = Hypothesis(name="unexplained", consistent=("acetone", "guards", "no sign"), inconsistent=())
    telling = diagnosticity([paint, farm, unknown])
    assert telling == {"acetone": pytest.approx(2 / 3), "guards": pytest.approx(2 / 3), "no sign": 1.0}
    assert [row.name for row in weighed([paint, farm, unknown])] == ["unexplained", "farm", "paint shop"]
    assert diagnosticity([unknown]) == {"acetone": 0.0, "guards": 0.0, "no sign": 0.0}


#: Twelve units, four raters, five categories: `cac.raw4raters` of Gwet's R package irrCAC 1.0, which gives for it
#: AC1 = 0.77544 with standard error 0.14295.
RATED = """
1 1 - 1
2 2 3 2
3 3 3 3
3 3 3 3
2 2 2 2
1 2 3 4
4 4 4 4
1 1 2 1
2 2 2 2
- 5 5 5
- - 1 1
- - 3 -
"""


def test_agreement_is_that_of_gwets_own_program() -> None:
    rows = [
        {rater: category for rater, category in zip("abcd", line.split(), strict=True) if category != "-"}
        for line in RATED.strip().splitlines()
    ]
    found = agreement(rows, "12345")
    assert found is not None
    assert found.median == pytest.approx(0.77544, abs=5e-6)
    assert (found.median - found.lower) / 1.6448536 == pytest.approx(0.14295, abs=5e-6)
    assert found.upper == 1.0


def test_agreement_at_its_ends() -> None:
    same = [{"a": "x", "b": "x"}] * 5 + [{"a": "y", "b": "y"}] * 5
    assert agreement(same, "xy").median == pytest.approx(1.0)  # type: ignore[union-attr]
    assert agreement([{"a": "x"}, {}], "xy") is None


def test_a_share_has_wilsons_interval() -> None:
    """Wilson's interval at 90 % for 8 of 10, by his formula with z = 1.6449."""
    found = share(8, 10)
    assert found is not None
    assert (found.lower, found.upper) == (pytest.approx(0.54079, abs=1e-5), pytest.approx(0.93144, abs=1e-5))
    assert share(0, 0) is None
    assert share(0, 5).lower == 0.0  # type: ignore[union-attr]


def test_first_reviews_alone_are_blind_and_always_the_same() -> None:
    drawn = [is_withheld(f"site-{number}", "a", 1, "salt") for number in range(5000)]
    assert 0.18 < sum(drawn) / len(drawn) < 0.22
    assert drawn == [is_withheld(f"site-{number}", "a", 1, "salt") for number in range(5000)]
    assert drawn != [is_withheld(f"site-{number}", "a", 1, "other") for number in range(5000)]
    assert not any(is_withheld(f"site-{number}", "a", stage, "salt") for number in range(500) for stage in (2, 3))
    assert all(is_withheld(f"site-{number}", "a", 1, "salt", share=1.0) for number in range(50))


def test_a_lease_lasts_its_time_and_not_beyond_a_clock_set_back() -> None:
    lease = granted("s", "a", (1, 1), NOW)
    assert timedelta(seconds=60) <= LENGTH
    assert is_held(lease, NOW)
    assert is_held(lease, NOW + LENGTH - timedelta(seconds=1))
    assert not is_held(lease, NOW + LENGTH)
    assert not is_held(lease, NOW - timedelta(hours=1))


def test_worth_is_the_product_of_what_it_says() -> None:
    two = candidate("s", 0.5, compounds=["acetone", "ethyl ether"], people_at_risk={"median": 99})
    found = worth(two, NOW - timedelta(days=14), NOW)
    factors = {factor.name: factor.value for factor in found.factors}
    assert factors == {"probability": 0.5, "severity": 1.0, "people": 3.0, "freshness": 0.5}
    assert found.value == pytest.approx(0.75)
    assert {factor.name: factor.said for factor in found.factors}["freshness"] == {"days": 14, "half": 14.0}
    assert worth(candidate("s", 0.5, unexplained={"probability": 0.9}), NOW, NOW).value == pytest.approx(0.45)
    untold = worth(candidate("s", 0.5, unexplained={"probability": 0.3}, abstained=True), NOW, NOW)
    assert untold.value == pytest.approx(0.15)
    assert "assumed" in {factor.why for factor in untold.factors}
    assert worth(candidate("s", 0.5, gas="methane"), NOW, NOW).value == pytest.approx(0.125)


SEEN = st.integers(0, 60).map(lambda days: NOW - timedelta(days=days))
CANDIDATES = st.builds(
    lambda probability, people: candidate("s", probability, people_at_risk=people),
    st.floats(0.01, 1.0),
    st.none() | st.integers(0, 10_000),
)


@many
@given(CANDIDATES, SEEN, CANDIDATES, SEEN, st.integers(0, 400))
def test_the_order_is_that_of_worth_at_any_time(one: Any, seen: datetime, two: Any, met: datetime, days: int) -> None:
    now = NOW + timedelta(days=days)
    first, second = worth(one, seen, now).value, worth(two, met, now).value
    if first > second * (1 + 1e-6):
        assert order(one, seen) > order(two, met)
