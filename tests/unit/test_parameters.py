"""Settings for autopilots, by their makers' parameter references: units, names, and the types that stations check."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from upwind.errors import InputError
from upwind.flights.exports.parameters import parameters, settings, suffix_of
from upwind.records import Autopilot, HeightOver, Home, LostLink, Platform, Route

COPTER = Platform(name="hexa", category="multirotor", speed_m_s=10.0, bank_deg=25.0, endurance_h=0.5)
PLANE = replace(COPTER, name="wing", category="fixed wing")
FENCE = np.array([[9.0, 48.0], [9.1, 48.0], [9.05, 48.1]])


def route(autopilot: Autopilot, over: HeightOver = HeightOver.HOME, *, fenced: bool = True) -> Route:
    return Route(
        name="",
        sha256="",
        longitude=np.array([9.05]),
        latitude=np.array([48.05]),
        height=np.array([120.0]),
        over=(HeightOver.GROUND,),
        sortie=np.array([0]),
        line=np.empty(0, dtype=np.int64),
        command=np.array([16]),
        params=np.full((1, 4), np.nan),
        home=Home(longitude=9.05, latitude=48.02, height_m=np.nan),
        fence=FENCE if fenced else None,
        lost_link=LostLink(height_m=120.5, over=over),
        autopilot=autopilot,
    )


def test_a_copter_has_its_height_in_centimetres_and_in_metres() -> None:
    told = settings(route(Autopilot.ARDUPILOT), COPTER)
    text = parameters(told, Autopilot.ARDUPILOT, Path("a.plan"))
    rows = dict(row.split(",") for row in text.splitlines() if not row.startswith("#"))
    assert (rows["RTL_ALT"], rows["RTL_ALT_M"], rows["RTL_ALT_TYPE"]) == ("12050", "120.5", "0")
    assert (rows["FS_GCS_ENABLE"], rows["RALLY_INCL_HOME"], rows["RALLY_LIMIT_KM"]) == ("1", "0", "0")
    assert (rows["FENCE_ENABLE"], rows["FENCE_TYPE"], rows["FENCE_ACTION"]) == ("1", "4", "1")


def test_a_plane_over_hills_follows_the_ground_home_and_needs_no_rally_point() -> None:
    rows = {name: value for name, value, _ in settings(route(Autopilot.ARDUPILOT, HeightOver.GROUND), PLANE)}
    assert (rows["ALT_HOLD_RTL"], rows["RTL_ALTITUDE"], rows["TERRAIN_FOLLOW"]) == (12050, 120.5, 1)
    assert (rows["FS_LONG_ACTN"], rows["FS_GCS_ENABL"]) == (1, 1)
    assert not [name for name in rows if name.startswith("RALLY")]


def test_no_fence_is_switched_on_that_the_plan_does_not_hold() -> None:
    for autopilot in Autopilot:
        names = [name for name, *_ in settings(route(autopilot, fenced=False), PLANE)]
        assert not [name for name in names if name.startswith(("FENCE", "GF_"))]


def test_qgroundcontrol_is_given_the_types_that_px4_has() -> None:
    text = parameters(settings(route(Autopilot.PX4), PLANE), Autopilot.PX4, Path("a.plan"))
    rows = [row.split("\t") for row in text.splitlines() if not row.startswith("#")]
    assert {len(row) for row in rows} == {5}
    assert {name: (value, kind) for _, _, name, value, kind in rows} == {
        "RTL_RETURN_ALT": ("120.5", "9"),
        "RTL_TYPE": ("0", "6"),
        "RTL_CONE_ANG": ("0", "6"),
        "NAV_DLL_ACT": ("2", "6"),
        "GF_ACTION": ("3", "6"),
    }
    assert suffix_of(Autopilot.PX4) == ".params"


def test_what_an_autopilot_cannot_do_is_said() -> None:
    with pytest.raises(InputError, match="over hills no one height does"):
        settings(route(Autopilot.PX4, HeightOver.GROUND), PLANE)
    with pytest.raises(InputError, match='"category" is missing'):
        settings(route(Autopilot.ARDUPILOT), replace(PLANE, category=""))
