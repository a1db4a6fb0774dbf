"""The departures of a date that are to be published, chosen by their ids, by a region, or all of them."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from novatrek_scheduling.errors import FieldProblem
from scheduling.daily_schedules.commitments import departures_with_guides_of
from scheduling.daily_schedules.drafts import Draft
from scheduling.domain.document import Departure
from scheduling.errors import UnknownDeparture, UnknownSchedule
from scheduling.publication.publishing import departures_due


@dataclass(frozen=True, slots=True)
class Chosen:
    """Departures of `day`: those of `departure_ids` or all, of a region or of all."""

    day: date
    departure_ids: Collection[UUID] | None = None
    region_id: UUID | None = None

    def looked_at(self) -> Collection[UUID] | None:
        """Return the departures that are read to publish these, where they are named: theirs, and of their guides."""
        return None if self.departure_ids is None else departures_with_guides_of(self.departure_ids, self.day)

    def within(self, draft: Draft) -> frozenset[UUID]:
        """Return the ids of the departures of a draft that are chosen. Raises UnknownSchedule and UnknownDeparture."""
        if draft.rev == 0:
            raise UnknownSchedule(f"There is no daily schedule of {self.day} yet.")
        document = draft.document
        within = document.departures if self.region_id is None else document.departures_in([self.region_id])
        if self.departure_ids is None:
            return frozenset(within)
        unknown = sorted(set(self.departure_ids) - within.keys())
        if unknown:
            raise UnknownDeparture(
                f"The daily schedule has no departure {', '.join(map(str, unknown))}.",
                *(FieldProblem("departure_ids", f"{key} is not a departure of this date") for key in unknown),
            )
        return frozenset(self.departure_ids)

    def due(self, draft: Draft) -> dict[UUID, Departure]:
        """Return the departures among them that publishing changes. Raises as `within` does."""
        return departures_due(draft.document.departures, self.within(draft))
