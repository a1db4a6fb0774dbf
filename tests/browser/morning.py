"""A dispatcher's morning: a date with gaps and a closed trail, and what comes in while it is worked on."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from conflicts.choices import Strategy
from conflicts.models import ConflictResolution, ScheduleConflict
from conflicts.resolution.option_search import compute_options
from optimization.days.services import optimize_day
from optimization.models import Proposal
from optimization.proposals.making import compute_proposal
from scheduling.domain.document import Departure, DepartureStatus
from scheduling.models import ScheduleRevision
from tests.conflicts.planned import PLANNER, PlannedDay
from tests.scheduling.writes import change
from tests.siblings import SimulatedSiblings

LISTED = (
    ("Orca and Eagle Watch", "07:00", 14, 11),
    ("Olympic Ridge Walk", "08:00", 12, 5),
    ("Skykomish Whitewater Day", "08:30", 12, 8),
    ("Harbour Island Paddle", "09:00", 10, 8),
    ("Rainforest Family Stroll", "09:30", 14, 8),
    ("Orca and Eagle Watch", "12:30", 14, 6),
    ("Harbour Island Paddle", "14:00", 10, 8),
)
"""What the catalog sells of the region on the date: trip, local time, places, guests."""

GUIDES = 24
"""Enough of them that a sick one is replaced without moving others."""

RAFTING, WALK = ("Skykomish Whitewater Day", 8), ("Olympic Ridge Walk", 8)
PADDLES = (("Harbour Island Paddle", 9), ("Harbour Island Paddle", 14))
WATCH, LATE_WATCH = ("Orca and Eagle Watch", 7), ("Orca and Eagle Watch", 12)
STROLL = ("Rainforest Family Stroll", 9)

WHY = "See why a departure is red"
ASSIGN = "Assign a guide"
OPTIMIZE = "Optimize with at most 2 guides who move, and accept two of three changes"
RESCHEDULE = "Reschedule a departure out of a storm"
REPLACE = "Replace a sick guide"
ACCEPT = "Accept a risk, with a note"
PUBLISH = "Publish without the departure in conflict"
TAKE_BACK = "See who did what, and take the reschedule back"


@dataclass(frozen=True, slots=True)
class Morning:
    """The date and its departures, by trip and hour of their planned start."""

    planned: PlannedDay
    keys: Mapping[tuple[str, int], UUID]
    rafter: str
    """Who led the rafting when it was planned, and is free."""
    sick_id: UUID
    """Who leads the watch and will be sick."""

    def departure(self, name: tuple[str, int]) -> Departure:
        return self.planned.departure(self.keys[name])

    def make_the_proposal(self) -> None:
        """What a worker does with the one that was asked for."""
        compute_proposal(Proposal.objects.get().pk)

    def news_comes_in(self) -> None:
        """A guide is sick, a storm rises over a trail, a boat has fewer places; monitors and workers do their part."""
        siblings, planned = self.planned.siblings, self.planned
        planned.send_lead_away(self.keys[WATCH])
        planned.edit(self.keys[LATE_WATCH], capacity=4)
        stroll = self.departure(STROLL)
        siblings.raise_alert(
            str(planned.region_id),
            stroll.starts_at - timedelta(hours=4),
            stroll.starts_at + timedelta(hours=2),
            affected_trail_ids=[str(stroll.trail_id)],
        )
        planned.look_again()
        for conflict in ScheduleConflict.objects.open():
            compute_options(conflict, deadline_seconds=30)

    def the_storm_passes(self) -> None:
        self.planned.siblings.calm_the_weather(str(self.planned.region_id))
        self.planned.look_again()

    def history(self, name: tuple[str, int]) -> list[str]:
        """Who wrote something of a departure, the earliest first."""
        revisions = ScheduleRevision.objects.filter(changes__departures__has_key=str(self.keys[name])).order_by("rev")
        return list(revisions.values_list("author", flat=True))


def check_what_is_stored(morning: Morning) -> None:
    """What the document and the history have once the morning is over."""
    departures = {name: morning.departure(name) for name in morning.keys}
    assert {name for name, departure in departures.items() if departure.status is DepartureStatus.DRAFT} == {WALK}
    assert departures[STROLL].starts_at.hour == 9
    assert all(departure.team for departure in departures.values())
    assert departures[WATCH].guide_ids.isdisjoint({morning.sick_id})
    resolutions = ConflictResolution.objects.values_list("strategy", "resolved_by")
    assert sorted(resolutions) == [
        (strategy.value, "dana")
        for strategy in (Strategy.ACCEPT_RISK, Strategy.REASSIGN_GUIDE, Strategy.RESCHEDULE_TRIP)
    ]
    assert morning.history(RAFTING)[-2:] == ["dana", "mo"]
    assert morning.history(STROLL)[-3:] == ["dana", "mo", "dana"]
    assert [row.details["cause"] for row in ScheduleConflict.objects.open()] == ["TRAIL"]


def begin_a_morning(siblings: SimulatedSiblings) -> Morning:
    """One region, in four days: rafting and both paddles have no guide, the trail of the walk is closed."""
    siblings.restore()
    day = siblings.today + timedelta(days=4)
    [region_id, *_] = siblings.summary()["region_ids"]
    siblings.keep([region_id], guides=GUIDES)
    siblings.calm_the_weather(region_id)
    _sell(siblings, region_id, day)
    _have_everybody_come(siblings, region_id, day)
    optimize_day(day, [UUID(region_id)], author=PLANNER)
    planned = PlannedDay(siblings, day, UUID(region_id))
    keys = {(departure.trip_name, departure.starts_at.hour): key for key, departure in planned.departures.items()}
    [rafter] = planned.departure(keys[RAFTING]).team
    [sick] = planned.departure(keys[WATCH]).team
    morning = Morning(planned, keys, rafter.guide_name, sick.guide_id)
    for name in (RAFTING, *PADDLES):
        change(keys[name], day, team=[])
    siblings.close_trail(str(morning.departure(WALK).trail_id), day, day)
    planned.look_again()
    return morning


def _sell(siblings: SimulatedSiblings, region_id: str, day: date) -> None:
    """Nothing is sold on the date but what is listed above; the stroll goes later on the date after."""
    listed = siblings.call("svc-trip-catalog", "/trips", params={"region_id": region_id, "page_size": 100}).json()
    trips = {trip["name"]: trip["id"] for trip in listed["data"]}
    query = {"date_from": f"{day}", "date_to": f"{day}", "page_size": 100}
    for trip_id in trips.values():
        for departure in siblings.call("svc-trip-catalog", f"/trips/{trip_id}/schedule", params=query).json()["data"]:
            siblings.remove("departures", departure["id"])
    for name, time, places, guests in LISTED:
        siblings.add_departure(trips[name], day, time, total=places, sold=guests)
    siblings.add_departure(trips[STROLL[0]], day + timedelta(days=1), "13:00")


def _have_everybody_come(siblings: SimulatedSiblings, region_id: str, day: date) -> None:
    """No guide is away on the date, and none has left a note."""
    query = {"region_id": region_id, "page_size": 100}
    dates = {"start_date": f"{day}", "end_date": f"{day}"}
    for guide in siblings.call("svc-guide-management", "/guides", params=query).json()["data"]:
        path = f"/guides/{guide['id']}/availability"
        for window in siblings.call("svc-guide-management", path, params=dates).json()["data"]:
            siblings.remove("windows", window["id"])
