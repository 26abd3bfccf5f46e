"""One sample in, its explanations out: benign classes and "unexplained", with evidence, or an abstention."""

from __future__ import annotations

import math
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace

import numpy as np

from upwind.arrays import FloatArray
from upwind.compounds.species import by_key
from upwind.explain.classify import classifier
from upwind.explain.excess import excess_in
from upwind.explain.profiles import CLASSES, LISTED, Profiles, shipped
from upwind.explain.separate import tied, would_separate
from upwind.explain.sums import bounded
from upwind.explain.views import View, listed_view, nearest, views_of
from upwind.records import Evidence, Explained, Explanation, Remark, Sample, Unexplained

__all__ = ["NONE_HOLDS", "TOO_FEW", "UNEXPLAINED", "explain", "probabilities", "unexplained_probability"]

UNEXPLAINED = "unexplained"

#: The classes' scores are divided by the first plus the second over the root of the number of channels: the fewer
#: channels, the more a score claims too much. Two numbers, chosen by the calibration error over all folds of
#: `validation/explain.py`; chosen on other folds than the graded one they leave more error (see the figures).
TEMPERATURE = (0.88, 1.5)
#: The same for the log Bayes factor of "unexplained": references share more than the model knows, and the fewer
#: channels, the less is known of the background.
DOUBT = (1.12, 4.6)
#: Views of fewer channels were not graded: they are tempered as this one.
FEWEST_GRADED = 24
#: That a sample is unexplained, before looking: a stated choice; whoever knows better has the Bayes factor.
PRIOR_UNEXPLAINED = 0.3
#: A model of additions is no measured truth: "unexplained" is never surer than this.
SUREST = 0.99

#: No explanation is said to hold where the likeliest has less.
LEAST_PROBABILITY = 0.4
#: Why nothing is said to explain a sample.
TOO_FEW = Remark(says="too few")
NONE_HOLDS = Remark(says="none holds", least=LEAST_PROBABILITY)
#: Evidence weaker than this is not listed, nor more lines than these. [nats]
LEAST_EVIDENCE = 0.05
MOST_EVIDENCE = 20

#: Parts of the whole gas sum to it: where nothing was found, limits are held against it. [wt%]
WHOLE_PERCENT = 100.0

#: A limit above this part of all that was found says nothing of a compound.
LIMIT_PART = 1.0

#: Fewer channels have no composition.
FEWEST_CHANNELS = 2

#: How much likelier than a spectrometer's a table of parts of the whole is a chromatograph's, before looking.
WHOLE_TO_PARTIAL = 2.0
#: How fast a view loses credit as the sample moves away from all that was ever seen in it.
NEARNESS = 20.0

_DRAWS = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class _Look:
    """A sample as one view has it, the answer there, and how much credit the view has before the others' is known."""

    view: View
    names: tuple[tuple[str, ...], ...]
    amounts: FloatArray
    credit: float
    classes: FloatArray
    log_bayes_factor: float
    held: dict[tuple[str, ...], float]


def temperature(channels: int) -> float:
    """Return what the scores of a view of so many channels are divided by."""
    return _tempered(TEMPERATURE, channels)


def _tempered(numbers: tuple[float, float], channels: int) -> float:
    first, second = numbers
    return first + second / math.sqrt(max(channels, FEWEST_GRADED))


def probabilities(scores: FloatArray, channels: int) -> FloatArray:
    """Return probabilities of the benign classes, shape (sample, class), from scores in a view of so many channels."""
    tempered = scores / temperature(channels)
    risen = np.exp(tempered - tempered.max(axis=1, keepdims=True))
    return np.asarray(risen / risen.sum(axis=1, keepdims=True))


def unexplained_probability(log_bayes_factor: FloatArray, channels: int) -> FloatArray:
    """Return the probability of "unexplained", of log Bayes factors in a view of so many channels. [nats]"""
    prior = math.log(PRIOR_UNEXPLAINED / (1.0 - PRIOR_UNEXPLAINED))
    odds = prior + log_bayes_factor / _tempered(DOUBT, channels)
    return np.asarray(SUREST / (1.0 + np.exp(-odds)))


