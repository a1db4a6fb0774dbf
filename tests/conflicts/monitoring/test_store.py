import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from django.db import connection, transaction
from django.utils import timezone

from conflicts.detection import Cause, DetectedConflict, Scene, Severity, detect
from conflicts.models import ConflictResolution, RiskAcceptance, ScheduleConflict
from conflicts.monitoring.services import detect_on
from conflicts.monitoring.store import store_conflicts
from scheduling.daily_schedules.authors import Author, AuthorKind
from scheduling.daily_schedules.drafts import Draft
from scheduling.daily_schedules.writer import write_daily_schedules
from scheduling.domain.document import AvailabilityException, DepartureStatus, GuideAdjustments, ScheduleDocument
from scheduling.domain.facts import Location, Span, WeatherAlert
from scheduling.hazards import WildlifeAlert, record_wildlife_alert, release_hazard
from scheduling.models import Hazard
from scheduling.rules import Facts
from tests.conflicts.factories import IN_THREE_DAYS, overfull, put
from tests.factories import REGION_ID, TOMORROW, DepartureFactory, GuideFactory, TrailFactory, at, facts_of, lead

OPEN = ScheduleConflict.objects.open


def detected(**fields: object) -> DetectedConflict:
    document = ScheduleDocument(departures={uuid4(): DepartureFactory(participants=16, capacity=10, **fields)})
    [conflict] = detect(Scene(TOMORROW, document, at(9) - timedelta(days=7)), document.departures).conflicts
    return conflict


@pytest.mark.django_db
def test_a_write_stores_what_it_breaks() -> None:
    conflict = overfull(IN_THREE_DAYS)

    assert conflict.details["severity"] == "MEDIUM"
    assert conflict.details["conflict_date"] == IN_THREE_DAYS.isoformat()
    assert [option["strategy"] for option in conflict.details["resolution_options"]] == ["ACCEPT_RISK"]


@pytest.mark.django_db
def test_a_write_judges_by_the_hours_that_are_left() -> None:
    soon = timezone.now() + timedelta(hours=2)

    conflict = overfull(soon.date(), starts_at=soon, ends_at=soon + timedelta(hours=3))

    assert conflict.details["severity"] == "CRITICAL"


@pytest.mark.django_db
def test_the_same_facts_again_update_the_conflict_and_never_double_it() -> None:
    first = overfull()
    departure = first.details["departure_ids"][0]

    put(departure, participants=20, capacity=10)

    [again] = OPEN()
    assert again.pk == first.pk
    assert again.details["evidence"]["told"]["people"] == 20
    assert again.detected_at == first.detected_at
    assert again.details["resolution_options"] == first.details["resolution_options"]


def found_again(conflict: DetectedConflict, *, after: timedelta, **changes: object) -> ScheduleConflict:
    """What is stored when it is found again on a reading of that much later."""
    now = timezone.now()
    for moment, found in ((now, conflict), (now + after, replace(conflict, **changes))):  # type: ignore[arg-type]
        stored = store_conflicts([replace(found, read_at={"svc-weather": moment.isoformat()})], now=moment)
    assert stored.by_fingerprint == {conflict.fingerprint: OPEN().get().pk}
    return OPEN().get()


def read_ago(conflict: ScheduleConflict) -> timedelta:
    return timezone.now() - datetime.fromisoformat(conflict.details["evidence"]["read_at"]["svc-weather"])


@pytest.mark.django_db
def test_what_is_still_so_is_not_written_again_for_the_time_of_reading_alone() -> None:
    put(uuid4())

    stored = found_again(detected(), after=timedelta(minutes=5))

    assert abs(read_ago(stored)) < timedelta(minutes=1)


@pytest.mark.django_db
def test_evidence_of_an_hour_ago_is_renewed() -> None:
    put(uuid4())

    stored = found_again(detected(), after=timedelta(minutes=61))

    assert read_ago(stored) < -timedelta(minutes=60)


@pytest.mark.django_db
def test_what_changed_is_written_with_its_time_and_what_it_has_no_more_is_gone() -> None:
    put(uuid4())

    stored = found_again(detected(), after=timedelta(minutes=5), description="Other words.", trip_ids=())

    assert stored.details["description"] == "Other words."
    assert "affected_trip_ids" not in stored.details
    assert read_ago(stored) < -timedelta(minutes=4)


