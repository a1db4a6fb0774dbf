"""Whatever goes wrong with a random day: every option that is offered does what it says, and nothing else."""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

import pytest
from django.utils import timezone

from conflicts.detection import ConflictType, DetectedConflict
from conflicts.models import ScheduleConflict
from conflicts.monitoring.scene_loader import DetectionScope, detect_all, read_around
from conflicts.monitoring.services import detect_on
from conflicts.options import Option
from conflicts.resolution.candidates import search_options
from conflicts.resolution.facts import score_of
from conflicts.resolution.problem import Problem, SharedFacts
from conflicts.resolution.registry import registered_last_resorts, registered_searches
from conflicts.steps import build, departures_of
from novatrek_scheduling.deadline import Deadline
from optimization.days.checker_evidence import engagements_in, holds_of
from optimization.verification.checks import check_departures, is_new_since
from optimization.verification.evidence import Engagement, Evidence, Finding
from scheduling.daily_schedules.commitments import by_guide, commitments_around, commitments_in
from scheduling.daily_schedules.drafts import Draft, read_drafts
from scheduling.daily_schedules.surroundings import entries_on
from scheduling.daily_schedules.writer import write_daily_schedules
from scheduling.domain.document import Departure, ScheduleDocument
from scheduling.domain.facts import Span
from scheduling.domain.text import counted
from scheduling.models import Reservation, ReservationStatus
from tests.conflicts.random_days import Booking, RandomDay, random_day
from tests.factories import DISPATCHER
from tests.thoroughness import is_thorough

Documents = Mapping[date, ScheduleDocument]

SHARDS = 5
DAYS_OF_A_SHARD = 100 if is_thorough() else 6
PLENTY_OF_SECONDS = 60.0


@pytest.mark.timeout(600)
@pytest.mark.django_db
@pytest.mark.parametrize("shard", range(SHARDS))
def test_every_option_does_what_it_says(shard: int) -> None:
    tried = sum(_try_all_options(random_day(SHARDS * n + shard)) for n in range(DAYS_OF_A_SHARD))

    assert tried > DAYS_OF_A_SHARD


def _try_all_options(made: RandomDay) -> int:
    """Try every option of every conflict of the days, and return how many there were."""
    _store(made)
    conflicts = list(ScheduleConflict.objects.open().filter(schedule__schedule_date__in=made.days))
    tried = 0
    for conflict in conflicts:
        problem = _problem(conflict, made)
        searched = search_options(problem, registered_searches(), Deadline.after(PLENTY_OF_SECONDS))
        last = search_options(problem, registered_last_resorts(), Deadline.after(PLENTY_OF_SECONDS))
        options = [*searched, *last]
        were = _detected(problem.documents, problem) if options else {}
        for option in options:
            _try(option, problem, conflict, were)
        tried += len(options)
    return tried


def _store(made: RandomDay) -> None:
    ScheduleConflict.objects.all().update(resolved=True)
    Reservation.objects.all().delete()
    Reservation.objects.bulk_create(_rows(made.bookings))

    def put(drafts: Mapping[date, Draft]) -> None:
        for day, draft in drafts.items():
            draft.document.departures = dict(made.documents[day].departures)

    write_daily_schedules(made.days, put, author=DISPATCHER)
    detect_on(made.days, made.facts)


def _rows(bookings: Iterable[Booking]) -> list[Reservation]:
    return [
        Reservation(
            reservation_id=booking.reservation_id,
            trip_id=booking.trip_id,
            trip_date=booking.day,
            departure_id=booking.departure_id,
            participant_count=booking.guests,
            status=ReservationStatus.ACTIVE,
            event_time=timezone.now(),
        )
        for booking in bookings
    ]


def _problem(conflict: ScheduleConflict, made: RandomDay) -> Problem:
    drafts = read_drafts(made.days)
    documents = {day: draft.document for day, draft in drafts.items()}
    span = Span(
        datetime.combine(made.days[0] - timedelta(days=2), time.min, UTC),
        datetime.combine(made.days[-1] + timedelta(days=3), time.min, UTC),
    )
    reached = set(made.facts.snapshot.days)
    return Problem(
        conflict_id=conflict.pk,
        conflict_type=ConflictType(conflict.conflict_type),
        details=conflict.details,
        documents=documents,
        revisions={day: draft.rev for day, draft in drafts.items()},
        shared=SharedFacts(made.facts, lambda facts, _: facts),
        entered=entries_on(reached),
        commitments=commitments_around(span),
        score=score_of,
        now=timezone.now(),
        around=read_around(documents, reached, span),
    )


