"""What a map shows at first, in local metres, and the marks that every map has: grid, scale bar, pins."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from upwind.arrays import FloatArray
from upwind.render.svg import element, nice_ticks, path

__all__ = ["View", "grid", "grid_step", "pin", "scale_bar", "view_of"]

#: The picture's shape, and how wide a page shows it before its script has measured.
_ASPECT = 0.68
_PIXELS = 760.0


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """What the picture shows at first: west, south, width and height in metres, and metres a pixel."""

    west: float
    south: float
    width: float
    height: float

    @property
    def box(self) -> str:
        """The view as SVG has it: northing grows downward."""
        return f"{self.west:.1f} {-self.south - self.height:.1f} {self.width:.1f} {self.height:.1f}"

    @property
    def scale(self) -> float:
        """Metres a pixel."""
        return self.width / _PIXELS


def view_of(points: FloatArray, margin: float) -> View:
    """Return the view of points (2, point) with so much room about them that they fill 1 / `margin` of it."""
    low, high = np.nanmin(points, axis=1), np.nanmax(points, axis=1)
    spans = np.maximum((high - low) * margin, 20.0)
    width = float(max(spans[0], spans[1] / _ASPECT))
    west, south = (low + high) / 2 - np.array([width, width * _ASPECT]) / 2
    return View(west=float(west), south=float(south), width=width, height=width * _ASPECT)


def grid_step(view: View) -> float:
    """Return the step of the grid. [m]"""
    ticks = nice_ticks(0, view.width, 8)
    return float(ticks[1] - ticks[0])


def grid(view: View, step: float) -> str:
    """Return the lines of a grid over the view and as far again about it."""
    west, east = view.west - view.width, view.west + 2 * view.width
    south, north = view.south - view.height, view.south + 2 * view.height
    across = np.arange(np.ceil(west / step), np.floor(east / step) + 1) * step
    up = np.arange(np.ceil(south / step), np.floor(north / step) + 1) * step
    lines = [path([(x, -south), (x, -north)]) for x in across] + [path([(west, -y), (east, -y)]) for y in up]
    return element("path", class_="grid", d="".join(lines))


def pin(marks: str, easting: float, northing: float, view: View) -> str:
    """Return marks that keep their size at a place, however far the reader zooms."""
    at = f"translate({easting:.2f} {-northing:.2f})"
    return element("g", marks, class_="pin", data_at=at, transform=f"{at} scale({view.scale:.4f})")


def scale_bar(view: View) -> str:
    """Return the bar that tells lengths."""
    length = grid_step(view)
    x, y = view.west + 0.03 * view.width, -view.south - 0.04 * view.height
    return element(
        "g",
        element("path", class_="bar", d="M0,-0.08V0H1V-0.08", transform=f"scale({length:g} {view.scale * 75:.2f})"),
        element("g", element("text", f"{length:,.0f} m", y=-6), class_="size", transform=f"scale({view.scale:.4f})"),
        class_="scale",
        transform=f"translate({x:.1f} {y:.1f})",
    )
