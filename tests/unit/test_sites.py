"""Sites: who belongs together, what adds up, what is never erased, and what an exact network says of it."""

from __future__ import annotations

import itertools
import math
import tomllib
import warnings
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from makers.evidence import Glance, at, report, sighting
from shapely.geometry import shape

from upwind.errors import InputError
from upwind.outcomes.answers import Outcome
from upwind.outcomes.tallies import Taught, as_toml, taught
from upwind.records import Decision, Site, SiteEvent
from upwind.sites.company import factors
from upwind.sites.emission import Habits, Pass, weigh
from upwind.sites.evidence import Evidence, Sighting, evidence_id
from upwind.sites.fuse import Settings, sites_after
from upwind.sites.gather import decide, unmatched
from upwind.sites.hearsay import Hearing
from upwind.sites.ledger import after, decided
from upwind.sites.ratios import CREDIBILITY, RELIABILITY, Ratio, Tally, graded, kind_of, learned, ratios

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # its bindings warn of themselves as they load
    import pyagrum


def fuse(evidence: Evidence, events: tuple[SiteEvent, ...] = ()) -> tuple[Site, ...]:
    return sites_after(decide(evidence, events), evidence, Settings())


def total(site: Site) -> float:
    return sum(term.weight.median for term in site.terms)


TWO_DAYS = (sighting("F1", 0.0, (0.0, 0.0)), sighting("F2", 30.0, (8.0, -5.0)), sighting("F2", 30.0, (400.0, 0.0)))
MIXED = Evidence(
    sightings=(*TWO_DAYS, sighting("F1", 0.0, (3.0, 4.0), "toluene")),
    looks=(Glance("F3", at(50.0), 0.4), Glance("F4", at(60.0), 0.7)),
    reports=(report("R1", (20.0, 0.0)), report("R2", (410.0, 10.0), kind="waste dump"), report("R3", (5000.0, 0.0))),
)


def test_sources_of_one_place_are_one_site_with_all_its_compounds() -> None:
    sites = fuse(MIXED)
    assert len(sites) == 2
    here = next(site for site in sites if len(site.sources) == 3)
    assert set(here.compounds) == {"acetone", "toluene"}
    assert here.flights == ("F1", "F2")
    assert here.reports == ("R1",)
    assert [one.id for one in unmatched(decide(MIXED), MIXED.reports)] == ["R3"]


def test_half_of_a_bell_lies_in_three_tenths_of_the_area_of_nine_tenths() -> None:
    site = max(fuse(MIXED), key=lambda one: len(one.sources))
    half, most = shape(site.region_50), shape(site.region_90)
    assert half.difference(most).area < 0.02 * half.area
    assert half.area / most.area == pytest.approx(math.log(2) / math.log(10), abs=0.08)
    alone = next(one for one in fuse(MIXED) if len(one.sources) == 1)
    assert alone.region_50 == alone.sources[0].region_50


def test_two_sources_that_one_flight_told_apart_are_never_one() -> None:
    near = Evidence(sightings=(sighting("F1", 0.0, (0.0, 0.0)), sighting("F1", 0.0, (6.0, 0.0))))
    assert len(fuse(near)) == 2


@settings(max_examples=10)
@given(st.permutations(range(4)), st.permutations(range(2)), st.permutations(range(3)))
def test_the_order_of_evidence_makes_no_difference(first: list[int], second: list[int], third: list[int]) -> None:
    shuffled = Evidence(
        sightings=tuple(MIXED.sightings[n] for n in first),
        looks=tuple(MIXED.looks[n] for n in second),
        reports=tuple(MIXED.reports[n] for n in third),
    )
    assert decide(shuffled) == decide(MIXED)
    # To the last bit but for numpy's sums over draws, which stand in one order too.
    assert fuse(shuffled) == fuse(MIXED)


def test_a_probability_is_the_logistic_of_its_terms_and_within_its_interval() -> None:
    for site in fuse(MIXED):
        assert site.probability.median == pytest.approx(1.0 / (1.0 + math.exp(-total(site))), rel=1e-12)
        assert site.probability.lower <= site.probability.median <= site.probability.upper
        for term in site.terms:
            assert term.weight.lower <= term.weight.median <= term.weight.upper


