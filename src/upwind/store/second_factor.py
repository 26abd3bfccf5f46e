"""The second factor of people who log in: one-time codes by time (RFC 6238), as any authenticator shows them.

Their secrets must be read at every login and so cannot be kept as digests; they lie sealed in the store.
"""

from __future__ import annotations

import base64
import hmac
import json
import secrets
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from upwind.review.kinds import What
from upwind.review.log import Draft
from upwind.store.accounts import require_account
from upwind.store.ledger import append
from upwind.store.session import Session

__all__ = [
    "accepts",
    "code_at",
    "drop_second_factor",
    "require_openable",
    "seal_all",
    "sealed_by",
    "set_up",
]

#: RFC 6238 and what authenticators do unless told otherwise.
STEP_S, DIGITS = 30, 6
#: RFC 4226, section 4, R6 recommends 160 bits.
_SECRET_BYTES = 20
#: A clock may be a step early or late, and a person slow.
_STEPS_OFF = (0, -1, 1)


def code_at(secret: bytes, step: int, digits: int = DIGITS, digest: str = "sha1") -> str:
    """Return the code of a time step (RFC 4226, section 5.3).

    Examples
    --------
    >>> code_at(b"12345678901234567890", 59 // 30, digits=8)
    '94287082'
    """
    mac = hmac.digest(secret, step.to_bytes(8, "big"), digest)
    start = mac[-1] & 0xF
    number = int.from_bytes(mac[start : start + 4], "big") & 0x7FFFFFFF
    return str(number % 10**digits).zfill(digits)


def set_up(session: Session, who: str, name: str) -> str:
    """Return the URI that an authenticator takes, shown this once; from now on a login asks for its codes.

    Raises
    ------
    LostKeyError
        There is no key to seal the secret with, though others are sealed with one.
    """
    require_account(session, name)
    secret = secrets.token_bytes(_SECRET_BYTES)
    key = session.keys.held()
    if key is None:
        require_openable(session)
        key = session.keys.made()
    _keep(session, name, {"sealed": key.sealed(secret, _name(name)), "key": key.name, "last": 0})
    append(session, Draft(who=who, what=What.ACCESS, body={"name": name, "kind": "one-time codes"}))
    return f"otpauth://totp/upwind:{quote(name)}?secret={base64.b32encode(secret).decode()}&issuer=upwind"


def drop_second_factor(session: Session, who: str, name: str) -> None:
    """Let an account log in by its password alone: its owner has lost the authenticator."""
    require_account(session, name)
    session.do("delete_setting", name=_name(name))
    append(session, Draft(who=who, what=What.ACCESS, body={"name": name, "kind": "no one-time codes"}))


def accepts(session: Session, name: str, code: str) -> bool:
    """Return whether a code lets an account in; none is asked for where none is set up, and each works once.

    Raises
    ------
    LostKeyError
        The account's secret cannot be opened, and nobody comes in by it.
    """
    row = session.row("setting", name=_name(name))
    if row is None:
        return True
    kept = json.loads(row[0])
    of = _name(name)
    secret, now = session.keys.named(kept["key"], of).opened(kept["sealed"], of), int(session.now.timestamp()) // STEP_S
    said = "".join(code.split()).encode()
    for step in (now + off for off in _STEPS_OFF):
        if step > kept["last"] and hmac.compare_digest(code_at(secret, step).encode(), said):
            _keep(session, name, {**kept, "last": step})
            return True
    return False


def sealed_by(session: Session) -> dict[str, list[str]]:
    """Return, of every key that one-time codes are sealed with, whose they are."""
    found: dict[str, list[str]] = {}
    for name, kept in _every(session):
        found.setdefault(kept["key"], []).append(name)
    return found


def require_openable(session: Session) -> None:
    """Raise `LostKeyError` where somebody's one-time codes are sealed with a key that is not here."""
    for key, names in sealed_by(session).items():
        session.keys.named(key, f"one-time codes of {', '.join(names)}")


def seal_all(session: Session) -> None:
    """Seal what a store of before holds in clear."""
    clear = [(name, kept) for name, kept in _every(session) if "secret" in kept]
    if clear:
        key = session.keys.held() or session.keys.made()
        for name, kept in clear:
            sealed = key.sealed(base64.b32decode(kept["secret"]), _name(name))
            _keep(session, name, {"sealed": sealed, "key": key.name, "last": kept["last"]})


def _every(session: Session) -> list[tuple[str, dict[str, Any]]]:
    rows = session.rows("settings_like", pattern=f"{_name('')}%")
    return [(name.removeprefix(_name("")), json.loads(content)) for name, content in rows]


def _keep(session: Session, name: str, kept: Mapping[str, Any]) -> None:
    session.do("put_setting", name=_name(name), content=json.dumps(kept))


def _name(account: str) -> str:
    return f"second factor of {account}"
