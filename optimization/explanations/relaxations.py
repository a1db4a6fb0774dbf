"""What would be enough to staff a departure where numbers are in the way: guides, guests, room, pins."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from optimization.candidates.unassigned_reasons import one_more_guide
from optimization.days.planned_day import PlannedDay
from optimization.explanations.deadline import Clock
from optimization.explanations.explanation import Remedy
from optimization.explanations.names import names_in
from optimization.solver.elastic_model import RelaxationKind
from optimization.solver.infeasibility import Relaxation, minimal_relaxations
from optimization.solver.problem import LARGEST_TEAM
from scheduling.domain.text import counted


def other_numbers(planned: PlannedDay, departure_id: UUID, clock: Clock) -> Iterator[Remedy]:
    """The smallest changes of the problem itself that are each enough, in the solver's order."""
    left = clock.left()
    if not left:
        return
    trip = planned.assessments[departure_id].demand.trip
    words = _Words(names_in(planned), sorted(trip.required_certifications) if trip else [])
    for steps in minimal_relaxations(planned.problem, planned.solved, departure_id, time_limit_seconds=left):
        guides = tuple(guide for step in steps for guide in step.guide_ids)
        yield Remedy(" + ".join(step.kind.value for step in steps), words.of(steps), guides)


@dataclass(frozen=True, slots=True)
class _Words:
    names: Mapping[UUID, str]
    certifications: Sequence[str]

    def of(self, steps: Iterable[Relaxation]) -> str:
        return " and ".join(self._step(step) for step in steps)

    def _step(self, step: Relaxation) -> str:
        guides, departures = self._named(step.guide_ids), self._named(step.departure_ids)
        told = {
            RelaxationKind.ONE_MORE_GUIDE: f"with {one_more_guide(step.amount, self.certifications)}",
            RelaxationKind.FEWER_GUESTS: f"with {counted(step.amount, 'guest')} fewer",
            RelaxationKind.LARGER_TEAM: f"with a team of {LARGEST_TEAM + step.amount}",
            RelaxationKind.A_LEAD: "if one of those who may come could lead",
            RelaxationKind.MORE_ROOM: f"if the base camp took {step.amount} more",
            RelaxationKind.GUIDE_FREED: f"if {guides} were not needed on {departures}",
            RelaxationKind.PIN_LIFTED: f"if {guides} had not to come",
            RelaxationKind.MORE_CHANGES: f"if {step.amount} more people might be moved",
        }
        return told[step.kind]

    def _named(self, ids: Iterable[UUID]) -> str:
        return " and ".join(self.names.get(one, str(one)) for one in ids)
