"""Invalid problems, and the components and patterns of valid ones."""

from dataclasses import replace
from itertools import permutations, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from optimization.solver.components import connected_components, maximal_cliques
from optimization.solver.patterns import GuideClass, Need, smallest_patterns
from optimization.solver.problem import Location
from optimization.solver.staffing import group_by_departure
from tests.optimization.solver.all_patterns import covering_patterns
from tests.optimization.solver.days import CAMP, day, pair, trip

GROUP = trip(1, "08:00", "12:00", 4)


def test_a_pair_given_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="occurs twice"):
        day([GROUP], [pair(GROUP, 1, 8), pair(GROUP, 1, 9)])


def test_a_pair_given_twice_is_refused_wherever_it_comes_again() -> None:
    other = trip(2, "13:00", "16:00", 4)

    with pytest.raises(ValueError, match="occurs twice"):
        day([GROUP, other], [pair(GROUP, 1, 8), pair(other, 1, 8), pair(GROUP, 2, 8), pair(GROUP, 1, 9)])
    day([GROUP, other], [pair(GROUP, 1, 8), pair(other, 1, 8), pair(GROUP, 2, 8)])


def test_a_pair_of_an_unknown_departure_is_refused() -> None:
    with pytest.raises(ValueError, match="not in the problem"):
        day([], [pair(GROUP, 1, 8)])


@pytest.mark.parametrize("figures", [{"score": 1001}, {"capacity": -1}, {"price": -1}])
def test_a_pair_with_a_figure_out_of_range_is_refused(figures: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="out of range"):
        day([GROUP], [pair(GROUP, 1, **{"capacity": 8, **figures})])


@pytest.mark.parametrize("figures", [{"guests": -1}, {"priority": 0}, {"largest_team": 4}, {"ends_at": "07:00"}])
def test_a_departure_with_a_figure_out_of_range_is_refused(figures: dict[str, object]) -> None:
    details = {"starts_at": "08:00", "ends_at": "12:00", "guests": 4, **figures}

    with pytest.raises(ValueError, match=r"out of range|ends before|1 to 3"):
        day([trip(1, **details)], [])  # type: ignore[arg-type]


def test_cliques_are_the_largest_sets_that_share_a_moment() -> None:
    cliques = list(maximal_cliques([(0, 4, "a"), (2, 6, "b"), (3, 5, "c"), (4, 8, "d"), (9, 10, "e")]))

    assert cliques == [("a", "b", "c"), ("b", "c", "d")]


def test_departures_that_share_nothing_are_solved_apart() -> None:
    trips = [trip(number, "08:00", "12:00", 4, location_id=CAMP) for number in range(4)]
    crew = [pair(trips[0], 1, 8), pair(trips[1], 1, 8), pair(trips[2], 2, 8), pair(trips[3], 3, 8)]

    within_capacity = connected_components(group_by_departure(trips, crew), [Location(CAMP, 16)])
    beyond_capacity = connected_components(group_by_departure(trips, crew), [Location(CAMP, 15)])

    assert sorted(len(component.staffings) for component in within_capacity) == [1, 1, 2]
    assert [len(component.staffings) for component in beyond_capacity] == [4]


def test_patterns_cover_the_group_without_superfluous_members() -> None:
    classes = (GuideClass(6, True, 3), GuideClass(10, True, 1))

    patterns = covering_patterns(classes, Need(12, 3, needs_lead=True, keeps_spare=False))

    assert patterns == ((2, 0), (1, 1))


def test_patterns_keep_spare_members_where_a_published_team_may_have_them() -> None:
    classes = (GuideClass(6, True, 3), GuideClass(10, True, 1))

    patterns = covering_patterns(classes, Need(12, 3, needs_lead=True, keeps_spare=True))

    assert patterns == ((2, 0), (1, 1), (3, 0), (2, 1))


def test_of_all_patterns_the_smallest_are_left_of_each_size() -> None:
    classes = (GuideClass(6, True, 3), GuideClass(8, True, 3), GuideClass(12, True, 2))

    smallest = smallest_patterns(classes, Need(18, 3, needs_lead=True, keeps_spare=False), None)

    # 18 people: 8 and 12 would do as well as 6 and 12, and any three guides.
    assert smallest == ((1, 0, 1), (3, 0, 0))


@given(st.lists(st.integers(1, 14), min_size=1, max_size=5, unique=True), st.data())
def test_the_smallest_patterns_describe_all_teams_that_cover_the_group(
    capacities: list[int], data: st.DataObject
) -> None:
    classes = tuple(GuideClass(size, True, data.draw(st.integers(1, 3))) for size in sorted(capacities))
    need = Need(data.draw(st.integers(0, 30)), 3, needs_lead=data.draw(st.booleans()), keeps_spare=True)
    lean = replace(need, keeps_spare=False)

    assert _described(classes, need) == set(covering_patterns(classes, need))
    assert set(covering_patterns(classes, lean)) <= _described(classes, lean) <= _described(classes, need)


def _described(classes: tuple[GuideClass, ...], need: Need) -> set[tuple[int, ...]]:
    """Return the teams whose guides fill the places of a minimal pattern, each with at least the place's capacity."""
    smallest = smallest_patterns(classes, need, None) or ()
    teams = [
        team
        for team in product(*(range(guide_class.available + 1) for guide_class in classes))
        if sum(team) <= need.places
    ]
    return {team for team in teams if any(_can_fill(classes, team, places) for places in smallest)}


def _can_fill(classes: tuple[GuideClass, ...], team: tuple[int, ...], places: tuple[int, ...]) -> bool:
    """Return whether the team has one guide per place, each with at least the place's capacity."""
    available, required = (
        [guide_class.capacity for guide_class, count in zip(classes, counts, strict=True) for _ in range(count)]
        for counts in (team, places)
    )
    return any(
        all(guide >= place for guide, place in zip(order, required, strict=True))
        for order in permutations(available)
        if len(order) == len(required)
    )


def test_too_many_patterns_are_not_listed() -> None:
    classes = tuple(GuideClass(capacity, True, 3) for capacity in range(1, 21))

    assert smallest_patterns(classes, Need(20, 3, needs_lead=True, keeps_spare=False), 60) is None
