"""REASSIGN_GUIDE: replace the guides of a conflict by the best free and qualified ones."""

from collections.abc import Iterator

from conflicts.choices import Strategy
from conflicts.detection import Cause, ConflictType
from conflicts.resolution.problem import Problem
from conflicts.resolution.registry import Candidate
from optimization.strategies.exchange_guides import exchanges
from optimization.strategies.replacement_team import certified_pool, reassignment


def search_reassignments(problem: Problem) -> Iterator[Candidate]:
    """Yield teams without the guides that a conflict is about, the best score first; then exchanges of busy guides."""
    if problem.conflict_type is not ConflictType.GUIDE_DOUBLE_BOOKED or problem.cause.is_of_the_catalog:
        return
    replaced = frozenset() if problem.cause is Cause.NO_LEAD else problem.guide_ids
    for spot in problem.movable():
        kept = [member for member in spot.departure.team if member.guide_id not in replaced]
        for team in certified_pool(spot, problem, without=replaced).teams(kept):
            yield Strategy.REASSIGN_GUIDE, (reassignment(spot, team),)
    yield from exchanges(problem, replaced)
