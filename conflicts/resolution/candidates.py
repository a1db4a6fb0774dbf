"""Candidates for options: built, checked, and kept where they solve the conflict."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from conflicts.choices import Strategy
from conflicts.resolution.problem import Documents, Problem
from conflicts.resolution.registry import Candidate
from conflicts.steps import Steps

MAX_OFFERED = 3


@dataclass(frozen=True, slots=True)
class Solution:
    """A candidate that solves its conflict, and the documents that it changes as they would be."""

    strategy: Strategy
    steps: Steps
    changed: Documents


def solutions_among(candidates: Iterable[Candidate], problem: Problem) -> Iterator[Solution]:
    """Yield those of the candidates of one search that solve the conflict, at most `MAX_OFFERED`, in their order."""
    solving = (
        Solution(strategy, steps, changed)
        for strategy, steps in candidates
        if (changed := problem.change_by(steps)) is not None
    )
    return islice(solving, MAX_OFFERED)
