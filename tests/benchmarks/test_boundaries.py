"""The parts that the benchmark of planning times: functions that there are, each with its own time alone."""

import sys
from importlib import import_module
from types import FunctionType, ModuleType

import pytest

from benchmarks.boundaries import PartTimes, watch
from benchmarks.planned_date import PARTS


@pytest.mark.parametrize("place", [place for places in PARTS.values() for place in places])
def test_every_boundary_is_a_function_of_its_module(place: str) -> None:
    module, _, name = place.partition(":")

    assert isinstance(getattr(import_module(module), name), FunctionType)


class Clock:
    """CPU seconds that pass when somebody works."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds

    def work(self, seconds: float) -> None:
        self.seconds += seconds


def test_a_part_within_another_counts_for_itself_alone() -> None:
    clock = Clock()
    times = PartTimes(clock)

    clock.work(1)
    with times.within("outer"):
        clock.work(2)
        with times.within("inner"):
            clock.work(4)
        clock.work(8)

    assert times.taken() == {"rest": 1, "outer": 10, "inner": 4}
    assert times.taken() == {"rest": 0}


def test_whoever_has_imported_a_function_calls_it_by_way_of_its_part(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()

    def busy() -> str:
        clock.work(3)
        return "done"

    owner, importer, hook = ModuleType("owner"), ModuleType("importer"), [busy]
    owner.busy = importer.taken_over = busy  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "owner", owner)
    monkeypatch.setitem(sys.modules, "importer", importer)
    times = PartTimes(clock)

    watch({"work": ["owner:busy"]}, times, hooks=[hook])
    for call in (owner.busy, importer.taken_over, *hook):  # type: ignore[attr-defined]
        assert call() == "done"

    assert times.taken() == {"rest": 0, "work": 9}
