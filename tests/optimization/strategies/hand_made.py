"""Worlds made by hand: a conflict among some departures, its candidates, and what they would leave behind."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import islice
from uuid import UUID, uuid4

from conflicts.detection import Cause
from conflicts.monitoring.scene_loader import Around
from conflicts.resolution.judging import Solution, detected_in, solution_of
from conflicts.resolution.problem import Problem, SharedFacts
from conflicts.resolution.registry import CandidateSearch
from conflicts.steps import departures_of
from optimization.candidates.scoring import pairing_score
from optimization.days.checker_evidence import engagements_in, holds_of
from optimization.verification.checks import check_departures, is_new_since
from optimization.verification.evidence import Engagement, Evidence, Finding
from scheduling.daily_schedules.commitments import by_guide, commitments_in
from scheduling.daily_schedules.surroundings import StoredEntries
from scheduling.domain.document import Departure, ScheduleDocument, UnassignedReason
from scheduling.domain.facts import Guide
from scheduling.rules import EntriesByDate, Facts
from tests.factories import TOMORROW, DepartureFactory, TeamMemberFactory, at, facts_of

DAYS = tuple(TOMORROW + timedelta(days=n) for n in range(3))
NOW = at(6, day=TOMORROW - timedelta(days=1))


@dataclass(frozen=True)
class World:
    """Departures by date, and the facts about them."""

    departures: Mapping[date, Mapping[UUID, Departure]]
    facts: Facts

    @property
    def documents(self) -> dict[date, ScheduleDocument]:
        return {day: ScheduleDocument(departures=dict(self.departures.get(day, {}))) for day in DAYS}

    def problem(self, cause: Cause, departure_id: UUID, **fields: object) -> Problem:
        """The conflict of this cause that the departure has."""
        unstated = self._problem({"cause": cause, "departure_ids": [], "conflict_date": f"{TOMORROW}"})
        detected = detected_in(unstated, {}, frozenset({departure_id}))
        [conflict] = [found for found in detected if found.cause is cause]
        return replace(self._problem(conflict.details()), conflict_type=conflict.type, **fields)

    def waiting_problem(self, trip_id: UUID, waiting: Mapping[UUID, int]) -> Problem:
        """The conflict of these reservations, which wait for any departure of the trip tomorrow."""
        evidence = {"reservations": {f"{key}": guests for key, guests in waiting.items()}}
        details = {
            "cause": Cause.GUESTS_WITHOUT_PLACE,
            "departure_ids": [],
            "affected_trip_ids": [f"{trip_id}"],
            "conflict_date": f"{TOMORROW}",
            "fingerprint": "waiting",
            "evidence": {"told": evidence},
        }
        return replace(self._problem(details), waiting=waiting)

    def _problem(self, details: Mapping[str, object]) -> Problem:
        documents = self.documents
        planned = [c for day, document in documents.items() for c in commitments_in(document, day, document.departures)]
        return Problem(
            conflict_id=UUID(int=1),
            conflict_type=None,  # type: ignore[arg-type]
            details=details,
            documents=documents,
            revisions=dict.fromkeys(documents, 1),
            shared=SharedFacts(self.facts, lambda known, _: known),
            entered=EntriesByDate(),
            commitments=by_guide(planned),
            score=pairing_score,
            now=NOW,
            around=Around(documents, StoredEntries({}, ()), (), ()),
        )


def facts_with(*guides: Guide, past_starts: Mapping[UUID, Iterable[str]] | None = None, **fields: object) -> Facts:
    """Facts of all dates; `past_starts` has the times at which trips have begun, by trip."""
    starts = {key: dict.fromkeys(clocks, 1) for key, clocks in (past_starts or {}).items()}
    return replace(facts_of(guides=guides, days=DAYS, **fields), past_starts=starts)


def outing(hour: int, *team: Guide, day: date = TOMORROW, hours: int = 3, **fields: object) -> Departure:
    """A departure led by the first of these guides; its participants are its reservations if none are given."""
    members = [
        TeamMemberFactory(guide_id=guide.id, guide_name=guide.name, role="ASSISTANT" if position else "LEAD")
        for position, guide in enumerate(team)
    ]
    if not team:
        fields.setdefault("unassigned_reason", UnassignedReason(code="NO_GUIDE", message="Nobody may lead it"))
    reservations = fields.setdefault("reservations", {})
    fields.setdefault("participants", sum(reservations.values()))  # type: ignore[attr-defined]
    return DepartureFactory(starts_at=at(hour, day=day), ends_at=at(hour + hours, day=day), team=members, **fields)


def booked(*guests: int) -> dict[UUID, int]:
    """Reservations for these numbers of guests."""
    return {uuid4(): count for count in guests}


def solutions(search: CandidateSearch, problem: Problem, *, tried: int = 30) -> list[Solution]:
    """The candidates of a search that solve the problem, each judged by the independent checker, too."""
    candidates = islice(search(problem), tried)
    found = [solution for _, steps in candidates if (solution := solution_of(problem, steps))]
    for solution in found:
        assert not broken_by(solution, problem), solution.steps
    return found


def broken_by(solution: Solution, problem: Problem) -> list[Finding]:
    """The hard rules that the change newly breaks, by the independent checker."""
    touched = departures_of(solution.steps)
    before, after = problem.documents, {**problem.documents, **solution.changed}
    former = [finding for day in after for finding in _findings(day, before, touched, problem)]
    return [
        finding for day in after for finding in _findings(day, after, touched, problem) if is_new_since(finding, former)
    ]


def _findings(
    day: date, documents: Mapping[date, ScheduleDocument], touched: frozenset[UUID], problem: Problem
) -> list[Finding]:
    engagements: dict[UUID, list[Engagement]] = {}
    for other, document in documents.items():
        for guide_id, held in engagements_in(document.departures, other).items():
            engagements.setdefault(guide_id, []).extend(held)
    others = [d for other, document in documents.items() if other != day for d in document.departures.values()]
    evidence = Evidence(
        day=day,
        snapshot=problem.facts.snapshot,
        departures=documents[day].departures,
        elsewhere=others,
        engagements=engagements,
        holds=holds_of(problem.facts),
    )
    return check_departures(evidence, touched)
