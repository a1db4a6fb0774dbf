"""The independent check of a day's plan, before it is written."""

from optimization.days.checker_evidence import engagements_in, engagements_of, holds_of
from optimization.days.planned_day import PlannedDay
from optimization.days.refusal import refuse
from optimization.verification.checks import check_departures
from optimization.verification.evidence import Evidence, Finding


def refuse_broken_plan(plan: PlannedDay) -> None:
    """Raise PlanRefused where the plan breaks a hard rule on the inputs it was made on."""
    refuse(findings_of_plan(plan))


def findings_of_plan(plan: PlannedDay) -> list[Finding]:
    """Return the hard rules that the plan breaks."""
    engagements = engagements_of(plan.context, without=plan.planned)
    for guide_id, planned_engagements in engagements_in(plan.planned, plan.day).items():
        engagements[guide_id] += planned_engagements
    evidence = Evidence(
        day=plan.day,
        snapshot=plan.facts.snapshot,
        departures={**plan.others, **plan.planned},
        before=plan.base,
        elsewhere=plan.context.neighbours,
        engagements=engagements,
        entered=plan.context.entered.by_day,
        holds=holds_of(plan.facts),
    )
    return check_departures(evidence, plan.planned)
