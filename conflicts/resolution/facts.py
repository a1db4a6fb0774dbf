"""Facts for options: one snapshot for the departures, guides and trails of a conflict or of an option's steps."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Self
from uuid import UUID

from conflicts.detection import Cause
from conflicts.errors import ResolutionNotApplicable
from conflicts.models import ScheduleConflict
from conflicts.steps import Add, Documents, Making, Reroute, SeatWaiting, Step, departures_of, guides_joining
from novatrek_scheduling.deadline import Deadline
from scheduling.daily_schedules.decision_facts import gather_facts
from scheduling.daily_schedules.surroundings import entries_on
from scheduling.domain.document import Departure, GuideAdjustments
from scheduling.domain.facts import Guide, Snapshot
from scheduling.domain.limits import ONE_DAY
from scheduling.hooks import pairing_score
from scheduling.models import Reservation
from scheduling.rules import Demand, EntriesByDate, Facts
from scheduling.rules.inputs import days_of
from scheduling.snapshot import take_facts_snapshot, take_trip_snapshot, with_certificates, with_trips


@dataclass(frozen=True, slots=True)
class Reading:
    """What a snapshot is to know: of which dates, trips, regions and trails.

    `is_off_sale`: the catalog may not list the trips any more.
    """

    days: frozenset[date]
    trip_ids: frozenset[UUID]
    region_ids: frozenset[UUID]
    trail_ids: frozenset[UUID] = frozenset()
    is_off_sale: bool = False

    @classmethod
    def about(cls, departures: Collection[Departure], days: Iterable[date]) -> Self:
        """Return the reading for these departures on some dates, with what the catalog lists of them instead."""
        return cls(
            days=frozenset(days),
            trip_ids=frozenset(key for departure in departures for key in _told_of(departure, "trip_id")),
            region_ids=frozenset(key for departure in departures for key in _told_of(departure, "region_id")),
            trail_ids=frozenset(departure.trail_id for departure in departures if departure.trail_id),
            is_off_sale=any(departure.is_off_sale for departure in departures),
        )

    def covers(self, departure: Departure) -> bool:
        """Return whether the snapshot knows the departure's trip, region and trail."""
        return (
            departure.trip_id in self.trip_ids
            and departure.region_id in self.region_ids
            and departure.trail_id in {None, *self.trail_ids}
        )

    def take(self, *, deadline_seconds: float) -> Snapshot:
        """Take the snapshot, in as few calls as possible.

        Raises SiblingUnavailable, and UnknownTrip where the catalog lacks a trip that it is said to sell.
        """
        if len(self.trip_ids) == 1 and not self.is_off_sale:
            [trip_id] = self.trip_ids
            return take_trip_snapshot(trip_id, self.days, trail_ids=self.trail_ids, deadline_seconds=deadline_seconds)
        return take_facts_snapshot(
            self.days,
            region_ids=self.region_ids,
            trip_ids=self.trip_ids,
            trail_ids=self.trail_ids,
            deadline_seconds=deadline_seconds,
        )


def _told_of(departure: Departure, name: str) -> Iterator[UUID]:
    """Yield an id of the departure, and the one that the catalog lists instead."""
    yield getattr(departure, name)
    if departure.catalog_change:
        yield getattr(departure.catalog_change, name)


@dataclass(frozen=True, slots=True)
class Certifier:
    """Reads certificates until a deadline; later ones stay unknown, as where svc-guide-management does not answer."""

    deadline: Deadline

    def __call__(self, facts: Facts, guide_ids: set[UUID]) -> Facts:
        if self.deadline.has_passed:
            return facts
        seconds = self.deadline.remaining()
        return facts.with_snapshot(with_certificates(facts.snapshot, guide_ids, deadline_seconds=seconds))


@dataclass(frozen=True, slots=True)
class TripReader:
    """Reads trips until a deadline; later ones stay unknown."""

    deadline: Deadline

    def __call__(self, facts: Facts, trip_ids: set[UUID]) -> Facts:
        seconds = self.deadline.remaining()
        return facts.with_snapshot(with_trips(facts.snapshot, trip_ids, deadline_seconds=seconds))


def score_of(guide: Guide, demand: Demand, facts: Facts, entry: GuideAdjustments) -> float:
    """The suitability of a guide for a departure, in [0, 1], as a dispatcher's patch rates them."""
    return max(pairing_score(guide, demand, facts, entry), default=0.0)


def read_for(steps: Collection[Step], documents: Documents, *, now: datetime, deadline_seconds: float) -> Making:
    """Read what is needed to make these steps on the documents of their dates at this moment.

    Raises ResolutionNotApplicable where a departure is gone, and SiblingUnavailable and UnknownTrip as `Reading` does.
    """
    certify = Certifier(Deadline.after(deadline_seconds))
    departures = _departures_named(steps, documents)
    longest = max((len(days_of(departure)) for departure in departures), default=1)
    days = {day + n * ONE_DAY for step in steps for day in step.days for n in range(longest)}
    trails = {step.trail_id for step in steps if isinstance(step, Reroute)}
    reading = Reading.about(departures, days)
    reading = replace(reading, trail_ids=reading.trail_ids | trails)
    guides = guides_joining(steps).union(*(departure.guide_ids for departure in departures))
    facts = certify(gather_facts(reading.take(deadline_seconds=deadline_seconds)), set(guides))
    return Making(facts, entries_on(days), score_of, now, waiting_guests(_reservations_seated(steps)))


def making_of_cancelling(now: datetime) -> Making:
    """Return what is needed to make steps that only cancel: no sibling is asked."""
    return Making(None, EntriesByDate(), score_of, now)


def booking_times(departures: Iterable[Departure]) -> dict[UUID, datetime]:
    """Return when the reservations of these departures were booked, as far as that is known."""
    keys = {key for departure in departures for key in departure.reservations}
    booked = Reservation.objects.filter(pk__in=keys, booked_at__isnull=False)
    return {key: moment for key, moment in booked.values_list("pk", "booked_at") if moment}


def waiting_guests(reservations: Iterable[UUID]) -> dict[UUID, int]:
    """Return the guests of the reservations among these that wait for a place."""
    waiting = Reservation.objects.waiting().filter(pk__in=reservations)
    return dict(waiting.values_list("pk", "participant_count"))


def still_waiting(conflict: ScheduleConflict) -> frozenset[UUID]:
    """Return the reservations that wait now for any departure, as the conflict says; none in conflicts about others."""
    if conflict.details["cause"] != Cause.GUESTS_WITHOUT_PLACE or conflict.details["departure_ids"]:
        return frozenset()
    of_trip = Reservation.objects.waiting().filter(
        trip_date=conflict.day, trip_id__in=conflict.details["affected_trip_ids"]
    )
    return frozenset(of_trip.exclude(unplaced_reason="").values_list("pk", flat=True))


def _departures_named(steps: Iterable[Step], documents: Documents) -> list[Departure]:
    """Return the departures that the steps are about, of those that are there before the first of them.

    Raises ResolutionNotApplicable where none is.
    """
    named = departures_of(steps) | {step.like for step in steps if isinstance(step, Add)}
    present = [
        document.departures[key] for document in documents.values() for key in named & document.departures.keys()
    ]
    if not present:
        raise ResolutionNotApplicable("The departures that this option changes are gone; choose another option.")
    return present


def _reservations_seated(steps: Iterable[Step]) -> set[UUID]:
    return {key for step in steps if isinstance(step, SeatWaiting) for key in step.reservations}
