"""A date of the simulated company that is planned but for some teams, and proposals for it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from optimization.models import Proposal
from optimization.proposals.making import compute_proposal
from optimization.proposals.plans import ProposedDeparture, ProposedPlan
from optimization.proposals.services import find_proposal, request_proposal
from scheduling.domain.document import Departure
from tests.conflicts.planned import plan_a_day
from tests.factories import TOMORROW
from tests.scheduling.writes import change, stored
from tests.siblings import SimulatedSiblings


@dataclass(frozen=True, slots=True)
class PlannedRegion:
    """A region of the company, which is not in UTC, planned; `freed` lost their teams since."""

    day: date
    region_id: UUID
    freed: tuple[UUID, ...]

    def departures(self) -> dict[UUID, Departure]:
        return stored(self.day)

    def propose(self, **limits: Any) -> Proposal:
        """Have a proposal made, with limits of `request_proposal`."""
        proposal = request_proposal(self.day, [self.region_id], by="ana", **limits)
        compute_proposal(proposal.pk)
        return find_proposal(proposal.pk)


def a_planned_region(siblings: SimulatedSiblings, *, freed: int = 2) -> PlannedRegion:
    """One region of a small company, planned, but for `freed` departures that lost their teams."""
    planned = plan_a_day(siblings, guides=14)
    staffed = sorted(key for key, departure in planned.departures.items() if departure.team)
    for key in staffed[:freed]:
        change(key, planned.day, team=[])
    return PlannedRegion(planned.day, planned.region_id, tuple(staffed[:freed]))


def a_proposal(
    before: Mapping[UUID, Departure], after: Mapping[UUID, Departure], day: date = TOMORROW, **fields: Any
) -> Proposal:
    """A proposal to be decided, made by hand."""
    departures = {key: ProposedDeparture.of(planned, before.get(key), {}) for key, planned in after.items()}
    plan = ProposedPlan(
        region_ids=tuple({departure.region_id for departure in departures.values()}),
        departures={key: departure for key, departure in departures.items() if departure.is_change},
        hours={},
        moved=1,
        proof="PROVEN",
    )
    values: dict[str, Any] = {"requested_by": "ana", "status": Proposal.Status.READY, "rev": 1}
    values["plan"] = plan.model_dump(mode="json")
    return Proposal.objects.create(schedule_date=day, **values | fields)


def plan_in(proposal: Proposal) -> ProposedPlan:
    return ProposedPlan.model_validate(proposal.plan)


def teams(departures: Mapping[UUID, Departure]) -> dict[UUID, Any]:
    return {key: departure.guide_ids for key, departure in departures.items()}
