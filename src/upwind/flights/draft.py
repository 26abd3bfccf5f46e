"""The authorisation that would cover an entry, as text for whoever must ask for it."""

from __future__ import annotations

import json
import math
from datetime import UTC, datetime

import numpy as np

from upwind.flights.authorise import ANY_PLATFORM, Presence
from upwind.records import EntryKind

__all__ = ["draft"]


def draft(presence: Presence) -> str:
    """Return an authorisation in TOML that covers an entry once a state has given it, its basis left to fill in.

    Bounds are taken outward to whole seconds and metres. A height that is not known has no ceiling in it, and a
    platform without a name is any: both say so beside.

    Examples
    --------
    >>> here = np.zeros(1)
    >>> print(draft(Presence(state="MEX", kind=EntryKind.LAND, platform="PSWRD35", start=1600130580.5, end=1600130999.0,
    ...                      time=here + 1600130581.0, longitude=here - 117.0, latitude=here + 32.4,
    ...                      lowest=here + 1712.6, highest=here + 1722.1)))
    [[authorisation]]
    id = "MEX-20200915T004300Z"
    state = "MEX"
    from = 2020-09-15T00:43:00Z
    to = 2020-09-15T00:49:59Z
    floor_m = 1712
    ceiling_m = 1723
    platform = "PSWRD35"
    basis = "…" # the legal basis on which the state allows it
    <BLANKLINE>
    """
    start, end = _moment(math.floor(presence.start)), _moment(math.ceil(presence.end))
    lines = [
        "[[authorisation]]",
        f'id = "{presence.state}-{start.replace("-", "").replace(":", "")}"',
        f'state = "{presence.state}"',
        f"from = {start}",
        f"to = {end}",
        *_heights(presence),
        _platform(presence),
        *(["special_use = true"] if presence.kind == EntryKind.SPECIAL_USE else []),
        'basis = "…" # the legal basis on which the state allows it',
    ]
    return "\n".join(lines) + "\n"


def _heights(presence: Presence) -> list[str]:
    known = bool(np.isfinite(presence.lowest).all())
    floor = f"floor_m = {math.floor(max(float(presence.lowest.min()), 0.0)) if known else 0}"
    if not bool(np.isfinite(presence.highest).all()):
        return [floor, "# no ceiling_m: how high the flight was is not known"]
    return [floor, f"ceiling_m = {math.ceil(max(float(presence.highest.max()), 0.0))}"]


def _platform(presence: Presence) -> str:
    name = presence.platform.strip()
    if not name:
        return f'platform = "{ANY_PLATFORM}" # any: that of the flight is not known'
    # A text of JSON is one of TOML, but for the control character that JSON does not escape.
    return f"platform = {json.dumps(name, ensure_ascii=False)}".replace("\x7f", "\\u007f")


def _moment(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat().replace("+00:00", "Z")
