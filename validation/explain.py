"""How well compounds are explained: every figure by literature reference, never by random splits.

From the top of the checkout, with scikit-learn beside the development environment::

    python -m validation.explain --out docs/explain-figures.md

For every view of an instrument and every seed of the folds, the method learns from some references and answers for the
others. Beside it stands a random forest on the same folds. Unseen categories: each class in turn is left out of
learning (of the expectations too), and its cases are ranked against those of the other classes, all out of fold.
Mixtures: `explain_cases.mixed`, one for each case, of all listed compounds and of the everyday solvents alone.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from validation.explain_cases import CLASSES, SOLVENTS, Cases, folds, mixed, read
from validation.explain_method import Method, forest, forest_aided, log_bayes_factors, scores, scores_unaided, weak
from validation.explain_scores import area, balanced, bootstrap, calibration, recalls

from upwind.explain.answer import PRIOR_UNEXPLAINED, probabilities, unexplained_probability

VIEWS = ("gc", "ptr-ms", "infrared")
#: Of the views, about: they set how far scores are tempered.
CHANNELS = {"gc": 1600, "ptr-ms": 400, "infrared": 24}
SEEDS = (0, 1, 2)
FOLDS = 5

#: Where samples are weak, and the parts below which nothing of them is found. [%]
WEAK_VIEW = "ptr-ms"
WEAK_LIMITS = (10.0,)

#: Known categories; the last of `CLASSES` holds the rest.
KNOWN = len(CLASSES) - 1

#: Among which the two numbers of `answer.TEMPERATURE` are chosen.
TEMPERATURES = [(first, second) for first in np.arange(0.8, 1.0, 0.02) for second in np.arange(0.0, 4.1, 0.5)]

#: Of a temperature for one view alone.
ALONE = np.arange(0.8, 2.01, 0.05)

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Dealt = list[tuple[NDArray[np.bool_], NDArray[np.bool_]]]


def main() -> None:
    """Compute every figure and write the page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--no-forest", action="store_true", help="leave the slow reference out")
    arguments = parser.parse_args()
    cases = read()
    lines = [_HEAD.format(cases=len(cases.classes), groups=len(np.unique(cases.groups)), folds=FOLDS)]
    methods: dict[str, Method] = {"upwind": scores, "upwind, without expectations": scores_unaided}
    if not arguments.no_forest:
        methods |= {"random forest": forest, "random forest, with expectations": forest_aided}
    answers = {(name, view): _answers(method, cases, view) for name, method in methods.items() for view in VIEWS}
    lines += _classes(answers, list(methods), cases)
    lines += _nested(answers, cases)
    lines += _unseen(answers, cases)
    lines += _mixtures(cases)
    lines += _weak(cases)
    arguments.out.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"Figures are in {arguments.out}")


_HEAD = """# Figures of `explain`

Made by `python -m validation.explain`: {cases} gas profiles of EPA SPECIATE 5.2 in {groups} groups of literature
references (profiles that share any reference are one group). Every answer is for references that were not learnt from,
{folds} folds, three seeds of dealing; 90 % intervals by drawing groups anew. Views: `gc` every species with a CAS
number; `ptr-ms` sums over protonated masses, no alkanes; `infrared` 24 gases. The last two know no total.

No measured profile of a clandestine laboratory is public, and none is used: "unexplained" is graded on listed compounds
added to measured benign profiles by one stated rule (`validation/explain_cases.py`)."""


def _out_of_fold(answer: Callable[[Cases, Cases], Floats], cases: Cases, seed: int) -> Floats:
    """Return an answer for every case, learnt from other references alone."""
    parts = {}
    for learnt, tested in folds(cases, FOLDS, seed):
        parts[int(np.flatnonzero(tested)[0])] = tested, answer(cases.of(learnt), cases.of(tested))
    first = next(iter(parts.values()))[1]
    whole = np.zeros((len(cases.classes), *first.shape[1:]))
    for tested, part in parts.values():
        whole[tested] = part
    return whole


