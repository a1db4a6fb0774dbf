"""Steps are intent: they change what is there at the moment, and are refused where it is not what they are about."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest
from pydantic import TypeAdapter

from conflicts.errors import ResolutionNotApplicable
from conflicts.steps import (
    Add,
    Cancel,
    Follow,
    Making,
    MoveGuests,
    Reassign,
    Reroute,
    Resize,
    Retime,
    SeatWaiting,
    Step,
    Steps,
    build,
)
from scheduling.domain.catalog_listing import CatalogListing, ListingState
from scheduling.domain.document import (
    AssignmentStatus,
    Departure,
    DepartureStatus,
    Role,
    ScheduleDocument,
)
from scheduling.domain.facts import Sibling
from scheduling.domain.local_time import combine
from scheduling.rules import EntriesByDate, Facts
from tests.factories import (
    REGION_ID,
    CatalogListingFactory,
    DepartureFactory,
    GuideFactory,
    RegionFactory,
    TeamMemberFactory,
    TrailFactory,
    TripFactory,
    lead,
    snapshot_of,
)

DENVER = ZoneInfo("America/Denver")
DAY, NEXT = date(2027, 3, 12), date(2027, 3, 14)  # clocks go forward in Denver on the 14th
TRIP, TRAIL = TripFactory(), TrailFactory()
ANA, BEN, CLEO = GuideFactory(name="Ana"), GuideFactory(name="Ben"), GuideFactory(name="Cleo")
OURS, OTHER = UUID(int=1), UUID(int=2)
FIRST, SECOND, THIRD = UUID(int=11), UUID(int=12), UUID(int=13)
HOUR = timedelta(hours=1)


def local(clock: str, day: date = DAY) -> datetime:
    return combine(day, clock, DENVER).astimezone(DENVER)


def outing(clock: str = "09:00", day: date = DAY, hours: int = 3, **fields: object) -> Departure:
    """A departure as it is read from a document: its times have an offset, not a zone."""
    starts_at = local(clock, day)
    times = {"starts_at": starts_at, "ends_at": (starts_at.astimezone(ZoneInfo("UTC")) + hours * HOUR)}
    made = DepartureFactory(**{"trip_id": TRIP.id, "participants": 0} | times | fields)
    made.ends_at = made.ends_at.astimezone(DENVER)
    return Departure.model_validate(made.model_dump(mode="json", by_alias=True))


def seated(**reservations: int) -> dict[UUID, int]:
    names = {"first": FIRST, "second": SECOND, "third": THIRD}
    return {names[name]: guests for name, guests in reservations.items()}


def making(waiting: Mapping[UUID, int] | None = None, **known: object) -> Making:
    snapshot = snapshot_of(guides=[ANA, BEN, CLEO], trips=[TRIP], trails=[TRAIL], days=[DAY, NEXT])
    snapshot = replace(snapshot, regions={REGION_ID: RegionFactory(timezone=DENVER)}, **known)  # type: ignore[arg-type]
    return Making(Facts(snapshot), EntriesByDate(), lambda guide, *_: len(guide.name) / 10, NOW, waiting or {})


NOW = local("06:00", DAY - timedelta(days=2))


def documents(
    on_day: Mapping[UUID, Departure], on_next: Mapping[UUID, Departure] | None = None
) -> dict[date, ScheduleDocument]:
    return {
        DAY: ScheduleDocument(departures=dict(on_day)),
        NEXT: ScheduleDocument(departures=dict(on_next or {})),
    }


def made(step: Step, *departures: Departure, moment: Making | None = None) -> Departure:
    """The first of these departures after a step of its own."""
    keys = dict(zip((OURS, OTHER), departures, strict=False))
    return build([step], documents(keys), moment or making())[DAY].departures[OURS]


def test_a_guide_who_joins_is_made_of_the_facts_of_the_moment() -> None:
    after = made(Reassign(day=DAY, departure_id=OURS, joining=(BEN.id,), leaving=(ANA.id,)), outing(team=[lead(ANA)]))

    [member] = after.team
    assert (member.guide_id, member.guide_name, member.role) == (BEN.id, "Ben", Role.LEAD)
    assert (member.assignment_status, member.certifications, member.score) == (
        AssignmentStatus.TENTATIVE,
        ["WILDERNESS_FIRST_AID"],
        0.3,
    )


def test_whoever_leads_goes_on_leading_unless_the_step_says_otherwise() -> None:
    present = outing(team=[lead(ANA), TeamMemberFactory(guide_id=BEN.id, role=Role.ASSISTANT)])

    same = made(Reassign(day=DAY, departure_id=OURS, joining=(CLEO.id,), leaving=(BEN.id,)), present)
    other = made(Reassign(day=DAY, departure_id=OURS, joining=(CLEO.id,), lead=CLEO.id), present)

    assert [(m.guide_id, m.role) for m in same.team] == [(ANA.id, Role.LEAD), (CLEO.id, Role.ASSISTANT)]
    assert (other.lead_id, [member.role for member in other.team].count(Role.LEAD)) == (CLEO.id, 1)


@pytest.mark.parametrize("step", [{"leaving": [BEN.id]}, {"joining": [ANA.id]}, {"lead": CLEO.id}])
def test_a_team_that_is_another_by_now_is_not_reassigned(step: dict[str, object]) -> None:
    with pytest.raises(ResolutionNotApplicable):
        made(Reassign.model_validate({"day": DAY, "departure_id": OURS, **step}), outing(team=[lead(ANA)]))


def test_a_team_awaits_approval_where_a_sibling_is_silent() -> None:
    silent = making(unknown={Sibling.WEATHER: "the weather is not known"})

    moved = made(Retime(day=DAY, departure_id=OURS, starts_at=local("10:00")), outing(team=[lead(ANA)]), moment=silent)
    kept = made(Resize(day=DAY, departure_id=OURS, places=20), outing(team=[lead(ANA)]), moment=silent)

    assert moved.team[0].assignment_status is AssignmentStatus.PENDING_APPROVAL
    assert kept.team[0].assignment_status is AssignmentStatus.CONFIRMED


def test_another_time_takes_as_long_over_a_change_of_clocks() -> None:
    day = NEXT - timedelta(days=1)
    before = {day: ScheduleDocument(departures={OURS: outing("10:00", day, hours=24)})}
    step = Retime(day=day, departure_id=OURS, starts_at=local("08:00", day))

    after = build([step], before, making())[day].departures[OURS]

    assert (f"{after.starts_at:%H:%M %z}", f"{after.ends_at:%H:%M %z}") == ("08:00 -0700", "09:00 -0600")


def test_no_two_departures_of_a_trip_leave_at_once() -> None:
    step = Retime(day=DAY, departure_id=OURS, starts_at=local("11:00"))

    with pytest.raises(ResolutionNotApplicable, match="another departure of its trip"):
        made(step, outing(), outing("11:00"))
    assert made(step, outing(), outing("11:00", trip_id=uuid4())).starts_at == local("11:00")


def test_a_new_departure_is_like_the_other_and_has_nothing_of_its_people() -> None:
    like = outing(
        team=[lead(ANA)], reservations=seated(first=4), participants=4, capacity=9, language="de", trail_id=TRAIL.id
    )
    step = Add.beside(OURS, DAY, like, NEXT, local("13:00", NEXT))

    after = build([step], documents({OURS: like}), making())[NEXT].departures[step.departure_id]

    assert (after.trip_id, after.trail_id, after.capacity, after.language) == (TRIP.id, TRAIL.id, 9, "de")
    assert (after.status, after.team, after.participants, after.reservations) == (DepartureStatus.DRAFT, [], 0, {})
    assert after.starts_at == local("13:00", NEXT)
    assert after.ends_at - after.starts_at == 3 * HOUR


def test_a_departure_that_somebody_else_has_added_is_not_added_again() -> None:
    step = Add.beside(OURS, DAY, outing(), NEXT, local("13:00", NEXT))

    with pytest.raises(ResolutionNotApplicable):
        build([step], documents({OURS: outing()}, {OTHER: outing("13:00", NEXT)}), making())


def test_a_move_to_another_date_is_made_of_steps_that_follow_each_other() -> None:
    like = outing(team=[lead(ANA)], reservations=seated(first=3, second=2), participants=5)
    add = Add.beside(OURS, DAY, like, NEXT, local("13:00", NEXT))
    steps = (
        add,
        MoveGuests(day=DAY, departure_id=OURS, to_day=NEXT, to=add.departure_id),
        Reassign(day=NEXT, departure_id=add.departure_id, joining=(BEN.id,)),
        Cancel(day=DAY, departure_id=OURS, rescheduled_to=add.departure_id),
    )

    before = documents({OURS: like})
    after = build(steps, before, making())

    new, old = after[NEXT].departures[add.departure_id], after[DAY].departures[OURS]
    assert (new.reservations, new.participants, new.lead_id) == (seated(first=3, second=2), 5, BEN.id)
    assert (old.status, old.rescheduled_to, old.participants) == (DepartureStatus.CANCELLED, add.departure_id, 0)
    assert before[DAY].departures[OURS] == like


def test_who_booked_meanwhile_moves_along_and_who_cancelled_does_not() -> None:
    everybody = MoveGuests(day=DAY, departure_id=OURS, to_day=DAY, to=OTHER)
    named = MoveGuests(day=DAY, departure_id=OURS, to_day=DAY, to=OTHER, reservations=(FIRST, THIRD))
    before = documents({OURS: outing(reservations=seated(first=3, second=2), participants=5), OTHER: outing("13:00")})

    after_all, after_named = (build([step], before, making())[DAY].departures for step in (everybody, named))

    assert (after_all[OTHER].reservations, after_all[OURS].participants) == (seated(first=3, second=2), 0)
    assert (after_named[OTHER].reservations, after_named[OURS].reservations) == (seated(first=3), seated(second=2))


def test_guests_who_wait_get_a_place_if_they_still_wait() -> None:
    step = SeatWaiting(day=DAY, departure_id=OURS, reservations=(FIRST, SECOND))

    after = made(step, outing(), moment=making(waiting=seated(second=2)))

    assert (after.reservations, after.participants) == (seated(second=2), 2)
    with pytest.raises(ResolutionNotApplicable):
        made(step, outing())


def test_another_trail_is_one_that_is_listed() -> None:
    assert made(Reroute(day=DAY, departure_id=OURS, trail_id=TRAIL.id), outing()).trail_id == TRAIL.id
    with pytest.raises(ResolutionNotApplicable):
        made(Reroute(day=DAY, departure_id=OURS, trail_id=uuid4()), outing())


STEPS: Steps = (
    Reassign(day=DAY, departure_id=OURS, joining=(BEN.id,)),
    Retime(day=DAY, departure_id=OURS, starts_at=local("10:00")),
    Reroute(day=DAY, departure_id=OURS, trail_id=TRAIL.id),
    Resize(day=DAY, departure_id=OURS, places=20),
    SeatWaiting(day=DAY, departure_id=OURS, reservations=(FIRST,)),
    MoveGuests(day=DAY, departure_id=OTHER, to_day=DAY, to=OURS),
    Cancel(day=DAY, departure_id=OURS),
)


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.kind)
@pytest.mark.parametrize("state", ["gone", "cancelled", "started", "completed"])
def test_no_step_changes_what_is_gone_cancelled_or_started(step: Step, state: str) -> None:
    fields: dict[str, dict[str, object]] = {
        "cancelled": {"status": DepartureStatus.CANCELLED},
        "started": {"clock": "05:00", "day": NOW.date()},
        "completed": {"status": DepartureStatus.COMPLETED},
    }
    present = {OURS: outing(**fields[state])} if state != "gone" else {}  # type: ignore[arg-type]
    waiting = making(waiting=seated(first=1))

    with pytest.raises(ResolutionNotApplicable):
        build([step], documents({**present, OTHER: outing("14:00")}), waiting)


def listed(clock: str, state: ListingState = ListingState.FOR_SALE, day: date = DAY) -> CatalogListing:
    return CatalogListingFactory(
        schedule_date=day, local_time=clock, state=state, trip_id=TRIP.id, timezone=DENVER.key, read_at=NOW
    )


def test_following_the_catalog_moves_the_departure_under_its_id() -> None:
    theirs = listed("15:00", day=NEXT)
    before = documents({OURS: outing(catalog=listed("09:00"), catalog_change=theirs)})
    step = Follow.to(DAY, OURS, theirs)

    after = build([step], before, making())

    assert OURS not in after[DAY].departures
    moved = after[NEXT].departures[OURS]
    assert (moved.starts_at, moved.catalog, moved.catalog_change) == (local("15:00", NEXT), theirs, None)


def test_a_listing_read_again_is_followed_and_a_changed_one_is_not() -> None:
    step = Follow.to(DAY, OURS, listed("15:00"))
    again = listed("15:00").model_copy(update={"read_at": NOW + HOUR})

    assert made(step, outing(catalog=listed("09:00"), catalog_change=again)).starts_at == local("15:00")
    with pytest.raises(ResolutionNotApplicable, match="listed otherwise"):
        made(step, outing(catalog=listed("09:00"), catalog_change=listed("16:00")))


def test_steps_are_read_back_as_they_were_stored() -> None:
    adapter: TypeAdapter[Steps] = TypeAdapter(Steps)
    steps: Steps = (
        *STEPS,
        Follow.to(DAY, OURS, listed("15:00")),
        Add.beside(OURS, DAY, outing(), NEXT, local("13:00", NEXT)),
    )

    assert adapter.validate_json(adapter.dump_json(steps)) == steps
