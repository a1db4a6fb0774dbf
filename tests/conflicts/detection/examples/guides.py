"""Examples of the rules about a single guide of a departure."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from conflicts.detection import Cause, Danger, Detection, Severity
from scheduling.domain.document import (
    AssignmentStatus,
    AvailabilityException,
    Departure,
    GuideAdjustments,
    Role,
    UnassignedReason,
)
from scheduling.domain.facts import Certificate, Span
from tests.conflicts.detection.examples.example import beyond, just_beyond, just_short_of, short_of
from tests.conflicts.detection.scenes import detect_among
from tests.factories import (
    TOMORROW,
    DepartureFactory,
    GuideFactory,
    TeamMemberFactory,
    TrailFactory,
    TripFactory,
    at,
    facts_of,
    lead,
)

A_DAY = timedelta(days=1)
YESTERDAY, NEXT_DAY = TOMORROW - A_DAY, TOMORROW + A_DAY
LOS_ANGELES = ZoneInfo("America/Los_Angeles")
GUIDE = GuideFactory()
TRIP = TripFactory()
TRAIL = TrailFactory(elevation_gain_m=120.0)
FIRST_AID = "WILDERNESS_FIRST_AID"
# At home the evening of tomorrow, in UTC the next day.
EVENING = {
    "starts_at": datetime.combine(TOMORROW, at(18).time(), LOS_ANGELES),
    "ends_at": datetime.combine(TOMORROW, at(21).time(), LOS_ANGELES),
}
INTO_THE_NIGHT = {"starts_at": at(22), "ends_at": at(0, 1, day=NEXT_DAY)}
UNTIL_MIDNIGHT = {"starts_at": at(22), "ends_at": at(0, day=NEXT_DAY)}
# Dates of 23 and of 25 hours in Los Angeles.
SHORT_DAY, LONG_DAY = date(2027, 3, 14), date(2027, 11, 7)


def led(**fields: Any) -> Departure:
    """A departure from 9 to 12 that the guide leads."""
    return DepartureFactory(**({"trip_id": TRIP.id, "trail_id": TRAIL.id, "team": [lead(GUIDE)]} | fields))


def certified(*certificates: Certificate, **fields: Any) -> Detection:
    facts = facts_of(guides=[GUIDE], trips=[TRIP], trails=[TRAIL])
    facts = facts.with_snapshot(replace(facts.snapshot, certificates={GUIDE.id: certificates}))
    return detect_among(led(**fields), facts=facts)


def first_aid(until: date | None = None, *, since: date | None = None) -> Certificate:
    return Certificate(FIRST_AID, True, until, issued_on=since)


def restricted(kind: str, value: Any = None, until: date | None = None) -> Detection:
    restriction = {"kind": kind, "value": value} | ({"until": until.isoformat()} if until else {})
    entered = {GUIDE.id: GuideAdjustments(restrictions=[restriction])}
    return detect_among(led(), facts=facts_of(guides=[GUIDE], trips=[TRIP], trails=[TRAIL]), adjustments=entered)


def with_team(*roles: Role, **fields: Any) -> Detection:
    return detect_among(led(team=[TeamMemberFactory(role=role) for role in roles], **fields))


def away(first: date, last: date, **fields: Any) -> Detection:
    """Both may be moments."""
    window = AvailabilityException.model_validate({"from": first, "to": last})
    entered = GuideAdjustments(availability_exceptions=[window])
    departure = led(**fields)
    return detect_among(
        departure, adjustments={GUIDE.id: entered}, day=departure.starts_at.date(), now=departure.starts_at - 7 * A_DAY
    )


def over_the_change_of(day: date, minutes: int) -> dict[str, Any]:
    """A departure at Los Angeles from the eve of `day` until as many minutes past its end, with offsets as stored."""
    eve, end = (datetime.combine(day + days * A_DAY, at(0).time(), LOS_ANGELES) for days in (-1, 1))
    starts_at, ends_at = eve + timedelta(hours=18), end + timedelta(minutes=minutes)
    return {"starts_at": starts_at.isoformat(), "ends_at": ends_at.isoformat()}


def listed_on(days: Iterable[date], guide: Any = GUIDE, **fields: Any) -> Detection:
    """The guide is listed as available on these dates, of two that were read."""
    facts = facts_of(guides=[guide], trips=[TRIP], trails=[TRAIL])
    available = {day: frozenset({guide.id} if day in days else ()) for day in (TOMORROW, NEXT_DAY)}
    facts = facts.with_snapshot(replace(facts.snapshot, available=available))
    return detect_among(led(team=[lead(guide)], **fields), facts=facts)


def held(from_: datetime, to: datetime, guide_id: UUID = GUIDE.id) -> Detection:
    emergency = Danger(
        id=uuid4(),
        severity=Severity.CRITICAL,
        description="lost hiker",
        span=Span(from_, to),
        guide_ids=frozenset({guide_id}),
    )
    return detect_among(led(), dangers=(emergency,))


def noted(status: AssignmentStatus, *notes: str) -> Detection:
    member = lead(GUIDE).model_copy(update={"assignment_status": status, "open_notes": list(notes)})
    return detect_among(led(team=[member]))


EXAMPLES_OF_GUIDES = (
    beyond(Cause.CERTIFICATION, "none is held", certified),
    beyond(Cause.CERTIFICATION, "it was revoked", certified, Certificate(FIRST_AID, False, None)),
    just_beyond(Cause.CERTIFICATION, "it ran out the day before", certified, first_aid(YESTERDAY)),
    just_short_of(Cause.CERTIFICATION, "it runs out on the day itself", certified, first_aid(TOMORROW)),
    just_beyond(Cause.CERTIFICATION, "it is issued the day after", certified, first_aid(since=NEXT_DAY)),
    just_short_of(Cause.CERTIFICATION, "it is issued on the day itself", certified, first_aid(since=TOMORROW)),
    just_beyond(
        Cause.CERTIFICATION,
        "it runs out at a midnight that is under way",
        certified,
        first_aid(TOMORROW),
        **INTO_THE_NIGHT,
    ),
    just_short_of(
        Cause.CERTIFICATION, "it runs out at the midnight of the end", certified, first_aid(TOMORROW), **UNTIL_MIDNIGHT
    ),
    just_short_of(
        Cause.CERTIFICATION,
        "it runs out on the day there, in UTC the day before",
        certified,
        first_aid(TOMORROW),
        **EVENING,
    ),
    short_of(Cause.CERTIFICATION, "it does not run out", certified, first_aid()),
    beyond(Cause.RESTRICTION, "no guiding at all", restricted, "NO_GUIDING"),
    just_beyond(Cause.RESTRICTION, "a metre less than the trail climbs", restricted, "MAX_ALTITUDE_M", 119),
    just_short_of(Cause.RESTRICTION, "as many metres as the trail climbs", restricted, "MAX_ALTITUDE_M", 120),
    just_beyond(Cause.RESTRICTION, "until the day itself", restricted, "NO_GUIDING", until=TOMORROW),
    just_short_of(Cause.RESTRICTION, "until the day before", restricted, "NO_GUIDING", until=YESTERDAY),
    just_beyond(Cause.RESTRICTION, "groups of nobody", restricted, "MAX_GROUP_SIZE", 0),
    just_short_of(Cause.RESTRICTION, "groups of a single guest", restricted, "MAX_GROUP_SIZE", 1),
    short_of(Cause.RESTRICTION, "another activity", restricted, "NO_ACTIVITY", "RAFTING"),
    beyond(Cause.NO_LEAD, "an assistant alone", with_team, Role.ASSISTANT),
    just_beyond(Cause.NO_LEAD, "two leads", with_team, Role.LEAD, Role.LEAD),
    just_short_of(Cause.NO_LEAD, "one lead of two", with_team, Role.LEAD, Role.ASSISTANT),
    just_beyond(
        Cause.NO_LEAD,
        "nobody was found for the only guest",
        with_team,
        participants=1,
        unassigned_reason=UnassignedReason(code="NO_TEAM", message="nobody is free"),
    ),
    just_short_of(
        Cause.NO_LEAD,
        "nobody was found for no guest",
        with_team,
        participants=0,
        unassigned_reason=UnassignedReason(code="NO_TEAM", message="nobody is free"),
    ),
    short_of(Cause.NO_LEAD, "not planned yet", with_team),
    beyond(Cause.AVAILABILITY_EXCEPTION, "the whole week", away, TOMORROW - 3 * A_DAY, TOMORROW + 3 * A_DAY),
    just_beyond(Cause.AVAILABILITY_EXCEPTION, "its last day is the day itself", away, YESTERDAY, TOMORROW),
    just_short_of(Cause.AVAILABILITY_EXCEPTION, "its last day is the day before", away, YESTERDAY, YESTERDAY),
    just_beyond(Cause.AVAILABILITY_EXCEPTION, "its first day is the day itself", away, TOMORROW, NEXT_DAY),
    just_short_of(Cause.AVAILABILITY_EXCEPTION, "its first day is the day after", away, NEXT_DAY, NEXT_DAY),
    just_beyond(Cause.AVAILABILITY_EXCEPTION, "until a minute past the start", away, at(7), at(9, 1)),
    just_short_of(Cause.AVAILABILITY_EXCEPTION, "until the start", away, at(7), at(9)),
    just_beyond(Cause.AVAILABILITY_EXCEPTION, "from a minute before the end", away, at(11, 59), at(14)),
    just_short_of(Cause.AVAILABILITY_EXCEPTION, "from the end", away, at(12), at(14)),
    just_beyond(
        Cause.AVAILABILITY_EXCEPTION, "from a midnight that is under way", away, NEXT_DAY, NEXT_DAY, **INTO_THE_NIGHT
    ),
    just_short_of(
        Cause.AVAILABILITY_EXCEPTION, "from the midnight of the end", away, NEXT_DAY, NEXT_DAY, **UNTIL_MIDNIGHT
    ),
    just_short_of(
        Cause.AVAILABILITY_EXCEPTION,
        "from the next day there, in UTC the day itself",
        away,
        NEXT_DAY,
        NEXT_DAY,
        **EVENING,
    ),
    just_beyond(
        Cause.AVAILABILITY_EXCEPTION,
        "from a midnight under way, after clocks went forward",
        away,
        SHORT_DAY + A_DAY,
        SHORT_DAY + A_DAY,
        **over_the_change_of(SHORT_DAY, 1),
    ),
    just_short_of(
        Cause.AVAILABILITY_EXCEPTION,
        "from the midnight of the end, after clocks went forward",
        away,
        SHORT_DAY + A_DAY,
        SHORT_DAY + A_DAY,
        **over_the_change_of(SHORT_DAY, 0),
    ),
    just_beyond(
        Cause.AVAILABILITY_EXCEPTION,
        "from a midnight under way, after clocks went back",
        away,
        LONG_DAY + A_DAY,
        LONG_DAY + A_DAY,
        **over_the_change_of(LONG_DAY, 1),
    ),
    just_short_of(
        Cause.AVAILABILITY_EXCEPTION,
        "from the midnight of the end, after clocks went back",
        away,
        LONG_DAY + A_DAY,
        LONG_DAY + A_DAY,
        **over_the_change_of(LONG_DAY, 0),
    ),
    short_of(Cause.AVAILABILITY_EXCEPTION, "next month", away, TOMORROW + 30 * A_DAY, TOMORROW + 40 * A_DAY),
    beyond(Cause.NOT_AVAILABLE, "listed on no day", listed_on, []),
    beyond(Cause.NOT_AVAILABLE, "on leave", listed_on, [TOMORROW], GuideFactory(is_active=False, status="ON_LEAVE")),
    just_beyond(Cause.NOT_AVAILABLE, "not listed after a midnight under way", listed_on, [TOMORROW], **INTO_THE_NIGHT),
    just_short_of(
        Cause.NOT_AVAILABLE, "not listed after the midnight of the end", listed_on, [TOMORROW], **UNTIL_MIDNIGHT
    ),
    just_short_of(
        Cause.NOT_AVAILABLE, "listed on the day there, in UTC the day before", listed_on, [TOMORROW], **EVENING
    ),
    short_of(Cause.NOT_AVAILABLE, "listed on both days", listed_on, [TOMORROW, NEXT_DAY], **INTO_THE_NIGHT),
    beyond(Cause.HELD_BY_EMERGENCY, "all day", held, at(6), at(20)),
    just_beyond(Cause.HELD_BY_EMERGENCY, "until a minute past the start", held, at(6), at(9, 1)),
    just_short_of(Cause.HELD_BY_EMERGENCY, "until the start", held, at(6), at(9)),
    just_beyond(Cause.HELD_BY_EMERGENCY, "from a minute before the end", held, at(11, 59), at(20)),
    just_short_of(Cause.HELD_BY_EMERGENCY, "from the end", held, at(12), at(20)),
    short_of(Cause.HELD_BY_EMERGENCY, "another guide", held, at(6), at(20), uuid4()),
    beyond(Cause.GUIDE_NOTE, "two notes", noted, AssignmentStatus.PENDING_APPROVAL, "a cold", "no car"),
    just_beyond(Cause.GUIDE_NOTE, "a note to be approved", noted, AssignmentStatus.PENDING_APPROVAL, "a cold"),
    just_short_of(Cause.GUIDE_NOTE, "a note that is approved", noted, AssignmentStatus.CONFIRMED, "a cold"),
    short_of(Cause.GUIDE_NOTE, "no note", noted, AssignmentStatus.PENDING_APPROVAL),
)