def _answers(method: Method, cases: Cases, view: str) -> list[Floats]:
    return [_out_of_fold(lambda one, two: method(one, two, view), cases, seed) for seed in SEEDS]


def _classes(answers: dict[tuple[str, str], list[Floats]], names: list[str], cases: Cases) -> list[str]:
    """Return the table of the 12-class problem, and each class's part answered right."""
    known = cases.classes < KNOWN
    truth, groups = cases.classes[known], cases.groups[known]
    lines = [
        "\n## Twelve benign classes: balanced accuracy\n",
        "ECE by cases as they come, and with the 13 classes weighed evenly, which is the prior of the method.\n",
        "| view | method | mean of 3 | 90 % interval | ECE (13) | ECE, even |",
        "|---|---|---|---|---|---|",
    ]
    for view in VIEWS:
        for name in names:
            best = [each[known][:, :KNOWN].argmax(axis=1) for each in answers[name, view]]
            mean = np.mean([balanced(truth, each, KNOWN) for each in best])
            low, high = bootstrap(lambda rows, one=best[0]: balanced(truth[rows], one[rows], KNOWN), groups, 0)
            own = answers[name, view], cases, view if name.startswith("upwind") else ""
            errors = f"{_error(*own):.3f} | {_error(*own, even=True):.3f}"
            lines.append(f"| {view} | {name} | {mean:.3f} | {low:.2f} to {high:.2f} | {errors} |")
    lines += ["\nGain over the forest on the same folds, mean of the three dealings, drawn together:\n"]
    for view in VIEWS if "random forest" in names else ():
        best = {
            name: [each[known][:, :KNOWN].argmax(axis=1) for each in answers[name, view]]
            for name in ("upwind", "random forest")
        }
        gain = partial(_gain, truth, best["upwind"], best["random forest"])
        low, high = bootstrap(gain, groups, 1)
        lines.append(f"- {view}: {gain(np.arange(len(truth))):+.3f} ({low:+.2f} to {high:+.2f})")
    return lines + _recalled(answers, cases)


def _gain(truth: Ints, ours: list[Ints], theirs: list[Ints], rows: Ints) -> float:
    """Return how much more is answered right, balanced, over all dealings."""
    gains = [
        balanced(truth[rows], one[rows], KNOWN) - balanced(truth[rows], two[rows], KNOWN)
        for one, two in zip(ours, theirs, strict=True)
    ]
    return float(np.mean(gains))


def _recalled(answers: dict[tuple[str, str], list[Floats]], cases: Cases) -> list[str]:
    """Return the table of each class's part answered right."""
    known = cases.classes < KNOWN
    truth, groups = cases.classes[known], cases.groups[known]
    lines = ["\nEach class's part answered right by upwind (first seed):\n"]
    lines += ["| class | cases | groups | " + " | ".join(VIEWS) + " |", "|---|---|---|" + "---|" * len(VIEWS)]
    parts = [recalls(truth, answers["upwind", view][0][known][:, :KNOWN].argmax(axis=1), KNOWN) for view in VIEWS]
    for each in range(KNOWN):
        own = truth == each
        row = " | ".join(f"{part[each]:.2f}" for part in parts)
        lines.append(f"| {CLASSES[each]} | {own.sum()} | {len(np.unique(groups[own]))} | {row} |")
    return lines


def _error(each: list[Floats], cases: Cases, view: str, *, even: bool = False) -> float:
    """Return the mean expected calibration error of the likeliest of all 13 classes; no view: as the method says."""
    said = [probabilities(one, CHANNELS[view]) if view else np.exp(one) for one in each]
    weights = 1.0 / np.bincount(cases.classes)[cases.classes] if even else np.ones(len(cases.classes))
    return float(np.mean([calibration(p.max(axis=1), p.argmax(axis=1) == cases.classes, weights) for p in said]))


