"""Coming in and going out: the login, the link that sets a password once, and the end of a session."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from upwind.errors import FaultyError, ForbiddenError
from upwind.store.accounts import Account, by_password, close_session, open_session, redeem_link
from upwind.store.session import Session
from upwind.web.access import Right, may
from upwind.web.door import SESSION_COOKIE
from upwind.web.edge import account_of, reading, writing
from upwind.web.pages.docket import docket
from upwind.web.pages.partner import releases
from upwind.web.pages.sheet import form_of, page, see

__all__ = ["enter", "first", "leave", "link", "login", "redeem"]


async def login(request: Request) -> Response:
    """Return the page to log in on."""
    return page(request, "login.html", is_wrong=False)


async def enter(request: Request) -> Response:
    """Open a session for a name and the password that belongs to it."""
    form = await form_of(request)
    name, password = form.get("name", ""), form.get("password", "")
    account = await reading(request, lambda session: by_password(session, name, password))
    if account is None:
        return page(request, "login.html", status=401, is_wrong=True)
    return await _inside(request, account)


async def leave(request: Request) -> Response:
    """End the session."""
    secret = request.cookies.get(SESSION_COOKIE, "")
    await writing(request, lambda session: close_session(session, secret))
    response = see("/login")
    response.delete_cookie(SESSION_COOKIE)
    return response


async def link(request: Request) -> Response:
    """Return the page on which a one-time link sets a password."""
    return page(request, "link.html", fault="")


async def redeem(request: Request) -> Response:
    """Set the password of a link's account, and let its owner in."""
    secret, password = request.path_params["secret"], (await form_of(request)).get("password", "")
    try:
        account = await writing(request, lambda session: redeem_link(session, secret, password))
    except FaultyError as error:
        return page(request, "link.html", status=422, fault=error.faults[0][1])
    except ForbiddenError:
        return page(request, "link.html", status=403, fault="gone")
    return await _inside(request, account)


async def first(request: Request) -> Response:
    """Return the page that work begins on: the docket, or a partner's own releases."""
    return await (releases if may(account_of(request), Right.RECEIVE) else docket)(request)


def _home(account: Account) -> str:
    """Return where somebody lands who has come in."""
    ways = (("/", Right.BEGIN), ("/accounts", Right.GRANT), ("/statistics", Right.READ_STATISTICS))
    return next(path for path, right in ways if may(account, right))


async def _inside(request: Request, account: Account) -> Response:
    def opened(session: Session) -> str:
        return open_session(session, account.name)

    secret = await writing(request, opened)
    response = see(_home(account))
    is_https = request.url.scheme == "https"
    response.set_cookie(SESSION_COOKIE, secret, httponly=True, samesite="strict", secure=is_https)
    return response
