"""Every route: its path, its method, what it needs, and what answers it.

The API's description and the matrix of who may what are made from this table; a route that is not in it is not there.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from upwind.errors import AbsentError, ForbiddenError
from upwind.render.objections import Objection
from upwind.review.kinds import What
from upwind.review.log import Draft
from upwind.store.clearances import marking_on, sees
from upwind.store.ledger import append
from upwind.web.access import Right, may
from upwind.web.api import accounts, cases, grants, log, releases, searches
from upwind.web.description import openapi
from upwind.web.edge import account_of, writing
from upwind.web.known import Guard
from upwind.web.pages import administration, case, docket, figures, issued, partner, passes, people, search_map

__all__ = ["ROUTES", "Way", "routes"]

Handler = Callable[[Request], Awaitable[Response]]
_API = "/api/v1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """One route; `right` is None for what is open to everybody."""

    path: str
    method: str
    right: Right | None
    handler: Handler
    is_keyed: bool = False


def _way(method: str, path: str, right: Right | None, handler: Handler, *, is_keyed: bool = False) -> Way:
    return Way(path=f"{_API}{path}", method=method, right=right, handler=handler, is_keyed=is_keyed)


ROUTES: tuple[Way, ...] = (
    _way("GET", "/health", None, log.health),
    _way("GET", "/openapi.json", None, openapi),
    _way("GET", "/cases", Right.READ_CASES, cases.listed),
    _way("GET", "/searches", Right.READ_CASES, searches.listed),
    _way("POST", "/searches", Right.READ_CASES, searches.saved),
    _way("POST", "/searches/drop", Right.READ_CASES, searches.dropped),
    _way("GET", "/cases/{case}", Right.READ_CASES, cases.case),
    _way("POST", "/claims", Right.JUDGE, cases.claims, is_keyed=True),
    _way("POST", "/cases/{case}/heartbeat", Right.JUDGE, cases.heartbeat),
    _way("POST", "/cases/{case}/judgements", Right.JUDGE, cases.judgements, is_keyed=True),
    _way("POST", "/cases/{case}/undo", Right.WORK, cases.undone),
    _way("POST", "/cases/{case}/steps/{step}", Right.WORK, cases.step),
    _way("GET", "/log", Right.READ_LOG, log.entries),
    _way("GET", "/events", Right.READ_CASES, log.events),
    _way("GET", "/accounts", Right.READ_ACCOUNTS, accounts.listed),
    _way("GET", "/grants", Right.READ_ACCOUNTS, grants.listed),
    _way("POST", "/grants", Right.GRANT, grants.asked),
    _way("POST", "/grants/{grant}/confirm", Right.GRANT, grants.confirmed),
    _way("POST", "/grants/{grant}/revoke", Right.GRANT, grants.revoked),
    _way("GET", "/releases", Right.RECEIVE, releases.listed),
    _way("GET", "/releases/{release}", Right.RECEIVE, releases.release),
    _way("GET", "/releases/{release}/package", Right.RECEIVE, releases.package),
    _way("GET", "/recalled", Right.RECEIVE, releases.recalled),
    _way("POST", "/releases/{release}/receipt", Right.RECEIVE, releases.receipt),
    _way("POST", "/releases/{release}/answers", Right.RECEIVE, releases.answers),
    _way("POST", "/releases/{release}/recall", Right.RECEIVE, releases.settled),
    _way("POST", "/releases/{release}/complaints", Right.RECEIVE, releases.complained),
    _way("POST", "/releases/{release}/replies", Right.REPLY, releases.replied),
    Way(path="/login", method="GET", right=None, handler=people.login),
    Way(path="/login", method="POST", right=None, handler=people.enter),
    Way(path="/login/oidc", method="GET", right=None, handler=issued.begin),
    Way(path="/login/oidc/return", method="GET", right=None, handler=issued.returned),
    Way(path="/logout", method="POST", right=Right.ENTER, handler=people.leave),
    Way(path="/link/{secret}", method="GET", right=None, handler=people.link),
    Way(path="/link/{secret}", method="POST", right=None, handler=people.redeem),
    Way(path="/", method="GET", right=Right.BEGIN, handler=people.first),
    Way(path="/docket", method="GET", right=Right.READ_CASES, handler=docket.docket),
    Way(path="/searches", method="POST", right=Right.READ_CASES, handler=docket.saved),
    Way(path="/searches/drop", method="POST", right=Right.READ_CASES, handler=docket.dropped),
    Way(path="/docket/next", method="POST", right=Right.JUDGE, handler=docket.taken),
    Way(path="/cases/{case}", method="GET", right=Right.READ_CASES, handler=case.case),
    Way(path="/cases/{case}/map", method="GET", right=Right.READ_CASES, handler=case.drawn),
    Way(path="/cases/{case}/passes", method="GET", right=Right.READ_CASES, handler=passes.passes),
    Way(path="/cases/{case}/claim", method="POST", right=Right.JUDGE, handler=case.claim),
    Way(path="/cases/{case}/judge", method="POST", right=Right.JUDGE, handler=case.judge),
    Way(path="/cases/{case}/step", method="POST", right=Right.WORK, handler=case.stepped),
    Way(path="/cases/{case}/undo", method="POST", right=Right.WORK, handler=case.taken_back),
    Way(path="/flights", method="GET", right=Right.READ_FLIGHTS, handler=figures.flights),
    Way(path="/search-map", method="GET", right=Right.READ_FLIGHTS, handler=search_map.search_map),
    Way(path="/search-map/{digest}/cells", method="GET", right=Right.READ_FLIGHTS, handler=search_map.cells),
    Way(
        path="/search-map/{digest}/pictures/{layer}",
        method="GET",
        right=Right.READ_FLIGHTS,
        handler=search_map.picture,
    ),
    Way(path="/statistics", method="GET", right=Right.READ_STATISTICS, handler=figures.statistics),
    Way(path="/accounts", method="GET", right=Right.READ_ACCOUNTS, handler=administration.accounts),
    Way(path="/accounts/grant", method="POST", right=Right.GRANT, handler=administration.granted),
    Way(path="/accounts/revoke", method="POST", right=Right.GRANT, handler=administration.revoked),
    Way(path="/releases/{release}", method="GET", right=Right.RECEIVE, handler=partner.release),
    Way(path="/releases/{release}/package", method="GET", right=Right.RECEIVE, handler=releases.package),
    Way(path="/recalled.json", method="GET", right=Right.RECEIVE, handler=releases.recalled),
    Way(path="/releases/{release}/receipt", method="POST", right=Right.RECEIVE, handler=partner.received),
    Way(path="/releases/{release}/answer", method="POST", right=Right.RECEIVE, handler=partner.answered),
    Way(path="/releases/{release}/recall", method="POST", right=Right.RECEIVE, handler=partner.settled),
    Way(path="/releases/{release}/complaint", method="POST", right=Right.RECEIVE, handler=partner.complained),
)


def routes(ways: Sequence[Way]) -> list[Route]:
    """Return the table as the framework takes it, each route behind its right; a case's id may hold a slash."""
    ordered = sorted(ways, key=lambda way: way.path.endswith("{case}"))
    return [Route(way.path.replace("{case}", "{case:path}"), _guarded(way), methods=[way.method]) for way in ordered]


def _guarded(way: Way) -> Handler:
    async def guarded(request: Request) -> Response:
        if way.right is not None and not may(account_of(request), way.right):
            who, right = account_of(request).name, str(way.right)
            denied = Draft(who=who, what=What.DENIED, body={"right": right})
            await writing(request, lambda session: append(session, denied))
            msg = Objection("may_not", right=right)
            raise ForbiddenError(msg)
        if "case" in request.path_params:  # whoever may not know of a case is told that there is none
            await _require_seen(request, request.path_params["case"])
        return await way.handler(request)

    return guarded


async def _require_seen(request: Request, case: str) -> None:
    """Raise `AbsentError` where there is no such case for who asks."""
    guard: Guard = request.app.state.guard
    marking = await guard.markings.answer(request, case, lambda session: marking_on(session, case))
    if marking is None or not sees(account_of(request).clearance, marking):
        msg = Objection("no_case", case=case)
        raise AbsentError(msg)
