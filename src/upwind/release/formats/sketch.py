"""A sketch of the place as SVG: the point or the cell that holds it, north and a scale; no surroundings."""

from __future__ import annotations

import math

from upwind.release.content import Content

__all__ = ["sketch"]

_SIZE, _ROOM = 240.0, 30.0
#: About an exact place so much is drawn. [m]
_ABOUT_M = 250.0
_METRES_A_DEGREE = 111_195.0


def sketch(content: Content, ink: str = "currentColor") -> str:
    """Return the drawing; north is up."""
    site = content.site
    if site.cell is None:
        side, half = 2.0 * _ABOUT_M, _SIZE / 2.0
        drawn = f'<circle cx="{half}" cy="{half}" r="4" fill="{ink}"/>'
    else:
        west, south, east, north = site.cell
        wide = (east - west) * _METRES_A_DEGREE * math.cos(math.radians(site.latitude))
        high = (north - south) * _METRES_A_DEGREE
        side = 1.4 * max(wide, high)
        scale = _SIZE / side
        x, y = _SIZE / 2.0 - wide * scale / 2.0, _SIZE / 2.0 - high * scale / 2.0
        shape = f'width="{wide * scale:.1f}" height="{high * scale:.1f}"'
        drawn = f'<rect x="{x:.1f}" y="{y:.1f}" {shape} fill="none" stroke="{ink}" stroke-dasharray="4 3"/>'
    bar = 10.0 ** math.floor(math.log10(side / 2.0))
    foot = _SIZE + _ROOM - 10.0
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_SIZE:.0f} {_SIZE + _ROOM:.0f}" '
        f'width="{_SIZE:.0f}" height="{_SIZE + _ROOM:.0f}" role="img" font-family="Noto Sans, sans-serif">'
        f'<rect x=".5" y=".5" width="{_SIZE - 1:.0f}" height="{_SIZE - 1:.0f}" fill="none" stroke="{ink}"/>{drawn}'
        f'<path d="M{_SIZE - 18:.0f} 34V12l-5 8m5-8l5 8" fill="none" stroke="{ink}"/>'
        f'<text x="{_SIZE - 22:.0f}" y="46" font-size="10" fill="{ink}">N</text>'
        f'<path d="M1 {foot:.0f}h{bar * _SIZE / side:.1f}" stroke="{ink}" stroke-width="2"/>'
        f'<text x="1" y="{foot - 5:.0f}" font-size="10" fill="{ink}">{bar:,.0f} m</text></svg>'
    )
