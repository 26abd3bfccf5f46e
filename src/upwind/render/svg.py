"""Marks of a picture as SVG text: elements, axes and colours."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import numpy as np

from upwind.arrays import FloatArray

__all__ = ["Axis", "colour", "element", "nice_ticks", "path", "words_of"]

Attribute = str | float | int

#: Smaller values are written in powers of ten.
_LEAST_PLAIN = 1e-4

#: Viridis (S. van der Walt and N. Smith, 2015, released into the public domain) at nine even steps.
_VIRIDIS = ("#440154", "#472d7b", "#3b528b", "#2c728e", "#21918c", "#28ae80", "#5ec962", "#addc30", "#fde725")


def element(name: str, /, *children: str, **attributes: Attribute) -> str:
    """Return an SVG element; children are markup, a trailing or inner underscore of a name is a hyphen's."""
    said = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(_plain(value), quote=True)}"'
        for key, value in attributes.items()
    )
    return f"<{name}{said}>{''.join(children)}</{name}>"


def path(points: Sequence[tuple[float, float]], *, closed: bool = False) -> str:
    """Return the `d` of a line through points."""
    steps = " ".join(f"{_plain(x)},{_plain(y)}" for x, y in points)
    return f"M{steps}{'Z' if closed else ''}"


def words_of(markup: str) -> str:
    """Return markup of spans, as `words.say` gives it, in the form that stands inside an SVG text."""
    return markup.replace("<span ", "<tspan ").replace("</span>", "</tspan>")


def colour(fraction: float) -> str:
    """Return the colour of viridis at a fraction from 0 to 1."""
    place = min(max(fraction, 0.0), 1.0) * (len(_VIRIDIS) - 1)
    below = min(int(place), len(_VIRIDIS) - 2)
    low, high = (np.array([int(c[i : i + 2], 16) for i in (1, 3, 5)]) for c in _VIRIDIS[below : below + 2])
    mixed = np.rint(low + (high - low) * (place - below)).astype(int)
    return "#" + "".join(f"{value:02x}" for value in mixed)


def nice_ticks(lower: float, upper: float, about: int = 5) -> FloatArray:
    """Return round values within an interval, about so many."""
    if not upper > lower:
        return np.array([lower])
    raw = (upper - lower) / about
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= raw * 0.999)
    return step * np.arange(math.ceil(lower / step - 1e-9), math.floor(upper / step + 1e-9) + 1, dtype=np.float64)


@dataclass(frozen=True, slots=True, kw_only=True)
class Axis:
    """A scale from values to picture units, linear or logarithmic."""

    lower: float
    upper: float
    start: float
    end: float
    logarithmic: bool = False

    def place(self, value: float) -> float:
        """Return where a value stands, held within the axis."""
        low, high = self._scaled(self.lower), self._scaled(self.upper)
        fraction = (self._scaled(max(value, self.lower)) - low) / (high - low) if high > low else 0.5
        return self.start + (self.end - self.start) * min(max(fraction, 0.0), 1.0)

    def ticks(self, about: int = 5) -> list[float]:
        """Return the round values to label."""
        if not self.logarithmic:
            return [float(value) for value in nice_ticks(self.lower, self.upper, about)]
        powers = range(math.floor(math.log10(self.lower)), math.ceil(math.log10(self.upper)) + 1)
        for factors in ((1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0), (1.0, 2.0, 5.0), (1.0,)):
            values = [factor * 10.0**power for power in powers for factor in factors]
            values = [value for value in values if self.lower * 0.999 <= value <= self.upper * 1.001]
            if len(values) <= about + 2:
                return values
        return values[:: math.ceil(len(values) / about)]

    def labels(self, ticks: Sequence[float]) -> list[str]:
        """Return the ticks' values with the digits that tell each from its neighbours."""
        if self.logarithmic:
            return [f"{value:,g}" if value >= _LEAST_PLAIN else f"{value:.0e}".replace("e-0", "e-") for value in ticks]
        step = ticks[1] - ticks[0] if len(ticks) > 1 else abs(ticks[0]) or 1.0 if ticks else 1.0
        decimals = max(0, -math.floor(math.log10(step) + 1e-9))
        return [f"{value:,.{decimals}f}" for value in ticks]

    def _scaled(self, value: float) -> float:
        return math.log10(value) if self.logarithmic else value


def _plain(value: Attribute) -> str:
    if isinstance(value, str):
        return value
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text
