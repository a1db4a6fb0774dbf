"""The text of a change names everything that people can notice of it, and no departure is taken for another."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conflicts.resolution.names import Names
from conflicts.resolution.sentences import UNSAID, describe_change
from conflicts.resolution.team_clauses import UNSAID_OF_MEMBERS
from scheduling.domain.catalog_listing import CatalogListing
from scheduling.domain.document import (
    AssignmentStatus,
    Departure,
    DepartureStatus,
    Role,
    ScheduleDocument,
    TeamMember,
    UnassignedReason,
)
from scheduling.domain.local_time import combine
from scheduling.domain.text import counted
from scheduling.domain.words import in_words
from tests.factories import REGION_ID, DepartureFactory, RegionFactory, TeamMemberFactory
from tests.words import codes_and_ids_in

DENVER = ZoneInfo("America/Denver")
DAY, NEXT = date(2027, 11, 6), date(2027, 11, 7)  # clocks go back in Denver on the 7th
OURS, OTHER, ADDED = UUID(int=1), UUID(int=2), UUID(int=3)
ELSEWHERE = UUID(int=4)
TRAILS = {UUID(int=21): "Rim Trail", UUID(int=22): "Lake Trail"}
NAMES = Names(
    TRAILS, {REGION_ID: RegionFactory(timezone=DENVER), ELSEWHERE: RegionFactory(name="Utah", timezone=DENVER)}
)
GUIDES = {UUID(int=31): "Ana Ruiz", UUID(int=32): "Ben Ito", UUID(int=33): "Cleo Fox"}
RESERVATIONS = [UUID(int=number) for number in range(41, 45)]


def local(day: date, clock: str) -> datetime:
    return combine(day, clock, DENVER).astimezone(DENVER)


def outing(clock: str = "09:00", day: date = DAY, **fields: object) -> Departure:
    starts_at = local(day, clock)
    made = DepartureFactory(**{"starts_at": starts_at, "ends_at": starts_at + timedelta(hours=3)} | fields)
    return Departure.model_validate(made.model_dump(mode="json", by_alias=True))


def text_of(before: dict[UUID, Departure], after: dict[UUID, Departure]) -> str:
    documents = [{DAY: ScheduleDocument(departures=departures)} for departures in (before, after)]
    return describe_change(documents[0], documents[1], NAMES)


members = st.builds(
    TeamMember,
    guide_id=st.sampled_from(sorted(GUIDES)),
    guide_name=st.just(""),
    role=st.sampled_from(Role),
    assignment_status=st.sampled_from(AssignmentStatus),
    pinned=st.booleans(),
)
teams = st.lists(members, max_size=3, unique_by=lambda member: member.guide_id).map(
    lambda team: [member.model_copy(update={"guide_name": GUIDES[member.guide_id]}) for member in team]
)
moments = st.tuples(st.sampled_from([DAY, NEXT]), st.integers(0, 23 * 12)).map(
    lambda drawn: local(drawn[0], "00:00").astimezone(ZoneInfo("UTC")) + timedelta(minutes=5 * drawn[1])
)
listings = st.builds(
    CatalogListing,
    schedule_date=st.sampled_from([DAY, NEXT]),
    local_time=st.sampled_from(["08:00", "10:00"]),
    trip_id=st.just(UUID(int=5)),
    trip_name=st.just("Sunrise hike"),
    activity_type=st.just("HIKING"),
    region_id=st.just(REGION_ID),
    duration_minutes=st.just(180),
    total_spots=st.just(12),
)
NOBODY = UnassignedReason(code="NO_GUIDE", message="nobody is free")
reasons = st.sampled_from([None, NOBODY, NOBODY.model_copy(update={"message": "no trail is open"})])
departures = st.builds(
    Departure,
    trip_id=st.sampled_from([UUID(int=5), UUID(int=6)]),
    trip_name=st.sampled_from(["Sunrise hike", "Lake stroll"]),
    activity_type=st.sampled_from(["HIKING", "ROCK_CLIMBING"]),
    region_id=st.sampled_from([REGION_ID, ELSEWHERE]),
    trail_id=st.sampled_from([None, *TRAILS, UUID(int=29)]),
    starts_at=moments,
    ends_at=moments,
    capacity=st.integers(0, 40),
    status=st.sampled_from(DepartureStatus),
    team=teams,
    unassigned_reason=reasons,
    reservations=st.dictionaries(st.sampled_from(RESERVATIONS), st.integers(1, 9), max_size=3),
    language=st.sampled_from([None, "de", "en"]),
    rescheduled_to=st.sampled_from([None, OTHER, UUID(int=9)]),
    catalog_change=st.none() | listings,
)


def _reason_of(departure: Departure) -> str:
    reason = departure.unassigned_reason
    return reason.message if reason and not departure.is_cancelled else ""


SAID: dict[str, Callable[[Departure], str]] = {
    "trip_id": lambda departure: f"the trip {departure.trip_name}",
    "trip_name": lambda departure: departure.trip_name,
    "activity_type": lambda departure: in_words(departure.activity_type),
    "region_id": lambda departure: NAMES.region(departure.region_id),
    "trail_id": lambda departure: NAMES.trail(departure.trail_id),
    "starts_at": lambda departure: NAMES.moment(departure.starts_at, departure.region_id),
    "ends_at": lambda departure: NAMES.span(departure.span, departure.region_id),
    "capacity": lambda departure: f"has {departure.capacity} place",
    "status": lambda departure: {
        DepartureStatus.DRAFT: "draft",
        DepartureStatus.PUBLISHED: "published",
        DepartureStatus.IN_PROGRESS: "under way",
        DepartureStatus.COMPLETED: "completed",
        DepartureStatus.CANCELLED: "cancelled",
    }[departure.status],
    "language": lambda departure: departure.language or "no certain language",
    "rescheduled_to": lambda departure: "replaced by",
    "catalog_change": lambda departure: "catalog lists" if departure.catalog_change is None else "listed otherwise",
    "team": lambda departure: "",
    "reservations": lambda departure: "",
    "unassigned_reason": _reason_of,
}


def test_each_field_of_a_departure_is_said_or_there_is_a_reason_why_not() -> None:
    assert SAID.keys() | UNSAID.keys() == Departure.model_fields.keys()
    assert not SAID.keys() & UNSAID.keys()


def test_each_field_of_a_member_is_said_or_there_is_a_reason_why_not() -> None:
    said = {"guide_id", "role", "assignment_status", "pinned"}
    assert said | UNSAID_OF_MEMBERS.keys() == TeamMember.model_fields.keys()
    assert not said & UNSAID_OF_MEMBERS.keys()


@settings(max_examples=50, deadline=None)
@given(departures, departures)
def test_each_changed_field_is_in_the_text(before: Departure, after: Departure) -> None:
    text = text_of({OURS: before, OTHER: outing()}, {OURS: after, OTHER: outing()})

    assert codes_and_ids_in(text) == []
    for name, said in SAID.items():
        if getattr(before, name) != getattr(after, name):
            assert said(after) in text, (name, text)


@settings(max_examples=50, deadline=None)
@given(departures, departures)
def test_each_guide_whose_part_changes_is_named_with_it(before: Departure, after: Departure) -> None:
    text = text_of({OURS: before}, {OURS: after})

    known, then = ({member.guide_id: member for member in departure.team} for departure in (before, after))
    for key in known.keys() ^ then.keys():
        assert f"{GUIDES[key]} {'joins' if key in then else 'leaves'}" in text
    for key in known.keys() & then.keys():
        if known[key] != then[key]:
            clause = text[text.index(GUIDES[key]) :].split(";")[0]
            assert ("leads" in clause or "assists" in clause) is (known[key].role is not then[key].role)
            assert ("pinned" in clause) is (known[key].pinned is not then[key].pinned)


@settings(max_examples=50, deadline=None)
@given(departures, departures, departures)
def test_each_reservation_that_changes_its_departure_is_counted_and_said_from_where_to_where(
    before: Departure, after: Departure, target: Departure
) -> None:
    taken = {key: guests for key, guests in before.reservations.items() if key not in after.reservations}
    empty = target.model_copy(update={"reservations": {}})
    after = after.model_copy(update={"reservations": {k: g for k, g in before.reservations.items() if k not in taken}})
    text = text_of(
        {OURS: before, OTHER: empty}, {OURS: after, OTHER: target.model_copy(update={"reservations": taken})}
    )

    if taken:
        sentence = f"{sum(taken.values())} guest"
        assert sentence in text
        assert f"on {NAMES.departure(target)} instead" in text
        assert after.reservations == {} or f"({counted(len(taken), 'reservation')})" in text


@settings(max_examples=50, deadline=None)
@given(departures, departures, st.integers(0, 40))
def test_a_new_departure_says_all_that_it_is(before: Departure, new: Departure, places: int) -> None:
    new = new.model_copy(update={"capacity": places, "reservations": {}})

    text = text_of({OURS: before}, {OURS: before, ADDED: new})

    assert NAMES.departure(new) in text
    assert NAMES.span(new.span, new.region_id) in text
    assert f"has {places} place" in text
    assert all(f"{member.guide_name} joins" in text for member in new.team)
    assert (new.trail_id is None) or NAMES.trail(new.trail_id) in text


@settings(max_examples=50, deadline=None)
@given(departures, departures, departures)
def test_the_texts_of_different_departures_differ(ours: Departure, other: Departure, after: Departure) -> None:
    """The same change of two departures of one trip gives two texts."""
    change = {"capacity": after.capacity + 50}
    texts = {text_of({OURS: departure}, {OURS: departure.model_copy(update=change)}) for departure in (ours, other)}
    is_same = NAMES.departure(ours) == NAMES.departure(other)
    told_apart = (ours.trip_name, ours.starts_at, ours.region_id) != (other.trip_name, other.starts_at, other.region_id)

    assert is_same is not told_apart
    assert len(texts) == 2 or is_same or ours.capacity == other.capacity


def test_nothing_changed_says_nothing() -> None:
    before = outing()

    assert text_of({OURS: before}, {OURS: before.model_copy(deep=True)}) == ""


def member(key: int, role: Role = Role.LEAD, **fields: Any) -> TeamMember:
    guide_id = UUID(int=key)
    values = {"assignment_status": AssignmentStatus.TENTATIVE} | fields
    return TeamMemberFactory(guide_id=guide_id, guide_name=GUIDES[guide_id], role=role, **values)


def test_a_move_to_another_date_reads_as_it_is_done() -> None:
    before = outing(team=[member(31)], reservations={RESERVATIONS[0]: 4}, participants=4)
    new = outing(
        "10:00", NEXT, team=[member(32)], reservations=before.reservations, trail_id=UUID(int=21), participants=4
    )
    old = before.model_copy(
        update={"status": DepartureStatus.CANCELLED, "rescheduled_to": ADDED, "reservations": {}, "participants": 0}
    )

    assert text_of({OURS: before}, {OURS: old, ADDED: new}) == (
        "Sunrise hike on Saturday 6 November, 09:00 (Pacific Northwest): is cancelled; is replaced by one on "
        "Sunday 7 November, 10:00 to 13:00; takes Rim Trail; has 12 places; Ben Ito joins and leads. "
        "4 guests of Sunrise hike on Saturday 6 November, 09:00 (Pacific Northwest) go on "
        "Sunrise hike on Sunday 7 November, 10:00 (Pacific Northwest) instead."
    )


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"trail_id": UUID(int=22)}, "takes Lake Trail instead of Rim Trail"),
        ({"capacity": 14}, "has 14 places instead of 12"),
        ({"team": [member(32)]}, "Ben Ito joins and leads; Ana Ruiz leaves and no longer leads"),
        ({"team": [member(31), member(33, Role.ASSISTANT)]}, "Cleo Fox joins"),
    ],
)
def test_one_change_is_one_sentence(fields: dict[str, object], text: str) -> None:
    before = outing(trail_id=UUID(int=21), team=[member(31)])

    after = before.model_copy(update=fields)

    label = "Sunrise hike on Saturday 6 November, 09:00 (Pacific Northwest)"
    assert text_of({OURS: before}, {OURS: after}) == f"{label}: {text}."


def test_the_hour_that_clocks_show_twice_is_told_apart() -> None:
    first = local(NEXT, "01:30")
    second = (first.astimezone(ZoneInfo("UTC")) + timedelta(hours=1)).astimezone(DENVER)

    assert NAMES.moment(first, REGION_ID) == "Sunday 7 November, 01:30 (UTC-0600)"
    assert NAMES.moment(second, REGION_ID) == "Sunday 7 November, 01:30 (UTC-0700)"


def test_guests_left_behind_by_a_cancellation_are_counted() -> None:
    before = outing(participants=5)

    text = text_of({OURS: before}, {OURS: before.model_copy(update={"status": DepartureStatus.CANCELLED})})

    assert text.endswith("5 guests of Sunrise hike on Saturday 6 November, 09:00 (Pacific Northwest) have no place.")


def test_guests_who_waited_get_a_place() -> None:
    before = outing()
    after = before.model_copy(update={"reservations": {RESERVATIONS[0]: 1, RESERVATIONS[1]: 2}})

    assert text_of({OURS: before}, {OURS: after}) == (
        "3 guests who waited (2 reservations) go on Sunrise hike on Saturday 6 November, 09:00 (Pacific Northwest)."
    )