def test_a_silent_pass_lowers_and_a_hundred_never_erase() -> None:
    seen = (sighting("F1", 0.0, (0.0, 0.0)),)
    looks = tuple(Glance(f"S{n}", at(24.0 * (n + 1)), 0.95) for n in range(100))
    said = [fuse(Evidence(sightings=seen, looks=looks[:n]))[0].probability.median for n in (0, 1, 5, 100)]
    assert all(later < earlier for earlier, later in pairwise(said))
    assert said[-1] > 1e-6


def test_silence_of_who_could_not_have_seen_says_nothing() -> None:
    seen = (sighting("F1", 0.0, (0.0, 0.0)),)
    blind = fuse(Evidence(sightings=seen, looks=(Glance("S", at(24.0), 0.0),)))[0]
    assert blind.probability == fuse(Evidence(sightings=seen))[0].probability


def test_readings_within_one_spell_are_not_independent() -> None:
    soon = fuse(Evidence(sightings=(TWO_DAYS[0], sighting("F2", 0.2, (8.0, -5.0)))))[0]
    later = fuse(Evidence(sightings=(TWO_DAYS[0], sighting("F2", 48.0, (8.0, -5.0)))))[0]
    assert 0.0 < soon.terms[2].weight.median < later.terms[2].weight.median
    assert soon.terms[2].weight.median < 0.5 * soon.terms[2].undiscounted


def test_a_site_that_is_always_seen_is_on_more_than_one_that_is_seldom_seen() -> None:
    often = fuse(Evidence(sightings=tuple(sighting(f"F{n}", 50.0 * n, (0.0, 0.0)) for n in range(4))))[0]
    looks = tuple(Glance(f"S{n}", at(50.0 * n + 25.0), 0.9) for n in range(4))
    seldom = fuse(Evidence(sightings=(TWO_DAYS[0],), looks=looks))[0]
    assert often.duty_cycle.median > 0.5 > seldom.duty_cycle.median


def test_reports_of_one_origin_count_once() -> None:
    one = fuse(Evidence(sightings=TWO_DAYS[:1], reports=(report("R1", origin="a"),)))[0]
    copied = tuple(report(f"R{n}", origin="a") for n in range(1, 6))
    many = fuse(Evidence(sightings=TWO_DAYS[:1], reports=copied))[0]
    assert many.probability == one.probability
    assert [term.counted_with for term in many.terms if term.kind == "report"] == ["", "R1", "R1", "R1", "R1"]
    apart = fuse(Evidence(sightings=TWO_DAYS[:1], reports=(report("R1", origin="a"), report("R2", origin="b"))))[0]
    assert apart.probability.median > one.probability.median


def test_grades_shrink_and_widen_and_distance_dilutes() -> None:
    best, poor = (graded(ratios()["tip"], *grade) for grade in (("A", 1), ("D", 4)))
    assert best == ratios()["tip"]
    assert 0.0 < poor.log_mean < best.log_mean
    assert max(RELIABILITY.values()) == RELIABILITY["A"]
    assert max(CREDIBILITY.values()) == CREDIBILITY[1]

    def weight(of: object) -> float:
        return fuse(Evidence(sightings=TWO_DAYS[:1], reports=(of,)))[0].terms[-1].weight.median  # type: ignore[arg-type]

    weights = [weight(report("R", (away, 0.0))) for away in (0.0, 30.0, 60.0)]
    assert weights[0] > weights[1] > weights[2] > 0.0
    assert weight(report("R", radius_m=2000.0)) < 0.02 * weights[0]


def test_the_table_knows_what_people_call_things() -> None:
    assert kind_of("Another agency's flight") == "other flight"
    assert kind_of("Utility_anomaly") == "utility anomaly"
    assert kind_of("a dream") == "other"
    assert all(ratio.source == "expert judgement" for ratio in ratios().values())


def test_outcomes_teach_a_ratio_what_they_count() -> None:
    before = ratios()["tip"]
    assert learned(before, Tally(sites=0, sites_with=0, none=0, none_with=0)) == before
    # Forty of a hundred sites had a tip, two of a hundred other places: the ratio is twenty.
    after_many = learned(before, Tally(sites=10_000, sites_with=4_000, none=10_000, none_with=200))
    assert math.exp(after_many.log_mean) == pytest.approx(20.0, rel=0.05)
    assert after_many.log_sd < before.log_sd
    few = learned(before, Tally(sites=5, sites_with=2, none=5, none_with=0))
    assert before.log_mean < few.log_mean < math.log(20.0)


