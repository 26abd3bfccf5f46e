"""The public-safety sheet of a package: what its compounds do to people, for today."""

from __future__ import annotations

from upwind.compounds import find
from upwind.release.policy import ClearedSite
from upwind.release.sanitise import outgoing
from upwind.release.words import word

__all__ = ["sheet_of"]


def sheet_of(cleared: ClearedSite) -> dict[str, tuple[str, ...]]:
    """Return the sheet in each of the agreement's languages, from what may leave alone."""
    said = outgoing(cleared.feature, cleared.agreement).properties
    named = said.get("compounds") or ([said["gas"]] if "gas" in said else [])
    known = [found for found in map(find, map(str, named)) if found is not None]
    return {
        language: (
            word("sheet_general", language),
            *(word("sheet_compound", language, name=found.name) for found in known),
            word("sheet_call", language),
        )
        for language in cleared.agreement.languages
    }
