"""The search map before and after a flight, side by side on one page that stands by itself."""

from __future__ import annotations

import base64
import math
import struct
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

import numpy as np

from upwind.arrays import FloatArray
from upwind.records import Estimate
from upwind.records.mapped import Grid
from upwind.render.numbers import figure, percent
from upwind.render.svg import colour, element, nice_ticks, path

__all__ = [
    "SearchPicture",
    "brightest",
    "cell_m",
    "place_on",
    "probability_map",
    "probability_png",
    "ramp",
    "search_map_page",
    "where_left",
]

#: Widths of a map on the page and of its margin, in picture units.
_WIDE, _MARGIN = 420.0, 34.0
#: Colours end at this share of the cells: a single bright one would leave the others dark.
_BRIGHTEST = 99.5
_METRES_A_DEGREE = 111_200.0
#: What is left is densest over a square so wide. [m]
_DENSE_M = 200.0
_STYLE = """
body{font:14px/1.5 system-ui,"Noto Sans",sans-serif;margin:24px;color:#1a1a1a;background:#fff;max-width:960px}
h1{font-size:20px;margin:0 0 4px}p{margin:4px 0}figure{display:inline-block;margin:12px 12px 0 0}
figcaption{font-weight:600}svg{display:block;max-width:100%;height:auto}
text{font:11px system-ui,"Noto Sans",sans-serif;fill:currentColor}
image{image-rendering:pixelated}.leg{fill:none;stroke:#fff;stroke-width:1.6}.leg.under{stroke:#000;stroke-width:3}
.around{fill:none;stroke:#888}.rimmed{fill:#fff;stroke:#000;stroke-width:2;paint-order:stroke}.bar{stroke:currentColor;stroke-width:2}.small{color:#555;font-size:12px}
@media(prefers-color-scheme:dark){body{background:#121212;color:#eee}.small{color:#aaa}}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchPicture:
    """What a page of a search map shows.

    Attributes
    ----------
    grid
        Of both maps.
    before, after
        Probability that an undiscovered site is in the cell, (row, column); `after` if the flight finds nothing.
    legs
        Each leg's ends, longitude and latitude, (leg, 2, 2). [deg]
    chance
        Probability that the flight finds something.
    hours
        Of the flight.
    source
        Where the map comes from, and its date.
    """

    grid: Grid
    before: FloatArray
    after: FloatArray
    legs: FloatArray
    chance: Estimate
    hours: float
    source: str


def search_map_page(picture: SearchPicture) -> str:
    """Return the page as HTML: no file or address beside it is needed."""
    top = brightest(picture.before)
    flown = _legs(picture)
    chance = picture.chance
    between = f"{100.0 * chance.lower:.0f}-{100.0 * chance.upper:.0f}"
    title = f"A find with {percent(chance.median)} ({between}) in {figure(picture.hours)} h of flight"
    left = -np.expm1(np.log1p(-picture.after).sum())
    had = -np.expm1(np.log1p(-picture.before).sum())
    said = (
        f"Probability that there is something to find in the area: {percent(had)} before, {percent(left)} if the "
        "flight finds nothing. What emits only sometimes is never ruled out."
    )
    maps = (
        _figure("Before", picture.grid, picture.before, top, flown),
        _figure("After, if nothing is found", picture.grid, picture.after, top, flown),
    )
    meaning = f"probability of a site in a cell of {figure(cell_m(picture.grid))} m"
    colours = ramp(f"{figure(top)} or more", meaning, {"aria_label": "colours"})
    return (
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head><body>"
        f"<h1>{escape(title)}</h1><p>{escape(said)}</p>{''.join(maps)}{colours}"
        f'<p class="small">Source: {escape(picture.source)}. North is up. White lines are the legs.</p></body></html>\n'
    )


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


def _figure(caption: str, grid: Grid, values: FloatArray, top: float, legs: str) -> str:
    """Return one map with its caption."""
    drawn = probability_map(grid, values, top, legs, {"aria_label": caption})
    return f"<figure><figcaption>{escape(caption)}</figcaption>{drawn}</figure>"


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


def _legs(picture: SearchPicture) -> str:
    """Return the legs, each over a dark rim, so that they show on every colour."""
    x, y = place_on(picture.grid, picture.legs[..., 0], picture.legs[..., 1])
    outline = "".join(path(list(zip(xs, ys, strict=True))) for xs, ys in zip(x.tolist(), y.tolist(), strict=True))
    return "".join(element("path", class_=kind, d=outline) for kind in ("leg under", "leg"))


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