def test_outcomes_are_counted_once_a_place_and_only_where_somebody_looked() -> None:
    """Eight places with a site, of which six had a tip, and eight without, of which one had."""
    places = [Taught(outcome=Outcome.DISMANTLED, kinds=frozenset({"tip"} if n < 6 else ())) for n in range(7)]
    places += [Taught(outcome=Outcome.BENIGN, kinds=frozenset())]
    places += [Taught(outcome=Outcome.NOTHING_FOUND, kinds=frozenset({"tip"} if n == 0 else ())) for n in range(8)]
    places += [Taught(outcome=Outcome.ACCESS_REFUSED, kinds=frozenset({"tip"}))] * 50
    found = taught(ratios(), places)
    assert found["tip"][1] == Tally(sites=8, sites_with=6, none=8, none_with=1)
    assert ratios()["tip"].log_mean < found["tip"][0].log_mean < math.log(6.0)
    assert found["waste dump"][0].log_mean < ratios()["waste dump"].log_mean + 0.1
    written = tomllib.loads(as_toml(found))
    lower, ratio, upper = found["tip"][0].ends()
    assert (written["tip"]["lower"], written["tip"]["ratio"]) == pytest.approx((lower, ratio), rel=1e-3)
    assert upper / lower < 13.0 / 1.2, "what was counted makes it surer than judgement alone"


def test_a_site_takes_its_id_from_inputs_alone() -> None:
    assert evidence_id(["a", "b"], "x", 1) == evidence_id(["b", "a"], "x", 1)
    assert len({evidence_id(["a"], "x", 1), evidence_id(["a"], "x", 2), evidence_id(["a"], "y", 1)}) == 3
    moved = replace(TWO_DAYS[0].source, longitude=-97.0, probability=0.6)
    other = fuse(Evidence(sightings=(replace(TWO_DAYS[0], source=moved),)))
    assert other[0].id == fuse(Evidence(sightings=TWO_DAYS[:1]))[0].id == f"site-{TWO_DAYS[0].key}"


def test_a_merge_is_undone_by_a_split() -> None:
    events = decide(MIXED)
    names = [event.site for event in events if event.decision is Decision.MINTED]
    moved = tuple(key for key, site in after(events).items() if site == names[1])
    merged = (*events, SiteEvent(decision=Decision.MERGED, site=names[0], other=names[1]))
    assert len(sites_after(merged, MIXED, Settings())) == 1
    split = (*merged, SiteEvent(decision=Decision.SPLIT, site=names[0], other=names[1], evidence=moved))
    assert sites_after(split, MIXED, Settings()) == sites_after(events, MIXED, Settings())


def test_people_merge_and_take_it_back() -> None:
    events = decide(MIXED)
    one, other = [event.site for event in events if event.decision is Decision.MINTED]
    merge = SiteEvent(decision=Decision.MERGED, site=one, other=other)
    back = SiteEvent(decision=Decision.SPLIT, site=one, other=other)
    assert len(sites_after(decided(events, [merge]), MIXED, Settings())) == 1
    assert sites_after(decided(events, [merge, back]), MIXED, Settings()) == sites_after(events, MIXED, Settings())
    new = SiteEvent(decision=Decision.SPLIT, site=one, other="site-of-mine", evidence=("F1-toluene-3",))
    assert "site-of-mine" in {site.id for site in sites_after(decided(events, [new]), MIXED, Settings())}
    for wrong in (replace(merge, other="site-x"), replace(new, evidence=("F9",)), replace(back, site="site-x")):
        with pytest.raises(InputError, match="there is no"):
            decided(events, [wrong])


def test_what_was_decided_stays_when_more_becomes_known() -> None:
    first = Evidence(sightings=TWO_DAYS[:1])
    events = decide(first)
    later = decide(MIXED, events)
    assert later[: len(events)] == events
    assert after(later)["F2-acetone-8"] == events[0].site
    parted = (*later, SiteEvent(decision=Decision.PARTED, site=events[0].site, evidence=("R1",)))
    assert decide(MIXED, parted) == parted
    assert all("R1" not in site.reports for site in sites_after(parted, MIXED, Settings()))


