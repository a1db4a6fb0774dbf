"""Examples of the rules about the trail and the weather of a departure."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from conflicts.detection import Cause, Danger, Detection, Severity
from scheduling.domain.document import UnassignedReason
from scheduling.domain.facts import Closure, Span, WeatherAlert, WeatherOutlook
from tests.conflicts.detection.examples.example import beyond, just_beyond, just_short_of, short_of
from tests.conflicts.detection.scenes import detect_among
from tests.factories import REGION_ID, TOMORROW, DepartureFactory, GuideFactory, TrailFactory, at, facts_of, lead

A_DAY = timedelta(days=1)
YESTERDAY, NEXT_DAY = TOMORROW - A_DAY, TOMORROW + A_DAY
LOS_ANGELES = ZoneInfo("America/Los_Angeles")
TRAIL_ID = uuid4()
MARCH, IN_MAY, OCTOBER = date(2027, 3, 1), date(2027, 5, 12), date(2027, 10, 31)
# At home the evening of tomorrow, in UTC the next day.
EVENING = {
    "starts_at": datetime.combine(TOMORROW, at(18).time(), LOS_ANGELES),
    "ends_at": datetime.combine(TOMORROW, at(21).time(), LOS_ANGELES),
}
INTO_THE_NIGHT = {"starts_at": at(22), "ends_at": at(0, 1, day=NEXT_DAY)}
UNTIL_MIDNIGHT = {"starts_at": at(22), "ends_at": at(0, day=NEXT_DAY)}


def without_trail(code: str, **fields: Any) -> Detection:
    reason = UnassignedReason(code=code, message="no trail fits")
    return detect_among(DepartureFactory(unassigned_reason=reason, **fields))


def on_trail(departure: dict[str, Any] | None = None, **trail: Any) -> Detection:
    """From 9 to 12 if not said otherwise, on a trail of this kind."""
    facts = facts_of(trails=[TrailFactory(id=TRAIL_ID, **trail)])
    return detect_among(DepartureFactory(trail_id=TRAIL_ID, **(departure or {})), facts=facts)


def closed(
    first: date, last: date | None, departure: dict[str, Any] | None = None, *, severe: bool = True
) -> Detection:
    return on_trail(departure, closures=(Closure(uuid4(), "rockfall", first, last, severe),))


def on_a_day_in_may(**season: date) -> Detection:
    trail = TrailFactory(id=TRAIL_ID, is_year_round=False, **season)
    departure = DepartureFactory(trail_id=TRAIL_ID, starts_at=at(9, day=IN_MAY), ends_at=at(12, day=IN_MAY))
    facts = facts_of(trails=[trail], days=[IN_MAY])
    return detect_among(departure, facts=facts, day=IN_MAY, now=at(9, day=IN_MAY) - 7 * A_DAY)


def in_danger(from_: datetime, to: datetime, **fields: Any) -> Detection:
    danger = Danger(id=uuid4(), severity=Severity.HIGH, description="grizzly sighted", span=Span(from_, to), **fields)
    return detect_among(DepartureFactory(trail_id=TRAIL_ID), dangers=(danger,))


def with_grizzly(from_: datetime, to: datetime, trail_id: UUID = TRAIL_ID, *, closes: bool = True) -> Detection:
    return in_danger(from_, to, trail_ids=frozenset({trail_id}), closes_trails=closes)


def in_emergency(from_: datetime, to: datetime, region_id: UUID = REGION_ID) -> Detection:
    return in_danger(from_, to, is_weather=True, region_id=region_id)


def alerted(from_: datetime, to: datetime, *trail_ids: UUID, is_active: bool = True) -> Detection:
    alert = WeatherAlert(uuid4(), REGION_ID, "WARNING", "storm", Span(from_, to), frozenset(trail_ids), is_active)
    facts = facts_of()
    facts = facts.with_snapshot(replace(facts.snapshot, alerts={REGION_ID: (alert,)}))
    return detect_among(DepartureFactory(trail_id=TRAIL_ID), facts=facts)


def forecast(outlook: WeatherOutlook, day: date, departure: dict[str, Any] | None = None) -> Detection:
    facts = facts_of(days=[TOMORROW, NEXT_DAY])
    outlooks = {(REGION_ID, day): outlook}
    facts = facts.with_snapshot(replace(facts.snapshot, outlooks=outlooks, alerts={REGION_ID: ()}))
    return detect_among(DepartureFactory(**(departure or {})), facts=facts)


STORM = WeatherOutlook.STORM_WARNING
EXAMPLES_OF_TRAILS_AND_WEATHER = (
    beyond(Cause.NO_TRAIL, "no trail can be used", without_trail, "NO_TRAIL"),
    just_beyond(Cause.NO_TRAIL, "no trail can be used, and nobody booked", without_trail, "NO_TRAIL", participants=0),
    just_short_of(
        Cause.NO_TRAIL,
        "no trail could be used, but somebody leads it",
        without_trail,
        "NO_TRAIL",
        team=[lead(GuideFactory())],
    ),
    short_of(Cause.NO_TRAIL, "no guide was found", without_trail, "NO_TEAM"),
    beyond(Cause.TRAIL, "closed", on_trail, status="CLOSED"),
    beyond(Cause.TRAIL, "flooded", on_trail, surface="FLOODED"),
    just_beyond(Cause.TRAIL, "closed until the day itself", closed, YESTERDAY, TOMORROW),
    just_short_of(Cause.TRAIL, "closed until the day before", closed, YESTERDAY, YESTERDAY),
    just_beyond(Cause.TRAIL, "closed from the day itself on", closed, TOMORROW, None),
    just_short_of(Cause.TRAIL, "closed from the day after on", closed, NEXT_DAY, None),
    just_beyond(Cause.TRAIL, "closed from a midnight under way on", closed, NEXT_DAY, None, INTO_THE_NIGHT),
    just_short_of(Cause.TRAIL, "closed from the midnight of the end on", closed, NEXT_DAY, None, UNTIL_MIDNIGHT),
    just_short_of(
        Cause.TRAIL, "closed from the next day there on, in UTC the day itself", closed, NEXT_DAY, None, EVENING
    ),
    just_short_of(Cause.TRAIL, "a closure that is not severe", closed, TOMORROW, TOMORROW, severe=False),
    just_beyond(
        Cause.TRAIL,
        "the season in spring ended the day before",
        on_a_day_in_may,
        opens_on=MARCH,
        open_until=IN_MAY - A_DAY,
    ),
    just_short_of(
        Cause.TRAIL, "the season in spring ends on the day itself", on_a_day_in_may, opens_on=MARCH, open_until=IN_MAY
    ),
    just_beyond(
        Cause.TRAIL,
        "the season over the new year ended the day before",
        on_a_day_in_may,
        opens_on=OCTOBER,
        open_until=IN_MAY - A_DAY,
    ),
    just_short_of(
        Cause.TRAIL,
        "the season over the new year ends on the day itself",
        on_a_day_in_may,
        opens_on=OCTOBER,
        open_until=IN_MAY,
    ),
    just_beyond(
        Cause.TRAIL,
        "the season until autumn begins the day after",
        on_a_day_in_may,
        opens_on=IN_MAY + A_DAY,
        open_until=OCTOBER,
    ),
    just_short_of(
        Cause.TRAIL,
        "the season until autumn begins on the day itself",
        on_a_day_in_may,
        opens_on=IN_MAY,
        open_until=OCTOBER,
    ),
    just_beyond(
        Cause.TRAIL,
        "the season over the new year begins the day after",
        on_a_day_in_may,
        opens_on=IN_MAY + A_DAY,
        open_until=MARCH,
    ),
    just_short_of(
        Cause.TRAIL,
        "the season over the new year begins on the day itself",
        on_a_day_in_may,
        opens_on=IN_MAY,
        open_until=MARCH,
    ),
    short_of(Cause.TRAIL, "open", on_trail),
    beyond(Cause.TRAIL_HAZARD, "all day", with_grizzly, at(6), at(20)),
    just_beyond(Cause.TRAIL_HAZARD, "until a minute past the start", with_grizzly, at(6), at(9, 1)),
    just_short_of(Cause.TRAIL_HAZARD, "until the start", with_grizzly, at(6), at(9)),
    just_beyond(Cause.TRAIL_HAZARD, "from a minute before the end", with_grizzly, at(11, 59), at(20)),
    just_short_of(Cause.TRAIL_HAZARD, "from the end", with_grizzly, at(12), at(20)),
    just_short_of(Cause.TRAIL_HAZARD, "on the trail, which stays open", with_grizzly, at(6), at(20), closes=False),
    short_of(Cause.TRAIL_HAZARD, "on another trail", with_grizzly, at(6), at(20), uuid4()),
    beyond(Cause.WEATHER_WARNING, "all day", alerted, at(6), at(20)),
    just_beyond(Cause.WEATHER_WARNING, "until a minute past the start", alerted, at(6), at(9, 1)),
    just_short_of(Cause.WEATHER_WARNING, "until exactly the start", alerted, at(6), at(9)),
    just_beyond(Cause.WEATHER_WARNING, "from a minute before the end", alerted, at(11, 59), at(20)),
    just_short_of(Cause.WEATHER_WARNING, "from the end", alerted, at(12), at(20)),
    just_beyond(Cause.WEATHER_WARNING, "for two trails, this one too", alerted, at(6), at(20), uuid4(), TRAIL_ID),
    just_short_of(Cause.WEATHER_WARNING, "for another trail of the region", alerted, at(6), at(20), uuid4()),
    short_of(Cause.WEATHER_WARNING, "no longer active", alerted, at(6), at(20), is_active=False),
    beyond(Cause.STORM_FORECAST, "a storm on the day", forecast, STORM, TOMORROW),
    just_beyond(Cause.STORM_FORECAST, "a storm after a midnight under way", forecast, STORM, NEXT_DAY, INTO_THE_NIGHT),
    just_short_of(
        Cause.STORM_FORECAST, "a storm after the midnight of the end", forecast, STORM, NEXT_DAY, UNTIL_MIDNIGHT
    ),
    just_short_of(Cause.STORM_FORECAST, "a storm on the next day there", forecast, STORM, NEXT_DAY, EVENING),
    just_short_of(Cause.STORM_FORECAST, "rain on the day", forecast, WeatherOutlook.RAIN_LIKELY, TOMORROW),
    short_of(Cause.STORM_FORECAST, "clear on the day", forecast, WeatherOutlook.CLEAR, TOMORROW),
    beyond(Cause.WEATHER_EMERGENCY, "all day", in_emergency, at(6), at(20)),
    just_beyond(Cause.WEATHER_EMERGENCY, "until a minute past the start", in_emergency, at(6), at(9, 1)),
    just_short_of(Cause.WEATHER_EMERGENCY, "until the start", in_emergency, at(6), at(9)),
    just_beyond(Cause.WEATHER_EMERGENCY, "from a minute before the end", in_emergency, at(11, 59), at(20)),
    just_short_of(Cause.WEATHER_EMERGENCY, "from the end", in_emergency, at(12), at(20)),
    short_of(Cause.WEATHER_EMERGENCY, "in another region", in_emergency, at(6), at(20), uuid4()),
)
