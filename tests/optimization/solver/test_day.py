"""The guarantees of a day's plan, constraint by constraint."""

from dataclasses import replace

from optimization.solver import solve_day
from optimization.solver.problem import Load, Location
from optimization.solver.solution import Objectives, PlanStatus, UnstaffedReason
from tests.optimization.solver.days import CAMP, chosen_pairs, day, guide, is_better, pair, random_day, shuffled, trip
from tests.optimization.solver.exhaustive import broken_rules


def test_a_guide_needs_half_an_hour_between_two_departures() -> None:
    morning, noon = trip(1, "08:00", "12:00", 4), trip(2, "12:29", "15:00", 5)

    plan = solve_day(day([morning, noon], [pair(morning, 1, 8), pair(noon, 1, 8)]))

    assert plan.team_of(noon.id) == (guide(1),)
    assert plan.unstaffed == {morning.id: UnstaffedReason.GUIDES_NEEDED_ELSEWHERE}


def test_half_an_hour_between_two_departures_is_enough() -> None:
    morning, noon = trip(1, "08:00", "12:00", 4), trip(2, "12:30", "15:00", 5)

    plan = solve_day(day([morning, noon], [pair(morning, 1, 8), pair(noon, 1, 8)]))

    assert not plan.unstaffed


def test_a_team_covers_its_group_together() -> None:
    big = trip(1, "08:00", "12:00", 22)

    plan = solve_day(day([big], [pair(big, 1, 8), pair(big, 2, 8), pair(big, 3, 6), pair(big, 4, 6)]))

    assert len(plan.team_of(big.id)) == 3
    assert {guide(1), guide(2)} < set(plan.team_of(big.id))


def test_no_team_is_larger_than_allowed() -> None:
    big = trip(1, "08:00", "12:00", 20, largest_team=2)

    plan = solve_day(day([big], [pair(big, number, 8) for number in range(5)]))

    assert plan.unstaffed == {big.id: UnstaffedReason.GROUP_NOT_COVERED}


def test_a_member_who_may_lead_comes_first() -> None:
    group = trip(1, "08:00", "12:00", 12)
    crew = [pair(group, 1, 12, 900, may_lead=False), pair(group, 2, 6, 800, may_lead=False), pair(group, 3, 6, 100)]

    plan = solve_day(day([group], crew))

    assert plan.team_of(group.id)[0] == guide(3)
    assert len(plan.team_of(group.id)) == 2


def test_the_lead_is_the_best_scored_then_the_smallest_id() -> None:
    group = trip(1, "08:00", "12:00", 24)

    plan = solve_day(day([group], [pair(group, 3, 8, 700), pair(group, 2, 8, 700), pair(group, 1, 8, 600)]))

    assert plan.team_of(group.id) == (guide(2), guide(3), guide(1))


def test_a_departure_without_guests_has_one_guide() -> None:
    empty = trip(1, "08:00", "12:00", 0)

    plan = solve_day(day([empty], [pair(empty, 1, 8, 500), pair(empty, 2, 8, 600)]))

    assert plan.team_of(empty.id) == (guide(2),)


def test_guests_precede_kept_pairs() -> None:
    small, large = trip(1, "08:00", "12:00", 4), trip(2, "08:00", "12:00", 5)

    plan = solve_day(day([small, large], [pair(small, 1, 8, 900, is_kept=True), pair(large, 1, 8, 100)]))

    assert plan.objectives == Objectives(guests=5, kept=0, loss=901)


def test_priority_multiplies_guests() -> None:
    small, large = trip(1, "08:00", "12:00", 4, priority=2), trip(2, "08:00", "12:00", 5)

    plan = solve_day(day([small, large], [pair(small, 1, 8), pair(large, 1, 8)]))

    assert plan.team_of(small.id)


def test_kept_pairs_precede_the_loss() -> None:
    group = trip(1, "08:00", "12:00", 4)
    kept, better = pair(group, 1, 8, 0, is_kept=True, price=9_000), pair(group, 2, 8, 1_000)

    plan = solve_day(day([group], [kept, better]))

    assert plan.team_of(group.id) == (guide(1),)
    assert plan.status is PlanStatus.PROVEN


def test_a_published_team_is_kept_though_a_smaller_one_would_do() -> None:
    group = trip(1, "08:00", "12:00", 4)

    plan = solve_day(day([group], [pair(group, 1, 8, is_kept=True), pair(group, 2, 8, is_kept=True)]))

    assert len(plan.team_of(group.id)) == 2


