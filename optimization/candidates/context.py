"""What stands around the departures to be planned, and the rule that excludes one guide from one departure."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from scheduling.domain.document import Departure
from scheduling.domain.facts import Guide
from scheduling.rules import Commitment, Demand, EntriesByDate, Exclusion, Facts, Rule, clash_of, exclusion_of


@dataclass(frozen=True, slots=True)
class GuideConstraints:
    """The guides whom a request requires and excludes, or whom a plan leaves free; `because` says which, in short."""

    required: frozenset[UUID] = frozenset()
    excluded: frozenset[UUID] = frozenset()
    because: str = "excluded by the request"

    def against(self, guide_id: UUID) -> Exclusion | None:
        """Return the exclusion of the guide, None where they are allowed."""
        if guide_id in self.excluded:
            return Exclusion(Rule.EXCLUDED, self.because)
        return None


NO_GUIDE_CONSTRAINTS = GuideConstraints()


@dataclass(frozen=True, slots=True)
class PlanningContext:
    """The surroundings of the departures to be planned: what guides entered, and their commitments, by guide.

    `planned` are the departures that are being replanned, whose commitments do not count; `neighbours` the staffed
    departures of other dates that are out at the same time.
    """

    entered: EntriesByDate
    commitments: Mapping[UUID, tuple[Commitment, ...]]
    planned: Collection[UUID] = frozenset()
    neighbours: Sequence[Departure] = ()

    def elsewhere(self, guide_id: UUID) -> list[Commitment]:
        """Return the guide's commitments to departures that are not being replanned."""
        return [c for c in self.commitments.get(guide_id, ()) if c.departure_id not in self.planned]


def first_exclusion(
    guide: Guide, demand: Demand, facts: Facts, context: PlanningContext, constraints: GuideConstraints
) -> Exclusion | None:
    """Return the first rule that excludes the guide from the departure, or None where they may go.

    It is the readable statement of who may go: `optimization.candidates.rule_sets` answers the same for many at once.
    """
    adjustments = context.entered.of(guide.id, demand.days)
    return (
        exclusion_of(guide, demand, facts, adjustments)
        or clash_of(demand.span, demand.day, context.elsewhere(guide.id), ignoring=demand.departure_id)
        or constraints.against(guide.id)
    )
