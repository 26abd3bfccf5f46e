"""A judgement: what one person decided about a case, how likely, how well founded, and on what."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar, cast

from upwind.errors import FaultyError
from upwind.render.objections import Objection
from upwind.review.log import is_writable
from upwind.review.terms import Confidence, Likelihood, mixed, term

__all__ = ["GradedSource", "Hypothesis", "Judgement", "Verdict", "read_judgement"]

#: The longest text that a person writes in one field; the most rows of a list.
LONGEST, MOST = 20_000, 200

_RELIABILITIES = "ABCDEF"
_LEAST_CREDIBLE = 6

Faults = list[tuple[str, str]]
Word = TypeVar("Word", bound=StrEnum)


class Verdict(StrEnum):
    """What a person, or enough of them, made of a case."""

    CONFIRMED = "confirmed"
    REJECTED = "rejected"
    UNSURE = "unsure"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hypothesis:
    """What the case may be, and which sources speak for it and against it."""

    name: str
    consistent: tuple[str, ...]
    inconsistent: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class GradedSource:
    """A source cited, graded by the Admiralty system: reliability "A" to "F", credibility 1 to 6."""

    id: str
    reliability: str
    credibility: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """One person's judgement. `benign` names the benign alternatives that were considered."""

    verdict: Verdict
    likelihood: Likelihood
    confidence: Confidence
    reason: str
    hypotheses: tuple[Hypothesis, ...]
    sources: tuple[GradedSource, ...]
    benign: tuple[str, ...]

    def as_body(self) -> dict[str, Any]:
        """Return the judgement as the log holds it."""
        return {
            "verdict": str(self.verdict),
            "likelihood": str(self.likelihood),
            "confidence": str(self.confidence),
            "reason": self.reason,
            "hypotheses": [
                {"name": each.name, "consistent": list(each.consistent), "inconsistent": list(each.inconsistent)}
                for each in self.hypotheses
            ],
            "sources": [
                {"id": each.id, "reliability": each.reliability, "credibility": each.credibility}
                for each in self.sources
            ],
            "benign": list(self.benign),
        }


def read_judgement(said: object) -> Judgement:
    """Return the judgement that a document holds.

    Raises
    ------
    FaultyError
        With every field that is wrong, and what is wrong with it.
    """
    if not isinstance(said, Mapping):
        raise FaultyError([("", "give an object with verdict, likelihood, confidence and reason")])
    faults: Faults = []
    judgement = Judgement(
        verdict=_word(said, "verdict", _verdict, tuple(Verdict), faults),
        likelihood=_word(said, "likelihood", term, tuple(Likelihood), faults),
        confidence=_word(said, "confidence", _confidence, tuple(Confidence), faults),
        reason=_reason(said.get("reason"), faults),
        hypotheses=tuple(_hypotheses(said.get("hypotheses"), faults)),
        sources=tuple(_sources(said.get("sources"), faults)),
        benign=_texts(said.get("benign"), "benign", faults),
    )
    if faults:
        raise FaultyError(faults)
    return judgement


def _verdict(text: str) -> Verdict | None:
    return Verdict(text) if text in list(Verdict) else None


def _confidence(text: str) -> Confidence | None:
    return Confidence(text) if text in list(Confidence) else None


def _word(
    said: Mapping[str, Any], field: str, read: Callable[[str], Word | None], words: tuple[Word, ...], faults: Faults
) -> Word:
    """Return the word of a closed list; where it is none, a fault is noted and the word returned is of no meaning."""
    value = said.get(field)
    word = read(value) if isinstance(value, str) else None
    if word is None:
        faults.append((field, Objection("one_of", words=", ".join(words))))
        return words[0]
    return word


def _reason(value: object, faults: Faults) -> str:
    text = value.strip() if isinstance(value, str) else ""
    if not text:
        faults.append(("reason", Objection("why_sentence")))
    elif not _is_text(text):
        faults.append(("reason", Objection("text_most", most=LONGEST)))
    elif sentence := mixed(text):
        faults.append(("reason", Objection("mixed", sentence=repr(sentence[:100]))))
    return text


def _hypotheses(value: object, faults: Faults) -> Iterator[Hypothesis]:
    for place, row in _rows(value, "hypotheses", faults):
        name = row.get("name")
        if not (isinstance(name, str) and name.strip() and _is_text(name)):
            faults.append((f"{place}.name", Objection("name_hypothesis")))
            continue
        yield Hypothesis(
            name=name.strip(),
            consistent=_texts(row.get("consistent"), f"{place}.consistent", faults),
            inconsistent=_texts(row.get("inconsistent"), f"{place}.inconsistent", faults),
        )


def _sources(value: object, faults: Faults) -> Iterator[GradedSource]:
    for place, row in _rows(value, "sources", faults):
        name, reliability, credibility = row.get("id"), row.get("reliability"), row.get("credibility")
        known = len(faults)
        if not (isinstance(name, str) and name and _is_text(name)):
            faults.append((f"{place}.id", Objection("source_id")))
        if not (isinstance(reliability, str) and len(reliability) == 1 and reliability in _RELIABILITIES):
            faults.append((f"{place}.reliability", Objection("one_letter")))
        if type(credibility) is not int or not 1 <= credibility <= _LEAST_CREDIBLE:
            faults.append((f"{place}.credibility", Objection("one_to_six")))
        if len(faults) == known:
            yield GradedSource(
                id=cast("str", name), reliability=cast("str", reliability), credibility=cast("int", credibility)
            )


def _rows(value: object, field: str, faults: Faults) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield the objects of a list and their places; no list is an empty one."""
    rows = [] if value is None else value
    if not isinstance(rows, list) or len(rows) > MOST or not all(isinstance(row, Mapping) for row in rows):
        faults.append((field, f"give a list of objects, at most {MOST}"))
        return
    yield from ((f"{field}.{number}", row) for number, row in enumerate(rows))


def _texts(value: object, field: str, faults: Faults) -> tuple[str, ...]:
    texts = [] if value is None else value
    if not isinstance(texts, list) or len(texts) > MOST or not all(isinstance(text, str) for text in texts):
        faults.append((field, Objection("texts", most=MOST)))
        return ()
    if not all(map(_is_text, texts)):
        faults.append((field, Objection("text_most", most=LONGEST)))
    return tuple(texts)


def _is_text(text: str) -> bool:
    """Return whether a text can stand in the log, and is not endless."""
    return len(text) <= LONGEST and is_writable(text)
