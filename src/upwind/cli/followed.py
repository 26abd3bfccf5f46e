"""What `upwind release` tells of releases that are out: the list with its clocks, replies, and later flights."""

from __future__ import annotations

import argparse
import sys

from upwind.cli.screen import table
from upwind.cli.stored import opened
from upwind.errors import FindingError, ForbiddenError
from upwind.outcomes.clocks import Clock
from upwind.outcomes.refly import Verdict
from upwind.store import following, releases, responses
from upwind.store.accounts import Role, require_account
from upwind.store.releases import Released, require_releaser
from upwind.store.session import Session

__all__ = ["complain", "listed", "refly", "reply"]


def listed(arguments: argparse.Namespace) -> int:
    """Print every release, the latest first, and what it waits for."""

    def question(session: Session) -> list[tuple[Released, Clock, str]]:
        every = [(one, following.followed(session, one)) for one in releases.releases(session)]
        return [(one, so_far.clock(session.now), _reminded(so_far)) for one, so_far in every]

    with opened(arguments, "release", "list") as store:
        found = store.read(question)
    rows = [[one.release, one.case, one.partner, *_told(one, clock), reminded] for one, clock, reminded in found]
    heads = ["release", "site", "partner", "waits for", "standing", "reminded"]
    if rows:
        table("Releases", heads, rows, whole=["release", "site"])
    else:
        print("There is no release as yet.", file=sys.stderr)
    return 0


def _reminded(so_far: following.Followed) -> str:
    """Return when the partner was reminded last."""
    return f"{so_far.reminders[-1].at:%Y-%m-%d}" if so_far.reminders else ""


def _told(one: Released, clock: Clock) -> tuple[str, str]:
    """Return what a release waits for, and how that stands."""
    if one.recalled:
        return clock.waits_for or "-", f"recalled: {one.recalled}"
    if not clock.waits_for:
        return "-", str(clock.standing)
    turn_to = f": {clock.turn_to}" if clock.turn_to else ""
    return f"{clock.waits_for} until {clock.due:%Y-%m-%d}", f"{clock.standing}{turn_to}"


def reply(arguments: argparse.Namespace) -> int:
    """Reply to what a partner asked."""

    def work(session: Session) -> None:
        require_releaser(session, arguments.person)
        following.reply(session, arguments.person, arguments.release, {"text": arguments.text})

    with opened(arguments, "release", "reply", arguments.release) as store:
        store.write(work)
    print(f"The partner reads the reply beside {arguments.release}")
    return 0


def complain(arguments: argparse.Namespace) -> int:
    """Enter a complaint about a release, which those who oversee count."""

    def work(session: Session) -> None:
        if require_account(session, arguments.person).roles.isdisjoint({Role.RELEASER, Role.AUDITOR}):
            msg = f"{arguments.person} is neither releaser nor auditor: ask for an account of one of these roles"
            raise ForbiddenError(msg)
        released = releases.release_of(session, arguments.release)
        responses.complain(session, arguments.person, released, arguments.by, {"text": arguments.text})

    with opened(arguments, "release", "complain", arguments.release) as store:
        store.write(work)
    print(f"The complaint about {arguments.release} is entered, and counted in upwind report")
    return 0


def refly(arguments: argparse.Namespace) -> int:
    """Say whether a place that was acted on emits no more; 3 where it still does."""
    with opened(arguments, "release", "refly", arguments.release) as store:
        found, acted = store.read(lambda session: following.passes_after(session, arguments.release))
    if acted is None:
        print("not enough data: the partner has not said that the place was acted on")
        return 0
    gone = found.gone
    print(
        f"{found.verdict}: {found.passes} passes since {acted:%Y-%m-%d %H:%M} UTC; that it is gone has the probability "
        f"{gone.median:.3f} ({gone.lower:.3f} to {gone.upper:.3f} over its duty cycle; 0.5 before they flew)"
    )
    if found.verdict is Verdict.STILL_THERE:
        msg = f"the place of {arguments.release} still emits"
        raise FindingError(msg)
    return 0
