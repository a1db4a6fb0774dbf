"""The ways out of a conflict with the catalog, over the API: to follow it, and to keep what people were told."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test.client import Client
from django.utils import timezone

from conflicts.choices import Strategy
from conflicts.detection import Cause
from conflicts.models import ScheduleConflict
from conflicts.options import Option
from conflicts.resolution.bulk import resolve_conflicts
from conflicts.resolution.bulk_planning import TO_ACCEPT, Choice
from conflicts.resolution.option_search import compute_options
from events.models import OutboxMessage
from scheduling.daily_schedules.departure_dates import dates_of
from scheduling.domain.document import DepartureStatus
from scheduling.models import GuideCommitment, Reservation, ReservationStatus
from scheduling.publication.services import publish_departures
from tests.factories import DISPATCHER
from tests.optimization.days import catalog_edits as edits
from tests.optimization.days.catalog_edits import Edit, PlannedRegion, local_start, plan_a_region
from tests.scheduling.writes import enter
from tests.siblings import SimulatedSiblings
from tests.tokens import bearer

NOTED = {"operator_notes": "agreed by phone", "override_warnings": True}
URL = "/scheduling/v1/schedule-conflicts/resolve"
TOLD: list[Edit] = [
    edits.moved_in_time,
    edits.moved_to_the_next_date,
    edits.made_longer,
    edits.cancelled,
    edits.deleted,
    edits.suspended,
    edits.without_its_trip,
]
EACH_TOLD = pytest.mark.parametrize("edit", TOLD, ids=lambda edit: edit.__name__)


@pytest.fixture
def region(request: pytest.FixtureRequest, db: None, siblings: SimulatedSiblings) -> PlannedRegion:
    region = plan_a_region(siblings, getattr(request, "param", 0))
    region.publish()
    return region


def conflict_of(region: PlannedRegion, edit: Edit) -> tuple[UUID, ScheduleConflict]:
    """The catalog edits a published departure, and the next optimization finds it."""
    key = region.staffed()[0]
    edit(region, key)
    region.optimize()
    return key, conflict_about(key)


def conflict_about(key: UUID) -> ScheduleConflict:
    causes = [cause.value for cause in Cause if cause.is_of_the_catalog]
    return ScheduleConflict.objects.open().get(details__departure_ids=[str(key)], details__cause__in=causes)


def option_of(conflict: ScheduleConflict, strategy: Strategy) -> Option:
    [option] = [o for o in compute_options(conflict, deadline_seconds=20) if o.strategy is strategy]
    return option


def resolve(client: Client, conflict: ScheduleConflict, option: Option, **body: Any) -> Any:
    body = {"conflict_id": str(conflict.pk), "selected_resolution_id": str(option.id)} | body
    return client.post(
        URL, body, content_type="application/json", headers=bearer(("scheduling:resolve", "scheduling:override"))
    )


def follow(client: Client, conflict: ScheduleConflict) -> None:
    answer = resolve(client, conflict, option_of(conflict, Strategy.RESCHEDULE_TRIP), override_warnings=True)
    assert answer.status_code == 200, answer.json()


def keep(client: Client, conflict: ScheduleConflict) -> None:
    answer = resolve(
        client,
        conflict,
        option_of(conflict, Strategy.ACCEPT_RISK),
        operator_notes="agreed by phone",
        override_warnings=True,
    )
    assert answer.status_code == 200, answer.json()


@EACH_TOLD
def test_what_is_kept_is_no_conflict_until_the_catalog_changes_again(
    region: PlannedRegion, client: Client, edit: Edit
) -> None:
    key, conflict = conflict_of(region, edit)
    before = region.departure(key)

    keep(client, conflict)
    region.optimize()
    region.optimize(region.day + timedelta(days=1))

    after = region.departure(key)
    assert dates_of([key]) == {key: region.day}
    assert (after.starts_at, after.ends_at, after.status) == (before.starts_at, before.ends_at, before.status)
    assert not ScheduleConflict.objects.open().filter(details__departure_ids=[str(key)]).exists()


def test_what_was_kept_is_a_conflict_again_once_the_catalog_changes(region: PlannedRegion, client: Client) -> None:
    key, conflict = conflict_of(region, edits.moved_in_time)
    keep(client, conflict)

    edits.moved_in_time(region, key)
    region.optimize()

    assert conflict_about(key).pk != conflict.pk


def test_following_puts_the_departure_at_the_time_of_the_catalog_with_a_team(
    region: PlannedRegion, client: Client
) -> None:
    key, conflict = conflict_of(region, edits.moved_in_time)

    follow(client, conflict)

    after = region.departure(key)
    assert f"{local_start(after):%H:%M}" == region.sold(key)["departure_time"]
    assert after.team
    assert after.has_unpublished_changes
    assert not ScheduleConflict.objects.open().filter(details__departure_ids=[str(key)]).exists()


@pytest.mark.parametrize("region", [0, 5], indirect=True)
def test_following_to_another_date_takes_everything_along(region: PlannedRegion, client: Client) -> None:
    key, conflict = conflict_of(region, edits.moved_to_the_next_date)
    guest = Reservation.objects.create(
        reservation_id=uuid4(),
        trip_id=UUID(region.trip_of(key)),
        departure_id=key,
        trip_date=region.day,
        status=ReservationStatus.ACTIVE,
        event_time=timezone.now(),
    )
    next_day = region.day + timedelta(days=1)

    follow(client, conflict)

    after = region.departure(key)
    guest.refresh_from_db()
    assert dates_of([key]) == {key: next_day}
    assert local_start(after).date() == next_day
    assert (guest.departure_id, after.reservations) == (key, {guest.pk: 1})
    assert set(GuideCommitment.objects.filter(departure_id=key).values_list("schedule_date", flat=True)) <= {next_day}
    assert not OutboxMessage.objects.filter(destination="svc-trip-catalog").exists()
    # Neither date's optimization adds it again or finds a difference.
    region.optimize()
    region.optimize(next_day)
    assert dates_of([key]) == {key: next_day}
    assert (
        not ScheduleConflict.objects.open()
        .filter(details__departure_ids=[str(key)], details__cause=Cause.CATALOG_MOVED)
        .exists()
    )


@pytest.mark.parametrize("edit", TOLD[3:], ids=lambda edit: edit.__name__)
def test_following_a_cancellation_tells_the_guides_once_it_is_published(
    region: PlannedRegion, client: Client, edit: Edit
) -> None:
    key, conflict = conflict_of(region, edit)
    guides = {str(guide_id) for guide_id in region.departure(key).guide_ids}

    follow(client, conflict)
    assert region.departure(key).status is DepartureStatus.CANCELLED
    assert not GuideCommitment.objects.filter(departure_id=key).exists()
    publish_departures(region.day, author=DISPATCHER, by_machine=False, departure_ids=[key])

    notices = OutboxMessage.objects.filter(kind="guide.cancelled")
    assert {notice.payload["body"]["recipient_id"] for notice in notices} == guides


def test_an_option_is_refused_when_the_catalog_has_changed_again(region: PlannedRegion, client: Client) -> None:
    key, conflict = conflict_of(region, edits.moved_in_time)
    to_follow = option_of(conflict, Strategy.RESCHEDULE_TRIP)
    to_keep = option_of(conflict, Strategy.ACCEPT_RISK)
    read = conflict.details

    edits.moved_in_time(region, key)
    region.optimize()
    ScheduleConflict.objects.filter(pk=conflict.pk).update(details=read)  # as it was read before

    notes = {"operator_notes": "agreed by phone", "override_warnings": True}
    answers = [resolve(client, conflict, option, **notes) for option in (to_follow, to_keep)]
    assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [
        (409, "RESOLUTION_NOT_APPLICABLE")
    ] * 2


def test_the_catalogs_date_is_offered_without_a_team_where_nobody_can_go(region: PlannedRegion, client: Client) -> None:
    """A departure that people were told of would have no guides: a person has to want that."""
    key, conflict = conflict_of(region, edits.moved_to_the_next_date)
    next_day = region.day + timedelta(days=1)
    for guide_id in region.siblings.summary()["guide_ids"]:
        enter(UUID(guide_id), next_day, restrictions=[{"kind": "NO_GUIDING"}])
    option = option_of(conflict, Strategy.RESCHEDULE_TRIP)

    [among_many] = resolve_conflicts([Choice(conflict.pk)], by="ana")
    refused = resolve(client, conflict, option)
    assert among_many.refusal == TO_ACCEPT.format(option.figures.causes[0].description)
    assert (refused.status_code, refused.json()["code"]) == (409, "SECONDARY_CONFLICTS")
    accepted = resolve(client, conflict, option, override_warnings=True)

    assert accepted.status_code == 200
    departure = region.departure(key)
    assert departure.team == []
    assert departure.unassigned_reason
    assert departure.unassigned_reason.code == "MOVED_BY_CATALOG"
    assert accepted.json()["new_conflicts_created"]
