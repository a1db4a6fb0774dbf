"""What a proposal would change, by departure and by person, and which departures belong together."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from optimization.proposals.difference import Difference, PartState, difference_of
from optimization.proposals.plans import AcceptedPart, ProposedDeparture, ProposedPlan, accepted_by_departure
from optimization.proposals.ties import Tie, ties_of, torn
from scheduling.domain.document import Departure, DepartureStatus, Role, ScheduleDocument, TeamMember
from tests.factories import REGION_ID, TOMORROW, DepartureFactory, TeamMemberFactory, at

ANA, BEN, CLEO = (TeamMemberFactory(guide_name=name) for name in ("Ana Ruiz", "Ben Ito", "Cleo Park"))
RIM, GORGE, MEADOW = UUID(int=1), UUID(int=2), UUID(int=3)
YESTERDAY = at(6, day=TOMORROW - timedelta(days=1))


def departures(**teams: list[TeamMember]) -> dict[UUID, Departure]:
    """Rim walk and Gorge trip at the same time in the morning, Meadow round in the afternoon."""
    hours = {"rim": (RIM, 9, 12), "gorge": (GORGE, 10, 13), "meadow": (MEADOW, 14, 16)}
    return {
        key: DepartureFactory(
            trip_name=name.capitalize(),
            starts_at=at(begins),
            ends_at=at(ends),
            team=teams.get(name, []),
            participants=4,
            region_id=REGION_ID,
        )
        for name, (key, begins, ends) in hours.items()
    }


def planned(before: Mapping[UUID, Departure], after: Mapping[UUID, Departure], **fields: Any) -> ProposedPlan:
    proposed = {key: ProposedDeparture.of(departure, before.get(key), {}) for key, departure in after.items()}
    changed = {key: departure for key, departure in proposed.items() if departure.is_change}
    values: dict[str, Any] = {"region_ids": (REGION_ID,), "hours": {}, "moved": 1, "proof": "PROVEN"}
    return ProposedPlan(departures=changed, **values | fields)


def of(
    plan: ProposedPlan, stored: Mapping[UUID, Departure], accepted: Mapping[UUID, AcceptedPart] | None = None
) -> Difference:
    return difference_of(plan, ScheduleDocument(departures=dict(stored)), TOMORROW, YESTERDAY, accepted or {})


def states(difference: Difference) -> dict[UUID, PartState]:
    return {part.id: part.state for part in difference.departures}


def test_only_what_would_change_is_in_it_the_earliest_first() -> None:
    before, after = departures(rim=[ANA], meadow=[CLEO]), departures(gorge=[ANA], meadow=[CLEO], rim=[BEN])

    difference = of(planned(before, after), before)

    assert [part.id for part in difference.departures] == [RIM, GORGE]
    assert states(difference) == {RIM: PartState.OPEN, GORGE: PartState.OPEN}


def test_people_are_named_with_what_they_leave_and_join_and_their_hours() -> None:
    before, after = departures(rim=[ANA], meadow=[ANA]), departures(gorge=[ANA], rim=[BEN], meadow=[ANA])
    hours = {ANA.guide_id: 20.0, BEN.guide_id: 10.0}

    ana, ben = of(planned(before, after, hours=hours), before).people

    assert (ana.name, ana.leaves, ana.joins) == ("Ana Ruiz", (RIM,), (GORGE,))
    assert (ana.hours_before, ana.hours_after) == (5.0, 5.0)
    assert (ben.leaves, ben.joins, ben.hours_before, ben.hours_after) == ((), (RIM,), 0.0, 3.0)
    assert (ana.above_mean_before, ana.above_mean_after) == (7.5, 6.0)
    assert (ben.above_mean_before, ben.above_mean_after) == (-7.5, -6.0)


def test_the_totals_are_of_the_whole_date_before_and_after() -> None:
    before, after = departures(rim=[ANA]), departures(rim=[ANA], gorge=[BEN])
    cancelled = DepartureFactory(status=DepartureStatus.CANCELLED, participants=50)
    elsewhere = DepartureFactory(region_id=uuid4(), participants=50)
    stored = {**before, uuid4(): cancelled, uuid4(): elsewhere}

    difference = of(planned(before, after, hours={ANA.guide_id: 0.0, BEN.guide_id: 0.0}), stored)

    assert (difference.before.served, difference.after.served, difference.after.guests) == (4, 8, 12)
    assert (difference.before.staffed, difference.after.staffed, difference.after.departures) == (1, 2, 3)
    assert difference.before.score < difference.after.score
    assert (difference.before.hours_apart, difference.after.hours_apart) == (1.5, 0.0)


def test_accepting_a_part_leaves_the_totals_as_they_were() -> None:
    before, after = departures(rim=[ANA]), departures(rim=[ANA], gorge=[BEN], meadow=[CLEO])
    plan = planned(before, after)
    part = AcceptedPart(departure_ids=(GORGE,), by="ben", at=YESTERDAY, rev=7, made=3)

    difference = of(plan, departures(rim=[ANA], gorge=[BEN]), accepted_by_departure([part], 3))

    assert (difference.before, difference.after) == (of(plan, before).before, of(plan, before).after)
    assert states(difference) == {GORGE: PartState.ACCEPTED, MEADOW: PartState.OPEN}
    assert difference.settled == {GORGE}
    assert accepted_by_departure([part], 4) == {}


@pytest.mark.parametrize(
    ("now", "state"),
    [
        ({"team": [BEN]}, PartState.DONE),
        ({"team": [CLEO]}, PartState.CHANGED),
        ({"team": [TeamMemberFactory(**{**dict(ANA), "pinned": True})]}, PartState.CHANGED),
        ({"capacity": 3}, PartState.CHANGED),
        ({"starts_at": at(8)}, PartState.CHANGED),
        ({"participants": 9, "language": "es"}, PartState.OPEN),
        ({"status": DepartureStatus.CANCELLED}, PartState.OVER),
        ({"starts_at": YESTERDAY}, PartState.OVER),
    ],
    ids=["done", "other team", "pinned", "capacity", "time", "guests", "cancelled", "started"],
)
def test_what_happened_to_a_departure_since_is_told(now: dict[str, Any], state: PartState) -> None:
    before = departures(rim=[ANA])

    difference = of(planned(before, departures(rim=[BEN])), {RIM: before[RIM].model_copy(update=now)})

    assert states(difference) == {RIM: state}


def test_a_new_departure_is_open_until_somebody_else_created_it() -> None:
    plan = planned({}, {RIM: departures(rim=[ANA])[RIM]})

    assert states(of(plan, {})) == {RIM: PartState.OPEN}
    assert states(of(plan, departures(rim=[BEN]))) == {RIM: PartState.CHANGED}
    assert of(plan, {}).after.served == 4


def test_a_change_of_lead_is_a_change_and_moves_nobody() -> None:
    assistant = BEN.model_copy(update={"role": Role.ASSISTANT})
    before = departures(rim=[ANA, assistant])
    after = departures(rim=[BEN, ANA.model_copy(update={"role": Role.ASSISTANT})])

    difference = of(planned(before, after), before)

    assert (list(states(difference)), difference.people) == ([RIM], ())


def test_departures_are_tied_by_a_guide_who_cannot_be_on_both() -> None:
    before, after = departures(rim=[ANA], meadow=[BEN]), departures(rim=[BEN], gorge=[ANA], meadow=[ANA])
    plan = planned(before, after)

    ties = ties_of(plan.departures, TOMORROW)

    tie = Tie(ANA.guide_id, "Ana Ruiz", leaves=RIM, joins=GORGE)
    assert ties == (tie,)
    assert torn(ties, {RIM}, ()) == torn(ties, {GORGE}, ()) == [tie]
    assert torn(ties, {RIM, GORGE}, ()) == torn(ties, {GORGE}, {RIM}) == torn(ties, {MEADOW}, ()) == []


def test_a_stored_plan_is_read_back_as_it_was() -> None:
    before, after = departures(rim=[ANA]), departures(gorge=[ANA], rim=[BEN])
    plan = planned(before, after, hours={ANA.guide_id: 12.5}, unknown=("weather",))

    assert ProposedPlan.model_validate(plan.model_dump(mode="json")) == plan
