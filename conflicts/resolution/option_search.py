"""Computing the options of a conflict: searched outside any transaction, then stored."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from math import ceil
from typing import Any
from uuid import UUID

import structlog
from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from conflicts.choices import EventKind
from conflicts.detection import Cause, ConflictType
from conflicts.history.recording import record
from conflicts.models import ScheduleConflict
from conflicts.monitoring.scene_loader import read_around
from conflicts.options import FORM, Option, accept_risk, options_in, stored_options
from conflicts.resolution.candidates import search_options, with_ids_of_their_own
from conflicts.resolution.changes import Documents, departures_among
from conflicts.resolution.facts import Certifier, Reading, TripReader, booking_times, score_of, waiting_guests
from conflicts.resolution.problem import Problem, SharedFacts
from conflicts.resolution.registry import registered_last_resorts, registered_searches, what_would_help
from conflicts.resolution.shared_reading import SharedReading, whole_days
from novatrek_scheduling.deadline import Deadline
from novatrek_scheduling.errors import Unavailable
from scheduling.daily_schedules.commitments import by_guide, commitments_around, commitments_in
from scheduling.daily_schedules.decision_facts import gather_facts, with_past_starts
from scheduling.daily_schedules.drafts import read_drafts
from scheduling.domain.document import Departure
from scheduling.domain.facts import Span
from scheduling.domain.limits import ONE_DAY
from scheduling.models import DailySchedule
from scheduling.rules import Commitment, EntriesByDate, Facts
from scheduling.snapshot import UnknownTrip

DAYS_AROUND = 3
OUTDATED_AT_ONCE = 50
WHAT_WOULD_HELP = "what_would_help"

logger = structlog.get_logger(__name__)


def compute_options(
    conflict: ScheduleConflict, *, deadline_seconds: float, shared: SharedReading | None = None
) -> list[Option]:
    """Search the options of a conflict on current facts and revisions, and store them with it, best first.

    The last option is to accept the risk, where a person may. It is the only one where no departure is left to plan, or
    the catalog no longer has the trip. Where a sibling that the search needs does not answer within `deadline_seconds`,
    those found before stay: applying one looks at the facts of that moment. The search itself takes at most
    `RESOLUTION_OPTIONS_SECONDS`: what it has found by then is offered. Where that is nothing, the last resorts are,
    and what would help is stored besides. What is `shared` with the searches for other conflicts is not read again.
    """
    shared = shared or SharedReading()
    rev = shared.once(conflict.schedule_id, lambda: _rev_of(conflict))
    searched = _search(conflict, deadline_seconds, shared)
    if searched is None:
        return options_in(conflict.details) or _acceptance(conflict)
    options = [*searched.options, *_acceptance(conflict)]
    details = stored_options(options, rev)
    if searched.what_would_help:
        details[WHAT_WOULD_HELP] = searched.what_would_help
    _store(conflict, details, searched.options)
    return options


@transaction.atomic
def _store(conflict: ScheduleConflict, details: Mapping[str, Any], searched: Collection[Option]) -> None:
    """Store the options, and in the history that they are others."""
    with connection.cursor() as cursor:
        # Only these keys: a concurrent detection may be writing the others.
        cursor.execute(
            "UPDATE schedule_conflicts SET details = (details - %s) || %s::jsonb"
            " WHERE conflict_id = %s AND NOT resolved",
            [WHAT_WOULD_HELP, json.dumps(details), conflict.pk],
        )
        is_stored = bool(cursor.rowcount)
    is_first = "options_rev" not in conflict.details
    before = {option["id"] for option in conflict.details.get("resolution_options", [])}
    are_others = before != {option["id"] for option in details["resolution_options"]}
    if is_stored and (is_first or are_others):
        found = [option.description for option in searched]
        record(EventKind.OPTIONS_COMPUTED, conflict, now=timezone.now(), options=found)
    conflict.details.pop(WHAT_WOULD_HELP, None)
    conflict.details |= details


def _rev_of(conflict: ScheduleConflict) -> int:
    return DailySchedule.objects.values_list("rev", flat=True).get(pk=conflict.schedule_id)


def _acceptance(conflict: ScheduleConflict) -> list[Option]:
    may_be_accepted = Cause(conflict.details["cause"]).may_be_accepted
    return [accept_risk(conflict.pk, conflict.details)] if may_be_accepted else []


def are_options_current(conflict: ScheduleConflict) -> bool:
    """True where the options were searched on the current revision of the conflict's daily schedule."""
    is_of_this_form = conflict.details.get("options_form") == FORM
    rev = conflict.details.get("options_rev")
    return is_of_this_form and DailySchedule.objects.filter(pk=conflict.schedule_id, rev=rev).exists()


