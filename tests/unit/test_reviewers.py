"""Scores of reviewers, on logs whose truth is planted."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest

from upwind.review.kinds import What
from upwind.review.log import NO_ENTRY, Draft, LogEntry, chained
from upwind.review.reviewers import agreed, scores, sway

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def entries(drafts: list[Draft]) -> list[LogEntry]:
    return [chained(draft, seq, NOW, NO_ENTRY) for seq, draft in enumerate(drafts, start=1)]


def vote(person: str, case: str, verdict: str, stage: int = 1, *, withheld: bool = False) -> Draft:
    body = {"verdict": verdict, "stage": stage, "round": 1, "withheld": withheld}
    return Draft(who=person, what=What.JUDGEMENT, case=case, body=body)


def known(case: str, truth: str) -> Draft:
    return Draft(who="x", what=What.KNOWN, case=case, body={"truth": truth})


def test_a_reviewer_who_tires_shows_it_lately() -> None:
    drafts = [known(f"s{number}", "rejected") for number in range(60)]
    drafts += [vote("a", f"s{number}", "rejected" if number < 40 else "confirmed") for number in range(60)]
    drafts += [vote("b", "s1", "rejected", 2), vote("b", "not known", "confirmed")]
    tired, fresh = scores(entries(drafts))
    assert (tired.person, tired.known, tired.right.median, tired.lately.median) == ("a", 60, 40 / 60, 0.0)  # type: ignore[union-attr]
    assert (fresh.person, fresh.known, fresh.right.median) == ("b", 1, 1.0)  # type: ignore[union-attr]


def test_people_who_judge_alike_agree_and_people_who_guess_do_not() -> None:
    rng = np.random.default_rng(1)
    words = ["confirmed", "rejected", "unsure"]
    alike, guessed = [], []
    for number in range(400):
        verdict = words[rng.integers(3)]
        alike += [vote("a", f"s{number}", verdict), vote("b", f"s{number}", verdict, 2)]
        guessed += [vote("a", f"s{number}", words[rng.integers(3)]), vote("b", f"s{number}", words[rng.integers(3)], 2)]
    assert agreed(entries(alike)).median == pytest.approx(1.0)  # type: ignore[union-attr]
    found = agreed(entries(guessed))
    assert found is not None
    assert found.lower < 0.0 < found.upper
    assert agreed(entries([vote("a", "s", "unsure")])) is None


def test_a_planted_sway_is_found() -> None:
    """Reviewers who always follow the machine where they see it, and toss a coin where they do not."""
    rng = np.random.default_rng(2)
    drafts = []
    for number in range(400):
        probability, withheld = ("0.9" if number % 2 else "0.1"), number % 5 == 0
        machine = "confirmed" if number % 2 else "rejected"
        said = ["confirmed", "rejected"][rng.integers(2)] if withheld else machine
        drafts.append(Draft(who="x", what=What.SITE, case=f"s{number}", body={"probability": probability}))
        drafts.append(vote("a", f"s{number}", said, withheld=withheld))
        drafts.append(vote("b", f"s{number}", "unsure", 2))
    found = sway(entries(drafts))
    assert found.shown.median == 1.0  # type: ignore[union-attr]
    assert found.withheld.lower < 0.5 < found.withheld.upper  # type: ignore[union-attr]
    assert sway([]).shown is None
