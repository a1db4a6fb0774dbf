"""The hard-rule check of a write, against guide adjustments and commitments as they are under its locks."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date
from uuid import UUID

from scheduling.daily_schedules.changes import Change
from scheduling.daily_schedules.commitments import (
    by_guide,
    commitments_around,
    commitments_in,
    lock_locations,
)
from scheduling.daily_schedules.surroundings import days_of_any, departures_elsewhere, locations_of, read_entries
from scheduling.domain.document import Departure, ScheduleDocument
from scheduling.domain.facts import Span
from scheduling.errors import HardRuleViolated
from scheduling.hazards import hazards_in_force
from scheduling.rules import Facts, Violation, new_violations
from scheduling.rules.camp_load import CampLoads
from scheduling.rules.departures import Surroundings


def enforce_hard_rules(changes: Mapping[date, Change], facts: Facts, *, is_override: bool = False) -> None:
    """Raise HardRuleViolated where the changes, all together, would newly break a hard rule.

    With `is_override` a person answers for those of them whose risk anybody may take.
    """
    found = find_new_violations(changes, facts)
    violations = [violation for violation in found if violation.rule.is_never_overridden or not is_override]
    if violations:
        raise HardRuleViolated(violations)


def find_new_violations(changes: Mapping[date, Change], facts: Facts) -> list[Violation]:
    """Return the hard rules that the changes, all together, would newly break; call it under the locks of the write.

    The hazards are those in force now: a hazard recorded since the facts were gathered closes its trails too.
    """
    touched = _touched(changes)
    if not touched:
        return []
    span = Span(min(d.starts_at for d in touched), max(d.ends_at for d in touched))
    facts = replace(facts, hazards=hazards_in_force(span))
    stored = commitments_around(span, frozenset(guide for departure in touched for guide in departure.guide_ids))
    camps = locations_of(touched) & {location.id for location in facts.snapshot.locations.values()}
    # Concurrent writes of other dates share the locations' capacity: they are read after these locks are held.
    lock_locations(camps)
    elsewhere = departures_elsewhere([span], changes, camps)
    loads_before = _camp_loads(camps, [change.before for change in changes.values()], elsewhere)
    loads_after = _camp_loads(camps, [change.after for change in changes.values()], elsewhere)
    changed = {(day, key) for day, change in changes.items() for key in change.departure_ids}
    planned = [c for held in stored.values() for c in held if (c.day, c.departure_id) not in changed]
    later_days = days_of_any(touched)
    entries = read_entries({*changes, *later_days}, known={day: change.before for day, change in changes.items()})
    for day, change in changes.items():
        planned += commitments_in(change.after, day, change.departure_ids)
    violations: list[Violation] = []
    for day, change in changes.items():
        violations += new_violations(
            change.before,
            change.after,
            day,
            change.departure_ids,
            facts,
            Surroundings(entries.around(change.before, day, later_days), stored, loads=loads_before),
            Surroundings(entries.around(change.after, day, later_days), by_guide(planned), loads=loads_after),
        )
    return violations


def _camp_loads(
    camps: Collection[UUID], documents: Sequence[ScheduleDocument], elsewhere: Sequence[Departure]
) -> CampLoads:
    """Count the camps once for all of the changes: of the written dates and of those `elsewhere`."""
    written = (
        departure for document in documents for camp in camps for departure in document.departures_from(camp).values()
    )
    return CampLoads((*written, *elsewhere))


def _touched(changes: Mapping[date, Change]) -> list[Departure]:
    """The changed departures, before and after the write."""
    return [
        departure
        for change in changes.values()
        for document in (change.before, change.after)
        for key in change.departure_ids
        if (departure := document.departures.get(key)) is not None
    ]
