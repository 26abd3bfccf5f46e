"""Coming in and going out: the login, the link that sets a password once, and the end of a session."""

from __future__ import annotations

import logging
from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import Response

from upwind.errors import FaultyError, ForbiddenError, LostKeyError
from upwind.store.accounts import (
    Account,
    by_password,
    close_session,
    open_session,
    password_digest,
    redeem_link,
    require_link,
)
from upwind.store.second_factor import accepts
from upwind.store.session import Session
from upwind.web.access import Right, may
from upwind.web.door import SESSION_COOKIE
from upwind.web.edge import account_of, hashing, reading, too_often, writing
from upwind.web.issuer import Issuer
from upwind.web.known import Guard
from upwind.web.pages.docket import docket
from upwind.web.pages.partner import releases
from upwind.web.pages.sheet import form_of, page, see

__all__ = ["enter", "first", "inside", "leave", "link", "login", "login_page", "redeem", "too_often_from"]


_LOG = logging.getLogger(__name__)


async def login(request: Request) -> Response:
    """Return the page to log in on."""
    return login_page(request)


def login_page(request: Request, fault: str = "", status: int = 200) -> Response:
    """Return the page to log in on, and what kept somebody out; "" for nothing."""
    issuer: Issuer | None = request.app.state.issuer
    label = issuer.registration.label if issuer is not None else ""
    return page(request, "login.html", status=status, fault=fault, issuer=label)


async def enter(request: Request) -> Response:
    """Open a session for a name, the password and, where one is set up, the one-time code that belong to it."""
    refusal = too_often_from(request)
    if refusal is not None:
        return refusal
    form = await form_of(request)
    name, password, code = form.get("name", ""), form.get("password", ""), form.get("code", "")
    guard, store = _guard(request), request.app.state.store
    refusal = too_often(guard.name_there.wait(f"{name} {_address(request)}")) or too_often(guard.name.wait(name))
    if refusal is not None:
        return refusal
    account = await hashing(request, lambda: store.read(lambda session: by_password(session, name, password)))
    try:
        if account is None or not await writing(request, lambda session: accepts(session, name, code)):
            return login_page(request, "not_together", 401)
    except LostKeyError as error:
        _LOG.error("%s", error)
        return login_page(request, "key_lost", 503)
    return await inside(request, account, see)


async def leave(request: Request) -> Response:
    """End the session."""
    secret = request.cookies.get(SESSION_COOKIE, "")
    await writing(request, lambda session: close_session(session, secret))
    response = see("/login")
    response.delete_cookie(SESSION_COOKIE)
    return response


async def link(request: Request) -> Response:
    """Return the page on which a one-time link sets its account's password."""
    if (refusal := too_often_from(request)) is not None:
        return refusal
    secret = request.path_params["secret"]
    try:
        name = await reading(request, lambda session: require_link(session, secret))
        return page(request, "link.html", name=name, fault="")
    except ForbiddenError:
        return page(request, "link.html", status=403, fault="gone")


async def redeem(request: Request) -> Response:
    """Set the password of a link's account, end all its sessions, and let its owner in."""
    if (refusal := too_often_from(request)) is not None:
        return refusal
    secret, password = request.path_params["secret"], (await form_of(request)).get("password", "")
    try:
        name = await reading(request, lambda session: require_link(session, secret))
        digest = await hashing(request, lambda: password_digest(password))
        account = await writing(request, lambda session: redeem_link(session, secret, digest))
    except FaultyError as error:
        return page(request, "link.html", status=422, name=name, fault=error.faults[0][1])
    except ForbiddenError:
        return page(request, "link.html", status=403, fault="gone")
    return await inside(request, account, see)


async def first(request: Request) -> Response:
    """Return the page that work begins on: the docket, or a partner's own releases."""
    return await (releases if may(account_of(request), Right.RECEIVE) else docket)(request)


def _home(account: Account) -> str:
    """Return where somebody lands who has come in."""
    ways = (("/", Right.BEGIN), ("/accounts", Right.GRANT), ("/statistics", Right.READ_STATISTICS))
    return next(path for path, right in ways if may(account, right))


def _guard(request: Request) -> Guard:
    guard: Guard = request.app.state.guard
    return guard


def _address(request: Request) -> str:
    return request.client.host if request.client is not None else ""


def too_often_from(request: Request) -> Response | None:
    """Return the answer to an address from which too many try to come in; None to any other."""
    return too_often(_guard(request).address.wait(_address(request)))


async def inside(request: Request, account: Account, answer: Callable[[str], Response]) -> Response:
    """Return an answer that opens a session for an account, given the page that its work begins on."""

    def opened(session: Session) -> str:
        return open_session(session, account.name)

    secret = await writing(request, opened)
    response = answer(_home(account))
    is_https = request.url.scheme == "https"
    response.set_cookie(SESSION_COOKIE, secret, httponly=True, samesite="strict", secure=is_https)
    return response
