"""Ranked dates in the contract's words: a ScheduleOptimizationResult."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from conflicts.detection import ConflictType, Severity
from optimization.requests.query import DateOption
from optimization.requests.ranking import RankedDate, RankedDates
from scheduling.domain.facts import Sibling, Snapshot, Span, WeatherAlert
from scheduling.domain.words import in_words
from scheduling.requests.answers import assignments_of, departure_fields
from scheduling.rules import Facts, Rule
from scheduling.rules.inputs import days_of
from scheduling.rules.trails import unusable_trails

_WARNING_TYPES = {
    Sibling.WEATHER: "WEATHER_ALERT",
    Sibling.TRAIL_MANAGEMENT: "TRAIL_CLOSED",
    Sibling.LOCATION_SERVICES: "CAPACITY_EXCEEDED",
    Sibling.GUIDE_MANAGEMENT: "GUIDE_DOUBLE_BOOKED",
}
_SEVERITY = {"ADVISORY": "LOW", "WATCH": "MEDIUM", "WARNING": "HIGH", "EMERGENCY": "CRITICAL"}
# A forecast loses this much confidence per day of distance.
_CONFIDENCE_LOST_PER_DAY = 0.07


def result_of(ranked: RankedDates, *, max_results: int | None = None) -> dict[str, Any]:
    """Return the result of the first `max_results` dates, as they would be planned."""
    dates = ranked.dates[:max_results]
    result: dict[str, Any] = {
        "recommended_dates": [_recommended_date(date) for date in dates],
        "guide_assignments": [assignment for date in dates for assignment in _assignments(date)],
        "conflict_warnings": [
            *warnings_of_unknown_facts(ranked.facts.snapshot),
            *_trail_warnings(dates, ranked.facts),
            *_alert_warnings(dates, ranked.facts.snapshot),
        ],
        "weather_summary": _weather_summary(dates, ranked.facts.snapshot),
    }
    result["facts_read_at"] = ranked.facts.snapshot.facts_read_at.isoformat()
    best = ranked.best
    result["optimization_score"] = round(best.score, 2) if best else 0.0
    return result


def _recommended_date(ranked: RankedDate) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "date": ranked.option.day.isoformat(),
        "score": round(ranked.score, 2),
        "availability_status": ranked.availability.value,
        "notes": ranked.notes,
        **departure_fields(ranked.option.departure_id, ranked.departure),
    }
    if ranked.option.condition:
        entry["trail_condition"] = ranked.option.condition.value
    if ranked.option.outlook:
        entry["weather_outlook"] = ranked.option.outlook.value
    return entry


def _assignments(ranked: RankedDate) -> list[dict[str, Any]]:
    option = ranked.option
    return assignments_of(option.departure_id, ranked.departure, option.day) if ranked.is_bookable else []


def warnings_of_unknown_facts(snapshot: Snapshot) -> list[dict[str, Any]]:
    """Return a warning for each sibling that did not answer, in the contract's words."""
    return [
        {"type": _WARNING_TYPES[sibling], "severity": "LOW", "message": message, "source_service": sibling.value}
        for sibling, message in sorted(snapshot.unknown.items())
        if sibling in _WARNING_TYPES
    ]


def _trail_warnings(dates: Sequence[RankedDate], facts: Facts) -> list[dict[str, Any]]:
    """Return a warning for each trail that cannot be used on a date for which there is no other."""
    return [
        {
            "type": ConflictType.TRAIL_CLOSED.value,
            "severity": Severity.HIGH.value,
            "message": f"{reason[:1].upper()}{reason[1:]}.",
            "affected_date": date.option.day.isoformat(),
            "affected_resource_id": str(trail_id),
            "source_service": Sibling.TRAIL_MANAGEMENT.value,
        }
        for date in dates
        if date.option.obstacle and date.option.obstacle.rule is Rule.TRAIL_CLOSED
        for trail_id, reason in _unusable_trails(date.option, facts).items()
    ]


def _unusable_trails(option: DateOption, facts: Facts) -> dict[UUID, str]:
    departure, trip = option.departure, facts.snapshot.trips[option.departure.trip_id]
    return unusable_trails(trip, days_of(departure), departure.span, option.guests, facts)


def _alert_warnings(dates: Sequence[RankedDate], snapshot: Snapshot) -> list[dict[str, Any]]:
    warnings = []
    for date in dates:
        for alert in snapshot.alerts.get(date.departure.region_id, ()):
            if _affects(alert, date.departure.span, date.departure.trail_id):
                warnings.append(
                    {
                        "type": "WEATHER_ALERT",
                        "severity": _SEVERITY[alert.severity],
                        "message": alert.title,
                        "affected_date": date.option.day.isoformat(),
                        "affected_resource_id": str(alert.id),
                        "source_service": Sibling.WEATHER.value,
                    }
                )
    return warnings


def _affects(alert: WeatherAlert, span: Span, trail_id: UUID | None) -> bool:
    concerns_trail = not alert.trail_ids or trail_id in alert.trail_ids
    return alert.is_active and concerns_trail and alert.span.overlaps(span)


def _weather_summary(dates: Sequence[RankedDate], snapshot: Snapshot) -> dict[str, Any]:
    summary: dict[str, Any] = {"data_source": Sibling.WEATHER.value}
    outlooks = [date.option.outlook for date in dates]
    today = snapshot.taken_at.date()
    confidences = [
        max(0.0, 1 - _CONFIDENCE_LOST_PER_DAY * (date.option.day - today).days) if date.option.outlook else 0.0
        for date in dates
    ]
    summary["forecast_confidence"] = round(sum(confidences) / len(confidences), 2) if confidences else 0.0
    conditions = sorted({in_words(outlook) for outlook in outlooks if outlook})
    unknown = snapshot.unknown.get(Sibling.WEATHER)
    without = sum(outlook is None for outlook in outlooks)
    parts = [", ".join(conditions)] if conditions else []
    if without:
        parts.append(unknown or f"no outlook for {without} of {len(outlooks)} dates")
    summary["conditions"] = "; ".join(parts) or "no dates to look at"
    return summary
