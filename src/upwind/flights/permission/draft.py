"""The authorisation that would cover an entry, as text for whoever must ask for it."""

from __future__ import annotations

import json
import math
from datetime import UTC, datetime

from upwind.flights.permission.covering import ANY_PLATFORM
from upwind.records import Entry, EntryKind

__all__ = ["draft"]


def draft(entry: Entry) -> str:
    """Return an authorisation in TOML that covers an entry once a state has given it, its basis left to fill in.

    Bounds are taken outward to whole seconds and metres. A height that is not known has no ceiling in it, and a
    platform without a name is any: both say so beside.
    """
    start, end = _moment(math.floor(entry.start.timestamp())), _moment(math.ceil(entry.end.timestamp()))
    lines = [
        "[[authorisation]]",
        f'id = "{entry.state}-{start.replace("-", "").replace(":", "")}"',
        f'state = "{entry.state}"',
        f"from = {start}",
        f"to = {end}",
        *_heights(entry),
        _platform(entry),
        *(["special_use = true"] if entry.kind == EntryKind.SPECIAL_USE else []),
        'basis = "…" # the legal basis on which the state allows it',
    ]
    return "\n".join(lines) + "\n"


def _heights(entry: Entry) -> list[str]:
    floor = f"floor_m = {math.floor(max(entry.lowest_m or 0.0, 0.0))}"
    if entry.highest_m is None:
        return [floor, "# no ceiling_m: how high the flight was is not known"]
    return [floor, f"ceiling_m = {math.ceil(max(entry.highest_m, 0.0))}"]


def _platform(entry: Entry) -> str:
    name = entry.platform.strip()
    if not name:
        return f'platform = "{ANY_PLATFORM}" # any: that of the flight is not known'
    # A text of JSON is one of TOML, but for the control character that JSON does not escape.
    return f"platform = {json.dumps(name, ensure_ascii=False)}".replace("\x7f", "\\u007f")


def _moment(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat().replace("+00:00", "Z")