def conflicts_without_options() -> list[ScheduleConflict]:
    """The open conflicts, some at a time, whose options were never searched, or are stored in an earlier form."""
    is_of_another_form = Q(details__options_form__isnull=True) | ~Q(details__options_form=FORM)
    lacking = ScheduleConflict.objects.open().filter(is_of_another_form)
    return list(lacking.order_by("-detected_at")[:OUTDATED_AT_ONCE])


@dataclass(frozen=True, slots=True)
class _Searched:
    """What a search found; `what_would_help` has sentences on changes outside of the plan, where it found nothing."""

    options: list[Option]
    what_would_help: list[str] = field(default_factory=list)


def _search(conflict: ScheduleConflict, deadline_seconds: float, shared: SharedReading) -> _Searched | None:
    """Search the options; None where the facts that the search needs cannot be read."""
    try:
        problem = state_problem(conflict, deadline_seconds=deadline_seconds, shared=shared)
    except Unavailable as error:
        logger.warning("options_not_computed", conflict_id=str(conflict.pk), reason=str(error))
        return None
    except UnknownTrip as error:
        logger.warning("options_not_possible", conflict_id=str(conflict.pk), reason=str(error))
        return _Searched([])
    if problem is None:
        return _Searched([])
    deadline = Deadline.after(settings.RESOLUTION_OPTIONS_SECONDS)
    options = with_ids_of_their_own(search_options(problem, registered_searches(), deadline))
    if options:
        return _Searched(options)
    helping = [] if deadline.has_passed else what_would_help(problem)
    # They take little time, and are asked after the deadline, too.
    last = Deadline.after(settings.RESOLUTION_OPTIONS_SECONDS)
    return _Searched(with_ids_of_their_own(search_options(problem, registered_last_resorts(), last)), helping)


def state_problem(
    conflict: ScheduleConflict,
    *,
    deadline_seconds: float,
    shared: SharedReading | None = None,
    planned: Documents | None = None,
) -> Problem | None:
    """Read the facts around a conflict; None where all its departures are over.

    `planned` are documents as others will have changed them before: they stand for those of their dates.
    Raises SiblingUnavailable, and UnknownTrip where the catalog no longer has the trip.
    """
    now, shared = timezone.now(), shared or SharedReading()
    listed = _listed_day(conflict)
    window = sorted({*_days_around(conflict.day, now), *([listed] if listed else [])})
    drafts = shared.once(("drafts", *window), lambda: read_drafts(window))
    stored = {day: draft.document for day, draft in drafts.items()}
    documents = stored | {day: document for day, document in (planned or {}).items() if day in stored}
    about = _departures_of(conflict, documents)
    remaining = [departure for departure in about if departure.ends_at > now]
    if not remaining:
        return None
    ends = max(departure.ends_at for departure in remaining).date()
    days = {*window, *(conflict.day + timedelta(days=n) for n in range((ends - conflict.day).days + 1))}
    reached = frozenset(day + timedelta(days=n) for day in days for n in range(DAYS_AROUND + 1))
    span = _span_over(remaining, listed)
    around = shared.once(("around", *window, reached, span), lambda: read_around(stored, reached, span))
    return Problem(
        conflict_id=conflict.pk,
        conflict_type=ConflictType(conflict.conflict_type),
        details=conflict.details,
        documents=documents,
        revisions={day: draft.rev for day, draft in drafts.items()},
        shared=_facts_for(Reading.about(remaining, days), documents, deadline_seconds, shared),
        entered=shared.once(
            ("entries", *window, reached, span), lambda: EntriesByDate({day: around.entries.on(day) for day in reached})
        ),
        commitments=_with_planned(shared.once(("commitments", span), lambda: commitments_around(span)), planned or {}),
        score=score_of,
        now=now,
        waiting=waiting_guests(_waiting_in(conflict)),
        around=replace(around, documents=documents),
        booked=booking_times(remaining),
        kept=shared,
    )


