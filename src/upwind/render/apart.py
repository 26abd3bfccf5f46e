"""What a plan's page says of several aircraft: who is where when, how they keep clear, what that costs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from upwind.records import Estimate
from upwind.render.charts import clock_ticks
from upwind.render.numbers import span
from upwind.render.page import cells_table, exact
from upwind.render.planned import Apart, Crew, PlannedSortie, PlanPicture
from upwind.render.svg import Axis, element, words_of
from upwind.render.words import say, spoken

__all__ = ["apart_section", "craft_class", "crew_heads", "crew_row", "crews_of"]

#: Colours and patterns of aircraft; beyond, they begin anew, and the number tells them apart.
_CRAFT = 6
_WIDTH, _LEFT, _RIGHT, _TOP, _ROW, _BAR = 560.0, 44.0, 526.0, 20.0, 30.0, 14.0


def craft_class(crew: Crew | None) -> str:
    """Return the class of an aircraft's marks after that of what is marked: "" where there is only one."""
    return "" if crew is None else f" craft{(crew.aircraft - 1) % _CRAFT + 1}"


def crews_of(picture: PlanPicture) -> list[Crew]:
    """Return one crew of each aircraft that flies, in order."""
    found = {sortie.crew.aircraft: sortie.crew for sortie in picture.sorties if sortie.crew is not None}
    return [found[number] for number in sorted(found)]


def crew_heads() -> list[str]:
    """Return the keys of the columns that sorties of several aircraft have beside those of one."""
    return ["plan_aircraft", "plan_landed", "plan_transit"]


def crew_row(crew: Crew) -> list[str]:
    """Return what stands in these columns."""
    return [str(crew.aircraft), exact(f"{crew.landed:%H:%M:%S}"), f"{crew.transit_m:,.0f}"]


def apart_section(picture: PlanPicture) -> Iterator[str]:
    """Yield the section of several aircraft; nothing where there is one."""
    apart = picture.apart
    if apart is None:
        return
    cost = f"{100.0 * (apart.makespan_s / apart.unheld_s - 1.0):.0f} %"
    rule = say("apart_rule", across=f"{apart.across_m:,.0f}", up=f"{apart.up_m:,.0f}")
    terms = say(
        "apart_terms", late=f"{apart.late_s:.0f}", wind=f"{apart.wind_m_s:g}", share=f"{100.0 * apart.share:.0f} %"
    )
    cost_said = say("apart_cost", clear=span(apart.makespan_s), unheld=span(apart.unheld_s), cost=cost)
    lost = {True: "apart_lost_own", False: "apart_lost_shared", None: "apart_lost_none"}[apart.own_heights]
    yield (
        f'<section id="apart"><h2>{_nearest(apart)}</h2>{_timeline(picture)}'
        f"<p>{rule} {terms} {cost_said}</p>{_pairs(apart)}<p>{say(lost)}</p></section>"
    )


def _nearest(apart: Apart) -> str:
    pair, across, when = apart.near[0] if apart.near else ((0, 0), None, None)
    if across is None or when is None:
        return say("apart_never")
    return say("apart_nearest", one=str(pair[0]), other=str(pair[1]), metres=_metres(across), when=f"{when:%H:%M}")


def _metres(across: Estimate) -> str:
    if f"{across.lower:,.0f}" == f"{across.upper:,.0f}":
        return say("apart_fixed", metres=f"{across.median:,.0f}")
    return f"{across.median:,.0f} m ({across.lower:,.0f}-{across.upper:,.0f})"


def _pairs(apart: Apart) -> str:
    rows = [
        [f"{pair[0]}, {pair[1]}"]
        + (
            [say("apart_not_met"), ""]
            if across is None or when is None
            else [exact(_metres(across)), exact(f"{when:%Y-%m-%d %H:%M}")]
        )
        for pair, across, when in apart.near
    ]
    return cells_table([say(one) for one in ("apart_pair", "apart_across", "apart_when")], rows)


def _timeline(picture: PlanPicture) -> str:
    """Return who is where when: a row an aircraft, its sorties as bars."""
    sorties = [(sortie, sortie.crew) for sortie in picture.sorties if sortie.crew is not None]
    first = min(sortie.start for sortie, _ in sorties).timestamp()
    last = max(crew.landed for _, crew in sorties).timestamp()
    across = Axis(lower=first, upper=last, start=_LEFT, end=_RIGHT)
    numbers = [crew.aircraft for crew in crews_of(picture)]
    bottom = _TOP + _ROW * len(numbers)
    marks = []
    for value, label in clock_ticks(across):
        x = across.place(value)
        marks.append(element("line", class_="rule", x1=x, x2=x, y1=_TOP, y2=bottom))
        marks.append(element("text", label, class_="tick", x=x, y=bottom + 15))
    for row, number in enumerate(numbers):
        y = _TOP + _ROW * row + (_ROW - _BAR) / 2.0
        marks.append(element("text", f"{number}", class_="lane", x=_LEFT - 12, y=y + 11, text_anchor="end"))
        for sortie, crew in sorties:
            if crew.aircraft == number:
                marks += _bars(sortie, crew, across, y)
    marks.append(element("text", words_of(say("plan_aircraft")), class_="title", x=4, y=_TOP - 6))
    box = f"0 0 {_WIDTH:g} {bottom + 22:g}"
    chart = element("svg", *marks, class_="chart timeline", viewBox=box, role="img", **spoken("apart_timeline"))
    caption = say("apart_times", date=f"{picture.told.start:%Y-%m-%d}")
    return f"<figure>{chart}{_key()}<figcaption>{caption}</figcaption></figure>"


def _bars(sortie: PlannedSortie, crew: Crew, across: Axis, y: float) -> Iterator[str]:
    """Yield a sortie: the whole way, its lines, and until when it may last."""

    def at(moment: datetime) -> float:
        return across.place(moment.timestamp())

    begin, end = (at(sortie.start + timedelta(seconds=after)) for after in crew.on_lines)
    home = sortie.start + timedelta(seconds=sortie.time_s)
    craft = craft_class(crew)
    yield element("line", class_="whisker", x1=at(home), x2=at(crew.landed), y1=y + _BAR / 2.0, y2=y + _BAR / 2.0)
    yield element("line", class_="whisker", x1=at(crew.landed), x2=at(crew.landed), y1=y + 2.0, y2=y + _BAR - 2.0)
    tip = f"{crew.aircraft}: {sortie.start:%H:%M:%S} \N{EN DASH} {home:%H:%M:%S}"
    yield element(
        "rect",
        class_=f"flown{craft}",
        x=at(sortie.start),
        y=y,
        width=at(home) - at(sortie.start),
        height=_BAR,
        data_tip=tip,
    )
    yield element("rect", class_=f"flown lines{craft}", x=begin, y=y, width=end - begin, height=_BAR)


def _key() -> str:
    marks = (
        (element("rect", class_="flown craft1", x=1, y=3, width=24, height=12), say("apart_key_transit")),
        (element("rect", class_="flown lines craft1", x=1, y=3, width=24, height=12), say("apart_key_lines")),
        (element("path", class_="whisker", d="M1,9H24M24,4V14"), say("apart_key_landed")),
    )
    items = "".join(
        f"<li>{element('svg', mark, viewBox='0 0 26 18', aria_hidden='true')}<span>{said}</span></li>"
        for mark, said in marks
    )
    return f'<ul class="key">{items}</ul>'
