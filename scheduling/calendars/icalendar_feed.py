"""A guide's iCalendar feed (RFC 5545): the departures announced to the guide, for any calendar program."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, tzinfo
from uuid import UUID

from icalendar import STATUS, Calendar, Event

from scheduling.calendars.announced_departures import AnnouncedDeparture, announced_departures
from scheduling.calendars.components import NAMESPACE, PRODUCT, local_or_utc, plain, timezone_component
from scheduling.calendars.places import Places, look_up_places
from scheduling.domain.document import TeamMember

LOOK_BACK = timedelta(days=31)
REFRESH_EVERY = timedelta(minutes=15)


def feed_of(guide_id: UUID, guide_name: str, now: datetime) -> bytes:
    """Return a guide's calendar from 31 days before `now` (aware) on, as bytes that are equal while nothing changes.

    An event is a departure as it was last announced to the guide: unpublished plans never show. Its UID is the
    departure's for good; a departure that a dispatcher moves to another date is another departure there, so that the
    former event is cancelled and the other is new. SEQUENCE is the revision of the daily schedule. While siblings are
    unavailable it lacks the names of trails and base camps, and its times are in UTC.
    """
    announced = announced_departures(guide_id, since=now.date() - LOOK_BACK)
    places = look_up_places(sorted({announcement.departure.region_id for announcement in announced}))
    zones = [places.zone_of(announcement.departure.region_id) for announcement in announced]
    calendar = _calendar(guide_id, guide_name, zones)
    for name in sorted({str(zone) for zone in zones} - {str(UTC)}):
        calendar.add_component(timezone_component(name, *_years(announced)))
    for announcement, zone in zip(announced, zones, strict=True):
        calendar.add_component(_event(announcement, guide_id, places, zone))
    feed: bytes = calendar.to_ical()
    return feed


def _calendar(guide_id: UUID, guide_name: str, zones: list[tzinfo]) -> Calendar:
    calendar = Calendar.new(
        prodid=PRODUCT, method="PUBLISH", uid=f"{guide_id}@{NAMESPACE}", name=plain(f"NovaTrek: {guide_name}")
    )
    calendar.add("REFRESH-INTERVAL", REFRESH_EVERY, parameters={"VALUE": "DURATION"})
    calendar.add("X-PUBLISHED-TTL", f"PT{REFRESH_EVERY // timedelta(minutes=1)}M")
    calendar.add("X-WR-TIMEZONE", str(max(sorted(zones, key=str), key=zones.count, default=UTC)))
    return calendar


def _event(announced: AnnouncedDeparture, guide_id: UUID, places: Places, zone: tzinfo) -> Event:
    return Event.new(
        uid=f"{announced.id}@{NAMESPACE}",
        sequence=announced.rev,
        stamp=announced.updated_at.astimezone(UTC),
        last_modified=announced.updated_at.astimezone(UTC),
        start=local_or_utc(announced.starts_at, zone),
        end=local_or_utc(announced.starts_at.astimezone(UTC) + announced.duration, zone),
        status=STATUS.CANCELLED if announced.is_called_off else STATUS.CONFIRMED,
        summary=plain(announced.departure.trip_name),
        location=plain(places.described(announced.trail_id, announced.departure.location_id)) or None,
        description="\n".join(map(plain, _description(announced, guide_id))),
    )


def _description(announced: AnnouncedDeparture, guide_id: UUID) -> Iterator[str]:
    """Lines of text for the guide; of the guests only their number."""
    if announced.is_called_off:
        yield "Cancelled"
        return
    departure = announced.departure
    yield f"{departure.participants} of {departure.capacity} guests"
    members = {member.guide_id: member for member in departure.team}
    leads = announced.leads(guide_id)
    if leads is not None:
        yield f"Role: {'lead' if leads else 'assistant'}"
    others = [other for other in announced.announcement.guide_ids if other != guide_id]
    if others:
        yield f"With {_names(others, members)}"


def _names(guide_ids: list[UUID], members: dict[UUID, TeamMember]) -> str:
    """The other announced guides by name; those whose release is not published yet are only counted."""
    names = sorted(members[guide_id].guide_name for guide_id in guide_ids if guide_id in members)
    unnamed = len(guide_ids) - len(names)
    return ", ".join([*names, *([f"{unnamed} more"] if unnamed else [])])


def _years(announced: list[AnnouncedDeparture]) -> tuple[int, int]:
    """The first year that an event could touch, and the first year that none can."""
    days = [announcement.starts_at.date() for announcement in announced]
    return min(days).year - 1, max(days).year + 2