@pytest.mark.django_db(transaction=True)
def test_two_writers_who_find_the_same_at_once_store_it_once() -> None:
    put(uuid4())
    conflict, together = detected(), threading.Barrier(2)

    def store(_: int) -> int:
        together.wait(timeout=30)
        with transaction.atomic():
            new = store_conflicts([conflict], now=timezone.now()).new
        connection.close()
        return len(new)

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(store, range(2))) == [0, 1]
    assert OPEN().count() == 1


@pytest.mark.django_db
def test_fewer_guests_clear_a_capacity_conflict() -> None:
    conflict = overfull()

    put(conflict.details["departure_ids"][0], participants=8, capacity=10)

    cleared = ConflictResolution.objects.get(conflict=conflict)
    assert not OPEN().exists()
    assert (cleared.resolved_by, cleared.notes) == ("system", "cleared: the departure has 8 guests now")


def alerted(*, is_active: bool = True, unread: frozenset[UUID] = frozenset()) -> Facts:
    facts = facts_of()
    alert = WeatherAlert(uuid4(), REGION_ID, "WARNING", "gale", Span(at(8), at(11)), frozenset(), is_active)
    return facts.with_snapshot(replace(facts.snapshot, alerts={REGION_ID: (alert,)}, unread_weather=unread))


@pytest.mark.django_db
def test_a_conflict_stays_while_its_source_does_not_answer() -> None:
    put(uuid4())
    detect_on([TOMORROW], alerted())

    detect_on([TOMORROW], alerted(is_active=False, unread=frozenset({REGION_ID})))
    assert OPEN().count() == 1

    # Of another region it may be silent still.
    detect_on([TOMORROW], alerted(is_active=False, unread=frozenset({uuid4()})))
    assert not OPEN().exists()


@pytest.mark.django_db
def test_a_write_without_facts_leaves_what_siblings_said() -> None:
    departure = put(uuid4())
    detect_on([TOMORROW], alerted())

    put(departure, participants=7)

    assert OPEN().get().conflict_type == "WEATHER_ALERT"


@pytest.mark.django_db
def test_a_cancelled_departure_has_no_conflicts_but_that_of_its_guests() -> None:
    conflict = overfull()
    departure = conflict.details["departure_ids"][0]

    put(departure, participants=16, capacity=10, status=DepartureStatus.CANCELLED)
    assert OPEN().get().details["cause"] == Cause.GUESTS_WITHOUT_PLACE

    put(departure, participants=0, capacity=10, status=DepartureStatus.CANCELLED)
    assert not OPEN().exists()


@pytest.mark.django_db
def test_another_trail_leaves_the_closed_one_behind() -> None:
    trail, departure = TrailFactory(status="CLOSED"), uuid4()
    put(departure, trail_id=trail.id)
    detect_on([TOMORROW], facts_of(trails=[trail]))
    assert OPEN().get().conflict_type == "TRAIL_CLOSED"

    put(departure, trail_id=uuid4())

    assert not OPEN().exists()


@pytest.mark.django_db
def test_a_departure_that_left_a_dangerous_trail_does_not_end_the_danger() -> None:
    trail, other, departure = TrailFactory(), TrailFactory(name="River"), uuid4()
    put(departure, trail_id=trail.id)
    record_wildlife_alert(WildlifeAlert(uuid4(), "grizzly", "extreme", (trail.id,), None, timezone.now(), None))
    [conflict] = OPEN()

    put(departure, trail_id=other.id, facts=facts_of(trails=[trail, other]))

    assert ConflictResolution.objects.get(conflict=conflict).notes == "cleared: the departure is on River now"


@pytest.mark.django_db
def test_a_conflict_that_was_found_on_a_later_reading_is_not_ended_by_an_earlier_one() -> None:
    trail = TrailFactory()
    put(uuid4(), trail_id=trail.id)
    earlier = facts_of(trails=[trail])
    detect_on([TOMORROW], facts_of(trails=[replace(trail, status="CLOSED")]))

    detect_on([TOMORROW], earlier)
    assert OPEN().get().details["cause"] == Cause.TRAIL

    detect_on([TOMORROW], facts_of(trails=[trail]))
    assert not OPEN().exists()


