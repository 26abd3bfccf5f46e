"""Who would be in harm's way: from what a place gives off, the wind of the hour and the map to zones and people.

`protect` is the whole of it. It is written for those who warn and shelter people; nothing here is ever aimed.
"""

from upwind.safety.climate import DRAWS
from upwind.safety.protect import Scenario, Surroundings, protect

__all__ = ["DRAWS", "Scenario", "Surroundings", "protect"]
