"""A partner's own pages: what was released to them, that it is in hand, and what they answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from upwind.errors import UpwindError
from upwind.outcomes.answers import Activity, Grade, Outcome, following
from upwind.outcomes.reminders import letter
from upwind.review.log import LogEntry, stamp
from upwind.store import responses
from upwind.store.following import Followed, followed
from upwind.store.releases import Released
from upwind.store.session import Session
from upwind.web.api.releases import complaint, release_json
from upwind.web.edge import account_of, reading, status_of, writing
from upwind.web.pages.faults import Faults, faults_of
from upwind.web.pages.sheet import form_of, page, see
from upwind.web.words import language_of

__all__ = ["answered", "complained", "received", "release", "releases", "settled"]

#: Rows for what was seized; what takes more goes through the API.
SEIZED = range(4)
_COUNTS = ("arrests", "harmed_residents", "harmed_officers")

_Work = Callable[[Session, str, str, str, Mapping[str, Any]], LogEntry]


async def releases(request: Request) -> Response:
    """Return the partner's releases, the latest first."""
    code = account_of(request).partner

    def question(session: Session) -> list[dict[str, Any]]:
        return [release_json(one, responses.response(session, one)) for one in responses.owned(session, code)]

    return page(request, "releases.html", rows=await reading(request, question))


async def release(request: Request) -> Response:
    """Return one release: what to do with it, and all that was answered."""
    return await _release(request, faults=(), said={})


async def received(request: Request) -> Response:
    """Enter that the partner has it in hand."""
    return await _entered(request, lambda _: {}, responses.receipt)


async def answered(request: Request) -> Response:
    """Enter the answer of the form."""
    return await _entered(request, _answer, responses.answer)


async def complained(request: Request) -> Response:
    """Enter a complaint."""
    return await _entered(request, lambda form: form, complaint)


async def settled(request: Request) -> Response:
    """Enter what became of a recalled release."""
    return await _entered(request, lambda form: form, responses.settle)


async def _entered(request: Request, read: Callable[[Mapping[str, str]], Mapping[str, Any]], work: _Work) -> Response:
    account, name, form = account_of(request), request.path_params["release"], await form_of(request)
    try:
        await writing(request, lambda session: work(session, account.name, account.partner, name, read(form)))
    except UpwindError as error:
        return await _release(request, faults=faults_of(error), said=form, status=status_of(error))
    return see(f"/releases/{name}")


async def _release(request: Request, faults: Faults, said: Mapping[str, str], status: int = 200) -> Response:
    code, name = account_of(request).partner, request.path_params["release"]

    def question(session: Session) -> tuple[Released, Followed]:
        found = responses.own(session, code, name)
        return found, followed(session, found)

    found, so_far = await reading(request, question)
    told = so_far.said.response
    return page(
        request,
        "release.html",
        status=status,
        release=release_json(found, told),
        answers=[{"at": stamp(at), **answer.as_body()} for at, answer in told.answers],
        replies=[{"at": stamp(entry.at), "text": entry.body["text"]} for entry in so_far.replies],
        reminders=[{"at": stamp(one.at), "text": letter(one.body, language_of(request))} for one in so_far.reminders],
        steps=sorted(map(str, following(told.step))),
        outcomes=list(Outcome),
        activities=list(Activity),
        grades=list(Grade),
        counts=_COUNTS,
        seized=SEIZED,
        faults=faults,
        said=said,
    )


def _answer(form: Mapping[str, str]) -> dict[str, Any]:
    """Return what a form says, as `outcomes.answers.read_answer` takes it; fields left empty are not said."""
    said: dict[str, Any] = {field: form.get(field, "") for field in ("step", "outcome", "activity", "evidence", "text")}
    said |= {field: _count(form.get(field, "")) for field in _COUNTS}
    rows = [(form.get(f"seized-{n}-substance", "").strip(), form.get(f"seized-{n}-grams", "")) for n in SEIZED]
    said["seized"] = [{"substance": name, "grams": _count(grams)} for name, grams in rows if name or grams]
    return said


def _count(text: str) -> int | str | None:
    """Return a whole number; a text that is none stays, so that it is refused by its field."""
    text = text.strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 12 else text or None  # noqa: PLR2004 - 1e9
