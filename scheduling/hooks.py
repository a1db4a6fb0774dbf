"""Hooks on which other apps register functions to call when something happens in this app.

The functions are called in the transaction of their cause: an effect that must not be rolled back with it belongs
behind `transaction.on_commit`.
"""

from collections.abc import Callable, Collection, Mapping
from datetime import date
from typing import Generic, ParamSpec, TypeVar
from uuid import UUID

from scheduling.domain.accepted_risks import AcceptedRisk
from scheduling.domain.document import GuideAdjustments, ScheduleDocument
from scheduling.domain.facts import Guide
from scheduling.models import Hazard
from scheduling.rules import Demand, Facts, Violation

P = ParamSpec("P")
R = TypeVar("R")


class Hook(Generic[P, R]):
    """Functions to call when something happens, in the order in which they were registered."""

    def __init__(self) -> None:
        self._functions: list[Callable[P, R]] = []

    def register(self, function: Callable[P, R]) -> None:
        """Add a function, unless it is registered already."""
        if function not in self._functions:
            self._functions.append(function)

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> list[R]:
        return [function(*args, **kwargs) for function in self._functions]


optimization_requested: Hook[[date, UUID], None] = Hook()
"""(schedule_date, region_id): a departure of this date and region needs planning."""

hazard_changed: Hook[[Hazard], None] = Hook()
"""A hazard was recorded, updated or released."""

waiting_guests_changed: Hook[[date, UUID], None] = Hook()
"""(trip_date, trip_id): the reservations that have no place on any departure of this trip and date are others now."""

publication_figures: Hook[[date], Mapping[str, float]] = Hook()
"""(schedule_date): figures for its `schedule.published` event: optimization_score (0..1), conflicts_resolved."""

pairing_score: Hook[[Guide, Demand, Facts, GuideAdjustments], float] = Hook()
"""(guide, demand, facts, entry): the suitability score of a guide for a departure, in (0, 1]."""

accepted_risks: Hook[[date], Collection[AcceptedRisk]] = Hook()
"""(schedule_date): the risks of its departures that people have accepted until later than now."""

honoured_violations: Hook[[date, ScheduleDocument, Facts, Collection[Violation]], Mapping[Violation, AcceptedRisk]] = (
    Hook()
)
"""(schedule_date, document, facts, violations): those that are nothing but accepted risks, each with its risk."""
