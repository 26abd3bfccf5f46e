"""Small charts of an answer: how many sources, what rate, how well it fits, whether the computation settled."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from html import escape

import numpy as np

from upwind.arrays import FloatArray
from upwind.records import Estimate, Fit, Posterior
from upwind.render.numbers import figure, instant, percent
from upwind.render.readings import thin
from upwind.render.svg import Axis, element, path, words_of
from upwind.render.words import say, spoken

__all__ = [
    "clock_ticks",
    "inside_band",
    "numbers_chart",
    "rate_chart",
    "scatter_chart",
    "series_charts",
    "trace_charts",
]

WIDTH, HEIGHT = 420.0, 220.0
LEFT, RIGHT, TOP, BOTTOM = 54.0, 408.0, 34.0, 180.0
_BINS = 36
#: As many marks as a chart of this width can tell apart.
_MOST_POINTS = 400
_MOST_SENSORS = 4
_MOST_TRACES = 4
_TRACED = ("trace_accepted", "trace_log_likelihood", "trace_number", "trace_temper")
#: A line is broken where nothing was read for so many usual steps.
_GAP_STEPS = 5.0
#: Steps of an axis longer than a day.
_DAYS = (1, 2, 5, 10, 30, 60, 180)
#: How far below the largest value a logarithmic axis reaches.
_DECADES = 1e-4


def numbers_chart(numbers: Sequence[tuple[int, float]]) -> str:
    """Return the probability of each number of sources as bars."""
    most = max(3, *(number for number, _ in numbers))
    across = Axis(lower=-0.5, upper=most + 0.5, start=LEFT, end=RIGHT)
    up = Axis(lower=0, upper=1, start=BOTTOM, end=TOP)
    half = (across.place(1) - across.place(0)) * 0.36
    bars = []
    for number, probability in numbers:
        x, y = across.place(number), up.place(probability)
        bars.append(element("rect", class_="bar", x=x - half, y=y, width=2 * half, height=BOTTOM - y))
        bars.append(element("text", escape(percent(probability)), class_="value", x=x, y=y - 5))
        bars.append(element("text", str(number), class_="tick", x=x, y=BOTTOM + 16))
    return _chart(bars + _left(up, [0, 0.5, 1], say("probability_axis")), say("number_axis"), "how_many_short")


def rate_chart(draws: FloatArray, rate: Estimate, known: float) -> str:
    """Return the posterior of a rate as a histogram over a logarithmic axis, its interval and what is known."""
    positive = draws[np.isfinite(draws) & (draws > 0)]
    ends = [
        value
        for value in (rate.lower, rate.upper, known, *(np.quantile(positive, [0.005, 0.995]) if positive.size else ()))
        if value > 0
    ]
    across = Axis(lower=min(ends) / 1.15, upper=max(ends) * 1.15, start=LEFT, end=RIGHT, logarithmic=True)
    edges = np.geomspace(across.lower, across.upper, _BINS + 1)
    share = np.histogram(positive, edges)[0] / max(positive.size, 1)
    up = Axis(lower=0, upper=float(share.max() or 1.0) * 1.15, start=BOTTOM, end=TOP)
    marks = [
        element(
            "rect",
            class_="bar",
            x=across.place(low),
            width=across.place(high) - across.place(low),
            y=up.place(height),
            height=BOTTOM - up.place(height),
        )
        for low, high, height in zip(edges, edges[1:], share, strict=False)
        if height > 0
    ]
    between = across.place(rate.lower), across.place(rate.upper)
    marks.append(element("line", class_="interval", x1=between[0], x2=between[1], y1=BOTTOM - 3, y2=BOTTOM - 3))
    marks.append(_upright(across.place(rate.median), "median"))
    if known > 0:
        marks.append(_upright(across.place(known), "known"))
        label = words_of(say("rate_known", rate=figure(known, 3)))
        anchor = "end" if across.place(known) > (LEFT + RIGHT) / 2 else "start"
        aside = -4 if anchor == "end" else 4
        marks.append(
            element("text", label, class_="note", x=across.place(known) + aside, y=TOP + 4, text_anchor=anchor)
        )
    marks += _bottom(across, _ticks(across))
    return _chart(marks + _left(up, [], say("rate_density")), say("rate_axis"), "emission_rate")


def inside_band(fit: Fit) -> float:
    """Return the share of the readings that lie within their 90 % band."""
    used = fit.used & np.isfinite(fit.observed)
    inside = (fit.observed >= fit.lower) & (fit.observed <= fit.upper)
    return float(np.mean(inside[used])) if used.any() else np.nan


def scatter_chart(fit: Fit) -> str:
    """Return what was read against what the posterior would have read, on logarithmic axes."""
    used = np.flatnonzero(fit.used & np.isfinite(fit.observed))
    used = used[thin(fit.observed[used], _MOST_POINTS)]
    top = float(max(fit.observed[used].max(), fit.upper[used].max())) * 1.2
    low = max(top * _DECADES, 1e-12)
    across = Axis(lower=low, upper=top, start=LEFT, end=RIGHT, logarithmic=True)
    up = Axis(lower=low, upper=top, start=BOTTOM, end=TOP, logarithmic=True)
    marks = [element("line", class_="even", x1=LEFT, y1=BOTTOM, x2=RIGHT, y2=TOP)]
    columns = (fit.observed[used], fit.lower[used], fit.median[used], fit.upper[used])
    placed = [(across.place(seen), *map(up.place, predicted)) for seen, *predicted in zip(*columns, strict=True)]
    bars = "".join(path([(x, lower), (x, upper)]) for x, lower, _, upper in placed)
    dots = "".join(f"{path([(x, middle)])}h0" for x, _, middle, _ in placed)
    marks += [element("path", class_="spread", d=bars), element("path", class_="dots", d=dots)]
    ticks = _ticks(across)
    marks += _bottom(across, ticks) + _left(
        up, [value for value, _ in ticks], say("fit_predicted_axis", units=fit.units)
    )
    return _chart(marks, say("fit_observed_axis", units=fit.units), "fit_predicted")


def series_charts(fit: Fit) -> list[tuple[str, str]]:
    """Return what was read over time, and the band of what the posterior would have read: a chart a sensor."""
    seen = np.isfinite(fit.observed)
    peak = [float(np.max(fit.observed[seen & (fit.sensor == one)], initial=-np.inf)) for one in range(len(fit.sensors))]
    largest = sorted(range(len(peak)), key=lambda one: -peak[one])[:_MOST_SENSORS]
    return [(fit.sensors[one], _series(fit, seen & (fit.sensor == one))) for one in largest if np.isfinite(peak[one])]


def trace_charts(posterior: Posterior) -> list[tuple[str, str]]:
    """Return how each traced quantity went from step to step, as name and chart."""
    charts = []
    for name, values in list(posterior.trace.items())[:_MOST_TRACES]:
        known = values[np.isfinite(values)]
        if known.size:
            steps = np.arange(len(values), dtype=np.float64)
            across = Axis(lower=0, upper=max(len(values) - 1.0, 1.0), start=LEFT, end=RIGHT)
            up = _linear(known)
            points = [(across.place(x), up.place(y)) for x, y in zip(steps, values, strict=True) if np.isfinite(y)]
            marks = [element("path", class_="line", d=path(points))]
            marks += _bottom(across, _ticks(across))
            marks += _left(up, up.ticks(4), "")
            charts.append((_traced(name), _chart(marks, say("step_axis"), "diagnosis")))
    return charts


def _traced(name: str) -> str:
    """Return the words for a traced quantity as markup; its own name where there are none."""
    key = f"trace_{name.replace(' ', '_')}"
    return say(key) if key in _TRACED else escape(name.replace("_", " "))


def _series(fit: Fit, mine: np.ndarray) -> str:
    rows = np.flatnonzero(mine)
    rows = rows[np.argsort(fit.time[rows], kind="stable")]
    rows = rows[thin(fit.observed[rows], _MOST_POINTS)]
    time = fit.time[rows]
    across = Axis(lower=float(time[0]), upper=float(max(time[-1], time[0] + 1)), start=LEFT, end=RIGHT)
    values = np.concatenate([fit.observed[rows], fit.lower[rows], fit.upper[rows]])
    up = _linear(values[np.isfinite(values)])
    step = float(np.median(np.diff(time))) if len(time) > 1 else 1.0
    pieces = np.split(np.arange(len(rows)), np.flatnonzero(np.diff(time) > _GAP_STEPS * step) + 1)
    marks = []
    for piece in pieces:
        at = [across.place(value) for value in time[piece]]
        lower, middle, upper = (
            [(x, up.place(y)) for x, y in zip(at, column[rows[piece]], strict=True)]
            for column in (fit.lower, fit.median, fit.upper)
        )
        marks.append(element("path", class_="band", d=path(lower + upper[::-1], closed=True)))
        marks.append(element("path", class_="line", d=path(middle)))
    dots = "".join(f"{path([(across.place(t), up.place(y))])}h0" for t, y in zip(time, fit.observed[rows], strict=True))
    marks.append(element("path", class_="dots", d=dots))
    marks += _bottom(across, clock_ticks(across)) + _left(up, up.ticks(4), f"{fit.units}")
    return _chart(marks, say("fit_time_axis", start=instant(float(time[0]))), "fit_observed")


def clock_ticks(across: Axis) -> list[tuple[float, str]]:
    """Return the round times to label on an axis of times since 1970, with their labels."""
    steps = (1, 2, 5, 10, 30, 60, 120, 300, 600, 1800, 3600, 7200, 21_600, *(86_400 * n for n in _DAYS))
    span = across.upper - across.lower
    step = next((step for step in steps if span / step <= 6), span / 5)  # noqa: PLR2004 - six labels fit
    form = "%H:%M:%S" if step < 60 else "%H:%M" if step < 86_400 else "%m-%d"  # noqa: PLR2004 - a minute, a day
    values = np.arange(np.ceil(across.lower / step), np.floor(across.upper / step) + 1) * step
    return [(float(value), f"{datetime.fromtimestamp(float(value), UTC):{form}}") for value in values]


def _linear(values: FloatArray) -> Axis:
    low, high = float(values.min()), float(values.max())
    room = (high - low or abs(high) or 1.0) * 0.06
    return Axis(lower=low - room, upper=high + room, start=BOTTOM, end=TOP)


def _upright(x: float, kind: str) -> str:
    return element("line", class_=kind, x1=x, x2=x, y1=TOP, y2=BOTTOM)


def _bottom(axis: Axis, ticks: Sequence[tuple[float, str]]) -> list[str]:
    return [element("text", label, class_="tick", x=axis.place(value), y=BOTTOM + 16) for value, label in ticks]


def _ticks(axis: Axis) -> list[tuple[float, str]]:
    ticks = axis.ticks()
    return list(zip(ticks, axis.labels(ticks), strict=True))


def _left(axis: Axis, ticks: Sequence[float], title: str) -> list[str]:
    marks = []
    for value, label in zip(ticks, axis.labels(ticks), strict=True):
        y = axis.place(value)
        marks.append(element("line", class_="rule", x1=LEFT, x2=RIGHT, y1=y, y2=y))
        marks.append(element("text", label, class_="tick left", x=LEFT - 6, y=y + 4))
    marks.append(element("text", words_of(title), class_="title", x=LEFT, y=TOP - 24))
    return marks


def _chart(marks: Sequence[str], across: str, label: str) -> str:
    base = element("line", class_="base", x1=LEFT, x2=RIGHT, y1=BOTTOM, y2=BOTTOM)
    title = element("text", words_of(across), class_="title", x=RIGHT, y=BOTTOM + 34, text_anchor="end")
    under = sorted(marks, key=lambda mark: 'class="rule"' not in mark)
    box = f"0 0 {WIDTH:g} {HEIGHT:g}"
    return element("svg", *under, base, title, class_="chart", viewBox=box, role="img", **spoken(label))
