"""Remedies by relaxing the problem itself: more guides, fewer guests, more capacity, pins."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from optimization.candidates.unassigned_reasons import additional_guide
from optimization.days.planned_day import PlannedDay
from optimization.explanations.deadline import Clock
from optimization.explanations.explanation import Remedy
from optimization.explanations.names import names_in
from optimization.solver.elastic_model import RelaxationKind
from optimization.solver.infeasibility import Relaxation, minimal_relaxations
from optimization.solver.problem import LARGEST_TEAM
from scheduling.domain.text import counted
from scheduling.domain.words import listed


def relaxation_remedies(planned: PlannedDay, departure_id: UUID, clock: Clock) -> Iterator[Remedy]:
    """Yield the minimal relaxations that each suffice, in the solver's order."""
    left = clock.left()
    if not left:
        return
    trip = planned.assessments[departure_id].demand.trip
    words = _Words(names_in(planned), sorted(trip.required_certifications) if trip else [])
    for combination in minimal_relaxations(planned.problem, planned.solved, departure_id, time_limit_seconds=left):
        guides = tuple(guide for relaxation in combination for guide in relaxation.guide_ids)
        kind = " + ".join(relaxation.kind.value for relaxation in combination)
        yield Remedy(kind, words.of(combination), guides)


@dataclass(frozen=True, slots=True)
class _Words:
    names: Mapping[UUID, str]
    certifications: Sequence[str]

    def of(self, combination: Iterable[Relaxation]) -> str:
        return " and ".join(map(self._single, combination))

    def _single(self, relaxation: Relaxation) -> str:
        guides, departures = self._named(relaxation.guide_ids), self._named(relaxation.departure_ids)
        amount = relaxation.amount
        texts = {
            RelaxationKind.ONE_MORE_GUIDE: f"with {additional_guide(amount, self.certifications)}",
            RelaxationKind.FEWER_GUESTS: f"with {counted(amount, 'guest')} fewer",
            RelaxationKind.LARGER_TEAM: f"with a team of {LARGEST_TEAM + amount}",
            RelaxationKind.A_LEAD: "if one of the candidates could lead",
            RelaxationKind.MORE_ROOM: f"if the base camp had capacity for {amount} more",
            RelaxationKind.GUIDE_FREED: f"if {guides} were released from {departures}",
            RelaxationKind.PIN_LIFTED: f"if {guides} were unpinned",
            RelaxationKind.MORE_CHANGES: f"if {counted(amount, 'more guide')} could be reassigned",
        }
        return texts[relaxation.kind]

    def _named(self, ids: Iterable[UUID]) -> str:
        return listed(self.names.get(key, "one whose name is not known") for key in ids)
