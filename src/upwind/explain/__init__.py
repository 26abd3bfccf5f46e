"""Compounds at a source -> which benign class explains them, or that none does. No other profile exists here."""

from __future__ import annotations

from upwind.explain.answer import UNEXPLAINED, explain
from upwind.explain.profiles import CLASSES, Profiles, shipped

__all__ = ["CLASSES", "UNEXPLAINED", "Profiles", "explain", "shipped"]
