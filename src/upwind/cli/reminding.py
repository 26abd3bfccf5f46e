"""`upwind release remind`: what partners are overdue with, entered once each, and the letters to send."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from upwind.cli.files import write_together
from upwind.cli.screen import table
from upwind.cli.stored import COMMAND_LINE, add_store, opened
from upwind.outcomes.reminders import Reminder, letter
from upwind.store import reminders
from upwind.store.releases import Released, partner
from upwind.store.session import Session

__all__ = ["add_actions", "remind"]


def add_actions(actions: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the action."""
    told = actions.add_parser("remind", help="enter reminders of what partners are overdue with; run it every day")
    told.add_argument("--texts", type=Path, metavar="DIR", help="write the new letters, in the partner's language")
    add_store(told)


def remind(arguments: argparse.Namespace) -> int:
    """Enter a reminder, and later an escalation, of each overdue step, once each."""

    def work(session: Session) -> list[tuple[Released, Reminder, bool, str]]:
        found = reminders.remind(session, COMMAND_LINE)
        return [(*each, partner(session, each[0].partner).agreement.languages[0]) for each in found]

    if arguments.texts is not None:
        arguments.texts.mkdir(parents=True, exist_ok=True)
    with opened(arguments, "release", "remind") as store:
        found = store.write(work)
    if not found:
        print("No partner is overdue.", file=sys.stderr)
        return 0
    heads = ["release", "partner", "waits for", "due", "standing", "to", "entered"]
    rows = [
        [
            one.release,
            one.partner,
            told.waits_for,
            told.due[:10],
            told.standing,
            told.to or "nobody is named",
            _new(is_new),
        ]
        for one, told, is_new, _ in found
    ]
    table("Overdue", heads, rows, whole=["release"])
    if arguments.texts is not None:
        letters = {
            arguments.texts / f"{told.release}-{told.standing.replace(' ', '-')}-{told.since[:10]}.txt": letter(
                told.as_body(), language
            )
            for _, told, is_new, language in found
            if is_new
        }
        write_together(dict(letters))
        print(f"{len(letters)} letters are in {arguments.texts}")
    return 0


def _new(is_new: bool) -> str:  # noqa: FBT001 - a word for it
    return "now" if is_new else "before"
