"""The judging of changes: the test that every option has to pass."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from conflicts.detection import DetectedConflict
from conflicts.errors import ResolutionNotApplicable
from conflicts.monitoring.scene_loader import DetectionScope, detect_all
from conflicts.monitoring.store import fingerprints_of
from conflicts.resolution.changes import Documents, departures_among
from conflicts.resolution.problem import Problem
from conflicts.steps import Steps, build, departures_of, guides_joining, seated_in
from scheduling.daily_schedules.commitments import commitments_in
from scheduling.domain.document import Departure
from scheduling.rules import Commitment, new_violations
from scheduling.rules.camp_load import CampLoads
from scheduling.rules.departures import Surroundings


@dataclass(frozen=True, slots=True)
class Solution:
    """Steps that solve a conflict: the documents that they change as they would be, and the conflicts they cause.

    Those are guests who lose their place where it cancels; following the catalog may cause others, too.
    """

    steps: Steps
    changed: Documents
    causes: tuple[DetectedConflict, ...] = ()


def is_sound(problem: Problem, departure_id: UUID) -> bool:
    """Return whether the departure, as it is planned, has no conflict that is known."""
    return not detected_in(problem, {}, frozenset({departure_id}))


def solution_of(problem: Problem, steps: Steps) -> Solution | None:
    """Return the solution that the steps are; None where they cannot be made, leave the conflict or cause another.

    No hard rule may be broken anew either.
    """
    changed = change_by(problem, steps)
    if changed is None:
        return None
    touched = departures_of(steps)
    detected = detected_in(problem, changed, touched)
    if problem.details["fingerprint"] in fingerprints_of(detected) or not _seats_all(problem, changed):
        return None
    caused = _new_among(problem, detected, touched)
    if not all(_may_be_caused(problem, conflict) for conflict in caused):
        return None
    return None if breaks_a_rule(problem, changed, touched) else Solution(steps, changed, tuple(caused))


def _seats_all(problem: Problem, changed: Documents) -> bool:
    unseated = problem.unseated
    return not unseated or unseated <= seated_in(changed)


def _may_be_caused(problem: Problem, conflict: DetectedConflict) -> bool:
    """Whether an option may cause it, and say so: the catalog is followed though no team is known to be free."""
    if problem.cause.is_of_the_catalog:
        return not conflict.cause.is_never_overridden
    return conflict.cause.follows_from_cancelling


def is_there_still(problem: Problem) -> bool:
    """Return whether the documents, as they are, still have the conflict."""
    about = frozenset(UUID(key) for key in problem.details["departure_ids"])
    return problem.details["fingerprint"] in fingerprints_of(detected_in(problem, {}, about))


def harms_nothing(problem: Problem, steps: Steps) -> bool:
    """Return whether the steps can be made, cause no conflict and break no hard rule anew."""
    changed = change_by(problem, steps)
    if changed is None:
        return False
    touched = departures_of(steps)
    caused = _new_among(problem, detected_in(problem, changed, touched), touched)
    return all(c.cause.follows_from_cancelling for c in caused) and not breaks_a_rule(problem, changed, touched)


def change_by(problem: Problem, steps: Steps) -> Documents | None:
    """Return the changed documents, None where the steps cannot be made."""
    touched = departures_of(steps)
    teams = (d.guide_ids for document in problem.documents.values() for d in departures_among(document, touched))
    problem.certify(guides_joining(steps).union(*teams))
    try:
        return build(steps, problem.documents, problem.making)
    except ResolutionNotApplicable:
        return None


def breaks_a_rule(problem: Problem, changed: Documents, departure_ids: Iterable[UUID]) -> bool:
    """Return whether the changed documents break a hard rule anew."""
    touched = frozenset(departure_ids)
    planned, loads = _commitments_with(problem, changed, touched), _loads(problem, changed, touched)
    for day, after in changed.items():
        here = touched & after.departures.keys()
        before = _surroundings(problem, problem.documents, day, problem.commitments, _loads(problem, {}, touched))
        afterwards = _surroundings(problem, {**problem.documents, **changed}, day, planned, loads)
        surroundings = before, afterwards
        if new_violations(problem.documents[day], after, day, here, problem.facts, *surroundings):
            return True
    return False


def _new_among(
    problem: Problem, detected: Iterable[DetectedConflict], touched: frozenset[UUID]
) -> list[DetectedConflict]:
    present = fingerprints_of(detected_in(problem, {}, touched))
    return [conflict for conflict in detected if conflict.fingerprint not in present]


def detected_in(problem: Problem, changed: Documents, touched: frozenset[UUID]) -> list[DetectedConflict]:
    """Return the conflicts of these departures, whether known already or not, with the change made."""
    documents = {**problem.documents, **changed}
    scopes = {
        day: DetectionScope(document, frozenset(here))
        for day, document in documents.items()
        if (here := touched & document.departures.keys())
    }
    planned, loads = _commitments_with(problem, changed, touched), _loads(problem, changed, touched)
    found = detect_all(scopes, problem.facts, now=problem.now, commitments=planned, around=problem.around, loads=loads)
    return list(found.conflicts)


def _surroundings(
    problem: Problem,
    documents: Documents,
    day: date,
    commitments: Mapping[UUID, tuple[Commitment, ...]],
    loads: CampLoads | None,
) -> Surroundings:
    neighbours = () if loads else _elsewhere(documents, day)
    return Surroundings(problem.entered, commitments, neighbours, loads)


def _loads(problem: Problem, changed: Documents, touched: Collection[UUID]) -> CampLoads | None:
    """Return the loads of the base camps after a change of `touched` departures; None where not all is read."""
    around = problem.around
    if around is None:
        return None
    documents = problem.documents.values()

    def count() -> CampLoads:
        planned = (d for document in documents for d in document.departures.values())
        return CampLoads([*planned, *around.elsewhere])

    base = problem.kept.once_of("camp loads", (around.elsewhere, *documents), count)
    gone = [d for day in changed for d in departures_among(problem.documents[day], touched)]
    return CampLoads([d for after in changed.values() for d in departures_among(after, touched)], gone, base)


def _elsewhere(documents: Documents, day: date) -> list[Departure]:
    others = (document for other, document in documents.items() if other != day)
    return [departure for document in others for departure in document.departures.values()]


def _commitments_with(
    problem: Problem, changed: Documents, touched: Collection[UUID]
) -> dict[UUID, tuple[Commitment, ...]]:
    """Return the commitments as they would be: those of the departures that differ are replaced, no others."""
    planned = dict(problem.commitments)
    for day, after in changed.items():
        before = problem.documents[day]
        others = {key for key in touched if before.departures.get(key) is not after.departures.get(key)}
        for guide_id in {guide for departure in departures_among(before, others) for guide in departure.guide_ids}:
            held = planned.get(guide_id, ())
            planned[guide_id] = tuple(c for c in held if c.day != day or c.departure_id not in others)
        for commitment in commitments_in(after, day, sorted(others)):
            planned[commitment.guide_id] = (*planned.get(commitment.guide_id, ()), commitment)
    return planned
