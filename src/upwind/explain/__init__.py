"""Compounds at a source, and what lies there -> which benign source explains them, or that none does.

No other profile exists here.
"""

from __future__ import annotations

from upwind.explain.answer import UNEXPLAINED, explain
from upwind.explain.located import from_sources
from upwind.explain.neighbourhood import Neighbourhood, explain_there
from upwind.explain.premises import Moment
from upwind.explain.profiles import CLASSES, Profiles, shipped

__all__ = [
    "CLASSES",
    "UNEXPLAINED",
    "Moment",
    "Neighbourhood",
    "Profiles",
    "explain",
    "explain_there",
    "from_sources",
    "shipped",
]
