"""What all steps share."""

from abc import ABC, abstractmethod
from datetime import date
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from conflicts.steps.making import Documents, Making


class StepBase(BaseModel, ABC):
    """A step of a resolution: what is to be done with one departure, never how the departure looks afterwards.

    `day` is the schedule date of the departure at this step: a step before it may have moved or added it.
    """

    model_config = ConfigDict(frozen=True)

    day: date
    departure_id: UUID

    @property
    def days(self) -> frozenset[date]:
        """The dates whose documents the step reads or changes."""
        return frozenset({self.day})

    @property
    def departure_ids(self) -> frozenset[UUID]:
        """The departures that the step changes."""
        return frozenset({self.departure_id})

    @property
    def guide_ids(self) -> frozenset[UUID]:
        """The guides whom the step puts on a team."""
        return frozenset()

    @abstractmethod
    def apply(self, documents: Documents, making: Making) -> None:
        """Make the step in these documents. Raises ResolutionNotApplicable where it cannot be made any more."""
