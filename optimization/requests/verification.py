"""The independent check of ranked dates, before they are stored."""

from optimization.days.checker_evidence import engagements_of, holds_of
from optimization.days.refusal import refuse
from optimization.requests.query import TripQuery
from optimization.requests.ranking import RankedDate, RankedDates
from optimization.verification.checks import check_departures
from optimization.verification.evidence import Evidence, Finding, RequestTerms


def refuse_broken_dates(ranked: RankedDates, query: TripQuery) -> None:
    """Raise PlanRefused where a bookable date breaks a hard rule or a constraint of the query."""
    refuse([finding for date in ranked.dates if date.is_bookable for finding in _findings_of_date(date, ranked, query)])


def _findings_of_date(date: RankedDate, ranked: RankedDates, query: TripQuery) -> list[Finding]:
    key, context = date.option.departure_id, ranked.contexts[date.option.departure_id]
    constraints = query.constraints
    evidence = Evidence(
        day=date.option.day,
        snapshot=ranked.facts.snapshot,
        departures={key: date.departure},
        before=ranked.base,
        engagements=engagements_of(date.departure.guide_ids, context, without=[key]),
        entered=context.entered.by_day,
        holds=holds_of(ranked.facts),
        terms=RequestTerms(
            joining=date.option.group,
            required=frozenset(constraints.required_guide_ids),
            excluded=frozenset(constraints.excluded_guide_ids),
            largest_group=constraints.max_group_size,
            good_weather=constraints.require_good_weather,
            accessibility=constraints.accessibility_requirements,
        ),
    )
    return check_departures(evidence, [key])
