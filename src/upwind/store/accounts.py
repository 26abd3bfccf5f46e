"""Accounts: who may come in, and as what. Secrets are kept as digests, passwords as argon2id."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from upwind.errors import AbsentError, ConflictError, FaultyError, ForbiddenError
from upwind.render.objections import Objection
from upwind.review.kinds import What
from upwind.review.log import Draft, moment, stamp
from upwind.store.clearances import clearance_of
from upwind.store.ledger import append, entries_of_kind
from upwind.store.session import Session

__all__ = [
    "Account",
    "Proposal",
    "Role",
    "add_account",
    "asked_by",
    "by_issuer",
    "by_password",
    "by_session",
    "by_token",
    "close_session",
    "every_account",
    "every_proposal",
    "first_administrator",
    "grant",
    "make_link",
    "make_token",
    "mark_closed",
    "open_session",
    "password_digest",
    "redeem_link",
    "require_account",
    "require_link",
    "revoke",
    "shut_out",
]

#: How long a one-time link may lie unread.
LINK_LENGTH = timedelta(days=3)
#: A shift and a half: whoever is away longer logs in again.
SESSION_LENGTH = timedelta(hours=12)
#: NIST SP 800-63B (rev. 4, 3.1.1.2) asks for 8 characters beside a second factor; the longest bounds the hasher's work.
SHORTEST, LONGEST = 8, 1024

_NAME = re.compile(r"[a-z0-9](?:[a-z0-9._-]{0,62}[a-z0-9])?")
_FOR_EVER = ""
#: What stands in a password's place where the account was closed, until a link sets another.
_CLOSED = "closed"
#: What the account is called that the first start makes.
FIRST = "administrator"


class Role(StrEnum):
    """What an account may be."""

    ANALYST = "analyst"
    REVIEWER = "reviewer"
    RELEASER = "releaser"
    FLIGHT_MANAGER = "flight-manager"
    AUDITOR = "auditor"
    PARTNER = "partner"
    ADMINISTRATOR = "administrator"


#: Who may judge a case.
JUDGES = frozenset({Role.ANALYST, Role.REVIEWER})
#: What one administrator alone may not grant: who has these roles judges, lets out, oversees, or grants.
TWO_GRANT = frozenset({Role.REVIEWER, Role.RELEASER, Role.AUDITOR, Role.ADMINISTRATOR})


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Somebody who may come in.

    `partner` is the code of the authority they belong to, "" for none; `clearance` the marking up to which they may
    read, "" for what is unmarked alone.
    """

    name: str
    roles: frozenset[Role]
    partner: str
    clearance: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A role that one administrator asked for and another must grant too."""

    name: str
    role: Role
    by: str


def add_account(session: Session, who: str, name: str, roles: Sequence[Role], partner: str = "") -> Account:
    """Return a new account.

    Raises
    ------
    FaultyError
        The name is no account's name, there is no role, or roles that may not go together.
    ConflictError
        There is one of that name.
    """
    faults = _faults(name, frozenset(roles), partner)
    if faults:
        raise FaultyError(faults)
    if session.row("account", name=name) is not None:
        msg = Objection("account_there", name=name)
        raise ConflictError(msg)
    session.do("insert_account", name=name, partner=partner)
    for role in sorted(set(roles)):
        session.do("insert_role", name=name, role=str(role))
    body = {"name": name, "roles": sorted(set(map(str, roles))), "partner": partner}
    append(session, Draft(who=who, what=What.ACCOUNT, body=body))
    return Account(name=name, roles=frozenset(roles), partner=partner)


def grant(session: Session, who: str, name: str, role: Role) -> bool:
    """Return whether an account has a role now; where it takes two administrators, the first one only asks.

    Raises
    ------
    ConflictError
        This administrator asked before, or the account has the role.
    FaultyError
        The role may not go together with those that the account has.
    """
    account = require_account(session, name)
    if faults := _faults(name, account.roles | {role}, account.partner):
        raise FaultyError(faults)
    asker = asked_by(session, name, role)
    if role in account.roles or asker == who:
        msg = Objection("role_there", name=name, role=role)
        raise ConflictError(msg)
    session.do("delete_proposal", name=name, role=str(role))
    if role in TWO_GRANT and not asker:
        session.do("insert_proposal", name=name, role=str(role), who=who)
        append(session, Draft(who=who, what=What.GRANT_ASKED, body={"name": name, "role": str(role)}))
        return False
    session.do("insert_role", name=name, role=str(role))
    by = [asker, who] if asker else [who]
    append(session, Draft(who=who, what=What.GRANT, body={"name": name, "role": str(role), "by": by}))
    return True


def asked_by(session: Session, name: str, role: Role) -> str:
    """Return the administrator who asked for a role of an account; "" where none did who still is one."""
    row = session.row("proposal", name=name, role=str(role))
    is_one = row is not None and session.row("has_role", name=row[0], role=str(Role.ADMINISTRATOR)) is not None
    return row[0] if row is not None and is_one else ""


def every_proposal(session: Session) -> list[Proposal]:
    """Return what waits for a second administrator, by name."""
    rows = [(name, Role(role)) for name, role in session.rows("proposals")]
    return [Proposal(name=name, role=role, by=asker) for name, role in rows if (asker := asked_by(session, name, role))]


def first_administrator(session: Session, who: str) -> str:
    """Return the secret of the link of the first account of a store; "" where there are accounts already."""
    if session.row("any_account") is not None:
        return ""
    add_account(session, who, FIRST, [Role.ADMINISTRATOR])
    return make_link(session, who, FIRST)


def revoke(session: Session, who: str, name: str, role: Role) -> None:
    """Take a role away, and what was asked for of it; one administrator is enough for that."""
    require_account(session, name)
    session.do("delete_proposal", name=name, role=str(role))
    session.do("delete_role", name=name, role=str(role))
    append(session, Draft(who=who, what=What.REVOKE, body={"name": name, "role": str(role)}))


def shut_out(session: Session, who: str, name: str) -> None:
    """End every token, session and link of an account; its password opens nothing until a new link sets another."""
    require_account(session, name)
    for kind in ("token", "session", "link"):
        session.do("delete_access_of", name=name, kind=kind)
    session.do("set_password", name=name, password=_CLOSED)
    append(session, Draft(who=who, what=What.ACCESS, body={"name": name, "kind": "none"}))


def mark_closed(session: Session) -> None:
    """Mark the accounts that a store of before closed: the last way in that was made of them is none."""
    last: dict[str, str] = {}
    for entry in entries_of_kind(session, What.ACCESS):
        if entry.body["kind"] in ("none", "password", "link", "token"):
            last[entry.body["name"]] = entry.body["kind"]
    for name, kind in last.items():
        row = session.row("account", name=name)
        if kind == "none" and row is not None and not row[2]:
            session.do("set_password", name=name, password=_CLOSED)


def make_token(session: Session, who: str, name: str) -> str:
    """Return a new bearer token of an account; only its digest is kept."""
    return _make_access(session, who, name, ("token", _FOR_EVER))


def make_link(session: Session, who: str, name: str) -> str:
    """Return the secret of a link that works once, to set a password with."""
    return _make_access(session, who, name, ("link", stamp(session.now + LINK_LENGTH)))


def by_token(session: Session, token: str) -> Account | None:
    """Return the account of a bearer token; None where it is nobody's."""
    row = session.row("access", digest=_digest(token), kind="token")
    return _account(session, row[0]) if row is not None else None


