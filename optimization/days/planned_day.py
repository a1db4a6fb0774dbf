"""The plan of a date and its merge into the latest document."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from optimization.candidates.assessment import Assessment, PlanningContext
from optimization.solver.problem import DayProblem
from optimization.solver.solution import DayPlan
from scheduling.daily_schedules.catalog_sync import lower_sold_seats
from scheduling.domain.document import Candidates, Departure, LazyParts, ScheduleDocument, Trait, published_among
from scheduling.rules import EntriesByDate, Facts
from scheduling.rules.inputs import is_adjusted

EMPTY_CONTEXT = PlanningContext(EntriesByDate(), {})


@dataclass(frozen=True, slots=True)
class PlannedDay:
    """The plan of some departures of a date.

    `base` holds the departures as they were read, `planned` as they should be, by id. `held` stay unchanged: only a
    person removes the pins of guides who cannot lead them, or what they rest on is unknown. `context` has the
    commitments and what guides had entered when it was planned, `everything` all departures of the date.
    """

    day: date
    facts: Facts
    problem: DayProblem
    solved: DayPlan
    base: Mapping[UUID, Departure]
    planned: Mapping[UUID, Departure]
    assessments: Mapping[UUID, Assessment]
    held: Mapping[UUID, Departure] = field(default_factory=dict)
    context: PlanningContext = EMPTY_CONTEXT
    everything: Mapping[UUID, Departure] = field(default_factory=dict)

    @property
    def others_published(self) -> dict[UUID, Departure]:
        """The published departures of the date that are not planned; of a stored document no others are read."""
        published = published_among(self.everything)
        return {key: departure for key, departure in published.items() if key not in self.planned}

    def others_from(self, location_ids: Collection[UUID]) -> dict[UUID, Departure]:
        """Return those of them that leave from these base camps; those from elsewhere are not even read."""
        there = departures_from(self.everything, location_ids)
        return {key: departure for key, departure in there.items() if key not in self.planned}

    def apply(
        self,
        document: ScheduleDocument,
        now: datetime,
        *,
        excluding: Collection[UUID] = (),
        entered: EntriesByDate | None = None,
    ) -> list[UUID]:
        """Merge the plan into the latest document; return the departures that are outdated and have to be replanned.

        Outdated are those changed since they were read, and those of whose guides `entered` has other adjustments
        by now. Departures in `excluding` are neither merged nor returned.
        """
        outdated = []
        for key, planned in self.planned.items():
            current = document.departures.get(key)
            was_removed = current is None and key in self.base
            if key in excluding or was_removed or not _may_be_replanned(current, now):
                continue
            if self._is_outdated(key, current) or (entered and is_adjusted(planned, self.context.entered, entered)):
                outdated.append(key)
            elif current is None:
                document.departures[key] = planned.copy_with_team()
            else:
                current.take_plan(planned)
        for key, held in self.held.items():
            current = document.departures.get(key)
            if current is not None and _may_be_replanned(current, now):
                lower_sold_seats(current, held.sold_seats)
        return outdated

    def _is_outdated(self, key: UUID, current: Departure | None) -> bool:
        return current is not None and _decision_basis(current) != _decision_basis(self.base.get(key))


def departures_from(departures: Mapping[UUID, Departure], location_ids: Collection[UUID]) -> dict[UUID, Departure]:
    """Return the departures that leave from these base camps; of a stored document no others are read."""
    if not isinstance(departures, LazyParts):
        return {key: departure for key, departure in departures.items() if departure.location_id in location_ids}
    return departures.where(
        Candidates.of(Trait.CAMP, location_ids), lambda departure: departure.location_id in location_ids
    )


def _may_be_replanned(current: Departure | None, now: datetime) -> bool:
    return current is None or current.may_be_replanned(now)


def _decision_basis(departure: Departure | None) -> object:
    """Return the fields that a plan depends on: where they changed, the departure has to be replanned."""
    if departure is None:
        return None
    names = ("team", "trail_id", "status", "starts_at", "ends_at", "capacity", "location_id")
    return [getattr(departure, name) for name in names]
