"""From stored rows to the scenes that detection looks at."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from conflicts.choices import Severity
from conflicts.detection import Danger, Detection, Scene, detect
from conflicts.detection.double_bookings import commitments_of_other_dates
from scheduling.daily_schedules.commitments import commitments_around
from scheduling.daily_schedules.surroundings import departures_elsewhere, entered_over
from scheduling.domain.document import Departure, ScheduleDocument
from scheduling.domain.facts import Span
from scheduling.models import DailySchedule, Hazard
from scheduling.rules import Commitment, Facts

FAR_AHEAD = timedelta(days=3650)


@dataclass(frozen=True, slots=True)
class Look:
    """A document, and the departures in it to look at; one that is gone is still looked for."""

    document: ScheduleDocument
    departure_ids: frozenset[UUID]

    @property
    def departures(self) -> dict[UUID, Departure | None]:
        return {key: self.document.departures.get(key) for key in self.departure_ids}

    @property
    def present(self) -> list[Departure]:
        return [departure for departure in self.departures.values() if departure]


def scenes_of(
    looks: Mapping[date, Look],
    facts: Facts | None,
    *,
    now: datetime,
    commitments: Mapping[UUID, tuple[Commitment, ...]] | None = None,
) -> dict[date, Scene]:
    """A scene for each date; `commitments` in place of those stored."""
    span = span_of(departure for look in looks.values() for departure in look.present)
    if span is None:
        return {day: Scene(day, look.document, now, facts) for day, look in looks.items()}
    guides = {guide for look in looks.values() for departure in look.present for guide in departure.guide_ids}
    if commitments is None:
        commitments = commitments_around(span, guides)
    dangers = dangers_in_force(span)
    stored = departures_elsewhere(span, looks.keys())
    scenes = {}
    for day, look in looks.items():
        entered = entered_over(look.document, day, look.present)
        out_then = neighbours_of(day, looks, span, stored)
        scene = Scene(day, look.document, now, facts, dangers, entered, commitments, neighbours=out_then)
        scenes[day] = _with_elsewhere(scene, looks, look.departure_ids)
    return scenes


def neighbours_of(
    day: date, looks: Mapping[date, Look], span: Span, stored: Iterable[Departure]
) -> tuple[Departure, ...]:
    """The staffed departures of other dates within `span`: of the documents looked at, and of those `stored`."""
    beside = [d for other, look in looks.items() if other != day for d in look.document.departures.values()]
    return tuple(d for d in (*beside, *stored) if d.team and d.span.overlaps(span))


def detect_all(
    looks: Mapping[date, Look],
    facts: Facts | None,
    *,
    now: datetime,
    commitments: Mapping[UUID, tuple[Commitment, ...]] | None = None,
) -> Detection:
    """What is wrong on several dates, as one; `commitments` in place of those stored."""
    scenes = scenes_of(looks, facts, now=now, commitments=commitments)
    each = [detect(scene, looks[day].departure_ids) for day, scene in scenes.items()]
    found = {conflict.fingerprint: conflict for detection in each for conflict in detection.found}
    judged = frozenset(pair for detection in each for pair in detection.judged)
    return Detection(tuple(found.values()), judged)


def span_of(departures: Iterable[Departure]) -> Span | None:
    """From the first start to the last end; None without departures."""
    spans = [departure.span for departure in departures]
    if not spans:
        return None
    return Span(min(span.starts_at for span in spans), max(span.ends_at for span in spans))


def _with_elsewhere(scene: Scene, looks: Mapping[date, Look], departure_ids: Collection[UUID]) -> Scene:
    """The scene with those departures of other dates that clash with its own."""
    clashing = commitments_of_other_dates(scene, frozenset(departure_ids))
    if not clashing:
        return scene
    documents = {day: look.document for day, look in looks.items()}
    missing = {commitment.day for commitment in clashing} - documents.keys()
    rows = DailySchedule.objects.filter(schedule_date__in=missing)
    documents |= {row.schedule_date: row.document for row in rows}
    found = {
        c.departure_id: (c.day, departure)
        for c in clashing
        if c.day in documents and (departure := documents[c.day].departures.get(c.departure_id))
    }
    return replace(scene, elsewhere=found)


def dangers_in_force(span: Span) -> tuple[Danger, ...]:
    """The hazards that nobody lifted and that touch `span`."""
    return tuple(_danger(row) for row in Hazard.objects.in_force(span.starts_at, span.ends_at).order_by("hazard_id"))


def _danger(row: Hazard) -> Danger:
    ends_at = row.ends_at or datetime.now(UTC) + FAR_AHEAD
    return Danger(
        id=row.hazard_id,
        kind=row.kind,
        severity=Severity(row.severity) if row.severity in Severity.values else Severity.HIGH,
        description=row.description,
        span=Span(row.starts_at, ends_at),
        trail_ids=frozenset(UUID(trail_id) for trail_id in row.trail_ids),
        guide_ids=frozenset(UUID(guide_id) for guide_id in row.guide_ids),
        region_id=row.region_id,
        departure_id=row.departure_id,
        closes_trails=row.closes_trails,
    )