def test_the_price_of_fairness_moves_a_choice() -> None:
    group = trip(1, "08:00", "12:00", 4)

    plan = solve_day(day([group], [pair(group, 1, 8, 900, price=300), pair(group, 2, 8, 700)]))

    assert plan.team_of(group.id) == (guide(2),)


def test_pinned_guides_stay_though_more_guests_could_be_served() -> None:
    small = trip(1, "08:00", "12:00", 4, pinned_guides=frozenset({guide(1)}))
    large = trip(2, "08:00", "12:00", 8)

    plan = solve_day(day([small, large], [pair(small, 1, 8), pair(small, 2, 2), pair(large, 1, 8)]))

    assert plan.team_of(small.id) == (guide(1),)


def test_required_guides_come_along() -> None:
    group = trip(1, "08:00", "12:00", 4, required_guides=frozenset({guide(1)}))

    plan = solve_day(day([group], [pair(group, 1, 2, 100), pair(group, 2, 4, 900)]))

    assert set(plan.team_of(group.id)) == {guide(1), guide(2)}


def test_pins_that_no_legal_team_has_leave_the_departure_unstaffed_with_the_reason() -> None:
    absent = trip(1, "08:00", "09:00", 4, pinned_guides=frozenset({guide(9)}))
    required = trip(2, "10:00", "11:00", 4, required_guides=frozenset({guide(9)}))
    crowd = trip(3, "12:00", "13:00", 4, largest_team=1, pinned_guides=frozenset({guide(1), guide(2)}))
    crew = [pair(departure, number, 8) for departure in (absent, required, crowd) for number in (1, 2)]

    plan = solve_day(day([absent, required, crowd], crew))

    assert plan.unstaffed == {
        absent.id: UnstaffedReason.PINNED_GUIDE_UNAVAILABLE,
        required.id: UnstaffedReason.REQUIRED_GUIDE_UNAVAILABLE,
        crowd.id: UnstaffedReason.TEAM_TOO_LARGE,
    }


def test_a_guide_pinned_to_two_departures_at_once_stays_on_the_one_worth_more() -> None:
    pins = frozenset({guide(1)})
    small, large = trip(1, "08:00", "12:00", 4, pinned_guides=pins), trip(2, "09:00", "12:00", 8, pinned_guides=pins)

    plan = solve_day(day([small, large], [pair(small, 1, 8), pair(large, 1, 8)]))

    assert plan.team_of(large.id) == (guide(1),)
    assert plan.status is PlanStatus.PROVEN


def test_a_group_without_a_lead_has_that_reason() -> None:
    group = trip(1, "08:00", "12:00", 4)

    plan = solve_day(day([group], [pair(group, 1, 8, may_lead=False)]))

    assert plan.unstaffed == {group.id: UnstaffedReason.NOBODY_CAN_LEAD}


def test_a_location_holds_no_more_people_than_its_capacity() -> None:
    departures = [
        trip(number, "08:00", "12:00", guests, location_id=CAMP) for number, guests in ((1, 9), (2, 8), (3, 3))
    ]
    crew = [pair(departure, number, 10) for number, departure in enumerate(departures)]

    plan = solve_day(day(departures, crew, Location(CAMP, 12)))

    assert plan.objectives.guests == 12
    assert plan.unstaffed == {departures[1].id: UnstaffedReason.LOCATION_FULL}


def test_the_loads_of_a_location_use_its_capacity() -> None:
    group = trip(1, "08:00", "12:00", 9, location_id=CAMP)
    busy_hour = Location(CAMP, 12, (Load(660, 720, 4),))

    plan = solve_day(day([group], [pair(group, 1, 10)], busy_hour))

    assert plan.unstaffed == {group.id: UnstaffedReason.LOCATION_FULL}


def test_departures_at_a_location_one_after_another_do_not_add_up() -> None:
    departures = [trip(1, "08:00", "12:00", 9, location_id=CAMP), trip(2, "12:00", "15:00", 9, location_id=CAMP)]
    crew = [pair(departure, number, 10) for number, departure in enumerate(departures)]

    plan = solve_day(day(departures, crew, Location(CAMP, 12)))

    assert not plan.unstaffed


def test_an_empty_day_is_a_proven_plan() -> None:
    plan = solve_day(day([], []))

    assert (plan.teams, plan.status, plan.objectives) == ((), PlanStatus.PROVEN, Objectives(0, 0, 0))


