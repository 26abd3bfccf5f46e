"""What no plan file can tell an autopilot: how high it returns, that it does, and that it heeds its fence.

Settings as ground stations load them: `NAME,VALUE` for ArduPilot (Mission Planner, MAVProxy), and QGroundControl's
columns for PX4. Of two names of one setting, in two units, an aircraft knows the one of its version.

References
----------
ArduPilot, Plane and Copter parameters and RTL mode, ardupilot.org; PX4, return mode and parameter reference,
docs.px4.io; QGroundControl developer guide, parameter file format, docs.qgroundcontrol.com (file_formats/parameters).
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from upwind.errors import InputError
from upwind.records import Autopilot, HeightOver, Platform, Route

__all__ = ["Setting", "parameters", "settings", "suffix_of"]

#: Name, value, and what it is for.
Setting = tuple[str, float, str]

_SUFFIXES = {Autopilot.ARDUPILOT: ".param", Autopilot.PX4: ".params"}
_HOVERS = "multirotor"
#: Of MAV_PARAM_TYPE: PX4's settings are floats where they are heights, and whole numbers elsewhere.
_REAL, _WHOLE = 9, 6
_REALS = ("RTL_RETURN_ALT",)


def suffix_of(autopilot: Autopilot) -> str:
    """Return how a file of an autopilot's settings ends."""
    return _SUFFIXES[autopilot]


def settings(route: Route, craft: Platform) -> list[Setting]:
    """Return what to set for a route whose autopilot and way home are known; else nothing.

    Raises
    ------
    InputError
        The autopilot cannot come home over ground that it follows, or what it flies is not known.
    """
    lost = route.lost_link
    if route.autopilot is None or lost is None:
        return []
    is_over_ground = lost.over is HeightOver.GROUND
    if route.autopilot is Autopilot.PX4:
        if is_over_ground:
            msg = "--autopilot px4: it returns at a height over home, and over hills no one height does; leave one out"
            raise InputError(msg)
        return list(_px4(lost.height_m, is_fenced=route.fence is not None))
    if not craft.category:
        msg = f'{craft.name}: "category" is missing, and ArduPilot has other settings for a multirotor; give it'
        raise InputError(msg)
    own = _copter if craft.category == _HOVERS else _plane
    found = list(own(lost.height_m, is_over_ground=is_over_ground))
    if not is_over_ground:
        found += [
            ("RALLY_INCL_HOME", 0, "return to the plan's rally point, the base"),
            ("RALLY_LIMIT_KM", 0, "however far it is"),
        ]
    if route.fence is not None:
        found += [
            ("FENCE_ENABLE", 1, "heed the plan's geofence"),
            ("FENCE_TYPE", 4, "its polygon alone, no circle and no ceiling of other flights"),
            ("FENCE_ACTION", 1, "return where it is left"),
        ]
    return found


def _copter(height_m: float, *, is_over_ground: bool) -> Iterator[Setting]:
    yield "RTL_ALT", round(100 * height_m), "height of the way home in cm, before 4.7"
    yield "RTL_ALT_M", height_m, "the same in m, from 4.7 on"
    yield "RTL_ALT_TYPE", int(is_over_ground), "over ground" if is_over_ground else "over home"
    yield "RTL_CONE_SLOPE", 0, "the same height near home, too"
    yield "FS_GCS_ENABLE", 1, "a lost link returns"


def _plane(height_m: float, *, is_over_ground: bool) -> Iterator[Setting]:
    yield "ALT_HOLD_RTL", round(100 * height_m), "height of the way home in cm, before 4.5"
    yield "RTL_ALTITUDE", height_m, "the same in m, from 4.5 on"
    if is_over_ground:
        yield "TERRAIN_FOLLOW", 1, "heights are over ground"
    yield "FS_GCS_ENABL", 1, "a lost link counts"
    yield "FS_LONG_ACTN", 1, "and returns"


def _px4(height_m: float, *, is_fenced: bool) -> Iterator[Setting]:
    yield "RTL_RETURN_ALT", height_m, "height of the way home over the base in m"
    yield "RTL_TYPE", 0, "straight to the base, which is the plan's rally point"
    yield "RTL_CONE_ANG", 0, "the same height near home, too"
    yield "NAV_DLL_ACT", 2, "a lost link returns"
    if is_fenced:
        yield "GF_ACTION", 3, "return where the geofence is left"


def parameters(found: list[Setting], autopilot: Autopilot, plan: Path) -> str:
    """Return settings as the ground stations of an autopilot load them."""
    said = [f"# Load with {plan.name}: its way home of a lost link was held against borders at this height."]
    said += [f"# {name}: {why}" for name, _, why in found]
    if autopilot is Autopilot.ARDUPILOT:
        return "\n".join([*said, *(f"{name},{value:g}" for name, value, _ in found)]) + "\n"
    rows = [f"1\t1\t{name}\t{value:g}\t{_REAL if name in _REALS else _WHOLE}" for name, value, _ in found]
    return "\n".join([*said, "# Vehicle-Id Component-Id Name Value Type", *rows]) + "\n"
