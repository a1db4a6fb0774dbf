"""The reason with which a conflict is closed is true: what changed in the plan, or that the fact is gone."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from conflicts.detection import Cause, Danger, DetectedConflict, Scene, Severity, detect
from conflicts.detection.closing import Closing, HazardEnd
from scheduling.daily_schedules.commitments import by_guide, commitments_in
from scheduling.domain.catalog_listing import CatalogListing, ListingState
from scheduling.domain.document import (
    AssignmentStatus,
    AvailabilityException,
    Departure,
    DepartureStatus,
    GuideAdjustments,
    ScheduleDocument,
    UnassignedReason,
)
from scheduling.domain.facts import Certificate, Location, Snapshot, Span, WeatherAlert, WeatherOutlook
from scheduling.rules import EntriesByDate, Facts
from tests.factories import (
    REGION_ID,
    TOMORROW,
    DepartureFactory,
    GuideFactory,
    TeamMemberFactory,
    TrailFactory,
    TripFactory,
    at,
    lead,
    snapshot_of,
)

KEY, OTHER_KEY = UUID(int=1), UUID(int=2)
NEXT_DAY = TOMORROW + timedelta(days=1)
ANA, BEN = GuideFactory(name="Ana", max_group_size=20), GuideFactory(name="Ben", max_group_size=20)
RIDGE, RIVER = TrailFactory(name="Ridge"), TrailFactory(name="River")
TRIP = TripFactory()
CAMP = Location(UUID(int=9), REGION_ID, 50)
SNAPSHOT = snapshot_of(
    guides=[ANA, BEN], trips=[TRIP], trails=[RIDGE, RIVER], days=[TOMORROW, NEXT_DAY], base_camp=CAMP
)
SNAPSHOT = replace(SNAPSHOT, alerts={REGION_ID: ()})
PLAN = DepartureFactory(trip_id=TRIP.id, trail_id=RIDGE.id, team=[lead(ANA)], location_id=CAMP.id)
ALL_DAY = Span(at(0), at(23))
HAZARD = Danger(UUID(int=7), Severity.HIGH, "a bear", ALL_DAY)
ALERT = WeatherAlert(UUID(int=8), REGION_ID, "WARNING", "gale", ALL_DAY, frozenset({RIDGE.id}), is_active=True)
LISTING = CatalogListing(
    schedule_date=TOMORROW, local_time="09:00", trip_id=TRIP.id, trip_name=TRIP.name, activity_type="HIKING",
    region_id=REGION_ID, duration_minutes=180, total_spots=12,
)  # fmt: skip
ANA_LEFT = "Ana is not on the team now; Ben is its lead now"
ON_RIVER = "the departure is on River now"


@dataclass(frozen=True, kw_only=True)
class World:
    """A departure, another one on the date, and everything else that detection sees."""

    plan: Departure = field(default_factory=lambda: PLAN)
    other: Departure | None = None
    snapshot: Snapshot = SNAPSHOT
    dangers: tuple[Danger, ...] = ()
    entered: Mapping[UUID, GuideAdjustments] = field(default_factory=dict)

    def scene(self) -> Scene:
        departures = {KEY: self.plan} | ({OTHER_KEY: self.other} if self.other else {})
        document = ScheduleDocument(departures=departures)
        return Scene(
            TOMORROW,
            document,
            at(9) - timedelta(days=7),
            Facts(self.snapshot),
            self.dangers,
            EntriesByDate({TOMORROW: dict(self.entered)}),
            by_guide(commitments_in(document, TOMORROW, departures)),
        )

    def changed(self, **plan: Any) -> "World":
        return replace(self, plan=self.plan.model_copy(update=plan))

    def knowing(self, **facts: Any) -> "World":
        return replace(self, snapshot=replace(self.snapshot, **facts))


@dataclass(frozen=True, kw_only=True)
class Row:
    """A conflict with what ends it: a change of the plan, that the fact is gone, or both."""

    cause: Cause
    world: World
    change: dict[str, Any] = field(default_factory=dict)
    change_is: str = ""
    gone: World | None = None
    gone_is: str = ""


def certified(*names: str) -> World:
    certificates = {**SNAPSHOT.certificates, ANA.id: tuple(Certificate(name, True, None) for name in names)}
    return World().knowing(certificates=certificates)


def with_ridge(**fields: Any) -> World:
    return World().knowing(trails={RIDGE.id: replace(RIDGE, **fields), RIVER.id: RIVER})


def entered(**fields: Any) -> World:
    return World(entered={ANA.id: GuideAdjustments(**fields)})


def listed(**fields: Any) -> World:
    listing = LISTING.model_copy(deep=True)
    status = {"status": DepartureStatus.PUBLISHED, "catalog": listing}
    return World().changed(**status, catalog_change=LISTING.model_copy(update=fields))


AWAY = AvailabilityException.model_validate({"from": TOMORROW, "to": TOMORROW, "reason": "sick"})
BEN_LEADS = {"team": [lead(BEN)]}
ANOTHER_TRAIL = {"trail_id": RIVER.id}
IN_THE_EVENING = {"starts_at": at(18), "ends_at": at(20)}
CLOSES_RIDGE = replace(HAZARD, trail_ids=frozenset({RIDGE.id}), closes_trails=True)
STORM = replace(HAZARD, trail_ids=frozenset({RIDGE.id}), is_weather=True)
NOTED = TeamMemberFactory(
    guide_id=ANA.id, guide_name="Ana", assignment_status=AssignmentStatus.PENDING_APPROVAL, open_notes=["digest"]
)
WITHOUT_TRAIL = {"team": [], "trail_id": None, "unassigned_reason": UnassignedReason(code="NO_TRAIL", message="none")}
WITHOUT_GUIDE = {"team": [], "unassigned_reason": UnassignedReason(code="NO_GUIDE", message="nobody is free")}
STORMY = {"outlooks": {(REGION_ID, TOMORROW): WeatherOutlook.STORM_WARNING}}
LATER = DepartureFactory(team=[lead(ANA)], starts_at=at(11), ends_at=at(14))
CROWD = DepartureFactory(team=[lead(BEN)], participants=45, capacity=50, location_id=CAMP.id)
IN_THE_MORNING = {"starts_at": at(6), "ends_at": at(8)}

ROWS = [
    Row(cause=Cause.CERTIFICATION, world=certified(), change=BEN_LEADS, change_is=ANA_LEFT,
        gone=World(), gone_is="the guide has the certificates that the trip requires"),
    Row(cause=Cause.RESTRICTION, world=entered(restrictions=[{"kind": "NO_GUIDING"}]),
        change=BEN_LEADS, change_is=ANA_LEFT,
        gone=World(), gone_is="no restriction of the guide forbids it any more"),
    Row(cause=Cause.NO_LEAD, world=World().changed(**WITHOUT_GUIDE), change=BEN_LEADS, change_is="Ben is its lead now"),
    Row(cause=Cause.OVERLAP, world=World(other=LATER), change=IN_THE_MORNING,
        change_is=f"the departure leaves on {TOMORROW} at 06:00 now"),
    Row(cause=Cause.AVAILABILITY_EXCEPTION, world=entered(availability_exceptions=[AWAY]),
        change=BEN_LEADS, change_is=ANA_LEFT,
        gone=World(), gone_is="the guide's absence was withdrawn or does not touch it any more"),
    Row(cause=Cause.NOT_AVAILABLE, world=World().knowing(available={TOMORROW: frozenset({BEN.id})}),
        change=BEN_LEADS, change_is=ANA_LEFT, gone=World(), gone_is="the guide is available"),
    Row(cause=Cause.HELD_BY_EMERGENCY, world=World(dangers=(replace(HAZARD, guide_ids=frozenset({ANA.id})),)),
        change=BEN_LEADS, change_is=ANA_LEFT, gone=World(), gone_is="the emergency was released"),
    Row(cause=Cause.GUIDE_NOTE, world=World().changed(team=[NOTED]), change=BEN_LEADS, change_is=ANA_LEFT,
        gone=World(), gone_is="the note is approved or withdrawn"),
    Row(cause=Cause.NO_TRAIL, world=World().changed(**WITHOUT_TRAIL), change=ANOTHER_TRAIL | BEN_LEADS,
        change_is=f"{ON_RIVER}; Ben is its lead now",
        gone=World().changed(**WITHOUT_GUIDE, trail_id=None),
        gone_is="it is not for want of a trail any more that the departure has no team"),
    Row(cause=Cause.TRAIL, world=with_ridge(status="CLOSED"), change=ANOTHER_TRAIL, change_is=ON_RIVER,
        gone=World(), gone_is="the trail is open on the dates to come"),
    Row(cause=Cause.TRAIL_HAZARD, world=World(dangers=(CLOSES_RIDGE,)), change=ANOTHER_TRAIL, change_is=ON_RIVER,
        gone=World(), gone_is="the hazard was released"),
    Row(cause=Cause.WEATHER_WARNING, world=World().knowing(alerts={REGION_ID: (ALERT,)}),
        change=ANOTHER_TRAIL, change_is=ON_RIVER, gone=World(), gone_is="svc-weather has ended the alert"),
    Row(cause=Cause.STORM_FORECAST, world=World().knowing(**STORMY),
        change={"starts_at": at(9, day=NEXT_DAY), "ends_at": at(12, day=NEXT_DAY)},
        change_is=f"the departure leaves on {NEXT_DAY} at 09:00 now",
        gone=World(), gone_is="no storm is forecast any more"),
    Row(cause=Cause.WEATHER_EMERGENCY, world=World(dangers=(STORM,)), change=ANOTHER_TRAIL, change_is=ON_RIVER,
        gone=World(), gone_is="the emergency was released"),
    Row(cause=Cause.DEPARTURE_CAPACITY, world=World().changed(participants=14), change={"capacity": 15},
        change_is="the departure has 15 places now"),
    Row(cause=Cause.TRAIL_GROUP_SIZE, world=with_ridge(max_group_size=5), change=ANOTHER_TRAIL, change_is=ON_RIVER,
        gone=World(), gone_is="the trail takes the group"),
    Row(cause=Cause.TEAM_GROUP_SIZE, world=entered(max_group_size=4), change={"participants": 3},
        change_is="the departure has 3 guests now", gone=World(), gone_is="the team may lead the group"),
    Row(cause=Cause.LOCATION_CAPACITY, world=World(other=CROWD), change={"participants": 3},
        change_is="fewer people are at the base camp at once",
        gone=World(other=CROWD).knowing(locations={REGION_ID: replace(CAMP, max_capacity=80)}),
        gone_is="the base camp takes 80 people now"),
    Row(cause=Cause.CATALOG_MOVED, world=listed(local_time="11:00"),
        change={"catalog": LISTING.model_copy(update={"local_time": "11:00"}), "catalog_change": None},
        change_is="the change of the catalog was decided",
        gone=World().changed(catalog=LISTING), gone_is="the catalog lists the departure as people were told again"),
    Row(cause=Cause.CATALOG_CANCELLED, world=listed(state=ListingState.CANCELLED),
        change={"catalog": LISTING.model_copy(update={"state": ListingState.CANCELLED}), "catalog_change": None},
        change_is="the change of the catalog was decided",
        gone=World().changed(catalog=LISTING), gone_is="the catalog lists the departure as people were told again"),
    Row(cause=Cause.GUESTS_WITHOUT_PLACE, world=World().changed(status=DepartureStatus.CANCELLED),
        change={"participants": 0}, change_is="the departure has 0 guests now",
        gone=World(), gone_is="nobody is left without a place"),
]  # fmt: skip

WITH_A_FACT = [row for row in ROWS if row.gone]
RELEASED = {str(HAZARD.id): HazardEnd(is_released=True)}
IN_FORCE = {str(HAZARD.id): HazardEnd()}
ON_THE_PLAN_ITSELF = {
    Cause.NO_TRAIL, Cause.GUIDE_NOTE, Cause.CATALOG_MOVED, Cause.CATALOG_CANCELLED, Cause.LOCATION_CAPACITY,
    Cause.GUESTS_WITHOUT_PLACE,
}  # fmt: skip
"""Causes of which change and fact are both in the departure or its date: one excludes the other, or both are one."""


def name_of(row: Row) -> str:
    return row.cause.value


def conflict_in(row: Row) -> DetectedConflict:
    return next(c for c in detect(row.world.scene(), [KEY]).conflicts if c.cause is row.cause)


def reason_in(row: Row, after: World, hazards: Mapping[str, HazardEnd]) -> str:
    """Detect again, see that the conflict was judged and is gone, and ask why."""
    conflict, scene = conflict_in(row), after.scene()
    again = detect(scene, [KEY])
    assert conflict.fingerprint not in {found.fingerprint for found in again.conflicts}
    assert again.has_judged(row.cause, map(str, conflict.subjects))
    departures = {key: scene.document.departures.get(key) for key in conflict.departure_ids}
    return Closing(conflict.details(), scene, departures, hazards).reason()


def test_every_cause_is_in_the_table() -> None:
    assert {row.cause for row in ROWS} | {Cause.REST} == set(Cause)


@pytest.mark.parametrize("row", ROWS, ids=name_of)
def test_where_the_plan_changed_the_change_is_named_and_nothing_is_said_to_be_over(row: Row) -> None:
    assert reason_in(row, row.world.changed(**row.change), IN_FORCE) == row.change_is


@pytest.mark.parametrize("row", WITH_A_FACT, ids=name_of)
def test_where_the_fact_is_gone_that_is_the_reason(row: Row) -> None:
    assert row.gone

    assert reason_in(row, row.gone, RELEASED) == row.gone_is


@pytest.mark.parametrize("row", [row for row in WITH_A_FACT if row.cause not in ON_THE_PLAN_ITSELF], ids=name_of)
def test_where_both_are_so_both_are_named(row: Row) -> None:
    assert row.gone

    assert reason_in(row, row.gone.changed(**row.change), RELEASED) == f"{row.change_is}; {row.gone_is}"


@pytest.mark.parametrize("row", ROWS, ids=name_of)
@pytest.mark.parametrize(
    ("end", "reason"),
    [
        ({"status": DepartureStatus.COMPLETED}, "the departure is over"),
        ({"status": DepartureStatus.CANCELLED}, "the departure is cancelled"),
        (None, "the departure was removed"),
    ],
    ids=["over", "cancelled", "removed"],
)
def test_the_end_of_a_departure_is_the_reason_for_whatever_it_was(
    row: Row, end: dict[str, Any] | None, reason: str
) -> None:
    conflict, scene = conflict_in(row), row.world.scene()
    ended = {
        key: None if end is None else scene.document.departures[key].model_copy(update=end)
        for key in conflict.departure_ids
    }

    assert Closing(conflict.details(), scene, ended).end_of_departures() == reason


def test_a_camp_is_crowded_until_all_are_gone() -> None:
    [row] = [row for row in ROWS if row.cause is Cause.LOCATION_CAPACITY]
    conflict, scene = conflict_in(row), row.world.scene()

    one_gone = Closing(conflict.details(), scene, {KEY: None, OTHER_KEY: scene.document.departures[OTHER_KEY]})

    assert one_gone.end_of_departures() is None


@pytest.mark.parametrize(
    ("hazard", "reason"),
    [
        (HazardEnd(ended_at=at(9) - timedelta(days=8)), f"the hazard ended at 09:00 on {TOMORROW - timedelta(days=8)}"),
        (HazardEnd(ended_at=at(12)), "the hazard does not concern the departure any more"),
        (HazardEnd(), "the hazard does not concern the departure any more"),
    ],
    ids=["by itself", "later", "in force"],
)
def test_of_a_hazard_only_what_is_so_is_said(hazard: HazardEnd, reason: str) -> None:
    [row] = [row for row in ROWS if row.cause is Cause.TRAIL_HAZARD]

    assert reason_in(row, World(), {str(HAZARD.id): hazard}) == reason


def test_an_alert_that_is_over_says_when_it_ended() -> None:
    [row] = [row for row in ROWS if row.cause is Cause.WEATHER_WARNING]
    conflict = conflict_in(row).details()
    conflict["evidence"]["told"]["alert_span"][1] = (at(12) - timedelta(days=9)).isoformat()

    reason = Closing(conflict, World().scene(), {KEY: PLAN}).reason()

    assert reason == f"the alert ended at 12:00 on {TOMORROW - timedelta(days=9)}"


def test_a_storm_of_which_an_alert_warns_now_is_not_said_to_be_off() -> None:
    [row] = [row for row in ROWS if row.cause is Cause.STORM_FORECAST]
    warned = row.world.knowing(alerts={REGION_ID: (replace(ALERT, trail_ids=frozenset()),)})

    assert reason_in(row, warned, {}) == "an alert warns of the storm now"


def test_a_storm_of_yesterday_is_past_though_it_was_never_called_off() -> None:
    [row] = [row for row in ROWS if row.cause is Cause.STORM_FORECAST]
    overnight = row.world.changed(ends_at=at(12, day=NEXT_DAY))
    conflict = conflict_in(replace(row, world=overnight))
    morning = replace(overnight.scene(), now=at(6, day=NEXT_DAY))

    assert conflict.fingerprint not in {found.fingerprint for found in detect(morning, [KEY]).conflicts}
    assert Closing(conflict.details(), morning, {KEY: overnight.plan}).reason() == "the day of the storm is past"


def test_another_trail_on_facts_that_do_not_have_the_first_says_nothing_of_it() -> None:
    [row] = [row for row in ROWS if row.cause is Cause.TRAIL]
    without = row.world.changed(**ANOTHER_TRAIL).knowing(trails={RIVER.id: RIVER})

    assert reason_in(row, without, {}) == ON_RIVER


def test_too_little_rest_is_over_by_other_hours() -> None:
    late = World(plan=PLAN.model_copy(update={"starts_at": at(20), "ends_at": at(22)}))
    scene = late.scene()
    conflict = conflict_in(Row(cause=Cause.OVERLAP, world=World(other=LATER))).details() | {"cause": "REST"}

    reason = Closing(conflict, scene, {KEY: late.plan}).reason()

    assert reason == f"the departure leaves on {TOMORROW} at 20:00 now"