def test_a_day_without_guides_has_that_reason_for_every_departure() -> None:
    departures = [trip(number, "08:00", "12:00", 4) for number in range(1, 4)]

    plan = solve_day(day(departures, []))

    assert set(plan.unstaffed.values()) == {UnstaffedReason.NO_CANDIDATE}


def test_two_hundred_departures_for_three_guides_are_planned_and_proven() -> None:
    departures = [trip(number, "08:00", "12:00", number % 12) for number in range(1, 201)]
    crew = [pair(departure, number, 12, number * 100) for departure in departures for number in (1, 2, 3)]

    plan = solve_day(day(departures, crew))

    assert (len(plan.teams), len(plan.unstaffed), plan.status) == (3, 197, PlanStatus.PROVEN)
    assert plan.objectives.guests == 33


def test_an_infeasible_day_has_a_reason_for_every_departure() -> None:
    crowd = trip(1, "08:00", "12:00", 40)
    learners = trip(2, "08:00", "12:00", 4)
    camping = trip(3, "08:00", "12:00", 9, location_id=CAMP)
    crew = [pair(crowd, number, 8) for number in (1, 2, 3, 4)]
    crew += [pair(learners, 1, 8, may_lead=False), pair(camping, 2, 12)]

    plan = solve_day(day([crowd, learners, camping], crew, Location(CAMP, 8)))

    assert (plan.teams, plan.status, plan.objectives) == ((), PlanStatus.PROVEN, Objectives(0, 0, 0))
    assert plan.unstaffed == {
        crowd.id: UnstaffedReason.GROUP_NOT_COVERED,
        learners.id: UnstaffedReason.NOBODY_CAN_LEAD,
        camping.id: UnstaffedReason.LOCATION_FULL,
    }


def test_two_hundred_departures_for_three_guides_are_planned_within_a_change_budget() -> None:
    departures = [trip(number, "08:00", "12:00", number % 12) for number in range(1, 201)]
    crew = [pair(departure, number, 12, number * 100) for departure in departures for number in (1, 2, 3)]

    plan = solve_day(replace(day(departures, crew), max_changes=2))

    assert (len(plan.teams), len(plan.moved), plan.objectives.guests) == (2, 2, 22)
    assert set(plan.unstaffed.values()) == {UnstaffedReason.CHANGE_BUDGET_SPENT}


def test_a_day_on_which_every_guide_may_go_everywhere_is_legal() -> None:
    departures = [trip(number, f"{6 + number:02}:00", f"{8 + number:02}:00", 2 * number) for number in range(1, 10)]
    problem = day(departures, [pair(departure, number, 4 + number) for departure in departures for number in range(12)])

    plan = solve_day(problem)

    assert plan.status is PlanStatus.PROVEN
    assert not plan.unstaffed
    assert not broken_rules(problem, chosen_pairs(problem, plan))


def test_the_same_day_in_another_order_has_the_same_plan() -> None:
    problem = random_day(40, 14, seed=3, crowding=1.5)

    plans = [replace(solve_day(order), solve_seconds=0.0) for order in (problem, problem, shuffled(problem, 1))]

    assert len({repr(plan) for plan in plans}) == 1


def test_no_time_at_all_gives_the_greedy_plan() -> None:
    problem = random_day(60, 20, seed=4)

    plan = solve_day(problem, time_limit_seconds=0.0)

    assert plan.status is PlanStatus.GREEDY
    assert 0 < plan.gap <= 1
    assert plan.teams
    assert not broken_rules(problem, chosen_pairs(problem, plan))


def test_a_plan_cut_short_is_no_better_than_its_bounds_and_no_worse_than_greedy() -> None:
    problem = random_day(500, 150, seed=5, crowding=2.0)
    greedy = solve_day(problem, time_limit_seconds=0.0)

    plan = solve_day(problem, time_limit_seconds=0.3)

    assert not is_better(greedy.objectives, plan.objectives)
    assert not is_better(plan.objectives, plan.bounds)
    assert not broken_rules(problem, chosen_pairs(problem, plan))


def test_a_large_day_keeps_every_rule() -> None:
    problem = random_day(142, 38, seed=6, crowding=2.0)

    plan = solve_day(problem)

    assert plan.status is PlanStatus.PROVEN
    assert plan.variables > plan.rows > 0
    assert not broken_rules(problem, chosen_pairs(problem, plan))
