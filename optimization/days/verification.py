"""The independent check of a day's plan, before it is written."""

from optimization.days.checker_evidence import engagements_in, engagements_of, holds_of
from optimization.days.planned_day import PlannedDay
from optimization.days.refusal import refuse
from optimization.days.unstaffing import teams_taken
from optimization.verification.checks import check_departures
from optimization.verification.evidence import Evidence, Finding


def refuse_broken_plan(plan: PlannedDay, *, may_unstaff: bool = False) -> None:
    """Raise PlanRefused where the plan breaks a hard rule on the inputs it was made on.

    `may_unstaff`: a person accepted that many published departures lose their team.
    """
    refuse(findings_of_plan(plan, may_unstaff=may_unstaff))


def findings_of_plan(plan: PlannedDay, *, may_unstaff: bool = False) -> list[Finding]:
    """Return the hard rules that the plan breaks."""
    evidence = _evidence_of(plan)
    before = {**plan.others, **plan.base}
    taken = [] if may_unstaff else teams_taken(before, evidence.departures, lambda: evidence)
    return [*check_departures(evidence, plan.planned), *taken]


def _evidence_of(plan: PlannedDay) -> Evidence:
    engagements = engagements_of(plan.context, without=plan.planned)
    for guide_id, planned_engagements in engagements_in(plan.planned, plan.day).items():
        engagements[guide_id] += planned_engagements
    return Evidence(
        day=plan.day,
        snapshot=plan.facts.snapshot,
        departures={**plan.others, **plan.planned},
        before=plan.base,
        elsewhere=plan.context.neighbours,
        engagements=engagements,
        entered=plan.context.entered.by_day,
        holds=holds_of(plan.facts),
    )