def explain(sample: Sample, profiles: Profiles | None = None) -> Explained:
    """Return what explains a sample.

    Parameters
    ----------
    sample
        Readings of one sensor or of several.
    profiles
        Benign compositions; by default those that come with the package.

    Returns
    -------
    Explained
        Probabilities over the benign classes and "unexplained" sum to 1. Where there is no composition to speak of,
        the prior is returned and `abstained` says so.
    """
    known = shipped() if profiles is None else profiles
    sample, notes = bounded(sample)
    looks = [_look(sample, known, view, place) for place, view in enumerate(_views(sample, known))]
    if not looks:
        return replace(_abstained(sample), notes=notes)
    credit = np.array([look.credit for look in looks])
    classes = np.average([look.classes for look in looks], axis=0, weights=credit)
    factor = _mean_factor(np.array([look.log_bayes_factor for look in looks]), credit)
    main = looks[int(np.argmax(credit))]
    unexplained = float(unexplained_probability(np.array(factor), len(main.view.channels)))
    ranked = sorted(range(len(CLASSES)), key=lambda each: (-classes[each], each))
    explanations = tuple(
        Explanation(
            name=CLASSES[each],
            probability=float((1.0 - unexplained) * classes[each]),
            evidence=_evidence(main, known, classes, each),
        )
        for each in ranked
    )
    best = max(unexplained, explanations[0].probability)
    names = [UNEXPLAINED] if unexplained > explanations[0].probability else []
    pair = [*names, *(each.name for each in explanations)][:2]
    if not names and unexplained > explanations[1].probability:
        pair = [pair[0], UNEXPLAINED]
    abstained = best < LEAST_PROBABILITY
    return Explained(
        sample=sample.name,
        explanations=explanations,
        unexplained=_unexplained(main, factor, unexplained),
        abstained=abstained,
        why_abstained=NONE_HOLDS if abstained else None,
        cannot_separate=_sets(sample) + ((tied(explanations),) if abstained else ()),
        would_separate=would_separate(known, main.view, _found(sample), pair),
        not_recognised=sample.not_recognised,
        notes=notes,
    )


def _found(sample: Sample) -> frozenset[str]:
    """Return the keys of all that is above its limit."""
    return frozenset().union(*(reading.keys for reading in sample.readings if reading.amount > 0.0))


def _views(sample: Sample, profiles: Profiles) -> tuple[View, ...]:
    """Return the views under which the sample's table may have been made; none where it has no composition."""
    found = [reading for reading in sample.readings if reading.amount > 0.0]
    total = sum(reading.amount for reading in found) or (WHOLE_PERCENT if sample.is_whole else 0.0)
    absent = [
        reading
        for reading in sample.readings
        if not reading.amount > 0.0 and (reading.amount == 0.0 or reading.limit <= LIMIT_PART * total)
    ]
    keys = [reading.keys for reading in (*found, *absent)]
    if not found and not sample.is_whole:  # the source may be weak, and no more
        return ()
    seen = {key for each in keys for key in each}
    if sample.is_whole and len(absent) < len(found):
        vague = (reading for reading in sample.readings if math.isfinite(reading.limit))
        blind = {key for reading in vague for key in reading.keys} - seen
        return views_of(profiles, keys, frozenset(blind))
    view = listed_view(_disjoint(keys))
    return (view,) if len(view.channels) >= FEWEST_CHANNELS else ()


def _disjoint(sets: list[frozenset[str]]) -> list[frozenset[str]]:
    """Return sets joined wherever they share a species: one channel each."""
    joined: list[frozenset[str]] = []
    for each in sorted(set(sets), key=sorted):
        apart = [other for other in joined if not other & each]
        joined = [*apart, each.union(*(other for other in joined if other & each))]
    return joined


def _mean_factor(log_factors: FloatArray, weights: FloatArray) -> float:
    """Return the log of the weighted mean of factors."""
    largest = float(log_factors.max())
    return largest + math.log(float(np.average(np.exp(log_factors - largest), weights=weights)))


