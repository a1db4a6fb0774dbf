"""The rules about guides as sets: whom of a region each keeps off a departure, without a look at each guide of each.

Each set of those who lead an activity, are available on a date or hold what a trip requires is built once; a departure
intersects them. Few guides entered an absence or a restriction: of these the readable rules are asked, one by one.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from operator import itemgetter
from typing import NamedTuple
from uuid import UUID

from optimization.candidates.bits import bits_at, bits_of, places_of
from optimization.candidates.crew import CERTIFIED, Crew
from scheduling.domain.document import GuideAdjustments
from scheduling.domain.limits import REST, TURNAROUND
from scheduling.rules import Commitment, Demand, Exclusion, Rule
from scheduling.rules.guides import absence_exclusions, restriction_exclusions

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_BEYOND = (REST - TURNAROUND) // _MICROSECOND

RuleSet = Callable[[Crew, Demand, int], int]
"""(crew, departure, some of the crew): those of these whom the rule keeps off the departure."""


def able_guides(crew: Crew, demand: Demand, *, with_certificates: bool = True) -> int:
    """Return the guides who pass every rule on the departure; `with_certificates` False leaves those out."""
    able = crew.everybody
    for rule, kept_off in KEPT_OFF.items():
        if with_certificates or rule is not Rule.CERTIFICATION:
            able &= ~kept_off(crew, demand, able)
    return able


def _of_other_activities(crew: Crew, demand: Demand, among: int) -> int:
    return among & ~crew.leading(demand.activity)


def _not_active(crew: Crew, _: Demand, among: int) -> int:
    return among & ~crew.once("active", lambda: bits_of(guide.is_active for guide in crew.guides))


def _not_available(crew: Crew, demand: Demand, among: int) -> int:
    available = among
    for day in demand.days:
        available &= crew.once(("available", day), lambda day=day: _available(crew, day))  # type: ignore[misc]
    return among & ~available


def _available(crew: Crew, day: date) -> int:
    available = crew.facts.snapshot.available.get(day, frozenset())
    return bits_of([guide_id in available for guide_id in crew.ids])


def _away(crew: Crew, demand: Demand, among: int) -> int:
    having = crew.once(
        ("absent", demand.days), lambda: _having(crew, demand, lambda entry: bool(entry.availability_exceptions))
    )
    return _excluded_by(absence_exclusions, crew, demand, among & having)


def _restricted(crew: Crew, demand: Demand, among: int) -> int:
    having = crew.once(
        ("restricted", demand.days), lambda: _having(crew, demand, lambda entry: bool(entry.restrictions))
    )
    return _excluded_by(restriction_exclusions, crew, demand, among & having)


def _having(crew: Crew, demand: Demand, something: Callable[[GuideAdjustments], bool]) -> int:
    return bits_at(place for place, entry in crew.adjustments(demand.days).items() if something(entry))


def _excluded_by(
    rule: Callable[[Demand, GuideAdjustments], Iterator[Exclusion]], crew: Crew, demand: Demand, among: int
) -> int:
    if not among:
        return 0
    entries = crew.adjustments(demand.days)
    return bits_at(place for place in places_of(among) if any(rule(demand, entries[place])))


def _held(crew: Crew, demand: Demand, among: int) -> int:
    held = 0
    for hazard in crew.facts.hazards:
        if hazard.guide_ids and hazard.span.overlaps(demand.span):
            held |= crew.once(("held", hazard.id), lambda hazard=hazard: crew.at(hazard.guide_ids))  # type: ignore[misc]
    return among & held


def _not_certified(crew: Crew, demand: Demand, among: int) -> int:
    if demand.trip is None:
        return among
    days, required = demand.days, demand.trip.required_certifications
    return among & ~crew.once(
        (CERTIFIED, days, required), lambda: bits_of([required <= held for held in crew.certifications(days)])
    )


def _on_another_departure(crew: Crew, demand: Demand, among: int) -> int:
    taken = crew.once_around("taken", lambda: _taken(crew, TURNAROUND, lambda _: True))
    return among & bits_at([other.place for other in _clashing(taken, demand)])


def _without_rest(crew: Crew, demand: Demand, among: int) -> int:
    day = demand.day
    resting = crew.once_around(("resting", day), lambda: _taken(crew, REST, lambda other: other.day != day))
    leaves, returns = _microseconds(demand.span.starts_at), _microseconds(demand.span.ends_at)
    # One that is nearer than this overlaps, which is another rule.
    return among & bits_at(
        [
            other.place
            for other in _clashing(resting, demand)
            if other.since + _BEYOND >= returns or other.until - _BEYOND <= leaves
        ]
    )


class _Taken(NamedTuple):
    """A time in which a guide may lead no other departure, in microseconds since 1970, and the departure it is for."""

    since: int
    until: int
    place: int
    departure: tuple[date, UUID]


def _taken(crew: Crew, margin: timedelta, counts: Callable[[Commitment], bool]) -> tuple[list[int], list[_Taken]]:
    """Return the commitments with a margin around them, by their beginnings, and these."""
    planned, around = crew.context.planned, margin // _MICROSECOND
    taken = [
        _Taken(since - around, until + around, place, (other.day, other.departure_id))
        for since, until, place, other in crew.once("commitments", lambda: _commitments(crew))
        if other.departure_id not in planned and counts(other)
    ]
    taken.sort(key=itemgetter(0))
    return [other.since for other in taken], taken


def _commitments(crew: Crew) -> list[tuple[int, int, int, Commitment]]:
    """Return all commitments of the crew with their times in microseconds since 1970 and the places of their guides."""
    return [
        (_microseconds(held.span.starts_at), _microseconds(held.span.ends_at), place, held)
        for place, guide_id in enumerate(crew.ids)
        for held in crew.context.commitments.get(guide_id, ())
    ]


def _clashing(taken: tuple[list[int], list[_Taken]], demand: Demand) -> list[_Taken]:
    """Return the commitments to another departure at the time of this one."""
    starts, others = taken
    leaves, returns = _microseconds(demand.span.starts_at), _microseconds(demand.span.ends_at)
    own = (demand.day, demand.departure_id)
    near = others[: bisect_left(starts, returns)]
    return [other for other in near if other.until > leaves and other.departure != own]


def _microseconds(moment: datetime) -> int:
    return (moment - _EPOCH) // _MICROSECOND


KEPT_OFF: dict[Rule, RuleSet] = {
    Rule.ACTIVITY: _of_other_activities,
    Rule.NOT_ACTIVE: _not_active,
    Rule.NOT_AVAILABLE: _not_available,
    Rule.AVAILABILITY_EXCEPTION: _away,
    Rule.RESTRICTION: _restricted,
    Rule.HELD_BY_EMERGENCY: _held,
    Rule.CERTIFICATION: _not_certified,
    Rule.OVERLAP: _on_another_departure,
    Rule.REST: _without_rest,
}
"""The rules in the order in which they exclude; guides of other regions are in no crew of the departure's."""