def by_issuer(session: Session, name: str) -> Account | None:
    """Return the account that an issuer vouches for by its name; None where there is none, or it was closed."""
    row = session.row("account", name=name)
    account = _account(session, name) if row is not None and row[2] != _CLOSED else None
    return account if account is not None and account.roles else None


def open_session(session: Session, name: str) -> str:
    """Return the secret of a browser's session of an account."""
    return _make_access(session, name, name, ("session", stamp(session.now + SESSION_LENGTH)))


def by_session(session: Session, secret: str) -> Account | None:
    """Return the account of a session; None where it ended, or never was."""
    row = session.row("access", digest=_digest(secret), kind="session")
    return _account(session, row[0]) if row is not None and session.now < moment(row[1]) else None


def close_session(session: Session, secret: str) -> None:
    """End a session."""
    row = session.row("access", digest=_digest(secret), kind="session")
    if row is not None:
        session.do("delete_access", digest=_digest(secret))
        append(session, Draft(who=row[0], what=What.ACCESS, body={"name": row[0], "kind": "session ended"}))


def require_link(session: Session, secret: str) -> str:
    """Return whose a one-time link is.

    Raises
    ------
    ForbiddenError
        It was used, is too old, or never was.
    """
    row = session.row("access", digest=_digest(secret), kind="link")
    if row is None or moment(row[1]) <= session.now:
        msg = "this link was used, or is too old: ask for another"
        raise ForbiddenError(msg)
    name: str = row[0]
    return name