def _look(sample: Sample, profiles: Profiles, view: View, place: int) -> _Look:
    """Return what a view makes of a sample; uncertain amounts are drawn again and again and the answers averaged."""
    amounts = view.amounts(
        (reading.keys, max(reading.amount, 0.0)) for reading in sample.readings if reading.amount > 0
    )
    squares = view.amounts(
        (reading.keys, reading.uncertainty**2)
        for reading in sample.readings
        if reading.amount > 0.0 and reading.uncertainty > 0.0
    )
    limits = view.amounts(
        (reading.keys, reading.limit) for reading in sample.readings if 0.0 < reading.limit < math.inf
    )
    view = view.limited(100.0 * limits / (float(amounts.sum()) or WHOLE_PERCENT))
    table = amounts[None]
    if squares.any():
        relative = np.sqrt(np.log1p(squares / np.where(amounts > 0.0, amounts, 1.0) ** 2))
        away = np.random.default_rng(0).standard_normal((_DRAWS, len(amounts)))
        table = amounts * np.exp(relative * away - relative**2 / 2.0)
    excess = excess_in(profiles, view, LISTED)
    factors, held = excess.log_bayes_factors(table, limits)
    names = _names(sample, view)
    return _Look(
        view=view,
        names=names,
        amounts=amounts,
        credit=(WHOLE_TO_PARTIAL if place == 0 else 1.0) * math.exp(NEARNESS * nearest(profiles, view, amounts)),
        classes=probabilities(classifier(profiles, view).scores(table), len(view.channels)).mean(axis=0),
        log_bayes_factor=_mean_factor(factors, np.ones(len(factors))),
        held={names[channel]: float(part) for channel, part in zip(excess.channels, held.mean(axis=0), strict=True)},
    )


def _evidence(look: _Look, profiles: Profiles, classes: FloatArray, each: int) -> tuple[Evidence, ...]:
    """Return what speaks for a class against the others together, the strongest first."""
    others = np.delete(classes, each)
    slopes = np.zeros(len(CLASSES))
    slopes[np.arange(len(CLASSES)) != each] = -others / max(float(others.sum()), 1e-12)
    slopes[each] = 1.0
    ratios = classifier(profiles, look.view).evidence(look.amounts, slopes) / temperature(len(look.amounts))
    strongest = sorted(range(len(ratios)), key=lambda channel: (-abs(ratios[channel]), channel))[:MOST_EVIDENCE]
    return tuple(
        Evidence(compounds=look.names[channel], log_likelihood_ratio=float(ratios[channel]))
        for channel in strongest
        if abs(ratios[channel]) >= LEAST_EVIDENCE
    )


def _unexplained(look: _Look, factor: float, probability: float) -> Unexplained:
    """Return what is in excess, and how much each speaks for it: its odds of excess after looking over those before."""
    ordered = sorted(look.held.items(), key=lambda item: (-item[1], item[0]))
    found = [(names, min(max(part, 1e-6), 1.0 - 1e-6)) for names, part in ordered if part > 0.0]
    return Unexplained(
        probability=probability,
        log_bayes_factor=factor,
        compounds=tuple(" or ".join(names) for names, part in found if part >= 0.5),  # noqa: PLR2004 (likelier than not)
        evidence=tuple(
            Evidence(compounds=names, log_likelihood_ratio=math.log(part / (1.0 - part))) for names, part in found
        ),
    )


def _abstained(sample: Sample) -> Explained:
    """Return the prior, and that it is no more than that."""
    each = (1.0 - PRIOR_UNEXPLAINED) / len(CLASSES)
    return Explained(
        sample=sample.name,
        explanations=tuple(Explanation(name=name, probability=each, evidence=()) for name in CLASSES),
        unexplained=Unexplained(probability=PRIOR_UNEXPLAINED, log_bayes_factor=0.0, compounds=(), evidence=()),
        abstained=True,
        why_abstained=TOO_FEW,
        cannot_separate=_sets(sample),
        would_separate=(Remark(says="more compounds"),),
        not_recognised=sample.not_recognised,
    )


def _sets(sample: Sample) -> tuple[tuple[str, ...], ...]:
    """Return the sets of compounds that the sample's sensor takes for one."""
    sets = {reading.keys for reading in sample.readings if len(reading.keys) > 1}
    return tuple(sorted(tuple(sorted(by_key()[key].name for key in keys if key in by_key())) for keys in sets))


def _names(sample: Sample, view: View) -> tuple[tuple[str, ...], ...]:
    """Return the names of every channel: of what the sample's table names there, or else of all it may hold."""
    places = {key: place for place, keys in reversed(list(enumerate(view.channels))) for key in keys}
    told: dict[int, set[str]] = {}
    for reading in sample.readings:
        met = min((places[key] for key in reading.keys if key in places), default=None)
        if met is not None:
            told.setdefault(met, set()).update(reading.keys)
    return tuple(_compounds(told.get(place, keys)) for place, keys in enumerate(view.channels))


def _compounds(keys: AbstractSet[str]) -> tuple[str, ...]:
    """Return the names of a channel's compounds."""
    return tuple(sorted(by_key()[key].name if key in by_key() else key for key in keys))
