"""The merge of a plan into the latest document."""

from dataclasses import replace
from uuid import uuid4

from scheduling.domain.document import (
    AssignmentStatus,
    DepartureStatus,
    ScheduleDocument,
)
from tests.factories import (
    TeamMemberFactory,
    at,
    lead,
)
from tests.optimization.days.plans import ANA, BEN, NOW, facts_with, of_trip, pinned, planned


def test_a_plan_writes_what_it_owns_and_leaves_the_pinned_and_the_rest_alone() -> None:
    held, key = uuid4(), uuid4()
    departures = {held: of_trip(team=[pinned(replace(BEN, is_active=False))]), key: of_trip()}
    plan = planned(departures, facts_with(ANA))
    reservation = uuid4()
    now_there = departures[key].model_copy(
        update={"reservations": {reservation: 3}, "participants": 3, "extra": "kept"}, deep=True
    )
    document = ScheduleDocument(departures={held: departures[held], key: now_there})

    assert plan.apply(document, NOW) == []

    assert document.departures[held] == departures[held]
    assert document.departures[key].guide_ids == {ANA.id}
    assert document.departures[key].reservations == {reservation: 3}
    assert document.departures[key].participants == 3


def test_a_departure_that_started_or_was_cancelled_meanwhile_is_left_alone() -> None:
    started, cancelled = uuid4(), uuid4()
    departures = {started: of_trip(), cancelled: of_trip(starts_at=at(14), ends_at=at(16))}
    plan = planned(departures, facts_with(ANA))
    document = ScheduleDocument(departures={key: d.model_copy(deep=True) for key, d in departures.items()})
    document.departures[cancelled].status = DepartureStatus.CANCELLED

    assert plan.apply(document, at(9)) == []

    assert [document.departures[key].team for key in (started, cancelled)] == [[], []]


def test_a_team_that_was_confirmed_or_led_otherwise_meanwhile_is_planned_again() -> None:
    key = uuid4()
    tentative = TeamMemberFactory(guide_id=ANA.id, assignment_status=AssignmentStatus.TENTATIVE)
    departure = of_trip(team=[tentative], status=DepartureStatus.PUBLISHED)
    plan = planned({key: departure}, facts_with(ANA))
    confirmed = departure.model_copy(update={"team": [lead(ANA)]}, deep=True)
    document = ScheduleDocument(departures={key: confirmed})

    assert plan.apply(document, NOW) == [key]
    assert document.departures[key].team == [lead(ANA)]