# What an exact network says: passes far apart, one duty cycle, one rate of error, a known prior, nothing discounted.
NAIVE = Settings(
    prior_error=1.0,
    habits=Habits(duties=(0.4,), passing=0.01, stubborn=0.0),
    hearing=Hearing(ratios={"tip": Ratio(log_mean=math.log(3.0), log_sd=0.1, source="")}, same_kind=0, other_kind=0),
)


def test_naive_cases_are_those_of_a_bayesian_network() -> None:
    evidence = Evidence(
        sightings=(sighting("F1", 0.0, (0.0, 0.0), probability=0.9),),
        looks=(Glance("S1", at(1e5), 0.8), Glance("S2", at(2e5), 0.5)),
        reports=(report("R1", radius_m=1.0), report("R2", radius_m=1.0)),
    )
    site = sites_after(decide(evidence), evidence, NAIVE)[0]
    net = pyagrum.BayesNet()
    net.add(pyagrum.LabelizedVariable("site", "", 2))
    net.cpt("site").fillWith([1.0 - NAIVE.prior, NAIVE.prior])
    ratio = 9.0 * NAIVE.places
    readings = [(1.0, ratio), (1.0, 1.0 - 0.8), (1.0, 1.0 - 0.5)]
    for number, (without, emitting) in enumerate(readings):
        net.add(pyagrum.LabelizedVariable(f"on{number}", "", 2))
        net.add(pyagrum.LabelizedVariable(f"read{number}", "", 2))
        net.addArc("site", f"on{number}")
        net.addArc(f"on{number}", f"read{number}")
        net.cpt(f"on{number}")[{"site": 0}] = [0.99, 0.01]
        net.cpt(f"on{number}")[{"site": 1}] = [0.6, 0.4]
        largest = max(without, emitting)
        net.cpt(f"read{number}")[{f"on{number}": 0}] = [1.0 - without / largest, without / largest]
        net.cpt(f"read{number}")[{f"on{number}": 1}] = [1.0 - emitting / largest, emitting / largest]
    for number in range(2):
        net.add(pyagrum.LabelizedVariable(f"told{number}", "", 2))
        net.addArc("site", f"told{number}")
        # Known within a metre, the site within 10 m: distances take a little off the ratio of three.
        told = math.exp(next(t.weight.median for t in site.terms if t.evidence == f"R{number + 1}"))
        assert 2.7 < told <= 3.0
        net.cpt(f"told{number}")[{"site": 0}] = [0.9, 0.1]
        net.cpt(f"told{number}")[{"site": 1}] = [1.0 - 0.1 * told, 0.1 * told]
    inference = pyagrum.LazyPropagation(net)
    inference.setEvidence({f"read{n}": 1 for n in range(3)} | {f"told{n}": 1 for n in range(2)})
    inference.makeInference()
    assert site.probability.median == pytest.approx(inference.posterior("site")[1], abs=1e-9)


