"""What a release waits for, since when, and whether it is time to remind or to turn to the focal point."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from upwind.outcomes.answers import Response, Step

__all__ = ["Clock", "Said", "Standing", "Terms", "clock_of"]


class Standing(StrEnum):
    """How long it has been waited for."""

    IN_TIME = "in time"
    REMINDER = "reminder due"
    ESCALATED = "escalated"
    #: Nothing is waited for.
    DONE = "done"


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What was agreed: so many days for each step, after as many again the focal point is turned to."""

    days: int
    focal_point: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What the log says of a release: when all had signed, the receipts, what was answered, and our replies.

    `recalled` is when it was called back, if it was; `is_settled`, whether the holder said what became of it.
    """

    released: datetime
    receipts: Sequence[datetime]
    response: Response
    replies: Sequence[datetime]
    recalled: datetime | None = None
    is_settled: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """What is waited for ("" for nothing), from whom ("partner", "us"), since when and until when.

    `turn_to` names the focal point once it is escalated.
    """

    waits_for: str
    whose: str
    since: datetime
    due: datetime
    standing: Standing
    turn_to: str

    def as_json(self) -> dict[str, str | None]:
        """Return the clock as answers spell it."""
        return {
            "waits_for": self.waits_for or None,
            "whose": self.whose or None,
            "due": self.due.strftime("%Y-%m-%dT%H:%M:%SZ") if self.waits_for else None,
            "standing": str(self.standing),
            "turn_to": self.turn_to or None,
        }


_PARTNER, _US, _NOBODY = "partner", "us", ""
#: What is waited for after each step, and from whom.
_NEXT = {
    Step.RECEIVED: ("classification", _PARTNER),
    Step.CLASSIFIED: ("a decision to act or not", _PARTNER),
    Step.ACTING: ("what acting came to", _PARTNER),
    Step.NEEDS_MORE: ("our reply", _US),
    Step.DECLINED: ("", _NOBODY),
    Step.CONTESTED: ("our review", _US),
    Step.ACTED: ("verification", _PARTNER),
    Step.VERIFIED: ("", _NOBODY),
}


def clock_of(said: Said, terms: Terms, now: datetime) -> Clock:
    """Return what a release waits for now."""
    waits, whose, since = _awaited(said)
    due = since + timedelta(days=terms.days)
    if not waits:
        standing = Standing.DONE
    elif now < due:
        standing = Standing.IN_TIME
    else:
        standing = Standing.REMINDER if now < due + timedelta(days=terms.days) else Standing.ESCALATED
    turn_to = terms.focal_point if standing is Standing.ESCALATED and whose == _PARTNER else ""
    return Clock(waits_for=waits, whose=whose, since=since, due=due, standing=standing, turn_to=turn_to)


def _awaited(said: Said) -> tuple[str, str, datetime]:
    """Return what is waited for, from whom, and since when."""
    response = said.response
    if said.recalled is not None:
        is_owed = said.receipts and not said.is_settled
        return ("what became of it", _PARTNER, said.recalled) if is_owed else ("", _NOBODY, said.recalled)
    if not response.answers:
        return ("assignment", _PARTNER, min(said.receipts)) if said.receipts else ("receipt", _PARTNER, said.released)
    last = response.answers[-1][0]
    waits, whose = _NEXT[response.answers[-1][1].step]
    after = [reply for reply in said.replies if reply > last]
    if response.step is Step.NEEDS_MORE and after:
        return "a decision to act or not", _PARTNER, max(after)
    return waits, whose, last
