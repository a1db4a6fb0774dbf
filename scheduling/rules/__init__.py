"""The hard rules as pure functions of facts. Every write of a daily schedule is checked against them."""

from scheduling.rules.approval import reasons_to_approve
from scheduling.rules.departures import new_violations, violations_of
from scheduling.rules.guides import capacity_of, clash_of, exclusion_of, has_unread_certificates, notes_of
from scheduling.rules.inputs import Commitment, Demand, EntriesByDate, Facts, HazardFact, merged_adjustments
from scheduling.rules.teams import team_violations
from scheduling.rules.trails import closed_because, condition_of, fits_trip, is_accessible
from scheduling.rules.violations import Exclusion, Rule, Violation

__all__ = [
    "Commitment",
    "Demand",
    "EntriesByDate",
    "Exclusion",
    "Facts",
    "HazardFact",
    "Rule",
    "Violation",
    "capacity_of",
    "clash_of",
    "closed_because",
    "condition_of",
    "exclusion_of",
    "fits_trip",
    "has_unread_certificates",
    "is_accessible",
    "merged_adjustments",
    "new_violations",
    "notes_of",
    "reasons_to_approve",
    "team_violations",
    "violations_of",
]
