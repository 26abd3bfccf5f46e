"""Accounts, for administrators and auditors: roles granted, asked for and taken away."""

from __future__ import annotations

from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import Response

from upwind.errors import UpwindError
from upwind.store.accounts import Role, grant, revoke
from upwind.store.session import Session
from upwind.web.api.accounts import accounts_json, role_of
from upwind.web.edge import account_of, reading, status_of, writing
from upwind.web.pages.faults import Faults, faults_of
from upwind.web.pages.sheet import form_of, page, see

__all__ = ["accounts", "granted", "revoked"]


async def accounts(request: Request) -> Response:
    """Return the accounts, and what waits for a second administrator."""
    return await _accounts(request)


async def granted(request: Request) -> Response:
    """Grant a role, or ask for it; where another administrator asked before, that confirms it."""
    return await _changed(request, grant)


async def revoked(request: Request) -> Response:
    """Take a role away."""
    return await _changed(request, revoke)


async def _changed(request: Request, work: Callable[[Session, str, str, Role], object]) -> Response:
    who, form = account_of(request).name, await form_of(request)
    try:
        name, role = form.get("name", ""), role_of(form.get("role", ""))
        await writing(request, lambda session: work(session, who, name, role))
    except UpwindError as error:
        return await _accounts(request, faults=faults_of(error), status=status_of(error))
    return see("/accounts")


async def _accounts(request: Request, faults: Faults = (), status: int = 200) -> Response:
    said = await reading(request, accounts_json)
    return page(request, "accounts.html", status=status, roles=list(Role), faults=faults, **said)
