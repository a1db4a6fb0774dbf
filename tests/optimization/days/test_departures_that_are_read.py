"""Of a large date planning and its check read the departures that they concern, and no others."""

from uuid import uuid4

from optimization.days.inputs import DayInputs
from optimization.days.planned_day import EMPTY_CONTEXT
from optimization.days.planner import assign_guides, form_teams
from optimization.days.verification import findings_of_plan
from scheduling.domain.document import ScheduleDocument
from tests.factories import TOMORROW, lead
from tests.optimization.days.plans import ANA, BEN, CAMP, facts_with, of_trip


def test_a_plan_and_its_check_read_of_the_others_those_that_leave_from_the_same_camp() -> None:
    planned, at_the_camp, elsewhere = uuid4(), uuid4(), uuid4()
    date = {
        planned: of_trip(location_id=CAMP.id),
        at_the_camp: of_trip(location_id=CAMP.id, team=[lead(BEN)]),
        elsewhere: of_trip(location_id=uuid4(), team=[lead(BEN)]),
    }
    stored = ScheduleDocument.read(ScheduleDocument(departures=date).write()).departures
    departures = {planned: stored[planned]}
    facts = facts_with(ANA, base_camp=CAMP)
    inputs = DayInputs(TOMORROW, facts, departures, stored, EMPTY_CONTEXT, departures)

    plan = form_teams(assign_guides(inputs, time_limit_seconds=5), facts)
    findings = findings_of_plan(plan)

    assert plan.planned[planned].guide_ids == {ANA.id}
    assert findings == []
    assert stored.looked_at == {planned, at_the_camp}


def test_the_people_of_other_departures_fill_the_camp() -> None:
    planned, at_the_camp = uuid4(), uuid4()
    date = {
        planned: of_trip(location_id=CAMP.id),
        at_the_camp: of_trip(location_id=CAMP.id, team=[lead(BEN)], participants=CAMP.max_capacity),
    }
    stored = ScheduleDocument.read(ScheduleDocument(departures=date).write()).departures
    departures = {planned: stored[planned]}
    facts = facts_with(ANA, base_camp=CAMP)

    plan = assign_guides(
        DayInputs(TOMORROW, facts, departures, stored, EMPTY_CONTEXT, departures), time_limit_seconds=5
    )

    assert not plan.solved.teams
