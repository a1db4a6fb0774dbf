"""What a guide enters against a departure that people were told of is a conflict in the same transaction."""

from typing import Any
from uuid import UUID

import pytest
from django.db import connection, transaction

from conflicts.detection import Cause
from conflicts.models import ScheduleConflict
from scheduling.domain.document import DepartureStatus
from tests.ntk_10004.incident import Incident, group_size_override, medical_restriction, training_day, vacation


def published_lead(scene: Incident) -> tuple[UUID, UUID]:
    """A departure that people were told of, and the guide who leads it alone."""
    key, departure = scene.staffed()[0]
    scene.publish(key)
    return key, departure.team[0].guide_id


def entries_against(scene: Incident, departure_id: UUID) -> dict[Cause, dict[str, Any]]:
    departure = scene.departures[departure_id]
    return {
        Cause.AVAILABILITY_EXCEPTION: vacation(scene.day),
        Cause.RESTRICTION: medical_restriction(departure.activity_type),
        Cause.TEAM_GROUP_SIZE: group_size_override(departure.participants - 1),
    }


@pytest.mark.django_db
@pytest.mark.parametrize("cause", [Cause.AVAILABILITY_EXCEPTION, Cause.RESTRICTION, Cause.TEAM_GROUP_SIZE])
def test_an_entry_against_a_published_departure_is_a_conflict_until_it_is_withdrawn(
    scene: Incident, cause: Cause
) -> None:
    key, guide = published_lead(scene)
    entry = entries_against(scene, key)[cause]

    scene.guides_enter(guide, entry)

    conflict = ScheduleConflict.objects.open().get(details__cause=cause, details__departure_ids=[str(key)])
    assert guide in scene.departures[key].guide_ids

    scene.guides_enter(guide, None)

    conflict.refresh_from_db()
    assert conflict.resolved
    assert not ScheduleConflict.objects.open().filter(details__cause=cause).exists()


@pytest.mark.django_db(transaction=True)
def test_the_conflict_and_the_entry_are_written_by_one_transaction(scene: Incident) -> None:
    _, guide = published_lead(scene)

    scene.guides_enter(guide, training_day(scene.day))

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT schedule.xmin = conflict.xmin FROM daily_schedules schedule"
            " JOIN schedule_conflicts conflict USING (schedule_id)"
            " WHERE conflict.details ->> 'cause' = 'AVAILABILITY_EXCEPTION'"
        )
        assert set(cursor.fetchall()) == {(True,)}


@pytest.mark.django_db
def test_an_entry_that_is_rolled_back_leaves_no_conflict(scene: Incident) -> None:
    _, guide = published_lead(scene)

    with pytest.raises(RuntimeError):
        _enter_and_fail(scene, guide)

    assert (scene.entered, scene.open_conflicts(guide)) == ({}, [])


@transaction.atomic
def _enter_and_fail(scene: Incident, guide: UUID) -> None:
    scene.guides_enter(guide, vacation(scene.day))
    assert scene.open_conflicts(guide)
    raise RuntimeError


@pytest.mark.django_db
@pytest.mark.parametrize("by_night", [True, False])
def test_the_next_optimization_takes_the_guide_off_a_published_departure(scene: Incident, by_night: bool) -> None:
    key, guide = published_lead(scene)
    scene.guides_enter(guide, vacation(scene.day))
    assert scene.open_conflicts(guide)

    if by_night:
        scene.optimize_at_night()
    else:
        scene.optimize_on_demand()

    departure = scene.departures[key]
    assert guide not in departure.guide_ids
    assert (departure.status, departure.has_unpublished_changes) == (DepartureStatus.PUBLISHED, True)
    assert departure.published
    assert departure.published.guide_ids == [guide]
    assert not scene.open_conflicts(guide)
