"""Coming in by the issuer that the operator named: there, back, and in, for those alone who have an account here."""

from __future__ import annotations

import logging
import secrets
import time
from collections.abc import Callable

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from upwind.errors import AbsentError, ForbiddenError, StoreError
from upwind.store.accounts import by_issuer
from upwind.web.edge import reading
from upwind.web.issuer import Issuer, Visit
from upwind.web.pages.people import inside, login_page, too_often_from
from upwind.web.pages.sheet import page

__all__ = ["Visits", "begin", "returned"]

_COOKIE, _PATH = "upwind-oidc", "/login/oidc"
#: How long a person may take at the issuer [s], and how many may be there at once.
_LASTS_S, _MOST = 600, 10_000
_LOG = logging.getLogger(__name__)


class Visits:
    """Who is at the issuer now, by a secret of their browser's; each comes back once."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._open: dict[str, Visit] = {}

    def begin(self) -> tuple[str, Visit]:
        """Return a new visit and the secret that it is found by."""
        now = self._clock()
        if len(self._open) >= _MOST:
            self._open = {key: visit for key, visit in self._open.items() if now < visit.until}
        if len(self._open) >= _MOST:
            msg = "too many people are on their way to the login server: try again in a while"
            raise StoreError(msg)
        key, state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(4))
        self._open[key] = Visit(state=state, nonce=nonce, verifier=verifier, until=now + _LASTS_S)
        return key, self._open[key]

    def end(self, key: str) -> Visit:
        """Return a visit that ends now.

        Raises
        ------
        ForbiddenError
            There is none: it took too long, came back before, or began in another browser.
        """
        visit = self._open.pop(key, None)
        if visit is None or self._clock() >= visit.until:
            msg = "this login took too long, or did not begin in this browser: begin again"
            raise ForbiddenError(msg)
        return visit


async def begin(request: Request) -> Response:
    """Send whoever asks to the issuer."""
    issuer = _issuer(request)
    if (refusal := too_often_from(request)) is not None:
        return refusal
    key, visit = request.app.state.visits.begin()
    try:
        address = await run_in_threadpool(issuer.begin, visit)
    except StoreError as error:
        return _failed(request, error, 503)
    response = RedirectResponse(address, 303)
    is_https = issuer.registration.url.startswith("https:")
    # The way back begins at another site, so that a strict cookie would not come along.
    response.set_cookie(_COOKIE, key, max_age=_LASTS_S, path=_PATH, httponly=True, samesite="lax", secure=is_https)
    return response


async def returned(request: Request) -> Response:
    """Let in whom the issuer vouches for, if there is an account of that name that is not closed."""
    issuer = _issuer(request)
    if (refusal := too_often_from(request)) is not None:
        return refusal
    try:
        visit = request.app.state.visits.end(request.cookies.get(_COOKIE, ""))
        name = await run_in_threadpool(issuer.end, visit, dict(request.query_params))
    except ForbiddenError as error:
        return _failed(request, error, 403)
    except StoreError as error:
        return _failed(request, error, 503)
    account = await reading(request, lambda session: by_issuer(session, name))
    if account is None:
        return _failed(request, ForbiddenError(f"no open account here is called {name[:64]!r}"), 403)
    # A page, not a redirect: the chain that began at the issuer would carry no strict cookie on.
    response = await inside(request, account, lambda home: page(request, "entered.html", home=home))
    response.delete_cookie(_COOKIE, path=_PATH)
    return response


def _issuer(request: Request) -> Issuer:
    issuer: Issuer | None = request.app.state.issuer
    if issuer is None:
        msg = "there is nothing here"
        raise AbsentError(msg)
    return issuer


def _failed(request: Request, error: Exception, status: int) -> Response:
    """Return the login page; why stands in the server's own messages, for the issuer's words are not ours."""
    _LOG.warning("%s", error)
    return login_page(request, "issuer_away" if isinstance(error, StoreError) else "not_vouched", status)
