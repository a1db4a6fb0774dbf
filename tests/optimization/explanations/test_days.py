"""Explanations of whole days, unusual ones included."""

from dataclasses import replace
from uuid import UUID

import pytest

from optimization.explanations.days import explain_day, explain_parts, explanation_data, explanation_text, fairness_of
from scheduling.domain.document import Departure
from scheduling.domain.facts import Guide
from scheduling.rules import Facts
from tests.factories import GuideFactory, at
from tests.optimization.explanations.plans import ANA, BEN, CLEO, FIRST, SECOND, facts_with, of_trip, planned

CROWD = [GuideFactory() for _ in range(3)]
ODD_DAYS: dict[str, tuple[list[Departure], list[Guide]]] = {
    "nothing": ([], [ANA]),
    "nobody": ([of_trip()], []),
    "nothing fits": ([of_trip(participants=31, capacity=31)], [ANA, BEN]),
    "no certifications": ([of_trip()], [GuideFactory(certifications=frozenset())]),
    "no guests": ([of_trip(participants=0)], [ANA, BEN]),
    "too many departures": ([of_trip(participants=2 + n % 7) for n in range(30)], CROWD),
    "everybody": ([of_trip() for _ in range(4)], [ANA, BEN, CLEO, *CROWD]),
}


def day_of(departures: list[Departure]) -> dict[UUID, Departure]:
    return {UUID(int=number): departure for number, departure in enumerate(departures, start=1)}


@pytest.mark.parametrize("name", ODD_DAYS)
def test_every_departure_of_an_odd_day_is_explained(name: str) -> None:
    departures, guides = ODD_DAYS[name]
    plan = planned(day_of(departures), facts_with(*guides))

    explanations = explain_day(plan, time_limit_seconds=60)

    assert [explanation.departure_id for explanation in explanations] == sorted(plan.planned)
    assert all(explanation.team or (explanation.reason and explanation.possible_if) for explanation in explanations)
    assert not any(explanation.is_partial for explanation in explanations)


def test_the_same_plan_is_explained_in_the_same_words() -> None:
    departures = {FIRST: of_trip(), SECOND: of_trip(starts_at=at(10), ends_at=at(14))}

    def words(facts: Facts) -> list[str]:
        return explanation_text(explain_day(planned(departures, facts), time_limit_seconds=60))

    assert words(facts_with(ANA, BEN, CLEO)) == words(facts_with(CLEO, BEN, ANA))


def test_a_departure_planned_again_is_explained_by_its_last_plan() -> None:
    departures = {FIRST: of_trip(), SECOND: of_trip(starts_at=at(14), ends_at=at(16))}
    whole, again = planned(departures, facts_with(ANA)), planned({SECOND: departures[SECOND]}, facts_with(BEN))

    data = explanation_data(explain_parts([whole, again], time_limit_seconds=60))

    assert [data[str(key)]["team"][0]["guide_name"] for key in (FIRST, SECOND)] == ["Ana", "Ben"]


def test_workloads_are_those_of_all_candidates() -> None:
    facts = replace(facts_with(ANA, BEN, replace(CLEO, is_active=False)), recent_hours={ANA.id: 6.0})

    hours = fairness_of(planned({FIRST: of_trip()}, facts))

    assert {guide: load.above_mean for guide, load in hours.items()} == {ANA.id: 3.0, BEN.id: -3.0}
    assert sum(load.day_hours for load in hours.values()) == 3.0


def test_workloads_ask_for_no_parts_of_scores() -> None:
    plan = planned({FIRST: of_trip(), SECOND: of_trip()}, facts_with(ANA, BEN))

    assert fairness_of(plan).keys() == {ANA.id, BEN.id}
    assert not any("candidates" in vars(assessment) for assessment in plan.assessments.values())