def _nested(answers: dict[tuple[str, str], list[Floats]], cases: Cases) -> list[str]:
    """Return the calibration error where the two numbers of the temperature are chosen on other folds than graded."""
    errors, alone = [], []
    for seed, dealt in enumerate(list(folds(cases, FOLDS, seed)) for seed in SEEDS):
        said = {view: answers["upwind", view][seed] for view in VIEWS}
        tempered = {numbers: {view: _sureness(said[view], view, numbers) for view in VIEWS} for numbers in TEMPERATURES}
        right = {view: said[view].argmax(axis=1) == cases.classes for view in VIEWS}
        chosen = {view: np.zeros(len(cases.classes)) for view in VIEWS}
        for others, tested in dealt:
            best = min(
                tempered,
                key=lambda numbers, rows=others, every=tempered: sum(
                    calibration(every[numbers][view][rows], right[view][rows]) for view in VIEWS
                ),
            )
            for view in VIEWS:
                chosen[view][tested] = tempered[best][view][tested]
        errors.append([calibration(chosen[view], right[view]) for view in VIEWS])
        alone.append([_alone(said[view], right[view], dealt) for view in VIEWS])
    named, by_view = (
        ", ".join(f"{view} {error:.3f}" for view, error in zip(VIEWS, np.mean(each, axis=0), strict=True))
        for each in (errors, alone)
    )
    return [
        f"\nECE where the two numbers that temper the scores are chosen on other folds than graded: {named};",
        f"where each view has a temperature of its own, chosen likewise: {by_view}.",
    ]


def _alone(log_scores: Floats, right: NDArray[np.bool_], dealt: Dealt) -> float:
    """Return the calibration error of one view whose temperature is chosen by it alone, on other folds than graded."""
    said = {each: _largest(log_scores / each) for each in ALONE}
    chosen = np.zeros(len(right))
    for others, tested in dealt:
        best = min(said, key=lambda each, rows=others: calibration(said[each][rows], right[rows]))
        chosen[tested] = said[best][tested]
    return calibration(chosen, right)


def _sureness(log_scores: Floats, view: str, numbers: tuple[float, float]) -> Floats:
    """Return the largest probability of every case under two numbers of the temperature."""
    return _largest(log_scores / (numbers[0] + numbers[1] / np.sqrt(CHANNELS[view])))


def _largest(scaled: Floats) -> Floats:
    return np.asarray(1.0 / np.exp(scaled - scaled.max(axis=1, keepdims=True)).sum(axis=1))


def _strange(log_scores: Floats, view: str) -> Floats:
    """Return how little an answer looks like a known class."""
    said = probabilities(log_scores, CHANNELS[view])
    return np.asarray(said[:, KNOWN] - said[:, :KNOWN].max(axis=1))


def _unseen(answers: dict[tuple[str, str], list[Floats]], cases: Cases) -> list[str]:
    """Return how well what belongs to no known class is told from what does."""
    lines = [
        "\n## Categories never seen\n",
        "Area under the curve of P(other benign) less the largest other probability.\n",
    ]
    other = cases.classes == KNOWN
    for view in VIEWS:
        strange = [_strange(each, view) for each in answers["upwind", view]]
        mean = np.mean([area(each[other], each[~other]) for each in strange])
        low, high = bootstrap(lambda rows, s=strange[0]: _area_of(s[rows], other[rows]), cases.groups, 2)
        lines.append(f"- {view}, profiles of no known class ({other.sum()}): {mean:.3f} ({low:.2f} to {high:.2f})")
    left_out = []
    for each in range(KNOWN):
        strange = _strange(_without(cases, each), "gc")
        left_out.append(area(strange[cases.classes == each], strange[(cases.classes != each) & ~other]))
    named = ", ".join(f"{CLASSES[each]} {found:.2f}" for each, found in enumerate(left_out))
    lines.append(f"- gc, each class left out in turn: mean {np.mean(left_out):.3f} ({named})")
    return lines


def _without(cases: Cases, each: int) -> Floats:
    """Return answers out of fold of a method that never saw one class."""
    return _out_of_fold(lambda one, two: scores(one.of(one.classes != each), two, "gc"), cases, 0)