@pytest.mark.django_db
def test_what_a_guide_enters_is_judged_at_once() -> None:
    guide = GuideFactory()
    put(uuid4(), team=[lead(guide)])
    away = AvailabilityException.model_validate({"from": TOMORROW, "to": TOMORROW, "reason": "training"})

    def enter(drafts: Mapping[date, Draft]) -> None:
        drafts[TOMORROW].document.guide_adjustments[guide.id] = GuideAdjustments(availability_exceptions=[away])

    owner = Author(AuthorKind.GUIDE_MANAGEMENT, "svc-guide-management")
    write_daily_schedules([TOMORROW], enter, author=owner, principal="svc-guide-management")

    assert OPEN().get().details["cause"] == "AVAILABILITY_EXCEPTION"


@pytest.mark.django_db
def test_overlap_across_dates_is_one_conflict_of_the_earlier_date() -> None:
    guide, next_day = GuideFactory(), TOMORROW + timedelta(days=1)
    put(uuid4(), team=[lead(guide)], starts_at=at(20), ends_at=at(4, day=next_day))

    put(uuid4(), next_day, team=[lead(guide)], starts_at=at(3, day=next_day), ends_at=at(6, day=next_day))

    conflict = OPEN().get()
    assert conflict.details["cause"] == "OVERLAP"
    assert (conflict.schedule.schedule_date, len(conflict.details["departure_ids"])) == (TOMORROW, 2)


@pytest.mark.django_db
def test_a_wildlife_alert_raises_conflicts_and_its_release_clears_them() -> None:
    trail_id = uuid4()
    put(uuid4(), trail_id=trail_id)
    alert = WildlifeAlert(uuid4(), "grizzly", "extreme", (trail_id,), None, timezone.now(), None)

    record_wildlife_alert(alert)
    assert OPEN().get().details["severity"] == "CRITICAL"

    release_hazard(Hazard.objects.get(), by="ana")
    assert not OPEN().exists()


@pytest.mark.django_db
def test_a_hazard_concerns_those_at_once_who_are_out_since_days() -> None:
    trail_id, days_ago = uuid4(), TOMORROW - timedelta(days=5)
    key = put(
        uuid4(),
        days_ago,
        trail_id=trail_id,
        team=[lead(GuideFactory())],
        starts_at=at(8, day=days_ago),
        ends_at=at(18, day=TOMORROW),
    )

    record_wildlife_alert(WildlifeAlert(uuid4(), "grizzly", "extreme", (trail_id,), None, timezone.now(), None))

    dangers = OPEN().filter(details__cause="TRAIL_HAZARD")
    assert [conflict.details["departure_ids"] for conflict in dangers] == [[str(key)]]


@pytest.mark.django_db
def test_an_accepted_risk_is_silent_until_it_is_worse_or_other() -> None:
    put(uuid4())
    conflict = detected()
    store_conflicts([conflict], now=timezone.now())
    accepted = OPEN().get()
    accepted.resolved = True
    accepted.save(update_fields=["resolved"])
    RiskAcceptance.objects.create(
        conflict=accepted,
        fingerprint=conflict.fingerprint,
        severity=conflict.severity,
        evidence_digest=conflict.evidence_digest,
        owner="ana",
        reason="a small group",
        expires_at=timezone.now() + timedelta(days=2),
    )

    assert not store_conflicts([conflict], now=timezone.now()).new
    assert store_conflicts([replace(conflict, severity=Severity.CRITICAL)], now=timezone.now()).new
    OPEN().update(resolved=True)
    assert store_conflicts([replace(conflict, evidence={"people": 30})], now=timezone.now()).new
    OPEN().update(resolved=True)
    assert store_conflicts([conflict], now=timezone.now() + timedelta(days=3)).new


@pytest.mark.django_db
def test_room_at_a_base_camp_on_one_date_clears_nothing_of_another() -> None:
    camp, next_day = Location(uuid4(), REGION_ID, 10), TOMORROW + timedelta(days=1)
    guides = [GuideFactory() for _ in range(3)]
    crowd, later = guides[:2], guides[2]
    for guide in crowd:
        put(uuid4(), team=[lead(guide)], location_id=camp.id, participants=8)
    later_times = {"starts_at": at(9, day=next_day), "ends_at": at(12, day=next_day)}
    put(uuid4(), next_day, team=[lead(later)], location_id=camp.id, participants=8, **later_times)
    facts = facts_of(guides=guides, base_camp=camp, days=[TOMORROW, next_day])
    detect_on([TOMORROW], facts)
    [crowding] = OPEN().filter(details__cause=Cause.LOCATION_CAPACITY)

    detect_on([next_day], facts)

    crowding.refresh_from_db()
    assert not crowding.resolved
