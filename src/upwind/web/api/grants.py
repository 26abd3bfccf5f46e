"""Roles: asked for by one administrator, granted by another, taken away by any."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from upwind.errors import AbsentError, FaultyError
from upwind.render.objections import Objection
from upwind.store.accounts import Role, asked_by, every_proposal, grant, revoke
from upwind.store.session import Session
from upwind.web.edge import account_of, body_of, reading, writing

__all__ = ["asked", "confirmed", "listed", "revoked"]


async def listed(request: Request) -> Response:
    """Return what waits for a second administrator."""
    waiting = await reading(request, every_proposal)
    return JSONResponse(
        {"grants": [{**_grant_json(one.name, one.role, is_granted=False), "asked_by": one.by} for one in waiting]}
    )


async def asked(request: Request) -> Response:
    """Ask for a role of an account; one that a single administrator may grant is granted."""
    who, said = account_of(request).name, await body_of(request)
    name, word = said.get("name"), said.get("role")
    if not isinstance(name, str) or not name:
        raise FaultyError([("name", "give the name of an account")])
    role = _role(word)
    is_granted = await writing(request, lambda session: grant(session, who, name, role))
    return _changed(name, role, is_granted=is_granted)


async def confirmed(request: Request) -> Response:
    """Grant a role that another administrator asked for."""
    who, (name, role) = account_of(request).name, _named(request)

    def confirm(session: Session) -> bool:
        if not asked_by(session, name, role):
            msg = "nobody has asked for this"
            raise AbsentError(msg)
        return grant(session, who, name, role)

    is_granted = await writing(request, confirm)
    return _changed(name, role, is_granted=is_granted)


async def revoked(request: Request) -> Response:
    """Take a role away, or what was asked for; one administrator is enough for that."""
    who, (name, role) = account_of(request).name, _named(request)
    await writing(request, lambda session: revoke(session, who, name, role))
    return _changed(name, role, is_granted=False, status="revoked")


def _named(request: Request) -> tuple[str, Role]:
    """Return account and role of a grant's id."""
    name, _, word = request.path_params["grant"].rpartition(":")
    if word not in list(Role):
        msg = "there is no such grant"
        raise AbsentError(msg)
    return name, Role(word)


def _role(word: object) -> Role:
    if not isinstance(word, str) or word not in list(Role):
        raise FaultyError([("role", Objection("one_of", words=", ".join(Role)))])
    return Role(word)


def _changed(name: str, role: Role, *, is_granted: bool, status: str = "") -> Response:
    said = _grant_json(name, role, is_granted=is_granted)
    return JSONResponse({**said, **({"status": status} if status else {})}, 200 if status else 201)


def _grant_json(name: str, role: Role, *, is_granted: bool) -> dict[str, Any]:
    status = "granted" if is_granted else "pending"
    return {"id": f"{name}:{role}", "name": name, "role": str(role), "status": status}
