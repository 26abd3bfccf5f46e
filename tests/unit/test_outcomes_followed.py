"""Clocks, flights after acting, effects and hotspots, against cases worked out by hand or drawn with a known truth."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from upwind.outcomes.answers import Response, answer_of, responded
from upwind.outcomes.clocks import Clock, Said, Standing, Terms, clock_of
from upwind.outcomes.effect import Month, effect
from upwind.outcomes.figures import FEWEST
from upwind.outcomes.hotspots import hotspots
from upwind.outcomes.oversight import Told, figures
from upwind.outcomes.refly import Verdict, refly
from upwind.outcomes.suppression import held_back
from upwind.records import Estimate
from upwind.review.log import Draft, LogEntry, chained
from upwind.sites.emission import Habits, Pass, going_on, ratio_of, weigh

DAY = timedelta(days=1)
START = datetime(2026, 10, 1, tzinfo=UTC)
TERMS = Terms(days=10, focal_point="the office of the attorney")
ACTED = {"outcome": "dismantled", "activity": "active", "evidence": "photo"}


def answers(*steps: str) -> Response:
    """Return answers, one a day from the second day on."""
    told = [{"step": step, "text": "why", **(ACTED if step in ("acted", "verified") else {})} for step in steps]
    return responded([(START + (number + 2) * DAY, answer_of(said)) for number, said in enumerate(told)])


def at(days: float, response: Response, *, receipt: bool = True, reply: float | None = None) -> Clock:
    said = Said(
        released=START,
        receipts=[START + DAY] if receipt else [],
        response=response,
        replies=[] if reply is None else [START + reply * DAY],
    )
    return clock_of(said, TERMS, START + days * DAY)


@pytest.mark.parametrize(
    ("days", "standing", "turn_to"),
    [
        (9.9, Standing.IN_TIME, ""),
        (10.0, Standing.REMINDER, ""),
        (19.9, Standing.REMINDER, ""),
        (20.0, Standing.ESCALATED, "the office of the attorney"),
    ],
)
def test_a_clock_reminds_and_then_escalates(days: float, standing: Standing, turn_to: str) -> None:
    clock = at(days, responded([]), receipt=False)
    assert (clock.waits_for, clock.standing, clock.turn_to) == ("receipt", standing, turn_to)


def test_each_step_starts_the_clock_anew() -> None:
    assert at(12, responded([])).due == START + 11 * DAY
    assert at(12, answers("received")).due == START + 12 * DAY
    assert at(12, answers("received", "classified")).waits_for == "a decision to act or not"
    assert at(400, answers("received", "declined")).standing is Standing.DONE
    assert at(400, answers("received", "classified", "acted", "verified")).standing is Standing.DONE


def test_a_question_is_ours_until_we_reply() -> None:
    """Who waits for us is not reminded, and nobody's focal point is troubled for it."""
    asked = answers("received", "needs more")
    late = at(40, asked)
    assert (late.waits_for, late.whose, late.standing, late.turn_to) == ("our reply", "us", Standing.ESCALATED, "")
    replied = at(12, asked, reply=5.0)
    assert (replied.whose, replied.due, replied.standing) == ("partner", START + 15 * DAY, Standing.IN_TIME)


def silent(days: list[float], chance: float) -> list[Pass]:
    return [Pass(hour=24.0 * day, ratio=1.0 - chance) for day in days]


def test_the_first_silent_pass_counts_by_hand() -> None:
    """One duty cycle and passes far apart: each silent pass takes 1 - d c off what goes on, f c off what ended."""
    habits = Habits(duties=(0.4,), passing=0.0, stubborn=0.0)
    weights = going_on([], silent([0.0, 30.0, 60.0], 0.9), habits)
    expected = 1.0 - 0.4 * 0.9
    assert [weight.median for weight in weights] == pytest.approx([math.log(expected)] * 3, abs=1e-4)
    assert refly(weights).gone.median == pytest.approx(1.0 / (1.0 + expected**3), abs=1e-4)


