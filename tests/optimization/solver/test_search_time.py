"""How the time of a search is shared out: what has to be there at the deadline is made first."""

import time

import pytest

from optimization.solver.search_time import SearchTime
from optimization.solver.staffing_model import OutOfTimeError


def _within(seconds: float, pairs: int) -> SearchTime:
    return SearchTime(time.monotonic() + seconds, pairs)


@pytest.mark.parametrize(
    ("pairs", "seconds", "is_short"),
    [
        pytest.param(100, 0.1, True, id="a small day in a tenth of a second"),
        pytest.param(100, 60, False, id="a small day in a minute"),
        pytest.param(10_000, 1, True, id="a large day in a second"),
        pytest.param(10_000, 60, False, id="a large day in a minute"),
        pytest.param(1_000_000, 60, True, id="a very large day in a minute"),
    ],
)
def test_the_floor_comes_first_where_little_time_is_left_for_so_many_pairs(
    pairs: int, seconds: float, is_short: bool
) -> None:
    assert _within(seconds, pairs).is_short is is_short


def test_the_bound_of_a_small_day_is_looked_for_without_any_time() -> None:
    assert _within(-1, 2_000).is_enough_for_bound
    assert not _within(-1, 2_001).is_enough_for_bound
    assert _within(60, 2_001).is_enough_for_bound


def test_a_model_that_would_be_ready_after_the_deadline_is_not_built() -> None:
    with pytest.raises(OutOfTimeError):
        _within(10, 1_000_000).end_of_building(has_floor=True)
    end = _within(3_600, 1_000_000).end_of_building(has_floor=True)

    assert time.monotonic() < end < time.monotonic() + 3_600


def test_a_plan_at_the_bound_cuts_the_time_with_tuned_options_short() -> None:
    assert _within(3_600, 100).with_tuned_options(has_floor=True, has_bound=True) == 2
    assert _within(3_600, 100).with_tuned_options(has_floor=True, has_bound=False) > 2_000


def test_without_a_floor_there_is_less_time_for_a_solver() -> None:
    assert (
        _within(3_600, 10_000_000).remaining(has_floor=False)
        < 3_500
        < _within(3_600, 10_000_000).remaining(has_floor=True)
    )
    with pytest.raises(OutOfTimeError):
        _within(0, 1).remaining(has_floor=True)


def test_the_floor_has_the_larger_share_of_a_short_time() -> None:
    left = _within(3_600, 100).end_of_floor() - time.monotonic()

    assert 2_000 < left < 2_300
