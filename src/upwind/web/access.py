"""Who may do what: one table that decides every route. What stands not in it is denied."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from upwind.store.accounts import Account, Role

__all__ = ["ALLOWED", "Right", "may"]


class Right(StrEnum):
    """What a route needs."""

    #: To come in at all; every account has it.
    ENTER = "enter"
    #: The first page: the docket, or a partner's own releases.
    BEGIN = "open the first page"
    READ_CASES = "read cases"
    JUDGE = "judge"
    #: To change what is to be done about a case: watch, assign, ask for a flight, close, comment.
    WORK = "work on cases"
    READ_FLIGHTS = "read flights"
    READ_STATISTICS = "read statistics"
    READ_LOG = "read the log"
    READ_ACCOUNTS = "read accounts"
    GRANT = "grant roles"
    #: A partner's own releases, receipts and answers.
    RECEIVE = "receive releases"
    #: To reply to what a partner asked.
    REPLY = "reply to partners"


_REVIEW = frozenset({Role.ANALYST, Role.REVIEWER})
_INSIDE = _REVIEW | {Role.RELEASER, Role.FLIGHT_MANAGER}

ALLOWED: Mapping[Right, frozenset[Role]] = {
    Right.ENTER: frozenset(Role),
    Right.BEGIN: _INSIDE | {Role.PARTNER},
    Right.READ_CASES: _INSIDE,
    Right.JUDGE: _REVIEW,
    Right.WORK: _INSIDE,
    Right.READ_FLIGHTS: _INSIDE | {Role.AUDITOR},
    Right.READ_STATISTICS: _INSIDE | {Role.AUDITOR, Role.ADMINISTRATOR},
    Right.READ_LOG: frozenset({Role.AUDITOR}),
    Right.READ_ACCOUNTS: frozenset({Role.ADMINISTRATOR, Role.AUDITOR}),
    Right.GRANT: frozenset({Role.ADMINISTRATOR}),
    Right.RECEIVE: frozenset({Role.PARTNER}),
    Right.REPLY: frozenset({Role.RELEASER}),
}


def may(account: Account, right: Right) -> bool:
    """Return whether an account has a right."""
    return not account.roles.isdisjoint(ALLOWED.get(right, frozenset()))
