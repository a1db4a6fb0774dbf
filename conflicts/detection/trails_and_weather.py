"""Conflicts with the trail and the weather of a departure."""

from datetime import date

from conflicts.detection.causes import Cause, ConflictType
from conflicts.detection.findings import CLEAR, UNKNOWN, DetectedConflict, Judgement
from conflicts.detection.scene import Case, Danger
from conflicts.detection.severity import SEVERITY_OF_ALERT, WARNING_SEVERITIES, Severity
from scheduling.domain.facts import Sibling, Trail, WeatherAlert, WeatherOutlook
from scheduling.domain.words import in_words
from scheduling.rules import closed_because


def judge_trail(case: Case) -> Judgement:
    """Find a trail that is closed, out of season, flooded or under a severe closure on a date to come."""
    trail_id = case.departure.trail_id
    if trail_id is None:
        return CLEAR
    trail = case.scene.snapshot.trails.get(trail_id)
    if trail is None:
        return UNKNOWN
    reason = closed_because(trail, case.days_to_come)
    if reason is None:
        return Judgement(is_complete=trail.conditions_known)
    return Judgement((_on_closed_trail(case, trail, reason),))


def judge_lack_of_trail(case: Case) -> Judgement:
    """Find a departure that has no team because no trail of its region could be used, with these trails."""
    departure = case.departure
    reason = departure.unassigned_reason
    if reason is None or not departure.lacks_trail:
        return CLEAR
    conflict = case.conflict(
        Cause.NO_TRAIL,
        f"{case.name}: {reason.message}.",
        kind=ConflictType.TRAIL_CLOSED,
        trail_ids=reason.trail_ids or (),
        reason=reason.message,
    )
    return Judgement((conflict,))


def _on_closed_trail(case: Case, trail: Trail, reason: str) -> DetectedConflict:
    return case.conflict(
        Cause.TRAIL,
        f"{case.name}: {reason}.",
        kind=ConflictType.TRAIL_CLOSED,
        counterpart=trail.id,
        trail_ids=[trail.id],
        source=Sibling.TRAIL_MANAGEMENT,
        reason=reason,
    )


def judge_trail_hazards(case: Case) -> Judgement:
    """Find wildlife alerts and emergencies that close the trail during the departure."""
    trail_id = case.departure.trail_id
    if trail_id is None:
        return CLEAR
    return Judgement(
        tuple(
            case.conflict(
                Cause.TRAIL_HAZARD,
                f"{case.name}: its trail is closed, {danger.description}.",
                kind=ConflictType.TRAIL_CLOSED,
                severity=danger.severity,
                counterpart=danger.id,
                trail_ids=[trail_id],
                hazard_id=str(danger.id),
            )
            for danger in case.scene.dangers
            if danger.closes_trails and trail_id in danger.trail_ids and danger.span.overlaps(case.departure.span)
        )
    )


def judge_weather_alerts(case: Case) -> Judgement:
    """Find active alerts for the region or the trail during the departure."""
    snapshot, region_id = case.scene.snapshot, case.departure.region_id
    alerts = [alert for alert in snapshot.alerts.get(region_id, ()) if _concerns(alert, case)]
    return Judgement(tuple(_under_alert(case, alert) for alert in alerts), snapshot.knows_weather_of(region_id))


def _concerns(alert: WeatherAlert, case: Case) -> bool:
    """True of an alert during the departure for its trail; an alert without trails is for the whole region."""
    is_here = not alert.trail_ids or case.departure.trail_id in alert.trail_ids
    return alert.is_active and is_here and alert.span.overlaps(case.departure.span)


def _under_alert(case: Case, alert: WeatherAlert) -> DetectedConflict:
    trail_id, title = case.departure.trail_id, alert.title or "untitled"
    return case.conflict(
        Cause.WEATHER_WARNING,
        f"{case.name}: weather {in_words(alert.severity)} during the departure, {title}.",
        kind=ConflictType.WEATHER_ALERT,
        severity=SEVERITY_OF_ALERT.get(alert.severity, Severity.HIGH),
        counterpart=alert.id,
        trail_ids=[trail_id] if trail_id in alert.trail_ids and trail_id else [],
        source=Sibling.WEATHER,
        alert_id=str(alert.id),
        alert_severity=alert.severity,
        alert_span=[alert.span.starts_at.isoformat(), alert.span.ends_at.isoformat()],
    )


def judge_forecast(case: Case) -> Judgement:
    """Find a storm forecast for a date to come of the departure, unless an alert of its region warns already."""
    snapshot, region_id = case.scene.snapshot, case.departure.region_id
    days = case.days_to_come
    has_warning = any(alert.severity in WARNING_SEVERITIES for alert in snapshot.alerts.get(region_id, ()))
    is_complete = snapshot.knows_weather_of(region_id) and set(days) <= set(snapshot.days)
    stormy = [day for day in days if snapshot.outlooks.get((region_id, day)) is WeatherOutlook.STORM_WARNING]
    if has_warning or not stormy:
        return Judgement(is_complete=is_complete)
    return Judgement((_into_storm(case, stormy[0]),))


def _into_storm(case: Case, day: date) -> DetectedConflict:
    return case.conflict(
        Cause.STORM_FORECAST,
        f"{case.name}: a storm is forecast for {day}.",
        kind=ConflictType.WEATHER_ALERT,
        counterpart=day,
        source=Sibling.WEATHER,
        day=day.isoformat(),
    )


def judge_weather_emergencies(case: Case) -> Judgement:
    """Find weather emergencies, reported by events, in the departure's region or on its trail."""
    return Judgement(
        tuple(
            case.conflict(
                Cause.WEATHER_EMERGENCY,
                f"{case.name}: {danger.description}.",
                kind=ConflictType.WEATHER_ALERT,
                severity=danger.severity,
                counterpart=danger.id,
                hazard_id=str(danger.id),
            )
            for danger in case.scene.dangers
            if danger.is_weather and _strikes(danger, case)
        )
    )


def _strikes(danger: Danger, case: Case) -> bool:
    departure = case.departure
    is_here = (
        danger.departure_id == case.departure_id
        or danger.region_id == departure.region_id
        or (departure.trail_id is not None and departure.trail_id in danger.trail_ids)
    )
    return is_here and danger.span.overlaps(departure.span)