def _with_planned(
    stored: Mapping[UUID, tuple[Commitment, ...]], planned: Documents
) -> Mapping[UUID, tuple[Commitment, ...]]:
    """The stored commitments, with those of the planned documents in place of their dates'."""
    if not planned:
        return stored
    others = [c for held in stored.values() for c in held if c.day not in planned]
    for day, document in planned.items():
        others += commitments_in(document, day, document.departures)
    return by_guide(others)


def _facts_for(reading: Reading, documents: Documents, deadline_seconds: float, shared: SharedReading) -> SharedFacts:
    """Return the facts of a reading, with what other conflicts needed besides; more is read until the deadline.

    The certificates of the teams that all these conflicts are about are read with it, at once.
    """

    def read() -> SharedFacts:
        facts = _read(reading, deadline_seconds)
        certify = Certifier(Deadline.after(deadline_seconds))
        return SharedFacts(certify(facts, _guides_of(reading, documents, shared.about)), certify)

    before = shared.once(reading, read)
    deadline = Deadline.after(deadline_seconds)
    certify, read_trips = Certifier(deadline), TripReader(deadline)
    # What no time was left for in the search before is asked for again.
    certified = set(before.known.snapshot.certificates)
    return shared.keep(reading, SharedFacts(before.known, certify, certified, read_trips))


def _guides_of(reading: Reading, documents: Documents, departure_ids: Collection[UUID]) -> set[UUID]:
    """Return the guides on the teams of these departures, as far as the reading knows the departures."""
    return {
        guide_id
        for document in documents.values()
        for departure in departures_among(document, departure_ids)
        if reading.covers(departure)
        for guide_id in departure.guide_ids
    }


def _read(reading: Reading, deadline_seconds: float) -> Facts:
    snapshot = reading.take(deadline_seconds=deadline_seconds)
    return with_past_starts(gather_facts(snapshot), snapshot.trips.keys())


def _days_around(day: date, now: datetime) -> list[date]:
    window = (day + timedelta(days=n) for n in range(-DAYS_AROUND, DAYS_AROUND + 1))
    return [other for other in window if other >= now.date() or other == day]


def _listed_day(conflict: ScheduleConflict) -> date | None:
    """The date on which the catalog lists the departure, where the conflict is about that."""
    listed = conflict.details.get("evidence", {}).get("told", {}).get("listed")
    return date.fromisoformat(listed["schedule_date"]) if listed else None


def _departures_of(conflict: ScheduleConflict, documents: Documents) -> list[Departure]:
    """The conflict's departures, and those on the same trail on its date; of guests who wait, those of their trip."""
    about, trails = conflict.departure_ids, _ids(conflict, "affected_trail_ids")
    trips = frozenset() if about else _ids(conflict, "affected_trip_ids")
    found = []
    for day, document in documents.items():
        departures = document.departures
        keys = about & departures.keys()
        if trips or (trails and day == conflict.day):
            on_trails = trails if day == conflict.day else frozenset()
            keys |= {key for key, d in departures.items() if d.trip_id in trips or d.trail_id in on_trails}
        found += [departures[key] for key in sorted(keys)]
    return found


def _ids(conflict: ScheduleConflict, name: str) -> frozenset[UUID]:
    return frozenset(map(UUID, conflict.details.get(name, [])))


def _waiting_in(conflict: ScheduleConflict) -> list[UUID]:
    """The reservations that the conflict names: those of guests without a place."""
    if conflict.details["cause"] != Cause.GUESTS_WITHOUT_PLACE:
        return []
    return [UUID(key) for key in conflict.details["evidence"]["told"].get("reservations", {})]


def _span_over(departures: Collection[Departure], listed: date | None) -> Span:
    """The span within which any of these departures could be rescheduled, to a date that the catalog lists too.

    In whole days: what is around departures of one date is read once, whatever their hours are.
    """
    longest = max(departure.ends_at - departure.starts_at for departure in departures)
    margin = timedelta(days=DAYS_AROUND + 1)
    first, last = min(d.starts_at for d in departures), max(d.ends_at for d in departures)
    if listed:
        midnight = datetime.combine(listed, time.min, UTC)
        first, last = min(first, midnight), max(last, midnight + longest)
    days = whole_days(Span(first - margin, last + margin))
    return Span(days.starts_at, days.ends_at + ceil(longest / ONE_DAY) * ONE_DAY)
