"""How a page is made: its template, its language, and the way there that a form was sent from."""

from __future__ import annotations

from functools import cache
from typing import Any
from urllib.parse import parse_qs, quote, urlencode

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from upwind.errors import FaultyError
from upwind.render.numbers import figure, percent
from upwind.render.objections import Objection
from upwind.render.words import compound_name
from upwind.review.log import is_writable
from upwind.web.access import Right, may
from upwind.web.basemap import credit
from upwind.web.edge import octets_of
from upwind.web.pages.faults import told
from upwind.web.words import LANGUAGE_COOKIE, LANGUAGES, language_of, word

__all__ = ["form_of", "page", "see", "see_claimed"]

_YEAR_S = 31_536_000


@cache
def _templates() -> Environment:
    loader = PackageLoader("upwind.web", "templates")
    return Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)


def page(request: Request, template: str, /, status: int = 200, **values: Any) -> Response:  # noqa: ANN401 - what a template shows
    """Return a page in the reader's language; choosing one by the address keeps it."""
    language = language_of(request)
    other = next(one for one in LANGUAGES if one != language)
    kept = [(name, value) for name, value in request.query_params.multi_items() if name != "lang"]
    account = request.state.account
    markup = (
        _templates()
        .get_template(template)
        .render(
            language=language,
            other=other,
            elsewhere=urlencode([*kept, ("lang", other)]),
            account=account,
            may=lambda right: account is not None and may(account, Right(right)),
            t=lambda key, **said: word(key, language, **said) if key != "credit" else credit(request, language),
            refused=lambda faults: told(faults, language),
            path=request.url.path,
            percent=percent,
            figure=figure,
            compounds=lambda names: ", ".join(compound_name(name, language) for name in names.split(", ")),
            **values,
        )
    )
    response = HTMLResponse(markup, status)
    if request.query_params.get("lang") == language:
        response.set_cookie(LANGUAGE_COOKIE, language, max_age=_YEAR_S, samesite="strict", httponly=True)
    return response


def see(path: str) -> Response:
    """Return the way to another page, after something was done."""
    return RedirectResponse(path, 303)


def see_claimed(case: str) -> Response:
    """Return the way to a case just claimed: at an address of its own, lest a browser show what it fetched ahead."""
    return see(f"/cases/{quote(case)}?claimed")


async def form_of(request: Request) -> dict[str, str]:
    """Return the fields of a form as a browser sends them; of a field that stands twice the last one.

    Raises
    ------
    FaultyError
        It is too large, or no text.
    """
    octets = await octets_of(request)
    try:
        said = parse_qs(octets.decode(), keep_blank_values=True, errors="strict", max_num_fields=200)
    except ValueError as error:
        raise FaultyError([("", Objection("no_form", why=error))]) from None
    form = {name: values[-1] for name, values in said.items()}
    if faults := [(name, Objection("no_text")) for name, value in form.items() if not is_writable(name + value)]:
        raise FaultyError(faults)
    return form
