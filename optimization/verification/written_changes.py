"""Where plans meet their judge: as they are made, and once more as they are written.

As made, a plan is judged by what it was made on: whatever it breaks is a mistake of ours. As written, by
the documents under the write's locks: only what the write itself breaks counts, for the world may have
moved, and nothing may differ that is not the plan's.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models.fields.json import KeyTransform

from optimization.candidates.assessment import Roster
from optimization.days.planner import PlannedDay
from optimization.requests.date_options import Question
from optimization.requests.ranking import Answer, DateAnswer
from optimization.verification.checks import broken_rules, is_new_since
from optimization.verification.evidence import Engagement, Evidence, Finding, Hold, Wanted, dates_of
from optimization.verification.refusal import refuse
from optimization.verification.unchanged import touched
from scheduling.daily_schedules.changes import Change
from scheduling.daily_schedules.hard_rules import departures_elsewhere
from scheduling.domain.document import Departure, DepartureStatus, GuideAdjustments, ScheduleDocument
from scheduling.domain.facts import Span
from scheduling.models import DailySchedule, GuideCommitment
from scheduling.rules import Facts

# Further apart than this nothing is too close.
AROUND = timedelta(days=1)


def refuse_broken_plan(plan: PlannedDay) -> None:
    """Raise PlanRefused where what was planned breaks a rule, given all it was planned on."""
    refuse(findings_of_plan(plan))


def findings_of_plan(plan: PlannedDay) -> list[Finding]:
    """The hard rules that the plan breaks."""
    engagements = _engagements_of(plan.roster, without=plan.planned)
    for guide_id, planned in _engagements_in(plan.planned, plan.day).items():
        engagements[guide_id] += planned
    evidence = Evidence(
        day=plan.day,
        snapshot=plan.facts.snapshot,
        departures={**plan.beside, **plan.planned},
        before=plan.base,
        elsewhere=plan.roster.neighbours,
        engagements=engagements,
        entered=plan.roster.entered.by_day,
        holds=_holds(plan.facts),
    )
    return broken_rules(evidence, plan.planned)


def refuse_broken_answer(answer: Answer, question: Question) -> None:
    """Raise PlanRefused where a date that is offered breaks a rule or is not what was asked for."""
    refuse([finding for one in answer.dates if one.is_bookable for finding in _of_date(one, answer, question)])


def _of_date(one: DateAnswer, answer: Answer, question: Question) -> list[Finding]:
    key, roster = one.option.departure_id, answer.rosters[one.option.departure_id]
    wishes = question.constraints
    evidence = Evidence(
        day=one.option.day,
        snapshot=answer.facts.snapshot,
        departures={key: one.departure},
        before=answer.base,
        engagements=_engagements_of(roster, without=[key]),
        entered=roster.entered.by_day,
        holds=_holds(answer.facts),
        wanted=Wanted(
            joining=one.option.group,
            required=frozenset(wishes.required_guide_ids),
            excluded=frozenset(wishes.excluded_guide_ids),
            only=question.only_guides,
            largest_group=wishes.max_group_size,
            good_weather=wishes.require_good_weather,
            accessibility=wishes.accessibility_requirements,
        ),
    )
    return broken_rules(evidence, [key])


def refuse_broken_write(
    changes: Mapping[date, Change], facts: Facts, now: datetime, *, publishes: Collection[UUID] = ()
) -> None:
    """Raise PlanRefused where the changes newly break a rule or touch what no plan may touch.

    Called in the transaction of the write, behind its locks: raising undoes it. `publishes` has the
    departures that the writer may publish too.
    """
    findings: list[Finding] = []
    for day, change in changes.items():
        findings += touched(change.before, change.after, now, publishes=publishes)
        findings += _newly_broken(day, change, facts)
    refuse(findings)


def _newly_broken(day: date, change: Change, facts: Facts) -> list[Finding]:
    planned = [one for key in change.departure_ids if (one := change.after.departures.get(key)) and one.team]
    if not planned:
        return []
    before, after = (
        broken_rules(evidence, change.departure_ids) for evidence in _before_and_after(day, change, facts, planned)
    )
    return [finding for finding in after if is_new_since(finding, before)]


def _before_and_after(day: date, change: Change, facts: Facts, planned: Sequence[Departure]) -> list[Evidence]:
    span = Span(min(one.starts_at for one in planned), max(one.ends_at for one in planned))
    guides = {guide for one in planned for guide in one.guide_ids}
    elsewhere = departures_elsewhere(span, [day]) if any(one.location_id for one in planned) else []
    stored = _stored_engagements(span, guides, day)
    out = {other for one in planned for other in _days_of(one, facts)} - {day}
    entered = {**_entered_on(out), day: change.after.guide_adjustments}
    evidences = []
    for document in (change.before, change.after):
        engagements = defaultdict(list, {guide: list(held) for guide, held in stored.items()})
        for guide_id, theirs in _engagements_in(document.departures, day).items():
            engagements[guide_id] += theirs
        evidences.append(
            Evidence(
                day=day,
                snapshot=facts.snapshot,
                departures=document.departures,
                before=change.before.departures,
                elsewhere=elsewhere,
                engagements=engagements,
                entered=entered,
                holds=_holds(facts),
            )
        )
    return evidences


def _stored_engagements(span: Span, guides: Collection[UUID], day: date) -> dict[UUID, list[Engagement]]:
    """What the guides do on departures of other dates."""
    rows = GuideCommitment.objects.filter(
        guide_id__in=guides, starts_at__lt=span.ends_at + AROUND, ends_at__gt=span.starts_at - AROUND
    ).exclude(schedule_date=day)
    found: dict[UUID, list[Engagement]] = defaultdict(list)
    for row in rows:
        found[row.guide_id].append(Engagement(row.departure_id, row.schedule_date, row.starts_at, row.ends_at))
    return found


def _entered_on(days: Collection[date]) -> dict[date, Mapping[UUID, GuideAdjustments]]:
    rows = DailySchedule.objects.filter(schedule_date__in=days) if days else DailySchedule.objects.none()
    told = rows.values_list("schedule_date", KeyTransform("guide_adjustments", "assignments"))
    return {day: ScheduleDocument.read({"guide_adjustments": each or {}}).guide_adjustments for day, each in told}


def _engagements_of(roster: Roster, *, without: Collection[UUID]) -> dict[UUID, list[Engagement]]:
    found: dict[UUID, list[Engagement]] = defaultdict(list)
    for guide_id, held in roster.commitments.items():
        found[guide_id] += [
            Engagement(one.departure_id, one.day, one.span.starts_at, one.span.ends_at)
            for one in held
            if one.departure_id not in without
        ]
    return found


def _engagements_in(departures: Mapping[UUID, Departure], day: date) -> dict[UUID, list[Engagement]]:
    found: dict[UUID, list[Engagement]] = defaultdict(list)
    for key, departure in departures.items():
        if departure.status != DepartureStatus.CANCELLED:
            for member in departure.team:
                found[member.guide_id].append(Engagement(key, day, departure.starts_at, departure.ends_at))
    return found


def _days_of(departure: Departure, facts: Facts) -> tuple[date, ...]:
    region = facts.snapshot.regions.get(departure.region_id)
    return dates_of(departure, region.timezone if region else departure.starts_at.tzinfo)


def _holds(facts: Facts) -> list[Hold]:
    return [
        Hold(
            hazard.description,
            hazard.span.starts_at,
            hazard.span.ends_at,
            closed_trails=hazard.trail_ids if hazard.closes_trails else frozenset(),
            held_guides=hazard.guide_ids,
        )
        for hazard in facts.hazards
    ]
