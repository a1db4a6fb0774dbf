"""Dates of which the siblings say what nobody can read."""

from datetime import date

from optimization.days.services import take_planning_snapshot
from tests.siblings import SimulatedSiblings


def spoil_departures(siblings: SimulatedSiblings, day: date) -> None:
    """Have svc-trip-catalog list the departures of a date off its contract; other dates are not concerned."""
    for listed in take_planning_snapshot(day, None).departures[day]:
        siblings.alter("departures", str(listed.id), available_spots=-1)
