"""The independent check of ranked dates, as they were made."""

from optimization.days.checker_evidence import engagements_of, holds_of
from optimization.days.refusal import refuse
from optimization.requests.query import TripQuery
from optimization.requests.ranking import RankedDate, RankedDates
from optimization.verification.checks import check_departures
from optimization.verification.evidence import Evidence, Finding, RequestTerms


def refuse_broken_answer(ranked: RankedDates, query: TripQuery) -> None:
    """Raise PlanRefused where a date that is offered breaks a rule or is not what was asked for."""
    refuse([finding for day in ranked.dates if day.is_bookable for finding in _of_date(day, ranked, query)])


def _of_date(date: RankedDate, ranked: RankedDates, query: TripQuery) -> list[Finding]:
    key, context = date.option.departure_id, ranked.contexts[date.option.departure_id]
    wishes = query.constraints
    evidence = Evidence(
        day=date.option.day,
        snapshot=ranked.facts.snapshot,
        departures={key: date.departure},
        before=ranked.base,
        engagements=engagements_of(context, without=[key]),
        entered=context.entered.by_day,
        holds=holds_of(ranked.facts),
        terms=RequestTerms(
            joining=date.option.group,
            required=frozenset(wishes.required_guide_ids),
            excluded=frozenset(wishes.excluded_guide_ids),
            only=query.only_guides,
            largest_group=wishes.max_group_size,
            good_weather=wishes.require_good_weather,
            accessibility=wishes.accessibility_requirements,
        ),
    )
    return check_departures(evidence, [key])
