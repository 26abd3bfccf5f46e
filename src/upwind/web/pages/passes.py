"""Passes over a site beside each other, for people: the same scale for all, dates on each, the compounds smelt."""

from __future__ import annotations

from html import escape
from typing import Any

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response

from upwind.render.words import compound_name
from upwind.store.cases import view
from upwind.store.session import Session
from upwind.store.sites import OF_FLIGHT
from upwind.web.beside import Scale, bars, scale_of, series, small_map
from upwind.web.edge import account_of, reading
from upwind.web.ground import Ground, ground_of, place_of, stamped
from upwind.web.outside import is_area
from upwind.web.pages.sheet import page
from upwind.web.passes import Pass
from upwind.web.words import language_of

__all__ = ["passes"]

#: So many stand beside each other where the address names none: the latest.
_LATEST = 3


async def passes(request: Request) -> Response:
    """Return the passes that the address names beside each other, or the latest; all are listed to choose from."""
    person, name, shelf = account_of(request).name, request.path_params["case"], request.app.state.shelf

    def question(session: Session) -> tuple[Ground, dict[str, Any] | None]:
        feature = view(session, person, name).feature
        return ground_of(session, shelf, person, name), None if feature is None else dict(feature)

    ground, feature = await reading(request, question)
    wanted = request.query_params.getlist("pass")
    chosen = [one for one in ground.passes if one.key in wanted] or list(ground.passes[-_LATEST:])
    language, scale = language_of(request), scale_of(chosen)
    told = [] if feature is None else [_told(one, scale, feature, language) for one in chosen]
    return page(
        request,
        "passes.html",
        case=name,
        every=[_named(one) for one in ground.passes],
        chosen={one.key for one in chosen},
        told=told,
        winds={wind["flight"]: wind for wind in ground.winds},
    )


def _named(one: Pass) -> dict[str, Any]:
    """Return what a pass is called, when it was, and what it came to."""
    flight, found, file = one.name.partition(OF_FLIGHT)
    return {
        "key": one.key,
        "flight": flight if found else "",
        "file": file or one.name,
        "start": stamped(one.time[0]),
        "end": stamped(one.time[-1]),
        "peak": float(one.value[one.at]),
        "peak_at": stamped(one.time[one.at]),
        "ambient": one.ambient,
        "gas": one.gas,
        "units": one.units,
        "nearest_m": one.nearest_m,
        "is_crossing": one.is_crossing,
        "channels": one.channels,
    }


def _told(one: Pass, scale: Scale, feature: dict[str, Any], language: str) -> dict[str, Any]:
    """Return a pass with its pictures."""
    named, region = _named(one), feature["properties"].get("region_90")
    names = {each.compound: escape(compound_name(each.compound, language)) for each in one.channels}
    place = place_of(feature)
    return {
        **named,
        "series": Markup(series(one, scale)),  # noqa: S704 - made here, of numbers and escaped words
        "map": Markup(small_map(one, scale, region if is_area(region) else None, place)),  # noqa: S704
        "bars": Markup(bars(one, scale, names)),  # noqa: S704
    }
