"""Crossings, plumes and wind to sources, always with their uncertainty."""

from upwind.invert.locate import Settings, locate

__all__ = ["Settings", "locate"]