def _area_of(score: Floats, positive: NDArray[np.bool_]) -> float:
    return area(score[positive], score[~positive]) if positive.any() and not positive.all() else float("nan")


def _mixtures(cases: Cases) -> list[str]:
    """Return how well mixtures with listed compounds are told from benign profiles."""
    lines = [
        "\n## Unexplained: two to four listed compounds over a benign profile\n",
        f"Called so: probability above 0.5 at the stated prior of {PRIOR_UNEXPLAINED:g}. ECE at that prevalence.\n",
        "| view | listed | area (90 %) | mixtures called | benign called | ECE |",
        "|---|---|---|---|---|---|",
    ]
    for view in VIEWS:
        benign = _out_of_fold(lambda one, two, v=view: log_bayes_factors(one, two, v), cases, 0)
        for name, made in (("all six", mixed(cases, 0)), ("everyday solvents", mixed(cases, 1, SOLVENTS))):
            found = _mixture_factors(cases, made, view)
            said, false = (unexplained_probability(each, CHANNELS[view]) for each in (found, benign))
            rows = np.arange(len(found))
            low, high = bootstrap(lambda r, f=found, b=benign: area(f[r], b[r]), cases.groups, 3)
            error = _prevalent(said, false)
            lines.append(
                f"| {view} | {name} | {area(found[rows], benign):.3f} ({low:.2f} to {high:.2f}) "
                f"| {np.mean(said > 0.5):.1%} | {np.mean(false > 0.5):.1%} | {error:.3f} |"  # noqa: PLR2004
            )
    return lines


def _mixture_factors(cases: Cases, made: Cases, view: str) -> Floats:
    """Return the factors of mixtures whose backgrounds' references were not learnt from."""
    whole = np.zeros(len(cases.classes))
    for learnt, tested in folds(cases, FOLDS, 0):
        whole[tested] = log_bayes_factors(cases.of(learnt), made.of(tested), view)
    return whole


def _weak(cases: Cases) -> list[str]:
    """Return what is left of the answers where nothing but large parts is found, told of the limits or not."""
    made, known = mixed(cases, 0), cases.classes < KNOWN
    lines = [
        "\n## Weak samples: what is below a limit\n",
        f"View `{WEAK_VIEW}`, one seed: nothing below the limit [part of the whole] is found. *Told*: the limits are",
        "given, and what is below them counts as that; *not told*: it counts as absent. Mixtures are of all six.\n",
        "| limit | limits | balanced accuracy | ECE (13) | area | mixtures called | benign called |",
        "|---|---|---|---|---|---|---|",
    ]
    for limit in WEAK_LIMITS:
        for words, told in (("told", True), ("not told", False)):
            found, benign = np.zeros((2, len(cases.classes)))
            said = np.zeros((len(cases.classes), len(CLASSES)))
            for learnt, tested in folds(cases, FOLDS, 0):
                one, two = cases.of(learnt), cases.of(tested)
                said[tested], benign[tested] = weak(one, two, WEAK_VIEW, limit, told=told)
                found[tested] = weak(one, made.of(tested), WEAK_VIEW, limit, told=told)[1]
            right = balanced(cases.classes[known], said[known][:, :KNOWN].argmax(axis=1), KNOWN)
            called, false = (unexplained_probability(each, CHANNELS[WEAK_VIEW]) > 0.5 for each in (found, benign))  # noqa: PLR2004
            lines.append(
                f"| {limit:g}% | {words} | {right:.3f} | {_error([said], cases, WEAK_VIEW):.3f} "
                f"| {area(found, benign):.3f} | {called.mean():.1%} | {false.mean():.1%} |"
            )
    return lines


def _prevalent(said: Floats, false: Floats) -> float:
    """Return the calibration error where one in 1/prior samples is a mixture."""
    step = round((1.0 - PRIOR_UNEXPLAINED) / PRIOR_UNEXPLAINED)
    both = np.concatenate([said[::step], false])
    return calibration(both, np.arange(len(both)) < len(said[::step]))


if __name__ == "__main__":
    main()
