"""Conditions under which the rule that excludes a guide would not, in words."""

from collections.abc import Container, Iterator

from optimization.candidates.assessment import Assessment, PlanningContext
from scheduling.domain.facts import Guide
from scheduling.domain.words import values_in_words
from scheduling.rules import Exclusion, Facts, Rule
from scheduling.rules.guides import clashes_of, exclusions_of


def excluded_by_one_rule(
    assessment: Assessment, facts: Facts, context: PlanningContext, *, not_lifted: Container[Rule]
) -> Iterator[tuple[Rule, Guide, list[Exclusion]]]:
    """Yield the guides whom a single rule excludes, with what it says of them; not those of the rules `not_lifted`."""
    demand = assessment.demand
    for guide_id, first in assessment.excluded.items():
        if first.rule in not_lifted:
            continue
        guide = facts.snapshot.guides[guide_id]
        exclusions = [
            *exclusions_of(guide, demand, facts, context.entered.of(guide_id, demand.days)),
            *clashes_of(demand.span, demand.day, context.elsewhere(guide_id), ignoring=demand.departure_id),
        ]
        if {exclusion.rule for exclusion in exclusions} == {first.rule}:
            yield first.rule, guide, exclusions


def condition_of(name: str, exclusion: Exclusion) -> str:
    """Return the text of the condition under which the rule would not exclude the guide of this name."""
    message = exclusion.message
    about = ", ".join(sorted(exclusion.about))
    conditions = {
        Rule.REGION: f"{name}, who works in other regions, worked in this one, too",
        Rule.NOT_ACTIVE: f"{name} were not {message}",
        Rule.NOT_AVAILABLE: f"{name} were available on {about}",
        Rule.AVAILABILITY_EXCEPTION: f"{name}'s absence ended ({message})",
        Rule.RESTRICTION: f"{name}'s restriction were lifted ({message})",
        Rule.HELD_BY_EMERGENCY: f"{name} were released ({message})",
        Rule.CERTIFICATION: f"{name} held {values_in_words(exclusion.about)}",
        Rule.OVERLAP: f"{name} were not {message}",
        Rule.REST: f"{name} had the required rest ({message})",
    }
    return conditions.get(exclusion.rule, f"{name} were not {message}")
