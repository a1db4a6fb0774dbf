"""What the searches for options of some conflicts share."""

from conflicts.resolution.shared_reading import SharedReading


def test_what_is_worked_out_of_the_same_objects_is_worked_out_once() -> None:
    shared, document = SharedReading(), [1, 2]

    found = [shared.once_of("sum", [document], lambda result=result: result) for result in ("first", "second")]  # type: ignore[misc]

    assert found == ["first", "first"]


def test_nothing_is_shared_between_objects_that_are_merely_equal() -> None:
    shared = SharedReading()

    found = [shared.once_of("sum", [[1, 2]], lambda result=result: result) for result in ("first", "second")]  # type: ignore[misc]

    assert found == ["first", "second"]
