"""The assessment of every guide for a departure: a scored candidate, or the rule that excludes them."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from optimization.candidates.scoring import ScoreParts, score_parts
from scheduling.domain.document import Departure, UnassignedReason
from scheduling.domain.facts import Guide
from scheduling.domain.text import counted
from scheduling.domain.words import number_in_words
from scheduling.rules import (
    Commitment,
    Demand,
    EntriesByDate,
    Exclusion,
    Facts,
    Rule,
    capacity_of,
    clash_of,
    exclusion_of,
)

# A guide whom these rules exclude is no guide for the departure's activity and region at all.
_UNRELATED = {Rule.REGION, Rule.ACTIVITY}


@dataclass(frozen=True, slots=True)
class Candidate:
    """A guide who passes every rule. `capacity` is in guests, `score` in (0, 1], the product of its parts."""

    guide: Guide
    capacity: int
    score: float
    parts: ScoreParts


@dataclass(frozen=True, slots=True)
class Assessment:
    """One departure's candidates, in the order of their ids, and the first rule against each other guide."""

    demand: Demand
    candidates: tuple[Candidate, ...]
    excluded: Mapping[UUID, Exclusion]

    def explain(self, code: str, lead: str) -> UnassignedReason:
        """Return the reason for no team, with the guides of this activity and region counted by what excludes them.

        `code` and `lead` are those of the reason and the beginning of its message, if it says more than the count.
        """
        relevant = {g: e for g, e in self.excluded.items() if e.rule not in _UNRELATED}
        total = len(relevant) + len(self.candidates)
        by_message = Counter(in_short(exclusion.rule, exclusion.message) for exclusion in relevant.values())
        counts = Counter(exclusion.rule.value for exclusion in relevant.values())
        breakdown = _breakdown(_most_first(by_message), total)
        message = f"{lead}: {breakdown}" if lead else breakdown
        return UnassignedReason(code=code, message=message, counts=dict(sorted(counts.items())))


@dataclass(frozen=True, slots=True)
class GuideConstraints:
    """The guides whom a request requires and excludes, or whom a plan leaves free; `because` says which, in short."""

    required: frozenset[UUID] = frozenset()
    excluded: frozenset[UUID] = frozenset()
    because: str = "excluded by the request"

    def against(self, guide_id: UUID) -> Exclusion | None:
        """Return the exclusion of the guide, None where they are allowed."""
        if guide_id in self.excluded:
            return Exclusion(Rule.EXCLUDED, self.because)
        return None


NO_GUIDE_CONSTRAINTS = GuideConstraints()


@dataclass(frozen=True, slots=True)
class PlanningContext:
    """The surroundings of the departures to be planned: what guides entered, and their commitments, by guide.

    `planned` are the departures that are being replanned, whose commitments do not count; `neighbours` the staffed
    departures of other dates that are out at the same time.
    """

    entered: EntriesByDate
    commitments: Mapping[UUID, tuple[Commitment, ...]]
    planned: Collection[UUID] = frozenset()
    neighbours: Sequence[Departure] = ()

    def elsewhere(self, guide_id: UUID) -> list[Commitment]:
        """Return the guide's commitments to departures that are not being replanned."""
        return [c for c in self.commitments.get(guide_id, ()) if c.departure_id not in self.planned]


def guides_needing_certificates(demands: Iterable[Demand], facts: Facts, context: PlanningContext) -> set[UUID]:
    """Return the guides who pass every other rule on some departure that requires a certification."""
    certified = [demand for demand in demands if demand.trip and demand.trip.required_certifications]
    return {
        guide.id
        for guide in facts.snapshot.guides.values()
        if any(_first_exclusion(guide, demand, facts, context, with_certificates=False) is None for demand in certified)
    }


def assess(
    demand: Demand, facts: Facts, context: PlanningContext, constraints: GuideConstraints = NO_GUIDE_CONSTRAINTS
) -> Assessment:
    """Assess every guide in the snapshot: a candidate, or excluded with the first rule against them."""
    candidates, excluded = [], {}
    for guide_id in sorted(facts.snapshot.guides):
        guide = facts.snapshot.guides[guide_id]
        exclusion = _first_exclusion(guide, demand, facts, context) or constraints.against(guide_id)
        if exclusion:
            excluded[guide_id] = exclusion
            continue
        adjustments = context.entered.of(guide_id, demand.days)
        parts = score_parts(guide, demand, facts, adjustments)
        candidates.append(Candidate(guide, capacity_of(guide, adjustments, demand.day), parts.product, parts))
    return Assessment(demand, tuple(candidates), excluded)


def _first_exclusion(
    guide: Guide, demand: Demand, facts: Facts, context: PlanningContext, *, with_certificates: bool = True
) -> Exclusion | None:
    adjustments = context.entered.of(guide.id, demand.days)
    return exclusion_of(guide, demand, facts, adjustments, with_certificates=with_certificates) or clash_of(
        demand.span, demand.day, context.elsewhere(guide.id), ignoring=demand.departure_id
    )


def in_short(rule: Rule, message: str) -> str:
    """Return the message of an exclusion, in short where it is about one guide: without what they entered."""
    shorter = {
        Rule.OVERLAP: "on another departure",
        Rule.REST: "without their rest",
        Rule.NOT_AVAILABLE: "not available",
        Rule.AVAILABILITY_EXCEPTION: "away",
        Rule.RESTRICTION: "restricted",
    }
    return shorter.get(rule, message)


def _breakdown(counts: Sequence[tuple[str, int]], total: int) -> str:
    """Return how many of the guides what excludes: "six of nine lack canyon guide, three are away"."""
    if total == 0:
        return "no guide of this activity works here"
    if not counts:
        return f"{counted(total, 'guide')} of this activity here"
    (message, first), *others = counts
    of_all = f"{number_in_words(first)} of {number_in_words(total)} {'guide' if total == 1 else 'guides'} here"
    return ", ".join([_said(first, of_all, message), *(_said(n, number_in_words(n), text) for text, n in others)])


def _said(count: int, who: str, message: str) -> str:
    if message.startswith("lacks "):
        return f"{who} {message if count == 1 else message.replace('lacks', 'lack', 1)}"
    return f"{who} {'is' if count == 1 else 'are'} {message}"


def _most_first(counts: Counter[str]) -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))
