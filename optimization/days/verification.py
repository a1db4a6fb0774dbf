"""The independent check of a day's plan, before it is written."""

from dataclasses import replace

from optimization.days.checker_evidence import engagements_in, engagements_of, holds_of
from optimization.days.planned_day import PlannedDay
from optimization.days.refusal import refuse
from optimization.days.unstaffing import takes_a_team, teams_taken
from optimization.verification.checks import check_departures
from optimization.verification.evidence import Evidence, Finding


def refuse_broken_plan(plan: PlannedDay, *, may_unstaff: bool = False) -> None:
    """Raise PlanRefused where the plan breaks a hard rule on the inputs it was made on.

    `may_unstaff`: a person accepted that many published departures lose their team.
    """
    refuse(findings_of_plan(plan, may_unstaff=may_unstaff))


def findings_of_plan(plan: PlannedDay, *, may_unstaff: bool = False) -> list[Finding]:
    """Return the hard rules that the plan breaks."""
    findings = check_departures(_evidence_of(plan), plan.planned)
    if may_unstaff or not takes_a_team(plan.base, plan.planned):
        return findings
    others = plan.others_published
    before, after = {**others, **plan.base}, {**others, **plan.planned}
    return [*findings, *teams_taken(before, after, lambda: replace(_evidence_of(plan), departures=after))]


def _evidence_of(plan: PlannedDay) -> Evidence:
    """Return the evidence on the planned departures, and on the others that leave from their base camps."""
    own = engagements_in(plan.planned, plan.day)
    engagements = engagements_of(own, plan.context, without=plan.planned)
    for guide_id, planned_engagements in own.items():
        engagements[guide_id] += planned_engagements
    camps = {departure.location_id for departure in plan.planned.values() if departure.location_id}
    return Evidence(
        day=plan.day,
        snapshot=plan.facts.snapshot,
        departures={**plan.others_from(camps), **plan.planned},
        before=plan.base,
        elsewhere=plan.context.neighbours,
        engagements=engagements,
        entered=plan.context.entered.by_day,
        holds=holds_of(plan.facts),
    )
