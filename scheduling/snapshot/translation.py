"""Translation of the siblings' payloads to the facts of `scheduling.domain.facts`."""

from datetime import date, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import structlog

from scheduling.domain import normalization
from scheduling.domain.facts import (
    CatalogDeparture,
    Certificate,
    Closure,
    Coordinates,
    Guide,
    Location,
    OpeningHours,
    Region,
    Span,
    Trail,
    Trip,
    WeatherAlert,
)
from scheduling.domain.limits import DEFAULT_GROUP_SIZE, LONG_AGO, OPEN_END
from scheduling.siblings import guide_management, location_services, trail_management, trip_catalog, weather
from scheduling.siblings.calls import CoordinatesPayload

UNKNOWN_STATUS = "UNKNOWN"
MAX_TRANSLATED = 10_000
"""The guides that a process keeps translated: some 20 MB."""
NIL = UUID(int=0)
WEEKDAYS = ("MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY")

log = structlog.get_logger(__name__)


def region_of(payload: trip_catalog.RegionPayload) -> Region | None:
    """Translate a region; None without a known time zone, because no time in it can be computed."""
    try:
        zone = ZoneInfo(payload.timezone or "")
    except (ZoneInfoNotFoundError, ValueError):
        log.warning("region_without_time_zone", region_id=str(payload.id), timezone=payload.timezone)
        return None
    return Region(
        id=payload.id,
        name=payload.name,
        timezone=zone,
        weather_station_id=payload.weather_station_id or None,
        coordinates=coordinates_of(payload.coordinates),
    )


def coordinates_of(payload: CoordinatesPayload | None) -> Coordinates | None:
    return Coordinates(payload.latitude, payload.longitude) if payload else None


def base_camp_of(payload: location_services.LocationPayload, max_capacity: int | None) -> Location:
    hours = payload.operating_hours or ()
    return Location(
        id=payload.id,
        region_id=payload.region_id,
        max_capacity=max_capacity,
        coordinates=coordinates_of(payload.coordinates),
        opening_hours=tuple(
            OpeningHours(WEEKDAYS.index(row.day_of_week), row.open_time, row.close_time.replace("24:", "00:"))
            for row in hours
        ),
    )


def trip_of(payload: trip_catalog.TripPayload) -> Trip:
    return Trip(
        id=payload.id,
        name=payload.name,
        activity_type=payload.activity_type,
        difficulty=normalization.difficulty_of_trip(payload.difficulty_level),
        region_id=payload.region_id,
        duration=timedelta(hours=payload.duration_hours),
        min_participants=payload.min_participants,
        max_participants=payload.max_participants,
        is_active=payload.status == "ACTIVE",
        required_certifications=frozenset(
            map(normalization.normalise_certification, payload.required_certifications or ())
        ),
        age_minimum=payload.age_minimum,
    )


def departure_of(payload: trip_catalog.DeparturePayload) -> CatalogDeparture:
    """Translate a departure. Without `total_spots` the available ones are the total."""
    return CatalogDeparture(
        id=payload.id,
        trip_id=payload.trip_id,
        day=payload.departure_date,
        departure_time=payload.departure_time,
        total_spots=payload.available_spots if payload.total_spots is None else payload.total_spots,
        available_spots=payload.available_spots,
        is_cancelled=payload.status == "CANCELLED",
    )


_translated: dict[UUID, tuple[guide_management.GuidePayload, Guide]] = {}
"""The guides that a process has translated, each by the last answer about them."""


def guide_of(payload: guide_management.GuidePayload) -> Guide:
    """Translate a guide: once for the same answer, which the lists of all dates have that the guide is available on."""
    known = _translated.get(payload.id)
    # Pydantic's own comparison looks at more than the fields, and takes twice as long.
    if known is not None and vars(known[0]) == vars(payload):
        return known[1]
    guide = _guide_of(payload)
    if len(_translated) >= MAX_TRANSLATED:
        _translated.clear()
    _translated[payload.id] = payload, guide
    return guide


def _guide_of(payload: guide_management.GuidePayload) -> Guide:
    return Guide(
        id=payload.id,
        name=f"{payload.first_name} {payload.last_name}".strip(),
        region_ids=tuple(map(normalization.normalise_region, payload.region_ids)),
        certifications=_certifications_of(payload),
        activities=frozenset(map(normalization.normalise_activity, payload.activity_specialties or ())),
        is_active=payload.status == "ACTIVE",
        status=payload.status,
        max_group_size=payload.max_group_size or DEFAULT_GROUP_SIZE,
        years_experience=payload.years_experience,
        average_rating=payload.average_rating,
        languages=frozenset(language.strip().lower() for language in payload.languages or ()),
    )


def _certifications_of(payload: guide_management.GuidePayload) -> frozenset[str]:
    level = payload.emergency_training_level
    return normalization.with_implied_certifications([*(payload.certifications or ()), *([level] if level else ())])


def certificate_of(payload: guide_management.CertificationPayload) -> Certificate:
    return Certificate(
        name=normalization.normalise_certification(payload.certification_type),
        is_valid=payload.status == "VALID",
        expires_on=payload.expiry_date,
        issued_on=payload.issued_date,
    )


def trail_of(payload: trail_management.TrailPayload) -> Trail:
    """Translate a listed trail, whose conditions are not read yet."""
    season = payload.seasonal_availability
    return Trail(
        id=payload.id,
        name=payload.name or str(payload.id),
        region_id=payload.region_id,
        activities=frozenset(map(normalization.normalise_activity, payload.activity_types or ())),
        difficulty=payload.difficulty,
        elevation_gain_m=payload.elevation_gain_m,
        max_group_size=payload.max_group_size,
        status=payload.status or UNKNOWN_STATUS,
        is_year_round=season.year_round,
        opens_on=season.open_from,
        open_until=season.open_until,
        conditions_known=False,
    )


def closure_of(payload: trail_management.ClosurePayload) -> Closure:
    """Translate a closure. Without a start it is in force already; without a severity it counts as severe."""
    return Closure(
        id=payload.id,
        reason=payload.reason,
        starts_on=payload.start_date or date.min,
        ends_on=payload.end_date,
        is_severe=payload.severity not in {"MINOR", "MODERATE"},
    )


def unreadable_closure(key: UUID | None, reason: str) -> Closure:
    """Return the closure that stands for a record that breaks the contract: severe, in force and open-ended."""
    return Closure(
        id=key or NIL,
        reason=f"a closure that cannot be read ({reason})",
        starts_on=date.min,
        ends_on=None,
        is_severe=True,
    )


def alert_of(payload: weather.AlertPayload, region_id: UUID) -> WeatherAlert:
    """Translate an alert. Without an end it is open-ended; without `is_active` it is active."""
    return WeatherAlert(
        id=payload.id,
        region_id=region_id,
        severity=payload.severity,
        title=payload.title,
        span=Span(payload.effective_from or LONG_AGO, payload.effective_until or OPEN_END),
        trail_ids=frozenset(payload.affected_trail_ids or ()),
        is_active=payload.is_active is not False,
    )
