"""Examples of the rules about two departures of one guide."""

from datetime import date, datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

from conflicts.detection import Cause, Detection
from scheduling.domain.facts import Span
from scheduling.rules import Commitment
from tests.conflicts.detection.examples.example import beyond, just_beyond, just_short_of, short_of
from tests.conflicts.detection.scenes import detect_among
from tests.factories import TOMORROW, DepartureFactory, GuideFactory, at, lead

GUIDE = GuideFactory()
LOS_ANGELES, TOKYO = ZoneInfo("America/Los_Angeles"), ZoneInfo("Asia/Tokyo")
NEXT_DAY = TOMORROW + timedelta(days=1)
# The dates after nights of 7 and of 9 hours from 22 to 6 h.
CLOCKS_FORWARD, CLOCKS_BACK = date(2027, 3, 14), date(2027, 11, 7)


def on_one_day(second_from: datetime, second_to: datetime) -> Detection:
    """The guide is on a departure from 9 to 12, and on a second one."""
    first, second = (
        DepartureFactory(team=[lead(GUIDE)], starts_at=starts_at, ends_at=ends_at)
        for starts_at, ends_at in ((at(9), at(12)), (second_from, second_to))
    )
    return detect_among(first, second)


def on_two_days(evening_ends: datetime, morning_starts: datetime) -> Detection:
    """The guide is on a departure in an evening, and on one of the next date in the morning."""
    hours, key = timedelta(hours=3), uuid4()
    evening, morning = (
        DepartureFactory(team=[lead(GUIDE)], starts_at=starts_at, ends_at=ends_at)
        for starts_at, ends_at in ((evening_ends - hours, evening_ends), (morning_starts, morning_starts + hours))
    )
    day, eve = morning.starts_at.date(), evening.starts_at.date()
    return detect_among(
        morning,
        day=day,
        now=evening.starts_at - timedelta(days=7),
        commitments={GUIDE.id: (Commitment(GUIDE.id, key, eve, Span(evening.starts_at, evening.ends_at)),)},
        elsewhere={key: (eve, evening)},
    )


def over_night(day: date, hour: int, minute: int) -> Detection:
    """Until 22 h the evening before, and from this time of `day` on, by the clocks of Los Angeles."""
    eve = datetime.combine(day - timedelta(days=1), at(22).time(), LOS_ANGELES)
    return on_two_days(eve, datetime.combine(day, at(hour, minute).time(), LOS_ANGELES))


EXAMPLES_OF_BOOKINGS = (
    beyond(Cause.OVERLAP, "the same hours", on_one_day, at(9), at(12)),
    just_beyond(Cause.OVERLAP, "29 minutes after the first", on_one_day, at(12, 29), at(15)),
    just_short_of(Cause.OVERLAP, "30 minutes after the first", on_one_day, at(12, 30), at(15)),
    just_beyond(Cause.OVERLAP, "29 minutes before the first", on_one_day, at(6), at(8, 31)),
    just_short_of(Cause.OVERLAP, "30 minutes before the first", on_one_day, at(6), at(8, 30)),
    just_beyond(
        Cause.OVERLAP,
        "29 minutes after the first, in another zone",
        on_one_day,
        at(12, 29).astimezone(TOKYO),
        at(15).astimezone(TOKYO),
    ),
    just_short_of(
        Cause.OVERLAP,
        "30 minutes after the first, in another zone",
        on_one_day,
        at(12, 30).astimezone(TOKYO),
        at(15).astimezone(TOKYO),
    ),
    just_beyond(Cause.OVERLAP, "29 minutes over midnight", on_two_days, at(23, 45), at(0, 14, day=NEXT_DAY)),
    just_short_of(
        Cause.OVERLAP,
        "30 minutes over midnight, which is too little rest",
        on_two_days,
        at(23, 45),
        at(0, 15, day=NEXT_DAY),
    ),
    short_of(Cause.OVERLAP, "in the evening", on_one_day, at(18), at(20)),
    beyond(Cause.REST, "5 h", on_two_days, at(23), at(4, day=NEXT_DAY)),
    just_beyond(Cause.REST, "7 h 59", on_two_days, at(22), at(5, 59, day=NEXT_DAY)),
    just_short_of(Cause.REST, "8 h", on_two_days, at(22), at(6, day=NEXT_DAY)),
    just_beyond(Cause.REST, "7 h 59 from midnight on", on_two_days, at(0, day=NEXT_DAY), at(7, 59, day=NEXT_DAY)),
    just_short_of(Cause.REST, "8 h from midnight on", on_two_days, at(0, day=NEXT_DAY), at(8, day=NEXT_DAY)),
    just_beyond(Cause.REST, "7 h 59 that look like 8 h 59, clocks forward", over_night, CLOCKS_FORWARD, 6, 59),
    just_short_of(Cause.REST, "8 h that look like 9 h, clocks forward", over_night, CLOCKS_FORWARD, 7, 0),
    just_beyond(Cause.REST, "7 h 59 that look like 6 h 59, clocks back", over_night, CLOCKS_BACK, 4, 59),
    just_short_of(Cause.REST, "8 h that look like 7 h, clocks back", over_night, CLOCKS_BACK, 5, 0),
    short_of(Cause.REST, "half a day", on_two_days, at(20), at(8, day=NEXT_DAY)),
)
