"""Air that tests of the exercise blow through."""

from __future__ import annotations

from upwind.exercise.wind import Stability, Weather

__all__ = ["NEUTRAL"]

NEUTRAL = Weather(
    stability=Stability.NEUTRAL,
    speed_m_s=4.5,
    wind_from_deg=270.0,
    veer_deg_h=0.0,
    swing_deg=0.0,
    roughness_m=0.05,
    obukhov_m=1e6,
    lid_m=800.0,
    meander_time_s=80.0,
    meander_factor=1.0,
    temperature_k=293.0,
    pressure_pa=1e5,
)
