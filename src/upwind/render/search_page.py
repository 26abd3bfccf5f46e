"""The page of a search map: before the flight, and after it if nothing is found, side by side."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

import numpy as np

from upwind.arrays import FloatArray
from upwind.records import Estimate
from upwind.records.mapped import Grid
from upwind.render.map import compass
from upwind.render.numbers import figure, percent, span
from upwind.render.page import head, page_of
from upwind.render.readings import Weather
from upwind.render.search_map import brightest, cell_m, place_on, probability_map, ramp
from upwind.render.svg import element, path
from upwind.render.words import Language, say, spoken

__all__ = ["SearchPicture", "search_map_page"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchPicture:
    """What the page shows.

    Attributes
    ----------
    name
        Of the area.
    grid
        Of both maps.
    before, after
        Probability that an undiscovered site is in the cell, (row, column); `after` if the flight finds nothing.
    legs
        Each leg's ends, longitude and latitude, (leg, 2, 2). [deg]
    chance
        Probability that the flight finds something.
    time_s
        Of the flight. [s]
    weather
        The wind that is planned for.
    source
        Where the map comes from; "" for one that is even over the area.
    """

    name: str
    grid: Grid
    before: FloatArray
    after: FloatArray
    legs: FloatArray
    chance: Estimate
    time_s: float
    weather: Weather | None
    source: str


def search_map_page(picture: SearchPicture, language: Language = "en") -> str:
    """Return the page as HTML: no file or address beside it is needed."""
    top, flown, chance = brightest(picture.before), _legs(picture), picture.chance
    between = f"{percent(chance.median)} ({100.0 * chance.lower:.0f}-{100.0 * chance.upper:.0f})"
    had, left = (percent(-np.expm1(np.log1p(-values).sum())) for values in (picture.before, picture.after))
    maps = "".join(
        f"<figure><figcaption>{say(key)}</figcaption>"
        f"{probability_map(picture.grid, values, top, flown, spoken(key))}</figure>"
        for key, values in (("sought_before", picture.before), ("sought_after", picture.after))
    )
    meaning = say("sought_cell", metres=figure(cell_m(picture.grid)), most=figure(top))
    colours = ramp(figure(top), "", spoken("sought_colours"))
    wind = picture.weather
    blows = (
        say("wind_still")
        if wind is None
        else say("wind_planned", **{"from": f"{wind.wind_from:.0f}", "speed": figure(wind.speed)})
    )
    source = escape(picture.source) if picture.source else say("sought_even")
    notes = [blows, say("sought_legs"), f"{say('sought_source')} {source}."]
    answer = (
        f'<section id="answer"><h2>{say("sought_title", chance=between, time=span(picture.time_s))}</h2>'
        f"<p>{say('sought_left', had=had, left=left)}</p>"
        f'<div class="pair">{maps}{compass(wind)}</div>'
        f"<p>{meaning}</p><p>{colours}</p><p>{' '.join(notes)}</p></section>"
    )
    body = [head(picture.name, say("plan_more"), "plan_notice"), answer]
    return page_of(picture.name, body, language)


def _legs(picture: SearchPicture) -> str:
    """Return the legs, each over a dark rim, so that they show on every colour."""
    x, y = place_on(picture.grid, picture.legs[..., 0], picture.legs[..., 1])
    outline = "".join(path(list(zip(xs, ys, strict=True))) for xs, ys in zip(x.tolist(), y.tolist(), strict=True))
    rims = (("#000", 3.0), ("#fff", 1.6))
    return "".join(element("path", d=outline, fill="none", stroke=ink, stroke_width=width) for ink, width in rims)