def test_places_that_share_an_unknown_prior_are_those_of_a_bayesian_network() -> None:
    """Three places, one unknown factor of their odds, each known of because some flight named it."""
    evidence = Evidence(
        sightings=(
            sighting("F1", 0.0, (0.0, 0.0), probability=0.9),
            sighting("F2", 1e5, (0.0, 0.0), probability=0.9),
            sighting("F1", 0.0, (900.0, 0.0), probability=0.9),
            sighting("F1", 0.0, (1800.0, 0.0), probability=0.9),
        ),
        looks=(Glance("F2", at(1e5), 0.6),),
    )
    shared = replace(NAIVE, prior_error=8.0)
    named, duty, error = 9.0 * shared.places, 0.4, 0.01
    # Chances of showing what emits, by place and flight: a half where every flight saw it, for nobody can say.
    chances = {"A": (0.5, 0.5), "B": (0.6, 0.6), "C": (0.6, 0.6)}
    ratios_of = {"A": (named, named), "B": (named, 0.4), "C": (named, 0.4)}
    net = pyagrum.BayesNet()
    unknown = factors(8.0)
    net.add(pyagrum.LabelizedVariable("factor", "", len(unknown)))
    net.cpt("factor").fillWith([1.0 / len(unknown)] * len(unknown))
    for place, chance in chances.items():
        elsewhere = sum(chance) / named
        noticed = [1.0 - math.prod(1.0 - share * each for each in chance) + elsewhere for share in (error, duty)]
        read = [math.prod(1.0 + share * (r - 1.0) for r in ratios_of[place]) for share in (error, duty)]
        net.add(pyagrum.LabelizedVariable(f"site{place}", "", 2))
        net.add(pyagrum.LabelizedVariable(f"read{place}", "", 2))
        net.addArc("factor", f"site{place}")
        net.addArc(f"site{place}", f"read{place}")
        for number, u in enumerate(unknown):
            odds = math.exp(u) * shared.prior / (1.0 - shared.prior) * noticed[1] / noticed[0]
            net.cpt(f"site{place}")[{"factor": number}] = [1.0 / (1.0 + odds), odds / (1.0 + odds)]
        for state in (0, 1):
            share = read[state] / noticed[state] / (1.01 * max(r / n for r, n in zip(read, noticed, strict=True)))
            net.cpt(f"read{place}")[{f"site{place}": state}] = [1.0 - share, share]
    inference = pyagrum.LazyPropagation(net)
    inference.setEvidence({f"read{place}": 1 for place in chances})
    inference.makeInference()
    exact = sorted((inference.posterior(f"site{place}")[1] for place in chances), reverse=True)
    sites = sites_after(decide(evidence), evidence, shared)
    assert [site.probability.median for site in sites] == pytest.approx(exact, abs=1e-9)


def test_places_seen_again_and_again_speak_for_a_neighbour_and_silent_ones_against_it() -> None:
    """What flights name in an area mostly is, or mostly is not, there: that holds for the one just named as well."""
    once = sighting("F1", 0.0, (0.0, 0.0))
    others = [(600.0 * n, 600.0) for n in range(1, 7)]
    first = [sighting("F1", 0.0, place) for place in others]
    again = [sighting(f"F{n}", 40.0 * n, place) for place in others for n in (2, 3)]
    silent = tuple(Glance(f"F{n}", at(40.0 * n), 0.6) for n in (2, 3))

    def chance(sightings: list[Sighting]) -> float:
        made = fuse(Evidence(sightings=(once, *sightings), looks=silent))
        return next(site for site in made if site.id == f"site-{once.key}").probability.median

    assert chance(first) < chance([]) < chance(first + again)


def test_passes_close_in_time_are_those_of_all_histories_added_up() -> None:
    habits = Habits(duties=(0.1, 0.5), on_h=3.0, passing=0.02, passing_h=1.5, stubborn=0.1, errs=0.4)
    passes = [
        Pass(hour=0.0, ratio=30.0),
        Pass(hour=0.7, ratio=0.3),
        Pass(hour=2.0, ratio=8.0),
        Pass(hour=9.0, ratio=0.6),
    ]

    def histories(share: float, lasts: float) -> float:
        """Sum over every history of on and off, by the transition matrix of a two-state process."""
        whole = 0.0
        for states in itertools.product((0, 1), repeat=len(passes)):
            chance = share if states[0] else 1.0 - share
            for (one, other), (earlier, later) in zip(pairwise(states), pairwise(passes), strict=True):
                leave = 1.0 / lasts, share / (1.0 - share) / lasts
                decay = math.exp(-sum(leave) * (later.hour - earlier.hour))
                to_on = share + (one - share) * decay
                chance *= to_on if other else 1.0 - to_on
            whole += chance * math.prod(each.ratio for each, on in zip(passes, states, strict=True) if on)
        return whole

    with_site = np.mean([histories(share, 3.0) for share in (0.1, 0.5)])
    without = 0.9 * histories(0.02, 1.5) + 0.1 * histories(0.4, 1.5)
    said = weigh(passes, habits)
    assert sum(weight.median for weight in said.weights) == pytest.approx(math.log(with_site / without), rel=1e-12)
    alone = replace(habits, duties=(0.5,), stubborn=0.0)
    assert weigh(passes[:1], alone).alone[0] == pytest.approx(math.log((1 + 0.5 * 29) / (1 + 0.02 * 29)))
