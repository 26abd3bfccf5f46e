"""Accounts: who may come in as what; a role that judges, releases or oversees takes two administrators."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from upwind.errors import FaultyError
from upwind.render.objections import Objection
from upwind.store import accounts as store
from upwind.store.accounts import Role
from upwind.store.session import Session
from upwind.web.edge import reading

__all__ = ["accounts_json", "listed", "role_of"]


async def listed(request: Request) -> Response:
    """Return all accounts, and the roles that wait for a second administrator."""
    return JSONResponse(await reading(request, accounts_json))


def accounts_json(session: Session) -> dict[str, Any]:
    """Return accounts and what was asked for, as the API spells them."""
    return {
        "accounts": [
            {"name": each.name, "roles": sorted(map(str, each.roles)), "partner": each.partner}
            for each in store.every_account(session)
        ],
        "asked": [{"name": each.name, "role": str(each.role), "by": each.by} for each in store.every_proposal(session)],
    }


def role_of(text: str) -> Role:
    """Return the role of a word."""
    if text not in list(Role):
        raise FaultyError([("role", Objection("one_of", words=", ".join(Role)))])
    return Role(text)