def test_nothing_seen_is_not_enough_where_little_would_have_been_seen() -> None:
    before = [Pass(hour=-100.0, ratio=2000.0)]
    many = [2.0 * number for number in range(1, 16)]
    assert refly(going_on(before, silent(many, 0.05), Habits())).verdict is Verdict.NOT_ENOUGH
    assert refly(going_on(before, silent(many[:1], 0.99), Habits())).verdict is Verdict.NOT_ENOUGH
    often = [Pass(hour=-24.0 * day, ratio=2000.0) for day in range(9, 0, -1)]
    assert refly(going_on(often, silent(many, 0.95), Habits())).verdict is Verdict.GONE
    once = [*silent(many, 0.95), Pass(hour=24.0 * 40, ratio=2000.0)]
    assert refly(going_on(often, once, Habits())).verdict is Verdict.NOT_ENOUGH
    seen = [*silent(many[:5], 0.9), Pass(hour=300.0, ratio=2000.0)]
    assert refly(going_on(before, seen, Habits())).verdict is Verdict.STILL_THERE
    assert refly([]).gone.median == 0.5


def test_what_a_pass_says_alone_tells_its_likelihood() -> None:
    for ratio in (0.02, 0.4, 0.98, 3.0, 2000.0):
        (alone,) = weigh([Pass(hour=0.0, ratio=ratio)], Habits()).alone
        assert ratio_of(alone, Habits()) == pytest.approx(ratio, rel=1e-6)


def panel(planted: float, seed: int) -> list[Month]:
    """Return sites released one after the other, with levels of their own and of each month."""
    rng = np.random.default_rng(seed)
    own, shared = rng.uniform(0.4, 0.6, 14), rng.uniform(-0.1, 0.1, 10)
    return [
        Month(
            site=f"s{site:02d}",
            month=f"2026-{month:02d}",
            seen=float(own[site] + shared[month] + planted * (month >= 2 + site % 9) + 0.05 * rng.standard_normal()),
            is_released=month >= 2 + site % 9,
        )
        for site in range(14)
        for month in range(10)
    ]


@pytest.mark.parametrize("planted", [0.0, -0.3])
def test_a_planted_effect_is_recovered(planted: float) -> None:
    found = [effect(panel(planted, seed)) for seed in range(60)]
    told = [one for one in found if one is not None]
    assert len(told) == 60
    assert np.mean([one.median for one in told]) == pytest.approx(planted, abs=0.01)
    held = sum(one.lower <= planted <= one.upper for one in told)
    assert 47 <= held <= 60  # of a binomial of 60 and 0.9, all but one in a thousand


def test_an_effect_that_nothing_tells_is_not_told() -> None:
    """All released at once: the release and the month are one."""
    once = [
        Month(site=f"s{site}", month=f"m{month}", seen=0.5, is_released=month > 3)
        for site in range(8)
        for month in range(7)
    ]
    assert effect(once) is None
    assert effect([one for one in panel(0.0, 0) if one.site < "s04"]) is None
    assert effect([]) is None


def test_hotspots_show_no_small_count() -> None:
    crowd = [(-110.5 + number * 1e-4, 29.5) for number in range(FEWEST)]
    few = [(-104.0, 24.0)] * (FEWEST - 1)
    said = hotspots([*crowd, *few], 20_000.0)
    assert [feature["properties"]["sites"] for feature in said["features"]] == [FEWEST]
    assert set(said) == {"type", "cell_m", "suppressed_below", "features"}
    west, south = said["features"][0]["geometry"]["coordinates"][0][0]
    assert west < -110.5 < west + 0.3
    assert south < 29.5 < south + 0.3


def test_a_release_that_was_sealed_anew_counts_once() -> None:
    entries: list[LogEntry] = []
    for seq, name in enumerate(("r1", "r1", "r2"), start=1):
        draft = Draft(who="releaser-2", what="release", case="s", body={"release": name, "partner": "MEX"})
        entries.append(chained(draft, seq, START, entries[-1].digest if entries else "0" * 64))
    said = figures(Told(every=entries, start=START, end=START + DAY))
    counts = {figure.group: figure.value for figure in said if figure.name == "releases"}
    assert counts == {"MEX": 2, "": 2}


def test_an_estimate_is_what_refly_gives() -> None:
    weight = Estimate(median=-3.5, lower=-5.0, upper=-1.0, level=0.9, units="nats")
    found = refly([weight])
    assert found.verdict is Verdict.GONE
    assert found.gone.lower == pytest.approx(1.0 / (1.0 + math.exp(-1.0)))
    assert found.gone.upper == pytest.approx(1.0 / (1.0 + math.exp(-5.0)))


