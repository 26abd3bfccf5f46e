"""Explanations: what a chemist would say of plain cases, and what the numbers behind them must keep."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from upwind.compounds.species import by_key, isobars, keys_of
from upwind.explain import CLASSES, UNEXPLAINED, explain, shipped
from upwind.explain.answer import LEAST_PROBABILITY
from upwind.explain.excess import LOWEST
from upwind.explain.learn import compositions
from upwind.explain.profiles import EXPECTED, LISTED
from upwind.explain.regression import fit
from upwind.explain.views import View, listed_view, seen
from upwind.records import Explained, Reading, Sample


def sample(parts: dict[str, float], *, is_whole: bool = True, limits: dict[str, float] | None = None) -> Sample:
    """Return a sample of compounds by their names, with non-detects."""
    rows = [(name, part, math.nan) for name, part in parts.items()]
    rows += [(name, math.nan, limit) for name, limit in (limits or {}).items()]
    readings = (
        Reading(compound=name, keys=keys_of(name), amount=amount, limit=limit, uncertainty=math.nan)
        for name, amount, limit in rows
    )
    return Sample(name="", readings=tuple(readings), is_whole=is_whole)


def probability(answer: Explained, name: str) -> float:
    return next(each.probability for each in answer.explanations if each.name == name)


PLAIN = {
    "fuel evaporation": {"n-butane": 25, "isopentane": 30, "n-pentane": 12, "toluene": 3, "benzene": 1, "n-hexane": 3},
    "engine exhaust": {"ethylene": 15, "acetylene": 6, "formaldehyde": 8, "toluene": 6, "benzene": 4, "propylene": 5},
    "oil and gas": {"methane": 80, "ethane": 9, "propane": 5, "n-butane": 2, "n-pentane": 1, "n-hexane": 0.5},
    "degreasing and dry cleaning": {"tetrachloroethylene": 100},
    "pulp and paper": {"methanol": 80, "alpha-pinene": 8, "acetaldehyde": 4, "dimethyl sulfide": 1},
    "consumer products": {"ethanol": 60, "isobutane": 20, "propane": 10, "limonene": 2},
}


@pytest.mark.parametrize("name", list(PLAIN))
def test_a_textbook_composition_is_known(name: str) -> None:
    answer = explain(sample(PLAIN[name]))
    assert answer.explanations[0].name == name
    assert answer.unexplained.probability < 0.1


def test_listed_compounds_over_fuel_are_unexplained() -> None:
    with_two = {**PLAIN["fuel evaporation"], "diethyl ether": 40, "acetone": 40}
    answer = explain(sample(with_two))
    assert answer.unexplained.probability > 0.9
    assert answer.unexplained.log_bayes_factor > 3.0
    assert set(answer.unexplained.compounds) == {"diethyl ether", "acetone"}


def test_one_listed_compound_alone_is_never_unexplained() -> None:
    answer = explain(sample({**PLAIN["oil and gas"], "diethyl ether": 40}))
    assert answer.unexplained.log_bayes_factor == LOWEST


def test_solvents_of_a_paint_are_not_called_unexplained() -> None:
    paint = {
        "toluene": 25,
        "xylenes": 25,
        "methyl ethyl ketone": 12,
        "acetone": 10,
        "n-butyl acetate": 15,
        "ethylbenzene": 5,
    }
    assert explain(sample(paint)).unexplained.probability < 0.5


def test_absence_of_what_profiles_never_report_is_no_evidence() -> None:
    plain = explain(sample(PLAIN["fuel evaporation"]))
    without = explain(sample(PLAIN["fuel evaporation"], limits={"hydrogen chloride": 0.01, "ammonia": 0.01}))
    for one, other in zip(plain.explanations, without.explanations, strict=True):
        assert one.probability == pytest.approx(other.probability, abs=0.05)


def test_a_non_detect_counts_by_its_limit() -> None:
    fuel = PLAIN["fuel evaporation"]
    open_ = probability(explain(sample(fuel, is_whole=False)), "engine exhaust")
    below = explain(sample(fuel, is_whole=False, limits={"ethylene": 0.01, "acetylene": 0.01}))
    vague = explain(sample(fuel, is_whole=False, limits={"ethylene": 1e6}))
    assert probability(below, "engine exhaust") < open_
    assert probability(vague, "engine exhaust") == pytest.approx(open_)


def test_the_lower_the_limits_the_more_two_listed_compounds_alone_stand_out() -> None:
    """No limit is a cliff: what is not found counts the less the higher its limit, and never less than nothing."""
    usual = ("toluene", "ethanol", "m-xylene", "ethyl acetate", "methanol", "benzene")
    two = {"acetone": 10.0, "diethyl ether": 10.0}
    limits = np.geomspace(0.05, 15.0, 12)
    factors = [
        explain(sample(two, is_whole=False, limits=dict.fromkeys(usual, float(limit)))).unexplained.log_bayes_factor
        for limit in limits
    ]
    assert (np.diff(factors) < 0.1).all()
    assert np.abs(np.diff(factors)).max() < 1.0
    assert factors[0] > factors[-1] + 1.0


def test_what_is_below_the_limit_of_all_compositions_is_nothing_to_see() -> None:
    profiles = shipped()
    view = listed_view([frozenset({"67-64-1"}), frozenset({"108-88-3"}), frozenset({"64-17-5"})])
    plain, weak = seen(profiles, view), seen(profiles, view.limited(np.full(3, 20.0)))
    assert ((weak == 0.0) | (weak >= 16.0)).all()  # the step next below 20 %
    assert ((weak > 0.0) <= (plain > 0.0)).all()
    assert (np.isclose(weak.sum(axis=1), 100.0) | (weak.sum(axis=1) == 0.0)).all()


@pytest.mark.parametrize("parts", [{"acetone": 5.0}, {}])
def test_without_a_composition_it_abstains(parts: dict[str, float]) -> None:
    answer = explain(sample(parts, is_whole=False))
    assert answer.abstained
    assert answer.why_abstained
    assert sum(each.probability for each in answer.explanations) + answer.unexplained.probability == pytest.approx(1.0)


def test_it_abstains_below_the_stated_probability() -> None:
    answer = explain(sample({"ethane": 1.0, "acetone": 1.0, "benzene": 1.0}, is_whole=False))
    best = max(answer.unexplained.probability, answer.explanations[0].probability)
    assert answer.abstained == (best < LEAST_PROBABILITY)


def test_isomers_that_a_sensor_takes_for_one_are_a_set() -> None:
    answer = explain(sample({"MEK or THF": 10, "toluene": 10, "benzene": 2}, is_whole=False))
    assert ("methyl ethyl ketone", "tetrahydrofuran") in answer.cannot_separate


def test_what_a_sensor_is_blind_to_speaks_where_it_sees_nothing() -> None:
    # Of SPECIATE's profiles 73 % of chemical manufacturing hold none of the 24 gases with public quantitative infrared
    # spectra, and 1 % of fuel evaporation: counted from the tables.
    gases = [species.name for species in by_key().values() if species.is_infrared]
    blind = explain(sample({}, limits=dict.fromkeys(gases, 0.01)))
    assert probability(blind, "chemical manufacturing") > probability(blind, "fuel evaporation")
    assert blind.unexplained.probability < 0.1
    weak = explain(sample({}, is_whole=False, limits=dict.fromkeys(gases, 0.01)))
    assert probability(weak, "chemical manufacturing") == probability(weak, "fuel evaporation")


def test_it_says_what_would_separate_the_best_two() -> None:
    fuel = explain(sample({"n-butane": 10, "isopentane": 30, "toluene": 8}, is_whole=False))
    assert [each.says for each in fuel.would_separate] == ["measure"]
    assert fuel.would_separate[0].compounds


def test_evidence_is_of_the_compounds_that_speak() -> None:
    answer = explain(sample(PLAIN["degreasing and dry cleaning"]))
    strongest = answer.explanations[0].evidence[0]
    assert strongest.compound == "tetrachloroethylene"
    assert strongest.log_likelihood_ratio > 0.0


def test_uncertain_amounts_make_a_less_certain_answer() -> None:
    sure = sample(PLAIN["fuel evaporation"])
    readings = tuple(
        Reading(compound=r.compound, keys=r.keys, amount=r.amount, limit=r.limit, uncertainty=2.0 * r.amount)
        for r in sure.readings
    )
    unsure = explain(Sample(name="", readings=readings, is_whole=True))
    assert unsure.explanations[0].probability < explain(sure).explanations[0].probability


def test_the_shipped_compositions_are_parts_of_a_whole_of_every_class() -> None:
    profiles = shipped()
    assert set(profiles.classes) == set(range(len(CLASSES)))
    assert (profiles.shares >= 0.0).all()
    assert profiles.shares.sum(axis=1).max() < 101.0
    measured = profiles.references != EXPECTED
    totals = np.bincount(profiles.classes[measured], profiles.weights[measured])
    assert totals == pytest.approx(np.ones(len(CLASSES)), abs=1e-2)
    assert set(profiles.keys) >= LISTED
    assert UNEXPLAINED not in CLASSES


def test_ions_of_isobars_agree_with_published_masses() -> None:
    # protonated masses of FACTS: 73.065 MEK or THF, 75.080 1-butanol or diethyl ether, 59.049 acetone or propanal
    for mass, names in {
        73.065: ("MEK", "THF"),
        75.080: ("1-butanol", "diethyl ether"),
        59.049: ("acetone", "propanal"),
    }.items():
        keys = [next(iter(keys_of(name))) for name in names]
        assert all(by_key()[key].ion == pytest.approx(mass, abs=1e-3) for key in keys)
        assert set(keys) <= isobars(frozenset(keys[:1]))


def test_a_view_adds_what_it_takes_for_one() -> None:
    profiles = shipped()
    view = listed_view([frozenset({"78-93-3", "109-99-9"}), frozenset({"108-88-3"})])
    parts = seen(profiles, view)
    columns = [profiles.keys.index(key) for key in ("108-88-3", "78-93-3", "109-99-9")]
    toluene, ketone, ether = profiles.shares[:, columns].T
    there = (total := toluene + ketone + ether) > 0.0
    column = view.channels.index(frozenset({"78-93-3", "109-99-9"}))
    assert parts[there, column] == pytest.approx(100.0 * (ketone + ether)[there] / total[there])
    assert View(view.channels).amounts([(frozenset({"109-99-9"}), 3.0)])[column] == 3.0


def test_compositions_keep_the_mean_of_a_reference() -> None:
    generator = np.random.default_rng(1)
    shares = generator.dirichlet(np.ones(4), 30) * 100.0
    made = compositions(shares, ("a", "b", "c", "a"), np.zeros(30, dtype=np.int64), np.repeat([1, 2], 15))
    assert made.keys == ("a", "b", "c")
    assert len(made.shares) <= 8
    assert made.weights.sum() == pytest.approx(1.0)
    own = made.references == 1
    mean = np.average(made.shares[own], axis=0, weights=made.weights[own])
    assert mean == pytest.approx((shares[:15] @ np.array([[1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 0, 0]])).mean(axis=0))


@settings(max_examples=10)
@given(seed=st.integers(0, 1000))
def test_the_regression_is_where_scipy_finds_the_minimum(seed: int) -> None:
    optimize = pytest.importorskip("scipy.optimize")
    generator = np.random.default_rng(seed)
    features = generator.normal(size=(40, 3))
    classes = generator.integers(0, 3, 40)
    weights = generator.uniform(0.01, 0.05, 40)

    def loss(flat: np.ndarray) -> float:
        table = flat.reshape(4, 3)
        scores = features @ table[:3] + table[3]
        logs = scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))
        return float(-(weights * logs[np.arange(40), classes]).sum() + 0.15 * (table[:3] ** 2).sum())

    found = fit(features, classes, weights, 3)
    ours = loss(np.vstack([found.coefficients, found.intercept]).ravel())
    assert ours <= optimize.minimize(loss, np.zeros(12)).fun + 1e-5


def test_a_whole_table_is_told_what_to_look_for_at_lower_limits() -> None:
    answer = explain(sample(PLAIN["consumer products"]))
    assert [each.says for each in answer.would_separate] == ["to lower limits"]
    assert "ethanol" not in answer.would_separate[0].compounds


def test_a_name_of_nothing_means_nothing() -> None:
    assert keys_of("") == keys_of(" - ") == frozenset()
