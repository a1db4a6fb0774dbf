"""Loading of a query's inputs, in rounds: each reads what the decisions before it turned out to need."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

from django.utils import timezone

from novatrek_scheduling.deadline import Deadline
from optimization.candidates.assessment import PlanningContext
from optimization.requests.date_options import options_of
from optimization.requests.feasibility import FeasibilityChecks
from optimization.requests.query import DateOption, TripQuery
from optimization.requests.time_budget import TimeBudget
from scheduling.daily_schedules.catalog_aliases import find_aliases_by_day
from scheduling.daily_schedules.catalog_following import follow_in_drafts
from scheduling.daily_schedules.catalog_sync import departures_on_other_dates, merge_catalog
from scheduling.daily_schedules.commitments import commitments_around
from scheduling.daily_schedules.decision_facts import gather_facts, with_past_starts
from scheduling.daily_schedules.drafts import Draft, read_drafts
from scheduling.daily_schedules.parts_of_dates import part_of_trip
from scheduling.daily_schedules.surroundings import days_of_any, departures_elsewhere, entries_on
from scheduling.domain.document import Departure, ScheduleDocument
from scheduling.domain.facts import Snapshot, Span
from scheduling.domain.limits import ONE_DAY
from scheduling.rules import Facts
from scheduling.rules.inputs import days_of
from scheduling.snapshot import with_trips
from scheduling.snapshot.guide_details import with_availability_notes, with_certificates
from scheduling.snapshot.guides import with_availability_on

# A departure may be moved this far within its date.
RESCHEDULING_REACH = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class RequestInputs:
    """The inputs of ranking the dates of a query, in values.

    `documents` are those of the queried dates and of the later ones that a trip of several days reaches, merged with
    the catalog. `options` are the departures that could serve the query; `base` has them as they were stored and
    `contexts` their planning contexts, both by departure id. `sold_seats` are the seats that the catalog has sold of
    the trip's departures, by queried date. `checks` decides on the feasibility of an option apart from its team.
    `follows_catalog` is False where what is stored has still to be brought in line with the catalog, as it is in
    `documents`.
    """

    query: TripQuery
    facts: Facts
    documents: Mapping[date, ScheduleDocument]
    base: Mapping[UUID, Departure]
    sold_seats: Mapping[date, Mapping[UUID, int | None]]
    options: tuple[DateOption, ...]
    contexts: Mapping[UUID, PlanningContext]
    checks: FeasibilityChecks
    follows_catalog: bool = True

    def on(self, snapshot: Snapshot) -> "RequestInputs":
        """Return the same inputs on a snapshot in which more is known."""
        return replace(self, facts=self.facts.with_snapshot(snapshot))


@dataclass(frozen=True, slots=True)
class InputsLoader:
    """A reader of documents, commitments and siblings within a time budget. It writes nothing."""

    budget: TimeBudget

    def load(self, query: TripQuery, snapshot: Snapshot) -> RequestInputs:
        """Read the latest documents and the contexts of the departures that could serve the query.

        Raises SiblingUnavailable where the guides available on a later day of a trip cannot be read.
        """
        facts = gather_facts(snapshot)
        drafts = _drafts(query, snapshot)
        documents = {day: draft.document for day, draft in drafts.items()}
        region_ids = {snapshot.trips[query.trip_id].region_id}
        followed = follow_in_drafts(
            drafts,
            facts,
            region_ids=region_ids,
            trip_ids={query.trip_id},
            deadline_seconds=self.budget.read_seconds,
        )
        # What following read still holds, unless it moved something.
        known = None if followed.is_behind else followed.listings
        aliases = known.aliases if known else find_aliases_by_day({day: documents[day] for day in query.days}, snapshot)
        dates = known.dates if known else None
        elsewhere_by_day = departures_on_other_dates(aliases, snapshot, region_ids, known=dates)
        now = timezone.now()
        for day in query.days:
            merge_catalog(
                documents[day],
                day,
                snapshot,
                region_ids=region_ids,
                aliases=aliases[day],
                elsewhere=elsewhere_by_day[day],
                now=now,
            )
        camps = [location.id for location in snapshot.locations.values()]
        elsewhere = departures_elsewhere([_span_of(documents)], documents, camps)
        checks = FeasibilityChecks.of(query, documents, facts, now, elsewhere)
        options = options_of(checks)
        later = {day for option in options for day in days_of(option.departure)}
        facts = facts.with_snapshot(with_availability_on(snapshot, later, deadline_seconds=self.budget.read_seconds))
        return RequestInputs(
            query=query,
            facts=facts,
            documents=documents,
            base=_stored(drafts.values(), options),
            sold_seats={
                day: {
                    key: departure.sold_seats
                    for key, departure in documents[day].departures_of_trips([query.trip_id]).items()
                }
                for day in query.days
            },
            options=tuple(options),
            contexts=_contexts(options, documents),
            checks=replace(checks, facts=facts),
            follows_catalog=not followed.is_behind,
        )

    def add_certificates(self, inputs: RequestInputs, guide_ids: Collection[UUID]) -> RequestInputs:
        """Read the second round: certificates, of the guides who pass every other rule."""
        snapshot, seconds = inputs.facts.snapshot, self.budget.read_seconds
        return inputs.on(with_certificates(snapshot, guide_ids, deadline_seconds=seconds))

    def add_notes(self, inputs: RequestInputs, guide_ids: Collection[UUID]) -> RequestInputs:
        """Read the third round: notes, which a person has to judge, of the guides who were chosen."""
        snapshot, seconds = inputs.facts.snapshot, self.budget.read_seconds
        return inputs.on(with_availability_notes(snapshot, guide_ids, deadline_seconds=seconds))

    def add_trips(self, inputs: RequestInputs, trip_ids: Iterable[UUID], deadline: Deadline) -> RequestInputs:
        """Read the fourth round: trips that others could take over, within the deadline."""
        return inputs.on(with_trips(inputs.facts.snapshot, trip_ids, deadline_seconds=deadline.remaining()))

    def add_past_starts(self, inputs: RequestInputs) -> RequestInputs:
        """Read when the trip has begun before, which a search for another time asks."""
        return replace(inputs, facts=with_past_starts(inputs.facts, {inputs.query.trip_id}))

    def certify(self, facts: Facts, guide_ids: Collection[UUID], deadline: Deadline) -> Facts:
        """Return the facts with the certificates of these guides, as far as the deadline leaves time."""
        return facts.with_snapshot(with_certificates(facts.snapshot, guide_ids, deadline_seconds=deadline.remaining()))


def _drafts(query: TripQuery, snapshot: Snapshot) -> dict[date, Draft]:
    """Return drafts of the queried dates, and of the later ones that a trip of several days reaches.

    Of their departures those of the trip and from its base camp are read, others where somebody looks at them.
    """
    trip_id = query.trip_id
    part = part_of_trip(trip_id, snapshot)
    reach = range(snapshot.trips[trip_id].duration // ONE_DAY + 2)
    days = {day + timedelta(days=n) for day in query.days for n in reach}
    return read_drafts(days, departures=part.departures, candidates=part.candidates)


def _stored(drafts: Iterable[Draft], options: Iterable[DateOption]) -> dict[UUID, Departure]:
    """Return the departures of the options as they were read, by id; of new ones none. No other is parsed for it."""
    keys = {option.departure_id for option in options}
    stored = ((key, draft.original.departures.get(key)) for draft in drafts for key in keys)
    return {key: departure for key, departure in stored if departure}


def _span_of(days: Collection[date]) -> Span:
    """Return a span that contains these dates in every time zone."""
    first, last = (datetime.combine(day, time.min, UTC) for day in (min(days), max(days)))
    return Span(first - ONE_DAY, last + 2 * ONE_DAY)


def _contexts(
    options: Collection[DateOption], documents: Mapping[date, ScheduleDocument]
) -> dict[UUID, PlanningContext]:
    if not options:
        return {}
    spans = [option.departure.span for option in options]
    span = Span(min(s.starts_at for s in spans), max(s.ends_at for s in spans))
    commitments = commitments_around(span.widened(RESCHEDULING_REACH))
    entered = entries_on({*documents, *days_of_any(option.departure for option in options)}, known=documents)
    return {option.departure_id: PlanningContext(entered, commitments, {option.departure_id}) for option in options}