def log_of(*told: tuple[float, str, str, dict[str, object]]) -> list[LogEntry]:
    """Return a log of entries: days after the start, kind, case, and body."""
    entries: list[LogEntry] = []
    for seq, (days, what, case, body) in enumerate(told, start=1):
        draft = Draft(who="somebody", what=what, case=case, body=body)
        entries.append(chained(draft, seq, START + days * DAY, entries[-1].digest if entries else "0" * 64))
    return entries


def test_what_acting_came_to_is_counted_from_what_was_said_last() -> None:
    def acting(day: float, release: str, **said: object) -> tuple[float, str, str, dict[str, object]]:
        plain = {"step": "acted", "text": "", **ACTED, "arrests": None, "harmed_residents": None, "seized": []}
        return day, "answer", "s", {"release": release, "harmed_officers": None, **plain, **said}

    seized = [
        {"substance": "Acetone", "grams": 1200},
        {"substance": "Heroin", "grams": 3},
        {"substance": "x y", "grams": 5},
    ]
    entries = log_of(
        acting(1, "r1", arrests=4, seized=seized),
        acting(2, "r2", arrests=1, harmed_officers=2, seized=seized[:1], activity="inactive"),
        acting(3, "r1", arrests=3, seized=seized, evidence="document"),
        (4, "answer", "s", {"release": "r3", "step": "received", "outcome": None}),
    )
    said = figures(Told(every=entries, start=START, end=START + 9 * DAY))
    counts = {(figure.name, figure.group): figure.value for figure in said if figure.value}
    assert (counts["arrests", ""], counts["harmed officers", ""]) == (4, 2)
    assert {key: value for key, value in counts.items() if key[0] == "activity when acted on"} == {
        ("activity when acted on", "active"): 1,
        ("activity when acted on", "inactive"): 1,
        ("activity when acted on", ""): 2,
    }
    assert counts["borne out by", "document"] == counts["borne out by", "photo"] == 1
    grams = {group: value for (name, group), value in counts.items() if name == "seized [g]"}
    assert grams == {"acetone": 2400, "heroin": 3, "other substances": 5}


def test_times_stand_by_month_and_by_partner() -> None:
    """By hand: one partner answers after two days, the other after six; a month later neither has."""
    entries = log_of(
        (1, "release", "a", {"release": "ra", "partner": "MEX"}),
        (1, "release", "b", {"release": "rb", "partner": "COL"}),
        (3, "receipt", "a", {"release": "ra"}),
        (7, "receipt", "b", {"release": "rb"}),
        (35, "release", "c", {"release": "rc", "partner": "MEX"}),
    )
    said = figures(Told(every=entries, start=START, end=START + 40 * DAY))
    leg = "hours from release to receipt"
    medians = {(figure.name, figure.group): figure.value for figure in said if figure.name.startswith(leg)}
    assert medians[f"{leg} by partner", "COL"] == 144.0
    assert medians[f"{leg} by partner", "MEX"] == 48.0
    assert medians[f"{leg} by month", "2026-10"] == 48.0
    assert medians[f"{leg} by month", "2026-11"] is None
    assert medians[leg, ""] == 144.0


def test_a_share_of_answers_gives_no_small_count_away() -> None:
    """By hand: of twelve releases to one partner ten were answered, of six to another all; that one came is none."""
    sent = [(1.0, "release", f"m{n}", {"release": f"m{n}", "partner": "MEX"}) for n in range(12)]
    sent += [(1.0, "release", f"c{n}", {"release": f"c{n}", "partner": "COL"}) for n in range(6)]
    said = {"text": "", "outcome": None, "activity": None, "evidence": None, "seized": []}
    people = {"arrests": None, "harmed_residents": None, "harmed_officers": None}
    came = [(2.0, "answer", f"m{n}", {"release": f"m{n}", "step": "received", **said, **people}) for n in range(12)]
    answered = [f"m{n}" for n in range(10)] + [f"c{n}" for n in range(6)]
    came += [(3.0, "answer", name, {"release": name, "step": "classified", **said, **people}) for name in answered]
    told = Told(every=log_of(*sent, *came), start=START, end=START + 9 * DAY)
    share = {figure.group: figure for figure in figures(told) if figure.name == "share of releases answered"}
    assert {group: figure.value for group, figure in share.items()} == {"COL": 1.0, "MEX": 0.833, "": 0.889}
    held = held_back(list(share.values()))
    assert {group for *_, group in held} >= {"MEX", ""}
