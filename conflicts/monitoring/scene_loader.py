"""Loading scenes: the input of detection, from stored rows."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from operator import attrgetter
from uuid import UUID

from conflicts.detection import Danger, Detection, Scene, Severity, detect
from conflicts.detection.double_bookings import commitments_of_other_dates
from conflicts.detection.scene import WaitingGuests
from scheduling.daily_schedules.commitments import commitments_around
from scheduling.daily_schedules.surroundings import StoredEntries, days_of_any, departures_elsewhere, read_entries
from scheduling.domain.document import Departure, ScheduleDocument
from scheduling.domain.facts import Span
from scheduling.hazards import stored_in_force
from scheduling.models import DailySchedule, Hazard, HazardKind, Reservation
from scheduling.rules import Commitment, Facts
from scheduling.rules.camp_load import CampLoads

# The end of a hazard that has none yet.
FAR_AHEAD = timedelta(days=3650)


@dataclass(frozen=True)
class DetectionScope:
    """The document of a date and the departures to judge in it; a removed departure may be among them.

    `waiting_for` are trips: who waits for any departure of them is judged, too.
    """

    document: ScheduleDocument
    departure_ids: frozenset[UUID]
    waiting_for: frozenset[UUID] = frozenset()

    @cached_property
    def departures(self) -> dict[UUID, Departure | None]:
        return {key: self.document.departures.get(key) for key in self.departure_ids}

    @cached_property
    def present(self) -> list[Departure]:
        return [departure for departure in self.departures.values() if departure]


@dataclass(frozen=True, slots=True)
class Around:
    """What is read around departures that are judged many times, changed in different ways.

    `documents` are those of the dates around, `elsewhere` the staffed departures of other dates.
    """

    documents: Mapping[date, ScheduleDocument]
    entries: StoredEntries
    dangers: tuple[Danger, ...]
    elsewhere: tuple[Departure, ...]

    def staffed_outside(self, days: Collection[date]) -> list[Departure]:
        """Return the staffed departures of dates other than these."""
        others = (document for day, document in self.documents.items() if day not in days)
        return [*(d for document in others for d in document.departures.values() if d.team), *self.elsewhere]


def read_around(documents: Mapping[date, ScheduleDocument], days: Collection[date], span: Span) -> Around:
    """Read what is around departures of these documents, which touch `days` and are within `span`."""
    return Around(
        documents,
        read_entries({*documents, *days}),
        dangers_in_force(span),
        tuple(departures_elsewhere([span], documents.keys())),
    )


def load_scenes(
    scopes: Mapping[date, DetectionScope],
    facts: Facts | None,
    *,
    now: datetime,
    commitments: Mapping[UUID, tuple[Commitment, ...]] | None = None,
    around: Around | None = None,
    loads: CampLoads | None = None,
) -> dict[date, Scene]:
    """Return the scene of each date; `commitments` take the place of the stored ones, `around` that of reading, and
    `loads`, where the base camps' are counted already, that of neighbours.

    Without `facts` only rules about documents and hazards can be judged.
    """
    present = [departure for scope in scopes.values() for departure in scope.present]
    span = span_of(present)
    if span is None:
        return {
            day: Scene(day, scope.document, now, facts, waiting=_waiting_guests(day, scope.waiting_for))
            for day, scope in scopes.items()
        }
    guides = {guide for departure in present for guide in departure.guide_ids}
    if commitments is None:
        commitments = commitments_around(span, guides)
    spans = {day: own for day, scope in scopes.items() if (own := span_of(scope.present))}
    if around is None:
        dangers = dangers_in_force(span)
        stored = departures_elsewhere(spans.values(), scopes.keys(), _camps_of(present, facts))
        documents = {day: scope.document for day, scope in scopes.items()}
        entries = read_entries({*scopes, *days_of_any(present)}, known=documents)
    else:
        stored = [] if loads else around.staffed_outside(scopes.keys())
        dangers, entries = around.dangers, around.entries
    scenes = {}
    for day, scope in scopes.items():
        entered = entries.around(scope.document, day, days_of_any(scope.present))
        neighbours = () if loads else neighbours_of(day, scopes, spans.get(day), stored)
        scene = Scene(day, scope.document, now, facts, dangers, entered, commitments, {}, neighbours, loads)
        scene = replace(scene, waiting=_waiting_guests(day, scope.waiting_for))
        scenes[day] = _with_elsewhere(scene, scopes, scope.departure_ids, around.documents if around else {})
    return scenes


def _camps_of(departures: Iterable[Departure], facts: Facts | None) -> set[UUID]:
    """Return the base camps whose load is judged with these departures: without facts none is."""
    if facts is None:
        return set()
    regions = {departure.region_id for departure in departures}
    return {location.id for key, location in facts.snapshot.locations.items() if key in regions}


def neighbours_of(
    day: date, scopes: Mapping[date, DetectionScope], span: Span | None, stored: Iterable[Departure]
) -> tuple[Departure, ...]:
    """The staffed departures of other dates within `span`: of the documents in `scopes`, and the `stored` ones."""
    if span is None:
        return ()
    in_scopes = [d for other, scope in scopes.items() if other != day for d in scope.document.departures.values()]
    return tuple(d for d in (*in_scopes, *stored) if d.team and d.span.overlaps(span))


def detect_all(
    scopes: Mapping[date, DetectionScope],
    facts: Facts | None,
    *,
    now: datetime,
    commitments: Mapping[UUID, tuple[Commitment, ...]] | None = None,
    around: Around | None = None,
    loads: CampLoads | None = None,
) -> Detection:
    """Detect on several dates and merge the results; `commitments`, `around` and `loads` are those of `load_scenes`."""
    scenes = load_scenes(scopes, facts, now=now, commitments=commitments, around=around, loads=loads)
    return detect_in(scenes, scopes)


def detect_in(scenes: Mapping[date, Scene], scopes: Mapping[date, DetectionScope]) -> Detection:
    """Detect in the scenes of several dates and merge the results."""
    detections = [detect(scene, scopes[day].departure_ids, scopes[day].waiting_for) for day, scene in scenes.items()]
    conflicts = {conflict.fingerprint: conflict for detection in detections for conflict in detection.conflicts}
    judged = frozenset[tuple[str, str]]().union(*(detection.judged for detection in detections))
    return Detection(tuple(conflicts.values()), judged)


def _waiting_guests(day: date, trip_ids: Collection[UUID]) -> dict[UUID, tuple[WaitingGuests, ...]]:
    """The reservations that no departure takes, and why; for others a place is still being looked for."""
    if not trip_ids:
        return {}
    waiting = Reservation.objects.waiting().filter(trip_date=day, trip_id__in=trip_ids).exclude(unplaced_reason="")
    by_trip: defaultdict[UUID, list[WaitingGuests]] = defaultdict(list)
    for row in waiting.order_by("pk"):
        if row.trip_id:
            guests = WaitingGuests(row.pk, row.participant_count, row.unplaced_reason, row.region_id)
            by_trip[row.trip_id].append(guests)
    return {trip_id: tuple(guests) for trip_id, guests in by_trip.items()}


def span_of(departures: Iterable[Departure]) -> Span | None:
    """The span from the first start to the last end; None without departures."""
    spans = [departure.span for departure in departures]
    if not spans:
        return None
    return Span(min(span.starts_at for span in spans), max(span.ends_at for span in spans))


def _with_elsewhere(
    scene: Scene,
    scopes: Mapping[date, DetectionScope],
    departure_ids: Collection[UUID],
    known: Mapping[date, ScheduleDocument],
) -> Scene:
    """Add to a scene the departures of other dates that clash with its own; `known` are documents of further dates."""
    clashing = commitments_of_other_dates(scene, frozenset(departure_ids))
    if not clashing:
        return scene
    documents = {**known, **{day: scope.document for day, scope in scopes.items()}}
    missing = {commitment.day for commitment in clashing} - documents.keys()
    rows = DailySchedule.objects.filter(schedule_date__in=missing)
    documents |= {row.schedule_date: row.document for row in rows}
    elsewhere = {
        c.departure_id: (c.day, departure)
        for c in clashing
        if c.day in documents and (departure := documents[c.day].departures.get(c.departure_id))
    }
    return replace(scene, elsewhere=elsewhere)


def dangers_in_force(span: Span) -> tuple[Danger, ...]:
    """The hazards that overlap `span` and were not lifted."""
    return tuple(map(_danger, sorted(stored_in_force(span), key=attrgetter("hazard_id"))))


def _danger(row: Hazard) -> Danger:
    ends_at = row.ends_at or datetime.now(UTC) + FAR_AHEAD
    return Danger(
        id=row.hazard_id,
        severity=Severity(row.severity) if row.severity in set(Severity) else Severity.HIGH,
        description=row.description,
        span=Span(row.starts_at, ends_at),
        is_weather=row.kind == HazardKind.WEATHER,
        trail_ids=frozenset(UUID(trail_id) for trail_id in row.trail_ids),
        guide_ids=frozenset(UUID(guide_id) for guide_id in row.guide_ids),
        region_id=row.region_id,
        departure_id=row.departure_id,
        closes_trails=row.closes_trails,
    )
