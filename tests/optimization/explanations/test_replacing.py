"""The price of a guide instead of the present team, and who has to move for it."""

from typing import Any
from uuid import UUID

from optimization.explanations.replacing import Replacements, find_replacements
from scheduling.domain.document import Departure
from tests.factories import GuideFactory, TeamMemberFactory, at, lead
from tests.optimization.explanations.plans import ANA, BEN, CLEO, FIRST, SECOND, facts_with, of_trip, planned


def replacements(departures: dict[UUID, Departure], *guides: Any) -> Replacements:
    plan = planned(departures, facts_with(*guides))
    return find_replacements(plan, FIRST, departures, time_limit_seconds=5)


def test_a_guide_who_goes_instead_is_priced_against_the_one_who_goes_now() -> None:
    found = replacements({FIRST: of_trip(team=[lead(ANA)])}, ANA, BEN)

    ben = found.by_guide[BEN.id]
    assert (ben.instead_of, ben.moves) == (ANA.id, {})
    assert (ben.cost.guests, ben.cost.changes) == (0, 1)
    assert ben.cost.points > 0
    assert ANA.id not in found.by_guide


def test_who_is_on_another_departure_comes_with_a_swap_that_says_who_moves() -> None:
    departures = {FIRST: of_trip(team=[lead(ANA)]), SECOND: of_trip(team=[lead(BEN)])}

    ben = replacements(departures, ANA, BEN).by_guide[BEN.id]

    assert ben.moves == {SECOND: (ANA.id,)}


def test_what_the_plan_would_do_better_elsewhere_is_no_part_of_it() -> None:
    departures = {FIRST: of_trip(team=[lead(ANA)]), SECOND: of_trip(starts_at=at(9), ends_at=at(12))}

    ben = replacements(departures, ANA, BEN, CLEO).by_guide[BEN.id]

    assert ben.moves.keys() <= {SECOND}
    assert ANA.id in ben.moves.get(SECOND, (ANA.id,))


def test_a_guide_who_cannot_lead_the_group_alone_comes_with_company() -> None:
    few = GuideFactory(name="Fay", max_group_size=4)

    fay = replacements({FIRST: of_trip(team=[lead(ANA)])}, ANA, BEN, few).by_guide[few.id]

    assert set(fay.team) == {few.id, BEN.id}


def test_nobody_takes_the_place_of_who_is_pinned() -> None:
    pinned = TeamMemberFactory(guide_id=ANA.id, guide_name=ANA.name, pinned=True)

    assert replacements({FIRST: of_trip(team=[pinned])}, ANA, BEN).by_guide == {}


def test_an_unstaffed_departure_has_the_price_of_each_who_could_go() -> None:
    found = replacements({FIRST: of_trip()}, ANA, BEN)

    assert {key: replacement.instead_of for key, replacement in found.by_guide.items()} == {
        ANA.id: None,
        BEN.id: None,
    }
