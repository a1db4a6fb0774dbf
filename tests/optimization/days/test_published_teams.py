"""A machine does not empty a date on a sibling's bad day; what people entered and accepted is another matter."""

from collections.abc import Collection
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.cache import caches
from django.core.management import call_command
from django.core.management.base import CommandError

from events.models import OutboxMessage
from optimization.days.clusters import clusters_of
from optimization.days.refusal import PlanRefused
from optimization.days.services import optimize_day, take_planning_snapshot
from optimization.models import OptimizationRun, RunStatus
from optimization.tasks import optimize_cluster_task
from scheduling.daily_schedules.authors import Author, AuthorKind
from scheduling.domain.document import Announcement, DepartureStatus
from scheduling.domain.facts import Guide
from scheduling.models import DailySchedule
from scheduling.publication.services import publish_departures
from tests.factories import (
    DISPATCHER,
    REGION_ID,
    TOMORROW,
    DepartureFactory,
    GuideFactory,
    TripFactory,
    lead,
    snapshot_of,
)
from tests.scheduling.writes import enter, put, stored
from tests.siblings import SimulatedSiblings

pytestmark = pytest.mark.django_db

NIGHT = Author(AuthorKind.NIGHTLY_OPTIMIZATION, "optimizer", "night")
TRIP = TripFactory(required_certifications=frozenset())
GUIDES = [GuideFactory(name=f"Guide {number}") for number in range(6)]
KEYS = [uuid4() for _ in GUIDES]


@pytest.fixture
def six_announced() -> None:
    """Six departures at one time, each published with a guide of its own."""
    for key, guide in zip(KEYS, GUIDES, strict=True):
        departure = DepartureFactory(trip_id=TRIP.id, team=[lead(guide)], reservations={uuid4(): 8})
        departure.status = DepartureStatus.PUBLISHED
        departure.published = Announcement(
            guide_ids=[guide.id], starts_at=departure.starts_at, ends_at=departure.ends_at
        )
        put({key: departure})


def plan_with(guides: Collection[Guide], *, may_unstaff: bool = False) -> None:
    facts = snapshot_of(guides=guides, trips=[TRIP], days=[TOMORROW])
    optimize_day(TOMORROW, [REGION_ID], author=NIGHT, snapshot=facts, may_unstaff=may_unstaff)


def staffed() -> int:
    return len([departure for departure in stored().values() if departure.team])


@pytest.mark.usefixtures("six_announced")
@pytest.mark.parametrize("left", [0, 3])
def test_a_plan_that_takes_the_teams_of_more_than_two_published_departures_is_refused(left: int) -> None:
    before = DailySchedule.objects.get()

    with pytest.raises(PlanRefused) as refused:
        plan_with(GUIDES[:left])

    after, run = DailySchedule.objects.get(), OptimizationRun.objects.get()
    assert refused.value.rules == ("PUBLISHED_TEAMS",)
    assert (after.rev, after.assignments) == (before.rev, before.assignments)
    assert run.status == RunStatus.FAILED
    [alert] = OutboxMessage.objects.filter(kind="operations.alert")
    reason = alert.payload["body"]["variables"]["reason"]
    assert f"{6 - left} of 6 published departures would be without the team that was announced" in reason


@pytest.mark.usefixtures("six_announced")
def test_a_dry_run_is_refused_as_the_write_would_be_and_alerts_nobody() -> None:
    facts = snapshot_of(guides=[], trips=[TRIP], days=[TOMORROW])

    with pytest.raises(PlanRefused, match="6 of 6 published departures"):
        optimize_day(TOMORROW, [REGION_ID], author=NIGHT, snapshot=facts, dry_run=True)

    assert not OutboxMessage.objects.filter(kind="operations.alert").exists()


@pytest.mark.usefixtures("six_announced")
def test_two_may_lose_their_teams() -> None:
    plan_with(GUIDES[:4])

    assert staffed() == 4


@pytest.mark.usefixtures("six_announced")
def test_a_fault_that_lasts_for_several_nights_does_not_empty_the_date_by_and_by() -> None:
    plan_with(GUIDES[:4])

    with pytest.raises(PlanRefused):
        plan_with(GUIDES[:3])

    assert staffed() == 4


