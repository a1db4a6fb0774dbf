"""What a write reads around its departures: once, and anew where it may have changed."""

from collections.abc import Callable

from scheduling.daily_schedules.read_once import forget_what_was_read, once, reading_once


def readings() -> tuple[list[int], Callable[[], int]]:
    """Return what was read so far, and how to read: each time something else."""
    read: list[int] = []

    def look() -> int:
        read.append(len(read))
        return read[-1]

    return read, lambda: once("entries", look)


def test_in_a_write_it_is_read_once_and_beside_one_each_time() -> None:
    read, look = readings()

    assert [look(), look()] == [0, 1]
    with reading_once():
        assert [look(), look()] == [2, 2]
        assert once("commitments", lambda: 9) == 9
    assert look() == 3
    assert read == [0, 1, 2, 3]


def test_it_is_read_anew_after_the_write_stored_what_it_may_be_about() -> None:
    _, look = readings()

    with reading_once():
        assert look() == 0
        forget_what_was_read()
        assert [look(), look()] == [1, 1]


def test_a_write_inside_another_one_reads_for_itself_and_has_that_one_read_anew() -> None:
    _, look = readings()

    with reading_once():
        assert look() == 0
        with reading_once():
            assert [look(), look()] == [1, 1]
        assert [look(), look()] == [2, 2]
