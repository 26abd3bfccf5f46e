"""What a partner answers to a release: steps, coded outcomes, and what was found; never set by the releasing side.

The five steps follow the workflow that the International Energy Agency proposes for emission alerts: receive, assign,
classify, respond, verify. Inactive places count apart: a count of "laboratories" that mixes them can be restated at
will.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, TypeVar

from upwind.errors import ConflictError, FaultyError
from upwind.render.objections import Objection

__all__ = [
    "Activity",
    "Answer",
    "Grade",
    "Outcome",
    "Response",
    "Step",
    "answer_of",
    "following",
    "read_answer",
    "responded",
]

_LONGEST, _MOST, _LARGEST = 20_000, 50, 10**9

Word = TypeVar("Word", bound=StrEnum)


class Step(StrEnum):
    """How far a partner is."""

    RECEIVED = "received"
    CLASSIFIED = "classified"
    ACTING = "acting"
    NEEDS_MORE = "needs more"
    DECLINED = "declined"
    CONTESTED = "contested"
    ACTED = "acted"
    VERIFIED = "verified"


#: What may follow each step; nothing may follow what ends.
_FOLLOWS: Mapping[Step | None, frozenset[Step]] = {
    None: frozenset({Step.RECEIVED}),
    Step.RECEIVED: frozenset({Step.CLASSIFIED, Step.NEEDS_MORE, Step.DECLINED, Step.CONTESTED}),
    Step.CLASSIFIED: frozenset({Step.ACTING, Step.NEEDS_MORE, Step.DECLINED, Step.CONTESTED, Step.ACTED}),
    Step.NEEDS_MORE: frozenset({Step.CLASSIFIED, Step.ACTING, Step.NEEDS_MORE, Step.DECLINED, Step.CONTESTED}),
    Step.ACTING: frozenset({Step.ACTED, Step.NEEDS_MORE, Step.DECLINED, Step.CONTESTED}),
    Step.DECLINED: frozenset({Step.CLASSIFIED, Step.ACTING, Step.CONTESTED}),
    Step.CONTESTED: frozenset({Step.CLASSIFIED, Step.ACTING, Step.DECLINED}),
    #: A restatement is an answer of the same step again: the history stays.
    Step.ACTED: frozenset({Step.ACTED, Step.VERIFIED, Step.CONTESTED}),
    Step.VERIFIED: frozenset({Step.VERIFIED, Step.CONTESTED}),
}


class Outcome(StrEnum):
    """What acting came to, or why there was none."""

    DISMANTLED = "dismantled"
    MATERIAL_SEIZED = "material seized"
    DISMANTLED_AND_SEIZED = "dismantled, material seized"
    ABANDONED = "found abandoned"
    BENIGN = "benign source"
    NOTHING_FOUND = "nothing found"
    NOT_LOCATED = "place not located"
    ACCESS_REFUSED = "no lawful access"
    REFERRED = "referred to another authority"
    KNOWN_BEFORE = "known before"
    NO_MEANS = "no means to act"
    TOO_DANGEROUS = "too dangerous for residents"
    ERROR = "demonstrable error"


class Activity(StrEnum):
    """Whether the place was at work when it was acted on."""

    ACTIVE = "active"
    RECENTLY = "recently"
    INACTIVE = "inactive"
    NONE = "none"


class Grade(StrEnum):
    """How what is said is borne out."""

    WORD = "word"
    DOCUMENT = "document"
    PHOTO = "photo"
    REFLIGHT = "re-flight"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One answer. Counts are None where the partner says nothing of them; people are counts only."""

    step: Step
    text: str
    outcome: Outcome | None
    activity: Activity | None
    evidence: Grade | None
    arrests: int | None
    harmed_residents: int | None
    harmed_officers: int | None
    seized: tuple[tuple[str, int], ...]

    def as_body(self) -> dict[str, Any]:
        """Return the answer as the log holds it; amounts in whole grams."""
        return {
            "step": str(self.step),
            "text": self.text,
            "outcome": None if self.outcome is None else str(self.outcome),
            "activity": None if self.activity is None else str(self.activity),
            "evidence": None if self.evidence is None else str(self.evidence),
            "arrests": self.arrests,
            "harmed_residents": self.harmed_residents,
            "harmed_officers": self.harmed_officers,
            "seized": [{"substance": name, "grams": grams} for name, grams in self.seized],
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """What a release has come to: its last step, when each step was first reached, and all that was said."""

    step: Step | None
    reached: Mapping[Step, datetime]
    answers: tuple[tuple[datetime, Answer], ...]


def responded(answers: Sequence[tuple[datetime, Answer]]) -> Response:
    """Return what the answers to one release, in order, add up to."""
    reached: dict[Step, datetime] = {}
    for at, answer in answers:
        reached.setdefault(answer.step, at)
    return Response(step=answers[-1][1].step if answers else None, reached=reached, answers=tuple(answers))


def following(step: Step | None) -> frozenset[Step]:
    """Return what may be answered after a step; after None, before anything was."""
    return _FOLLOWS[step]


def read_answer(said: Mapping[str, Any], before: Response) -> Answer:
    """Return the answer that a document holds, as it may follow what was answered before.

    Raises
    ------
    FaultyError
        With every field that is wrong.
    ConflictError
        This step cannot follow the one before.
    """
    answer = answer_of(said)
    if answer.step not in following(before.step):
        after = "nothing" if before.step is None else f"{before.step!s}"
        msg = Objection("step_follows", step=after, words=", ".join(sorted(following(before.step))))
        raise ConflictError(msg)
    return answer


def answer_of(said: Mapping[str, Any]) -> Answer:
    """Return the answer of a document, whatever came before it."""
    faults: list[tuple[str, str]] = []
    step, outcome = _word(said, "step", Step, faults), _word(said, "outcome", Outcome, faults)
    activity, evidence = _word(said, "activity", Activity, faults), _word(said, "evidence", Grade, faults)
    text = said.get("text", "")
    if not isinstance(text, str) or len(text) > _LONGEST or "\x00" in text:
        faults.append(("text", Objection("a_text_most", most=_LONGEST)))
    if step is None and not any(field == "step" for field, _ in faults):
        faults.append(("step", Objection("one_of", words=", ".join(Step))))
    if step in (Step.NEEDS_MORE, Step.DECLINED, Step.CONTESTED) and not str(text).strip():
        faults.append(("text", Objection("say_why")))
    if step in (Step.ACTED, Step.VERIFIED):
        needed = (("outcome", outcome, Outcome), ("activity", activity, Activity), ("evidence", evidence, Grade))
        faults += [
            (field, Objection("one_of", words=", ".join(kind))) for field, found, kind in needed if found is None
        ]
    counts = [_count(said, field, faults) for field in ("arrests", "harmed_residents", "harmed_officers")]
    seized = tuple(_seized(said.get("seized"), faults))
    if faults or step is None:
        raise FaultyError(list(dict.fromkeys(faults)))
    return Answer(
        step=step,
        text=str(text).strip(),
        outcome=outcome,
        activity=activity,
        evidence=evidence,
        arrests=counts[0],
        harmed_residents=counts[1],
        harmed_officers=counts[2],
        seized=seized,
    )


def _word(said: Mapping[str, Any], field: str, kind: type[Word], faults: list[tuple[str, str]]) -> Word | None:
    value = said.get(field)
    if value is None or value == "":
        return None
    if value not in list(kind):
        faults.append((field, Objection("one_of", words=", ".join(kind))))
        return None
    return kind(value)


def _count(said: Mapping[str, Any], field: str, faults: list[tuple[str, str]]) -> int | None:
    value = said.get(field)
    if value is None:
        return None
    if type(value) is not int or not 0 <= value <= _LARGEST:
        faults.append((field, Objection("count")))
        return None
    return value


def _seized(value: object, faults: list[tuple[str, str]]) -> list[tuple[str, int]]:
    rows = [] if value is None else value
    if not isinstance(rows, list) or len(rows) > _MOST:
        faults.append(("seized", Objection("seized_many", most=_MOST)))
        return []
    found = []
    for number, row in enumerate(rows):
        name, grams = (row.get("substance"), row.get("grams")) if isinstance(row, Mapping) else (None, None)
        if not (isinstance(name, str) and 0 < len(name) <= 200) or type(grams) is not int or not 0 <= grams <= _LARGEST:  # noqa: PLR2004 - a name's length
            faults.append((f"seized.{number}", Objection("seized_row")))
            continue
        found.append((name, grams))
    return found
