"""What a sample of air holds, and what explains it."""

from __future__ import annotations

from dataclasses import dataclass

from upwind.records.inferred import Estimate

__all__ = [
    "Evidence",
    "Explained",
    "Explanation",
    "KnownPlace",
    "PlaceEvidence",
    "Reading",
    "Remark",
    "Sample",
    "SumReading",
    "Unexplained",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One line of a sample's table.

    `keys` are all species that the sensor may have meant; `amount` is their mass on a scale that all readings of the
    sample share, NaN below the limit; `limit` is on the same scale, NaN where unknown. `uncertainty` is 1 sigma.
    """

    compound: str
    keys: frozenset[str]
    amount: float
    limit: float
    uncertainty: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SumReading:
    """A reading of a sensor that answers to many compounds at once: it bounds them all and names none.

    Of a "PID", `value` and `limit` are in isobutylene equivalents [ppm], the value NaN below the limit; of another
    `sensor` ("MOX", "sum") both are NaN, for it counts in no common unit. `uncertainty` is 1 sigma.
    """

    sensor: str
    value: float
    limit: float
    uncertainty: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One sample. `is_whole` says that parts of the whole gas are given, so what is not listed is about absent.

    `not_recognised` names the compounds that no table knows: they say nothing. `sums` are of sensors that name nothing.
    """

    name: str
    readings: tuple[Reading, ...]
    is_whole: bool
    not_recognised: tuple[str, ...] = ()
    sums: tuple[SumReading, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """How much one compound, or one of several, speaks for an explanation against the others together. [nats]"""

    compounds: tuple[str, ...]
    log_likelihood_ratio: float

    @property
    def compound(self) -> str:
        """The compounds as files name them."""
        return " or ".join(self.compounds)


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """A sentence in parts, so that each language says it in its own words.

    `says` is what kind of sentence it is; the rest is what stands in it: names of compounds, of explanations, of a
    mapped place and what kind it is, and the least probability that would do.
    """

    says: str
    compounds: tuple[str, ...] = ()
    explanations: tuple[str, ...] = ()
    place: str = ""
    kind: str = ""
    least: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """One benign class and what speaks for it, the strongest first."""

    name: str
    probability: float
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Unexplained:
    """That two or more listed compounds are there beyond what any benign profile brings.

    `log_bayes_factor` is against all benign classes together [nats]; `compounds` are those in excess.
    """

    probability: float
    log_bayes_factor: float
    compounds: tuple[str, ...]
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceEvidence:
    """What one thing says for a mapped place against all that is on no map: `of` is "position", "hours" or "rate".

    `log_likelihood_ratio` is in nats; `words` say it.
    """

    of: str
    log_likelihood_ratio: float
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownPlace:
    """A mapped benign source, and how probable it is that it is what was smelled.

    `kind` is such as "paint shop", `classes` the benign classes that it may be of; `distance_m` is from the source's
    position; `is_open` is None where its hours are not known, or no time was given.
    """

    id: str
    name: str
    kind: str
    classes: tuple[str, ...]
    longitude: float
    latitude: float
    distance_m: Estimate
    is_open: bool | None
    probability: float
    evidence: tuple[PlaceEvidence, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """The answer for one sample; the probabilities sum to 1.

    `cannot_separate` holds sets: of compounds that the sensor takes for one, of explanations too close to tell apart.
    `would_separate` says what measurement would tell the best two apart; nothing where nothing would. `places` are
    mapped benign sources, the likeliest first; their probabilities are parts of their classes'. `composition` is what
    each gas makes of all that was located [% of the mass]; `notes` are sentences on what a sum of many compounds says.
    """

    sample: str
    explanations: tuple[Explanation, ...]
    unexplained: Unexplained
    abstained: bool
    why_abstained: Remark | None
    cannot_separate: tuple[tuple[str, ...], ...]
    would_separate: tuple[Remark, ...]
    not_recognised: tuple[str, ...]
    places: tuple[KnownPlace, ...] = ()
    composition: tuple[tuple[str, Estimate], ...] = ()
    notes: tuple[str, ...] = ()