def _try(option: Option, problem: Problem, conflict: ScheduleConflict, were: Mapping[str, DetectedConflict]) -> None:
    """Apply the option to copies, and compare what it does with what it says; `were`: the conflicts before it."""
    touched = departures_of(option.steps)
    before = dict(problem.documents)
    after = {**before, **build(option.steps, problem.documents, problem.making)}

    broken = _newly_broken(before, after, touched, problem)
    assert not broken, f"{option.description}: {broken}"

    are = _detected(after, problem)
    assert conflict.details["fingerprint"] not in are, option.description
    caused = [found for key, found in are.items() if key not in were]
    announced = [(caused.type, caused.severity, caused.description) for caused in option.figures.causes]
    assert sorted((c.type, c.severity, c.description) for c in caused) == sorted(announced), option.description

    silent = list(_unsaid(option.description, before, after, touched, problem))
    assert not silent, f"{option.description!r} does not say: {silent}"
    changed = {key for key in touched if _find(before, key) != _find(after, key)}
    assert option.figures.departures_changed == len(changed), option.description


def _newly_broken(before: Documents, after: Documents, touched: Iterable[UUID], problem: Problem) -> list[Finding]:
    """What the independent checker finds on the touched departures that it did not find before."""
    findings = []
    for day in after:
        here = [key for key in touched if key in after[day].departures]
        known = check_departures(_evidence(day, before, before, problem), here)
        found = check_departures(_evidence(day, after, before, problem), here)
        findings += [finding for finding in found if is_new_since(finding, known)]
    return findings


def _evidence(day: date, documents: Documents, before: Documents, problem: Problem) -> Evidence:
    engagements: dict[UUID, list[Engagement]] = {}
    for other, document in documents.items():
        for guide_id, engaged in engagements_in(document.departures, other).items():
            engagements.setdefault(guide_id, []).extend(engaged)
    return Evidence(
        day=day,
        snapshot=problem.facts.snapshot,
        departures=documents[day].departures,
        before=before[day].departures,
        elsewhere=[d for other, document in documents.items() if other != day for d in document.departures.values()],
        engagements=engagements,
        holds=holds_of(problem.facts),
    )


def _detected(documents: Documents, problem: Problem) -> dict[str, DetectedConflict]:
    """All conflicts of these documents, by fingerprint."""
    scopes = {day: DetectionScope(document, frozenset(document.departures)) for day, document in documents.items()}
    committed = [c for day, document in documents.items() for c in commitments_in(document, day, document.departures)]
    detection = detect_all(scopes, problem.facts, now=problem.now, commitments=by_guide(committed))
    return {conflict.fingerprint: conflict for conflict in detection.conflicts}


def _find(documents: Documents, key: UUID) -> tuple[date, Departure] | None:
    places = ((day, d) for day, document in documents.items() if (d := document.departures.get(key)))
    return next(places, None)


def _unsaid(text: str, before: Documents, after: Documents, touched: Iterable[UUID], problem: Problem) -> Iterable[str]:
    """What changes of the touched departures and is not in the text."""
    for key in touched:
        was, now = _find(before, key), _find(after, key)
        assert now is not None
        for word in _words_for(was[1] if was else None, now[1], problem):
            if word not in text:
                yield word


def _words_for(was: Departure | None, now: Departure, problem: Problem) -> Iterable[str]:
    """The words without which nobody could know of the difference."""
    snapshot = problem.facts.snapshot
    yield now.trip_name
    region = snapshot.regions[now.region_id]
    if was is None or was.starts_at != now.starts_at:
        yield f"{now.starts_at.astimezone(region.timezone):%H:%M}"
    if was is not None and was.trail_id != now.trail_id and now.trail_id:
        yield snapshot.trails[now.trail_id].name
    if was is not None and was.capacity != now.capacity:
        yield str(now.capacity)
    if was is not None and was.is_cancelled != now.is_cancelled:
        yield "cancel"
    left = sum(guests for key, guests in was.reservations.items() if key not in now.reservations) if was else 0
    if left:
        yield counted(left, "guest")
    names = {member.guide_id: member.guide_name for member in (*(was.team if was else ()), *now.team)}
    team_was = was.guide_ids if was else frozenset()
    if not now.is_cancelled:
        yield from (names[guide_id] for guide_id in team_was ^ now.guide_ids)
