"""The ranking on hand-made inputs: no database and no sibling."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

from novatrek_scheduling.deadline import Deadline
from optimization.candidates.assessment import PlanningContext
from optimization.requests.date_options import options_of
from optimization.requests.date_score import Availability
from optimization.requests.feasibility import FeasibilityChecks
from optimization.requests.inputs import RequestInputs
from optimization.requests.query import TripQuery
from optimization.requests.ranking import (
    RankedDates,
    assess_options,
    crews_of,
    formulate_request,
    guide_constraints,
    rank,
)
from optimization.requests.time_budget import TimeBudget
from optimization.requests.waitlist import WaitlistSearch
from optimization.solver.request_model import solve_request
from scheduling.domain.document import ScheduleDocument
from scheduling.domain.facts import Guide, WeatherOutlook
from scheduling.rules import EntriesByDate
from tests.factories import REGION_ID, TOMORROW, GuideFactory, TripFactory, at, facts_of

TRIP = TripFactory()
NEXT_DAY = TOMORROW + timedelta(days=1)
NOW = at(6, day=TOMORROW - timedelta(days=1))
ANA, BEN = GuideFactory(name="Ana", years_experience=9), GuideFactory(name="Ben", years_experience=1)
NO_TIME = TimeBudget(deadline_seconds=2, until=Deadline.after(0))

Outlooks = Mapping[tuple[UUID, date], WeatherOutlook]


def inputs_of(*guides: Guide, days: tuple[date, ...] = (TOMORROW,), outlooks: Outlooks | None = None) -> RequestInputs:
    """Inputs of a query for TRIP on dates without departures, guides without other commitments."""
    facts = facts_of(guides=guides, trips=[TRIP], days=days)
    facts = facts.with_snapshot(replace(facts.snapshot, usual_times={TRIP.id: "08:00"}, outlooks=outlooks or {}))
    query, documents = TripQuery(TRIP.id, days), {day: ScheduleDocument() for day in days}
    checks = FeasibilityChecks.of(query, documents, facts, NOW)
    options = options_of(checks)
    keys = [option.departure_id for option in options]
    return RequestInputs(
        query=query,
        facts=facts,
        documents=documents,
        base={},
        sold_seats={},
        options=tuple(options),
        contexts={key: PlanningContext(EntriesByDate(), {}, {key}) for key in keys},
        checks=checks,
    )


def ranked(inputs: RequestInputs, budget: TimeBudget = NO_TIME) -> RankedDates:
    assessments = assess_options(inputs, crews_of(inputs))
    problem = formulate_request(inputs, assessments)
    solved = solve_request(problem, time_limit_seconds=5)
    waitlist = WaitlistSearch(inputs, guide_constraints(inputs.query), budget, certify=lambda facts, _: facts)
    return rank(inputs, assessments, problem, solved, waitlist)


def test_of_two_candidates_the_better_guide_leads() -> None:
    dates = ranked(inputs_of(BEN, ANA))

    assert dates.best
    assert [member.guide_name for member in dates.best.departure.team] == ["Ana"]
    assert "led by Ana (score 0.54, best other Ben 0.47)" in dates.best.notes


def test_an_option_that_nobody_leads_is_unavailable_when_the_waitlist_search_has_no_time() -> None:
    [date_without_team] = ranked(inputs_of(replace(ANA, is_active=False))).dates

    assert (date_without_team.availability, date_without_team.score) == (Availability.UNAVAILABLE, 0)
    assert date_without_team.notes.endswith("No time was left to look for a resolution.")


def test_with_time_to_search_and_no_resolution_the_notes_do_not_speak_of_time() -> None:
    [date_without_team] = ranked(inputs_of(replace(ANA, is_active=False)), TimeBudget(deadline_seconds=2)).dates

    assert date_without_team.availability is Availability.UNAVAILABLE
    assert "No time was left" not in date_without_team.notes


def test_two_dates_come_best_first() -> None:
    outlooks = {(REGION_ID, TOMORROW): WeatherOutlook.RAIN_LIKELY, (REGION_ID, NEXT_DAY): WeatherOutlook.CLEAR}

    rainy_first = ranked(inputs_of(ANA, days=(TOMORROW, NEXT_DAY), outlooks=outlooks))
    equal = ranked(inputs_of(ANA, days=(TOMORROW, NEXT_DAY)))

    assert [ranked_date.option.day for ranked_date in rainy_first.dates] == [NEXT_DAY, TOMORROW]
    assert rainy_first.best is rainy_first.dates[0]
    assert rainy_first.dates[0].score > rainy_first.dates[1].score
    assert [ranked_date.option.day for ranked_date in equal.dates] == [TOMORROW, NEXT_DAY]
