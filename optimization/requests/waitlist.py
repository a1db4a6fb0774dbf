"""The waitlist: the resolution after which the departure of a date could be led, if there is one.

The strategies are tried in this order, each result checked against every hard rule: other guides take over from the
busy ones (REASSIGN_GUIDE), another time of the date (RESCHEDULE_TRIP); more places (ADJUST_CAPACITY) where the group
does not fit.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from uuid import UUID

from optimization.candidates.assessment import GuideConstraints
from optimization.requests.inputs import RequestInputs
from optimization.requests.query import DateOption
from optimization.requests.time_budget import TimeBudget
from optimization.strategies.adjust_capacity import find_more_places
from optimization.strategies.handover import Certify, departures_to_release, find_handover
from optimization.strategies.reschedule_trip import find_other_start
from optimization.strategies.unled_departure import Resolution, UnledDeparture
from scheduling.domain.document import Departure
from scheduling.rules import Rule


@dataclass(frozen=True, slots=True)
class WaitlistSearch:
    """A search for resolutions. `certify` adds the certificates of guides to facts; nothing else is read."""

    inputs: RequestInputs
    constraints: GuideConstraints
    budget: TimeBudget
    certify: Certify

    @property
    def has_time(self) -> bool:
        """True while the client's deadline, if any, leaves time for a search."""
        return self.budget.until is None or self.budget.until.remaining() > 0

    def trips_around(self, options: Iterable[DateOption]) -> set[UUID]:
        """Return the trips of departures that could release the guides that these options need."""
        releasing = (departures_to_release(self._unled(option)).values() for option in options)
        return {departure.trip_id for departures in releasing for departure in departures}

    def find_resolution(self, option: DateOption) -> Resolution | None:
        """Return the first resolution that makes the option possible; None where none does or no time is left."""
        if not self.has_time:
            return None
        unled = self._unled(option)
        if option.obstacle is None:
            solve_seconds = self.budget.solve_seconds
            return find_handover(unled, self.certify, solve_seconds=solve_seconds) or find_other_start(unled)
        return find_more_places(unled, option.guests) if option.obstacle.rule is Rule.GROUP_SIZE else None

    def _unled(self, option: DateOption) -> UnledDeparture:
        inputs = self.inputs

        def is_feasible(departure: Departure) -> bool:
            return inputs.checks.first_failed(replace(option, departure=departure, obstacle=None)) is None

        return UnledDeparture(
            day=option.day,
            departure_id=option.departure_id,
            departure=option.departure,
            guests=option.guests,
            document=inputs.documents[option.day],
            facts=inputs.facts,
            context=inputs.contexts[option.departure_id],
            constraints=self.constraints,
            now=inputs.checks.now,
            is_feasible=is_feasible,
        )
