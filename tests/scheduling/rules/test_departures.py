"""The violations of a departure as a whole: what is new since a change, the base camp, the number that is named."""

from datetime import date
from typing import Any
from uuid import UUID, uuid4

from scheduling.domain.document import Departure, DepartureStatus
from scheduling.domain.facts import Location
from scheduling.errors import HardRuleViolated
from scheduling.rules import Rule, Violation
from tests.factories import REGION_ID, DepartureFactory, TeamMemberFactory, at
from tests.scheduling.rules.worlds import KEY, broken, elsewhere, knowing, led, with_guide


def test_a_departure_that_breaks_nothing_breaks_nothing() -> None:
    assert broken(led()) == []


def test_of_very_many_clashes_of_one_departure_the_first_are_named() -> None:
    crowded = tuple(commitment for _ in range(200) for commitment in elsewhere(at(9), at(12)))

    assert broken(led(), commitments=crowded) == [Rule.OVERLAP] * 20


def test_a_clash_beyond_those_that_were_there_before_is_found() -> None:
    crowded = tuple(commitment for _ in range(200) for commitment in elsewhere(at(9), at(12)))
    later = elsewhere(at(13), at(14))

    assert broken(led(ends_at=at(13)), before=led(), commitments=crowded + later) == [Rule.OVERLAP]


def test_a_person_is_told_of_the_first_hundred_violations() -> None:
    refusal = HardRuleViolated([Violation(Rule.OVERLAP, f"clash {n}", KEY) for n in range(1000)])

    assert len(refusal.problems) == 100
    assert refusal.message.endswith("clash 99; and 900 more")
    assert len(refusal.violations) == 1000


CAMP = Location(uuid4(), REGION_ID, 20)


def test_departures_at_the_same_time_share_the_base_camp() -> None:
    facts = knowing(locations={REGION_ID: CAMP})
    there = {"location_id": CAMP.id, "team": [TeamMemberFactory()]}

    def beside(**fields: Any) -> dict[UUID, Departure]:
        return {uuid4(): DepartureFactory(**there | fields)}

    mine = led(location_id=CAMP.id)
    assert broken(mine, facts, others=beside(participants=12)) == []
    assert broken(mine, facts, others=beside(participants=13)) == [Rule.LOCATION_CAPACITY]
    assert broken(mine, facts, others=beside(participants=13, starts_at=at(12), ends_at=at(14))) == []
    assert broken(mine, facts, others=beside(participants=13, team=[])) == []
    assert broken(mine, facts, others=beside(participants=13, status=DepartureStatus.CANCELLED)) == []


def test_a_trip_of_several_days_is_at_the_base_camp_on_the_next_date_too() -> None:
    facts = knowing(locations={REGION_ID: CAMP})
    since_yesterday = DepartureFactory(
        location_id=CAMP.id, team=[TeamMemberFactory()], participants=13, starts_at=at(9, day=date.min), ends_at=at(10)
    )

    assert broken(led(location_id=CAMP.id), facts, neighbours=(since_yesterday,)) == [Rule.LOCATION_CAPACITY]


def test_what_was_broken_before_is_nothing_new_unless_it_gets_worse() -> None:
    before = led(participants=11)

    assert broken(led(participants=11, capacity=14), before=before) == []
    assert broken(led(participants=10), before=before) == []
    assert broken(led(participants=12), before=before) == [Rule.GROUP_SIZE]


def test_a_rule_broken_before_hides_no_other_one() -> None:
    on_leave = with_guide(is_active=False, status="ON_LEAVE")
    afternoon = elsewhere(at(14), at(16))

    moved = led(starts_at=at(13), ends_at=at(15))
    assert broken(moved, on_leave, before=led(), commitments=afternoon) == [Rule.OVERLAP]


def test_another_overlap_in_place_of_one_is_new() -> None:
    both = elsewhere(at(10), at(11)) + elsewhere(at(14), at(15))

    moved = led(starts_at=at(14), ends_at=at(15))
    assert broken(moved, before=led(), commitments=both) == [Rule.OVERLAP]


def test_whoever_is_under_way_is_held_to_the_rules_too() -> None:
    underway = DepartureStatus.IN_PROGRESS
    busy = elsewhere(at(10), at(11))

    assert broken(led(status=underway), before=led(status=underway, team=[]), commitments=busy) == [Rule.OVERLAP]
    assert broken(led(status=DepartureStatus.CANCELLED), commitments=busy) == []
