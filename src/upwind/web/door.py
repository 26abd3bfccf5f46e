"""The door: nobody comes in without an account, and browsers only from pages of this host."""

from __future__ import annotations

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from upwind.errors import FaultyError, UpwindError
from upwind.review.log import is_writable
from upwind.store.accounts import Account, by_session, by_token
from upwind.store.session import Session
from upwind.web.edge import fault, too_often, wants_page
from upwind.web.known import Guard

__all__ = ["SESSION_COOKIE", "Door", "asker"]

SESSION_COOKIE = "upwind-session"
#: What is open to everybody.
_OPEN = ("/api/v1/health", "/api/v1/openapi.json", "/login", "/login/oidc", "/login/oidc/return")
_OPEN_BELOW = ("/static/", "/link/")
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
#: What a page may do: everything from this host, nothing from any other.
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; img-src 'self' data: blob:; worker-src 'self' blob:; style-src 'self'; "
        "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "geolocation=(), camera=(), microphone=()",
    #: Which links of a page a browser brings ahead of time.
    "Speculation-Rules": '"/static/ahead.speculation"',
}


class Door:
    """Says who asks before any route is looked for, and dresses every answer."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request in, or answer it here."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def dressed(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
                if not scope["path"].startswith("/static/"):
                    headers.setdefault("Cache-Control", "no-store")
            await send(message)

        refusal = await _refusal(Request(scope, receive))
        await (refusal or self._app)(scope, receive, dressed)


async def _refusal(request: Request) -> Response | None:
    """Return why a request does not come in; None where it does."""
    path = request.scope["path"]
    try:
        account = await asker(request)
    except UpwindError as error:
        return fault(error)
    request.state.account = account
    if account is None and path not in _OPEN and not path.startswith(_OPEN_BELOW):
        return _stranger(request)
    if _from_elsewhere(request):
        return JSONResponse({"error": "this came from another site's page"}, 403)
    if not is_writable(path) or not all(
        is_writable(part) for pair in request.query_params.multi_items() for part in pair
    ):
        return fault(FaultyError([("", "the address holds what is no text")]))
    guard: Guard = request.app.state.guard
    return too_often(guard.asking.wait(_secret(request)[1])) if account is not None else None


def _secret(request: Request) -> tuple[str, str]:
    """Return what a request shows to come in with, and of what kind it is: "token", "session", or "" for nothing."""
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    if kind.lower() == "bearer" and token:
        return "token", token.strip()
    secret = request.cookies.get(SESSION_COOKIE, "")
    return ("session" if secret else "", secret)


async def asker(request: Request) -> Account | None:
    """Return whose bearer token or session a request brings; None where it is nobody's."""
    kind, secret = _secret(request)
    if not kind:
        return None
    guard: Guard = request.app.state.guard

    def question(session: Session) -> Account | None:
        return by_token(session, secret) if kind == "token" else by_session(session, secret)

    return await guard.known.answer(request, f"{kind} {secret}", question)


def _stranger(request: Request) -> Response:
    """Return the way to the login for whoever reads pages, and 401 for all else."""
    if request.method == "GET" and wants_page(request):
        return RedirectResponse("/login", 303)
    return JSONResponse({"error": "who asks? give Authorization: Bearer TOKEN"}, 401, {"WWW-Authenticate": "Bearer"})


def _from_elsewhere(request: Request) -> bool:
    """Return whether a browser sends something that changes state from a page of another host.

    Browsers say where a request comes from; a program with a token sends no cookie that could be borrowed.
    """
    if request.method in _SAFE or _secret(request)[0] == "token":
        return False
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site not in ("same-origin", "none")
    origin = request.headers.get("origin")
    return origin is not None and origin.split("://")[-1] != request.headers.get("host", "")
