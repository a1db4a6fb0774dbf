"""The hard-rule check of a write, against guide adjustments and commitments as they are under its locks."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date

from scheduling.daily_schedules.changes import Change
from scheduling.daily_schedules.commitments import (
    by_guide,
    commitments_around,
    commitments_in,
    lock_locations,
)
from scheduling.daily_schedules.surroundings import days_of_any, departures_elsewhere, read_entries
from scheduling.domain.document import Departure, ScheduleDocument
from scheduling.domain.facts import Span
from scheduling.errors import HardRuleViolated
from scheduling.hazards import hazards_in_force
from scheduling.rules import Facts, Violation, new_violations
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
    shared = {departure.location_id for departure in touched} & {
        location.id for location in facts.snapshot.locations.values()
    }
    # Concurrent writes of other dates share the locations' capacity: they are read after these locks are held.
    lock_locations(location_id for location_id in shared if location_id)
    elsewhere = departures_elsewhere([span], changes, [key for key in shared if key])
    changed = {(day, key) for day, change in changes.items() for key in change.departure_ids}
    planned = [c for held in stored.values() for c in held if (c.day, c.departure_id) not in changed]
    later_days = days_of_any(touched)
    entries = read_entries({*changes, *later_days})
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
            Surroundings(
                entries.around(change.before, day, later_days),
                stored,
                elsewhere + _of_others([other.before for other in changes.values()], change.before),
            ),
            Surroundings(
                entries.around(change.after, day, later_days),
                by_guide(planned),
                elsewhere + _of_others([other.after for other in changes.values()], change.after),
            ),
        )
    return violations


def _of_others(documents: Iterable[ScheduleDocument], own: ScheduleDocument) -> list[Departure]:
    return [departure for document in documents if document is not own for departure in document.departures.values()]


def _touched(changes: Mapping[date, Change]) -> list[Departure]:
    """The changed departures, before and after the write."""
    return [
        departure
        for change in changes.values()
        for document in (change.before, change.after)
        for key in change.departure_ids
        if (departure := document.departures.get(key)) is not None
    ]
