"""Flight lines over an area, their order, the sorties they make, and how far from the best possible all that is."""

from upwind.flights.plan.sortie import Sortie
from upwind.flights.plan.survey import Breeze, Effort, Survey, plan_sorties, plan_survey

__all__ = ["Breeze", "Effort", "Sortie", "Survey", "plan_sorties", "plan_survey"]
