"""Serving the most guests with little change: the first two objectives, without the loss."""

import time

import pytest

from optimization.solver.decomposition import decompose
from optimization.solver.lexicographic import serve_most, solve_component
from tests.optimization.solver.days import day, pair, random_day, trip

FOREVER = 60.0


@pytest.mark.parametrize("seed", range(1, 9))
def test_as_many_guests_are_served_and_pairs_kept_as_in_the_best_plan(seed: int) -> None:
    for component in decompose(random_day(24, 10, seed, crowding=1.6)).components:
        deadline = time.monotonic() + FOREVER

        most = serve_most(component, deadline=deadline, warm_start={})

        best = solve_component(component, deadline=deadline).objectives
        assert (most.objectives.guests, most.objectives.kept) == (best.guests, best.kept)
        assert (most.bounds.guests, most.bounds.kept) == (best.guests, best.kept)


def test_a_team_that_is_kept_and_serves_as_many_stays_whatever_it_loses() -> None:
    led = trip(1, "09:00", "12:00", 8)
    pairs = [pair(led, 1, 8, score=100, is_kept=True), pair(led, 2, 8, score=900)]
    [component] = decompose(day([led], pairs)).components
    kept = {led.id: component.staffings[0].kept}

    most = serve_most(component, deadline=time.monotonic() + FOREVER, warm_start=kept)

    assert most.teams == kept
    assert most.objectives.guests == most.bounds.guests == 8


def test_without_time_the_guests_are_not_proven() -> None:
    first, second = trip(1, "09:00", "12:00", 8), trip(2, "09:00", "12:00", 6)
    [component] = decompose(day([first, second], [pair(first, 1, 8), pair(second, 1, 8)])).components

    most = serve_most(component, deadline=time.monotonic(), warm_start={})

    assert most.objectives.guests < most.bounds.guests
