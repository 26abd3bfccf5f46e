"""Reminders: that a partner's step is overdue, told to the focal point that the agreement names, in its language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from upwind.outcomes.clocks import Clock, Standing
from upwind.release.content import stamp
from upwind.release.words import word

__all__ = ["Reminder", "letter", "reminder_of"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reminder:
    """One reminder, or escalation, of one step; `to` is the focal point, "" where the agreement names none."""

    release: str
    waits_for: str
    since: str
    due: str
    standing: str
    to: str

    def as_body(self) -> dict[str, Any]:
        """Return the reminder as the log holds it."""
        return {name: getattr(self, name) for name in ("release", "waits_for", "since", "due", "standing", "to")}

    @property
    def once(self) -> tuple[str, str, str, str]:
        """What is told once: this standing of this wait."""
        return self.release, self.waits_for, self.since, self.standing


def reminder_of(release: str, clock: Clock, focal_point: str) -> Reminder | None:
    """Return what is to be told of a release's clock; None where the partner is in time, or it is for us to act."""
    if clock.whose != "partner" or clock.standing not in (Standing.REMINDER, Standing.ESCALATED):
        return None
    return Reminder(
        release=release,
        waits_for=clock.waits_for,
        since=stamp(clock.since),
        due=stamp(clock.due),
        standing=str(clock.standing),
        to=focal_point,
    )


def letter(body: Mapping[str, Any], language: str) -> str:
    """Return the text that is sent of a reminder's entry: no place, no person, and what may be answered."""
    kind = "escalation" if body["standing"] == Standing.ESCALATED else "reminder"
    waits = word(f"waits_{body['waits_for'].replace(' ', '_')}", language)
    to = body["to"] or word("focal_point", language)
    said = {"release": body["release"], "waits": waits, "since": body["since"][:10], "due": body["due"][:10]}
    return word(kind, language, to=to, **said)