def password_digest(password: str) -> str:
    """Return what is kept of a password; it takes long, so that it is made before a transaction begins.

    Raises
    ------
    FaultyError
        The password is too short or too long.
    """
    if not SHORTEST <= len(password) <= LONGEST:
        raise FaultyError([("password", f"give at least {SHORTEST} characters, and at most {LONGEST}")])
    return PasswordHasher().hash(password)


def redeem_link(session: Session, secret: str, digest: str) -> Account:
    """Return the account whose password is now set; the link is used up, and sessions of before have ended.

    Parameters
    ----------
    digest
        Of `password_digest`.

    Raises
    ------
    ForbiddenError
        The link was used, is too old, or never was.
    """
    name = require_link(session, secret)
    session.do("set_password", name=name, password=digest)
    session.do("delete_access", digest=_digest(secret))
    session.do("delete_access_of", name=name, kind="session")
    append(session, Draft(who=name, what=What.ACCESS, body={"name": name, "kind": "password"}))
    return _account(session, name)


def by_password(session: Session, name: str, password: str) -> Account | None:
    """Return the account of a name and password; None where they do not belong together.

    It takes as long for a name that nobody has, so that names cannot be found out by trying.
    """
    row = session.row("account", name=name)
    known = row[2] if row is not None and row[2] not in ("", _CLOSED) else _nobody()
    try:
        PasswordHasher().verify(known, password)
    except (Argon2Error, InvalidHashError):
        return None
    return _account(session, name)


def require_account(session: Session, name: str) -> Account:
    """Return an account; `AbsentError` where there is none of that name."""
    if session.row("account", name=name) is None:
        msg = Objection("no_account", name=name)
        raise AbsentError(msg)
    return _account(session, name)


def every_account(session: Session) -> list[Account]:
    """Return all accounts by name."""
    found: dict[str, Account] = {}
    for name, partner, role in session.rows("accounts"):
        known = found[name].roles if name in found else frozenset[Role]()
        found[name] = Account(name=name, roles=known | {Role(role)}, partner=partner)
    return list(found.values())


def _make_access(session: Session, who: str, name: str, kind: tuple[str, str]) -> str:
    require_account(session, name)
    secret = secrets.token_urlsafe(32)
    session.do("insert_access", digest=_digest(secret), name=name, kind=kind[0], until=kind[1])
    append(session, Draft(who=who, what=What.ACCESS, body={"name": name, "kind": kind[0]}))
    return secret


def _account(session: Session, name: str) -> Account:
    ((_, partner, _),) = session.rows("account", name=name)
    roles = frozenset(Role(role) for (role,) in session.rows("roles", name=name))
    return Account(name=name, roles=roles, partner=partner, clearance=clearance_of(session, name))


def _faults(name: str, roles: frozenset[Role], partner: str) -> list[tuple[str, str]]:
    faults: list[tuple[str, str]] = []
    if not _NAME.fullmatch(name):
        faults.append(("name", Objection("account_name")))
    if not roles:
        faults.append(("role", Objection("role_needed")))
    if Role.AUDITOR in roles and len(roles) > 1:
        faults.append(("role", Objection("auditor_alone")))
    if Role.PARTNER in roles and len(roles) > 1:
        faults.append(("role", Objection("partner_alone")))
    if (Role.PARTNER in roles) != bool(partner):
        faults.append(("partner", Objection("partner_code")))
    return faults


def _digest(secret: str) -> str:
    """Return what is kept of a secret of 256 random bits; nothing slower is needed for those."""
    return hashlib.sha256(secret.encode()).hexdigest()


@cache
def _nobody() -> str:
    """Return the digest of a password that nobody knows."""
    return PasswordHasher().hash(secrets.token_urlsafe(32))
