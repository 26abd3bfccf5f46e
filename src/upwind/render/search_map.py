"""Maps of probability: cells as one picture, with what they mean, and where most of it is left."""

from __future__ import annotations

import base64
import math
import struct
import zlib
from collections.abc import Mapping, Sequence

import numpy as np

from upwind.arrays import FloatArray
from upwind.records.mapped import Grid
from upwind.render.svg import colour, element, nice_ticks

__all__ = [
    "brightest",
    "cell_m",
    "place_on",
    "probability_map",
    "probability_png",
    "ramp",
    "where_left",
]

#: Widths of a map on the page and of its margin, in picture units.
_WIDE, _MARGIN = 420.0, 34.0
#: Colours end at this share of the cells: a single bright one would leave the others dark.
_BRIGHTEST = 99.5
_METRES_A_DEGREE = 111_200.0
#: What is left is densest over a square so wide. [m]
_DENSE_M = 200.0


def where_left(grid: Grid, values: FloatArray) -> tuple[float, float, float]:
    """Return the least share of the cells that holds half of what is left, and where it is densest.

    Longitude and latitude [deg] are the middle of the square, two hundred metres wide, in which most is left.
    """
    number = -np.log1p(-values)
    ranked = np.sort(number, axis=None)[::-1]
    half = (int(np.searchsorted(np.cumsum(ranked), 0.5 * ranked.sum())) + 1) / number.size
    side = max(round(_DENSE_M / cell_m(grid)), 1)
    row, column = np.unravel_index(int(np.argmax(_about(number, side))), number.shape)
    longitude, latitude = grid.middles()
    return half, float(longitude[row, column]), float(latitude[row, column])


def _about(number: FloatArray, side: int) -> FloatArray:
    """Return the sum over the square of so many cells a side about each cell; beyond the map is nothing."""
    for axis in (0, 1):
        beyond = [(0, 0), (0, 0)]
        beyond[axis] = (side // 2, side - side // 2 - 1)
        number = np.lib.stride_tricks.sliding_window_view(np.pad(number, beyond), side, axis).sum(-1)
    return number


def probability_map(grid: Grid, values: FloatArray, top: float, over: str, spoken: Mapping[str, str]) -> str:
    """Return a map of cells with frame, north and scale bar, colours ending at `top`.

    Parameters
    ----------
    over
        Marks on it, as markup, in units of `place_on`.
    spoken
        Attributes that name the picture to whoever hears the page.
    """
    tall = _tall(grid)
    layers = [
        element(
            "image", href=_address(probability_png(values, top)), width=_WIDE, height=tall, preserveAspectRatio="none"
        ),
        over,
        element("rect", class_="around", width=_WIDE, height=tall),
        element("path", d=f"M{_WIDE - 12},26l5,-16l5,16l-5,-4z", fill="#fff", stroke="#000"),
        element("text", "N", x=_WIDE - 11, y=38, class_="rimmed"),
        _scale_bar(grid, tall),
    ]
    return element(
        "svg", *layers, viewBox=f"-4 -4 {_WIDE + 8:g} {tall + _MARGIN:.1f}", width=_WIDE, role="img", **spoken
    )


def place_on(grid: Grid, longitude: FloatArray, latitude: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return where positions stand on the map of a grid, in picture units."""
    x = (longitude - grid.west) / (grid.columns * grid.step_longitude) * _WIDE
    y = (grid.north - latitude) / (grid.rows * grid.step_latitude) * _tall(grid)
    return x, y


def _tall(grid: Grid) -> float:
    """Return how tall a map is drawn: a metre is as long either way in its middle."""
    middle = math.radians(grid.north - 0.5 * grid.rows * grid.step_latitude)
    shape = grid.rows * grid.step_latitude / (grid.columns * grid.step_longitude * max(math.cos(middle), 0.01))
    return _WIDE * shape


def _scale_bar(grid: Grid, tall: float) -> str:
    middle = math.radians(grid.north - 0.5 * grid.rows * grid.step_latitude)
    width_m = grid.columns * grid.step_longitude * _METRES_A_DEGREE * max(math.cos(middle), 0.01)
    ticks: Sequence[float] = [float(tick) for tick in nice_ticks(0.0, width_m, 4)]
    long = _WIDE * ticks[1] / width_m if len(ticks) > 1 else _WIDE
    metres = ticks[1] if len(ticks) > 1 else width_m
    label = f"{metres / 1000.0:g} km" if metres >= 1000.0 else f"{metres:g} m"  # noqa: PLR2004 - a kilometre
    bar = element("path", class_="bar", d=f"M0,{tall + 10:.1f}h{long:.1f}")
    return bar + element("text", label, x=0, y=f"{tall + 25:.1f}")


def brightest(values: FloatArray) -> float:
    """Return where the colours of a map end."""
    return float(np.percentile(values, _BRIGHTEST)) or float(values.max()) or 1.0


def ramp(most: str, meaning: str, spoken: Mapping[str, str]) -> str:
    """Return the colours, what they end at and what they mean; the words are markup."""
    cells = [element("rect", x=5 * i, y=0, width=5.3, height=10, fill=colour(i / 47)) for i in range(48)]
    labels = [
        element("text", "0", x=0, y=24),
        element("text", most, x=240, y=24, text_anchor="end"),
        element("text", meaning, x=0, y=40),
    ]
    return element("svg", *cells, *labels, viewBox="0 0 320 46", width=320, role="img", **spoken)


def cell_m(grid: Grid) -> float:
    """Return about how wide a cell is. [m]"""
    return grid.step_latitude * _METRES_A_DEGREE


def probability_png(values: FloatArray, top: float) -> bytes:
    """Return the cells as a picture, one pixel each, with the colours of viridis, which end at `top`."""
    shades = np.array([[int(colour(i / 255)[at : at + 2], 16) for at in (1, 3, 5)] for i in range(256)], dtype=np.uint8)
    pixels = shades[np.rint(255.0 * np.clip(values / top, 0.0, 1.0)).astype(np.int64)]
    lines = b"".join(b"\x00" + row.tobytes() for row in pixels)
    head = struct.pack(">IIBBBBB", values.shape[1], values.shape[0], 8, 2, 0, 0, 0)
    parts = ((b"IHDR", head), (b"IDAT", zlib.compress(lines, 9)), (b"IEND", b""))
    body = b"".join(
        struct.pack(">I", len(part)) + kind + part + struct.pack(">I", zlib.crc32(kind + part)) for kind, part in parts
    )
    return b"\x89PNG\r\n\x1a\n" + body


def _address(png: bytes) -> str:
    return "data:image/png;base64," + base64.b64encode(png).decode("ascii")
