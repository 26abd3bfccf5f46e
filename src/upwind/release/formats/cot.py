"""Cursor-on-Target for TAK: an atom of unknown affiliation, and the event that takes it off again.

No other kind of event exists here: neither hostile nor anything that engages.
"""

from __future__ import annotations

import math
from datetime import datetime
from html import escape

from upwind.release.content import Content, stamp
from upwind.release.words import word

__all__ = ["deleted", "written"]

_UNKNOWN_ON_GROUND = "a-u-G"
_DELETE = "t-x-d-d"
#: What the format writes for a height, or an error, that is not known.
_NOT_KNOWN = "9999999.0"
#: An exact place is known to about so much. [m]
_EXACT_M = 30.0


def written(content: Content) -> bytes:
    """Return the event that draws the place; its circular error reaches the corners of a coarse place's cell."""
    site, language = content.site, content.languages[0]
    error = _EXACT_M if site.cell_m is None else site.cell_m / math.sqrt(2.0)
    said = f"{content.marking} · {word('title', language)} · {word('prohibited_text', language)}"
    detail = (
        f'<detail><contact callsign="{content.release}"/><remarks>{escape(said)}</remarks>'
        f'<link relation="p-p" type="{_UNKNOWN_ON_GROUND}" uid="{content.series}"/></detail>'
    )
    place = f'lat="{site.latitude:.7f}" lon="{site.longitude:.7f}" ce="{error:.1f}"'
    return _event(_UNKNOWN_ON_GROUND, content.series, (content.at, content.expires), place, detail)


def deleted(series: str, at: datetime, until: datetime) -> bytes:
    """Return the event that takes a recalled release off the maps that show it."""
    detail = f'<detail><link relation="none" type="none" uid="{series}"/><__forcedelete/></detail>'
    return _event(_DELETE, f"{series}-delete", (at, until), f'lat="0.0" lon="0.0" ce="{_NOT_KNOWN}"', detail)


def _event(kind: str, uid: str, span: tuple[datetime, datetime], place: str, detail: str) -> bytes:
    start, stale = map(stamp, span)
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
        f'<event version="2.0" uid="{uid}" type="{kind}" how="h-e" time="{start}" start="{start}" stale="{stale}">'
        f'<point {place} hae="{_NOT_KNOWN}" le="{_NOT_KNOWN}"/>{detail}</event>\n'
    ).encode()
