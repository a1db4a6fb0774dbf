"""Figures with their targets, and the means they are computed from."""

import resource
import time
from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, log

from benchmarks.solvers.rivals import Result


@dataclass(frozen=True, slots=True)
class Figure:
    """A promise of the design: its target, and what was measured."""

    name: str
    target: str
    measured: str
    is_met: bool

    def row(self) -> list[str]:
        return [self.name, self.target, self.measured, "yes" if self.is_met else "NO"]


def at_most(name: str, targets: Sequence[float], measured: Sequence[float], *, of: str = "") -> Figure:
    """Return a figure that is met if each value is at most its target; `of` is added to the measured values."""
    values = ", ".join(f"{value:.2f}" for value in measured)
    return Figure(
        name=name,
        target=f"≤ {', '.join(f'{target:g}' for target in dict.fromkeys(targets))}",
        measured=f"{values} {of}".strip(),
        is_met=all(value <= target for value, target in zip(measured, targets, strict=True)),
    )


def cpu_clock() -> float:
    """Return the CPU seconds of this process and of its children that have ended: the solver may have one."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def geometric_mean(values: Sequence[float]) -> float:
    return exp(sum([log(value) for value in values]) / len(values))


def cpu_ratio(ours: Sequence[Result], theirs: Sequence[Result]) -> float:
    """Return the ratio of CPU times on the same instances: that of wall times on an idle machine with one thread."""
    return geometric_mean([a.cpu_seconds / b.cpu_seconds for a, b in zip(ours, theirs, strict=True)])


def wall_ratio(ours: Sequence[Result], theirs: Sequence[Result]) -> float:
    return geometric_mean([a.seconds / b.seconds for a, b in zip(ours, theirs, strict=True)])


def growth_exponent(sizes: Sequence[float], seconds: Sequence[float]) -> float:
    """Return the slope of the regression line through the logarithms: 1 if time is proportional to size."""
    xs, ys = [log(size) for size in sizes], [log(second) for second in seconds]
    middle_x, middle_y = sum(xs) / len(xs), sum(ys) / len(ys)
    rise = sum([(x - middle_x) * (y - middle_y) for x, y in zip(xs, ys, strict=True)])
    return rise / sum([(x - middle_x) ** 2 for x in xs])