@pytest.mark.usefixtures("six_announced")
def test_a_plan_that_brings_teams_back_is_never_refused() -> None:
    plan_with(GUIDES[:2], may_unstaff=True)

    plan_with(GUIDES[:3])

    assert staffed() == 3


@pytest.mark.usefixtures("six_announced")
def test_departures_whose_guides_entered_an_absence_do_not_count() -> None:
    for guide in GUIDES[:4]:
        enter(guide.id, availability_exceptions=[{"from": TOMORROW, "to": TOMORROW, "reason": "leave"}])

    plan_with(GUIDES)

    assert staffed() == 2


@pytest.mark.usefixtures("six_announced")
def test_a_person_may_accept_the_plan() -> None:
    plan_with([], may_unstaff=True)

    assert staffed() == 0


@pytest.fixture
def published(siblings: SimulatedSiblings) -> dict[UUID, frozenset[UUID]]:
    """The teams of tomorrow, planned for every region and published."""
    tomorrow = siblings.today + timedelta(days=1)
    for cluster in clusters_of(take_planning_snapshot(tomorrow, None)):
        optimize_day(tomorrow, cluster, author=NIGHT)
    publish_departures(tomorrow, author=DISPATCHER, by_machine=False)
    return teams()


def teams() -> dict[UUID, frozenset[UUID]]:
    departures = DailySchedule.objects.get().document.departures
    return {
        key: departure.guide_ids
        for key, departure in departures.items()
        if departure.status is DepartureStatus.PUBLISHED
    }


@pytest.fixture
def _every_answer_is_believed(settings: Any) -> None:
    """The earlier defence lets everything through: this one has to hold alone."""
    settings.MAX_LOST_RECORDS = 10**6


def suspend_every_guide(siblings: SimulatedSiblings) -> None:
    for guide_id in siblings.summary()["guide_ids"]:
        siblings.alter("guides", guide_id, status="SUSPENDED")
    caches["siblings"].clear()


@pytest.mark.usefixtures("_every_answer_is_believed")
def test_a_night_on_which_every_guide_is_suspended_changes_nothing_and_the_next_heals(
    siblings: SimulatedSiblings, published: dict[UUID, frozenset[UUID]]
) -> None:
    tomorrow = siblings.today + timedelta(days=1)
    clusters = clusters_of(take_planning_snapshot(tomorrow, None))
    suspend_every_guide(siblings)

    for cluster in clusters:
        with pytest.raises(PlanRefused):
            optimize_day(tomorrow, cluster, author=NIGHT)

    assert teams() == published
    siblings.restore()
    caches["siblings"].clear()
    for cluster in clusters:
        optimize_day(tomorrow, cluster, author=NIGHT)
    assert teams() == published


@pytest.mark.usefixtures("published", "_every_answer_is_believed")
def test_the_command_says_how_to_accept_it_and_does_so(siblings: SimulatedSiblings) -> None:
    tomorrow = f"{siblings.today + timedelta(days=1)}"
    suspend_every_guide(siblings)

    with pytest.raises(CommandError, match="--accept-unstaffed"):
        call_command("optimize_schedules", "--date", tomorrow, "--json")
    assert any(teams().values())

    call_command("optimize_schedules", "--date", tomorrow, "--json", "--accept-unstaffed")
    assert not any(teams().values())


@pytest.mark.usefixtures("published", "_every_answer_is_believed")
def test_a_worker_stores_the_plan_that_a_person_accepted(siblings: SimulatedSiblings) -> None:
    tomorrow = siblings.today + timedelta(days=1)
    regions = [str(region_id) for region_id in take_planning_snapshot(tomorrow, None).regions]
    suspend_every_guide(siblings)

    with pytest.raises(PlanRefused):
        optimize_cluster_task([str(tomorrow)], regions, "optimization", "night")
    assert any(teams().values())

    optimize_cluster_task([str(tomorrow)], regions, "optimization", "ana accepted it", may_unstaff=True)
    assert not any(teams().values())
