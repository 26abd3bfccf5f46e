"""Rank histograms as SVG, small multiples with the band that one bar in a hundred leaves by chance."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from scipy.stats import binom

from upwind.arrays import FloatArray
from upwind.render.svg import element

__all__ = ["histograms"]

WIDE, HIGH, GAP, COLUMNS = 180, 90, 26, 3
#: The band holds a bar with this probability where ranks are uniform.
BAND = 0.99


def histograms(ranks: Mapping[str, FloatArray], draws: int, bins: int) -> str:
    """Return the histograms of ranks from 0 to `draws`, one a quantity."""
    rows = -(-len(ranks) // COLUMNS)
    panels = []
    for number, (name, of) in enumerate(ranks.items()):
        x, y = (number % COLUMNS) * (WIDE + GAP) + GAP, (number // COLUMNS) * (HIGH + GAP) + GAP
        counts = np.histogram(of, bins=bins, range=(-0.5, draws + 0.5))[0]
        panels.append(element("g", *_panel(name, counts, len(of)), transform=f"translate({x},{y})"))
    width, height = COLUMNS * (WIDE + GAP) + GAP, rows * (HIGH + GAP) + GAP
    title = element("title", "Ranks of the truth among draws of the posterior")
    ground = element("rect", width=width, height=height, fill="#ffffff")
    return element(
        "svg",
        title,
        ground,
        *panels,
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {width} {height}",
        role="img",
        font_family="sans-serif",
        font_size=11,
    )


def _panel(name: str, counts: FloatArray, total: int) -> list[str]:
    bins = len(counts)
    low, high = binom.ppf([(1 - BAND) / 2, (1 + BAND) / 2], total, 1 / bins)
    scale = HIGH / (1.6 * max(float(high), float(counts.max()) / 1.5))
    bars = [
        element(
            "rect",
            x=round(WIDE * number / bins + 1, 1),
            y=round(HIGH - scale * count, 1),
            width=round(WIDE / bins - 2, 1),
            height=round(scale * count, 1),
            fill="#31688e",
        )
        for number, count in enumerate(counts)
    ]
    band = element(
        "rect",
        x=0,
        y=round(HIGH - scale * high, 1),
        width=WIDE,
        height=round(scale * (high - low), 1),
        fill="#888888",
        fill_opacity=0.25,
    )
    line = element("line", x1=0, x2=WIDE, y1=HIGH, y2=HIGH, stroke="#444444")
    return [element("text", name, x=0, y=-4, fill="#222222"), *bars, band, line]
