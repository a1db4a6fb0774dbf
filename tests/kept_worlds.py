"""Worlds that many tests begin with: arranged and planned once in a process, and put back as they were for the next."""

from collections.abc import Callable

from tests.kept_rows import Rows, put_rows, take_rows
from tests.siblings import SimulatedSiblings

_rows: dict[tuple[str, str], Rows] = {}


def keep_world(
    siblings: SimulatedSiblings, name: str, *, plan: Callable[[], object], arrange: Callable[[], object] = lambda: None
) -> None:
    """Have the siblings as `arrange` makes them of the seeded world, and the tables as `plan` then leaves them.

    The first test of a process that asks for a name has both called; those after it find the same world and the same
    rows. What a test wants otherwise it changes afterwards.
    """
    place = (siblings.url, name)
    if place in _rows:
        siblings.restore(name)
        put_rows(_rows[place])
        return
    assert not take_rows(), "What is stored before the world is planned would be kept with it."
    siblings.restore()
    arrange()
    siblings.keep_world(name)
    plan()
    _rows[place] = take_rows()
