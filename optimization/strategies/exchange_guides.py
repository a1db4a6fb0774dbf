"""REASSIGN_GUIDE by exchange: a busy guide takes over, and somebody else, or the one who was replaced, takes theirs."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from uuid import UUID

from conflicts.choices import Strategy
from conflicts.resolution.problem import Problem, Spot
from conflicts.resolution.registry import Candidate
from conflicts.steps import Reassign
from optimization.strategies.replacement_team import (
    MAX_CERTIFIED,
    CandidatePool,
    candidate_pool,
    lead_first_ids,
    reassignment,
)
from scheduling.domain.document import TeamMember
from scheduling.rules import Commitment
from scheduling.rules.guides import clash_of

MAX_BUSY = 8
"""Busy guides for whom a replacement is sought."""
MAX_REPLACEMENTS = 2


@dataclass(frozen=True, slots=True)
class _Release:
    """A departure that lets its guide go elsewhere."""

    spot: Spot
    guide_id: UUID


def exchanges(problem: Problem, replaced: frozenset[UUID]) -> Iterator[Candidate]:
    """Yield exchanges of guides between two departures, also of different regions: the best guide first.

    `replaced` are those who leave the conflict's departure; without any it needs one more.
    """
    for spot in problem.movable():
        yield from _exchanges_on(spot, replaced & spot.departure.guide_ids, problem)


def _exchanges_on(spot: Spot, replaced: frozenset[UUID], problem: Problem) -> Iterator[Candidate]:
    kept = [member for member in spot.departure.team if member.guide_id not in replaced]
    releases = _releases(spot, replaced, problem)
    problem.know_trips({release.spot.departure.trip_id for release in releases})
    for release in releases:
        freed = _without(problem, {release.guide_id}, release.spot.departure_id)
        pool = candidate_pool(spot, freed, problem.facts, without=replaced)
        team = next((team for team in pool.teams(kept) if release.guide_id in team), None)
        if team is None:
            continue
        here = reassignment(spot, team)
        without_replaced = _without(problem, replaced, spot.departure_id)
        for there in islice(_takeovers(release, set(team), without_replaced), MAX_REPLACEMENTS):
            yield Strategy.REASSIGN_GUIDE, (there, here)


def _releases(spot: Spot, replaced: Collection[UUID], problem: Problem) -> list[_Release]:
    """Return the departures of which one alone keeps a guide away from this one, the best guide first."""
    idle = candidate_pool(spot, replace(problem, commitments={}), problem.facts, without=replaced)
    problem.certify({candidate.guide.id for candidate in idle.ranked[:MAX_CERTIFIED]})
    idle = candidate_pool(spot, replace(problem, commitments={}), problem.facts, without=replaced)
    found = (_release_of(candidate.guide.id, spot, problem) for candidate in idle.ranked)
    return list(islice((release for release in found if release), MAX_BUSY))


def _release_of(guide_id: UUID, spot: Spot, problem: Problem) -> _Release | None:
    clashing = [commitment for commitment in problem.commitments.get(guide_id, ()) if _clashes(commitment, spot)]
    if len(clashing) != 1 or clashing[0].day not in problem.documents:
        return None
    [commitment] = clashing
    departure = problem.documents[commitment.day].departures.get(commitment.departure_id)
    if departure is None or not departure.may_be_replanned(problem.now):
        return None
    if any(member.pinned for member in departure.team if member.guide_id == guide_id):
        return None
    return _Release(Spot(commitment.day, commitment.departure_id, departure), guide_id)


def _clashes(commitment: Commitment, spot: Spot) -> bool:
    return clash_of(spot.departure.span, spot.day, [commitment], ignoring=spot.departure_id) is not None


def _takeovers(release: _Release, busy: Collection[UUID], problem: Problem) -> Iterator[Reassign]:
    """Yield the steps that leave the releasing departure to the rest of its team, or to others."""
    staying = [member for member in release.spot.departure.team if member.guide_id != release.guide_id]
    pool = candidate_pool(release.spot, problem, problem.facts, without={release.guide_id, *busy})
    for team in _teams_of(pool, staying):
        yield reassignment(release.spot, team)


def _teams_of(pool: CandidatePool, staying: Sequence[TeamMember]) -> Iterator[list[UUID]]:
    rest = lead_first_ids(staying)
    if rest and pool.covers(rest) >= pool.departure.participants:
        yield rest
    yield from pool.teams(staying)


def _without(problem: Problem, guide_ids: Collection[UUID], departure_id: UUID) -> Problem:
    """Return the problem as if these guides were not on the departure."""
    freed = {
        guide_id: tuple(c for c in held if guide_id not in guide_ids or c.departure_id != departure_id)
        for guide_id, held in problem.commitments.items()
    }
    return replace(problem, commitments=freed)
