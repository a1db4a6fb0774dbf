"""A sibling's bad day, over a whole night: nothing published changes, nothing is lost, everything heals."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.cache import caches
from django.utils import timezone

from optimization.days.healing import LOST_AFTER, SETTLED_AFTER, plan_gaps_again
from optimization.models import Night, NightDate, OptimizationRun, RunStatus
from optimization.nights.sweeper import sweep_nights
from optimization.tasks import optimize_cluster_task, optimize_horizon_task, optimize_night_cluster_task
from scheduling.domain.document import AssignmentStatus, Departure, DepartureStatus
from scheduling.models import DailySchedule, LastGoodAnswer
from scheduling.publication.services import publish_departures
from tests.factories import DISPATCHER
from tests.kept_worlds import keep_world
from tests.scheduling.requests.queues import queued
from tests.scheduling.siblings.circuits import close_all_circuits
from tests.siblings import SimulatedSiblings

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(120), pytest.mark.no_cover]

Fault = Callable[[SimulatedSiblings], None]
Teams = dict[tuple[date, UUID], tuple[frozenset[UUID], UUID | None]]
DAYS = 2
# By the number of their arguments: the queue of the tests does not keep the names.
TASKS: dict[int, Callable[..., None]] = {
    1: optimize_horizon_task,
    2: optimize_night_cluster_task,
    4: optimize_cluster_task,
    5: optimize_cluster_task,
}


def switched(service: str, mode: str, path: str = "", **patch: Any) -> Fault:
    return lambda siblings: siblings.switch(f"svc-{service}", mode, path=path, **patch)


GUIDES, TRIP, SCHEDULE, CERTIFICATES = "^/guides$", "^/trips/[^/]+$", "/schedule$", "/certifications$"
FAULTS: dict[str, dict[str, Fault]] = {
    "guides": {
        "guides are none": switched("guide-management", "empty", GUIDES),
        "guides are all suspended": switched("guide-management", "altered", GUIDES, status="SUSPENDED"),
        "guides have no regions": switched("guide-management", "altered", GUIDES, region_ids=[]),
        "guides have no group": switched("guide-management", "altered", GUIDES, max_group_size=-1),
        "guides are fewer than their total": switched("guide-management", "truncated", GUIDES),
        "guides do not answer": switched("guide-management", "down"),
        "one guide is sick": lambda siblings: [  # type: ignore[return-value]
            siblings.alter("guides", key, average_rating=1e9) for key in siblings.summary()["guide_ids"][:1]
        ],
    },
    "certificates": {
        "certificates are none": switched("guide-management", "empty", CERTIFICATES),
        "certificates are not found": switched("guide-management", "forgetful", CERTIFICATES),
        "certificates are revoked": switched("guide-management", "altered", CERTIFICATES, status="REVOKED"),
    },
    "trips": {
        "trips are not found": switched("trip-catalog", "forgetful", TRIP),
        "trips ask for what nobody has": switched(
            "trip-catalog", "altered", TRIP, required_certifications=["SPACE_WALK"]
        ),
        "trips are all suspended": switched("trip-catalog", "altered", TRIP, status="SUSPENDED"),
        "trips take for ever": switched("trip-catalog", "altered", TRIP, duration_hours=1e9),
        "trips are of unknown difficulty": switched("trip-catalog", "altered", TRIP, difficulty_level="IMPOSSIBLE"),
        "trips are none": switched("trip-catalog", "empty", "^/trips$"),
    },
    "departures": {
        "departures are none": switched("trip-catalog", "empty", SCHEDULE),
        "departures are all cancelled": switched("trip-catalog", "altered", SCHEDULE, status="CANCELLED"),
        "departures have a million seats": switched("trip-catalog", "altered", SCHEDULE, total_spots=10**6),
        "departures leave at 25:00": switched("trip-catalog", "altered", SCHEDULE, departure_time="25:00"),
    },
    "places": {
        "regions are none": switched("trip-catalog", "empty", "^/regions$"),
        "regions have no zones": switched("trip-catalog", "altered", "^/regions$", timezone="Mars/Olympus_Mons"),
        "trails are for nobody": switched("trail-management", "altered", "^/trails$", max_group_size=0),
        "trails are none": switched("trail-management", "empty", "^/trails$"),
        "trails do not answer": switched("trail-management", "down"),
        "base camps are none": switched("location-services", "empty"),
        "the weather is off its contract": switched("weather", "off_contract"),
        "one region is missing": lambda siblings: siblings.remove("regions", siblings.summary()["region_ids"][1]),
    },
}


@pytest.fixture(autouse=True)
def _a_small_world(siblings: SimulatedSiblings, settings: Any) -> None:
    settings.PLANNING_HORIZON_DAYS = DAYS
    settings.SNAPSHOT_DEADLINE_SECONDS = {"worker": 10.0, "interactive": 10.0, "names": 10.0}
    make_small(siblings)
    queued("optimization")


@pytest.fixture
def published(siblings: SimulatedSiblings) -> Teams:
    """The teams of all dates, planned by a night and published."""
    keep_world(siblings, "night-published", arrange=lambda: make_small(siblings), plan=lambda: publish_all(siblings))
    teams = teams_of()
    assert len([guides for guides, _ in teams.values() if guides]) > 8
    return teams


def make_small(siblings: SimulatedSiblings) -> None:
    siblings.keep(siblings.summary()["region_ids"][:2], guides=24)


def publish_all(siblings: SimulatedSiblings) -> None:
    assert a_night() == Night.Status.COMPLETED
    for day in days_of(siblings):
        publish_departures(day, author=DISPATCHER, by_machine=False)


def days_of(siblings: SimulatedSiblings) -> list[date]:
    return [siblings.today + timedelta(days=n + 1) for n in range(DAYS)]


def a_night() -> str:
    """Begin a night and work until nothing is queued, as often as its dates are tried."""
    optimize_horizon_task.apply(task_id=str(night_id := uuid4()))
    work()
    sweep()
    return Night.objects.get(pk=night_id).status


def sweep(after: timedelta = timedelta()) -> None:
    """Sweep as the minutes do that come after this time, in which dates that were postponed become due."""
    later = timezone.now() + after
    for _ in range(4):
        later += timedelta(minutes=5)
        NightDate.objects.update(not_before=timezone.now())
        sweep_nights(later)
        work()


def work() -> None:
    while waiting := queued("optimization"):
        for _, arguments in waiting:
            TASKS[len(arguments)](*arguments)


def departures() -> dict[tuple[date, UUID], Departure]:
    return {
        (schedule.schedule_date, key): departure
        for schedule in DailySchedule.objects.all()
        for key, departure in schedule.document.departures.items()
    }


def teams_of() -> Teams:
    return {place: (departure.guide_ids, departure.trail_id) for place, departure in departures().items()}


def end_of(siblings: SimulatedSiblings) -> None:
    """End the fault: the cache is as the fault left it."""
    siblings.restore()
    make_small(siblings)
    close_all_circuits()


def heal() -> int:
    """Call the periodic task as the next hours do, until it finds nothing to do; return how many dates it queued."""
    sweep(timedelta(hours=1))
    total, now = 0, timezone.now()
    for _ in range(6):
        now += LOST_AFTER + SETTLED_AFTER
        total += plan_gaps_again(now)
        work()
    return total


@pytest.mark.parametrize("faults", FAULTS.values(), ids=FAULTS.keys())
def test_nothing_published_changes_nothing_is_lost_and_everything_heals(
    siblings: SimulatedSiblings, published: Teams, faults: dict[str, Fault]
) -> None:
    """One bad day after another, as each ends as it began."""
    for name, fault in faults.items():
        try:
            a_bad_day(siblings, published, fault)
        except AssertionError as error:
            error.add_note(name)
            raise


def a_bad_day(siblings: SimulatedSiblings, published: Teams, fault: Fault) -> None:
    before = timezone.now()
    caches["siblings"].clear()
    fault(siblings)

    a_night()

    during = departures()
    assert {place: (d.guide_ids, d.trail_id) for place, d in during.items()} == published
    end_of(siblings)
    heal()
    after = departures()
    assert {place: (d.guide_ids, d.trail_id) for place, d in after.items()} == published
    assert not any(departure.needs_approval for departure in after.values())
    assert not any(departure.has_unpublished_changes for departure in after.values())
    newest = {run.schedule_date: run for run in OptimizationRun.objects.order_by("started_at")}
    assert min(run.started_at for run in newest.values()) > before
    assert {run.status for run in newest.values()} == {RunStatus.COMPLETED}
    assert not any(run.detail.inputs["unknown"] or run.detail.inputs["left_out"] for run in newest.values())
    assert plan_gaps_again(timezone.now() + timedelta(hours=9)) == 0
    assert not LastGoodAnswer.objects.exclude(suspicion="").exists()


@pytest.mark.parametrize(
    ("subject", "name"),
    [
        ("places", "the weather is off its contract"),
        ("places", "trails do not answer"),
        ("certificates", "certificates are revoked"),
    ],
)
def test_drafts_that_waited_for_a_person_because_of_a_silent_sibling_do_so_no_longer(
    siblings: SimulatedSiblings, subject: str, name: str
) -> None:
    keep_world(siblings, "night-planned", arrange=lambda: make_small(siblings), plan=a_night)
    caches["siblings"].clear()
    FAULTS[subject][name](siblings)
    a_night()
    waiting = [departure for departure in departures().values() if departure.needs_approval]
    assert waiting

    end_of(siblings)
    assert heal() > 0

    members = [member for departure in departures().values() for member in departure.team]
    assert {member.assignment_status for member in members} == {AssignmentStatus.TENTATIVE}
    assert {departure.status for departure in departures().values()} == {DepartureStatus.DRAFT}


def test_two_beats_at_once_queue_a_date_once_and_a_sibling_that_stays_silent_none(siblings: SimulatedSiblings) -> None:
    siblings.switch("svc-weather", "down")
    a_night()
    now = timezone.now() + SETTLED_AFTER + timedelta(minutes=1)

    assert plan_gaps_again(now) == 0
    end_of(siblings)
    assert plan_gaps_again(now) > 0
    assert plan_gaps_again(now) == 0
