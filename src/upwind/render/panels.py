"""The panels of one answer: its map, its charts, its fit and its diagnosis, each with the finding as title."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import numpy as np

from upwind.geo import Frame
from upwind.records import Fit, Located, Source, Status
from upwind.render.charts import inside_band, numbers_chart, rate_chart, scatter_chart, series_charts, trace_charts
from upwind.render.content import Analysis, KnownSource
from upwind.render.geojson import reported
from upwind.render.map import compass, legend_bar, map_of, place_in
from upwind.render.numbers import NOTHING, figure, interval, moment, percent
from upwind.render.readings import places_of, readings_of, weather_of
from upwind.render.svg import element
from upwind.render.words import compound_called, likelihood, say, spoken

__all__ = ["FEW_DRAWS", "analysis_section", "error_of", "movable", "nearest_known"]

#: "No source" would be too much said of these.
_UNANSWERED = {Status.NOT_ENOUGH_DATA: "map_title_few", Status.TOO_CALM: "map_title_calm"}
#: What a map's buttons do, and the shape that each shows: fonts lack some of these signs.
_TOOLS = {
    "in": "M8,3V13M3,8H13",
    "out": "M3,8H13",
    "all": "M3,7V3H7M9,3H13V7M13,9V13H9M7,13H3V9",
    "near": "M8,1V5M8,11V15M1,8H5M11,8H15M8,8h0.01",
}
#: A fit over fewer moments than this is no series: readings stand against what was predicted instead.
_LEAST_MOMENTS = 12
#: Under so many independent draws the ends of a 90 % interval are uncertain by a fifth of its width.
FEW_DRAWS = 100


def analysis_section(analysis: Analysis, answer: Located) -> str:
    """Return the section of one gas of one analysis, as HTML."""
    sources = reported(answer)
    key = ("map_title_none", "map_title_one")[len(sources)] if len(sources) <= 1 else "map_title_many"
    key = _UNANSWERED.get(answer.status, key)
    title = say(key, n=str(len(sources)), flights=_listed(analysis.flights))
    parts = [
        f"<h2>{title}: {compound_called(answer.gas)}</h2>",
        _map_figure(analysis, answer, sources),
        f'<div class="columns">{_numbers(answer)}{_rates(analysis, answer, sources)}</div>',
        _fit(answer.fit),
        _diagnosis(answer),
    ]
    return f'<section class="analysis">{"".join(parts)}</section>'


def nearest_known(source: Source, known: Sequence[KnownSource]) -> KnownSource | None:
    """Return the known release of its gas nearest to a source, if any is known."""
    return min(known_of(source.gas, known), key=lambda one: error_of(source, one)[0], default=None)


def known_of(gas: str, known: Sequence[KnownSource]) -> list[KnownSource]:
    """Return the known releases that may be of a gas."""
    return [one for one in known if one.gas in {"", gas}]


def error_of(source: Source, known: KnownSource) -> tuple[float, float]:
    """Return how far a source lies from a known release [m], and its rate over the known one (NaN = unknown)."""
    frame = Frame(longitude=known.longitude, latitude=known.latitude)
    off = np.hypot(*place_in(frame, source))
    rate = source.emission_rate
    return float(off), rate.median / known.emission_rate if rate is not None and known.emission_rate > 0 else np.nan


def _listed(names: Sequence[str]) -> str:
    return escape(", ".join(names), quote=False).replace("{", "").replace("}", "")


def _map_figure(analysis: Analysis, answer: Located, sources: Sequence[Source]) -> str:
    readings = readings_of(analysis.tracks, answer.gas, answer.fit)
    places = places_of(readings)
    if not len(places.count):
        return f"<p>{say('nothing_fitted')}</p>"
    known = known_of(answer.gas, analysis.known)
    drawn = map_of(places, sources, known)
    weather = weather_of(analysis.tracks, answer.fit)
    if weather is None:
        wind = say("wind_none")
    else:
        said = {"from": f"{weather.wind_from:.0f}", "speed": figure(weather.speed), "spread": figure(weather.spread)}
        wind = say("wind_from" if np.isfinite(weather.spread) else "wind_from_bare", **said)
    ends = [np.max(track.time + np.nan_to_num(track.duration)) for track in analysis.tracks]
    start, end = moment(float(readings.time.min())), moment(float(max(ends)))
    notes = [wind, say("flight_time", start=start, end=end), say("legend_grid", step=figure(drawn.step, 3))]
    if drawn.drawn < len(places.count):
        notes.append(say("legend_thinned", drawn=str(drawn.drawn), all=str(len(places.count))))
    if not places.moving and places.count.max() > 1:
        notes.append(say("legend_averaged"))
    key = _key(readings.units, answer.gas, (drawn.lower, drawn.upper), known=bool(known), moving=places.moving)
    return (
        f"<figure>{movable(drawn.svg + compass(weather), 'zoom_near')}{key}<figcaption>{' · '.join(notes)} "
        f'<span class="screen">{say("map_help")}</span></figcaption></figure>'
    )


def movable(pictures: str, near: str) -> str:
    """Return a map in the frame in which it can be moved; `near` is the key of what its last button shows."""
    tools = "".join(
        f'<button type="button" data-act="{act}" {_attributes(near if act == "near" else f"zoom_{act}")}>'
        f"{_icon(shape)}</button>"
        for act, shape in _TOOLS.items()
    )
    return f'<div class="frame">{pictures}<div class="tools">{tools}</div><div class="tip" hidden></div></div>'


def _icon(shape: str) -> str:
    return element("svg", element("path", d=shape), class_="icon", viewBox="0 0 16 16", aria_hidden="true")


def _attributes(key: str) -> str:
    return " ".join(f'{name.replace("_", "-")}="{escape(said)}"' for name, said in spoken(key).items())


def _key(units: str, gas: str, ends: tuple[float, float], *, known: bool, moving: bool) -> str:
    """Return what each mark of the map means."""
    marks = [
        (legend_bar(*ends), say("legend_above", gas=compound_called(gas), units=escape(units))),
        (_sample(element("path", class_="dot faint", d="M13,9h0")), say("legend_ambient")),
        (
            _sample(
                element("ellipse", class_="region r90", cx=13, cy=9, rx=12, ry=8),
                element("ellipse", class_="region r50", cx=13, cy=9, rx=6, ry=4),
            ),
            say("legend_regions"),
        ),
        (_pin(element("circle", r=4.5, cx=13, cy=9, class_="source")), say("legend_source")),
    ]
    if known:
        marks.append((_pin(element("path", d="M7,3L19,15M7,15L19,3", class_="known")), say("legend_known")))
    if moving:
        marks.append((_sample(element("path", class_="track", d="M1,9H25")), say("legend_track")))
    return f'<ul class="key">{"".join(f"<li>{mark}<span>{said}</span></li>" for mark, said in marks)}</ul>'


def _sample(*marks: str) -> str:
    return element("svg", *marks, viewBox="0 0 26 18", aria_hidden="true")


def _pin(mark: str) -> str:
    return _sample(element("g", mark, class_="pin"))


def _numbers(answer: Located) -> str:
    if not answer.number_of_sources:
        return ""
    best, probability = max(answer.number_of_sources, key=lambda pair: pair[1])
    title = say("how_many", n=str(best), word=say(likelihood(probability)), percent=_marked(percent(probability)))
    return f"<figure><h3>{title}</h3>{numbers_chart(answer.number_of_sources)}</figure>"


def _marked(text: str) -> str:
    return escape(text, quote=False)


def _rates(analysis: Analysis, answer: Located, sources: Sequence[Source]) -> str:
    figures = []
    for number, source in enumerate(sources, start=1):
        if source.emission_rate is None:
            figures.append(f"<figure><h3>{say('rate_title', n=str(number), interval=say('no_rate'))}</h3></figure>")
        elif answer.posterior is not None:
            ordinal = next(i for i, one in enumerate(answer.sources) if one is source)
            draws = answer.posterior.emission_rate[answer.posterior.source == ordinal]
            known = nearest_known(source, analysis.known)
            rate = known.emission_rate if known is not None else np.nan
            title = say("rate_title", n=str(number), interval=interval(source.emission_rate))
            figures.append(f"<figure><h3>{title}</h3>{rate_chart(draws, source.emission_rate, rate)}</figure>")
    return "".join(figures)


def _fit(fit: Fit | None) -> str:
    if fit is None or not (fit.used & np.isfinite(fit.observed)).any():
        return f"<p>{say('nothing_fitted')}</p>"
    share = inside_band(fit)
    title = say("fit_title", inside=f"{100 * share:.0f}" if np.isfinite(share) else NOTHING)
    notes = []
    if len(np.unique(fit.time)) < _LEAST_MOMENTS:
        charts = f"<figure>{scatter_chart(fit)}</figure>"
        notes.append(say("fit_zeros"))
    else:
        series = series_charts(fit)
        charts = "".join(f"<figure><h3>{escape(name)}</h3>{chart}</figure>" for name, chart in series)
        if len(series) < len(fit.sensors):
            notes.append(say("fit_sensors", drawn=str(len(series)), all=str(len(fit.sensors))))
    left_out = int(np.sum(np.isfinite(fit.observed) & ~fit.used))
    if left_out:
        notes.append(say("fit_not_used", n=str(left_out)))
    legend = (
        f'<ul class="key"><li>{_legend("dots", "M13,9h0")}{say("fit_observed")}</li>'
        f"<li>{_legend('line', 'M1,9H25')}{say('fit_predicted')}</li></ul>"
    )
    said = " ".join(notes)
    return f'<h3 class="after">{title}</h3>{legend}<div class="columns">{charts}</div><p class="small">{said}</p>'


def _legend(kind: str, shape: str) -> str:
    band = element("path", class_="band", d="M1,3H25V15H1Z") if kind == "line" else ""
    return element(
        "svg", band, element("path", class_=kind, d=shape), class_="chart", viewBox="0 0 26 18", aria_hidden="true"
    )


def _diagnosis(answer: Located) -> str:
    posterior = answer.posterior
    if posterior is None:
        return ""
    said = say("diagnosis_ess", n=f"{posterior.effective_sample_size:,.0f}")
    if posterior.effective_sample_size < FEW_DRAWS:
        said += f" {say('diagnosis_few')}"
    charts = "".join(f"<figure><h3>{name}</h3>{chart}</figure>" for name, chart in trace_charts(posterior))
    return f'<h3 class="after">{say("diagnosis")}</h3><p>{said}</p><div class="columns">{charts}</div>'
