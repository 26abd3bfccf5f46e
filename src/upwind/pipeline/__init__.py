"""One mission through all stages, and what a run writes."""

from __future__ import annotations

from upwind.pipeline.carry import Result, carry_out
from upwind.pipeline.documents import documents
from upwind.pipeline.reading import read_flight, require_near

__all__ = ["Result", "carry_out", "documents", "read_flight", "require_near"]
