"""The violations of a staffed departure: its team, trail and base camp, and its guides' other commitments."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import chain, islice
from uuid import UUID

from scheduling.domain.document import Departure, DepartureStatus, ScheduleDocument
from scheduling.domain.facts import Sibling, Snapshot
from scheduling.rules.camp_load import CampLoads, DateLoads
from scheduling.rules.guides import clashes_of, exclusions_of, recorded_exclusions, unavailability_on
from scheduling.rules.inputs import Commitment, Demand, EntriesByDate, Facts
from scheduling.rules.teams import team_violations
from scheduling.rules.trails import closed_because, needs_trail
from scheduling.rules.violations import Exclusion, Rule, Violation

MAX_VIOLATIONS_PER_DEPARTURE = 20
_FINISHED_STATUSES = frozenset({DepartureStatus.CANCELLED, DepartureStatus.COMPLETED})


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The surroundings of a date's departures: guides' entries, and commitments by guide.

    `neighbours` are staffed departures of other dates that overlap in time. `loads` are those of the base camps where
    they are counted already, of all dates.
    """

    entered: EntriesByDate = field(default_factory=EntriesByDate)
    commitments: Mapping[UUID, tuple[Commitment, ...]] = field(default_factory=dict)
    neighbours: Sequence[Departure] = ()
    loads: CampLoads | DateLoads | None = None

    def with_loads_of(self, document: ScheduleDocument) -> "Surroundings":
        """Return these with loads, counted of the document and the neighbours where they are not counted already."""
        return self if self.loads else replace(self, loads=DateLoads(document, self.neighbours))


def new_violations(
    before: ScheduleDocument,
    after: ScheduleDocument,
    day: date,
    changed: Iterable[UUID],
    facts: Facts,
    around_before: Surroundings,
    around_after: Surroundings,
) -> list[Violation]:
    """Return the violations of the `changed` departures that are new or worse than before the change.

    At most 20 for each departure: a thousand departures given to one guide have a million overlaps.
    """
    around_before, around_after = around_before.with_loads_of(before), around_after.with_loads_of(after)
    violations: list[Violation] = []
    for departure_id in sorted(changed):
        broken = _violations(after, day, departure_id, facts, around_after)
        first = next(broken, None)
        if first is None:
            continue
        former = list(_violations(before, day, departure_id, facts, around_before))
        new = (violation for violation in chain([first], broken) if violation.is_new_since(former))
        violations += islice(new, MAX_VIOLATIONS_PER_DEPARTURE)
    return violations


def broken_rules(
    document: ScheduleDocument, day: date, departure_ids: Iterable[UUID], facts: Facts, around: Surroundings
) -> list[Violation]:
    """Return the violations of these departures, whether they are new or not; at most 20 for each departure."""
    around = around.with_loads_of(document)
    found = (_violations(document, day, key, facts, around) for key in sorted(departure_ids))
    return [violation for broken in found for violation in islice(broken, MAX_VIOLATIONS_PER_DEPARTURE)]


def _violations(
    document: ScheduleDocument, day: date, departure_id: UUID, facts: Facts, around: Surroundings
) -> Iterator[Violation]:
    departure = document.departures.get(departure_id)
    if departure is not None and departure.status not in _FINISHED_STATUSES and departure.team:
        yield from violations_of(departure_id, departure, day, facts, around)
        loads = around.loads or DateLoads(document, around.neighbours)
        yield from _location_overrun(departure_id, departure, facts.snapshot, loads)


def violations_of(
    departure_id: UUID, departure: Departure, day: date, facts: Facts, around: Surroundings
) -> Iterator[Violation]:
    """Yield the violations of `departure` by itself and against its guides' other commitments."""
    demand = Demand.of(departure_id, departure, day, facts.snapshot)
    yield from team_violations(departure_id, departure, day, facts.snapshot, around.entered)
    yield from _trail_violations(demand, facts)
    for member in departure.team:
        for exclusion in _exclusions(member.guide_id, demand, facts, around):
            message = f"{member.guide_name}: {exclusion.message}"
            yield Violation(exclusion.rule, message, departure_id, member.guide_id, exclusion.about)


def _exclusions(guide_id: UUID, demand: Demand, facts: Facts, around: Surroundings) -> Iterator[Exclusion]:
    guide = facts.snapshot.guides.get(guide_id)
    adjustments = around.entered.of(guide_id, demand.days)
    if guide is None:
        yield from map(unavailability_on, demand.days)
        yield from recorded_exclusions(guide_id, demand, facts, adjustments)
    else:
        yield from exclusions_of(guide, demand, facts, adjustments)
    commitments = around.commitments.get(guide_id, ())
    yield from clashes_of(demand.span, demand.day, commitments, ignoring=demand.departure_id)


def _trail_violations(demand: Demand, facts: Facts) -> list[Violation]:
    trail, trip, snapshot = demand.trail, demand.trip, facts.snapshot
    if trail is None:
        is_missing = trip is not None and snapshot.knows(Sibling.TRAIL_MANAGEMENT) and needs_trail(trip, snapshot)
        return [Violation(Rule.TRAIL_CLOSED, "it has no trail", demand.departure_id)] if is_missing else []
    violations = []
    closed = closed_because(trail, demand.days, demand.span, facts.hazards)
    if closed:
        violations.append(Violation(Rule.TRAIL_CLOSED, closed, demand.departure_id, about=frozenset({str(trail.id)})))
    if trail.max_group_size is not None and demand.participants > trail.max_group_size:
        message = f"{trail.name} takes groups of {trail.max_group_size}, this one has {demand.participants}"
        excess = demand.participants - trail.max_group_size
        violations.append(Violation(Rule.TRAIL_GROUP_SIZE, message, demand.departure_id, excess=excess))
    return violations


def _location_overrun(
    departure_id: UUID,
    departure: Departure,
    snapshot: Snapshot,
    loads: CampLoads | DateLoads,
) -> list[Violation]:
    location = snapshot.locations.get(departure.region_id)
    if location is None or location.max_capacity is None or departure.location_id != location.id:
        return []
    if not departure.participants:
        # Without guests it does not add to the load of a camp.
        return []
    peak = loads.of(location.id).peak(departure.span)
    if peak <= location.max_capacity:
        return []
    message = f"{peak} people at the base camp at once, it takes {location.max_capacity}"
    return [Violation(Rule.LOCATION_CAPACITY, message, departure_id, excess=peak - location.max_capacity)]
